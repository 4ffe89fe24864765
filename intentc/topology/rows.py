"""Elements that are written on a line each, read at once: a large network is thousands of lines of a few shapes.

The parser gets the first of neighbouring lines and blank ones in place of the others, which so keep their numbers. What it
makes of the first says what the others are: the next items of the same list, or entries of the same mapping. Only what cannot be
read in another way is taken for such a line; nothing here makes a finding, for whatever has one is left to the parser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, repeat
from typing import NamedTuple

from intentc.patterns import pattern
from intentc.topology.row_shapes import Shape, find_shape
from intentc.topology.tree import Entry, Items, Node, Scalar, Table

FEWEST = 16  # neighbouring lines for which it is worth their while
_HEAD = pattern(r"( *)(?:- |(?<= )([A-Za-z0-9_][A-Za-z0-9_.-]{0,62}): )(?=\{)")
# Names and numbers without quotes, and texts in double quotes without escapes: they mean in a mapping in braces what is written.
_LEAF = pattern(r'([A-Za-z0-9_](?:[A-Za-z0-9_./%+-]|:(?=[A-Za-z0-9_:]))*|"[ !#-\[\]-~]*")')
_OTHERS = "&*\r"  # anchors and aliases, by which what is on one line depends on another, and other ends of lines


def depends_on_others(text: str) -> bool:
    """Return whether a line may mean something else elsewhere, or be counted in another way."""
    return any(mark in text for mark in _OTHERS)


class Row(NamedTuple):
    """One line: its number and the columns at which its mapping begins and at which each stretch of it ends, counted from 1."""

    line: int
    indent: int
    name: str | None  # of an entry of a mapping; None: an item of a list
    columns: tuple[int, ...]
    leaves: Sequence[str]
    shape: Shape


class Rows:
    """The neighbouring lines of a text, by the number of the first of them."""

    def __init__(self, text: str) -> None:
        self._lines = [] if depends_on_others(text) else text.split("\n")
        self.groups = {group[0].line: group for group in self._find()}

    def reduced(self) -> str:
        """Return the text with blank lines in place of all rows but the first of each group."""
        lines = self._lines
        for first, group in self.groups.items():
            lines[first : first + len(group) - 1] = repeat("", len(group) - 1)
        return "\n".join(lines)

    def _find(self) -> Iterator[list[Row]]:
        group: list[Row] = []
        for number, line in enumerate(
            self._lines[:-1], 1
        ):  # behind the last line break: the parser ends its line itself
            row = _row(number, line) if line[-1:] == "}" else None
            if group and (row is None or not _are_neighbours(group[-1], row)):
                if len(group) >= FEWEST:
                    yield group
                group = []
            if row is not None:
                group.append(row)
        if len(group) >= FEWEST:
            yield group


def _are_neighbours(one: Row, other: Row) -> bool:
    return other.line == one.line + 1 and other.indent == one.indent and (one.name is None) is (other.name is None)


def _row(number: int, line: str) -> Row | None:
    head = _HEAD.match(line)
    if head is None:
        return None
    begin = head.end()
    parts = _LEAF.split(line[begin:])
    leaves = parts[1::2]
    shape = find_shape(tuple(parts[::2]), leaves)
    if shape is None:
        return None
    columns = tuple(accumulate(map(len, parts), initial=begin + 1))
    return Row(number, len(head[1]), head[2], columns, leaves, shape)


def put_back(tree: Table, rows: Rows, file: str) -> Table | None:
    """Return the tree of a reduced text with all rows; None where the first of a group is something else than it seemed to be."""
    waiting = dict(rows.groups)
    sections: dict[str, Entry] = {}
    for name, entry in tree.entries.items():
        value: Node | None = entry.value
        if isinstance(value, Items):
            value = _longer_list(value, waiting, file)
        elif isinstance(value, Table):
            value = _larger_table(value, waiting, file)
        if value is None:
            return None
        sections[name] = Entry(entry.key, value)
    return None if waiting else tree._replace(entries=sections)


def _longer_list(items: Items, waiting: dict[int, list[Row]], file: str) -> Items:
    found: list[Node] = []
    for item in items.items:
        found.append(item)
        if isinstance(item, Table) and (group := _group_of(item, waiting)) is not None and group[0].name is None:
            found += _tables(group[1:], file)
            del waiting[group[0].line]
    return items._replace(items=tuple(found))


def _larger_table(table: Table, waiting: dict[int, list[Row]], file: str) -> Table | None:
    """Return the table with all rows of its groups; None where a name stands twice."""
    found: dict[str, Entry] = {}
    count = 0
    for name, entry in table.entries.items():
        found[name] = entry
        count += 1
        value = entry.value
        if not isinstance(value, Table) or (group := _group_of(value, waiting)) is None or group[0].name != name:
            continue
        others = group[1:]
        for row, other in zip(others, _tables(others, file), strict=True):
            own = str(row.name)
            key = Scalar(own, True, file, row.line, row.indent + 1, row.line, row.indent + 1 + len(own))
            found[own] = Entry(key, other)
        count += len(others)
        del waiting[group[0].line]
    return table._replace(entries=found) if len(found) == count else None


def _group_of(table: Table, waiting: dict[int, list[Row]]) -> list[Row] | None:
    """Return the group whose first row is a table."""
    group = waiting.get(table.line)
    if group is None or group[0].line != table.end_line:
        return None
    columns = group[0].columns
    return group if (table.column, table.end_column) == (columns[0], columns[-1]) else None


def _tables(rows: Sequence[Row], file: str) -> list[Table]:
    """Return what stands on each row."""
    by_shape: dict[Shape, list[Row]] = {}
    for row in rows:
        by_shape.setdefault(row.shape, []).append(row)
    made = {
        row.line: table
        for shape, alike in by_shape.items()
        for row, table in zip(alike, shape.tables(alike, file), strict=True)
    }
    return [made[row.line] for row in rows]
