"""The latency of paths with bounded queueing, in the normal state and in every promised one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from intentc.realise.model import LatencyParts, Path, QueueBound, QueueKey, Realised, RealisedDemand
from intentc.topology.crossings import senders_below
from intentc.topology.model import Topology
from intentc.values import replace

BASES = ("proved", "queue-limit", "assumed", "none")  # from the strongest to the weakest
_NS_PER_US = 1000
_BITS_US = 8 * 1_000_000  # bytes at bps, in µs
Queues = Mapping[QueueKey, QueueBound]


def with_queueing(realised: Realised, queues: Queues) -> dict[str, RealisedDemand]:
    """Return the demands with the bounded queueing of their paths; the slowest path may be another one now.

    Those of lossless classes stay as they are: how long packets are paused has no bound.
    """
    classes, topology = realised.model.classes, realised.model.topology
    return {
        key: item if classes[item.demand.traffic_class].is_lossless else _settled(topology, item, queues)
        for key, item in realised.demands.items()
    }


def _settled(topology: Topology, item: RealisedDemand, queues: Queues) -> RealisedDemand:
    if not item.demand.has_bandwidth:
        return item
    name = item.demand.traffic_class
    known: dict[tuple[Path, ...], LatencyParts] = {}

    def settled(paths: tuple[Path, ...], before: LatencyParts) -> LatencyParts:
        if paths not in known:
            known[paths] = _worst(topology, paths, name, queues, before)
        return known[paths]

    return replace(
        item,
        latency=settled(item.primary, item.latency),
        states=tuple(replace(state, latency=settled(state.paths, state.latency)) for state in item.states),
    )


def _worst(topology: Topology, paths: Sequence[Path], name: str, queues: Queues, before: LatencyParts) -> LatencyParts:
    """Return the parts of the slowest path, the first of equals, with the weakest basis along it.

    What does not queue is that of `before` where there is one path only.
    """
    if len(paths) == 1:
        return _with(topology, (before.propagation, before.serialisation), paths[0], name, queues)
    return max(
        (_with(topology, fixed_parts(topology, path), path, name, queues) for path in paths),
        key=lambda parts: parts.total,
    )


def _with(topology: Topology, fixed: tuple[int, int], path: Path, name: str, queues: Queues) -> LatencyParts:
    queueing = sum(queues[(*port, name)].queueing_us for port in ports(topology, path))
    return LatencyParts(*fixed, queueing, weakest_basis(topology, [path], name, queues))


def weakest_basis(topology: Topology, paths: Sequence[Path], name: str, queues: Queues) -> str:
    """Return the weakest basis of the queues along some paths."""
    bases = {queues[(*port, name)].basis for path in paths for port in ports(topology, path)}
    return max(bases, key=BASES.index, default=BASES[0])


def hops(path: Path) -> list[tuple[str, str]]:
    """Return the sending node and the link of each hop."""
    return list(zip(path.nodes, path.links, strict=False))


def ports(topology: Topology, path: Path) -> list[tuple[str, str]]:
    """Return link and sending node of each port that packets wait at: those of the hops, and those below tunnels."""
    found: list[tuple[str, str]] = []
    for node, name in hops(path):
        link = topology.links[name]
        found += [(name, node), *(senders_below(topology, link, node) if link.over else ())]
    return found


def fixed_parts(topology: Topology, path: Path) -> tuple[int, int]:
    """Return propagation and serialisation of a path in µs, each sum exact and rounded up once."""
    propagation_ns, sizes = 0, dict[int, int]()  # by capacity: there are few, and fractions are slow to add up
    for node, name in hops(path):
        link = topology.links[name]
        is_ab = link.is_ab(node)
        propagation_ns += link.latency_ns.towards(is_ab=is_ab) if link.latency_ns is not None else 0
        capacity_bps = link.capacity_bps.towards(is_ab=is_ab)
        sizes[capacity_bps] = sizes.get(capacity_bps, 0) + link.mtu * _BITS_US
    packets = sum((Fraction(size, capacity_bps) for capacity_bps, size in sizes.items()), Fraction(0))
    return -(-propagation_ns // _NS_PER_US), -(-packets.numerator // packets.denominator)


def variation_us(topology: Topology, paths: Sequence[Path], name: str, queues: Queues) -> int:
    """Return a bound on how much the one-way delays of packets of one size may differ, in µs.

    The slowest packet waits as long as it may on the slowest path, the fastest waits nowhere on the fastest. What a link
    itself varies (`jitter` in the topology) adds up along the path.
    """
    fixed = [sum(fixed_parts(topology, path)) for path in paths]
    slow = [
        parts
        + sum(queues[(*port, name)].queueing_us for port in ports(topology, path))
        + -(-sum(topology.links[link].jitter_ns or 0 for link in path.links) // _NS_PER_US)
        for parts, path in zip(fixed, paths, strict=True)
    ]
    return max(slow) - min(fixed)


def loss_ppb(topology: Topology, paths: Sequence[Path]) -> int:
    """Return a bound on the share of packets that the links themselves lose on the worst path: the sum of their shares."""
    return max(sum(topology.links[link].loss_ppb or 0 for link in path.links) for path in paths)
