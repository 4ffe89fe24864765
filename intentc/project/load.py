"""`intentc.toml` to a `Project`, strictly: an unknown key is a mistake, not a comment."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from intentc.project.model import Apply, Credentials, Project, ProjectError

FILE = "intentc.toml"
LANGUAGES = (1,)
_DURATION = re.compile(r"(\d+)\s*(s|min|h)\Z")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
_PROJECT_KEYS = ("name", "language", "topology", "intents", "output", "targets")
_APPLY_KEYS = ("confirm_timeout", "concurrency", "state")
_CREDENTIAL_KEYS = ("username", "key", "agent", "known_hosts")
_SECRETS = ("password", "passphrase", "secret", "token")


def find_project(start: Path) -> Path | None:
    """Return the `intentc.toml` in `start` or the nearest folder above it."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    return None


def load_project(path: Path) -> Project:
    """Return the project that the `intentc.toml` at `path` describes; raises `ProjectError`."""
    text = _read(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        message = re.sub(r" \(at .*\)$", "", str(error)).lower()
        raise ProjectError(f"not TOML: {message}", path, int(line[1]) if line else None) from error
    return _Reader(path, text).project(data)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        raise ProjectError("is not UTF-8 text", path) from error


class _Reader:
    """Takes one file apart; every complaint names the file and, where it is found, the line of the key."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def project(self, data: Mapping[str, object]) -> Project:
        self._known(data, ("project", "apply", "credentials"), "")
        table = self._table(data, "project", required=True)
        self._known(table, _PROJECT_KEYS, "project")
        language = self._number(table, "language", 1)
        if language not in LANGUAGES:
            self._fail(f"language {language} is not known to this version, which knows {LANGUAGES[-1]}", "language")
        return Project(
            name=self._text(table, "name", None),
            root=self._path.parent,
            topology=self._texts(table, "topology", ("topology/*.yaml",)),
            intents=self._texts(table, "intents", ("intents/**/*.intent",)),
            language=language,
            output=self._inside(self._text(table, "output", "build"), "output"),
            targets=self._texts(table, "targets", ()),
            apply=self._apply(self._table(data, "apply")),
            credentials=self._credentials(self._table(data, "credentials")),
        )

    def _apply(self, table: Mapping[str, object]) -> Apply:
        self._known(table, _APPLY_KEYS, "apply")
        written = self._text(table, "confirm_timeout", "120s")
        match = _DURATION.match(written)
        if match is None or int(match[1]) == 0:
            self._fail(f'`confirm_timeout` is `{written}`, not a time such as "120s"', "confirm_timeout")
        concurrency = self._number(table, "concurrency", 64)
        if concurrency < 1:
            self._fail("`concurrency` must be at least 1", "concurrency")
        state = self._text(table, "state", ".intentc/state")
        if re.match(r"(git\+|ssh\+|[a-z]+://)", state):
            self._fail("a shared state store is not supported yet; name a directory", "state")
        return Apply(int(match[1]) * _SECONDS[match[2]] if match else 0, concurrency, state)

    def _credentials(self, table: Mapping[str, object]) -> dict[str, Credentials]:
        found = {}
        for name in sorted(table):
            entry = self._table(table, name)
            for secret in _SECRETS:
                if secret in entry:
                    self._fail(f"`{secret}` must not stand in a file: log in with a key or the agent", secret)
            self._known(entry, _CREDENTIAL_KEYS, f"credentials.{name}")
            found[name] = Credentials(
                username=self._text(entry, "username", None),
                key_file=self._file(entry, "key"),
                is_agent_allowed=self._flag(entry, "agent"),
                known_hosts=self._file(entry, "known_hosts"),
            )
        return found

    def _file(self, table: Mapping[str, object], key: str) -> Path | None:
        """A path is relative to the project; `~` is the user's home."""
        if key not in table:
            return None
        written = Path(self._text(table, key, None))
        return written.expanduser() if written.parts[:1] == ("~",) else self._path.parent / written

    def _inside(self, written: str, key: str) -> str:
        path = Path(written)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            self._fail(f"`{key}` must lie below the project, and `{written}` does not", key)
        return written

    def _table(self, data: Mapping[str, object], key: str, *, required: bool = False) -> Mapping[str, object]:
        value = data.get(key, None if required else {})
        if not isinstance(value, dict):
            self._fail(f"there must be a table `[{key}]`", key)
        return value if isinstance(value, dict) else {}

    def _text(self, table: Mapping[str, object], key: str, default: str | None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or not value:
            self._fail(f"`{key}` must be a text" if key in table else f"`{key}` is missing", key)
        return str(value)

    def _texts(self, table: Mapping[str, object], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = table.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self._fail(f"`{key}` must be a list of texts", key)
        return tuple(str(item) for item in value) if isinstance(value, list) else ()

    def _number(self, table: Mapping[str, object], key: str, default: int) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self._fail(f"`{key}` must be a whole number", key)
        return value if isinstance(value, int) else 0

    def _flag(self, table: Mapping[str, object], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._fail(f"`{key}` must be true or false", key)
        return bool(value)

    def _known(self, table: Mapping[str, object], keys: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                place = f" in `[{where}]`" if where else ""
                self._fail(f"`{key}` is not a key{place}", key, *[f"did you mean `{name}`?" for name in near])

    def _fail(self, message: str, key: str, *help_lines: str) -> None:
        pattern = re.compile(rf"\s*\[?\s*(\w+\.)?\"?{re.escape(key)}\b")
        line = next((number for number, text in enumerate(self._lines, 1) if pattern.match(text)), None)
        raise ProjectError(message, self._path, line, *help_lines)
