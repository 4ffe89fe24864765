"""What every queue may do to a packet, derived once more: delays and bursts that depend on each other, from 0 up to rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from intentc.manifest.model import Basis, RateEntry
from intentc.topology.model import Link
from intentc.values import frozen
from intentc.verify.allowed import Allowed
from intentc.verify.case import Case, Wait, World
from intentc.verify.classes import DEFAULT_CLASS, IDLE, STRICT, ClassFacts, all_facts, class_facts
from intentc.verify.delays import (
    NS,
    Bits,
    Bucket,
    Class,
    Curve,
    Outlet,
    Question,
    Served,
    coarse,
    curve_of,
    even_bps,
    free_size,
    hold_ns,
    least_size,
    up,
)
from intentc.verify.riders import Queue, Rider, find_riders
from intentc.verify.scenes import Port, Scene, Scenes, Stream
from intentc.verify.spreads import Spreads

_CEILING = NS  # a queue that could hold a packet for a second has no bound
_NS_PER_US = 1000


@frozen
class _Found:
    """A queue's delay (ns), and the bursts (bits ÷ 10⁹) that come to it and leave it where something holds them."""

    delay: int
    coming: int | None
    leaving: int | None
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
            for queue in dict.fromkeys(
                queue for ride in rider.rides() for queue in (*ride.arrivals, *sorted(ride.under))
            ):
                self._users.setdefault(queue, []).append(rider)
        self._ports: dict[Port, list[Queue]] = {}
        for queue in sorted(self._users):
            self._ports.setdefault(queue[:2], []).append(queue)
        self._free = {queue for queue, users in self._users.items() if any(rider.is_free for rider in users)}
        self._free |= {queue for rider in riders for ride in rider.rides() for queue in ride.under}  # nobody knows how
        self._unheld = {
            queue
            for queue, users in self._users.items()
            if any(not ride.is_held for rider in users for ride in rider.rides() if queue in ride.arrivals)
        }
        entries = reversed(world.manifest.links)  # the first of a link counts
        self._told = {entry.id: entry.worst_by_class for entry in entries}
        self._bursts = {
            queue: sum(rider.burst for rider in users if rider.has_rate) for queue, users in self._users.items()
        }
        self._known = all_facts(world.sources)
        self._lines: dict[tuple[str, str], tuple[int, int]] = {}
        self._curves_of: dict[Queue, dict[tuple[Bucket, ...], Curve]] = {}
        self._scenes = Scenes(self._users, self._ports)
        self._spreads = Spreads(world.topology, riders)
        self._delays: dict[Queue, int] = {}
        self._found: dict[Queue, _Found] = {}
        self._outlets: dict[Port, Outlet] = {}
        self._cases: dict[Queue, list[Scene]] = {}

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
        self._cases = {
            queue: self._scenes.of(queue, by_load=self._outlets[queue[:2]].is_oversold) for queue in self._users
        }
        self._spreads.clear()
        due = set(self._users)
        while due:
            changed, beside = set[Queue](), set[Queue]()
            for queue in self._users:
                if queue in due or queue in beside:
                    beside.discard(queue)
                    self._renew(queue, changed, beside)
            due = beside | self._spreads.grow(changed, self._delays)

    def _renew(self, queue: Queue, changed: set[Queue], beside: set[Queue]) -> None:
        """Derive a queue anew; note whether its delay changed, and whom at the same link's end its bursts concern."""
        found, before = self._judge(queue), self._found.get(queue)
        delay = coarse(found.delay)
        self._found[queue] = found
        if queue not in self._free:
            delay = min(_CEILING, delay)
        if delay != self._delays[queue]:
            self._delays[queue] = delay
            changed.add(queue)
        if before is None or (before.coming, before.leaving) != (found.coming, found.leaving):
            beside.update(other for other in self._ports[queue[:2]] if other != queue)

    def _link(self, port: Port) -> Link:
        return self._world.topology.links[port[0]]

    def _outlet(self, port: Port) -> Outlet:
        link, sources = self._link(port), self._world.sources
        is_ab = link.is_ab(port[1])
        line = link.capacity_bps.towards(is_ab=is_ab)
        told = self._told.get(port[0], {})
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
        rate = line - link.background_bps.towards(is_ab=is_ab)
        even = None
        if port[1] in self._world.topology.sharers:
            even = even_bps(self._known, line, rate, {name: told[name].ab if is_ab else told[name].ba for name in told})
        return Outlet(line, rate, link.mtu * 8, classes, even)

    def _judge(self, queue: Queue) -> _Found:
        port, name = queue[:2], queue[2]
        outlet = self._outlets[port]
        own = outlet.classes[name]
        siblings = [(other, self._found.get(other)) for other in self._ports[port]]
        coming = {other[2]: found.coming for other, found in siblings if found and found.coming is not None}
        leaving = {other[2]: found.leaving for other, found in siblings if found and found.leaving is not None}
        curves, offers = self._curves(queue), self._offers(queue, coming, leaving)
        least, packet = least_size(own.facts, outlet.packet), outlet.packet
        if not all(offers):
            return _Found(_CEILING, None, None, "assumed")
        if queue in self._free:
            rate = min(max(served.rate for served in answers) for answers in offers)
            size = self._sized(free_size(own.facts, packet, rate, self._bursts[queue]), port)
            return _Found(max(_within(answers, size) for answers in offers), None, None, "queue-limit")
        delays, waiting = [], 0
        for curve, answers in zip(curves, offers if len(offers) > 1 else offers * len(curves), strict=True):
            finite = [(delay, served.rate) for served in answers if (delay := curve.delay(served)) is not None]
            delays.append(min([delay for delay, _ in finite], default=None))
            waiting = max(waiting, min([delay * rate for delay, rate in finite], default=0))
        needed = max(least, 8 * up(waiting, 8 * NS))
        size = self._sized(needed, port)
        delay = max([_CEILING if each is None else each for each in delays])
        if not own.is_held:
            delay = _CEILING if None in delays else max(_within(answers, size) for answers in offers)
        most, room = self._patience(queue, own.facts, offers)
        if delay > most:
            size, delay = self._sized(room if None in delays and not own.is_held else min(needed, room), port), most
        if not own.is_held:
            return _Found(delay, None, None, "queue-limit")
        is_short = size * NS < waiting or None in delays
        if is_short and self._link(port).queue_bytes is not None:
            delay = min(delay, max(_within(answers, size) for answers in offers))
        comes = coarse(max(curve.burst for curve in curves))
        leaves = coarse(max(curve.burst + curve.rate * coarse(delay) for curve in curves))
        return _Found(delay, comes, leaves, "queue-limit" if is_short or own.facts.drops_early else "proved")

    def _offers(self, queue: Queue, coming: Bits, leaving: Bits) -> list[list[Served]]:
        """Return the service curves of each scene, or those of all where a link's end can give what it has promised in any."""
        outlet, name = self._outlets[queue[:2]], queue[2]
        loads = [scene.loads for scene in self._cases[queue]] if outlet.is_oversold else [None]
        return [Question(outlet, name, load, coming, leaving).answers() for load in loads]

    def _patience(self, queue: Queue, facts: ClassFacts, offers: Sequence[Sequence[Served]]) -> tuple[int, int]:
        """Return the delay (ns) that a queue's size may keep, and that size (bits): short, but with room for the bursts."""
        if queue in self._lossless:
            return _CEILING, 0
        link = self._link(queue[:2])
        own = up(link.mtu * 8 * NS, self._outlets[queue[:2]].line)
        most = hold_ns(facts)
        if queue in self._waits_us:
            most = min(most, self._waits_us[queue] * _NS_PER_US + own)
        least = max(least_size(facts, link.mtu * 8), self._bursts[queue])
        room = min(
            max(8 * ((most - served.late) * served.rate // (8 * NS)) for served in answers) for answers in offers
        )
        return max(most, *(_within(answers, least) for answers in offers)), max(least, room)

    def _sized(self, wanted: int, port: Port) -> int:
        link = self._link(port)
        return wanted if link.queue_bytes is None else max(8 * link.mtu, min(wanted, 8 * link.queue_bytes))

    def _curves(self, queue: Queue) -> list[Curve]:
        """Return what comes to a queue in each of its scenes; what came before as well is not added up again."""
        bursts = _Bursts(self._spreads.at(queue))
        rates: dict[str | None, int] = {}
        sums: dict[str | None, int] = {}
        for stream in self._scenes.normal[queue]:
            rates[stream.ingress] = rates.get(stream.ingress, 0) + stream.rate
            sums[stream.ingress] = sums.get(stream.ingress, 0) + bursts[stream]
        found, known = [], self._curves_of.get(queue, {})
        kept = self._curves_of[queue] = {}
        normal = {ingress: self._bucket(queue, ingress, rates[ingress], sums[ingress]) for ingress in rates}
        for scene in self._cases[queue]:
            buckets = normal
            if scene.gone or scene.new:
                own: dict[str | None, list[int]] = {}
                for streams, sign in ((scene.gone, -1), (scene.new, 1)):
                    for stream in streams:
                        ingress = stream.ingress
                        if ingress not in own:
                            own[ingress] = [rates.get(ingress, 0), sums.get(ingress, 0)]
                        own[ingress][0] += sign * stream.rate
                        own[ingress][1] += sign * bursts[stream]
                buckets = normal | {ingress: self._bucket(queue, ingress, *pair) for ingress, pair in own.items()}
            key = tuple([bucket for bucket in buckets.values() if bucket.rate or bucket.burst])
            curve = kept[key] = known.get(key) or kept.get(key) or curve_of(key)
            found.append(curve)
        return found

    def _bucket(self, queue: Queue, ingress: str | None, rate: int, burst: int) -> Bucket:
        """Return what comes over a link to a queue: at the link's rate, its largest packet (bits ÷ 10⁹) at once."""
        if ingress is None:
            return Bucket(rate, burst, 0, 0)
        place = ingress, queue[1]
        if place not in self._lines:
            link = self._world.topology.links[ingress]
            self._lines[place] = link.capacity_bps.towards(is_ab=link.b.node == queue[1]), link.mtu * 8 * NS
        return Bucket(rate, burst, *self._lines[place])

    def _wait(self, queue: Queue, found: _Found) -> Wait:
        outlet, nodes = self._outlets[queue[:2]], self._world.topology.nodes
        own = up(outlet.packet * NS, outlet.line)
        us = -(-max(0, found.delay - own) // _NS_PER_US)
        places = {queue[1], *(rider.entry for rider in self._users[queue])}
        is_capped = queue[1] in self._world.topology.shapers and outlet.classes[queue[2]].facts.kind == STRICT
        is_assumed = is_capped or outlet.is_sharing(queue[2]) or any(nodes[name].platform == "none" for name in places)
        return Wait(us, "assumed" if is_assumed else found.basis)


class _Bursts(dict[Stream, int]):
    """The bursts of streams at a queue, grown by what their packets differ in time."""

    def __init__(self, spreads: Mapping[Rider, int]) -> None:
        super().__init__()
        self._spreads = spreads

    def __missing__(self, stream: Stream) -> int:
        spreads = self._spreads
        longest = max([spreads[rider] + extra for rider, extra in stream.members])
        found = self[stream] = stream.burst + stream.rate * longest
        return found


def _within(answers: Iterable[Served], size: int) -> int:
    """Return the delay in a queue of `size` bits."""
    return min(served.late + up(size * NS, served.rate) for served in answers)
