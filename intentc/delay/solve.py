"""The iteration: delays make bursts grow, grown bursts make delays, until nothing changes any more."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest

from intentc.delay.allowances import Allowances
from intentc.delay.arrivals import NORMAL, Arrivals
from intentc.delay.curves import Arrival, on_grid
from intentc.delay.servers import Servers
from intentc.delay.service import Burst, End, hold_ns
from intentc.delay.streams import BITS, Web
from intentc.delay.verdicts import ASSUMED, CEILING_NS, Case, Offer, Verdict, deviations, leaving, worst_of
from intentc.delay.wiring import next_on_ways, order_of, steps_of
from intentc.realise.model import QueueBound, QueueKey
from intentc.topology.model import Topology

_NS_PER_US = 1000
_MOST_LIKELY = 3
_MEASURES = 7  # by which a state may be the worst


Hints = Mapping[QueueKey, frozenset[int]]  # failure states, by number


class Solver:
    """Finds the least delays that are consistent with each other. `settle` first, then ask.

    Of the states that may be the worst of a queue only those are looked at that have proved so before; when all is at rest
    every one is held against the result, and what exceeds it joins them. What is found so is the same as with all of them.
    """

    def __init__(
        self,
        web: Web,
        ends: Mapping[tuple[str, str], End],
        topology: Topology,
        allowances: Allowances,
        hints: Hints | None = None,
    ) -> None:
        self._hints: Hints = hints or {}
        self._web, self._topology, self._allowances = web, topology, allowances
        self._servers = Servers(web, ends)
        self._steps = steps_of(web)
        self._next = next_on_ways(web)
        self._order = order_of(web)
        self._limited = {number for number, is_open in enumerate(web.is_open) if is_open}
        self._lossless = {number for number, key in enumerate(web.keys) if allowances.is_lossless(key)}
        self._active: list[list[int]] = []  # places on the queue's menu
        self._sizes: list[int] = []  # of the menus: one of another size begins anew
        self._waited = [0] * len(web.before)  # per way: what may have been waited for before its queue
        self._arrivals = Arrivals(web, topology, self._waited)
        self._clear()

    def _clear(self) -> None:
        count = len(self._web.keys)
        self._delay = [0] * count
        self._waited[:] = [0] * len(self._waited)
        self._arrivals.clear()
        self._servers.clear()
        self._offers: list[list[Offer]] = [[] for _ in range(count)]  # of the active states
        self._limits = [0] * count  # their sizes as known by now, in bytes
        self._most = [0] * count  # the delay that the size keeps, with these offers
        self._cases = [self._case(queue) for queue in range(count)]
        self._overflowing: set[int] = set()
        self._dirty = [True] * count
        self._is_news = [
            True
        ] * count  # whether anything was derived since its states were last held against the result
        self._moved: list[set[int]] = [set() for _ in range(count)]  # the queues before that have changed
        sizes, self._sizes = self._sizes, [len(menu) for menu in self._servers.menus]
        self._active = [
            self._active[queue] if self._active and sizes[queue] == self._sizes[queue] else self._likely(queue)
            for queue in range(count)
        ]
        for queue in self._limited:
            self._active[queue] = list(range(len(self._servers.menus[queue])))

    def _case(self, queue: int) -> Case:
        key, end = self._web.keys[queue], self._servers.end(queue)
        share, most = end.shares[key[2]], None
        if queue not in self._lossless:
            most, waiting_us = hold_ns(share.own), self._allowances.waiting_us(key)
            if waiting_us is not None:
                most = min(most, waiting_us * _NS_PER_US + end.packet_ns)
        users = self._web.users[queue].values()
        bursts = sum(career.normal.burst_bytes for career in users if career.demand.has_bandwidth)  # with labels
        return Case(end, share, bursts, most)

    def _likely(self, queue: int) -> list[int]:
        """Return states that are likely to be the worst: to begin with them spares finding that out."""
        changes, menu = self._web.changes[queue], self._servers.menus[queue]
        hints = self._hints.get(self._web.keys[queue], frozenset())
        bursts = [change.growth for change in changes]
        rates = [change.growth_bps for change in changes]
        is_hinted = [not hints.isdisjoint(change.states) for change in changes]
        others = [place for place, (change, _) in enumerate(menu) if change != NORMAL]
        by_burst = nlargest(_MOST_LIKELY, others, key=lambda place: (bursts[menu[place][0]], rates[menu[place][0]]))
        by_rate = nlargest(1, others, key=lambda place: (rates[menu[place][0]], bursts[menu[place][0]]))
        return sorted({0, *by_burst, *by_rate, *(place for place in others if is_hinted[menu[place][0]])})

    def worst(self) -> Hints:
        """Return the failure states that were looked at of each queue, one for all that are alike."""
        found: dict[QueueKey, frozenset[int]] = {}
        for queue, key in enumerate(self._web.keys):
            menu, changes = self._servers.menus[queue], self._web.changes[queue]
            places = self._active[queue] if queue not in self._limited else ()
            found[key] = frozenset(changes[menu[place][0]].states[0] for place in places if menu[place][0] != NORMAL)
        return found

    def settle(self) -> None:
        """Iterate from 0 to the fixed point; queues that overflow count as limited, and the others start again."""
        self._rest()
        while self._overflowing:
            for queue in sorted(self._overflowing):
                self._limit(queue)
            self._clear()
            self._rest()

    def _rest(self) -> None:
        self._iterate()
        while self._activate():
            self._iterate()

    def _limit(self, queue: int) -> None:
        """Take a queue as one whose size bounds it, whatever is lost; if it is that, as one of which nobody knows what comes."""
        if queue in self._lossless:
            self._lossless.remove(queue)
        else:
            self._limited.add(queue)
            self._servers.loosen(queue)

    def _iterate(self) -> None:
        dirty, is_moving = self._dirty, True
        while is_moving:
            is_moving = False
            for queue in self._order:
                if dirty[queue]:
                    dirty[queue] = False
                    is_moving = self._update(queue) or is_moving

    def _update(self, queue: int) -> bool:
        """Derive a queue anew from what lies before it; return whether anything changed for others."""
        has_changed, servers, dirty = self._advance(queue), self._servers, self._dirty
        verdict, burst = self._judge(queue)
        delay, self._is_news[queue] = on_grid(verdict.delay_ns), True
        self._limits[queue] = verdict.limit_bytes
        if queue not in self._limited and delay >= CEILING_NS:
            self._overflowing.add(queue)
            delay = CEILING_NS
        is_moving = False
        if burst != servers.bursts[queue]:
            servers.bursts[queue] = burst
            for other in servers.beside[queue]:
                self._offers[other] = []
                dirty[other] = is_moving = True
        if has_changed or delay != self._delay[queue]:
            self._delay[queue] = delay
            for other in self._next[queue]:
                self._moved[other].add(queue)
                dirty[other] = is_moving = True
        return is_moving

    def _advance(self, queue: int) -> bool:
        """Count what may have been waited for on the ways over queues that have changed; return whether that changed."""
        waited, steps, moved, has_changed = self._waited, self._steps[queue], self._moved[queue], False
        for before in moved:
            delay = self._delay[before]
            for way, way_before in steps[before]:
                found = waited[way_before] + delay
                if found != waited[way]:
                    waited[way] = found
                    has_changed = True
        moved.clear()
        if has_changed:
            self._arrivals.forget(queue)
        return has_changed

    def _activate(self) -> bool:
        """Let every state that is worse than the known ones join them; return whether there was any."""
        is_any = False
        for queue in self._order:
            menu, active = self._servers.menus[queue], self._active[queue]
            is_due, self._is_news[queue] = self._is_news[queue] and self._delay[queue] < CEILING_NS, False
            if is_due and len(active) < len(menu) and (worse := self._worse(queue)):
                self._active[queue] = sorted({*active, *worse})
                self._offers[queue] = []
                self._dirty[queue] = is_any = True
        return is_any

    def _worse(self, queue: int) -> set[int]:
        """Return the states that are worst in something, where that is worse than what is known."""
        active, delay, most = self._active[queue], self._delay[queue], self._most[queue]
        menu, known = self._servers.menus[queue], set(active)
        places = [*active, *(place for place in range(len(menu)) if place not in known)]
        who, best = [0] * _MEASURES, [-CEILING_NS] * _MEASURES
        strains, before = (0, 0, 0), None
        for place, offer in zip(places, self._servers.offers(queue, places), strict=True):
            if offer is not before:
                strains, before = self._cases[queue].strains(offer, self._limits[queue]), offer
            arrival = self._arrivals.of(queue, menu[place][0])
            waits, backlog = deviations(arrival, offer)
            waits = most if waits is None or waits > most else waits
            found = (waits, backlog, arrival.burst, arrival.burst + arrival.rate_bps * delay, *strains)
            for number in range(_MEASURES):
                if found[number] > best[number]:
                    best[number], who[number] = found[number], place
        return set(who) - known

    def bound_of(self, queue: int) -> QueueBound:
        """Return what holds for a queue, from the settled delays of all before it."""
        end, (_, node, name) = self._servers.end(queue), self._web.keys[queue]
        verdict, burst = self._judge(queue)
        is_configured = self._topology.nodes[node].platform != "none" and all(
            self._topology.nodes[career.entry].platform != "none" for career in self._web.users[queue].values()
        )
        return QueueBound(
            delay_ns=verdict.delay_ns,
            queueing_us=-(-max(0, verdict.delay_ns - end.packet_ns) // _NS_PER_US),
            backlog_bytes=-(-verdict.backlog // BITS),
            limit_bytes=verdict.limit_bytes,
            burst_bytes=0 if burst is None else -(-burst.leaving // BITS),
            basis=verdict.basis if is_configured and not end.is_assumed(name) else ASSUMED,
        )

    def _judge(self, queue: int) -> tuple[Verdict, Burst | None]:
        """Return what holds for a queue in the states known to count, and what it may bring and send at once, on the grid."""
        case, servers = self._cases[queue], self._servers
        if not servers.is_served(queue):
            return case.unserved(), None
        offers = self._offers[queue]
        if not offers:
            offers = self._offers[queue] = servers.offers(queue, self._active[queue])
            self._most[queue] = case.most_delay_ns(offers)
        if queue in self._limited:
            return case.open(offers), None
        menu, of = servers.menus[queue], self._arrivals.of
        arrivals = [of(queue, menu[place][0]) for place in self._active[queue]]
        worst = worst_of(zip(arrivals, offers, strict=True))
        verdict = case.judged(worst, offers, self._most[queue])
        return verdict, _burst(arrivals, worst.burst, verdict)


def _burst(arrivals: list[Arrival], arriving: int, verdict: Verdict) -> Burst | None:
    """Return the bursts of a queue on the grid; None where nothing holds them."""
    if not verdict.is_held:
        return None
    return Burst(on_grid(arriving), on_grid(leaving(arrivals, on_grid(verdict.delay_ns))))
