"""What comes of following segments one after the other."""

from __future__ import annotations

from fractions import Fraction

from intentc.forwarding.equal_parts import WHOLE
from intentc.forwarding.policy import Followed, Health
from intentc.forwarding.walk import Arcs, Mishap, Trail


def joined(before: tuple[Trail, ...], after: tuple[Trail, ...], labels: int) -> tuple[Trail, ...]:
    """Return the trails of two parts one after the other, sorted by their arcs, with the labels that packets have in the second one.

    An adjacency segment's own label is gone on its link (RFC 8402, section 3.4), that of a node segment is there up to the
    node: nobody counts on penultimate-hop popping.
    """
    found = [
        Trail((*one.arcs, *two.arcs), _product(one.share, two.share), (*one.labels, *[labels] * len(two.arcs)))
        for one in before
        for two in after
    ]
    return tuple(found) if len(found) == 1 else tuple(sorted(found, key=lambda trail: trail.arcs))


def _product(one: Fraction, two: Fraction) -> Fraction:
    """Return the product of two shares; most are the whole."""
    if one is WHOLE:
        return two
    return one if two is WHOLE else one * two


def down(dependence: int) -> Followed:
    return Followed(Health.DOWN, (), dependence)


LOST = (down(0), Followed(Health.UP, (), 0, Mishap.LOOP))  # by the number that a kernel has for it


def one_way(arcs: Arcs, labels: tuple[int, ...], dependence: int) -> Followed:
    return Followed(Health.UP, (Trail(arcs, WHOLE, labels),), dependence)
