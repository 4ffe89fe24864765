"""What differs between two topologies where that is no more than the figures of some links."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Span
from intentc.topology.model import Attachment, Link, Management, Node, Topology
from intentc.values import replace

_NOWHERE = Span("", 0, 0, 0, 0)
_THERE = ("up", "drained")


def changed_links(before: Topology, after: Topology) -> frozenset[str] | None:
    """Return the links that differ in metric, latency, capacity, other traffic, or in whether they are drained; None where anything else does.

    Where things stand in the files makes no difference, nor does anything that is said of a link beside these figures but for its name
    and ends, what it is grouped with and what it runs over, as long as that is the same.
    """
    if before is after:
        return frozenset()
    if _frame(before) != _frame(after) or not _same_keys(before.nodes, after.nodes):
        return None
    if not _same_keys(before.links, after.links):
        return None
    pairs = ((before.nodes[name], node) for name, node in after.nodes.items())
    if any(one != other and _bare_node(one) != _bare_node(other) for one, other in pairs):
        return None
    others = {name: link for name, link in after.links.items() if link != before.links[name]}
    if any(not _are_alike(before.links[name], link) for name, link in others.items()):
        return None
    return frozenset([name for name, link in others.items() if _bare_link(before.links[name]) != _bare_link(link)])


def _frame(topology: Topology) -> tuple[object, ...]:
    """Return what a topology says beside its nodes and links."""
    algorithms = {number: replace(item, span=_NOWHERE) for number, item in topology.routing.flex_algos.items()}
    routing = replace(topology.routing, span=None, flex_algos=algorithms)
    collectors = [replace(item, span=_NOWHERE) for item in topology.collectors.values()]
    sites = [replace(item, span=_NOWHERE) for item in topology.sites.values()]
    regions = [(region.name, region.parent) for region in topology.regions.values()]
    return topology.name, routing, collectors, sites, regions, topology.is_complete, topology.broken


def _same_keys(some: Mapping[str, object], others: Mapping[str, object]) -> bool:
    return list(some) == list(others)


def _bare_node(node: Node) -> Node:
    attached: tuple[Attachment, ...] = tuple([replace(item, span=_NOWHERE) for item in node.attached])
    management: Management | None = None if node.management is None else replace(node.management, span=_NOWHERE)
    return replace(node, span=_NOWHERE, attached=attached, management=management)


def _bare_link(link: Link) -> Link:
    return replace(link, span=_NOWHERE)


def _are_alike(one: Link, other: Link) -> bool:
    """Return whether two links differ in nothing but their figures; one that is planned does not exist, which is another thing."""
    if one.state != other.state and not (one.state in _THERE and other.state in _THERE):
        return False
    same = replace(
        one,
        capacity_bps=other.capacity_bps,
        latency_ns=other.latency_ns,
        is_latency_estimated=other.is_latency_estimated,
        igp_metric=other.igp_metric,
        background_bps=other.background_bps,
        state=other.state,
        span=other.span,
    )
    return same == other
