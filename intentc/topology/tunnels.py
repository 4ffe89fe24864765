"""Links that run over other links: in which order they can be read, and what they take from those below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.diagnostics import Label, Span
from intentc.topology.model import Directional, Link, Node, Region
from intentc.topology.natural_order import natural_key
from intentc.topology.reading import Reading
from intentc.values import frozen


@frozen
class Inherited:
    """What a tunnel has from the links below it.

    `capacity_bps` and `latency_ns` are those of the way from a to b, None where the links are no such way (or a latency is
    unknown); `crosses` None where a link's crossing is unknown. `mtu`: the largest packet that all links below can carry.
    """

    capacity_bps: Directional | None
    latency_ns: Directional | None
    is_latency_estimated: bool
    srlgs: tuple[str, ...]
    crosses: tuple[str, ...] | None
    mtu: int


def order_tunnels(
    over: Mapping[str, Sequence[tuple[str, Span]]], spans: Mapping[str, Span], reading: Reading
) -> list[str]:
    """Return the links so that each stands after those it runs over; links in or above a cycle (E0326) are left out."""
    done: dict[str, None] = {name: None for name, below in over.items() if not below}
    waiting = sorted((name for name in over if name not in done), key=natural_key)
    while waiting:
        ready = [name for name in waiting if all(below in done or below not in over for below, _ in over[name])]
        if not ready:
            _refuse_cycle(_find_cycle(waiting[0], over, done), spans, reading)
            for name in waiting:
                reading.leave_out("link", name)
            break
        done.update(dict.fromkeys(ready))
        waiting = [name for name in waiting if name not in done]
    return list(done)


def _find_cycle(start: str, over: Mapping[str, Sequence[tuple[str, Span]]], done: Mapping[str, None]) -> list[str]:
    way = [start]
    while True:
        name = next(below for below, _ in over[way[-1]] if below in over and below not in done)
        if name in way:
            return way[way.index(name) :]
        way.append(name)


def _refuse_cycle(names: Sequence[str], spans: Mapping[str, Span], reading: Reading) -> None:
    first = min(names, key=natural_key)
    related = tuple(
        Label(spans[name], "part of the circle") for name in sorted(names, key=natural_key) if name != first
    )
    message = f"link `{first}` runs over itself"
    help_ = ("`over` names the links that carry the tunnel; take the circle apart",)
    reading.findings.error("E0326", message, spans[first], related=related, help=help_)


def inherit(
    a: str, b: str, below: Sequence[Link], nodes: Mapping[str, Node], regions: Mapping[str, Region]
) -> Inherited:
    """Return what a tunnel from `a` to `b` takes from the links below it (in the order of `over`)."""
    way = _walk(a, b, below)
    crossings = [_regions_on(link, nodes, regions) for link in below]
    return Inherited(
        capacity_bps=_narrowest(way) if way is not None else None,
        latency_ns=_sum(way) if way is not None else None,
        is_latency_estimated=any(link.is_latency_estimated for link in below),
        srlgs=tuple(sorted({name for link in below for name in link.srlgs or (link.id,)})),
        crosses=None if None in crossings else tuple(sorted({name for found in crossings for name in found or ()})),
        mtu=min(link.mtu for link in below),
    )


def _walk(a: str, b: str, below: Sequence[Link]) -> tuple[tuple[Link, bool], ...] | None:
    """Return the links with whether they are passed from their own a to b, None when they do not lead from `a` to `b`."""
    at, way = a, []
    for link in below:
        if at not in (link.a.node, link.b.node):
            return None
        way.append((link, link.is_ab(at)))
        at = link.other(at)
    return tuple(way) if at == b else None


def _narrowest(way: Sequence[tuple[Link, bool]]) -> Directional:
    return Directional(
        min(link.capacity_bps.towards(is_ab=is_ab) for link, is_ab in way),
        min(link.capacity_bps.towards(is_ab=not is_ab) for link, is_ab in way),
    )


def _sum(way: Sequence[tuple[Link, bool]]) -> Directional | None:
    ab = ba = 0
    for link, is_ab in way:
        if link.latency_ns is None:
            return None
        ab += link.latency_ns.towards(is_ab=is_ab)
        ba += link.latency_ns.towards(is_ab=not is_ab)
    return Directional(ab, ba)


def _regions_on(link: Link, nodes: Mapping[str, Node], regions: Mapping[str, Region]) -> set[str] | None:
    """Return the regions that a link touches, None when nobody said which it crosses and that does not follow."""
    ends = {nodes[link.a.node].region, nodes[link.b.node].region}
    touched = {region for region in ends if region is not None}
    if link.crosses is not None:
        return touched | set(link.crosses)
    is_leaf = len(ends) == len(touched) == 1 and not any(region.parent in touched for region in regions.values())
    return touched if is_leaf else None
