"""The shape of a line: its braces, brackets, commas and keys. What stands on lines of one shape is made column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any, Protocol

from intentc.topology.tree import Entry, Items, Node, Scalar, Table
from intentc.values import frozen, unique

_new = tuple.__new__  # a named tuple's own constructor calls it as well, by way of Python
_LONGEST_KEY = 63  # characters; longer ones are the parser's to judge
_MOST_DEEP = 4  # levels of a row; a document of the project's own form has three


class Line(Protocol):
    """What a shape asks of a row."""

    @property
    def line(self) -> int: ...

    @property
    def columns(self) -> tuple[int, ...]: ...

    @property
    def leaves(self) -> Sequence[str]: ...


@frozen
class _Place:
    """A place within a row: so many characters behind where a stretch of it begins."""

    stretch: int
    offset: int


@frozen
class _Mapping:
    keys: tuple[int, ...]  # numbers of leaves
    values: tuple[_Part, ...]
    start: _Place
    end: _Place


@frozen
class _List:
    items: tuple[_Part, ...]
    start: _Place
    end: _Place


_Part = int | _Mapping | _List  # a leaf by its number


class _Columns:
    """Some rows of one shape, seen by columns."""

    def __init__(self, rows: Sequence[Line], file: str) -> None:
        self.count = len(rows)
        self.lines = list(map(attrgetter("line"), rows))
        self.file = file
        self._columns = list(zip(*map(attrgetter("columns"), rows), strict=True))
        self._leaves = list(zip(*map(attrgetter("leaves"), rows), strict=True))

    def at(self, place: _Place) -> Iterable[int]:
        column, offset = self._columns[place.stretch], place.offset
        return [begin + offset for begin in column] if offset else column

    def leaf(self, number: int, text: str | None = None) -> Iterable[Scalar]:
        """Return a leaf of each row; `text` where it is the same in all of them, without quotes."""
        texts: Iterable[str] = repeat(text) if text is not None else self._leaves[number]
        is_plain: Iterable[bool] = repeat(True)
        if text is None:
            marks = [each[0] for each in texts]
            if '"' in marks:
                is_plain = [mark != '"' for mark in marks]
                texts = [each if plain else each[1:-1] for each, plain in zip(texts, is_plain, strict=True)]
        starts, ends = self._columns[2 * number + 1], self._columns[2 * number + 2]
        return map(_new, repeat(Scalar), self._rows(texts, is_plain, starts, ends))

    def mapping(self, entries: Iterable[dict[str, Entry]], start: _Place, end: _Place) -> list[Table]:
        return list(map(_new, repeat(Table), self._rows(entries, None, self.at(start), self.at(end))))

    def items(self, items: Iterable[tuple[Node, ...]], start: _Place, end: _Place) -> list[Items]:
        return list(map(_new, repeat(Items), self._rows(items, None, self.at(start), self.at(end))))

    def _rows(
        self, values: Iterable[Any], flags: Iterable[bool] | None, starts: Iterable[int], ends: Iterable[int]
    ) -> Iterable[tuple[Any, ...]]:
        given = (values,) if flags is None else (values, flags)
        return zip(*given, repeat(self.file), self.lines, starts, self.lines, ends)


@unique
class Shape:
    """A shape of rows: the parts of a mapping, and the texts of all keys by the numbers of their leaves."""

    root: _Mapping
    names: dict[int, str]

    def tables(self, rows: Sequence[Line], file: str) -> list[Table]:
        """Return what stands on rows of this shape."""
        found: list[Table] = self._made(self.root, _Columns(rows, file))
        return found

    def _made(self, part: _Part, columns: _Columns) -> Any:
        if isinstance(part, int):
            return columns.leaf(part)
        if isinstance(part, _List):
            values = [self._made(item, columns) for item in part.items]
            items = zip(*values, strict=True) if values else repeat((), columns.count)
            return columns.items(items, part.start, part.end)
        names = tuple(self.names[key] for key in part.keys)
        entries = [
            map(_new, repeat(Entry), zip(columns.leaf(key, name), self._made(value, columns)))  # noqa: B905  (as there)
            for key, name, value in zip(part.keys, names, part.values, strict=True)
        ]
        dicts = (
            map(dict, map(zip, repeat(names), zip(*entries, strict=True))) if entries else ({} for _ in columns.lines)
        )
        return columns.mapping(dicts, part.start, part.end)


def find_shape(marks: tuple[str, ...], leaves: Sequence[str]) -> Shape | None:
    """Return the shape of a row: `marks` are the stretches around its leaves. None for a text that is no mapping of this form."""
    known = _outline(marks)
    if known is None:
        return None
    root, keys = known
    return _shape(root, keys, tuple([leaves[key] for key in keys]))


@lru_cache(maxsize=256)
def _shape(root: _Mapping, keys: tuple[int, ...], names: tuple[str, ...]) -> Shape | None:
    shape = Shape(root, dict(zip(keys, names, strict=True)))
    is_plain = all(name[0] != '"' and len(name) <= _LONGEST_KEY for name in names)
    return shape if is_plain and _are_different(root, shape.names) else None


def _are_different(part: _Part, names: dict[int, str]) -> bool:
    """Return whether no key stands twice in one mapping."""
    if isinstance(part, int):
        return True
    if isinstance(part, _List):
        return all(_are_different(item, names) for item in part.items)
    own = {names[key] for key in part.keys}
    return len(own) == len(part.keys) and all(_are_different(value, names) for value in part.values)


@lru_cache(maxsize=256)
def _outline(marks: tuple[str, ...]) -> tuple[_Mapping, tuple[int, ...]] | None:
    """Return the mapping that some marks enclose, with the numbers of all leaves that are keys."""
    reader = _Outline(marks)
    try:
        root = reader.part(0)
    except _OtherError:
        return None
    is_whole = reader.stretch == len(marks) - 1 and reader.offset == len(marks[-1])
    return (root, tuple(reader.keys)) if is_whole and isinstance(root, _Mapping) else None


class _OtherError(Exception):
    """The text is written in another way."""


class _Outline:
    """Reads the marks of a row, strictly: one blank behind each comma and colon, and none elsewhere."""

    def __init__(self, marks: tuple[str, ...]) -> None:
        self._marks = marks
        self.stretch, self.offset = 0, 0
        self.keys: list[int] = []

    def part(self, depth: int) -> _Part:
        if depth > _MOST_DEEP:
            raise _OtherError
        if self._takes("{"):
            return self._mapping(depth)
        if self._takes("["):
            return self._list(depth)
        return self._leaf()

    def _mapping(self, depth: int) -> _Mapping:
        start = _Place(2 * self.stretch, self.offset - 1)
        keys: list[int] = []
        values: list[_Part] = []
        while not self._takes("}"):
            if keys and not self._takes(", "):
                raise _OtherError
            keys.append(self._leaf())
            if not self._takes(": "):
                raise _OtherError
            values.append(self.part(depth + 1))
        self.keys += keys
        return _Mapping(tuple(keys), tuple(values), start, _Place(2 * self.stretch, self.offset))

    def _list(self, depth: int) -> _List:
        start = _Place(2 * self.stretch, self.offset - 1)
        items: list[_Part] = []
        while not self._takes("]"):
            if items and not self._takes(", "):
                raise _OtherError
            items.append(self.part(depth + 1))
        return _List(tuple(items), start, _Place(2 * self.stretch, self.offset))

    def _leaf(self) -> int:
        if self.offset != len(self._marks[self.stretch]) or self.stretch == len(self._marks) - 1:
            raise _OtherError
        self.stretch, self.offset = self.stretch + 1, 0
        return self.stretch - 1

    def _takes(self, text: str) -> bool:
        found = self._marks[self.stretch].startswith(text, self.offset)
        self.offset += len(text) if found else 0
        return found
