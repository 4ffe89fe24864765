"""Names of segments: a node's name for its node segment, `NODE~128` for that in algorithm 128, and `LINK@NODE` for the adjacency
segment that leaves a node by a link.
"""

from __future__ import annotations

from intentc.forwarding.network import Network
from intentc.forwarding.policy import Segment


def segment_name(network: Network, segment: Segment) -> str:
    """Return the name of a segment. No node has an `@` or `~` in its name, so that it can be told from what a link may be called."""
    if segment.arc is None:
        return network.nodes[segment.node] + (f"~{segment.algo}" if segment.algo else "")
    return f"{network.links[segment.arc >> 1]}@{network.nodes[network.tail[segment.arc]]}"


def segment_of(network: Network, name: str) -> Segment | None:
    """Return the segment of a name, None where the network has none of it."""
    link, is_adjacency, sender = name.rpartition("@")
    if not is_adjacency:
        return _node_segment(network, name)
    if link not in network.link_index or sender not in network.node_index:
        return None
    arcs = (2 * network.link_index[link], 2 * network.link_index[link] + 1)
    leaving = (arc for arc in arcs if network.tail[arc] == network.node_index[sender])
    return next((Segment(network.head[arc], arc) for arc in leaving), None)


def _node_segment(network: Network, name: str) -> Segment | None:
    node, is_by_algorithm, number = name.partition("~")
    if node not in network.node_index:
        return None
    if not is_by_algorithm:
        return Segment(network.node_index[node])
    known = {str(algo): algo for algo in network.topology.routing.flex_algos}
    return Segment(network.node_index[node], algo=known[number]) if number in known else None
