"""Certificates that no path keeps a latency bound: least times to the end, which no link undercuts."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from intentc.place.certificates.ground import Ground, Spot
from intentc.realise.refusals import Given, Part, Place, Potential

_NS_PER_US = 1000


def find_potential(grounds: Sequence[Ground], given: Given, queueing: int, bound_us: int) -> Potential | None:
    """Return the potential that rules the bound out for a demand (one ground) or for both directions together (two).

    None: a path, or one each way, keeps the bound. Times are cut off beyond the bound: places further away are not listed.
    """
    bound_ns = bound_us * _NS_PER_US
    parts, total = [], 0
    for ground in grounds:
        times = _times(ground, queueing, bound_ns)
        total += min((times.get(start, bound_ns + 1) for start in ground.starts), default=bound_ns + 1)
        parts.append(Part(ground.task.demand.key, _places(ground, times)))
    return Potential(given, grounds[0].stages, queueing, bound_us, tuple(parts)) if total > bound_ns else None


def least_ns(ground: Ground, queueing: int, start: Spot, stop: int | None) -> int | None:
    """Return the least time of a path from a place to the demand's end (to the node `stop`, unless None); None: there is none."""
    times = _times(ground, queueing, None, stop)
    return times.get(start)


def _places(ground: Ground, times: dict[Spot, int]) -> tuple[Place, ...]:
    names = ground.network.nodes
    return tuple(sorted(Place(names[node], passed, time) for (node, passed), time in times.items()))


def _times(ground: Ground, queueing: int, limit_ns: int | None, stop: int | None = None) -> dict[Spot, int]:
    """Return the least time from every place within the limit to the end, by Dijkstra's algorithm from there."""
    found: dict[Spot, int] = {}
    heap = [(0, goal) for goal in sorted(ground.goals) if stop in (None, goal[0])]
    while heap:
        time, spot = heappop(heap)
        if spot in found:
            continue
        found[spot] = time
        for arc, before in ground.entering(spot):
            longer = time + length_ns(ground, arc, queueing)
            is_near = limit_ns is None or longer <= limit_ns
            if before not in found and is_near and ground.reason(arc) is None:
                heappush(heap, (longer, before))
    return found


def length_ns(ground: Ground, arc: int, queueing: int) -> int:
    """Return what a hop takes at least, rounded down; without a committed rate only propagation counts."""
    network = ground.network
    propagation = network.propagation_ns[arc] or 0
    if ground.task.ahead is None:
        return propagation
    return propagation + (1 + queueing) * network.packet_units[arc] * _NS_PER_US // network.units_per_us
