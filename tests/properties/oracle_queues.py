"""What queues do to packets, naively: every queue in every promised state, over and over until nothing changes.

The formulas are those of intentc/delay/README.md (arrivals, service, bounds, fixed point), in exact fractions of bits and seconds.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from oracle_facts import breaks
from oracle_labels import LABEL, burst_of, grown
from oracle_network import NOTHING
from oracle_wanted import CLASSES, IDLE, PPB, SHARE, STRICT, class_of

NS = 1_000_000_000
CEILING = NS
PACKET = 1500 * 8
AHEAD = Fraction(1, 1000)
FRAMES = {STRICT: 16}
SHARING = {"sr-share"}  # platforms
HOLD = {STRICT: Fraction(1, 100)}


def coarse(value):
    """Return a whole number rounded up to five significant bits."""
    unit = 1
    while value >= 32 * unit:
        unit *= 2
    return -(-value // unit) * unit


class Rider:
    """A demand as a token bucket; `rides` has (paths, rate, whether held, labels by hop) by state, None where it goes nowhere."""

    def __init__(self, case, states):
        want = case.want
        kind = class_of(case.facts.program, want.traffic_class)
        self.name = want.traffic_class
        self.pool = (want.talk.name, want.pool)
        self.entry, self.burst, self.has_rate = (
            case.entry["source"],
            8 * burst_of(case.entry, want.burst),
            want.has_rate,
        )
        self.is_free = not want.has_rate or not kind[3]
        normal = (case.primary, want.bps, True, frozenset(case.stacks(NOTHING).items()))
        own = {state: name for name, state in want.states.items()}
        self.rides = {None: normal}
        for state in states:
            told = case.told(own[state], state) if state in own else None
            ride = None if breaks(state)(case.primary) else normal
            if told is not None and told[1] != case.primary:
                stacks = frozenset(case.stacks(state).items())
                ride = (told[1], min(want.bps, want.failover_bps), want.failover_bps >= want.bps, stacks)
            self.rides[state] = ride
        self.case, self.want, self.reply_to = case, want, case.requests
        self._steps = {state: steps_of(ride[0] if ride else ()) for state, ride in self.rides.items()}

    def rate(self, queue, state):
        """Return its rate with the labels that it has at a queue."""
        _, rate, _, stacks = self.rides[state]
        return grown(rate, LABEL * dict(stacks).get((queue[1], queue[0]), 0))

    def at(self, queue, state):
        """Return whether it comes to a queue in a state."""
        return queue[:2] in self._steps[state]


def steps_of(paths):
    """Return (link, sending node) of every hop."""
    return {step for nodes, links, _ in paths for step in zip(links, nodes, strict=False)}


def waits_of(facts, cases, books):
    """Return (µs, basis) of every queue; what they follow from is often the same in many manifests of the same sources."""
    told = [[state[:2] for state in case.states] for case in cases]
    entries = [(case.name, case.outcome_key(NOTHING), case.entry["unprotected"], case.primary) for case in cases]
    key = repr([*zip(entries, told, strict=True)])
    if key not in facts.waits:
        facts.waits[key] = Queues(facts, cases, books.reserved()).waits()
    return facts.waits[key]


class Queues:
    """All queues of a program. `reserved` has the worst reservation by (link, sender, class)."""

    def __init__(self, facts, cases, reserved):
        self.facts, self.wires, self.reserved = facts, facts.program.net.wires, reserved
        states = {state for case in cases for state in case.want.states.values()}
        self.riders = [Rider(case, states) for case in cases]
        self.states = [None, *states]
        self.users, buried = {}, set()
        for rider in self.riders:
            used = set().union(*(steps_of(ride[0]) for ride in rider.rides.values() if ride))
            lower = {port for step in used for port in self._below(*step)}
            for link, node in sorted(used | lower):
                self.users.setdefault((link, node, rider.name), []).append(rider)
            buried |= {(*port, rider.name) for port in lower}
        self.free = {queue for queue, riders in self.users.items() if any(rider.is_free for rider in riders)}
        self.free |= buried  # nobody knows how packets come to what lies below a tunnel
        self.loose = {queue for queue in self.users if any(self._is_loose(rider, queue) for rider in self.users[queue])}
        self.worth = {queue: self._worth(queue) for queue in self.users}
        self.lossless = {
            queue for queue, riders in self.users.items() if any(x.want.talk.loss_ppb is not None for x in riders)
        } - self.free
        self.room_us = {}
        for rider in self.riders:
            self._make_room(rider)

    def _below(self, link, node):
        return [port[:2] for port in self.facts.network.carried_by(link, node)]

    def _is_loose(self, rider, queue):
        return any(ride and not ride[2] and rider.at(queue, state) for state, ride in rider.rides.items())

    def _worth(self, queue):
        """Return the states that differ at a link's end, one of each kind."""
        beside = [rider for other, riders in self.users.items() if other[:2] == queue[:2] for rider in riders]
        found = {}
        for state in self.states:
            what = [rider.rides[state] if rider.at(queue, state) else None for rider in beside]
            found.setdefault(tuple(what), state)
        return list(found.values())

    def waits(self):
        """Return (µs, basis) of every queue."""
        self._settle()
        while over := {queue for queue, delay in self.delay.items() if delay >= CEILING} - self.free:
            self.free |= over - self.lossless
            self.lossless -= over
            self._settle()
        routers, found = self.facts.program.net.routers, {}
        for queue, (delay, _, _, basis) in self.found.items():
            own = ceil(Fraction(PACKET * NS, self._line(queue)))
            places = {queue[1], *(rider.entry for rider in self.users[queue])}
            is_assumed = any(routers[place].platform == "none" for place in places)
            is_assumed = is_assumed or routers[queue[1]].platform in SHARING  # nor is it known there what caps let pass
            found[queue] = max(0, -(-(delay - own) // 1000)), "assumed" if is_assumed else basis
        return found

    def _settle(self):
        self.delay, self.found = dict.fromkeys(self.users, 0), {}
        before = None
        while before != (self.delay, self.found):
            before = dict(self.delay), dict(self.found)
            self.spreads = {}
            self.found = {queue: self.judge(queue) for queue in self.users}
            self.delay = {
                queue: coarse(found[0]) if queue in self.free else min(CEILING, coarse(found[0]))
                for queue, found in self.found.items()
            }

    # -- service -------------------------------------------------------------------------------------------------------

    def _line(self, queue):
        wire = self.wires[queue[0]]
        return wire.capacity[wire.side(queue[1])]

    def _names(self, queue):
        return sorted({"default", *(other[2] for other in self.users if other[:2] == queue[:2])})

    def _kind(self, name):
        return class_of(self.facts.program, name)

    def _is_held(self, queue):
        is_known = queue in self.users and queue not in self.free and queue not in self.loose
        return is_known and self._kind(queue[2])[0] != IDLE

    def _sure(self, queue):
        """Return a class's guarantee."""
        kind, _, share, _ = self._kind(queue[2])
        reserved, share = self.reserved.get(queue, 0), self._line(queue) * share // PPB
        return {STRICT: min(reserved, share), SHARE: share, IDLE: max(reserved, share)}.get(kind, reserved)

    def _takes(self, queue):
        kind, _, share, _ = self._kind(queue[2])
        is_loose = kind == STRICT and not self._is_held(queue)
        return self._line(queue) * share // PPB if is_loose else self._sure(queue)

    def _weight(self, name):
        return self._kind(name)[1]

    def _turn(self, name):
        return max(PACKET, 300 * 8 * self._weight(name))

    @staticmethod
    def _shaped(rate):
        return max(Fraction(2 * PACKET), rate * AHEAD) + PACKET

    def services(self, queue, state):
        """Return (rate, latency in ns) of all service curves of a queue in a state."""
        link, node, name = queue
        line = self._line(queue)
        rate = line - self.wires[link].background
        others = [(link, node, other) for other in self._names(queue) if other != name]
        strict = [other for other in others if self._kind(other[2])[0] == STRICT]
        is_tight = sum(self._takes((link, node, each)) for each in self._names(queue)) > rate

        def used(among):
            total = 0
            for other in among:
                most = self._takes(other)
                total += min(most, self._load(other, state)) if is_tight and self._is_held(other) else most
            return total

        if self._shares(queue):
            found = []
            for apart in (lambda other: self._is_held(other) or other in strict, lambda other: other in strict):
                before = [other for other in others if apart(other)]
                peers = [other[2] for other in others if not apart(other)]
                found.append(self._among(queue, before, peers, rate - used(before)))
        elif not self._is_held(queue):
            found = [self._unheld(queue, others, strict, rate - used(others))]
        elif self._kind(name)[0] == STRICT:
            found = [self._after(strict, rate - used(strict))]
        else:
            found = [
                self._after(others, rate - used(others)),
                self._in_turn(queue, others, strict, rate - used(strict)),
            ]
        return [(each, ceil(late)) for each, late in found if each > 0]

    def _after(self, others, left):
        bits = Fraction(2 * PACKET)
        for other in others:
            if self._is_held(other):
                bits += self._burst(other, 1)
            elif self._kind(other[2])[0] != IDLE:
                bits += self._shaped(self._takes(other))
        return left, bits * NS / left if left > 0 else 0

    def _in_turn(self, queue, others, strict, left):
        peers = [other[2] for other in others if self._kind(other[2])[0] not in (STRICT, IDLE)]
        own, turns = self._turn(queue[2]), sum(map(self._turn, peers))
        rate = left * own // (own + turns)
        bits = 2 * PACKET + sum(map(self._strict_burst, strict)) + (len(peers) + 1) * PACKET
        bits += Fraction(ceil(Fraction(turns * (own + PACKET) * NS, own)), NS)
        return (rate, bits * NS / left) if left > 0 else (0, 0)

    def _shares(self, queue):
        """Return whether a class has its part by weight, and nobody knows how long others are served before it."""
        return self.facts.program.net.routers[queue[1]].platform in SHARING and self._kind(queue[2])[0] != STRICT

    def _among(self, queue, before, peers, left):
        """Return what a class has beside peers, once those before it have sent."""
        link, node, name = queue
        percent = ceil(Fraction(self._line(queue), 100))
        own, weight = self._sure(queue), self._weight(name)
        sure = [self._sure((link, node, each)) for each in peers]
        weights = [max(1, self._weight(each)) for each in peers]
        if any(self._kind(each)[3] and self._kind(each)[0] != STRICT for each in self._names(queue)):
            sure, weights = [*sure, 0], [*weights, 1]  # what is re-marked
        if left <= 0:
            return 0, 0
        rest = max(0, left + self.wires[link].background - own - sum(sure))
        parts = []
        for unit, less in ((self._least_unit(queue), percent), (Fraction(rest, weight + sum(weights) or 1), 0)):
            mine = own + max(0, unit * weight - less)
            theirs = 0
            for guarantee, each in zip(sure, weights, strict=True):
                theirs += guarantee + unit * each + percent + (ceil(Fraction(percent * each, weight)) if weight else 0)
            parts.append(Fraction(mine) / (mine + theirs) if theirs else 1)
        rate = int(left * min(parts))
        if rate <= 0:
            return 0, 0
        bits = (len(weights) + 3) * PACKET
        for other in before:
            bits += self._strict_burst(other) if self._kind(other[2])[0] == STRICT else self._burst(other, 2)
        bits += Fraction(ceil(Fraction((self._turn(name) + PACKET) * NS * (left - rate), rate)), NS)
        return rate, bits * NS / left

    def _least_unit(self, queue):
        """Return what a unit of weight brings at least, whatever classes of the program have queues there."""
        link, node, _ = queue
        program, line = self.facts.program, self._line(queue)
        names = {*CLASSES, *program.classes}
        rest = (line - self.wires[link].background) * 3 // 4
        for name in names:
            kind, _, share, _ = self._kind(name)
            rest -= line * share // PPB if kind == STRICT else self._sure((link, node, name))
        return max(0, rest) // sum(self._weight(name) for name in names)

    def _unheld(self, queue, others, strict, left):
        if left <= 0:
            return 0, 0
        bits = Fraction(2 * PACKET)
        for other in others:
            if other in strict:
                bits += self._strict_burst(other)
            else:
                burst = self._burst(other, 2) if self._is_held(other) else 0
                bits += max(self._shaped(self._sure(other)), burst, self._turn(other[2]) + PACKET)
        remarked = [each for each in self._names(queue) if self._kind(each)[3] and self._kind(each)[0] != STRICT]
        bits += 3 * PACKET * len(remarked)
        sure, weights = self._sure(queue), sum(map(self._weight, self._names(queue)))
        kind, weight, share, _ = self._kind(queue[2])
        rate = left
        if kind == STRICT:
            rate = min(left, self._line(queue) * share // PPB)
        elif left > sure:
            rate = sure + ((left - sure) * weight // weights if weights else 0)
        return (rate, ceil(bits * NS / left) + ceil(Fraction(PACKET * NS, rate))) if rate > 0 else (0, 0)

    def _strict_burst(self, queue):
        if self._is_held(queue):
            return self._burst(queue, 2)
        return self._shaped(self._line(queue) * self._kind(queue[2])[2] // PPB)

    def _burst(self, queue, which):
        found = self.found.get(queue)
        return found[which] if found and found[which] is not None else Fraction(0)

    # -- arrivals ------------------------------------------------------------------------------------------------------

    def _load(self, queue, state):
        return sum(rate for rate, _, _ in self.buckets(queue, state)) if queue in self.users else 0

    def _spread(self, rider, queue):
        """Return how much longer than on the shortest way it may take up to a queue, in whatever state."""
        if (rider, queue) not in self.spreads:
            worst = 0
            for ride in set(rider.rides.values()) - {None}:
                if ways := self._ways(rider, queue, ride[0]):
                    worst = max(worst, max(way[1] + way[2] for way in ways) - min(way[1] for way in ways))
            self.spreads[rider, queue] = worst
        return self.spreads[rider, queue]

    def _ways(self, rider, queue, paths):
        """Return (link before, least propagation ns, ns waited or late at most) of every path of a rider to a queue."""
        found = []
        for nodes, links, _ in paths:
            taken, waited, before = 0, 0, None
            for node, link in zip(nodes, links, strict=False):
                if (link, node) == queue[:2]:
                    found.append((before, taken, waited))
                taken += self.wires[link].latency_ns[self.wires[link].side(node)]
                waited += sum(self.delay[(*port, rider.name)] for port in ((link, node), *self._below(link, node)))
                waited += (
                    self.wires[link].jitter_ns or 0
                )  # packets catch up with each other on the wire as they do in a queue
                before = None if self.wires[link].over else link
        return found

    def buckets(self, queue, state):
        """Return (rate, burst in bits, ingress link or None) of what comes to a queue: the sum over each ingress link."""
        pools = {}
        for rider in self.users[queue]:
            if not rider.is_free and rider.at(queue, state):
                pools.setdefault(rider.pool, []).append(rider)
        sums = {}
        for members in pools.values():
            ways = {rider: self._ways(rider, queue, rider.rides[state][0]) for rider in members}
            least = {rider: min(way[1] for way in found) for rider, found in ways.items()}
            late = max(self._spread(rider, queue) + least[rider] for rider in members) - min(least.values())
            rates = [rider.rate(queue, state) for rider in members]
            rate = min(sum(rates), max(rates))
            entries = {rider.entry: max(x.burst for x in members if x.entry == rider.entry) for rider in members}
            before = {way[0] for found in ways.values() for way in found}
            ingress = before.pop() if len(before) == 1 else None
            old = sums.get(ingress, (0, Fraction(0)))
            sums[ingress] = old[0] + rate, old[1] + sum(entries.values()) + Fraction(rate * late, NS)
        return [(rate, burst, ingress) for ingress, (rate, burst) in sums.items()]

    def _deviation(self, queue, buckets, rate, late):
        """Return the delay in ns, None where it has no bound."""
        curves = []
        for mean, burst, ingress in buckets:
            wire = self.wires[ingress] if ingress is not None else None
            line = wire.capacity[wire.side(wire.other(queue[1]))] if wire else None
            if line is None:
                curves.append((mean, burst, None, Fraction(0)))
            elif mean >= line:
                curves.append((line, Fraction(PACKET), None, Fraction(0)))
            else:
                curves.append((mean, burst, line, max(Fraction(0), (burst - PACKET) / (line - mean))))
        if sum(curve[0] for curve in curves) > rate:
            return None

        def bits(time):
            return sum(
                (min(mean * time + burst, line * time + PACKET) if line else mean * time + burst)
                for mean, burst, line, _ in curves
            )

        ahead = max((bits(time) - rate * time for time in {Fraction(0), *(curve[3] for curve in curves)}), default=0)
        return late + ceil(ahead * NS / rate)

    # -- bounds --------------------------------------------------------------------------------------------------------

    def judge(self, queue):
        """Return (delay in ns, burst as it comes, burst as it leaves, basis) of a queue."""
        kind = self._kind(queue[2])[0]
        least = FRAMES.get(kind, 32) * PACKET
        offers = {state: self.services(queue, state) for state in self.worth[queue]}
        if not all(offers.values()):
            return CEILING, None, None, "assumed"

        def within(size):
            return max(min(late + ceil(Fraction(size * NS, rate)) for rate, late in offer) for offer in offers.values())

        if queue in self.free:
            rate = min(max(each for each, _ in offer) for offer in offers.values())
            bursts = sum(rider.burst for rider in self.users[queue] if rider.has_rate)
            hold = 8 * int(rate * HOLD.get(kind, Fraction(1, 20)) / 8)
            return within(self._clipped(max(least, hold, bursts), queue)), None, None, "queue-limit"
        comes = {state: self.buckets(queue, state) for state in offers}
        delays, waiting = [], 0
        for state, offer in offers.items():
            known = [(self._deviation(queue, comes[state], *service), service[0]) for service in offer]
            finite = [(delay, delay * rate) for delay, rate in known if delay is not None]
            delays.append(min((delay for delay, _ in finite), default=None))
            waiting = max(waiting, min((backlog for _, backlog in finite), default=0))
        need = max(least, 8 * ceil(Fraction(waiting, 8 * NS)))
        size, is_held, is_endless = self._clipped(need, queue), self._is_held(queue), None in delays
        delay = CEILING if is_endless else max(delays) if is_held else within(size)
        if queue not in self.lossless:
            hold, own = ceil(HOLD.get(kind, Fraction(1, 20)) * NS), ceil(Fraction(PACKET * NS, self._line(queue)))
            time = min(hold, self.room_us.get(queue, hold) * 1000 + own)
            short = max(least, sum(rider.burst for rider in self.users[queue] if rider.has_rate))
            if delay > max(time, within(short)):
                delay = max(time, within(short))
                fitting = [max(rate * (time - late) // (8 * NS) for rate, late in offer) for offer in offers.values()]
                short = max(short, 8 * min(fitting))
                size = self._clipped(short if is_endless and not is_held else min(need, short), queue)
        if not is_held:
            return delay, None, None, "queue-limit"
        is_proved = size * NS >= waiting and not is_endless
        if not is_proved and self.wires[queue[0]].queue_bytes is not None:
            delay = min(delay, within(size))
        sums = [(sum(x[0] for x in each), sum((x[1] for x in each), Fraction(0))) for each in comes.values()]
        arrives = Fraction(coarse(ceil(max(burst for _, burst in sums) * NS)), NS)
        leaves = max(burst + Fraction(rate * coarse(delay), NS) for rate, burst in sums)
        leaves = Fraction(coarse(ceil(leaves * NS)), NS)
        return delay, arrives, leaves, "proved" if is_proved else "queue-limit"

    # -- what the bounds leave to each queue ---------------------------------------------------------------------------

    def _make_room(self, rider):
        """Note what each queue of a demand may take of its bounds: equal parts of what the path does not take itself."""
        if not rider.has_rate:
            return
        talk, ways = rider.want.talk, self._kept(rider)
        for paths, is_failed in ways:
            bound = rider.want.bound("one-way", is_failed=is_failed)
            for path in paths:
                if bound is not None:
                    self._leave(rider, path, bound - self._taken(path), len(path[1]))
                if talk.jitter_us is not None:
                    varies = -(-sum(self.wires[link].jitter_ns or 0 for link in path[1]) // 1000)
                    spread = self._taken(path) - min(map(self._flies, paths)) // 1000 + varies
                    self._leave(rider, path, talk.jitter_us - spread, len(path[1]))
        if rider.reply_to is not None:
            self._make_room_for_trips(next(x for x in self.riders if x.case is rider.reply_to), rider)

    def _make_room_for_trips(self, there, back):
        pairs = [(there.rides[None][0], back.rides[None][0], False)]
        if self._stays(there) or self._stays(back):
            pairs.append((*pairs[0][:2], True))
        for name, state in there.want.states.items():
            told = there.case.told(name, state), back.case.told(name, state)
            if any(told):
                found = [one[1] if one else x.case.primary for one, x in zip(told, (there, back), strict=True)]
                pairs.append((*found, True))
        for out, home, is_failed in pairs:
            bound = there.want.bound("rtt", is_failed=is_failed)
            if bound is not None:
                left = bound - max(map(self._taken, out)) - max(map(self._taken, home))
                hops = max(len(path[1]) for path in out) + max(len(path[1]) for path in home)
                for rider, paths in ((there, out), (back, home)):
                    for path in paths:
                        self._leave(rider, path, left, hops)

    def _kept(self, rider):
        """Yield (paths, whether under failure) that a demand has to keep its bounds on."""
        yield rider.case.primary, False
        if self._stays(rider):
            yield rider.case.primary, True
        for _, paths, _ in rider.case.states:
            yield paths, True

    @staticmethod
    def _stays(rider):
        unprotected = rider.case.entry["unprotected"]
        states = [item for item in rider.want.states.items() if item[0] not in unprotected]
        return any(rider.case.told(*item) is None for item in states)

    def _taken(self, path):
        """Return propagation and serialisation of a path in µs, each rounded up."""
        hops = [(self.wires[link], self.wires[link].side(node)) for node, link in zip(*path[:2], strict=False)]
        bits = sum(Fraction(PACKET * 10**6, wire.capacity[side]) for wire, side in hops)
        return -(-self._flies(path) // 1000) + ceil(bits)

    def _flies(self, path):
        """Return the propagation of a path in ns."""
        wires = [(self.wires[link], node) for node, link in zip(*path[:2], strict=False)]
        return sum(wire.latency_ns[wire.side(node)] for wire, node in wires)

    def _leave(self, rider, path, left_us, hops):
        part = max(0, left_us // max(hops, 1))
        for node, link in zip(*path[:2], strict=False):
            queue = (link, node, rider.name)
            self.room_us[queue] = min(part, self.room_us.get(queue, part))

    def _clipped(self, size, queue):
        buffer = self.wires[queue[0]].queue_bytes
        return size if buffer is None else max(PACKET, min(size, 8 * buffer))
