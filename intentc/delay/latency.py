"""The latency of paths with bounded queueing, in the normal state and in every promised one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from intentc.realise.model import LatencyParts, Path, QueueBound, QueueKey, Realised, RealisedDemand, StateResult
from intentc.realise.results import QueuedResults, parts_of
from intentc.topology.crossings import senders_below
from intentc.topology.model import Topology
from intentc.values import replace

if TYPE_CHECKING:
    from intentc.delay.rows import Rows
    from intentc.native.routes import Amounts

BASES = ("proved", "queue-limit", "assumed", "none")  # from the strongest to the weakest
_NS_PER_US = 1000
_BITS_US = 8 * 1_000_000  # bytes at bps, in µs
Queues = Mapping[QueueKey, QueueBound]


def with_queueing(
    realised: Realised, queues: Queues, rows: Rows | None = None, amounts: Amounts | None = None
) -> dict[str, RealisedDemand]:
    """Return the demands with the bounded queueing of their paths; the slowest path may be another one now.

    Those of lossless classes stay as they are: how long packets are paused has no bound. `rows`: the program for kernels, and what
    packets wait for as they know it (`amounts`).
    """
    topology = realised.model.topology
    amounts = rows.waits(queues) if rows is not None and amounts is None else amounts
    found: dict[str, RealisedDemand] = {}
    for key, item in realised.demands.items():
        if not is_queued(realised, item):
            found[key] = item
        elif rows is None or amounts is None:
            found[key] = _settled(item, _Figures(topology, item.demand.traffic_class, queues))
        else:
            found[key] = rows.with_queueing(item, amounts)
    return found


def is_queued(realised: Realised, item: RealisedDemand) -> bool:
    """Return whether anything is known of what packets of a demand wait for."""
    return item.demand.has_bandwidth and not realised.model.classes[item.demand.traffic_class].is_lossless


class _Figures:
    """What the paths of one class take."""

    def __init__(self, topology: Topology, name: str, queues: Queues) -> None:
        self._topology, self._name, self._queues = topology, name, queues

    def fixed_parts(self, path: Path) -> tuple[int, int]:
        return fixed_parts(self._topology, path)

    def waits(self, path: Path) -> tuple[int, str]:
        """Return what packets wait for (µs), and the weakest basis."""
        found = [self._queues[(*port, self._name)] for port in ports(self._topology, path)]
        return sum([bound.queueing_us for bound in found]), weakest_basis(
            self._topology, [path], self._name, self._queues
        )


def _settled(item: RealisedDemand, figures: _Figures) -> RealisedDemand:
    known: dict[tuple[Path, ...], LatencyParts] = {}

    def settled(paths: tuple[Path, ...], before: LatencyParts) -> LatencyParts:
        found = known.get(paths)
        if found is None:
            found = known[paths] = _worst(paths, figures, before)
        return found

    normally = settled(item.primary, item.latency)
    return with_latencies(item, normally, [settled(state.paths, state.latency) for state in item.states])


def with_latencies(item: RealisedDemand, normally: LatencyParts, after: Sequence[LatencyParts]) -> RealisedDemand:
    """Return a demand with other latencies, in the normal state and in each of its failure states."""
    states = [
        StateResult(state.when, state.destination, state.paths, latency)
        for state, latency in zip(item.states, after, strict=True)
    ]
    return replace(item, latency=normally, states=tuple(states))


def with_words(item: RealisedDemand, words: Sequence[int]) -> RealisedDemand:
    """Return a demand with the latencies that `native.careers` tells; those of failure states are made when somebody asks."""
    normally = parts_of(item.latency, words[:4], BASES, item.latency, {})
    states = QueuedResults(item.states, normally, words, BASES) if len(words) > 4 else ()
    return replace(item, latency=normally, states=states)


def _worst(paths: Sequence[Path], figures: _Figures, before: LatencyParts) -> LatencyParts:
    """Return the parts of the slowest path, the first of equals, with the weakest basis along it.

    What does not queue is that of `before` where there is one path only.
    """
    if len(paths) == 1:
        return LatencyParts(before.propagation, before.serialisation, *figures.waits(paths[0]))
    return max(
        (LatencyParts(*figures.fixed_parts(path), *figures.waits(path)) for path in paths),
        key=lambda parts: parts.total,
    )


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
    sizes = dict[int, int]()  # by capacity: there are few, and fractions are slow to add up
    for node, name in hops(path):
        link = topology.links[name]
        capacity_bps = link.capacity_bps.towards(is_ab=link.is_ab(node))
        sizes[capacity_bps] = sizes.get(capacity_bps, 0) + link.mtu * _BITS_US
    packets = sum((Fraction(size, capacity_bps) for capacity_bps, size in sizes.items()), Fraction(0))
    return -(-_propagation_ns(topology, path) // _NS_PER_US), -(-packets.numerator // packets.denominator)


def _propagation_ns(topology: Topology, path: Path) -> int:
    latencies = ((topology.links[name], node) for node, name in hops(path))
    return sum(
        link.latency_ns.towards(is_ab=link.is_ab(node)) for link, node in latencies if link.latency_ns is not None
    )


def variation_us(topology: Topology, paths: Sequence[Path], name: str, queues: Queues) -> int:
    """Return a bound on how much the one-way delays of packets may differ, in µs.

    The slowest packet waits as long as it may on the slowest path, the fastest waits nowhere on the fastest. Small packets
    wait behind large ones, too: no time on the wire is the least. What a link itself varies (`jitter` in the topology) adds
    up along the path.
    """
    slow = [
        sum(fixed_parts(topology, path))
        + sum(queues[(*port, name)].queueing_us for port in ports(topology, path))
        + -(-sum(topology.links[link].jitter_ns or 0 for link in path.links) // _NS_PER_US)
        for path in paths
    ]
    return max(slow) - fastest_us(topology, paths)


def fastest_us(topology: Topology, paths: Sequence[Path]) -> int:
    """Return the least time of the smallest packets over any of some paths, in µs, rounded down: propagation alone."""
    return min(_propagation_ns(topology, path) for path in paths) // _NS_PER_US


def loss_ppb(topology: Topology, paths: Sequence[Path]) -> int:
    """Return a bound on the share of packets that the links themselves lose on the worst path: the sum of their shares."""
    return max(sum(topology.links[link].loss_ppb or 0 for link in path.links) for path in paths)
