"""Links as beds with one lane per intent that uses them, like the lines of a transit map."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from intentc.report.geometry import Curve, bent, distance_to_line
from intentc.report.layout import Point
from intentc.report.marks import curve_path, number, tag, tooltip
from intentc.report.view import NetworkView
from intentc.report.wording import percent, rate
from intentc.topology.model import Link, Topology
from intentc.values import frozen

LANE = 5.0  # from the middle of a lane to that of the next
_STROKE = 3.6
_PARALLEL = 44.0
_CLEARANCE = 34.0
_DETOUR = 62.0
_CROWDED = 150  # nodes; on a larger map a bend around one node only meets the next


@frozen
class Lane:
    """One intent on one link; `is_broken` for the normal path that a failure cut."""

    intent: str
    is_broken: bool
    share_ppm: int


@frozen
class Wire:
    """A link on the map."""

    link: Link
    curve: Curve
    lanes: tuple[Lane, ...]

    @property
    def width(self) -> float:
        """Return how broad the bed is."""
        return LANE * len(self.lanes) + 5 if self.lanes else 1.6


def wires(topology: Topology, view: NetworkView, at: Mapping[str, Point]) -> tuple[Wire, ...]:
    """Return every link that exists or is planned, with its curve and lanes, in the order of the topology."""
    beside = _parallels(topology)
    lanes = _lanes(view)
    return tuple(
        Wire(link, _curve(link, beside[link.id], at), lanes.get(link.id, ()))
        for link in topology.links.values()
        if link.a.node != link.b.node
    )


def draw_wires(
    drawn: tuple[Wire, ...], view: NetworkView, order: Mapping[str, int], highlight: Collection[str]
) -> Iterator[str]:
    """Yield the beds of all links, then the lanes; intents outside a non-empty `highlight` are faded."""
    for wire in drawn:
        yield _bed(wire, view)
    for wire in drawn:
        for at, lane in enumerate(wire.lanes):
            offset = (at - (len(wire.lanes) - 1) / 2) * LANE
            yield _lane(wire, lane, offset, order[lane.intent], bool(highlight) and lane.intent not in highlight)
    for wire in drawn:
        if wire.link.id in view.failed.links:
            yield _cross(wire)


def _parallels(topology: Topology) -> dict[str, tuple[int, int]]:
    """Return for each link its number among the links of the same two nodes, and how many there are."""
    groups: dict[tuple[str, str], list[str]] = {}
    for link in topology.links.values():
        low, high = sorted((link.a.node, link.b.node))
        groups.setdefault((low, high), []).append(link.id)
    return {link: (at, len(group)) for group in groups.values() for at, link in enumerate(group)}


def _curve(link: Link, beside: tuple[int, int], at: Mapping[str, Point]) -> Curve:
    # From left to right, so that the lanes of an intent keep their side from link to link.
    start, end = sorted((at[link.a.node], at[link.b.node]))
    number_, count = beside
    bend = (number_ - (count - 1) / 2) * _PARALLEL
    others = [point for node, point in at.items() if node not in {link.a.node, link.b.node}]
    if count == 1 and len(at) <= _CROWDED and _nearest(others, start, end) < _CLEARANCE:
        bend = max((_DETOUR, -_DETOUR), key=lambda each: (_room(others, bent(start, end, each)), each))
    return bent(start, end, bend)


def _nearest(points: list[Point], start: Point, end: Point) -> float:
    return min((distance_to_line(point, start, end) for point in points), default=_CLEARANCE)


def _room(points: list[Point], curve: Curve) -> float:
    steps = [curve.at(n / 8) for n in range(9)]
    return min(_nearest(points, a, b) for a, b in pairwise(steps))


def _lanes(view: NetworkView) -> dict[str, tuple[Lane, ...]]:
    order = {intent.name: at for at, intent in enumerate(view.intents)}
    shares: dict[str, dict[tuple[str, bool], int]] = {}
    for strand in view.strands:
        for link in strand.links:
            on_link = shares.setdefault(link, {})
            key = (strand.intent, strand.is_broken)
            on_link[key] = max(on_link.get(key, 0), strand.share_ppm)
    return {link: _ordered(on_link, order) for link, on_link in shares.items()}


def _ordered(on_link: Mapping[tuple[str, bool], int], order: Mapping[str, int]) -> tuple[Lane, ...]:
    """Return the lanes in the order of the intents; what still runs hides the broken path of the same intent."""
    kept = {key: share for key, share in on_link.items() if not (key[1] and (key[0], False) in on_link)}
    names = sorted(kept, key=lambda key: (order[key[0]], key[1]))
    return tuple(Lane(intent, is_broken, kept[intent, is_broken]) for intent, is_broken in names)


def _bed(wire: Wire, view: NetworkView) -> str:
    path = curve_path(wire.curve)
    hint = tooltip(describe(wire.link, view))
    if wire.link.id in view.failed.links:
        return tag("path", hint, d=path, class_="cutwire")
    tunnel = " tunnel" if wire.link.over else ""
    faint = " off" if wire.link.state != "up" else ""
    if not wire.lanes:
        return tag("path", hint, d=path, class_=f"wire{tunnel}{faint}")
    return tag("path", hint, d=path, class_=f"bed{tunnel}{faint}", stroke_width=number(wire.width))


def _lane(wire: Wire, lane: Lane, offset: float, number_: int, is_faded: bool) -> str:
    classes = f"lane i{number_}" + (" broken" if lane.is_broken else "") + (" faded" if is_faded else "")
    width = (_STROKE if not lane.is_broken else 2.2) * (0.45 + 0.55 * lane.share_ppm / 1_000_000)
    words = f"{lane.intent}: normal path, cut" if lane.is_broken else lane.intent
    return tag(
        "path", tooltip(words), d=curve_path(wire.curve.shifted(offset)), class_=classes, stroke_width=number(width)
    )


def _cross(wire: Wire) -> str:
    x, y = wire.curve.at(0.5)
    return tag("path", d=f"M{x - 8:.1f},{y - 8:.1f} l16,16 m0,-16 l-16,16", class_="cut")


def describe(link: Link, view: NetworkView) -> str:
    """Return the tooltip of a link: id, ends, figures and what it shares."""
    parts = [f"{link.id}: {link.a.node} – {link.b.node}", figures(link)]
    if link.id in view.utilisation_ppm:
        parts.append(f"{percent(view.utilisation_ppm[link.id])} reserved")
    parts += [f"SRLG {', '.join(link.srlgs)}"] if link.srlgs else []
    parts += [link.provider] if link.provider else []
    parts += [link.encryption] if link.encryption else []
    parts += [f"crosses {', '.join(link.crosses)}"] if link.crosses else []
    parts += [link.state] if link.state != "up" else []
    return " · ".join(parts)


def figures(link: Link) -> str:
    """Return capacity and latency in few characters; the worse direction where they differ."""
    capacity = rate(min(link.capacity_bps.ab, link.capacity_bps.ba))
    if link.latency_ns is None:
        return capacity
    latency_us = max(link.latency_ns.ab, link.latency_ns.ba) / 1000
    return f"{capacity} · {latency_us / 1000:.3g} ms" if latency_us >= 50 else f"{capacity} · {latency_us:.3g} µs"
