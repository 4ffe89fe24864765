"""What a link can hold of rates that are never divided: the largest sum of whole rates within its room.

Each demand takes its path as a whole, so what a link holds of some demands is a sum of their rates: where all are multiples
of 2 Gbps, 39 Gbps hold no more than 38. Rounding room down to such a sum sharpens what prices prove of paths that may split (the
rounding of cutting planes, Chvátal 1973).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd

_MOST_UNITS = 4_000_000  # in the largest room, of the greatest unit that all rates are multiples of


def whole_rooms(rates_bps: Iterable[int], rooms_bps: Sequence[int]) -> list[int] | None:
    """Return every room rounded down to a sum of some of the rates; None where that takes too long to find out."""
    rates = sorted(bps for bps in rates_bps if bps)
    unit = gcd(*rates)
    most = max(rooms_bps, default=0)
    if not unit or most // unit > _MOST_UNITS:
        return None
    mask, sums = (1 << (most // unit + 1)) - 1, 1  # bit k: k units are a sum
    for bps in rates:
        sums |= (sums << bps // unit) & mask
    known: dict[int, int] = {}
    for room in set(rooms_bps):
        known[room] = ((sums & ((1 << (room // unit + 1)) - 1)).bit_length() - 1) * unit
    return [known[room] for room in rooms_bps]
