"""How full the fullest arc is, kept up to date while reservations come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush


class Fill:
    """The largest of some figures, one per arc. Only arcs that were touched since the last question are looked at again."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []  # (- figure, arc); out of date where `_known` says something else
        self._touched: set[int] = set()

    def forget(self, arcs: Iterable[int]) -> None:
        """Say that the figures of some arcs may have changed."""
        self._touched.update(arcs)

    def most(self, figure: Callable[[int], int | None]) -> int:
        """Return the largest figure, 0 if there is none; `figure` None: the arc does not count (any more)."""
        for arc in self._touched:
            found = figure(arc)
            if found is None:
                self._known.pop(arc, None)
            elif self._known.get(arc) != found:
                self._known[arc] = found
                heappush(self._heap, (-found, arc))
        self._touched.clear()
        while self._heap and self._known.get(self._heap[0][1]) != -self._heap[0][0]:
            heappop(self._heap)
        return -self._heap[0][0] if self._heap else 0
