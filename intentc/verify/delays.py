"""How long a queue may hold a packet: arrival curves against rate-latency service, in exact fractions (bits, seconds).

Everything is derived here from the formulas that intentc/delay/README.md states, by other means than the compiler's: sums
of token buckets are evaluated at every corner, where the compiler walks their slopes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from intentc.values import frozen
from intentc.verify.classes import IDLE, SHARE, STRICT, ClassFacts

NS = 1_000_000_000
_PPB = 1_000_000_000
_AHEAD_S = Fraction(1, 1000)  # a class's shaper may be 1 ms of its rate ahead, and two frames at least
_TURN_BITS = 2400  # per weight: 300 bytes
_LEAST_FRAMES = {STRICT: 16}
_OTHER_FRAMES = 32
_HOLD_S = {STRICT: Fraction(1, 100)}
_OTHER_HOLD_S = Fraction(1, 20)


@frozen
class Bucket:
    """What comes over one link: rate (bps) and burst (bits), and the line that brings it (0: none), a packet of `most` at once."""

    rate: int
    burst: Fraction
    line: int
    most: int

    def bits(self, time: Fraction) -> Fraction:
        """Return the most that may have come within some time, the first instant included."""
        plain = self.rate * time + self.burst
        if not self.line:
            return plain
        on_line = self.line * time + self.most
        return min(plain, on_line) if self.rate < self.line else on_line

    @property
    def last_rate(self) -> int:
        return self.rate if not self.line else min(self.rate, self.line)

    @property
    def corner(self) -> Fraction:
        """Return when the burst has come over the line."""
        if not self.line or self.rate >= self.line:
            return Fraction(0)
        return max(Fraction(0), (self.burst - self.most) / (self.line - self.rate))


@frozen
class Served:
    """At least `rate` (bps) after `late` ns of being busy."""

    rate: int
    late: int


def delay_of(buckets: Sequence[Bucket], served: Served) -> int | None:
    """Return the largest horizontal distance between what comes and what is served, in ns, rounded up; None: no bound."""
    if sum(bucket.last_rate for bucket in buckets) > served.rate:
        return None
    times = {Fraction(0), *(bucket.corner for bucket in buckets)}
    ahead = max(sum((bucket.bits(time) for bucket in buckets), Fraction(0)) - served.rate * time for time in times)
    return served.late + up(ahead * NS / served.rate)


def up(value: Fraction) -> int:
    """Return the value rounded up to an integer."""
    return -(-value.numerator // value.denominator)


def coarse(time: int) -> int:
    """Return a time rounded up to five significant bits: what the iteration counts with."""
    unit = 2 ** max(0, len(f"{time:b}") - 5) if time else 1
    return up(Fraction(time, unit)) * unit


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

    def takes(self, name: str) -> int:
        """Return the most that a class takes before others in the long run; a strict one that nothing holds takes its cap."""
        own = self.classes[name]
        is_loose = own.facts.kind == STRICT and not own.is_held
        return self.cap(name) if is_loose else own.guarantee(self.line)

    def cap(self, name: str) -> int:
        return self.line * self.classes[name].facts.share_ppb // _PPB

    @property
    def is_oversold(self) -> bool:
        return sum(map(self.takes, self.classes)) > self.rate


Bits = Mapping[str, Fraction]


@frozen
class Question:
    """What class `name` is served beside others: what each brings in a state (bps; None: what it may take in any), and the

    bursts of the held ones as they come and as they leave (bits).
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
        if not own.is_held:
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
        bits = Fraction(2 * outlet.packet)
        for name in names:
            if outlet.classes[name].is_held:
                bits += self.coming.get(name, 0)
            elif outlet.classes[name].facts.kind != IDLE:
                bits += self._shaped(outlet.takes(name))
        return Served(rate, up(bits * NS / rate)) if rate > 0 else None

    def _turns(self, others: Sequence[str], strict: Sequence[str]) -> Served | None:
        outlet = self.outlet
        peers = [name for name in others if outlet.classes[name].facts.kind not in {STRICT, IDLE}]
        left = outlet.rate - self._used(strict)
        own, turns = self._turn(self.name), sum(map(self._turn, peers))
        rate = left * own // (own + turns)
        if left <= 0 or rate <= 0:
            return None
        bits = 2 * outlet.packet + sum((self._strict_burst(name) for name in strict), Fraction(0))
        # Bits are rounded up at a billionth, the compiler's unit.
        bits += Fraction(up(Fraction(turns * (own + outlet.packet), own) * NS), NS) + (len(peers) + 1) * outlet.packet
        return Served(rate, up(bits * NS / left))

    def _unheld(self, others: Sequence[str], strict: Sequence[str]) -> Served | None:
        outlet, own = self.outlet, self.outlet.classes[self.name]
        left = outlet.rate - self._used(others)
        if left <= 0:
            return None
        bits = Fraction(2 * outlet.packet)
        for name in others:
            if name in strict:
                bits += self._strict_burst(name)
                continue
            burst = self.leaving.get(name, Fraction(0)) if outlet.classes[name].is_held else Fraction(0)
            early = self._shaped(outlet.classes[name].guarantee(outlet.line))
            bits += max(early, burst, Fraction(self._turn(name) + outlet.packet))
        bits += sum(self._shaped(0) for other in outlet.classes.values() if other.facts.is_remarked)
        guarantee, weights = own.guarantee(outlet.line), sum(map(self._weight, outlet.classes))
        rate = left
        if own.facts.kind == STRICT:
            rate = min(left, outlet.cap(self.name))
        elif left > guarantee:
            rate = guarantee + ((left - guarantee) * self._weight(self.name) // weights if weights else 0)
        return Served(rate, up(bits * NS / left) + up(Fraction(outlet.packet * NS, rate))) if rate > 0 else None

    def _strict_burst(self, name: str) -> Fraction:
        if self.outlet.classes[name].is_held:
            return self.leaving.get(name, Fraction(0))
        return self._shaped(self.outlet.cap(name))

    def _weight(self, name: str) -> int:
        return self.outlet.classes[name].facts.weight

    def _turn(self, name: str) -> int:
        return max(self.outlet.packet, self._weight(name) * _TURN_BITS)

    def _shaped(self, rate: int) -> Fraction:
        return max(Fraction(2 * self.outlet.packet), rate * _AHEAD_S) + self.outlet.packet


def least_size(facts: ClassFacts, packet: int) -> int:
    """Return the bits that a queue has room for at least."""
    return _LEAST_FRAMES.get(facts.kind, _OTHER_FRAMES) * packet


def hold_ns(facts: ClassFacts) -> int:
    """Return how long a queue may hold a packet where no bound asks for less."""
    return int(_HOLD_S.get(facts.kind, _OTHER_HOLD_S) * NS)


def free_size(facts: ClassFacts, packet: int, rate: int, bursts: int) -> int:
    """Return the bits that a queue has room for where nothing holds what comes; `bursts` in bits."""
    hold = rate * _HOLD_S.get(facts.kind, _OTHER_HOLD_S) / 8
    return max(least_size(facts, packet), 8 * (hold.numerator // hold.denominator), bursts)
