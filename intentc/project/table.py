"""One table of a TOML file, read strictly: every complaint names the file and, where it can be found, the line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from intentc.patterns import pattern
from intentc.project.model import ProjectError

_HEADER = pattern(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")


class TomlTable:
    """A table and its name (`credentials.default`; empty for the whole file)."""

    def __init__(self, path: Path, text: str, name: str, values: Mapping[str, object]) -> None:
        self.path = path
        self._text = text
        self._name = name
        self._values = values

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def names(self) -> tuple[str, ...]:
        """Return the keys, sorted."""
        return tuple(sorted(self._values))

    def allow(self, keys: Sequence[str]) -> None:
        """Refuse every key that is not among `keys`."""
        for key in self._values:
            if key not in keys:
                import difflib  # noqa: PLC0415  (only where a name is wrong: start-up)

                near = difflib.get_close_matches(key, keys, n=1)
                place = f" in `[{self._name}]`" if self._name else ""
                hints = [f"did you mean `{near[0]}`?"] if near else [f"keys are {', '.join(sorted(keys))}"]
                self.fail(key, f"`{key}` is not a key{place}", *hints)

    def table(self, key: str) -> TomlTable:
        """Return a table below this one, empty when it is absent."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            self.fail(key, f"`{key}` must be a table", f"write `[{self._path_of(key)}]` above its keys")
        return TomlTable(self.path, self._text, self._path_of(key), value)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty; without a default it must be there."""
        value = self._values.get(key, default)
        if value is None:
            self.fail(key, f"`{key}` is missing in `[{self._name}]`", f'write `{key} = "…"`')
        if not isinstance(value, str) or not value or not value.isprintable():
            self.fail(key, f"`{key}` must be a text of one line")
        return value

    def is_text(self, key: str) -> bool:
        """Return whether the value of `key` is a text of any kind."""
        return isinstance(self._values.get(key), str)

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._values.get(key, default)
        if not isinstance(value, list | tuple):
            self.fail(key, f"`{key}` must be a list of texts", f'write `{key} = ["…"]`')
        found = tuple(item for item in value if isinstance(item, str) and item and item.isprintable())
        if len(found) != len(value):
            self.fail(key, f"`{key}` must be a list of texts", f'write `{key} = ["…"]`')
        return found

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fail(key, f"`{key}` must be a whole number from {low} to {high}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false when it is absent."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            self.fail(key, f"`{key}` must be true or false")
        return value

    def fail(self, key: str, message: str, *help_lines: str) -> NoReturn:
        """Raise a `ProjectError` at the line of `key`, else at that of the table."""
        raise ProjectError(message, self.path, line_of(self._text, self._name, key), *help_lines)

    def _path_of(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key


def line_of(text: str, table: str, key: str) -> int | None:
    """Return the line (from 1) of a key in a table, of the table's header when the key is not there, else None."""
    pattern = re.compile(rf"""\s*(?:\[\s*)?(?:[\w.-]+\.)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    current, header = "", None
    for number, line in enumerate(text.splitlines(), 1):
        found = _HEADER.match(line)
        if found is not None:
            current = found[1].replace('"', "").replace("'", "")
            header = number if current == table else header
            if current == f"{table}.{key}".strip("."):
                return number
        elif current == table and pattern.match(line):
            return number
    return header
