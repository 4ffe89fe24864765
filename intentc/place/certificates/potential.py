"""Certificates that no path keeps a latency bound: least times to the end, which no link undercuts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import heappop, heappush

from intentc.forwarding.network import Network
from intentc.native import compiled
from intentc.place.certificates.ground import Ground, Spot
from intentc.place.cheapest import is_countable
from intentc.realise.refusals import Given, Part, Place, Potential

_NS_PER_US = 1000


def find_potential(grounds: Sequence[Ground], given: Given, queueing: int, bound_us: int) -> Potential | None:
    """Return the potential that rules the bound out for a demand (one ground) or for both directions together (two).

    None: a path, or one each way, keeps the bound. Times are cut off beyond the bound: places further away are not listed.
    """
    bound_ns = bound_us * _NS_PER_US
    found = [(ground, _times(ground, queueing, bound_ns)) for ground in grounds]
    total = sum(
        min((times.get(start, bound_ns + 1) for start in ground.starts), default=bound_ns + 1)
        for ground, times in found
    )
    if total <= bound_ns:
        return None
    parts = tuple(Part(ground.task.demand.key, _places(ground, times)) for ground, times in found)
    return Potential(given, grounds[0].stages, queueing, bound_us, parts)


def least_ns(ground: Ground, queueing: int, start: Spot, stop: int | None) -> int | None:
    """Return the least time of a path from a place to the demand's end (to the node `stop`, unless None); None: there is none."""
    times = _times(ground, queueing, None, stop)
    return times.get(start)


def _places(ground: Ground, times: dict[Spot, int]) -> tuple[Place, ...]:
    names = ground.network.nodes
    return tuple(sorted(Place(names[node], passed, time) for (node, passed), time in times.items()))


def _times(ground: Ground, queueing: int, limit_ns: int | None, stop: int | None = None) -> dict[Spot, int]:
    """Return the least time from every place within the limit to the end."""
    goals = frozenset(goal for goal in ground.goals if stop in (None, goal[0]))
    network, kernels = ground.network, compiled("prices")
    if kernels is None or network.graph is None or ground.stages:
        return times_twin(ground, queueing, limit_ns, goals)
    lengths = _lengths(network, ground.task.ahead is not None, queueing)
    if not is_countable(network, lengths):
        return times_twin(ground, queueing, limit_ns, goals)
    ends = [node for node, _ in goals]
    found = kernels.distances(network.graph, lengths, ground.closed(), ends, limit_ns)
    return {(node, 0): time for node, time in enumerate(found) if time != kernels.FAR}


def times_twin(ground: Ground, queueing: int, limit_ns: int | None, goals: Iterable[Spot]) -> dict[Spot, int]:
    """Do the same without the kernel, by Dijkstra's algorithm from the goals."""
    network, found = ground.network, dict[Spot, int]()
    lengths = _lengths(network, ground.task.ahead is not None, queueing)
    heap = [(0, goal) for goal in sorted(goals)]
    while heap:
        time, spot = heappop(heap)
        if spot in found:
            continue
        found[spot] = time
        for arc, before in ground.entering(spot):
            longer = time + lengths[arc]
            is_near = limit_ns is None or longer <= limit_ns
            if before not in found and is_near and ground.reason(arc) is None:
                heappush(heap, (longer, before))
    return found


@lru_cache(maxsize=4)
def _lengths(network: Network, is_sized: bool, queueing: int) -> tuple[int, ...]:
    """Return `length_ns` of every arc, which all demands share."""
    return tuple(_length_ns(network, arc, is_sized, queueing) for arc in range(len(network.head)))


def length_ns(ground: Ground, arc: int, queueing: int) -> int:
    """Return what a hop takes at least, rounded down; without a committed rate only propagation counts."""
    return _length_ns(ground.network, arc, ground.task.ahead is not None, queueing)


def _length_ns(network: Network, arc: int, is_sized: bool, queueing: int) -> int:
    propagation = network.propagation_ns[arc] or 0
    if not is_sized:
        return propagation
    return propagation + (1 + queueing) * network.packet_units[arc] * _NS_PER_US // network.units_per_us
