"""Figures of a path, in integers (the formulas stand in intentc/place/README.md)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import lcm

from intentc.forwarding.network import Network
from intentc.forwarding.walk import Arcs, Trail, Walk
from intentc.realise.model import LatencyParts, Path
from intentc.realise.path import Line, Told
from intentc.resolve.model import Scheduling, TrafficClass

KnownPaths = dict[tuple[int, Arcs, int, tuple[int, ...]], Path]  # by start, arcs, share and labels
_WHOLE_PPM = 1_000_000
_NS_PER_US = 1000
# Packets of the link's MTU, at the link's rate, that a packet of the class is assumed to wait for at each hop.
_WEIGHTED_PACKETS = ((30, 2), (20, 4), (0, 8))
_STRICT_PACKETS, _SHARE_PACKETS, _DEFAULT_PACKETS, _IDLE_PACKETS = 1, 8, 16, 32
_DEFAULT_DSCP = 0


def packets_ahead(traffic_class: TrafficClass) -> int:
    """Return the number of packets of the class's assumed queueing delay per hop."""
    if traffic_class.scheduling is Scheduling.STRICT:
        return _STRICT_PACKETS
    if traffic_class.scheduling is Scheduling.IDLE:
        return _IDLE_PACKETS
    if traffic_class.scheduling is Scheduling.SHARE:
        return _SHARE_PACKETS
    if traffic_class.dscp == _DEFAULT_DSCP:
        return _DEFAULT_PACKETS
    return next(packets for weight, packets in _WEIGHTED_PACKETS if traffic_class.weight >= weight)


def latency_parts(network: Network, propagation_ns: int, units: int, ahead: int | None) -> LatencyParts:
    """Return the parts of sums over a path: propagation in ns, packet times in units. `ahead` None: propagation only."""
    propagation = -(-propagation_ns // _NS_PER_US)
    if ahead is None:
        return LatencyParts(propagation, 0, 0, "none")
    scale = network.units_per_us
    return LatencyParts(propagation, -(-units // scale), -(-ahead * units // scale), "assumed")


def latency_of(network: Network, arcs: Arcs, ahead: int | None) -> LatencyParts:
    """Return the one-way latency of a path (a link of unknown latency adds nothing)."""
    return latency_parts(network, *_sums(network, arcs), ahead)


def _sums(network: Network, arcs: Arcs) -> tuple[int, int]:
    found = None if network.figures is None else network.figures.sums(arcs)
    return sums_twin(network, arcs) if found is None else found


def sums_twin(network: Network, arcs: Arcs) -> tuple[int, int]:
    """Return what `native.figures.Figures.sums` does, without a kernel: the propagation in ns and the packet times in units."""
    delays, sizes, propagation_ns, units = network.propagation_ns, network.packet_units, 0, 0
    for arc in arcs:
        propagation_ns += delays[arc] or 0
        units += sizes[arc]
    return propagation_ns, units


def worst_latency(network: Network, trails: Sequence[Trail], ahead: int | None) -> LatencyParts:
    """Return the latency of the slowest path, the first one of equals."""
    if len(trails) == 1:
        return latency_of(network, trails[0].arcs, ahead)
    each = {_sums(network, trail.arcs): None for trail in trails}  # equal paths mostly take equally long
    return max([latency_parts(network, *sums, ahead) for sums in each], key=lambda parts: parts.total)


def ends_of(network: Network, taken: Walk) -> tuple[int, ...]:
    """Return the nodes where packets end, each once, in the order of the paths that lead there."""
    if len(taken.trails) == 1:
        arcs = taken.trails[0].arcs
        return (network.head[arcs[-1]] if arcs else taken.start,)
    ways = sorted((network.nodes_along(taken.start, trail.arcs), trail.arcs) for trail in taken.trails)
    return tuple(dict.fromkeys(nodes[-1] for nodes, _ in ways))


def paths_of(network: Network, taken: Walk, known: KnownPaths | None = None) -> tuple[Path, ...]:
    """Return the paths of a walk by name, sorted, with shares that add up to a million (largest remainders first).

    Those that are `known` are the very same ones.
    """
    trails, found = taken.trails, list[Path]()
    for trail, share in zip(trails, shares_ppm(network, taken), strict=True):
        labels = trail.labels if any(trail.labels) else ()
        key = taken.start, trail.arcs, share, labels
        path = None if known is None else known.get(key)
        if path is None:
            path = Path.of(_line(network, taken, trail), _one_object(share), labels)
            if known is not None:
                known[key] = path
        found.append(path)
    return tuple(sorted(found) if len(found) > 1 else found)


@lru_cache(maxsize=4096)
def _one_object(share_ppm: int) -> int:
    """Return the same number as the one object that paths share: few are parts of few."""
    return share_ppm


def shares_ppm(network: Network, taken: Walk) -> list[int]:
    """Return the shares of a walk's trails, which add up to a million: largest remainders first, then as paths sort."""
    if len(taken.trails) == 1:
        return [_WHOLE_PPM]
    whole = lcm(*[trail.share.denominator for trail in taken.trails])
    exact = [
        divmod(_WHOLE_PPM * trail.share.numerator * (whole // trail.share.denominator), whole) for trail in taken.trails
    ]
    shares = [share for share, _ in exact]
    missing = _WHOLE_PPM - sum(shares)
    if missing:
        names = [_named(network, taken, trail) for trail in taken.trails]
        ranked = sorted(range(len(exact)), key=lambda index: (-exact[index][1], names[index]))
        for index in ranked[:missing]:
            shares[index] += 1
    return shares


def _line(network: Network, taken: Walk, trail: Trail) -> Line:
    if network.names is not None:
        return network.names.line(taken.start, trail.arcs)
    return Told(*named_twin(network, taken.start, trail.arcs))


def _named(network: Network, taken: Walk, trail: Trail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if network.names is not None:
        return network.names.along(taken.start, trail.arcs)
    return named_twin(network, taken.start, trail.arcs)


def named_twin(network: Network, start: int, arcs: Arcs) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what `native.figures.Names.along` does, without a kernel: the names of a path's nodes, and of its links."""
    nodes, links = network.nodes, network.links
    along = network.nodes_along(start, arcs)
    return tuple([nodes[node] for node in along]), tuple([links[arc >> 1] for arc in arcs])
