"""The iteration: delays make bursts grow, grown bursts make delays, until nothing changes any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from intentc.delay.arrivals import Arrivals, Sums
from intentc.delay.curves import Arrival, Service, arrival_of, delay_ns, on_grid
from intentc.delay.service import Burst, End, Recipe, least_limit_bytes, loosened, open_limit_bytes, recipes
from intentc.delay.streams import BITS, Web
from intentc.delay.wiring import Siblings, beside, find_siblings, loads_in_states, next_on_ways, order_of, steps_of
from intentc.realise.model import QueueBound
from intentc.topology.model import Topology

CEILING_NS = 1_000_000_000  # a queue that could hold a packet for longer counts as one without a bound
PROVED, QUEUE_LIMIT, ASSUMED = "proved", "queue-limit", "assumed"
_NS_PER_US = 1000
_NORMAL = -1  # in place of the number of a change


@dataclass(frozen=True, slots=True)
class _Case:
    """A queue in one state: what comes at once (nanobits) and in the long run, and the bounds that follow (None: none)."""

    burst: int
    rate_bps: int
    delay_ns: int | None
    backlog: int

    def leaving(self, delay: int) -> int:
        """Return what may leave at once after a delay, in nanobits."""
        return self.burst + self.rate_bps * delay


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is known of a queue; `burst` is None where nothing holds what comes."""

    delay_ns: int
    backlog: int
    limit_bytes: int
    burst: Burst | None
    basis: str


class Solver:
    """Finds the least delays that are consistent with each other. `settle` first, then ask.

    Of the states that may be the worst of a queue only those are looked at that have proved so before; when all is at rest
    every one is held against the result, and what exceeds it joins them. What is found so is the same as with all of them.
    """

    def __init__(self, web: Web, ends: Mapping[tuple[str, str], End], topology: Topology) -> None:
        self._web, self._topology = web, topology
        self._ends = [ends[key[:2]] for key in web.keys]
        self._siblings: Siblings = find_siblings(web)
        self._steps = steps_of(web)
        self._next = next_on_ways(web)
        self._order = order_of(web)
        self._loads = loads_in_states(web, self._siblings)
        self._limited = {number for number, is_open in enumerate(web.is_open) if is_open}
        self._active: list[list[int]] = [[_NORMAL] for _ in web.keys]
        self._clear()

    def _clear(self) -> None:
        count = len(self._web.keys)
        self._delay = [0] * count
        self._bursts: list[Burst | None] = [None] * count
        self._waited = [0] * len(self._web.before)  # per way: what may have been waited for before its queue
        self._arrivals = Arrivals(self._web, self._topology, self._waited)
        self._sums: list[Sums | None] = [None] * count
        self._beside = beside(web=self._web, siblings=self._siblings, ends=self._ends)
        self._recipes: dict[int, dict[int, tuple[Recipe, ...]]] = {}  # by queue and state; one where all are the same
        self._overflowing: set[int] = set()
        self._dirty = [True] * count

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
        """Take a queue as one that only its size bounds; the others at its link's end know it so."""
        link, node, name = self._web.keys[queue]
        self._limited.add(queue)
        end = loosened(self._ends[queue], name)
        for sibling in self._siblings[link, node].values():
            self._ends[sibling] = end

    def _iterate(self) -> None:
        dirty, is_moving = self._dirty, True
        while is_moving:
            is_moving = False
            for queue in self._order:
                if dirty[queue]:
                    dirty[queue] = False
                    for follower in self._update(queue):
                        dirty[follower] = is_moving = True

    def _update(self, queue: int) -> Iterator[int]:
        """Derive a queue anew from what lies before it; yield those for which anything changed."""
        has_changed = self._advance(queue)
        verdict = self._judge(queue, self._active[queue])
        delay = on_grid(verdict.delay_ns)
        if queue not in self._limited and delay >= CEILING_NS:
            self._overflowing.add(queue)
            delay = CEILING_NS
        if verdict.burst != self._bursts[queue]:
            self._bursts[queue] = verdict.burst
            yield from self._beside[queue]
        if has_changed or delay != self._delay[queue]:
            self._delay[queue] = delay
            yield from self._next[queue]

    def _advance(self, queue: int) -> bool:
        waited, delay = self._waited, self._delay
        has_changed = False
        for way, before, queue_before in self._steps[queue]:
            found = waited[before] + delay[queue_before]
            if found != waited[way]:
                waited[way] = found
                has_changed = True
        if has_changed:
            self._sums[queue] = None
        return has_changed

    def _normal_sums(self, queue: int) -> Sums:
        found = self._sums[queue]
        if found is None:
            found = self._sums[queue] = self._arrivals.normal(queue)
        return found

    def _activate(self) -> bool:
        """Let every change that is worse than the known ones join them; return whether there was any."""
        is_any = False
        for queue in self._order:
            changes = range(len(self._web.changes[queue]))
            if queue in self._limited or len(self._active[queue]) > len(changes):
                continue
            known = self._judge(queue, self._active[queue])
            if known.delay_ns >= CEILING_NS:
                continue
            worse = self._worse(queue, known)
            if worse:
                self._active[queue] = sorted({*self._active[queue], *worse})
                self._dirty[queue] = is_any = True
        return is_any

    def _worse(self, queue: int, known: _Verdict) -> set[int]:
        """Return the changes that are worst in something, where that is worse than what is known."""
        delay = on_grid(known.delay_ns)
        held = known.burst or Burst(0, 0)
        best = [known.delay_ns, known.backlog, held.arriving, held.leaving]
        who = [_NORMAL] * 4
        for change, case in self._cases(queue, range(len(self._web.changes[queue]))):
            found = (
                CEILING_NS if case.delay_ns is None else case.delay_ns,
                case.backlog,
                case.burst,
                case.leaving(delay),
            )
            for place in range(4):
                if found[place] > best[place]:
                    best[place], who[place] = found[place], change
        return set(who) - {_NORMAL, *self._active[queue]}  # of a queue that is not held the bursts are never known

    def bound_of(self, queue: int) -> QueueBound:
        """Return what holds for a queue, from the settled delays of all before it."""
        end, node = self._ends[queue], self._web.keys[queue][1]
        verdict = self._judge(queue, self._active[queue])
        own = -(-end.packet // end.line_bps)
        is_known = self._topology.nodes[node].platform != "none" and all(
            self._topology.nodes[career.entry].platform != "none" for career in self._web.users[queue].values()
        )
        return QueueBound(
            delay_ns=verdict.delay_ns,
            queueing_us=-(-max(0, verdict.delay_ns - own) // _NS_PER_US),
            backlog_bytes=-(-verdict.backlog // BITS),
            limit_bytes=verdict.limit_bytes,
            burst_bytes=0 if verdict.burst is None else -(-verdict.burst.leaving // BITS),
            basis=verdict.basis if is_known else ASSUMED,
        )

    def _judge(self, queue: int, among: Iterable[int]) -> _Verdict:
        end, share = self._ends[queue], self._ends[queue].shares[self._web.keys[queue][2]]
        least = least_limit_bytes(share.own, end.mtu)
        offers = self._offers(queue)
        if not all(offers.values()):
            return _Verdict(CEILING_NS, 0, least, None, ASSUMED)
        if queue in self._limited:
            served = min(max(service.rate_bps for service in offer) for offer in offers.values())
            limit = _clipped(open_limit_bytes(share.own, end.mtu, served, self._promised_bursts(queue)), end)
            return _Verdict(_within(offers, limit), limit * BITS, limit, None, QUEUE_LIMIT)
        cases = [case for _, case in self._cases(queue, among, offers)]
        delay = max(CEILING_NS if case.delay_ns is None else case.delay_ns for case in cases)
        backlog = max(case.backlog for case in cases)
        limit = _clipped(max(least, -(-backlog // BITS)), end)
        if not share.is_held:
            is_bounded = all(case.delay_ns is not None for case in cases)
            return _Verdict(
                _within(offers, limit) if is_bounded else CEILING_NS, limit * BITS, limit, None, QUEUE_LIMIT
            )
        coarse = on_grid(delay)
        burst = Burst(on_grid(max(case.burst for case in cases)), on_grid(max(case.leaving(coarse) for case in cases)))
        if limit * BITS < backlog:
            return _Verdict(min(delay, _within(offers, limit)), limit * BITS, limit, burst, QUEUE_LIMIT)
        return _Verdict(delay, backlog, limit, burst, PROVED)

    def _promised_bursts(self, queue: int) -> int:
        """Return the sum of the bursts of all demands that ever use a queue, in bytes."""
        users = self._web.users[queue].values()
        return sum(career.demand.burst_bytes for career in users if career.demand.has_bandwidth)

    def _offers(self, queue: int) -> dict[int, tuple[Service, ...]]:
        """Return the services of a queue by state; where they are the same in all, those of the normal one (0)."""
        end, (link, node, name) = self._ends[queue], self._web.keys[queue]
        bursts = {
            other: burst
            for other, number in self._siblings[link, node].items()
            if (burst := self._bursts[number]) is not None
        }
        if queue not in self._recipes:
            loads = self._loads[link, node] if end.is_tight else {0: None}
            self._recipes[queue] = {state: recipes(end, name, each) for state, each in loads.items()}
        return {state: tuple([recipe.service(bursts) for recipe in own]) for state, own in self._recipes[queue].items()}

    def _cases(
        self, queue: int, among: Iterable[int], offers: Mapping[int, tuple[Service, ...]] | None = None
    ) -> Iterator[tuple[int, _Case]]:
        """Yield the queue in the states of some changes; where its service differs by state, in all."""
        offers = self._offers(queue) if offers is None else offers
        normal, changes = self._normal_sums(queue), self._web.changes[queue]
        if len(offers) == 1:
            for change in among:
                sums = normal if change == _NORMAL else self._arrivals.changed(queue, change, normal)
                yield change, self._case(queue, sums, offers[0])
            return
        of_state = {change.state: number for number, change in enumerate(changes)}
        for state, offer in offers.items():
            number = of_state.get(state, _NORMAL)
            sums = normal if number == _NORMAL else self._arrivals.changed(queue, number, normal)
            yield number, self._case(queue, sums, offer)

    def _case(self, queue: int, sums: Sums, offer: Iterable[Service]) -> _Case:
        delay, backlog = _deviations(arrival_of(self._arrivals.bundles(queue, sums)), offer)
        return _Case(sum(sums[1]), sum(sums[0]), delay, backlog)


def _deviations(arrival: Arrival, offer: Iterable[Service]) -> tuple[int | None, int]:
    """Return the least delay that any of the services proves, and the least backlog: at most rate × delay of one of them."""
    delay: int | None = None
    backlog = 0
    for service in offer:
        found = delay_ns(arrival, service)
        if found is not None:
            waiting = service.rate_bps * found
            backlog = waiting if delay is None else min(backlog, waiting)
            delay = found if delay is None else min(delay, found)
    return delay, backlog


def _within(offers: Mapping[int, tuple[Service, ...]], limit_bytes: int) -> int:
    """Return the delay of what finds room in a queue of some size, in the worst state."""
    limit = limit_bytes * BITS
    return max(min(service.latency_ns - (-limit // service.rate_bps) for service in offer) for offer in offers.values())


def _clipped(wanted: int, end: End) -> int:
    """Return the size of a queue in bytes, where the device's buffer may be smaller than what is wanted."""
    return wanted if end.queue_bytes is None else max(end.mtu, min(wanted, end.queue_bytes))
