"""One step of a descent (Frank and Wolfe 1956): prices that loads stand for, and loads between two; by the kernel where there is one.

What is made small is Σ utilisation^p, p a power of two. Powers are squares of squares and sums go from the first to the last, so
that results are the same to the bit everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from intentc.native import compiled
from intentc.place.golden import least_share

if TYPE_CHECKING:
    from intentc.forwarding.network import Network

FINEST = 1 << 40  # the dearest price
_STEPS = 12


def prices(network: Network, load: Sequence[float], doublings: int) -> list[int]:
    """Return integer prices per bit: the gradient of the sum of powers of utilisation, `FINEST` where it is steepest."""
    kernel = compiled("descent")
    if kernel is None:
        return prices_twin(network, load, doublings)
    found: list[int] = kernel.prices(network.capacity_bps, load, doublings, FINEST)
    return found


def mixed(network: Network, load: Sequence[float], other: Sequence[int], doublings: int) -> list[float]:
    """Return the load between two where the sum of powers is least (the interval is cut by the golden ratio)."""
    kernel = compiled("descent")
    if kernel is None:
        return mixed_twin(network, load, other, doublings)
    found: list[float] = kernel.mixed(network.capacity_bps, load, other, doublings, _STEPS)
    return found


def prices_twin(network: Network, load: Sequence[float], doublings: int) -> list[int]:
    """Do what `prices` does without the kernel."""
    pull = [part / rate for part, rate in zip(_powers(network, load, doublings), network.capacity_bps, strict=True)]
    most = max(pull, default=0.0) or 1.0
    return [int(part / most * FINEST) for part in pull]


def mixed_twin(network: Network, load: Sequence[float], other: Sequence[int], doublings: int) -> list[float]:
    """Do what `mixed` does without the kernel."""

    def at(share: float) -> list[float]:
        return [old + share * (new - old) for old, new in zip(load, other, strict=True)]

    def total(share: float) -> float:
        between = at(share)
        size = max(bps / rate for bps, rate in zip(between, network.capacity_bps, strict=True))
        for _ in range(doublings):
            size = size * size
        # Not `sum`: from Python 3.12 on it rounds in another way.
        return reduce(add, _powers(network, between, doublings), 0.0) * size

    return at(least_share(total, _STEPS))


def _powers(network: Network, load: Sequence[float], doublings: int) -> list[float]:
    """Return utilisation ÷ worst utilisation to the power of 2^doublings."""
    use = [bps / rate for bps, rate in zip(load, network.capacity_bps, strict=True)]
    most = max(use, default=0.0) or 1.0
    use = [part / most for part in use]
    for _ in range(doublings):
        use = [part * part for part in use]
    return use
