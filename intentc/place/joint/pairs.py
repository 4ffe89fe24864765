"""The cheapest path for the normal state together with the paths that take its place in failure states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from heapq import heappop, heappush

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs
from intentc.place.joint.cells import Cells, Part, States
from intentc.place.joint.errands import Booking, Errand, short_ways

_MOST_SPARES = 3  # with the path of the normal state as many as an SR policy has candidate paths
_FULL = 1e300

_Spares = tuple[float, tuple[tuple[Arcs, States], ...]]


class Pairs:
    """Finds bookings at the prices of the moment. Whether one fits is checked unless it `may_overfill`."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._network = cells.network
        self._ways: dict[tuple[object, ...], tuple[Arcs, ...]] = {}

    def best(self, errand: Errand, *, may_overfill: bool = False) -> Booking | None:
        """Return the cheapest booking found; None where there is none with room.

        Every known path is tried for the normal state, the cheapest first, as long as it may still be part of the best: a
        search that fixed the cheapest one first would be trapped where all that is left crosses it (Suurballe 1974).
        """
        best: tuple[float, Arcs, tuple[tuple[Arcs, States], ...]] | None = None
        for cost, arcs, hit in sorted(self._primaries(errand)):
            if best is not None and cost >= best[0]:
                break
            if not may_overfill and not self._is_roomy(errand, arcs, hit):
                continue
            limit = _FULL if best is None else best[0] - cost
            spares = self._spares(
                errand, tuple(state for state in hit if state in errand.promised), limit, may_overfill=may_overfill
            )
            if spares is not None and (best is None or cost + spares[0] < best[0]):
                best = cost + spares[0], arcs, spares[1]
        return None if best is None else self.booking(errand, best[1], best[2])

    def booking(self, errand: Errand, arcs: Arcs, spares: tuple[tuple[Arcs, States], ...]) -> Booking:
        """Return what a path and its spares claim."""
        hit = set(self._cells.hit_by(arcs))
        whole = [state for state in range(len(self._cells.outages)) if state not in hit]
        raised = errand.promised if errand.kept_bps > errand.rate_bps else frozenset[int]()
        parts = [
            Part(arcs, errand.rate_bps, tuple(state for state in whole if state not in raised)),
            Part(arcs, errand.kept_bps, tuple(state for state in whole if state in raised)),
            *(Part(spare, errand.failed_bps, states) for spare, states in spares),
        ]
        return Booking(arcs, spares, tuple(part for part in parts if part.states))

    def _primaries(self, errand: Errand) -> Iterator[tuple[float, Arcs, States]]:
        """Yield the paths known, and the one that is cheapest now, with their costs in the states in which they are whole."""
        total, price = self._cells.total, self._cells.price
        cheapest = self._cheapest(errand, total.__getitem__, frozenset())
        is_late = cheapest is not None and not errand.is_in_time(self._network, cheapest[1], NORMAL)
        known = self._known(errand)
        ways = known if cheapest is None or is_late else dict.fromkeys((*known, cheapest[1]))
        for arcs in ways:
            hit = self._cells.hit_by(arcs)
            spent = sum(total[arc] - sum(map(price[arc].__getitem__, hit)) for arc in arcs)
            yield spent * errand.rate_bps, arcs, hit

    def _known(self, errand: Errand) -> tuple[Arcs, ...]:
        task = errand.task
        key = (errand.start, errand.targets, errand.stops, task.barred, task.bound_us(NORMAL), task.ahead)
        if key not in self._ways:
            self._ways[key] = short_ways(self._network, errand)
        return self._ways[key]

    def _is_roomy(self, errand: Errand, arcs: Arcs, hit: States) -> bool:
        states = range(len(self._cells.outages))
        for arc in arcs:
            slack = self._cells.slack[arc]
            if min(slack) < errand.kept_bps:
                for state in states:
                    bps = errand.kept_bps if state in errand.promised else errand.rate_bps
                    if slack[state] < bps and state not in hit:
                        return False
        return True

    def _spares(self, errand: Errand, hit: States, limit: float, *, may_overfill: bool) -> _Spares | None:
        """Return one path for all of some states, else one after the other for those that are left; None: too dear, or none."""
        if not hit:
            return 0.0, ()
        whole = self._spare(errand, hit, limit, may_overfill=may_overfill)
        if whole is not None:
            return whole[0], ((whole[1], hit),)
        cost, found, pending = 0.0, list[tuple[Arcs, States]](), hit
        while pending and len(found) < _MOST_SPARES:
            lone = self._spare(errand, pending[:1], limit - cost, may_overfill=may_overfill)
            if lone is None:
                return None
            broken = self._cells.hit_by(lone[1])
            served = tuple(
                state
                for state in pending
                if state == pending[0]
                or (state not in broken and (may_overfill or self._has_room(lone[1], errand.failed_bps, (state,))))
            )
            cost += lone[0]
            found.append((lone[1], served))
            pending = tuple(state for state in pending if state not in served)
        return None if pending else (cost, tuple(found))

    def _has_room(self, arcs: Arcs, bps: int, states: Sequence[int]) -> bool:
        return all(self._cells.has_room(arc, bps, states) for arc in arcs)

    def _spare(self, errand: Errand, states: States, limit: float, *, may_overfill: bool) -> tuple[float, Arcs] | None:
        """Return the cheapest path that is whole and has room in all of some states."""
        cells, bps = self._cells, errand.failed_bps
        down = frozenset[int]().union(*(cells.outages[state].links for state in states))

        @cache
        def weight(arc: int) -> float:
            if not may_overfill and not cells.has_room(arc, bps, states):
                return _FULL
            return bps * sum(map(cells.price[arc].__getitem__, states))

        found = self._cheapest(errand, weight, down)
        if found is None or found[0] >= limit:
            return None
        if self._is_in_time(errand, found[1], states):
            return found
        others = (arcs for arcs in self._known(errand) if not any(arc >> 1 in down for arc in arcs))
        costs = ((sum(map(weight, arcs)), arcs) for arcs in others if self._is_in_time(errand, arcs, states))
        return min((item for item in costs if item[0] < limit), default=None)

    def _is_in_time(self, errand: Errand, arcs: Arcs, states: Iterable[int]) -> bool:
        return all(errand.is_in_time(self._network, arcs, self._cells.outages[state]) for state in states)

    def _cheapest(
        self, errand: Errand, weight: Callable[[int], float], down: frozenset[int]
    ) -> tuple[float, Arcs] | None:
        """Return the cheapest path over what is not down (Dijkstra 1959)."""
        network, barred = self._network, errand.task.barred
        best, came = {errand.start: 0.0}, dict[int, int]()
        heap = [(0.0, errand.start)]
        done = set[int]()
        while heap:
            cost, node = heappop(heap)
            if node in done:
                continue
            done.add(node)
            if node in errand.stops:
                if node in errand.targets:
                    return cost, self._way_to(node, came)
                continue
            if node != errand.start and not network.has_transit[node]:
                continue
            for arc in network.leaving[node]:
                head, link = network.head[arc], arc >> 1
                if head in done or link in down or link in barred:
                    continue
                dearer = cost + weight(arc)
                if dearer < best.get(head, _FULL):
                    best[head], came[head] = dearer, arc
                    heappush(heap, (dearer, head))
        return None

    def _way_to(self, node: int, came: dict[int, int]) -> Arcs:
        found: list[int] = []
        while node in came:
            found.append(came[node])
            node = self._network.tail[came[node]]
        return tuple(found[::-1])
