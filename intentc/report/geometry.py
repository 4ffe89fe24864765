"""Plane geometry for the map: hulls, spanning trees, curves and boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from intentc.report.layout import Point
from intentc.values import frozen


@frozen
class Curve:
    """A quadratic Bézier curve; a straight line has its control point in the middle."""

    start: Point
    control: Point
    end: Point

    def at(self, t: float) -> Point:
        """Return the point at `t` between 0 and 1."""
        u = 1 - t
        (ax, ay), (bx, by), (cx, cy) = self.start, self.control, self.end
        return (u * u * ax + 2 * u * t * bx + t * t * cx, u * u * ay + 2 * u * t * by + t * t * cy)

    def normal(self, t: float) -> Point:
        """Return the unit normal at `t` (to the left of the direction of travel on a screen whose y grows downwards)."""
        (ax, ay), (bx, by), (cx, cy) = self.start, self.control, self.end
        dx = (1 - t) * (bx - ax) + t * (cx - bx)
        dy = (1 - t) * (by - ay) + t * (cy - by)
        length = math.hypot(dx, dy) or 1.0
        return (dy / length, -dx / length)

    def shifted(self, offset: float) -> Curve:
        """Return the curve moved sideways by `offset`; exact for lines, within a pixel for the gentle bends of the map."""
        return Curve(
            _moved(self.start, self.normal(0), offset),
            _moved(self.control, self.normal(0.5), offset),
            _moved(self.end, self.normal(1), offset),
        )


@frozen
class Box:
    """An upright rectangle given by its centre and size."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Return whether the two rectangles share an area."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )

    def holds(self, point: Point) -> bool:
        """Return whether `point` lies inside."""
        return abs(point[0] - self.x) * 2 < self.width and abs(point[1] - self.y) * 2 < self.height


def bent(start: Point, end: Point, bend: float) -> Curve:
    """Return the curve from `start` to `end` whose middle lies `bend` beside the straight line."""
    line = Curve(start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end)
    return Curve(start, _moved(line.control, line.normal(0.5), 2 * bend), end)


def distance_to_line(point: Point, start: Point, end: Point) -> float:
    """Return the distance of `point` from the segment between `start` and `end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy or 1.0
    t = max(0.0, min(1.0, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / square))
    return math.dist(point, (start[0] + t * dx, start[1] + t * dy))


def hull(points: Iterable[Point]) -> list[Point]:
    """Return the convex hull, anticlockwise in mathematical axes (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    lower, upper = _half(ordered), _half(reversed(ordered))
    return lower[:-1] + upper[:-1]


def is_inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Return whether `point` lies in the convex `polygon` that `hull` returned."""
    if len(polygon) < 3:
        return False
    return all(_cross(a, b, point) >= 0 for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True))


def spanning_tree(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Yield the edges of a shortest spanning tree (Prim)."""
    nearest = {point: (math.dist(points[0], point), points[0]) for point in points[1:]}
    while nearest:
        far = min(nearest, key=lambda point: (nearest[point], point))
        yield nearest.pop(far)[1], far
        nearest = {point: min(known, (math.dist(far, point), far)) for point, known in nearest.items()}


def circle(centre: Point, radius: float, corners: int = 24) -> Iterator[Point]:
    """Yield points on a circle, for hulls with round corners."""
    for n in range(corners):
        turn = 2 * math.pi * n / corners
        yield (centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn))


def _half(points: Iterable[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _cross(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _cross(o: Point, a: Point, b: Point) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def _moved(point: Point, normal: Point, offset: float) -> Point:
    return (point[0] + normal[0] * offset, point[1] + normal[1] * offset)
