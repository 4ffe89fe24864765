"""A network packet by packet: sources that keep to token buckets, schedulers at every link's end, wires. Times in ns, sizes in bits.

It knows the devices of intentc/delay/README.md ("Model", "Assumed, not proved") and shares no code with the bounds.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field

NS = 1_000_000_000
STRICT, TURNS, IDLE = "strict", "turns", "idle"
_FREE, _ARRIVES = range(2)


@dataclass(slots=True)
class Queue:
    """The FIFO of a class: `quantum` bits at its turn, room for `limit` bits; and what was seen there.

    `slowest`: from a packet's arrival to its last bit on the wire. A packet on the wire waits no more.
    """

    kind: str
    quantum: int
    limit: int
    waiting: deque = field(default_factory=deque)
    bits: int = 0
    deficit: int = 0
    slowest: int = 0
    fullest: int = 0
    lost: int = 0


@dataclass(slots=True)
class Port:
    """A link's end, with its queues by class; strict ones are served in this order.

    Whoever comes while nothing is sent finds that a packet that nobody admitted, of `packet` bits, has just begun. `control_at`: once, from
    then on, a packet of network control goes before all others. The wire takes up to `varies` longer than `propagation`, and holds packets
    until `hold_until` where it may; it brings one after the other.
    """

    rate: int
    propagation: int
    packet: int
    queues: dict[str, Queue]
    control_at: int | None = None
    varies: int = 0
    hold_until: int = 0
    is_busy: bool = False
    came_last: int = 0
    turn: int = 0
    is_new_turn: bool = True

    def time(self, bits):
        """Return how long so many bits take on the wire."""
        return -(-bits * NS // self.rate)

    def next(self):
        """Take out the packet that is sent next: strict classes first, then those that take turns, then idle ones."""
        for kind in (STRICT, TURNS, IDLE):
            ready = [queue for queue in self.queues.values() if queue.waiting and queue.kind == kind]
            if ready:
                queue = self._whose_turn() if kind == TURNS else ready[0]
                packet = queue.waiting.popleft()
                queue.bits -= packet.size
                return packet
        return None

    def _whose_turn(self):
        """Deficit round robin (Shreedhar & Varghese 1996)."""
        ring = [queue for queue in self.queues.values() if queue.kind == TURNS]
        while True:
            queue = ring[self.turn]
            if queue.waiting:
                queue.deficit += queue.quantum if self.is_new_turn else 0
                self.is_new_turn = False
                if queue.waiting[0].size <= queue.deficit:
                    queue.deficit -= queue.waiting[0].size
                    return queue
            else:
                queue.deficit = 0
            self.turn, self.is_new_turn = (self.turn + 1) % len(ring), True


@dataclass(slots=True)
class Packet:
    """A packet of a flow on its way over the ports of `route`, of which it has come to `at`."""

    flow: str
    queue: str
    size: int
    route: tuple
    born: int
    at: int = 0
    came: int = 0


@dataclass(slots=True)
class Flow:
    """What a token bucket lets in, in packets of one size, over `routes` in turn: all of the burst at `start`, then at the rate.

    `since`: packets have come at the rate from then on, which leaves the bucket full. `last`: the size of the last one of the burst.
    """

    name: str
    queue: str
    rate: int
    burst: int
    size: int
    start: int
    since: int | None
    last: int
    until: int
    routes: tuple

    def packets(self):
        """Return the packets in the order of their times, but for those before the burst, which come behind it."""
        gap, sizes, left = -(-self.size * NS // self.rate), [], self.burst
        while left >= self.size + self.last:
            sizes.append(self.size)
            left -= self.size
        sizes.append(self.last)
        times = [(self.start, size) for size in sizes]
        time = self.start - (-(self.size - left + self.last) * NS // self.rate)
        while time < self.until:
            times.append((time, self.size))
            time += gap
        time = self.start - gap
        while self.since is not None and time >= self.since:
            times.append((time, self.size))
            time -= gap
        return [
            Packet(self.name, self.queue, size, self.routes[turn % len(self.routes)], time)
            for turn, (time, size) in enumerate(times)
        ]


class Simulation:
    """Runs until all packets have arrived or are lost; `slowest` has the longest way of a packet by flow and size."""

    def __init__(self, ports, flows):
        self._ports, self._events, self._count = ports, [], 0
        self.slowest = {}
        for flow in flows:
            for packet in flow.packets():
                self._plan(packet.born, _ARRIVES, packet.route[0], packet)
        while self._events:
            now, kind, _, name, packet = heapq.heappop(self._events)
            if kind == _ARRIVES:
                self._arrive(now, name, packet)
            else:
                self._free(now, name, packet)

    def _plan(self, time, kind, name, packet):
        self._count += 1
        heapq.heappush(self._events, (time, kind, self._count, name, packet))

    def _arrive(self, now, name, packet):
        port = self._ports[name]
        queue = port.queues[packet.queue]
        if queue.bits + packet.size > queue.limit:
            queue.lost += 1
            return
        packet.came = now
        queue.waiting.append(packet)
        queue.bits += packet.size
        queue.fullest = max(queue.fullest, queue.bits)
        if not port.is_busy:
            port.is_busy = True
            self._plan(now + port.time(port.packet), _FREE, name, None)

    def _free(self, now, name, packet):
        port = self._ports[name]
        if packet is not None:
            self._leave(now, port, packet)
        if port.control_at is not None and port.control_at <= now:
            port.control_at = None
            self._plan(now + port.time(port.packet), _FREE, name, None)
            return
        packet = port.next()
        port.is_busy = packet is not None
        if packet is not None:
            self._plan(now + port.time(packet.size), _FREE, name, packet)

    def _leave(self, now, port, packet):
        queue = port.queues[packet.queue]
        queue.slowest = max(queue.slowest, now - packet.came)
        then = now + port.propagation
        if port.varies:
            then = max(then, port.came_last + port.time(packet.size), min(port.hold_until, then + port.varies))
            port.came_last = then
        packet.at += 1
        if packet.at < len(packet.route):
            self._plan(then, _ARRIVES, packet.route[packet.at], packet)
        else:
            key = packet.flow, packet.size
            self.slowest[key] = max(self.slowest.get(key, 0), then - packet.born)
