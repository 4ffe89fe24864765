"""Where spans stand in files whose lines have other numbers while they are compiled (`language/spacing.py`)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping, Sequence

from intentc.diagnostics.model import Diagnostic, Span
from intentc.values import unique


@unique
class _Placed:
    """Stands for a value where what is told of it depends on places as well."""

    value: object


class Places:
    """The number that each line has, from the first line of a file on, by the path of the file; lines of other files have their own.

    Whoever shows a span, or a line, to somebody outside asks here for what it is called there.
    """

    __slots__ = ("_numbers", "_placed")

    def __init__(self, numbers: Mapping[str, Sequence[int]]) -> None:
        self._numbers = numbers
        self._placed: dict[int, _Placed] = {}

    @property
    def numbers(self) -> Mapping[str, Sequence[int]]:
        return self._numbers

    @property
    def is_any(self) -> bool:
        """Whether any file has other numbers than its own."""
        return bool(self._numbers)

    def line(self, span: Span) -> int:
        """Return the line at which a span begins."""
        return self._own(span.file, span.line)

    def span(self, span: Span) -> Span:
        """Return a span with the lines of its file."""
        if span.file not in self._numbers:
            return span
        line, end = self._own(span.file, span.line), self._own(span.file, span.end_line)
        return Span(span.file, line, span.column, end, span.end_column)

    def concern(self, item: Diagnostic) -> bool:
        """Return whether a finding points into a file that has other numbers."""
        return points_into(item, self._numbers)

    def told(self, values: Sequence[object]) -> Iterable[object]:
        """Return for each value what stands for it with these places: the very same as long as both are."""
        if not self._numbers:
            return values
        known = self._placed
        self._placed = {id(value): known.get(id(value)) or _Placed(value) for value in values}
        return [self._placed[id(value)] for value in values]

    def _own(self, file: str, number: int) -> int:
        numbers = self._numbers.get(file)
        return number if numbers is None else bisect_left(numbers, number) + 1


OWN = Places({})


def points_into(item: Diagnostic, files: Container[str]) -> bool:
    """Return whether a finding, or a change that it offers, is about a place in one of some files."""
    edits = (*item.fix, *(edit for repair in item.repairs for edit in repair.edits))
    spans = (item.span, *(label.span for label in item.related), *(edit.span for edit in edits))
    return any(span is not None and span.file in files for span in spans)
