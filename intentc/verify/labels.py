"""What labels add to the packets of a demand, and to its bursts: the longest of its lists counts everywhere."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from intentc.manifest.model import DemandEntry
from intentc.topology.model import Topology
from intentc.verify.policies import lists_of, split

BYTES = 4  # a label


def most_labels(entry: DemandEntry) -> int:
    """Return how many labels the longest list puts in front of packets; the head-end obeys a link that comes first itself."""
    depths = [
        len(segments) - (split(segments[0]) is not None)
        for policy in entry.policies
        for candidate in policy.candidates
        for _, segments in lists_of(candidate)
        if segments
    ]
    return max(depths, default=0)


def with_most_labels(topology: Topology, entry: DemandEntry, amount: int) -> int:
    """Return what bytes of a demand come to with as many labels as packets ever have, of packets of the mean size."""
    if not entry.policies:
        return amount
    return ceil(amount * (1 + Fraction(BYTES * most_labels(entry), topology.routing.mean_packet)))
