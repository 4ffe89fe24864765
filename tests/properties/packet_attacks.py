"""Attacks on what a compiled program promises of its queues: bursts that meet at one link's end, found by trying and by climbing.

What is promised is read from the manifest, from what is known of queues, and from what `jitter` is judged by; how packets go is `oracle_packets`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from oracle_packets import IDLE, NS, STRICT, TURNS, Flow, Port, Queue, Simulation

from intentc.delay.latency import variation_us
from intentc.realise.path import Path

MS = 1_000_000
MEETING, UNTIL = 30 * MS, 50 * MS  # when bursts meet; no source sends for longer
_FRAME = 12_000
_FLOOD = "default"
_WEIGHTS = {
    "critical": (STRICT, 0),
    "swift": (STRICT, 0),
    "high": (TURNS, 30),
    "normal": (TURNS, 20),
    "low": (TURNS, 10),
}


@dataclass(frozen=True)
class Source:
    """What a token bucket does in an attack: for which member of its pool, over which path, in what sizes, and when."""

    member: str
    path: int
    size: int
    last: int
    start: int
    since: int | None


@dataclass(frozen=True)
class Attack:
    """What sources do, by pool and node; per link's end when network control comes, how long a wire holds packets, and an order of its classes."""

    sources: dict
    ends: dict


class Target:
    """A compiled program: what may be sent in each state, over which paths, and what is promised of it."""

    def __init__(self, built):
        self.topology, self.links = built.run.topology, built.run.topology.links
        self.queues, self.loads = built.run.realised.queues, built.run.realised.loads
        self.classes = built.run.model.classes
        asked = {item.id: item.demand for item in built.run.realised.demands.values()}
        entries = [entry for intent in json.loads(built.text)["intents"] for entry in intent["demands"]]
        self.entries = {entry["id"]: entry for entry in entries if entry["bandwidth_bps"]}
        self.demands = {name: asked[name] for name in self.entries}
        self.states = ["", *sorted({name for entry in entries for state in entry["states"] for name in state["when"]})]
        self.ends = sorted({queue[:2] for queue in self.queues})
        self.turns = {}  # of link ends that are shared otherwise than by the weights of classes: bits at a turn, by class

    def enter(self, state):
        """Go on in a state: `sent` has the paths and the bound (µs) of each demand that is sent and promised something."""
        kind, _, what = state.partition(":")
        self.sent, self.pools = {}, {}
        for name, entry in self.entries.items():
            told = next((each for each in entry["states"] if state in each["when"]), None)
            parts = entry["primary"] if told is None else told
            ways = [self._way(path) for path in parts["paths"]]
            is_broken = any(
                what == link or (kind == "node" and what in self._nodes(link)) for way in ways for link, _ in way
            )
            if (told is None and state and is_broken) or not all(ways):
                continue
            self.sent[name] = ways, parts["latency_us"]["total"]
            self.pools.setdefault(self.demands[name].pool, {}).setdefault(parts["paths"][0]["path"][0], []).append(name)
        self.buckets = {(pool, node): names for pool, by_node in self.pools.items() for node, names in by_node.items()}

    @staticmethod
    def _way(path):
        return tuple(zip(path["links"], path["path"], strict=False))

    def _nodes(self, link):
        return self.links[link].a.node, self.links[link].b.node

    def _rate(self, end):
        link = self.links[end[0]]
        return link.capacity_bps.towards(is_ab=link.is_ab(end[1]))

    def _propagation(self, end):
        link = self.links[end[0]]
        return link.latency_ns.towards(is_ab=link.is_ab(end[1]))

    def _unhindered(self, way, size):
        """Return what a packet takes over some link ends where it waits nowhere."""
        return sum(self._propagation(end) + size * NS // self._rate(end) for end in way)

    def aim(self, source, end):
        """Return an attack in which all bursts that come to a link's end are there at once, or nearly."""
        sources = {}
        for bucket, names in self.buckets.items():
            ways = [(name, place) for name in names for place in range(len(self.sent[name][0]))]
            near = [(name, place) for name, place in ways if end in self.sent[name][0][place]]
            member, place = source.choice(near or ways)
            way, size = self.sent[member][0][place], source.choice((_FRAME, _FRAME, _FRAME, _FRAME // 2))
            before = way[: way.index(end)] if near else way[:1]
            start = MEETING - self._unhindered(before, size) + source.choice((0, 0, -100_000, 1, 100_000, MS))
            sources[bucket] = Source(
                member, place, size, source.choice((size, size, 800)), max(0, start), source.choice((None, 0, 15 * MS))
            )
        ends = {each: (MEETING, MEETING + source.choice((0, -MS, MS)), source.random()) for each in self.ends}
        return Attack(sources, ends)

    def vary(self, source, attack, amplitude):
        """Return a similar attack."""
        sources, ends = dict(attack.sources), dict(attack.ends)
        for bucket in source.sample(sorted(sources), min(len(sources), source.choice((1, 1, 2, 4)))):
            own = sources[bucket]
            own = replace(own, start=max(0, own.start + source.randint(-amplitude, amplitude)))
            if source.random() < 0.3:
                own = replace(own, since=source.choice((None, 0, 15 * MS)), last=source.choice((own.size, 800)))
            sources[bucket] = own
        end = source.choice(self.ends)
        at = source.randint(-10 * MS, 10 * MS)
        ends[end] = (MEETING + at, MEETING + source.randint(-5 * MS, 5 * MS), source.random())
        return Attack(sources, ends)

    def strike(self, attack):
        """Return how near an attack comes to each bound: what was seen ÷ what is promised, by kind of bound and what it is a bound of."""
        ports = {end: self._port(end, *how) for end, how in attack.ends.items()}
        flows = [self._flow(bucket, own) for bucket, own in attack.sources.items()]
        flows += [self._flood(end) for end in self.turns]
        simulation = Simulation(ports, flows)
        seen = {}
        for end, port in ports.items():
            for name, queue in port.queues.items():
                if name == _FLOOD:
                    continue
                bound = self.queues[(*end, name)]
                seen["delay", (*end, name)] = queue.slowest / bound.delay_ns
                if bound.basis == "proved":
                    seen["backlog", (*end, name)] = queue.fullest / (8 * bound.backlog_bytes)
                    seen["loss", (*end, name)] = 2 if queue.lost else 0
        for (name, size), taken in simulation.slowest.items():
            for kind, value in self._late(name, size, taken) if name != _FLOOD else ():
                seen[kind, name] = max(value, seen.get((kind, name), 0))
        return seen

    def kind(self, key):
        """Return how the class of a bound is scheduled."""
        name = self.demands[key[1]].traffic_class if key[0] in {"latency", "jitter"} else key[1][2]
        return _WEIGHTS.get(name, (IDLE, 0))[0]

    def _port(self, end, control_at, hold_until, order):
        link, names = self.links[end[0]], sorted(name for *own, name in self.queues if tuple(own) == end)
        turned = round(order * len(names)) % len(names)
        queues = {}
        for name in names[turned:] + names[:turned]:
            kind, weight = _WEIGHTS.get(name, (IDLE, 0))
            turn = self.turns.get(end, {}).get(name, max(8 * link.mtu, 2400 * weight))
            queues[name] = Queue(kind, turn, 8 * self.queues[(*end, name)].limit_bytes)
        if end in self.turns:
            queues[_FLOOD] = Queue(TURNS, self.turns[end][_FLOOD], 10 * _FRAME)
        return Port(
            self._rate(end), self._propagation(end), 8 * link.mtu, queues, control_at, link.jitter_ns or 0, hold_until
        )

    def _flood(self, end):
        """Return what nobody admitted, which always waits at a link's end."""
        rate = self._rate(end)
        return Flow(_FLOOD, _FLOOD, rate, 10 * _FRAME, _FRAME, MEETING - 5 * MS, None, _FRAME, UNTIL, ((end,),))

    def _flow(self, bucket, own):
        demand, ways = self.demands[own.member], self.sent[own.member][0]
        rate = min(demand.bandwidth_bps, demand.pool_bps // len(self.pools[bucket[0]]))
        routes = tuple(ways) if demand.is_spread else (ways[own.path],)
        return Flow(
            own.member,
            demand.traffic_class,
            rate,
            8 * demand.burst_bytes,
            own.size,
            own.start,
            own.since,
            own.last,
            UNTIL,
            routes,
        )

    def _late(self, name, size, taken):
        """Yield how near the slowest packet came to the bound on latency, and to that on how much packets of its size differ."""
        ways, bound_us = self.sent[name]
        varies = max(sum(self.links[link].jitter_ns or 0 for link, _ in way) for way in ways)
        yield "latency", taken / (1000 * bound_us + varies)
        paths = [Path((*(node for _, node in way), ""), tuple(link for link, _ in way)) for way in ways]
        bound_us = variation_us(self.topology, paths, self.demands[name].traffic_class, self.queues)
        yield "jitter", (taken - min(self._unhindered(way, size) for way in ways)) / (1000 * bound_us)


def climb(target, source, steps):
    """Return the most that was seen of each bound in the state that the target is in."""
    most = {}

    def strike(attack):
        for key, value in target.strike(attack).items():
            if value > most.get(key, (0, None))[0]:
                most[key] = value, attack

    for end in target.ends:
        strike(target.aim(source, end))
    for _ in range(steps if most else 0):
        best = sorted(most, key=lambda key: (-most[key][0], str(key)))[:6]
        strike(target.vary(source, most[source.choice(best)][1], source.choice((20_000, 300_000, 3 * MS))))
    return {key: value for key, (value, _) in most.items()}
