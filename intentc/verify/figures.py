"""The latency of a path, derived from the topology by the formulas of the reference (times in µs, rounded up)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from intentc.manifest.model import Basis, LatencyEntry, PathEntry
from intentc.verify.case import Case, World
from intentc.verify.tunnels import ports_below

_NS_PER_US = 1000
_US_PER_S = 1_000_000
_BASES: tuple[Basis, ...] = ("proved", "queue-limit", "assumed", "none")  # from the strongest to the weakest


def latency_of(world: World, case: Case, path: PathEntry) -> LatencyEntry:
    """Return the one-way latency; without a committed rate, or where packets are paused, only propagation is told.

    Propagation: the sum over the links, in ns, as µs; a link of unknown latency adds nothing. Serialisation: one packet of the link's MTU at its rate per hop.
    Queueing: what each queue on the way may hold a packet up beyond that.
    """
    propagation, serialisation = fixed_of(world, path)
    if case.facts is None or case.facts.is_lossless:
        return LatencyEntry(propagation, 0, 0, propagation)
    queueing = sum(world.wait(*port, case.facts.name).us for port in ports(world, path))
    return LatencyEntry(propagation, serialisation, queueing, propagation + serialisation + queueing)


def worst_latency(world: World, case: Case, paths: Iterable[PathEntry]) -> LatencyEntry:
    """Return the latency of the slowest path."""
    return max((latency_of(world, case, path) for path in paths), key=lambda entry: entry.total)


def fixed_of(world: World, path: PathEntry) -> tuple[int, int]:
    """Return propagation and serialisation of a path."""
    packets_us = Fraction(0)
    for sender, link_id in _hops(path):
        link = world.topology.links[link_id]
        packets_us += Fraction(link.mtu * 8 * _US_PER_S, link.capacity_bps.towards(is_ab=link.is_ab(sender)))
    return -(-_flight_ns(world, path) // _NS_PER_US), -(-packets_us.numerator // packets_us.denominator)


def earliest_us(world: World, paths: Iterable[PathEntry]) -> int:
    """Return when the smallest packet that waits nowhere arrives over the fastest of some paths: no size takes no time."""
    return min(_flight_ns(world, path) for path in paths) // _NS_PER_US


def _flight_ns(world: World, path: PathEntry) -> int:
    taken = 0
    for sender, link_id in _hops(path):
        link = world.topology.links[link_id]
        taken += link.latency_ns.towards(is_ab=link.is_ab(sender)) if link.latency_ns is not None else 0
    return taken


def basis_of(world: World, case: Case, paths: Iterable[PathEntry]) -> Basis:
    """Return the weakest basis of the queues on some paths."""
    if case.facts is None or case.facts.is_lossless:
        return "none"
    found = {world.wait(*port, case.facts.name).basis for path in paths for port in ports(world, path)}
    return max(found, key=_BASES.index, default=_BASES[0])


def ports(world: World, path: PathEntry) -> list[tuple[str, str]]:
    """Return link and sending node of all ports that packets wait at, those below tunnels too."""
    topology = world.topology
    return [
        port
        for node, link in _hops(path)
        for port in ((link, node), *(ports_below(topology, node, link) if topology.links[link].over else ()))
    ]


def _hops(path: PathEntry) -> list[tuple[str, str]]:
    return list(zip(path.path, path.links, strict=False))
