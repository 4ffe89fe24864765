"""What a link can hold of rates that are never divided: the largest sum of whole rates within its room.

Each demand takes its path as a whole, so what a link holds of some demands is a sum of their rates: where all are multiples
of 2 Gbps, 39 Gbps hold no more than 38. Rounding room down to such a sum sharpens what prices prove of paths that may split (the
rounding of cutting planes, Chvátal 1973).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd

from intentc.forwarding.network import Network
from intentc.place.certificates.market import Cargo

_MOST_UNITS = 4_000_000  # in the largest room, of the greatest unit that all rates are multiples of
MOST_LOOKED_AT = 200  # demands that are told apart by the links that they cannot use
_Rates = tuple[int, ...]


class WholeRooms:
    """Rooms rounded down; what some rates add up to is worked out once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._sums: dict[_Rates, tuple[int, int]] = {}  # the unit, and a number with bit k where k units are a sum

    def of(self, cargo: Sequence[Cargo], room: Sequence[int]) -> list[int]:
        """Return the room of every arc as far as whole cargo can fill it; unchanged where some of it may be divided."""
        if not all(item.is_whole for item in cargo):
            return list(room)
        if len(cargo) > MOST_LOOKED_AT:
            everything = tuple(sorted(item.rate_bps for item in cargo))
            return [self._rounded(everything, bps) for bps in room]
        return [self._rounded(self._on(arc, cargo), bps) for arc, bps in enumerate(room)]

    def least(self, arc: int, cargo: Sequence[Cargo], room_bps: int) -> int:
        """Return at most that room, without looking for the sum: less than the largest rate is left of a link that is too small."""
        is_few = len(cargo) <= MOST_LOOKED_AT
        rates = self._on(arc, cargo) if is_few else [item.rate_bps for item in cargo]
        return min(sum(rates), max(0, room_bps - max(rates, default=0)) if sum(rates) > room_bps else room_bps)

    def on(self, arc: int, cargo: Sequence[Cargo], room_bps: int) -> int:
        """Return the room of one arc in the same way."""
        if not all(item.is_whole for item in cargo):
            return room_bps
        if len(cargo) > MOST_LOOKED_AT:
            return self._rounded(tuple(sorted(item.rate_bps for item in cargo)), room_bps)
        return self._rounded(self._on(arc, cargo), room_bps)

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

    def _rounded(self, rates: _Rates, room_bps: int) -> int:
        if sum(rates) <= room_bps:
            return sum(rates)
        unit, sums = self._sums_of(rates)
        units = room_bps // unit
        if units > _MOST_UNITS:
            return room_bps
        return ((sums & ((1 << (units + 1)) - 1)).bit_length() - 1) * unit

    def _sums_of(self, rates: _Rates) -> tuple[int, int]:
        if rates not in self._sums:
            unit = gcd(*rates)
            most = max(self._network.capacity_bps) // unit
            sums = 1
            if most <= _MOST_UNITS:
                mask = (1 << (most + 1)) - 1
                for bps in rates:
                    sums |= (sums << bps // unit) & mask
            self._sums[rates] = unit, sums
        return self._sums[rates]
