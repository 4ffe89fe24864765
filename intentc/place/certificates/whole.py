"""What a link can hold of rates that are never divided: the largest sum of whole rates within its room.

Each demand takes its path as a whole, so what a link holds of some demands is a sum of their rates: where all are multiples
of 2 Gbps, 39 Gbps hold no more than 38. Rounding room down to such a sum sharpens what prices prove of paths that may split (the
rounding of cutting planes, Chvátal 1973).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import gcd

from intentc.forwarding.network import Network
from intentc.place.certificates.market import Cargo

_MOST_PAIRED = 16  # rates
_MOST_UNITS = 4_000_000  # in a room, of the greatest unit that all rates are multiples of
MOST_LOOKED_AT = 200  # demands that are told apart by the links that they cannot use
_Rates = tuple[int, ...]


class WholeRooms:
    """Rooms rounded down; what some rates add up to is worked out once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._few: dict[_Rates, _Sums] = {}
        self._many: _Sums | None = None  # of the demands that were last asked for

    def of(self, cargo: Sequence[Cargo], room: Sequence[int]) -> list[int]:
        """Return the room of every arc as far as whole cargo can fill it; unchanged where some of it may be divided."""
        if not all(item.is_whole for item in cargo):
            return list(room)
        if not self.is_told_apart(cargo):
            return list(map(self._sums_of_many(cargo).rounded, room))
        return [self._sums_of_few(self._on(arc, cargo)).rounded(bps) for arc, bps in enumerate(room)]

    def is_told_apart(self, cargo: Sequence[Cargo]) -> bool:
        """Return whether so few demands are told apart by the links that they cannot use."""
        return len(cargo) <= MOST_LOOKED_AT

    def least(self, arc: int, cargo: Sequence[Cargo], room_bps: int) -> int:
        """Return at most that room, without looking for the sum: less than the largest rate is left of a link that is too small."""
        is_few = self.is_told_apart(cargo)
        rates = self._on(arc, cargo) if is_few else [item.rate_bps for item in cargo]
        return min(sum(rates), max(0, room_bps - max(rates, default=0)) if sum(rates) > room_bps else room_bps)

    def on(self, arc: int, cargo: Sequence[Cargo], room_bps: int) -> int:
        """Return the room of one arc in the same way."""
        if not all(item.is_whole for item in cargo):
            return room_bps
        is_few = self.is_told_apart(cargo)
        sums = self._sums_of_few(self._on(arc, cargo)) if is_few else self._sums_of_many(cargo)
        return sums.rounded(room_bps)

    def _on(self, arc: int, cargo: Iterable[Cargo]) -> _Rates:
        """Return the rates of what may run over an arc: no path comes back to where it began, nor goes on where it ends."""
        tail, head = self._network.tail[arc], self._network.head[arc]
        return tuple(
            sorted(
                item.rate_bps
                for item in cargo
                if arc not in item.closed and not (item.is_direct and (item.starts == {head} or item.goals == {tail}))
            )
        )

    def _sums_of_few(self, rates: _Rates) -> _Sums:
        if rates not in self._few:
            self._few[rates] = _Sums(rates)
        return self._few[rates]

    def _sums_of_many(self, cargo: Iterable[Cargo]) -> _Sums:
        rates = tuple(sorted(item.rate_bps for item in cargo))
        if self._many is None or self._many.rates != rates:
            self._many = _Sums(rates)
        return self._many


class _Sums:
    """What some rates (sorted) add up to, some of them or all: the largest come first, and only as many as an answer takes."""

    def __init__(self, rates: _Rates) -> None:
        self.rates = rates
        self._total_bps = sum(rates)
        self._unit = gcd(*rates) or 1
        self._reach = 0  # units of the largest room that was asked for
        self._sums = 1  # bit k: k units are a sum, up to those
        self._added = 0
        self._known: dict[int, int] = {}
        self._halves: tuple[list[int], list[int]] | None = None

    def rounded(self, room_bps: int) -> int:
        """Return the largest sum within a room; the room itself where it has too many units to tell."""
        if room_bps not in self._known:
            self._known[room_bps] = self._rounded(room_bps)
        return self._known[room_bps]

    def _rounded(self, room_bps: int) -> int:
        if self._total_bps <= room_bps:
            return self._total_bps
        units = room_bps // self._unit
        if not 0 <= units <= _MOST_UNITS:
            return room_bps
        if len(self.rates) <= _MOST_PAIRED:
            return self._paired(room_bps)
        if units > self._reach:
            self._reach, self._sums, self._added = units, 1, 0
        mask = (2 << self._reach) - 1
        while self._added < len(self.rates) and not self._sums >> units & 1:
            self._added += 1
            self._sums |= (self._sums << self.rates[-self._added] // self._unit) & mask
        return ((self._sums & ((2 << units) - 1)).bit_length() - 1) * self._unit

    def _paired(self, room_bps: int) -> int:
        """Return the same for few rates, by the sums of either half of them (Horowitz & Sahni 1974)."""
        if self._halves is None:
            self._halves = _all_sums(self.rates[::2]), _all_sums(self.rates[1::2])
        some, others = self._halves
        return max(bps + others[bisect_right(others, room_bps - bps) - 1] for bps in some if bps <= room_bps)


def _all_sums(rates: _Rates) -> list[int]:
    """Return what some rates add up to, any of them, sorted."""
    found = [0]
    for rate_bps in rates:
        found += [bps + rate_bps for bps in found]
    return sorted(found)
