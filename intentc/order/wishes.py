"""What is asked of an order beside that it keeps every promise."""

from __future__ import annotations

from intentc.values import frozen


@frozen
class Wishes:
    """What is asked of an order: devices that change wholly before all others, and devices that come last in each stage."""

    canaries: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()


NO_WISHES = Wishes()
