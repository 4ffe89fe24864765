"""Words on a full map: each put where it covers least of what is already there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.report.geometry import Box
from intentc.report.layout import Point
from intentc.report.wires import Wire

_NODE = 34.0  # side of the square that a node's mark covers
_AROUND = 12.0  # how near a foreign line may come before a label seems to belong to it
_STEPS = 24
_CELL = 160.0  # side of the squares in which boxes and points are looked up

Cell = tuple[int, int]


class Crowd:
    """The marks that words must not cover: boxes, and samples of the lines with the line's name."""

    def __init__(self, boxes: Iterable[Box], points: Iterable[tuple[str, Point]]) -> None:
        self._boxes: dict[Cell, list[Box]] = {}
        self._points: dict[Cell, list[tuple[str, Point]]] = {}
        for box in boxes:
            self._take(box)
        for name, point in points:
            self._points.setdefault((int(point[0] // _CELL), int(point[1] // _CELL)), []).append((name, point))

    def settle(self, spots: Iterable[Box], own: str = "") -> Box:
        """Return the best of `spots` (the earliest of equal ones) and count it as taken; lines named `own` do not matter."""
        ranked = [(self._cost(box, own), at, box) for at, box in enumerate(spots)]
        best = min(ranked, key=lambda each: each[:2])[2]
        self._take(best)
        return best

    def _take(self, box: Box) -> None:
        for cell in _cells(box):
            self._boxes.setdefault(cell, []).append(box)

    def _cost(self, box: Box, own: str) -> int:
        near = Box(box.x, box.y, box.width + _AROUND, box.height + _AROUND)
        cells = list(_cells(near))
        covered = {other for cell in cells for other in self._boxes.get(cell, ()) if box.overlaps(other)}
        found = [
            point for cell in cells for name, point in self._points.get(cell, ()) if name != own and near.holds(point)
        ]
        return 8 * len(covered) + len(found) + 2 * sum(box.holds(point) for point in found)


def crowd_of(at: Mapping[str, Point], drawn: Sequence[Wire]) -> Crowd:
    """Return the crowd of the bare map: its nodes and links."""
    boxes = [Box(x, y, _NODE, _NODE) for x, y in at.values()]
    points = [(wire.link.id, wire.curve.at(n / _STEPS)) for wire in drawn for n in range(1, _STEPS)]
    return Crowd(boxes, points)


def _cells(box: Box) -> Iterator[Cell]:
    for column in range(int((box.x - box.width / 2) // _CELL), int((box.x + box.width / 2) // _CELL) + 1):
        for row in range(int((box.y - box.height / 2) // _CELL), int((box.y + box.height / 2) // _CELL) + 1):
            yield column, row
