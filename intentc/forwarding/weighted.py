"""Several segment lists of one candidate path, over which flows are hashed by weight (RFC 9256, section 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from intentc.forwarding.walk import Arcs, Trail

WEIGHTS = 16  # the weights of a candidate's lists add up to it: shares are whole sixteenths
MOST_LISTS = 4


def merge_trails(parts: Sequence[tuple[Iterable[Trail], int]]) -> tuple[Trail, ...]:
    """Return the paths of lists with their weights as one, sorted; lists that are not up are left out by the caller.

    What a list that is down would carry the others take, each by its weight: so a head-end programs the lists that are
    valid.
    """
    total = sum(weight for _, weight in parts)
    found: dict[Arcs, Fraction] = {}
    for trails, weight in parts:
        for trail in trails:
            found[trail.arcs] = found.get(trail.arcs, Fraction(0)) + trail.share * Fraction(weight, total)
    return tuple(Trail(arcs, found[arcs]) for arcs in sorted(found))
