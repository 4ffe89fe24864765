"""What runs over a tunnel runs over the links below it too, with the bytes that the tunnel puts around each packet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.topology.model import Link, Topology
from intentc.values import ordered

Direction = tuple[str, bool]  # link, and whether from its end a to its end b


@ordered
class Crossing:
    """A direction of a link below a tunnel, with the bytes (`extra`) that all tunnels on the way down put around a packet."""

    link: str
    is_ab: bool
    extra: int


def crossings(topology: Topology) -> Mapping[Direction, tuple[Crossing, ...]]:
    """Return what packets cross that take a direction of a tunnel, all levels of tunnels below it included.

    The links of `over` lead from one end to the other. Where they do not (W0305), nobody knows which way each is taken: then
    both directions are.
    """
    return {
        (link.id, is_ab): crossings_of(topology, link, is_ab=is_ab)
        for link in topology.links.values()
        if link.over
        for is_ab in (True, False)
    }


def crossings_of(topology: Topology, link: Link, *, is_ab: bool) -> tuple[Crossing, ...]:
    """Return the same for one direction of a link; nothing where it is no tunnel."""
    return tuple(_below(topology, link, 0, is_ab=is_ab)) if link.over else ()


def senders_below(topology: Topology, link: Link, node: str) -> list[tuple[str, str]]:
    """Return link and sending node of all that packets cross below a link which `node` sends them over."""
    below = crossings_of(topology, link, is_ab=link.is_ab(node))
    return [(each.link, _sender(topology.links[each.link], is_ab=each.is_ab)) for each in below]


def _sender(link: Link, *, is_ab: bool) -> str:
    return link.a.node if is_ab else link.b.node


def _below(topology: Topology, tunnel: Link, around: int, *, is_ab: bool) -> Iterator[Crossing]:
    extra = around + tunnel.overhead_bytes
    for link, is_along in _ways(tunnel, [topology.links[name] for name in tunnel.over], is_ab=is_ab):
        yield Crossing(link.id, is_along, extra)
        yield from _below(topology, link, extra, is_ab=is_along)


def _ways(tunnel: Link, below: Sequence[Link], *, is_ab: bool) -> Iterator[tuple[Link, bool]]:
    """Yield the links below with the direction that packets take, both where that does not follow."""
    here, along = tunnel.a.node, list[tuple[Link, bool]]()
    for link in below:
        if here not in (link.a.node, link.b.node):
            break
        along.append((link, link.is_ab(here)))
        here = link.other(here)
    if len(along) == len(below) and here == tunnel.b.node:
        yield from ((link, is_along is is_ab) for link, is_along in along)
    else:
        yield from ((link, each) for link in below for each in (True, False))
