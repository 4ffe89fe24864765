"""What the labels of SR policies add: to the largest packets of a demand, and to what links hold of its rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intentc.forwarding.policy import SegmentList
from intentc.realise.model import RealisedDemand
from intentc.topology.model import Topology

LABEL_BYTES = 4  # RFC 3032, section 2.1

Labels = tuple[int, ...]  # in front of packets on each link of a path, one after the other
NO_LABELS: Labels = ()  # none on any of them


def labels_along(nodes: Sequence[int], segments: SegmentList) -> Labels:
    """Return how many labels packets have on each link of a path past `nodes` that a segment list leads along.

    An adjacency segment's own label is gone on its link (RFC 8402, section 3.4), that of a node segment is there up to the node.
    """
    found: list[int] = []
    for left, segment in zip(range(len(segments), 0, -1), segments, strict=True):
        stretch = nodes.index(segment.node, len(found) + 1) - len(found)
        found += [left - (segment.arc is not None)] * stretch
    return tuple(found)


def most_labels(item: RealisedDemand) -> int:
    """Return how many labels packets of a demand have at most: a list whole, but an adjacency segment that comes first.

    That one only says where the head-end sends them. Nobody counts on penultimate-hop popping, nor on labels that are gone.
    """
    lists = [
        segments
        for policy in item.policies
        for path in policy.candidates
        for segments in (path.segments, *(one.segments for one in path.lists))
    ]
    return max((len(segments) - ("@" in segments[0]) for segments in lists), default=0)


def with_labels(amount: int, labels: int, mean_packet: int) -> int:
    """Return a rate (bps) or a burst (bytes) of packets of `mean_packet` bytes with so many labels in front, rounded up."""
    return with_bytes(amount, LABEL_BYTES * labels, mean_packet)


def with_bytes(amount: int, extra: int, mean_packet: int) -> int:
    """Return a rate (bps) or a burst (bytes) of packets of `mean_packet` bytes with `extra` bytes around each, rounded up."""
    return -(-amount * (mean_packet + extra) // mean_packet)


def labelled(topology: Topology, item: RealisedDemand) -> Callable[[int], int]:
    """Return what becomes of rates (bps) and bursts (bytes) of a demand on the links: with the labels that it may have."""
    labels, mean_packet = most_labels(item), topology.routing.mean_packet
    return lambda amount: with_labels(amount, labels, mean_packet)
