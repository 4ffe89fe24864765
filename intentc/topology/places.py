"""Where the fields of an element stand, found again in its text when somebody asks.

The trees of all elements take more room than all else that is known of a network, and few are ever asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.diagnostics import Findings, Source, Span
from intentc.topology.rows import depends_on_others
from intentc.topology.tree import FieldSpans, Table

_BOM = "\ufeff"


class Text:
    """The text of a file, by lines. The table that was read last is kept: who asks for one field often asks for others."""

    __slots__ = ("_last", "_lines", "file", "source")

    def __init__(self, source: Source) -> None:
        self.file = source.path
        self.source = source
        self._lines: list[str] | None = None
        self._last: tuple[object, Table | None] = (None, None)

    def table(self, place: tuple[int, int, int, int]) -> Table | None:
        """Return what stands from one line and column to others, as it was read with the whole file."""
        if self._last[0] != place:
            self._last = place, self._read(*place)
        return self._last[1]

    def _read(self, line: int, column: int, end_line: int, end_column: int) -> Table | None:
        from intentc.topology.yaml_reader import parse  # noqa: PLC0415  (where somebody asks: start-up)

        if self._lines is None:
            self._lines = self.source.text.removeprefix(_BOM).split("\n")
        lines = self._lines[line - 1 : end_line]
        lines[-1] = lines[-1][: end_column - 1]
        lines[0] = " " * (column - 1) + lines[0][column - 1 :]
        return parse(self.file, "\n".join(lines), Findings())


class TextSpans(Mapping[str, Span]):
    """Where the fields of one element stand, as `FieldSpans` says it."""

    __slots__ = ("_place", "_text")

    def __init__(self, text: Text, place: tuple[int, int, int, int]) -> None:
        self._text = text
        self._place = place

    def _spans(self) -> FieldSpans:
        return FieldSpans(self._text.table(self._place) or Table({}, self._text.file, *self._place))

    def __getitem__(self, path: str) -> Span:
        found, first = self._spans()[path], self._place[0] - 1
        return Span(found.file, found.line + first, found.column, found.end_line + first, found.end_column)

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans())

    def __len__(self) -> int:
        return len(self._spans())


def spans_of(table: Table, texts: Mapping[str, Text]) -> Mapping[str, Span]:
    """Return where the fields of an element stand; `texts`: of the files whose parts mean by themselves what they mean in the file."""
    text = texts.get(table.file)
    if text is None or not table.entries:
        return FieldSpans(table)
    return TextSpans(text, (table.line, table.column, table.end_line, table.end_column))


def texts_of(sources: list[Source]) -> dict[str, Text]:
    """Return the texts of files of which any element can be read again by itself, by their paths."""
    return {source.path: Text(source) for source in sources if not depends_on_others(source.text)}
