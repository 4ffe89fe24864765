"""Where between two loads a sum of powers is least: the interval is cut by the golden ratio (Kiefer 1953)."""

from __future__ import annotations

from collections.abc import Callable

RATIO = 0.6180339887498949


def least_share(total: Callable[[float], float], steps: int) -> float:
    """Return the share from 0 to 1 at which a total that falls and then rises is least, after so many steps."""
    low, high = 0.0, 1.0
    for _ in range(steps):
        left, right = high - RATIO * (high - low), low + RATIO * (high - low)
        if total(left) <= total(right):
            high = right
        else:
            low = left
    return (low + high) / 2
