"""Regions as soft areas behind the map, and dotted lines around the nodes of one site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.report.crowd import Crowd
from intentc.report.geometry import Box, circle, hull, is_inside, spanning_tree
from intentc.report.layout import Point
from intentc.report.marks import closed_path, number, point, tag, text, text_width, tooltip
from intentc.report.palette import region_class
from intentc.topology.model import Topology
from intentc.values import frozen

_MARGIN = 50.0  # from a node's centre to the border of its innermost region
_STEP = 15.0  # more for each region around it
_NAME_SIZE = 12.5


@frozen
class Area:
    """A region with nodes on the map: where they are, where those outside it are, and how far around them it reaches."""

    region: str
    points: tuple[Point, ...]
    foreign: tuple[Point, ...]
    margin: float
    colour: str

    def outline(self, inset: float = 0.0) -> list[Point]:
        """Return the round hull around the region's nodes, `inset` inside its border."""
        return hull(corner for each in self.points for corner in circle(each, self.margin - inset, 48))


def areas(topology: Topology, at: Mapping[str, Point]) -> tuple[Area, ...]:
    """Return the regions that hold nodes, outer ones first."""
    inner = _children(topology)
    roots = enumerate(inner.get(None, []))
    return tuple(area for n, root in roots for area in _below(topology, root, inner, at, region_class(n)))


def draw_area(area: Area) -> str:
    """Return a round hull, or blobs joined by bars where a hull would hold nodes of other regions."""
    outline = area.outline()
    if any(is_inside(other, outline) for other in area.foreign):
        shape = _blobs(area, area.margin, "rim") + _blobs(area, area.margin - 0.8, "area")
    else:
        rim = tag("path", d=closed_path(outline), class_=f"rim {area.colour}", stroke_width=1.6)
        shape = rim + tag("path", d=closed_path(outline), class_=f"area {area.colour}", stroke="none")
    return tag("g", tooltip(f"region {area.region}") + shape, opacity="0.8")


def area_name(area: Area, crowd: Crowd) -> str:
    """Return the region's name just inside its border, at the freest place, near the top if there is a choice."""
    width = text_width(area.region, _NAME_SIZE) + 8
    inside, outline = area.outline(inset=13.0), area.outline()
    if any(is_inside(other, outline) for other in area.foreign):
        inside = [corner for each in area.points for corner in circle(each, area.margin - 13.0, 16)]
    spots = (Box(x, y, width, 16) for x, y in sorted(inside, key=lambda each: (each[1], each[0])))
    box = crowd.settle(spots)
    return text(area.region, box.x, box.y + 4.5, class_=f"where {area.colour}", text_anchor="middle")


def site_rings(topology: Topology, at: Mapping[str, Point]) -> Iterator[str]:
    """Yield a dotted outline around every site with several nodes."""
    for site, nodes in topology.nodes_of_site.items():
        points = [at[node] for node in nodes if node in at]
        if len(points) > 1:
            outline = hull(corner for each in points for corner in circle(each, 27))
            yield tag("path", tooltip(f"site {site}"), d=closed_path(outline), class_="site")


def extent(topology: Topology) -> float:
    """Return how far areas reach beyond the outermost nodes."""
    inner = _children(topology)
    return max([0.0, *(_margin(root, inner) for root in inner.get(None, []))])


def _children(topology: Topology) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for region in topology.regions.values():
        parent = region.parent if region.parent in topology.regions else None
        found.setdefault(parent, []).append(region.name)
    return found


def _margin(region: str, inner: Mapping[str | None, list[str]]) -> float:
    return max([_MARGIN, *(_margin(child, inner) + _STEP for child in inner.get(region, []))])


def _below(
    topology: Topology, region: str, inner: Mapping[str | None, list[str]], at: Mapping[str, Point], colour: str
) -> Iterator[Area]:
    members = {name for name, node in topology.nodes.items() if topology.is_within(node.region, region)}
    points = tuple(at[name] for name in topology.nodes if name in members)
    foreign = tuple(at[name] for name in topology.nodes if name not in members)
    if points:
        yield Area(region, points, foreign, _margin(region, inner), colour)
    for child in inner.get(region, []):
        yield from _below(topology, child, inner, at, colour)


def _blobs(area: Area, margin: float, kind: str) -> str:
    class_ = f"{kind} {area.colour}"
    bars = (
        tag("path", d=f"M{point(a)} L{point(b)}", class_=class_, stroke_width=number(margin * 1.1))
        for a, b in _bars(area)
    )
    dots = (tag("circle", cx=x, cy=y, r=margin, class_=class_, stroke="none") for x, y in area.points)
    return "".join([*bars, *dots])


def _bars(area: Area) -> Sequence[tuple[Point, Point]]:
    return list(spanning_tree(area.points))
