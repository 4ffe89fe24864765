"""What of a demand each link on its paths has to hold: all of it, or its share where the intent is to be spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from intentc.manifest.model import PathEntry
from intentc.topology.model import Topology

Arc = tuple[str, bool]  # link, and whether from its end a to its end b


def held_on(topology: Topology, paths: Iterable[PathEntry], rate_bps: int, *, is_spread: bool) -> Mapping[Arc, int]:
    """Return the bps by direction of the links that `paths` run over (those that exist).

    A member of several paths gets its share of the flows, more or less: what hashing may add to it counts too.
    """
    taken: Counter[Arc] = Counter()
    for path in paths:
        for sender, name in zip(path.path, path.links, strict=False):
            if name in topology.links:
                taken[name, topology.links[name].is_ab(sender)] += path.share_ppm
    uneven = 1 + Fraction(topology.routing.hash_imbalance_ppb, 10**9)
    return {
        arc: min(rate_bps, ceil(rate_bps * Fraction(share, 10**6) * uneven))
        if is_spread and share < 10**6
        else rate_bps
        for arc, share in taken.items()
    }
