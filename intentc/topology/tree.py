"""A YAML document as a tree that remembers where everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from intentc.diagnostics import Span


class Scalar(NamedTuple):
    """A scalar as written; `is_plain` ones (without quotes) may mean null, a boolean or a number.

    Every node holds its place as five numbers-and-name fields in a row: making a `Span` for each of a million nodes would
    cost more than parsing them.
    """

    text: str
    is_plain: bool
    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def span(self) -> Span:
        """Return where the scalar stands."""
        return Span(*self[-5:])


class Items(NamedTuple):
    """A sequence."""

    items: tuple[Node, ...]
    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def span(self) -> Span:
        """Return where the sequence stands."""
        return Span(*self[-5:])


class Entry(NamedTuple):
    """A key of a mapping with its value."""

    key: Scalar
    value: Node


class Table(NamedTuple):
    """A mapping; its keys are unique text, in the order of the file."""

    entries: dict[str, Entry]
    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def span(self) -> Span:
        """Return where the mapping stands."""
        return Span(*self[-5:])

    @classmethod
    def empty(cls, key: Scalar) -> Table:
        """Return the table without fields that stands at `key`."""
        return cls({}, *key[-5:])


class Refused(NamedTuple):
    """A value that already has its finding; whoever needs it stops without another one."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def span(self) -> Span:
        """Return where the value stands."""
        return Span(*self)


Node = Scalar | Items | Table | Refused


class FieldSpans(Mapping[str, Span]):
    """Where the fields of one element stand: `role`, `management.host`, `addresses.1`; made on demand."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        self._table = table

    def __getitem__(self, path: str) -> Span:
        node: Node | None = self._table
        for step in path.split("."):
            node = _step(node, step)
            if node is None:
                raise KeyError(path)
        return node.span if node is not None else self._table.span

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.entries)

    def __len__(self) -> int:
        return len(self._table.entries)


def _step(node: Node | None, step: str) -> Node | None:
    if isinstance(node, Table):
        entry = node.entries.get(step)
        return entry.value if entry is not None else None
    if isinstance(node, Items) and step.isdecimal() and int(step) < len(node.items):
        return node.items[int(step)]
    return None
