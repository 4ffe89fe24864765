"""How long each queue may hold a packet so that those who use it keep their bounds: its size follows from that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from intentc.delay.breaches import bound_us, round_trip_us
from intentc.delay.latency import fastest_us, fixed_parts, hops
from intentc.realise.model import Path, QueueKey, Realised, RealisedDemand
from intentc.topology.model import Topology

_NS_PER_US = 1000
_Paths = tuple[Path, ...]


class Allowances:
    """What the demands that use a queue leave to it: equal parts of the time that a path has beside what it takes anyway."""

    def __init__(self, realised: Realised) -> None:
        topology = realised.model.topology
        self._least: dict[QueueKey, int] = {}  # in µs
        self._lossless: set[QueueKey] = set()
        fixed: dict[Path, int] = {}

        def fixed_us(path: Path) -> int:
            if path not in fixed:
                fixed[path] = sum(fixed_parts(topology, path))
            return fixed[path]

        for item in realised.demands.values():
            name = item.demand.traffic_class
            for path in careful_paths(item):
                self._lossless.update((link, node, name) for node, link in hops(path))
            for owner, path, share_us in limits_of(topology, item, realised.demands, fixed_us):
                self._limit(owner, path, share_us)

    def waiting_us(self, queue: QueueKey) -> int | None:
        """Return what a packet may wait there beyond its own serialisation; None where no bound says so."""
        return self._least.get(queue)

    def is_lossless(self, queue: QueueKey) -> bool:
        """Return whether somebody is promised that this queue loses nothing, or not more than some share."""
        return queue in self._lossless

    def _limit(self, name: str, path: Path, share_us: int) -> None:
        least = self._least
        for node, link in hops(path):
            key = (link, node, name)
            if share_us < least.get(key, share_us + 1):
                least[key] = share_us


Limit = tuple[str, Path, int]  # of a class, each queue along a path may hold a packet so long (µs)
Fixed = Callable[[Path], int]  # what a path takes anyway, in µs


def careful_paths(item: RealisedDemand) -> Iterator[Path]:
    """Yield the paths on which a demand is promised that nothing is lost, or not more than some share."""
    if item.demand.has_bandwidth and item.demand.loss_ppb is not None:
        for paths, _ in _views(item):
            yield from paths


def limits_of(
    topology: Topology, item: RealisedDemand, demands: Mapping[str, RealisedDemand], fixed_us: Fixed
) -> Iterator[Limit]:
    """Yield what a demand leaves to the queues along its paths, alone and together with its requests."""
    demand = item.demand
    if not demand.has_bandwidth:
        return
    views: dict[_Paths, int | None] = {}
    for paths, bound in _views(item):
        views[paths] = _lesser(bound, views.get(paths))
    for paths, bound in views.items():
        if bound is not None:
            for path in paths:
                yield demand.traffic_class, path, _part(path, bound - fixed_us(path))
        if demand.jitter_ns is not None:
            yield from _even(topology, demand.traffic_class, paths, demand.jitter_ns // _NS_PER_US, fixed_us)
    request = demands.get(demand.reply_to or "")
    if request is not None:
        yield from _together(item, request, fixed_us)


def _even(topology: Topology, name: str, paths: _Paths, allowed_us: int, fixed_us: Fixed) -> Iterator[Limit]:
    fastest = fastest_us(topology, paths)
    for path in paths:
        varies_us = -(-sum(topology.links[link].jitter_ns or 0 for link in path.links) // _NS_PER_US)
        yield name, path, _part(path, allowed_us + fastest - fixed_us(path) - varies_us)


def _together(item: RealisedDemand, request: RealisedDemand, fixed_us: Fixed) -> Iterator[Limit]:
    """Share the time of a request and its reply, in each state in which both are promised paths."""
    trips: dict[tuple[_Paths, _Paths], int] = {}
    for there, back, bound in _trips(item, request):
        trips[there, back] = min(bound, trips.get((there, back), bound))
    for (there, back), bound in trips.items():
        taken = max(map(fixed_us, there)) + max(map(fixed_us, back))
        count = max(len(path.links) for path in there) + max(len(path.links) for path in back)
        for owner, paths in ((request, there), (item, back)):
            for path in paths:
                yield owner.demand.traffic_class, path, max((bound - taken) // max(count, 1), 0)


def _part(path: Path, left_us: int) -> int:
    return max(left_us // max(len(path.links), 1), 0)


def _views(item: RealisedDemand) -> Iterator[tuple[_Paths, int | None]]:
    """Yield the paths of the failure states and of the normal one with the one-way bound that they keep."""
    if item.states:
        after = bound_us(item, item.states[0].when[0])  # the same in all of them
        for result in item.states:
            yield result.paths, after
    yield item.primary, bound_us(item, "")


def _lesser(one: int | None, other: int | None) -> int | None:
    return one if other is None or (one is not None and one < other) else other


def _trips(item: RealisedDemand, request: RealisedDemand) -> Iterator[tuple[_Paths, _Paths, int]]:
    """Yield the paths there and back with the bound of both together, by state."""
    there, back = _by_state(request), _by_state(item)
    for name in ("", *there, *(name for name in back if name not in there)):
        bound = round_trip_us(item, request, name)
        if bound is not None:
            yield there.get(name, request.primary), back.get(name, item.primary), bound


def _by_state(item: RealisedDemand) -> Mapping[str, _Paths]:
    return {name: result.paths for result in item.states for name in result.when}
