"""Placed programs and packet simulations for the tests of queueing bounds.

The simulated world is a line of greedy sources, ports with a scheduler each, and links; times are ns, sizes bits. Nothing
here shares code with the bounds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from support_network import link as wire
from support_network import network, node
from support_realised import demand as ask
from support_realised import program

from intentc.realise.model import LatencyParts, LinkLoad, Path, RealisedDemand
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import Candidate, Endpoint, Flow
from intentc.topology.model import Directional

NS = 1_000_000_000
MTU = 1500
MBPS = 1_000_000
FRAME = MTU * 8


def sender(name: str, path: str, *, mbps: float = 1, burst: int = 3000, pool: str | None = None, **rest):
    """A placed demand on a path of `node link node …`; `rest` are fields of the demand, or `states` and `others`."""
    words = path.split()
    states = rest.pop("states", ())
    others = rest.pop("others", ())
    ends = Candidate(
        Endpoint(words[0], words[0], ()), Endpoint(words[-1], words[-1], ()), (Flow(4, "10.0.0.0/8", "10.0.0.0/8"),), ()
    )
    rate = round(mbps * MBPS)
    fields = {
        "has_bandwidth": rate > 0,
        "bandwidth_bps": rate,
        "pool_bps": rate,
        "burst_bytes": burst,
        "pool": pool or name,
        "candidates": (ends,),
        "source_site": words[0],
        "destination_name": words[-1],
    }
    asked = ask(f"{name}/x", **{**fields, **rest})
    return RealisedDemand(
        demand=asked,
        id=asked.key,
        chosen=ends,
        mechanism="igp",
        segments=(),
        primary=tuple(Path(tuple(each.split()[::2]), tuple(each.split()[1::2])) for each in (path, *others)),
        latency=LatencyParts(1000, 10, 0, "assumed"),
        steering=(),
        alternatives=(),
        states=tuple(states),
        unprotected=(),
        protection=None,
        reason="",
    )


def net(*links: str, mbps: Mapping[str, int] | int = 100, platform: Mapping[str, str] | None = None, **rest):
    """A topology of links `name:a-b`."""
    parts = [text.replace("-", ":").split(":") for text in links]
    names = sorted({end for _, a, b in parts for end in (a, b)})
    rates = mbps if isinstance(mbps, Mapping) else {name: mbps for name, _, _ in parts}
    made = [replace(node(name), platform=(platform or {}).get(name, "frr")) for name in names]
    return network(made, [wire(name, a, b, mbps=rates[name], **rest) for name, a, b in parts])


def realise(topology, *items: RealisedDemand, classes=BUILT_IN):
    """The placed program, with the loads of the normal state (of a failure state: those of all at once)."""
    loads: dict[str, dict[str, list[int]]] = {}
    for item in items:
        used = {
            (name, topology.links[name].is_ab(at))
            for paths in (item.primary, *(state.paths for state in item.states))
            for path in paths
            for at, name in zip(path.nodes, path.links, strict=False)
        }
        for name, is_ab in used:
            own = loads.setdefault(name, {}).setdefault(item.demand.traffic_class, [0, 0])
            own[0 if is_ab else 1] += item.demand.bandwidth_bps
    found = [
        LinkLoad(
            name,
            Directional(0, 0),
            {},
            Directional(0, 0),
            ("", ""),
            {key: Directional(*pair) for key, pair in by_class.items()},
        )
        for name, by_class in sorted(loads.items())
    ]
    return program(*items, topology=topology, loads=found, classes=classes)


@dataclass(order=True, slots=True)
class Packet:
    """A packet on its way: `route` are the ports that are still before it."""

    at: int
    number: int
    bits: int = field(compare=False)
    queue: str = field(compare=False)
    route: tuple[str, ...] = field(compare=False)
    came: int = field(compare=False, default=0)


def greedy(name: str, rate: int, burst: int, route: Sequence[str], until: int, *, start: int = 0, bits: int = FRAME):
    """Packets of a token bucket that sends as early as it may: its burst at once, then at its rate."""
    found, tokens, time = [], burst * 8 * NS, start
    while time < until:
        if tokens < bits * NS:
            wait = -(-(bits * NS - tokens) // rate)
            time, tokens = time + wait, tokens + wait * rate
            continue
        tokens -= bits * NS
        found.append(Packet(time, 0, bits, name, tuple(route)))
    return found


@dataclass(slots=True)
class Leaf:
    """A queue of a scheduler; an endless one always has a packet ready (what nobody admitted)."""

    prio: int
    quantum: int = FRAME
    rate: int = 0
    ceil: int = 0
    burst: int = 2 * FRAME
    cburst: int = 2 * FRAME
    is_endless: bool = False
    is_late: bool = False  # will be endless
    waiting: deque[Packet] = field(default_factory=deque)
    deficits: list[int] = field(default_factory=lambda: [0, 0])
    tokens: int = 0
    ctokens: int = 0
    bits: int = 0


class Turns:
    """Classes of one priority take turns, each with a quantum (Shreedhar & Varghese 1996)."""

    def __init__(self, level: int) -> None:
        self.level, self.next = level, 0

    def choose(self, leaves: Sequence[Leaf], ready: Sequence[Leaf]) -> Leaf:
        order = [*range(self.next, len(leaves)), *range(self.next)]
        index = next(index for index in order if leaves[index] in ready)
        self.next = index
        return leaves[index]

    def sent(self, leaf: Leaf, bits: int, count: int) -> None:
        leaf.deficits[self.level] -= bits
        if leaf.deficits[self.level] < 0:
            leaf.deficits[self.level] += leaf.quantum
            self.next = (self.next + 1) % count


class Strict:
    """Priorities in order; within one, deficit round robin."""

    def __init__(self, leaves: Mapping[str, Leaf]) -> None:
        self.leaves = list(leaves.values())
        self.turns: dict[int, Turns] = {leaf.prio: Turns(0) for leaf in self.leaves}

    def pick(self, _now: int) -> tuple[Leaf | None, int]:
        ready = [leaf for leaf in self.leaves if leaf.waiting or leaf.is_endless]
        if not ready:
            return None, 0
        prio = min(leaf.prio for leaf in ready)
        peers = [leaf for leaf in self.leaves if leaf.prio == prio]
        leaf = self.turns[prio].choose(peers, [leaf for leaf in ready if leaf.prio == prio])
        self.turns[prio].sent(leaf, leaf.waiting[0].bits if leaf.waiting else FRAME, len(peers))
        return leaf, 0


class Htb:
    """Linux's hierarchy token bucket with one level of leaves: within its rate a leaf sends, beyond it borrows from the root."""

    def __init__(self, leaves: Mapping[str, Leaf], rate: int) -> None:
        self.leaves = list(leaves.values())
        self.root = Leaf(0, rate=rate, ceil=rate, burst=max(2 * FRAME, rate // 1000))
        self.then = 0
        self.turns: dict[tuple[int, int], Turns] = {}
        for leaf in (*self.leaves, self.root):
            leaf.tokens, leaf.ctokens = leaf.burst * NS, leaf.cburst * NS

    def pick(self, now: int) -> tuple[Leaf | None, int]:
        passed, self.then = now - self.then, now
        for leaf in (*self.leaves, self.root):
            leaf.tokens = min(leaf.burst * NS, leaf.tokens + passed * leaf.rate)
            leaf.ctokens = min(leaf.cburst * NS, leaf.ctokens + passed * leaf.ceil)
        waiting = [leaf for leaf in self.leaves if leaf.waiting or leaf.is_endless]
        if not waiting:
            return None, 0
        may = [leaf for leaf in waiting if leaf.ctokens >= 0]
        green = [leaf for leaf in may if leaf.tokens >= 0]
        level, ready = (0, green) if green else (1, may if self.root.tokens >= 0 else [])
        if not ready:
            return None, min(self._wait(leaf) for leaf in (*waiting, self.root) if self._wait(leaf) > 0)
        prio = min(leaf.prio for leaf in ready)
        turns = self.turns.setdefault((level, prio), Turns(level))
        peers = [leaf for leaf in self.leaves if leaf.prio == prio]
        leaf = turns.choose(peers, [leaf for leaf in ready if leaf.prio == prio])
        bits = leaf.waiting[0].bits if leaf.waiting else FRAME
        turns.sent(leaf, bits, len(peers))
        leaf.ctokens -= bits * NS
        self.root.tokens -= bits * NS
        if level == 0:
            leaf.tokens -= bits * NS
        return leaf, 0

    @staticmethod
    def _wait(leaf: Leaf) -> int:
        waits = [
            -(-max(0, -tokens) // rate)
            for tokens, rate in ((leaf.tokens, leaf.rate), (leaf.ctokens, leaf.ceil))
            if rate
        ]
        return min((wait for wait in waits if wait > 0), default=0)


@dataclass(slots=True)
class Seen:
    """The worst that a queue of a port did: ns from arrival to the last bit on the wire, and bits that waited."""

    delay: int = 0
    backlog: int = 0


@dataclass(slots=True)
class Port:
    """A link's end: `leaves` by class, and the scheduler that chooses among them."""

    rate: int
    leaves: dict[str, Leaf]
    scheduler: Strict | Htb
    starts: int = 0  # when its endless queues begin
    is_busy: bool = False
    seen: dict[str, Seen] = field(default_factory=dict)


_ARRIVES, _SENT, _CHOOSES, _STARTS = range(4)


class _Run:
    """The events of a simulation, in the order of their times."""

    def __init__(self, ports: Mapping[str, Port]) -> None:
        self.ports = ports
        self.events: list[tuple[int, int, int, str, Packet | None]] = []
        self.count = 0
        self.left = 0

    def plan(self, time: int, kind: int, port: str, packet: Packet | None = None) -> None:
        self.count += 1
        heapq.heappush(self.events, (time, kind, self.count, port, packet))

    def step(self) -> None:
        now, kind, _, name, packet = heapq.heappop(self.events)
        port = self.ports[name]
        if packet is None:
            if kind == _STARTS:
                for leaf in port.leaves.values():
                    leaf.is_endless = leaf.is_endless or leaf.is_late
            if kind == _CHOOSES or not port.is_busy:
                self.choose(now, name, port)
        elif kind == _ARRIVES:
            self.arrive(now, name, port, packet)
        else:
            self.leave(now, name, port, packet)

    def arrive(self, now: int, name: str, port: Port, packet: Packet) -> None:
        leaf, seen = port.leaves[packet.queue], port.seen.setdefault(packet.queue, Seen())
        packet.came = now
        leaf.waiting.append(packet)
        leaf.bits += packet.bits
        seen.backlog = max(seen.backlog, leaf.bits)
        if not port.is_busy:
            port.is_busy = True
            self.plan(now, _CHOOSES, name)

    def leave(self, now: int, name: str, port: Port, packet: Packet) -> None:
        seen = port.seen[packet.queue]
        seen.delay = max(seen.delay, now - packet.came)
        if len(packet.route) > 1:
            self.plan(
                now, _ARRIVES, packet.route[1], Packet(now, 0, packet.bits, packet.queue, tuple(packet.route[1:]))
            )
        else:
            self.left -= 1
        self.plan(now, _CHOOSES, name)

    def choose(self, now: int, name: str, port: Port) -> None:
        leaf, wait = port.scheduler.pick(now)
        port.is_busy = leaf is not None or wait > 0
        if leaf is None:
            if wait:
                self.plan(now + wait, _CHOOSES, name)
        elif leaf.waiting:
            sent = leaf.waiting.popleft()
            leaf.bits -= sent.bits
            self.plan(now + -(-sent.bits * NS // port.rate), _SENT, name, sent)
        else:
            self.plan(now + -(-FRAME * NS // port.rate), _CHOOSES, name)


def simulate(ports: Mapping[str, Port], packets: Iterable[Packet], until: int) -> None:
    """Run until no admitted packet is left; what each port saw is in its `seen`. Links take no time but the bits' own."""
    run = _Run(ports)
    for name, port in ports.items():
        for leaf in port.leaves.values():
            leaf.is_late, leaf.is_endless = leaf.is_endless, False
        run.plan(port.starts, _STARTS, name)
    for packet in packets:
        run.plan(packet.at, _ARRIVES, packet.route[0], packet)
        run.left += 1
    while run.events and run.left:
        run.step()
    assert not run.left, f"{run.left} packets are still on their way after {until} ns"
