"""What every queue may do to a packet, derived once more: delays and bursts that depend on each other, from 0 up to rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from intentc.manifest.elements import Elements
from intentc.manifest.model import Basis, RateEntry
from intentc.topology.model import Link
from intentc.values import frozen
from intentc.verify.allowed import Allowed
from intentc.verify.case import Case, Wait, World
from intentc.verify.classes import DEFAULT_CLASS, IDLE, ClassFacts, class_facts
from intentc.verify.delays import (
    NS,
    Bucket,
    Class,
    Outlet,
    Question,
    Served,
    coarse,
    delay_of,
    free_size,
    hold_ns,
    least_size,
    up,
)
from intentc.verify.riders import Queue, Ride, Rider, find_riders, steps

_CEILING = NS  # a queue that could hold a packet for a second has no bound
_NS_PER_US = 1000
_Port = tuple[str, str]  # link, sending node


@frozen
class _Found:
    """A queue's delay (ns), and the bursts (bits) that come to it and leave it where something holds them."""

    delay: int
    coming: Fraction | None
    leaving: Fraction | None
    basis: Basis


def find_waits(world: World, cases: Mapping[str, tuple[Case, ...]]) -> Mapping[Queue, Wait]:
    """Return the wait in every queue that a demand of `cases` ever uses."""
    return _Net(world, find_riders(world, cases), Allowed(world, cases)).waits()


class _Net:
    def __init__(self, world: World, riders: Sequence[Rider], allowed: Allowed) -> None:
        self._world, self._riders, self._waits_us = world, riders, allowed.waits_us
        self._lossless = set(allowed.lossless)
        self._users: dict[Queue, list[Rider]] = {}
        for rider in riders:
            for queue in dict.fromkeys(queue for ride in rider.rides() for queue in ride.arrivals):
                self._users.setdefault(queue, []).append(rider)
        self._ports: dict[_Port, list[Queue]] = {}
        for queue in sorted(self._users):
            self._ports.setdefault(queue[:2], []).append(queue)
        self._free = {queue for queue, users in self._users.items() if any(rider.is_free for rider in users)}
        self._unheld = {
            queue
            for queue, users in self._users.items()
            if any(not ride.is_held for rider in users for ride in rider.rides() if queue in ride.arrivals)
        }
        self._states = {port: self._states_at(port) for port in self._ports}
        self._delays: dict[Queue, int] = {}
        self._found: dict[Queue, _Found] = {}
        self._spreads: dict[tuple[Rider, Queue], int] = {}
        self._outlets: dict[_Port, Outlet] = {}

    def waits(self) -> Mapping[Queue, Wait]:
        """Return the waits once nothing changes any more.

        Queues beyond the ceiling are bounded by their size: short enough for their users if they were to lose nothing before,
        else as those of which nobody knows what comes.
        """
        while True:
            self._rest()
            beyond = {queue for queue, delay in self._delays.items() if delay >= _CEILING} - self._free
            if not beyond:
                break
            self._free |= beyond - self._lossless
            self._lossless -= beyond
        return {queue: self._wait(queue, found) for queue, found in self._found.items()}

    def _rest(self) -> None:
        self._delays = dict.fromkeys(self._users, 0)
        self._found = {}
        self._outlets = {port: self._outlet(port) for port in self._ports}
        before: object = None
        while before != (self._delays, self._found):
            before = dict(self._delays), dict(self._found)
            self._spreads = {pair: spread for rider in self._riders for pair, spread in self._spread(rider)}
            for queue in self._users:
                found = self._judge(queue)
                self._found[queue] = found
                self._delays[queue] = coarse(found.delay) if queue in self._free else min(_CEILING, coarse(found.delay))

    def _spread(self, rider: Rider) -> Iterator[tuple[tuple[Rider, Queue], int]]:
        """Yield by how much the time up to each queue may differ between packets of the demand that are under way together."""
        worst: dict[Queue, int] = {}
        for paths in dict.fromkeys(ride.paths for ride in rider.rides()):
            slow: dict[Queue, int] = {}
            fast: dict[Queue, int] = {}
            for path in paths:
                waited = 0
                for queue, _, taken, _ in steps(self._world.topology, rider.name, path):
                    slow[queue] = max(slow.get(queue, 0), taken + waited)
                    fast[queue] = min(fast.get(queue, taken), taken)
                    waited += self._delays[queue]
            for queue, latest in slow.items():
                worst[queue] = max(worst.get(queue, 0), latest - fast[queue])
        yield from (((rider, queue), spread) for queue, spread in worst.items())

    def _link(self, port: _Port) -> Link:
        return self._world.topology.links[port[0]]

    def _outlet(self, port: _Port) -> Outlet:
        link, sources = self._link(port), self._world.sources
        is_ab = link.is_ab(port[1])
        line = link.capacity_bps.towards(is_ab=is_ab)
        told = next((entry.worst_by_class for entry in self._world.manifest.links if entry.id == port[0]), {})
        loose = self._free | self._unheld
        names = {queue[2]: queue not in loose for queue in self._ports[port]}
        classes = {}
        for name in sorted({*names, DEFAULT_CLASS}):
            facts = class_facts(name, sources)
            if facts is not None:
                reserved = told.get(name, RateEntry(0, 0))
                classes[name] = Class(
                    facts, reserved.ab if is_ab else reserved.ba, facts.kind != IDLE and names.get(name, False)
                )
        return Outlet(line, line - link.background_bps.towards(is_ab=is_ab), link.mtu * 8, classes)

    def _states_at(self, port: _Port) -> list[Elements | None]:
        """Return the states that may be the worst at a link's end: the normal one, and those that bring something there."""
        found: dict[Elements | None, None] = {None: None}
        for queue in self._ports[port]:
            for rider in self._users[queue]:
                for state, ride in rider.moved.items():
                    if ride is not None and queue in ride.arrivals and _is_news(rider.normal, ride, queue):
                        found[state] = None
        return list(found)

    def _judge(self, queue: Queue) -> _Found:
        port, name = queue[:2], queue[2]
        outlet = self._outlets[port]
        own = outlet.classes[name]
        siblings = [(other, self._found.get(other)) for other in self._ports[port]]
        coming = {other[2]: found.coming for other, found in siblings if found and found.coming is not None}
        leaving = {other[2]: found.leaving for other, found in siblings if found and found.leaving is not None}
        cases: list[tuple[list[Bucket], list[Served]]] = []
        for state in self._states[port]:
            loads = self._loads(port, state) if outlet.is_oversold else None
            answers = Question(outlet, name, loads, coming, leaving).answers()
            cases.append((self._buckets(queue, state), answers))
        least, packet = least_size(own.facts, outlet.packet), outlet.packet
        if not all(answers for _, answers in cases):
            return _Found(_CEILING, None, None, "assumed")
        if queue in self._free:
            rate = min(max(served.rate for served in answers) for _, answers in cases)
            bursts = sum(rider.burst for rider in self._users[queue] if rider.has_rate)
            size = self._sized(free_size(own.facts, packet, rate, bursts), port)
            return _Found(max(_within(answers, size) for _, answers in cases), None, None, "queue-limit")
        delays, waiting = [], 0
        for buckets, answers in cases:
            known = [(delay_of(buckets, served), served.rate) for served in answers]
            finite = [(delay, rate) for delay, rate in known if delay is not None]
            delays.append(min((delay for delay, _ in finite), default=None))
            waiting = max(waiting, min((delay * rate for delay, rate in finite), default=0))
        needed = max(least, 8 * up(Fraction(waiting, 8 * NS)))
        size = self._sized(needed, port)
        within = max(_within(answers, size) for _, answers in cases)
        delay = max(_CEILING if each is None else each for each in delays)
        if not own.is_held:
            delay = _CEILING if None in delays else within
        most, room = self._patience(queue, own.facts, [answers for _, answers in cases])
        if delay > most:
            size, delay = self._sized(room if None in delays and not own.is_held else min(needed, room), port), most
        if not own.is_held:
            return _Found(delay, None, None, "queue-limit")
        is_short = size * NS < waiting or None in delays
        if is_short and self._link(port).queue_bytes is not None:
            delay = min(delay, max(_within(answers, size) for _, answers in cases))
        totals = [(sum(b.rate for b in buckets), sum((b.burst for b in buckets), Fraction(0))) for buckets, _ in cases]
        comes = _coarse_bits(max(burst for _, burst in totals))
        leaves = _coarse_bits(max(burst + rate * Fraction(coarse(delay), NS) for rate, burst in totals))
        return _Found(delay, comes, leaves, "queue-limit" if is_short or own.facts.drops_early else "proved")

    def _patience(self, queue: Queue, facts: ClassFacts, offers: Sequence[Sequence[Served]]) -> tuple[int, int]:
        """Return the delay (ns) that a queue's size may keep, and that size (bits): short, but with room for the bursts."""
        if queue in self._lossless:
            return _CEILING, 0
        link = self._link(queue[:2])
        own = up(Fraction(link.mtu * 8 * NS, self._outlets[queue[:2]].line))
        most = hold_ns(facts)
        if queue in self._waits_us:
            most = min(most, self._waits_us[queue] * _NS_PER_US + own)
        bursts = sum(rider.burst for rider in self._users[queue] if rider.has_rate)
        least = max(least_size(facts, link.mtu * 8), bursts)
        room = min(
            max(8 * ((most - served.late) * served.rate // (8 * NS)) for served in answers) for answers in offers
        )
        return max(most, *(_within(answers, least) for answers in offers)), max(least, room)

    def _sized(self, wanted: int, port: _Port) -> int:
        link = self._link(port)
        return wanted if link.queue_bytes is None else max(8 * link.mtu, min(wanted, 8 * link.queue_bytes))

    def _loads(self, port: _Port, state: Elements | None) -> dict[str, int]:
        return {queue[2]: sum(bucket.rate for bucket in self._buckets(queue, state)) for queue in self._ports[port]}

    def _buckets(self, queue: Queue, state: Elements | None) -> list[Bucket]:
        """Return what comes to a queue in a state, by the link that it comes over."""
        pools: dict[str, list[tuple[Rider, Ride]]] = {}
        for rider in self._users[queue]:
            ride = rider.ride(state)
            if ride is not None and queue in ride.arrivals and not rider.is_free:
                pools.setdefault(rider.pool, []).append((rider, ride))
        by_link: dict[str | None, list[tuple[int, Fraction]]] = {}
        for members in pools.values():
            ingress, rate, burst = self._stream(queue, members)
            by_link.setdefault(ingress, []).append((rate, burst))
        found = []
        for ingress, streams in by_link.items():
            line, most = 0, 0
            if ingress is not None:
                link = self._world.topology.links[ingress]
                line, most = link.capacity_bps.towards(is_ab=link.b.node == queue[1]), link.mtu * 8
            burst = sum((burst for _, burst in streams), Fraction(0))
            found.append(Bucket(sum(rate for rate, _ in streams), burst, line, most))
        return found

    def _stream(self, queue: Queue, members: Sequence[tuple[Rider, Ride]]) -> tuple[str | None, int, Fraction]:
        """Return link, rate and burst of a pool: one burst for each node where it enters, grown by what differs in time."""
        arrivals = [ride.arrivals[queue] for _, ride in members]
        ingresses = {arrival.ingress for arrival in arrivals}
        rate = min(sum(ride.parts[queue] for _, ride in members), max(ride.rate for _, ride in members))
        at_entry: dict[str, int] = {}
        for rider, _ in members:
            at_entry[rider.entry] = max(rider.burst, at_entry.get(rider.entry, 0))
        first = min(arrival.least_ns for arrival in arrivals)
        late = max(
            self._spreads[rider, queue] + arrival.least_ns - first
            for (rider, _), arrival in zip(members, arrivals, strict=True)
        )
        burst = sum(at_entry.values()) + Fraction(rate * late, NS)
        return (ingresses.pop() if len(ingresses) == 1 else None), rate, burst

    def _wait(self, queue: Queue, found: _Found) -> Wait:
        outlet, nodes = self._outlets[queue[:2]], self._world.topology.nodes
        own = up(Fraction(outlet.packet * NS, outlet.line))
        us = -(-max(0, found.delay - own) // _NS_PER_US)
        places = {queue[1], *(rider.entry for rider in self._users[queue])}
        return Wait(us, "assumed" if any(nodes[name].platform == "none" for name in places) else found.basis)


def _is_news(normal: Ride, ride: Ride, queue: Queue) -> bool:
    """Return whether a state brings something to a queue that the normal one does not."""
    before, now = normal.arrivals.get(queue), ride.arrivals[queue]
    return before != now or ride.parts[queue] > normal.parts[queue]


def _coarse_bits(bits: Fraction) -> Fraction:
    """Return bits rounded up like times, counted in billionths."""
    return Fraction(coarse(up(bits * NS)), NS)


def _within(answers: Iterable[Served], size: int) -> int:
    """Return the delay in a queue of `size` bits."""
    return min(served.late + up(Fraction(size * NS, served.rate)) for served in answers)
