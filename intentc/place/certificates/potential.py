"""Certificates that no path keeps a latency bound: least times to the end, which no link undercuts."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from operator import add
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.place.certificates.ground import Ground, Spot, told_places
from intentc.realise.refusals import Given, Part, Potential

if TYPE_CHECKING:
    from intentc.native.layers import Layers

NO_WAY = -1  # in place of a time
_NS_PER_US = 1000
_FAR = 1 << 62  # sums that could come near are not for kernels


def find_potential(grounds: Sequence[Ground], given: Given, queueing: int, bound_us: int) -> Potential | None:
    """Return the potential that rules the bound out for a demand (one ground) or for both directions together (two).

    None: a path, or one each way, keeps the bound. Times are cut off beyond the bound: places further away are not listed.
    """
    bound_ns = bound_us * _NS_PER_US
    times = [_times(ground, queueing, bound_ns, ground.goals) for ground in grounds]
    least = [_first(each, ground.starts) for each, ground in zip(times, grounds, strict=True)]
    if sum(bound_ns + 1 if time == NO_WAY else time for time in least) <= bound_ns:
        return None
    parts = tuple(map(_part, grounds, times))
    return Potential(given, grounds[0].stages, queueing, bound_us, parts)


def _first(times: Sequence[int], starts: Iterable[Spot]) -> int:
    """Return the least time from some places, `NO_WAY` where none of them has one."""
    return min((times[start] for start in starts if times[start] != NO_WAY), default=NO_WAY)


def _part(ground: Ground, times: Sequence[int]) -> Part:
    """Return the places that have a time."""
    return Part(ground.task.demand.key, told_places(ground.network, times, NO_WAY, is_time=True))


def least_ns(ground: Ground, queueing: int, start: int, stop: int | None) -> int | None:
    """Return the least time of a path from a node to the demand's end (to the node `stop`, unless None); None: there is none."""
    goals = ground.goals if stop is None else ground.goals & {ground.goal_at(stop)}
    time = _least(ground, queueing, None, goals, {ground.start_at(start)})
    return None if time == NO_WAY else time


def is_in_time(ground: Ground, queueing: int, bound_us: int) -> bool:
    """Return whether some path keeps a bound."""
    return _least(ground, queueing, bound_us * _NS_PER_US, ground.goals, ground.starts) != NO_WAY


def _times(ground: Ground, queueing: int, limit_ns: int | None, goals: Iterable[Spot]) -> Sequence[int]:
    """Return the least time from every place within the limit to a goal, `NO_WAY` from all others."""
    kernel = _kernel(ground, queueing)
    if kernel is None:
        return times_twin(ground, queueing, limit_ns, goals)
    layers, lengths = kernel
    return layers.times(lengths, ground.row(), goals, limit_ns)


def times_twin(ground: Ground, queueing: int, limit_ns: int | None, goals: Iterable[Spot]) -> list[int]:
    """Do the same without the kernel, by Dijkstra's algorithm from the goals."""
    found = [NO_WAY] * ground.spots
    heap = [(0, goal) for goal in sorted(goals)]
    while heap:
        time, spot = heappop(heap)
        if found[spot] != NO_WAY:
            continue
        found[spot] = time
        for arc, before in ground.entering(spot):
            longer = time + length_ns(ground, arc, queueing)
            is_near = limit_ns is None or longer <= limit_ns
            if found[before] == NO_WAY and is_near and ground.reason(arc) is None:
                heappush(heap, (longer, before))
    return found


def _least(ground: Ground, queueing: int, limit_ns: int | None, goals: Iterable[Spot], starts: Collection[Spot]) -> int:
    """Return the least of these times from some places, `NO_WAY` where none is within the limit."""
    kernel = _kernel(ground, queueing)
    if kernel is None:
        return least_twin(ground, queueing, limit_ns, goals, starts)
    layers, lengths = kernel
    return layers.least(lengths, ground.row(), goals, starts, limit_ns)


def least_twin(
    ground: Ground, queueing: int, limit_ns: int | None, goals: Iterable[Spot], starts: Collection[Spot]
) -> int:
    """Do the same without the kernel."""
    return _first(times_twin(ground, queueing, limit_ns, goals), starts)


def _kernel(ground: Ground, queueing: int) -> tuple[Layers, array[int]] | None:
    """Return the kernel for a ground, with the lengths of its arcs; None where there is none, or they outgrow it."""
    layers, words = ground.layers, _words(ground.network, ground.task.ahead is not None, queueing)
    return None if layers is None or words is None or words[1] * ground.spots >= _FAR else (layers, words[0])


def length_ns(ground: Ground, arc: int, queueing: int) -> int:
    """Return what a hop takes at least, rounded down; without a committed rate only propagation counts."""
    return _lengths(ground.network, ground.task.ahead is not None, queueing)[arc]


@lru_cache(maxsize=4)
def _lengths(network: Network, is_sized: bool, queueing: int) -> tuple[int, ...]:
    """Return `length_ns` of every arc, which all demands share."""
    propagation = [delay or 0 for delay in network.propagation_ns]
    if not is_sized:
        return tuple(propagation)
    packets = [(1 + queueing) * units * _NS_PER_US // network.units_per_us for units in network.packet_units]
    return tuple(map(add, propagation, packets))


@lru_cache(maxsize=4)
def _words(network: Network, is_sized: bool, queueing: int) -> tuple[array[int], int] | None:
    """Return the same as words, and the largest; None where they are none."""
    lengths = _lengths(network, is_sized, queueing)
    most = max(lengths, default=0)
    return (array("q", lengths), most) if most < _FAR else None
