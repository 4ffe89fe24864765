"""What lies below a tunnel: the links that carry it, the way packets cross them, and the bytes around each packet there."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.topology.model import Topology

Arc = tuple[str, bool]  # link, and whether from its end a to its end b


def below(topology: Topology, arc: Arc) -> Iterator[tuple[Arc, int]]:
    """Yield each direction of a link under one of a tunnel, through all levels, with the bytes that tunnels add by then.

    Links that do not lead from the tunnel's one end to the other are crossed nobody knows which way: both count.
    """
    pending = [(arc, 0)]
    while pending:
        (name, is_ab), around = pending.pop()
        link = topology.links[name]
        around += link.overhead_bytes
        for step in _steps(topology, name, is_ab=is_ab):
            yield step, around
            pending.append((step, around))


def ports_below(topology: Topology, node: str, name: str) -> list[tuple[str, str]]:
    """Return link and sending node of each direction under a link that `node` sends over."""
    if not topology.links[name].over:
        return []
    arcs = [arc for arc, _ in below(topology, (name, topology.links[name].is_ab(node)))]
    ends = {low: (topology.links[low].a.node, topology.links[low].b.node) for low, _ in arcs}
    return [(low, ends[low][not is_ab]) for low, is_ab in arcs]


def _steps(topology: Topology, name: str, *, is_ab: bool) -> list[Arc]:
    link = topology.links[name]
    here, steps = link.a.node, list[Arc]()
    for under in link.over:
        carrier = topology.links[under]
        if here == carrier.a.node:
            here = carrier.b.node
            steps.append((under, is_ab))
        elif here == carrier.b.node:
            here = carrier.a.node
            steps.append((under, not is_ab))
    if len(steps) == len(link.over) and here == link.b.node:
        return steps
    return [(under, each) for under in link.over for each in (True, False)]
