"""How long each queue may hold a packet so that those who use it keep their bounds: its size follows from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.delay.breaches import bound_us, round_trip_us
from intentc.delay.latency import fixed_parts, hops
from intentc.realise.model import Path, QueueKey, Realised, RealisedDemand
from intentc.topology.model import Topology

_NS_PER_US = 1000
_Paths = tuple[Path, ...]


class Allowances:
    """What the demands that use a queue leave to it: equal parts of the time that a path has beside what it takes anyway."""

    def __init__(self, realised: Realised) -> None:
        self._topology: Topology = realised.model.topology
        self._least: dict[QueueKey, int] = {}  # in µs
        self._lossless: set[QueueKey] = set()
        self._fixed: dict[Path, int] = {}
        for item in realised.demands.values():
            if item.demand.has_bandwidth:
                self._enter(item, realised.demands)

    def waiting_us(self, queue: QueueKey) -> int | None:
        """Return what a packet may wait there beyond its own serialisation; None where no bound says so."""
        return self._least.get(queue)

    def is_lossless(self, queue: QueueKey) -> bool:
        """Return whether somebody is promised that this queue loses nothing, or not more than some share."""
        return queue in self._lossless

    def _enter(self, item: RealisedDemand, demands: Mapping[str, RealisedDemand]) -> None:
        demand = item.demand
        views: dict[_Paths, int | None] = {}
        for paths, bound in _views(item):
            views[paths] = _lesser(bound, views.get(paths))
        if demand.loss_ppb is not None:
            self._lossless.update(
                (link, node, demand.traffic_class) for paths in views for path in paths for node, link in hops(path)
            )
        for paths, bound in views.items():
            if bound is not None:
                for path in paths:
                    self._share(demand.traffic_class, path, bound - self._fixed_us(path))
            if demand.jitter_ns is not None:
                self._share_jitter(demand.traffic_class, paths, demand.jitter_ns // _NS_PER_US)
        request = demands.get(demand.reply_to or "")
        if request is not None:
            self._share_trips(item, request)

    def _share_jitter(self, name: str, paths: _Paths, allowed_us: int) -> None:
        fastest = min(map(self._fixed_us, paths))
        for path in paths:
            varies_us = -(-sum(self._topology.links[link].jitter_ns or 0 for link in path.links) // _NS_PER_US)
            self._share(name, path, allowed_us + fastest - self._fixed_us(path) - varies_us)

    def _share_trips(self, item: RealisedDemand, request: RealisedDemand) -> None:
        """Share the time of a request and its reply, in each state in which both are promised paths."""
        trips: dict[tuple[_Paths, _Paths], int] = {}
        for there, back, bound in _trips(item, request):
            trips[there, back] = min(bound, trips.get((there, back), bound))
        for (there, back), bound in trips.items():
            taken = max(map(self._fixed_us, there)) + max(map(self._fixed_us, back))
            count = max(len(path.links) for path in there) + max(len(path.links) for path in back)
            for owner, paths in ((request, there), (item, back)):
                for path in paths:
                    self._limit(owner.demand.traffic_class, path, (bound - taken) // max(count, 1))

    def _share(self, name: str, path: Path, left_us: int) -> None:
        self._limit(name, path, left_us // max(len(path.links), 1))

    def _limit(self, name: str, path: Path, share_us: int) -> None:
        share_us, least = max(share_us, 0), self._least
        for node, link in hops(path):
            key = (link, node, name)
            if share_us < least.get(key, share_us + 1):
                least[key] = share_us

    def _fixed_us(self, path: Path) -> int:
        if path not in self._fixed:
            self._fixed[path] = sum(fixed_parts(self._topology, path))
        return self._fixed[path]


def _views(item: RealisedDemand) -> Iterator[tuple[_Paths, int | None]]:
    """Yield the paths of the failure states and of the normal one with the one-way bound that they keep."""
    for result in item.states:
        yield result.paths, bound_us(item, result.when[0])
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
