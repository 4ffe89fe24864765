"""The cheapest path for the normal state together with the paths that take its place in failure states."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs
from intentc.place.joint.burdens import Burdens, Way
from intentc.place.joint.cells import Cells, Part, States
from intentc.place.joint.errands import Booking, Errand
from intentc.place.joint.roads import FULL, Roads
from intentc.place.joint.spares import Served, Spares, grouped
from intentc.realise.labels import NO_LABELS
from intentc.values import frozen


@frozen
class First:
    """A path of the normal state that is broken in the states `hit`; `left` of the promised ones need a spare.

    In the others its own list leads packets around what failed (`led`).
    """

    way: Way
    hit: States
    left: States
    led: Served = ()


class Pairs:
    """Finds bookings at the prices of the moment. Whether one fits is checked unless it `may_overfill`."""

    def __init__(self, cells: Cells, burdens: Burdens) -> None:
        self._cells = cells
        self._burdens = burdens
        self._network = cells.network
        self._roads = Roads(cells, burdens)
        self._spares = Spares(self._roads)
        self._firsts_of: dict[int, tuple[First, ...]] = {}  # by the identity of an errand
        self._errands: list[Errand] = []

    def best(self, errand: Errand, *, may_overfill: bool = False) -> Booking | None:
        """Return the cheapest booking found; None where there is none with room.

        Every known path is tried for the normal state, the cheapest first, as long as it may still be part of the best: a
        search that fixed the cheapest one first would be trapped where all that is left crosses it (Suurballe 1974). What the
        IGP does by itself in all states needs no labels.
        """
        best = self._unsteered(errand, may_overfill=may_overfill)
        firsts = self._firsts(errand, is_thorough=may_overfill)
        for cost, first in sorted(firsts, key=lambda item: (item[0], item[1].way)):
            if best is not None and cost >= best[0]:
                break
            if not may_overfill and not self._is_roomy(errand, first.way, first.hit):
                continue
            limit, is_labelled = FULL if best is None else best[0] - cost, bool(first.way[1])
            spares = self._spares.find(errand, first.left, limit, is_labelled=is_labelled, may_overfill=may_overfill)
            if spares is not None and (best is None or cost + spares[0] < best[0]):
                best = cost + spares[0], first.way, (*first.led, *spares[1])
        return None if best is None else self._booking(errand, best[1], best[2])

    def _booking(self, errand: Errand, way: Way, spares: Served) -> Booking:
        """Return what a path and its spares claim."""
        hit, rates = set(self._cells.hit_by(way[0])), self._burdens.rates
        whole = [state for state in range(len(self._cells.outages)) if state not in hit]
        raised = errand.promised if errand.kept_bps > errand.rate_bps else frozenset[int]()
        claims = [
            (way, errand.rate_bps, tuple(state for state in whole if state not in raised)),
            (way, errand.kept_bps, tuple(state for state in whole if state in raised)),
            *((spare, errand.failed_bps, states) for spare, states in spares),
        ]
        parts = tuple(Part(way[0], rates(bps, *way), states) for way, bps, states in claims if states)
        told = tuple((spare[0], states) for spare, states in spares)
        bare = frozenset(state for spare, states in spares if way[1] and not spare[1] for state in states)
        return Booking(way[0], told, parts, bare)

    def _unsteered(self, errand: Errand, *, may_overfill: bool) -> tuple[float, Way, Served] | None:
        """Return what the IGP does by itself in the normal state and in each promised one; None where that is not right in all."""
        arcs = self._burdens.natural(errand, NORMAL)
        if arcs is None or not self._roads.is_open(errand, arcs, (0,)):
            return None
        way, hit, bps = (arcs, NO_LABELS), self._cells.hit_by(arcs), errand.failed_bps
        if not may_overfill and not self._is_roomy(errand, way, hit):
            return None
        states = _promised(errand, hit)
        natural = self._roads.natural(errand, states, may_overfill=may_overfill)
        if len(natural) < len(states):
            return None
        spares = grouped((natural[state], state) for state in states)
        costs = (self._roads.cost(spare, bps, served) for spare, served in spares)
        return self._roads.cost_but(way, errand.rate_bps, hit) + sum(costs), way, spares

    def _firsts(self, errand: Errand, *, is_thorough: bool) -> Iterator[tuple[float, First]]:
        """Yield the paths known, and the one that is cheapest now, with their costs in the states in which they carry."""
        cheapest = self._roads.cheapest(errand, self._cells.total.__getitem__, frozenset())
        is_late = cheapest is not None and not self._roads.is_in_time(errand, cheapest[1], (0,))
        known = self._plain_firsts(errand)
        is_new = cheapest is not None and not is_late and cheapest[1] not in self._roads.known(errand)
        for first in (*known, *self._first(errand, cheapest[1])) if cheapest is not None and is_new else known:
            yield self._roads.cost_but(first.way, errand.rate_bps, first.hit), first
            loose = self._loose(errand, first.way[0], first.hit) if is_thorough and first.way[1] else None
            if loose is not None:
                cost = self._roads.cost_but(loose.way, errand.rate_bps, loose.hit)
                led = (self._roads.cost(way, errand.failed_bps, states) for way, states in loose.led)
                yield cost + sum(led), loose

    def _plain_firsts(self, errand: Errand) -> tuple[First, ...]:
        """Return the paths known, as they are whatever the prices."""
        found = self._firsts_of.get(id(errand))
        if found is None:
            found = tuple(first for arcs in self._roads.known(errand) for first in self._first(errand, arcs))
            self._firsts_of[id(errand)] = found
            self._errands.append(errand)  # so that nothing else gets its identity
        return found

    def _first(self, errand: Errand, arcs: Arcs) -> Iterator[First]:
        """Yield a path, if devices can take it."""
        labels = self._burdens.labels(errand, arcs, errand.fragile)
        if labels is not None:
            hit = self._cells.hit_by(arcs)
            yield First((arcs, labels), hit, _promised(errand, hit))

    def _loose(self, errand: Errand, arcs: Arcs, hit: States) -> First | None:
        """Return a path whose list goes down only where it would lead packets astray: it has fewer labels."""
        pinned = frozenset[int]()
        for _ in range(len(arcs)):
            labels = self._burdens.labels(errand, arcs, pinned)
            if labels is None:
                return None
            led, left, astray = list[tuple[Way, States]](), list[int](), frozenset[int]()
            for state in _promised(errand, hit):
                trails = self._burdens.led(errand, arcs, pinned, self._cells.outages[state])
                ways = [(trail.arcs, trail.labels) for trail in trails or ()]
                if trails is None:
                    left.append(state)
                elif len(ways) == 1 and self._does(errand, ways[0], state):
                    led.append((ways[0], (state,)))
                else:
                    astray |= self._cells.outages[state].links
            if not astray:
                return First((arcs, labels), hit, tuple(left), tuple(led)) if led else None
            pinned |= astray & {arc >> 1 for arc in arcs}
        return None

    def _does(self, errand: Errand, way: Way, state: int) -> bool:
        return self._roads.is_open(errand, way[0], (state,)) and self._roads.has_room(way, errand.failed_bps, (state,))

    def _is_roomy(self, errand: Errand, way: Way, hit: States) -> bool:
        rates, kept = (self._burdens.rates(bps, *way) for bps in (errand.rate_bps, errand.kept_bps))
        states = range(len(self._cells.outages))
        for arc, rate_bps, kept_bps in zip(way[0], rates, kept, strict=True):
            slack = self._cells.slack[arc]
            if self._cells.least[arc] < kept_bps:
                for state in states:
                    bps = kept_bps if state in errand.promised else rate_bps
                    if slack[state] < bps and state not in hit:
                        return False
        return True


def _promised(errand: Errand, states: States) -> States:
    return tuple(state for state in states if state in errand.promised)
