"""What of a demand each link on its paths has to hold: all of it, or its share where the intent is to be spread.

With it comes what is around packets there: their labels, and on links below a tunnel what the tunnel adds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from intentc.manifest.model import PathEntry
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.tunnels import Arc, below

Sender = tuple[str, str]  # sending node, link
_LABEL_BYTES = 4


@frozen
class Held:
    """What a link holds of a demand (bps), and what it would hold of all of its rate: the limit of a pool."""

    bps: int
    whole: int

    def __add__(self, other: Held) -> Held:
        """Return both: packets may come over a link by itself and within a tunnel."""
        return Held(self.bps + other.bps, self.whole + other.whole)


def held_on(
    topology: Topology, paths: Iterable[PathEntry], rate_bps: int, labels: Mapping[Sender, int], *, is_spread: bool
) -> Mapping[Arc, Held]:
    """Return what is held by direction of the links that `paths` run over (those that exist), and of those below them.

    A member of several paths gets its share of the flows, more or less: what hashing may add to it counts too.
    """
    shares: Counter[Arc] = Counter()
    stacks: dict[Arc, int] = {}
    for path in paths:
        for sender, name in zip(path.path, path.links, strict=False):
            if name in topology.links:
                arc = name, topology.links[name].is_ab(sender)
                shares[arc] += path.share_ppm
                stacks[arc] = labels.get((sender, name), 0)
    uneven, packet = 1 + Fraction(topology.routing.hash_imbalance_ppb, 10**9), topology.routing.mean_packet
    found: dict[Arc, Held] = {}
    for arc, share in shares.items():
        is_part = is_spread and share < 10**6
        own = min(rate_bps, ceil(rate_bps * Fraction(share, 10**6) * uneven)) if is_part else rate_bps
        under = below(topology, arc) if topology.links[arc[0]].over else ()
        for place, around in ((arc, 0), *under):
            bytes_more = _LABEL_BYTES * stacks[arc] + around
            held = Held(_grown(own, bytes_more, packet), _grown(rate_bps, bytes_more, packet))
            found[place] = found[place] + held if place in found else held
    return found


def _grown(bps: int, bytes_more: int, packet: int) -> int:
    return ceil(bps * Fraction(packet + bytes_more, packet)) if bytes_more else bps
