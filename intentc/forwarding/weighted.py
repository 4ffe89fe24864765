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
    valid. Where lists share a path the most labels count.
    """
    total = sum(weight for _, weight in parts)
    found: dict[Arcs, Trail] = {}
    for trails, weight in parts:
        for trail in trails:
            known = found.get(trail.arcs)
            share = trail.share * Fraction(weight, total)
            if known is None:
                found[trail.arcs] = Trail(trail.arcs, share, trail.labels)
            else:
                found[trail.arcs] = Trail(trail.arcs, known.share + share, most_labels(known.labels, trail.labels))
    return tuple(found[arcs] for arcs in sorted(found))


def most_labels(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """Return arc by arc the larger number of labels; none at all where neither has any."""
    return tuple(map(max, one, other)) if one and other else one or other
