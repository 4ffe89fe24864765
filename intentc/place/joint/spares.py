"""The cheapest paths that take the place of another one in the states that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from intentc.forwarding.walk import Arcs
from intentc.place.joint.burdens import Way
from intentc.place.joint.cells import States, mask_of
from intentc.place.joint.errands import Errand
from intentc.place.joint.roads import FULL, Roads
from intentc.realise.labels import NO_LABELS

_MOST_SPARES = 3  # with the path of the normal state as many as an SR policy has candidate paths
Served = tuple[tuple[Way, States], ...]  # paths, each with the states in which it carries
Found = tuple[float, Served]  # and what they cost


class Spares:
    """Finds spares at the prices of the moment. Whether they fit is checked unless they `may_overfill`."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self._cells = roads.cells

    def find(self, errand: Errand, hit: States, limit: float, *, is_labelled: bool, may_overfill: bool) -> Found | None:
        """Return one path for all of some states, else one after the other for those that are left; None: too dear, or none.

        Where no path that is labelled is up, packets that are not dropped then go the IGP's own way, without labels.
        """
        if not hit:
            return 0.0, ()
        whole = self._spare(errand, hit, limit, may_overfill=may_overfill)
        best: Found | None = None if whole is None else (whole[0], ((whole[1], hit),))
        if is_labelled and not errand.is_fail_closed:
            most = limit if best is None else best[0]
            best = self._falling_back(errand, hit, most, may_overfill=may_overfill) or best
        return best or self._one_by_one(errand, hit, limit, may_overfill=may_overfill)

    def _one_by_one(self, errand: Errand, hit: States, limit: float, *, may_overfill: bool) -> Found | None:
        cost, found, pending = 0.0, list[tuple[Way, States]](), hit
        while pending and len(found) < _MOST_SPARES:
            lone = self._spare(errand, pending[:1], limit - cost, may_overfill=may_overfill)
            if lone is None:
                return None
            broken = self._cells.hit_by(lone[1][0])
            served = tuple(
                state
                for state in pending
                if state == pending[0]
                or (
                    state not in broken and (may_overfill or self._roads.has_room(lone[1], errand.failed_bps, (state,)))
                )
            )
            cost += self._roads.cost(lone[1], errand.failed_bps, served)
            if cost >= limit:
                return None
            found.append((lone[1], served))
            pending = tuple(state for state in pending if state not in served)
        return None if pending else (cost, tuple(found))

    def _spare(self, errand: Errand, states: States, limit: float, *, may_overfill: bool) -> tuple[float, Way] | None:
        """Return the cheapest path that is whole and has room in all of some states: of the one without labels, and those known."""
        cells, roads, bps = self._cells, self._roads, errand.failed_bps
        down = frozenset[int]().union(*(cells.outages[state].links for state in states))
        weight = self._weight(bps, states, may_overfill=may_overfill)
        found = roads.cheapest(errand, weight, down, limit)
        if found is None:
            return None
        hit = mask_of(states)
        known = (arcs for arcs in roads.known(errand) if not hit & cells.mask_of_hit(arcs))
        priced = [
            (sum(map(float.__mul__, map(weight, way[0]), roads.burdens.factors(*way))), way)
            for way in roads.labelled(errand, dict.fromkeys((found[1], *known)))
        ]
        for cost, way in sorted([each for each in priced if each[0] < limit]):
            if roads.is_in_time(errand, way[0], states) and (may_overfill or roads.has_room(way, bps, states)):
                return cost, way
        return None

    def _weight(self, bps: int, states: States, *, may_overfill: bool) -> Callable[[int], float]:
        """Return what a rate costs on an arc in all of some states: `FULL` where it has no room in one."""
        prices, slacks, least = self._cells.price, self._cells.slack, self._cells.least

        def of_one(arc: int) -> float:
            is_full = not may_overfill and least[arc] < bps and slacks[arc][state] < bps
            return FULL if is_full else bps * prices[arc][state]

        @cache
        def of_all(arc: int) -> float:
            if not may_overfill and not self._cells.has_room(arc, bps, states):
                return FULL
            return bps * sum(map(prices[arc].__getitem__, states))

        (state, *others) = states
        return of_all if others else of_one

    def _falling_back(self, errand: Errand, hit: States, limit: float, *, may_overfill: bool) -> Found | None:
        """Return at most one spare, and the IGP's own way in the states that break that one too."""
        bps, best = errand.failed_bps, None
        natural = self._roads.natural(errand, hit, may_overfill=may_overfill)
        costs = {state: self._roads.cost((arcs, NO_LABELS), bps, (state,)) for state, arcs in natural.items()}
        all_hit, is_natural = mask_of(hit), mask_of(natural)
        known: dict[int, tuple[States, States, float]] = {}  # of several ways that the same states break
        for arcs in ((), *self._roads.known(errand)) if natural else ():
            broken = all_hit & self._cells.mask_of_hit(arcs) if arcs else all_hit
            if not broken or broken & ~is_natural:
                continue
            if broken not in known:
                left = tuple([state for state in hit if broken >> state & 1])
                served = tuple([state for state in hit if not broken >> state & 1])
                known[broken] = left, served, sum(map(costs.__getitem__, left))
            left, served, cost = known[broken]
            lone: tuple[tuple[Way, States], ...] = ()
            if cost < limit and served:
                spare = self._pinned(errand, arcs, left, served, may_overfill=may_overfill)
                if spare is None:
                    continue
                cost, lone = cost + self._roads.cost(spare, bps, served), ((spare, served),)
            if cost < limit:
                best, limit = (cost, (*lone, *grouped((natural[state], state) for state in left))), cost
        return best

    def _pinned(
        self, errand: Errand, arcs: Arcs, left: Sequence[int], served: States, *, may_overfill: bool
    ) -> Way | None:
        """Return a path that goes down in some states, and has room in others; None: it has none."""
        down = frozenset[int]().union(*(self._cells.outages[state].links for state in left))
        labels = self._roads.burdens.labels(errand, arcs, frozenset(arc >> 1 for arc in arcs) & down)
        if labels is None or not self._roads.is_in_time(errand, arcs, served):
            return None
        is_roomy = may_overfill or self._roads.has_room((arcs, labels), errand.failed_bps, served)
        return (arcs, labels) if is_roomy else None


def grouped(ways: Iterable[tuple[Arcs, int]]) -> Served:
    """Return ways of the IGP's own with the states in which it has each."""
    served: dict[Arcs, list[int]] = {}
    for arcs, state in ways:
        served.setdefault(arcs, []).append(state)
    return tuple(((arcs, NO_LABELS), tuple(states)) for arcs, states in served.items())
