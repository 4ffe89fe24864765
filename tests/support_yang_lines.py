"""Published models as judges of lines that are typed: every word of a line has its place in them, or is a value that its leaf takes.

The models are those of `support_yang`; places, lists with their keys and types are asked of libyang, so nothing of the product, nor of
the fakes, says what a word means. What models do not say is which words a command line leaves out: that is given.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from support_yang import _checker

CONTAINER, LEAF, LEAF_LIST, LIST = 0x0001, 0x0004, 0x0008, 0x0010  # kinds of nodes (libyang 2)
_KEY = 0x0100  # a flag of leaves
_NAME_AT = 8 + 4 * ctypes.sizeof(
    ctypes.c_void_p
)  # where a node has its name: behind kind, flags, hash and four pointers
_SUCCESS, _INCOMPLETE = 0, 9  # a value fits, or only what it refers to would say whether it does
_NUMBER = re.compile(r"u?int(?:8|16|32|64)(?: (.*))?")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_NO_VALUE = "no value"
_QUOTED = re.compile(r'"[^"]*"|\S+')


class Models:
    """The models of a platform below `roots`, each the path of a node by its first word.

    `parts`: the modules that add to those of the roots, where not all are wanted (reading many takes seconds).
    """

    def __init__(
        self,
        platform: str,
        roots: dict[str, str],
        switched: tuple[str, ...] = (),
        parts: frozenset[str] | None = None,
    ) -> None:
        modules = {name for path in roots.values() for name in re.findall(r"/([\w.-]+):", path)}
        checker = _checker(platform, switched)
        known = checker.index["modules"]
        added = {name for name, one in known.items() if modules.intersection(one.get("augments", ()))}
        self._schema = checker.schema(modules | (added if parts is None else parts))
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        self._schema.lib.lys_getnext.restype = pointer
        self._schema.lib.lys_getnext.argtypes = (pointer, pointer, pointer, ctypes.c_uint32)
        self._schema.lib.lyd_value_validate.argtypes = (pointer, pointer, text, ctypes.c_size_t, *[pointer] * 3)
        self._roots = roots
        self.kind = cache(self._kind)
        self.type = cache(self._type)
        self.keys = cache(self._keys)
        self.added = cache(self._added)
        self.accepts = cache(self._accepts)
        self.is_something = cache(self._is_something)

    def place(self, path: str, word: str) -> str | None:
        """Return the place of a word below another one ("": at the top), whichever module has it; None where it has none."""
        if not path:
            found = self._roots.get(word, "")
            return found if found and self.kind(found) else None
        if _NAME.fullmatch(word) is None:
            return None
        own = f"{path}/{word}"
        return own if self.kind(own) else self.added(path, word)

    def _added(self, path: str, word: str) -> str | None:
        """Return the place of a word that another module adds."""
        found = (f"{path}/{module}:{word}" for module in self._schema.loaded)
        return next((place for place in found if self.kind(place)), None)

    def _kind(self, path: str) -> int:
        node = self._node(path)
        return ctypes.c_uint16.from_address(node).value if node else 0

    def _node(self, path: str) -> Any:
        found = self._schema.lib.lys_find_path(self._schema.ctx, None, path.encode(), 0)
        self._schema.errors()  # none is kept
        return found

    def _type(self, path: str) -> str:
        """Return the type of a leaf, as yangcheck says it: `{a|b}` for words, with bounds for numbers, "" for what takes no value."""
        return str(self._schema.tree_text(path)).partition(": ")[2].removesuffix(" mandatory")

    def _keys(self, path: str) -> tuple[str, ...]:
        """Return the keys of a list in their order: they are the first of what is below it."""
        lib, above, found = self._schema.lib, self._node(path), []
        below = lib.lys_getnext(None, above, None, 0)
        while below and ctypes.c_uint16.from_address(below + 2).value & _KEY:
            found.append((ctypes.c_char_p.from_address(below + _NAME_AT).value or b"").decode())
            below = lib.lys_getnext(below, above, None, 0)
        return tuple(found)

    def _accepts(self, path: str, value: str) -> bool:
        """Return whether a leaf takes a value as libyang has it: words, bounds, patterns, members of unions."""
        text = value.encode()
        answer = self._schema.lib.lyd_value_validate(
            self._schema.ctx, self._node(path), text, len(text), None, None, None
        )
        self._schema.errors()
        return answer in {_SUCCESS, _INCOMPLETE}

    def _is_something(self, path: str) -> bool:
        """Return whether a node is there by itself: a leaf, an entry, or a container with a presence."""
        return self.kind(path) != CONTAINER or str(self._schema.tree_text(path)).partition("\n")[0].endswith("!")


def takes(type_: str, value: str) -> bool:
    """Return whether a leaf of a type takes a value, as far as words and bounds of numbers tell."""
    if type_.startswith("{"):
        return value in type_.strip("{}").split("|")
    if type_ == "boolean":
        return value in {"true", "false"}
    number = _NUMBER.fullmatch(type_)
    if number is None:
        return True
    if re.fullmatch(r"-?\d+", value) is None:
        return False
    ranges = [part.strip().split("..") for part in (number[1] or "").split("|") if part.strip()]
    return not ranges or any(int(one[0]) <= int(value) <= int(one[-1]) for one in ranges)


class Reader:
    """Reads lines word by word.

    `is_first_alone`: the first key of an entry is typed without its name, whatever it is called. `wordless`: pairs of a word and
    one below it that is not typed, as somebody else says.
    """

    def __init__(
        self, models: Models, *, is_first_alone: bool, wordless: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        self._models = models
        self._is_first_alone = is_first_alone
        self._wordless = wordless

    def faults(self, line: str, *, is_gone: bool = False) -> list[str]:
        """Return what the models have against the words of a line behind `set`, or (`is_gone`) `delete`, and its start."""
        try:
            found = list(self._faults(line))
            return [fault for fault in found if not (is_gone and fault.startswith(_NO_VALUE))]
        except ValueError as problem:
            return [str(problem)]

    def _faults(self, line: str) -> Iterator[str]:
        words, path = _QUOTED.findall(line), ""
        while words:
            found = self._models.place(path, words[0])
            if found is None and path and (hidden := self._hidden(path, words[0])):
                path = hidden
                if self._models.kind(path) & (LEAF | LEAF_LIST):
                    yield from self._values(path, words)
                    return
                if self._models.kind(path) == LIST:
                    words = self._past_keys(path, words)
                continue
            if found is None:
                yield f"no place for `{words[0]}` below `{path}`"
                return
            path, words = found, words[1:]
            if self._models.kind(path) & (LEAF | LEAF_LIST):
                yield from self._values(path, words)
                return
            if self._models.kind(path) == LIST:
                words = self._past_keys(path, words)

    def _hidden(self, path: str, word: str) -> str | None:
        """Return the place of what is not typed between a word and the one behind it."""
        last = re.split(r"[/:]", path)[-1]
        for above, below in sorted(self._wordless):
            if above == last and (found := self._models.place(path, below)):
                is_there = self._models.kind(found) & (LEAF | LEAF_LIST | LIST)
                if is_there or self._models.place(found, word):
                    return found
        return None

    def _past_keys(self, path: str, words: list[str]) -> list[str]:
        """Return the words behind the keys of an entry: the first one stands alone (Junos: if it is a name), others behind their names."""
        first, *others = self._models.keys(path)
        if self._is_first_alone or first == "name":
            yielded = words[:1]
            if not yielded or not takes(self._models.type(f"{path}/{first}"), yielded[0]):
                raise ValueError(f"no entry of `{path}`: {' '.join(yielded)}")
            words = words[1:]
        else:
            others = [first, *others]
        for key in others:
            if words[:1] != [key] or not takes(self._models.type(f"{path}/{key}"), " ".join(words[1:2])):
                raise ValueError(f"an entry of `{path}` without its key `{key}`: {' '.join(words)}")
            words = words[2:]
        return words

    def _values(self, path: str, words: list[str]) -> Iterator[str]:
        """Yield what a leaf does not take; of several values in brackets each one."""
        type_ = self._models.type(path)
        values = words[1:-1] if words[:1] == ["["] and words[-1:] == ["]"] else words
        if len(values) > 1 and values is words:
            yield f"more than one value for `{path}`: {' '.join(words)}"
        if not values and type_ not in {"", "empty"}:
            yield f"{_NO_VALUE} for `{path}`"
        yield from (f"`{value}` is no value for `{path}` ({type_})" for value in values if not takes(type_, value))
