"""Certificates that no path is left at all: a set of places with every link out of it closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.place.certificates.ground import Ground, Spot, told_places
from intentc.realise.refusals import Closed, Cut, Given, Side
from intentc.values import frozen


@frozen
class _Side:
    """The places on one side of a cut (a byte per place), and the arcs that cross it, all of them closed."""

    side: Side
    inside: bytearray
    crossing: Sequence[int]

    @property
    def size(self) -> tuple[int, Side]:
        return sum(self.inside) + len(self.crossing), self.side


def find_cut(ground: Ground, given: Given) -> Cut | None:
    """Return a cut between the demand's ends, the smaller of the two that searches from either end come to; None: there is a path."""
    goals = ground.goals
    ahead = _reached(ground, ground.starts, back=False)
    if any(ahead[goal] for goal in goals):
        return None
    behind = _reached(ground, goals, back=True)
    sides = [
        _Side("source", ahead, _crossing(ground, ahead, into=False)),
        _Side("destination", behind, _crossing(ground, behind, into=True)),
    ]
    return _cut(ground, given, min(sides, key=lambda side: side.size))


def _reached(ground: Ground, ends: Iterable[Spot], *, back: bool) -> bytearray:
    """Return a byte per place: whether it can be reached from some ends, or reaches one."""
    layers = ground.layers
    if layers is None:
        return reached_twin(ground, ends, back=back)
    return layers.reached(ends, ground.row(), is_backward=back)


def reached_twin(ground: Ground, ends: Iterable[Spot], *, back: bool) -> bytearray:
    """Do the same without the kernel."""
    steps = ground.entering if back else ground.leaving
    found = bytearray(ground.spots)
    pending = list(ends)
    for spot in pending:
        found[spot] = True
    while pending:
        for arc, other in steps(pending.pop()):
            if not found[other] and ground.reason(arc) is None:
                found[other] = True
                pending.append(other)
    return found


def _crossing(ground: Ground, inside: bytearray, *, into: bool) -> Sequence[int]:
    """Return the closed arcs that lead out of some places, or into them; an open one that does has a place at its end inside, too."""
    layers = ground.layers
    if layers is None:
        return crossing_twin(ground, inside, into=into)
    return layers.crossing(inside, ground.row(), is_into=into)


def crossing_twin(ground: Ground, inside: bytearray, *, into: bool) -> list[int]:
    """Do the same without the kernel."""
    steps = ground.entering if into else ground.leaving
    spots = (spot for spot, is_inside in enumerate(inside) if is_inside)
    crossing = {arc for spot in spots for arc, other in steps(spot) if not inside[other]}
    return sorted(arc for arc in crossing if ground.reason(arc) is not None)


def _cut(ground: Ground, given: Given, chosen: _Side) -> Cut:
    network = ground.network
    closed = [
        Closed(network.links[arc >> 1], network.nodes[network.tail[arc]], reason)
        for arc in chosen.crossing
        if (reason := ground.reason(arc)) is not None
    ]
    return Cut(given, chosen.side, ground.stages, told_places(network, chosen.inside, 0), tuple(sorted(closed)))
