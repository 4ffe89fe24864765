"""Which arcs a search may use, and how full they get: a row over all of them, of which only few have to be asked for.

Kernels make and read rows; without them every arc is to be asked for, each once.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection
from types import ModuleType

SHUT, OPEN, ASK = range(3)
UNKNOWN = -1

_WORD = 1 << 62


class OpenArcs:
    """The test whether an arc may be used. `row`: a byte per arc, `SHUT`, `OPEN`, or to `ask` for; what was told stands there.

    `rows`: the kernels, None where there are none.
    """

    __slots__ = ("_rows", "ask", "row")

    def __init__(self, row: bytearray, ask: Callable[[int], bool], rows: ModuleType | None) -> None:
        self.row = row
        self.ask = ask
        self._rows = rows

    def __call__(self, arc: int) -> bool:
        """Return whether an arc may be used."""
        found = self.row[arc]
        if found == ASK:
            found = self.row[arc] = OPEN if self.ask(arc) else SHUT
        return found == OPEN

    def without(self, links: Collection[int]) -> OpenArcs:
        """Return the same but for some links."""
        if self._rows is None:
            return self._asking(lambda arc: arc >> 1 not in links and self(arc))
        row = bytearray(self.row)
        self._rows.shut(row, links, 2)
        return OpenArcs(row, self, self._rows)

    def within(self, arcs: Collection[int]) -> OpenArcs:
        """Return the same for some arcs; all others are shut."""
        if self._rows is None:
            return self._asking(lambda arc: arc in arcs and self(arc))
        return OpenArcs(self._rows.within(self.row, arcs), self, self._rows)

    def no_fuller(self, fill: Fills, level: int) -> OpenArcs:
        """Return the same for the arcs that get no fuller than to a level."""
        is_low: Callable[[int], bool] = lambda arc: fill(arc) <= level and self(arc)  # noqa: E731  (asked for some arcs, or all)
        if self._rows is None:
            return self._asking(is_low)
        return OpenArcs(self._rows.no_fuller(self.row, fill.row, min(level, _WORD)), is_low, self._rows)

    def _asking(self, ask: Callable[[int], bool]) -> OpenArcs:
        return OpenArcs(to_ask(len(self.row)), ask, self._rows)

    def told(self) -> bytearray:
        """Return the row once all arcs were asked for."""
        at = self.row.find(ASK)
        while at >= 0:
            self(at)
            at = self.row.find(ASK, at + 1)
        return self.row


def open_arcs_of(is_open: Callable[[int], bool], count: int) -> OpenArcs:
    """Return a test with its row; each of the `count` arcs is to be asked for where it has none."""
    return is_open if isinstance(is_open, OpenArcs) else OpenArcs(to_ask(count), is_open, None)


def to_ask(count: int) -> bytearray:
    """Return a row of arcs all of which are to be asked for."""
    return bytearray((ASK,)) * count


class Fills:
    """How full (ppm) an arc gets. `row`: that of each arc, where it is `UNKNOWN` that is to `ask` for; what was told stands there."""

    __slots__ = ("_rows", "ask", "row")

    def __init__(self, row: array[int], ask: Callable[[int], int], rows: ModuleType | None) -> None:
        self.row = row
        self.ask = ask
        self._rows = rows

    def __call__(self, arc: int) -> int:
        """Return how full an arc gets."""
        found = self.row[arc]
        if found == UNKNOWN:
            found = self.ask(arc)
            if found < _WORD:
                self.row[arc] = found
        return found

    def between(self, is_open: OpenArcs, above: int, below: int) -> list[int]:
        """Return the fills of open arcs between two, sorted, each once."""
        if self._rows is not None and 0 <= above <= below < _WORD:
            row = is_open.told()
            for arc in self._rows.unknown(row, self.row):
                self(arc)
            found: list[int] = self._rows.levels(row, self.row, above, below)
            return found
        arcs = filter(is_open, range(len(self.row)))
        return sorted({ppm for ppm in map(self, arcs) if above < ppm < below})


def fills_of(fill: Callable[[int], int], count: int) -> Fills:
    """Return fills with their row; each of the `count` arcs is to be asked for where there is none."""
    return fill if isinstance(fill, Fills) else Fills(unknown_fills(count), fill, None)


def unknown_fills(count: int) -> array[int]:
    """Return a row of arcs all of whose fills are to be asked for."""
    return array("q", (UNKNOWN,)) * count
