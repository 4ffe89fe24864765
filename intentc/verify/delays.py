"""How long a queue may hold a packet: arrival curves against rate-latency service, in exact integers.

Bits are counted in billionths, so that bps × ns is one. Everything is derived here from the formulas that intentc/delay/README.md states, by other means than the compiler's: sums
of token buckets are evaluated at every corner, where the compiler walks their slopes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from intentc.values import frozen
from intentc.verify.classes import IDLE, SHARE, STRICT, ClassFacts

NS = 1_000_000_000
_PPB = 1_000_000_000
_AHEAD_NS = 1_000_000  # a class's shaper may be 1 ms of its rate ahead, and two frames at least
_TURN_BITS = 2400  # per weight: 300 bytes
_LEAST_FRAMES = {STRICT: 16}
_OTHER_FRAMES = 32
_HOLD_S = {STRICT: Fraction(1, 100)}
_OTHER_HOLD_S = Fraction(1, 20)
_HOLD_NS = {kind: int(hold * NS) for kind, hold in _HOLD_S.items()}
_OTHER_HOLD_NS = int(_OTHER_HOLD_S * NS)


@frozen
class Bucket:
    """What comes over one link: rate (bps) and burst, and the line that brings it (0: none), a packet of `most` at once.

    Within a time no more than burst + rate × time, nor more than the line brings: all of that, if the rate is larger.
    """

    rate: int
    burst: int
    line: int
    most: int

    @cached_property
    def last_rate(self) -> int:
        return self.rate if not self.line else min(self.rate, self.line)

    @cached_property
    def corner(self) -> tuple[int, int]:
        """Return when the burst has come over the line: so many ns, by so much."""
        if not self.line or self.rate >= self.line or self.burst <= self.most:
            return 0, 1
        return self.burst - self.most, self.line - self.rate


@frozen
class Served:
    """At least `rate` (bps) after `late` ns of being busy."""

    rate: int
    late: int


@frozen
class Curve:
    """What comes over all links: `rate` and `burst` in all, whatever the lines can bring; the rate in the end;

    and at each corner (ns, by so much) how much has come, times that.
    """

    rate: int
    burst: int
    last_rate: int
    corners: tuple[tuple[int, int, int], ...]

    def delay(self, served: Served) -> int | None:
        """Return the largest horizontal distance from what is served, in ns, rounded up; None: no bound."""
        if self.last_rate > served.rate:
            return None
        rate = served.rate
        return served.late + max([-((rate * time - come) // (parts * rate)) for time, parts, come in self.corners])


def curve_of(buckets: Sequence[Bucket]) -> Curve:
    """Return the sum of what comes over several links."""
    times = {(0, 1), *[bucket.corner for bucket in buckets]}
    corners = []
    for time, parts in times:
        come = 0
        for (
            bucket
        ) in buckets:  # what has come of each is added up here, as this is what the proof of queues spends its time on
            plain = bucket.rate * time + bucket.burst * parts
            if bucket.line:
                on_line = bucket.line * time + bucket.most * parts
                if on_line < plain or bucket.rate >= bucket.line:
                    plain = on_line
            come += plain
        corners.append((time, parts, come))
    return Curve(
        sum([bucket.rate for bucket in buckets]),
        sum([bucket.burst for bucket in buckets]),
        sum([bucket.last_rate for bucket in buckets]),
        tuple(corners),
    )


def up(value: int, parts: int) -> int:
    """Return value ÷ parts rounded up."""
    return -(-value // parts)


def coarse(time: int) -> int:
    """Return a time rounded up to five significant bits: what the iteration counts with."""
    unit = 2 ** max(0, len(f"{time:b}") - 5) if time else 1
    return up(time, unit) * unit


@frozen
class Class:
    """A class at a link's end. `is_held`: all that comes is held to token buckets."""

    facts: ClassFacts
    reserved: int
    is_held: bool

    def guarantee(self, line: int) -> int:
        """Return what it is sure of: its reservations in the worst promised state, or a fixed share."""
        share = line * self.facts.share_ppb // _PPB
        if self.facts.kind == STRICT:
            return min(self.reserved, share)
        if self.facts.kind == SHARE:
            return share
        return max(self.reserved, share) if self.facts.kind == IDLE else self.reserved


@frozen
class Outlet:
    """A link's end: its rate, what is left of it for declared traffic, its largest packet in bits, and the classes there."""

    line: int
    rate: int
    packet: int
    classes: Mapping[str, Class]
    even: int | None = None  # where classes share by weights: what a unit of weight brings at least beside guarantees

    def is_sharing(self, name: str) -> bool:
        """Return whether a class has a part by weight of what strict ones leave."""
        return self.even is not None and self.classes[name].facts.kind != STRICT

    def takes(self, name: str) -> int:
        """Return the most that a class takes before others in the long run; a strict one that nothing holds takes its cap."""
        own = self.classes[name]
        is_loose = own.facts.kind == STRICT and not own.is_held
        return self.cap(name) if is_loose else own.guarantee(self.line)

    def cap(self, name: str) -> int:
        return self.line * self.classes[name].facts.share_ppb // _PPB

    @cached_property
    def is_oversold(self) -> bool:
        return sum(map(self.takes, self.classes)) > self.rate


Bits = Mapping[str, int]  # in billionths


@frozen
class Question:
    """What class `name` is served beside others: what each brings in a state (bps; None: what it may take in any), and the

    bursts of the held ones as they come and as they leave.
    """

    outlet: Outlet
    name: str
    loads: Mapping[str, int] | None
    coming: Bits
    leaving: Bits

    def answers(self) -> list[Served]:
        """Return service curves, all of which hold."""
        own = self.outlet.classes[self.name]
        others = [name for name in self.outlet.classes if name != self.name]
        strict = [name for name in others if self.outlet.classes[name].facts.kind == STRICT]
        if self.outlet.is_sharing(self.name):
            held = [name for name in others if self.outlet.classes[name].is_held]
            found = [self._by_weight(others, {*strict, *held}), self._by_weight(others, set(strict))]
        elif not own.is_held:
            found = [self._unheld(others, strict)]
        elif own.facts.kind == STRICT:
            found = [self._leftover(strict)]
        else:
            found = [self._leftover(others), self._turns(others, strict)]
        return [served for served in found if served is not None]

    def _used(self, names: Sequence[str]) -> int:
        used = 0
        for name in names:
            most = self.outlet.takes(name)
            is_known = self.loads is not None and self.outlet.classes[name].is_held
            used += min(most, self.loads.get(name, 0)) if is_known and self.loads is not None else most
        return used

    def _leftover(self, names: Sequence[str]) -> Served | None:
        outlet = self.outlet
        rate = outlet.rate - self._used(names)
        bits = 2 * outlet.packet * NS
        for name in names:
            if outlet.classes[name].is_held:
                bits += self.coming.get(name, 0)
            elif outlet.classes[name].facts.kind != IDLE:
                bits += self._shaped(outlet.takes(name))
        return Served(rate, up(bits, rate)) if rate > 0 else None

    def _turns(self, others: Sequence[str], strict: Sequence[str]) -> Served | None:
        outlet = self.outlet
        peers = [name for name in others if outlet.classes[name].facts.kind not in {STRICT, IDLE}]
        left = outlet.rate - self._used(strict)
        own, turns = self._turn(self.name), sum(map(self._turn, peers))
        rate = left * own // (own + turns)
        if left <= 0 or rate <= 0:
            return None
        bits = (len(peers) + 3) * outlet.packet * NS + sum(map(self._strict_burst, strict))
        bits += up(turns * (own + outlet.packet) * NS, own)
        return Served(rate, up(bits, left))

    def _by_weight(self, others: Sequence[str], first: Collection[str]) -> Served | None:
        """Return what is left to the class after those that are `first`, beside all others by weight."""
        outlet = self.outlet
        peers = [name for name in others if name not in first]
        again = int(
            any(own.facts.is_remarked for own in outlet.classes.values())
        )  # what is above its rate may wait apart
        left = outlet.rate - self._used([name for name in others if name in first])
        part = self._part(left, peers, again)
        rate = left * part.numerator // part.denominator
        if left <= 0 or rate <= 0:
            return None
        bits = (len(peers) + again + 3) * outlet.packet * NS
        bits += sum(self._strict_burst(name) if self._is_strict(name) else self.leaving.get(name, 0) for name in first)
        bits += up((self._turn(self.name) + outlet.packet) * NS * (left - rate), rate)
        return Served(rate, up(bits, left))

    def _part(self, left: int, peers: Sequence[str], again: int) -> Fraction:
        """Return the least part of what is left that the class has beside its peers, however much of it devices divide by weight."""
        outlet, own = self.outlet, self.outlet.classes[self.name]
        sure, weight, percent = own.guarantee(outlet.line), own.facts.weight, up(outlet.line, 100)
        heavy = [max(1, self._weight(name)) for name in peers] + [1] * again
        if not heavy:
            return Fraction(1)
        promised = sum(outlet.classes[name].guarantee(outlet.line) for name in peers)
        theirs = promised + sum(percent + (up(percent * each, weight) if weight else 0) for each in heavy)
        spare = max(0, left + outlet.line - outlet.rate - sure - promised)
        most = Fraction(spare, weight + sum(heavy))  # to a unit of weight
        least = outlet.even or 0
        mine = (sure + max(0, least * weight - percent), least), (sure + most * weight, most)
        return min(Fraction(each) / (each + theirs + unit * sum(heavy)) for each, unit in mine)

    def _is_strict(self, name: str) -> bool:
        return self.outlet.classes[name].facts.kind == STRICT

    def _unheld(self, others: Sequence[str], strict: Sequence[str]) -> Served | None:
        outlet, own = self.outlet, self.outlet.classes[self.name]
        left = outlet.rate - self._used(others)
        if left <= 0:
            return None
        bits = 2 * outlet.packet * NS
        for name in others:
            if name in strict:
                bits += self._strict_burst(name)
                continue
            burst = self.leaving.get(name, 0) if outlet.classes[name].is_held else 0
            early = self._shaped(outlet.classes[name].guarantee(outlet.line))
            bits += max(early, burst, (self._turn(name) + outlet.packet) * NS)
        bits += sum(self._shaped(0) for other in outlet.classes.values() if other.facts.is_remarked)
        guarantee, weights = own.guarantee(outlet.line), sum(map(self._weight, outlet.classes))
        rate = left
        if own.facts.kind == STRICT:
            rate = min(left, outlet.cap(self.name))
        elif left > guarantee:
            rate = guarantee + ((left - guarantee) * self._weight(self.name) // weights if weights else 0)
        return Served(rate, up(bits, left) + up(outlet.packet * NS, rate)) if rate > 0 else None

    def _strict_burst(self, name: str) -> int:
        if self.outlet.classes[name].is_held:
            return self.leaving.get(name, 0)
        return self._shaped(self.outlet.cap(name))

    def _weight(self, name: str) -> int:
        return self.outlet.classes[name].facts.weight

    def _turn(self, name: str) -> int:
        """Return what a class may send when it is its turn, in bits."""
        return max(self.outlet.packet, self._weight(name) * _TURN_BITS)

    def _shaped(self, rate: int) -> int:
        return max(2 * self.outlet.packet * NS, rate * _AHEAD_NS) + self.outlet.packet * NS


def even_bps(known: Iterable[ClassFacts], line: int, rate: int, reserved: Mapping[str, int]) -> int:
    """Return what a unit of weight brings at least where classes share by weights: of three quarters of what is not background,

    what caps and guarantees of all classes leave. `reserved` (bps) by class; in bps.
    """
    facts = list(known)
    caps = sum(line * own.share_ppb // _PPB for own in facts if own.kind == STRICT)
    sure = sum(Class(own, reserved.get(own.name, 0), False).guarantee(line) for own in facts if own.kind != STRICT)
    return max(0, rate * 3 // 4 - caps - sure) // max(1, sum(own.weight for own in facts))


def least_size(facts: ClassFacts, packet: int) -> int:
    """Return the bits that a queue has room for at least."""
    return _LEAST_FRAMES.get(facts.kind, _OTHER_FRAMES) * packet


def hold_ns(facts: ClassFacts) -> int:
    """Return how long a queue may hold a packet where no bound asks for less."""
    return _HOLD_NS.get(facts.kind, _OTHER_HOLD_NS)


def free_size(facts: ClassFacts, packet: int, rate: int, bursts: int) -> int:
    """Return the bits that a queue has room for where nothing holds what comes; `bursts` in bits."""
    hold = rate * _HOLD_S.get(facts.kind, _OTHER_HOLD_S) / 8
    return max(least_size(facts, packet), 8 * (hold.numerator // hold.denominator), bursts)
