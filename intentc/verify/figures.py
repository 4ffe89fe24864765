"""The latency of a path, derived from the topology by the formulas of the reference (times in µs, rounded up)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from intentc.manifest.model import LatencyEntry, PathEntry
from intentc.topology.model import Topology
from intentc.verify.classes import ClassFacts

_NS_PER_US = 1000
_US_PER_S = 1_000_000


def latency_of(topology: Topology, path: PathEntry, facts: ClassFacts | None) -> LatencyEntry:
    """Return the one-way latency; without `facts` (no committed rate) only propagation is promised, and only that counts.

    Propagation: the sum over the links, in ns, as µs; a link of unknown latency adds nothing. Serialisation: one packet of the link's MTU at its rate per hop.
    Queueing: as many such packets per hop as the class is assumed to wait for.
    """
    propagation_ns = 0
    packets_us = Fraction(0)
    for sender, link_id in zip(path.path, path.links, strict=False):
        link = topology.links[link_id]
        is_ab = link.is_ab(sender)
        propagation_ns += link.latency_ns.towards(is_ab=is_ab) if link.latency_ns is not None else 0
        packets_us += Fraction(link.mtu * 8 * _US_PER_S, link.capacity_bps.towards(is_ab=is_ab))
    propagation = -(-propagation_ns // _NS_PER_US)
    if facts is None:
        return LatencyEntry(propagation, 0, 0, propagation)
    serialisation = _up(packets_us)
    queueing = _up(packets_us * facts.packets_ahead)
    return LatencyEntry(propagation, serialisation, queueing, propagation + serialisation + queueing)


def worst_latency(topology: Topology, paths: Iterable[PathEntry], facts: ClassFacts | None) -> LatencyEntry:
    """Return the latency of the slowest path."""
    return max((latency_of(topology, path, facts) for path in paths), key=lambda entry: entry.total)


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
