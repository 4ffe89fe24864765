"""Flexible Algorithms (RFC 9350): the network as each of them sees it, and the shortest paths over that.

An algorithm's view is the network without the nodes that take no part, the links that its constraints leave out and those
without its metric (section 13), with that metric in place of the IGP's. Everything else is shortest paths as ever: all
equal-cost next hops, overloaded nodes, drained links as a last resort (section 15.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import ArcsAt, Network, view_of
from intentc.topology.model import FlexAlgo
from intentc.values import frozen

# The highest values of 24 bits: delay in µs (RFC 8570 §4.2, RFC 9350 §15.3), TE metric (RFC 5305 §3.7).
_LAST_RESORT = {"delay": 2**24 - 1, "te": 2**24 - 1}
_NS_PER_US = 1000


@frozen
class Algorithm:
    """Shortest paths of one algorithm; `links` are those that any of them can run over, `has_part` the nodes that take part."""

    definition: FlexAlgo
    igp: Igp
    links: frozenset[int]
    has_part: tuple[bool, ...]

    def avoids(self, links: Collection[int]) -> bool:
        """Return whether no packet of the algorithm, in any state, runs over any of these links."""
        return self.links.isdisjoint(links)


def build_algorithms(network: Network) -> Mapping[int, Algorithm]:
    """Return the algorithms that a network defines, by number."""
    return {
        number: _build(network, definition)
        for number, definition in sorted(network.topology.routing.flex_algos.items())
    }


def _build(network: Network, definition: FlexAlgo) -> Algorithm:
    has_part = tuple(_has_part(network, name, definition.number) for name in network.nodes)
    metric = network.metric if definition.metric == "igp" else tuple(_metrics(network, definition.metric))
    kept = frozenset(
        link
        for link, name in enumerate(network.links)
        if has_part[network.tail[2 * link]]
        and has_part[network.head[2 * link]]
        and definition.admits(network.topology.links[name].affinity)
        and metric[2 * link]
    )

    def only_kept(arcs_of: ArcsAt) -> ArcsAt:
        return tuple(tuple(arc for arc in arcs if arc >> 1 in kept) for arcs in arcs_of)

    view = view_of(network, only_kept(network.leaving), only_kept(network.entering), metric)
    return Algorithm(definition, Igp(view), kept, has_part)


def _has_part(network: Network, name: str, number: int) -> bool:
    """Return whether a node computes an algorithm and has a SID in it: one for its loopback's prefix."""
    node = network.topology.nodes[name]
    routing = node.segment_routing
    return routing is not None and number in routing.flex_algos and node.loopback is not None


def _metrics(network: Network, kind: str) -> Iterator[int]:
    """Yield the metric of every arc, 0 where nobody knows it."""
    topology = network.topology
    for arc, tail in enumerate(network.tail):
        is_stub = topology.routing.igp == "ospf" and not network.has_transit[tail]
        known = _delay_us(network, arc) if kind == "delay" else _te_metric(network, arc)
        yield _LAST_RESORT[kind] if known and (is_stub or arc >> 1 in network.drained) else known


def _delay_us(network: Network, arc: int) -> int:
    """Return the min unidirectional link delay in µs (RFC 8570 §4.2), rounded up and at least 1."""
    delay_ns = network.propagation_ns[arc]
    if delay_ns is None:
        return 0
    return min(max(-(-delay_ns // _NS_PER_US), 1), _LAST_RESORT["delay"])


def _te_metric(network: Network, arc: int) -> int:
    metric = network.link_of(arc).te_metric
    if metric is None:
        return 0
    return metric.ba if arc & 1 else metric.ab
