"""Places in a text: the compiler's lines and columns (from 1, in characters), and those of editors (from 0, in UTF-16 units)."""

from __future__ import annotations

from intentc.diagnostics import Span
from intentc.diagnostics.model import LINE_BREAK
from intentc.values import frozen

_ASTRAL = 0xFFFF  # characters above take two units


@frozen
class Place:
    """A point as editors count it."""

    line: int
    unit: int


class Lines:
    """The lines of a text. Points beyond its end, or that of a line, are taken to be there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._skipped = 1 if text.startswith("\ufeff") else 0
        self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]
        self._ends = [*(found.start() for found in LINE_BREAK.finditer(text)), len(text)]

    def line(self, number: int) -> str:
        """Return a line, counted from 0, without what ends it."""
        return self.text[self._starts[number] : self._ends[number]] if number < len(self._starts) else ""

    def place(self, line: int, column: int) -> Place:
        """Return where a line and column of the compiler are for an editor."""
        if line > len(self._starts):
            last = len(self._starts) - 1
            return Place(last, _units(self.line(last)))
        before = self.line(line - 1)[: column - 1 + self._bom(line - 1)]
        return Place(line - 1, _units(before))

    def point(self, place: Place) -> tuple[int, int]:
        """Return the line and column, from 1, of an editor's point."""
        if place.line >= len(self._starts):
            last = len(self._starts) - 1
            return last + 1, len(self.line(last)) + 1 - self._bom(last)
        characters = _characters(self.line(place.line), place.unit)
        return place.line + 1, max(characters + 1 - self._bom(place.line), 1)

    def offset(self, line: int, column: int) -> int:
        """Return where a line and column, from 1, are in the text."""
        if line > len(self._starts):
            return len(self.text)
        start = self._starts[line - 1] + self._bom(line - 1)
        return min(start + column - 1, self._ends[line - 1])

    def end(self) -> Place:
        """Return the end of the text."""
        last = len(self._starts) - 1
        return Place(last, _units(self.line(last)))

    def _bom(self, line: int) -> int:
        return self._skipped if line == 0 else 0


def _units(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > _ASTRAL)


def _characters(text: str, units: int) -> int:
    for index, character in enumerate(text):
        if units <= 0:
            return index
        units -= 2 if ord(character) > _ASTRAL else 1
    return len(text)


def is_in(span: Span, line: int, column: int) -> bool:
    """Return whether a point lies in a span or at its end."""
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)
