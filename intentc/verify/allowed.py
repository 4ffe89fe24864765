"""How long each queue may hold a packet, by the bounds of those who use it: what its size is derived from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.language import ast
from intentc.manifest.model import PathEntry
from intentc.verify.case import Case, World
from intentc.verify.check_states import claimed
from intentc.verify.figures import earliest_us, fixed_of
from intentc.verify.riders import Queue, is_sound

_NS_PER_US = 1000
_Paths = tuple[PathEntry, ...]


class Allowed:
    """The waits (µs) that bounds leave to each queue, and the queues of which somebody is promised that they lose nothing."""

    def __init__(self, world: World, cases: Mapping[str, tuple[Case, ...]]) -> None:
        self._world = world
        self.waits_us: dict[Queue, int] = {}
        self.lossless: set[Queue] = set()
        for group in cases.values():
            for case in group if is_sound(world.topology, group[0]) else ():
                if case.facts is not None:
                    self._enter(case)

    def _enter(self, case: Case) -> None:
        is_lossless = case.asked.clauses.one(ast.Loss) is not None
        jitter = case.asked.clauses.one(ast.Jitter)
        for paths, bound_ns in _views(case):
            for path in paths:
                if is_lossless:
                    self.lossless.update(_queues(case, path))
                if bound_ns is not None:
                    self._share(case, [path], bound_ns // _NS_PER_US - self._fixed(path), len(path.links))
                if jitter is not None:
                    allowed = self._world.sources.quantity(jitter.bound, ast.Unit.TIME) // _NS_PER_US
                    self._share(case, [path], allowed - self._varies(path, paths), len(path.links))
        there = self._world.requests_of(case)
        if there is not None and is_sound(self._world.topology, there):
            self._enter_trips(there, case)

    def _enter_trips(self, there: Case, back: Case) -> None:
        for outward, homeward, bound_ns in _trips(there, back):
            taken, count = 0, 0
            for paths in (outward, homeward):
                taken += max(map(self._fixed, paths))
                count += max(len(path.links) for path in paths)
            for case, paths in ((there, outward), (back, homeward)):
                self._share(case, paths, bound_ns // _NS_PER_US - taken, count)

    def _share(self, case: Case, paths: Sequence[PathEntry], left_us: int, count: int) -> None:
        """Enter equal parts of what is left of a bound."""
        part = max(0, left_us // max(count, 1))
        for path in paths:
            for queue in _queues(case, path):
                self.waits_us[queue] = min(part, self.waits_us.get(queue, part))

    def _fixed(self, path: PathEntry) -> int:
        return sum(fixed_of(self._world, path))

    def _varies(self, path: PathEntry, paths: _Paths) -> int:
        """Return by how much a large packet on a path may be later than the smallest one on the fastest, before any queue."""
        own = -(-sum(self._world.topology.links[name].jitter_ns or 0 for name in path.links) // _NS_PER_US)
        return self._fixed(path) + own - earliest_us(self._world, paths)


def _queues(case: Case, path: PathEntry) -> Iterator[Queue]:
    for node, link in zip(path.path, path.links, strict=False):
        yield link, node, case.asked.traffic_class


def _views(case: Case) -> Iterator[tuple[_Paths, int | None]]:
    """Yield the paths with the one-way bounds that they keep; a path that is kept in a failure keeps both."""
    normal, after = case.wanted.bounds.one_way_ns, case.wanted.failover_bounds.one_way_ns
    yield case.entry.primary.paths, _least(normal, after if _keeps(case) else None)
    for entry in case.entry.states:
        yield entry.paths, after


def _trips(there: Case, back: Case) -> Iterator[tuple[_Paths, _Paths, int]]:
    normal, after = there.wanted.bounds.round_trip_ns, there.wanted.failover_bounds.round_trip_ns
    bound = _least(normal, after if _keeps(there) or _keeps(back) else None)
    if bound is not None:
        yield there.entry.primary.paths, back.entry.primary.paths, bound
    if after is None:
        return
    for state in there.wanted.promised.states:
        outward, homeward = claimed(there, state), claimed(back, state)
        if outward is not None or homeward is not None:
            yield (
                there.entry.primary.paths if outward is None else outward.paths,
                back.entry.primary.paths if homeward is None else homeward.paths,
                after,
            )


def _keeps(case: Case) -> bool:
    """Return whether a demand goes as normally in some promised state."""
    promised = (state for state in case.wanted.promised.states if state.id not in case.entry.unprotected)
    return any(claimed(case, state) is None for state in promised)


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)
