"""Certificates that no path is left at all: a set of places with every link out of it closed."""

from __future__ import annotations

from intentc.native import compiled
from intentc.place.certificates.ground import Ground, Spot
from intentc.realise.refusals import Closed, Cut, Given, Place, Side


def find_cut(ground: Ground, given: Given) -> Cut | None:
    """Return a cut between the demand's ends, the smaller of the two that searches from either end come to; None: there is a path."""
    starts, goals = ground.starts, ground.goals
    ahead = _reached(ground, starts, back=False)
    if ahead & goals:
        return None
    behind = _reached(ground, goals, back=True)
    cuts = [_cut(ground, given, "source", ahead), _cut(ground, given, "destination", behind)]
    return min(cuts, key=lambda cut: (len(cut.inside) + len(cut.closed), cut.side))


def _reached(ground: Ground, ends: frozenset[Spot], *, back: bool) -> frozenset[Spot]:
    kernels, graph = compiled("prices"), ground.network.graph
    if kernels is None or graph is None or ground.stages:
        return reached_twin(ground, ends, back=back)
    nodes = kernels.reached(graph, [node for node, _ in ends], ground.closed(), is_backward=back)
    return frozenset((node, 0) for node in nodes)


def reached_twin(ground: Ground, ends: frozenset[Spot], *, back: bool) -> frozenset[Spot]:
    """Do the same without the kernel."""
    steps = ground.entering if back else ground.leaving
    found = set(ends)
    pending = list(found)
    while pending:
        for arc, other in steps(pending.pop()):
            if other not in found and ground.reason(arc) is None:
                found.add(other)
                pending.append(other)
    return frozenset(found)


def _cut(ground: Ground, given: Given, side: Side, inside: frozenset[Spot]) -> Cut:
    network = ground.network
    steps = ground.leaving if side == "source" else ground.entering
    crossing = {arc for spot in inside for arc, other in steps(spot) if other not in inside}
    reasons = ((arc, ground.reason(arc)) for arc in crossing)
    closed = [
        Closed(network.links[arc >> 1], network.nodes[network.tail[arc]], reason)
        for arc, reason in reasons
        if reason is not None
    ]
    places = [Place(network.nodes[node], passed) for node, passed in inside]
    return Cut(given, side, ground.stages, tuple(sorted(places)), tuple(sorted(closed)))
