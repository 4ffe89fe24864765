"""What of the network a Flexible Algorithm (RFC 9350) uses: which nodes, which links, and by which metric."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.topology.model import FlexAlgo, Link, Topology

# The highest value of the 24 bits that a delay in µs (RFC 8570) or a TE metric (RFC 5305) has: the last resort.
LAST_RESORT = 16_777_215
_NS_PER_US = 1000


def node_of(segment: str) -> tuple[str, str | None]:
    """Return the node of a node segment, and the algorithm that it is of where it is not that of the IGP."""
    name, mark, number = segment.partition("~")
    return name, number if mark else None


def definition_of(topology: Topology, number: str) -> FlexAlgo | None:
    """Return the definition of an algorithm that a segment names."""
    found = (item for item in topology.routing.flex_algos.values() if str(item.number) == number)
    return next(found, None)


def takes_part(topology: Topology, name: str, number: int) -> bool:
    """Return whether a node computes an algorithm and has a prefix SID in it."""
    node = topology.nodes.get(name)
    if node is None or node.segment_routing is None or node.loopback is None:
        return False
    return number in node.segment_routing.flex_algos


def may_use(topology: Topology, algorithm: FlexAlgo, link: Link) -> bool:
    """Return whether an algorithm may use a link: both ends take part, and its affinities and metric are as asked for."""
    if not all(takes_part(topology, end.node, algorithm.number) for end in (link.a, link.b)):
        return False
    if any(name in algorithm.exclude_any for name in link.affinity):
        return False
    if algorithm.include_any and not any(name in link.affinity for name in algorithm.include_any):
        return False
    if not all(name in link.affinity for name in algorithm.include_all):
        return False
    return algorithm.metric == "igp" or (link.latency_ns if algorithm.metric == "delay" else link.te_metric) is not None


def metric_of(algorithm: FlexAlgo, link: Link, near: str) -> int | None:
    """Return the delay (whole µs, rounded up, at least 1) or TE metric that `near` advertises of a link; None for the IGP's."""
    if algorithm.metric == "delay" and link.latency_ns is not None:
        whole, rest = divmod(link.latency_ns.towards(is_ab=link.is_ab(near)), _NS_PER_US)
        return min(max(whole + bool(rest), 1), LAST_RESORT)
    if algorithm.metric == "te" and link.te_metric is not None:
        return link.te_metric.towards(is_ab=link.is_ab(near))
    return None


def leads_over(topology: Topology, algorithm: FlexAlgo, links: Iterable[str]) -> str | None:
    """Return the first of some links that an algorithm may use in some state."""
    known = (topology.links[name] for name in sorted(links) if name in topology.links)
    return next((link.id for link in known if may_use(topology, algorithm, link)), None)
