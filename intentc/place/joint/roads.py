"""Paths of one errand: those known from the start, the cheapest one at the prices of the moment, the IGP's own; and whether they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush

from intentc.forwarding.walk import Arcs
from intentc.place.joint.burdens import Burdens, Way
from intentc.place.joint.cells import Cells, States
from intentc.place.joint.errands import Errand

FULL = 1e300


class Roads:
    """What `cells` and `burdens` say of the paths of errands; nothing here is claimed."""

    def __init__(self, cells: Cells, burdens: Burdens) -> None:
        self.cells = cells
        self.burdens = burdens
        self._network = cells.network
        self._natural: dict[tuple[int, int], Arcs | None] = {}  # by the identity of an errand, and state
        self._errands: dict[int, Errand] = {}  # so that nothing else gets the identity of one

    def known(self, errand: Errand) -> tuple[Arcs, ...]:
        """Return the paths of an errand that are looked at whatever the prices."""
        return self.burdens.short_ways(errand)

    def is_open(self, errand: Errand, arcs: Arcs, states: States) -> bool:
        """Return whether a path may be used, and keeps the bound of some states."""
        is_free = not any(arc >> 1 in errand.task.barred for arc in arcs)
        return is_free and self._network.head[arcs[-1]] in errand.targets and self.is_in_time(errand, arcs, states)

    def is_in_time(self, errand: Errand, arcs: Arcs, states: States) -> bool:
        """Return whether a path keeps the bound of some states."""
        most_us = errand.most_us(states)
        return most_us is None or self.burdens.latency_us(errand, arcs) <= most_us

    def has_room(self, way: Way, bps: int, states: Sequence[int]) -> bool:
        """Return whether a rate fits on a path in all of some states."""
        least, slacks = self.cells.least, self.cells.slack
        for arc, rate in zip(way[0], self.burdens.rates(bps, *way), strict=True):
            if least[arc] < rate:
                slack = slacks[arc]
                for state in states:
                    if slack[state] < rate:
                        return False
        return True

    def cost(self, way: Way, bps: int, states: Sequence[int]) -> float:
        """Return what a rate costs on a path in some states."""
        price, loaded = self.cells.price, zip(way[0], self.burdens.factors(*way), strict=True)
        if len(states) == 1:
            (state,) = states
            return bps * sum([factor * price[arc][state] for arc, factor in loaded])
        return bps * sum([factor * sum(map(price[arc].__getitem__, states)) for arc, factor in loaded])

    def cost_but(self, way: Way, bps: int, hit: Sequence[int]) -> float:
        """Return what a rate costs on a path in all states but some."""
        total, price, factors = self.cells.total, self.cells.price, self.burdens.factors(*way)
        spent = sum(
            [
                factor * (total[arc] - sum(map(price[arc].__getitem__, hit)))
                for arc, factor in zip(way[0], factors, strict=True)
            ]
        )
        return spent * bps

    def natural(self, errand: Errand, states: States, *, may_overfill: bool) -> dict[int, Arcs]:
        """Return the IGP's own way in those of some failure states in which it is right and has room."""
        slack, bps, found = self.cells.slack, errand.failed_bps, dict[int, Arcs]()
        for state in states:
            arcs = self._right(errand, state)
            if arcs is not None and (may_overfill or all(slack[arc][state] >= bps for arc in arcs)):
                found[state] = arcs
        return found

    def _right(self, errand: Errand, state: int) -> Arcs | None:
        """Return the IGP's own way in a failure state, if it has one and that is right, whatever room it has."""
        key = id(errand), state
        if key not in self._natural:
            arcs = self.burdens.natural(errand, self.cells.outages[state])
            self._natural[key] = arcs if arcs is not None and self.is_open(errand, arcs, (state,)) else None
            self._errands[id(errand)] = errand
        return self._natural[key]

    def labelled(self, errand: Errand, ways: Iterable[Arcs]) -> Iterator[Way]:
        """Yield paths with the labels that packets have on them."""
        for arcs in ways:
            labels = self.burdens.labels(errand, arcs)
            if labels is not None:
                yield arcs, labels

    def cheapest(
        self, errand: Errand, weight: Callable[[int], float], down: frozenset[int], limit: float = FULL
    ) -> tuple[float, Arcs] | None:
        """Return the cheapest path over what is not down, as if there were no labels (Dijkstra 1959); None from `limit` on."""
        network, shut = self._network, errand.task.barred | down
        leaving, heads = network.leaving, network.head
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
            for arc in leaving[node]:
                head = heads[arc]
                if head in done or arc >> 1 in shut:
                    continue
                dearer = cost + weight(arc)
                if dearer < best.get(head, limit):
                    best[head], came[head] = dearer, arc
                    heappush(heap, (dearer, head))
        return None

    def _way_to(self, node: int, came: dict[int, int]) -> Arcs:
        found: list[int] = []
        while node in came:
            found.append(came[node])
            node = self._network.tail[came[node]]
        return tuple(found[::-1])
