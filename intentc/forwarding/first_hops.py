"""Where packets leave a node towards every other node: one shortest-path tree from the node instead of one to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.native import compiled
from intentc.values import frozen

Arcs = tuple[int, ...]
_FAR = 1 << 62


@frozen
class FirstHops:
    """The IGP's next hops at one node in one state. Sets of nodes are masks with the bit `1 << node`.

    `by_arcs`: the nodes to which packets leave over exactly these arcs. `dead`: the nodes out of reach, the node itself
    included (nothing is sent there). An outage that touches no bit of `used` changes nothing here.
    """

    by_arcs: Mapping[Arcs, int]
    dead: int
    used: int


class FirstHopTables:
    """Tables of one network, made when they are first asked for and kept."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kernels = compiled("first_hops") if network.graph is not None else None
        self._tables: dict[tuple[int, Outage], FirstHops] = {}
        self._direct: dict[tuple[Arcs, Outage], bool] = {}

    def at(self, node: int, outage: Outage) -> FirstHops:
        """Return the next hops at a node that is up in a state."""
        table = self._tables.get((node, outage))
        if table is None:
            normal = self.at(node, NORMAL) if outage is not NORMAL else None
            table = self._made(node, outage.links) if normal is None or outage.touches(normal.used) else normal
            self._tables[node, outage] = table
        return table

    def _made(self, node: int, links: frozenset[int]) -> FirstHops:
        """Return the next hops at a node where some links are down."""
        found = None if self._kernels is None else self._kernels.first_hops(self._network.graph, node, links)
        return first_hops_twin(self._network, node, links) if found is None else FirstHops(*found)

    def is_direct(self, arcs: Arcs, outage: Outage) -> bool:
        """Return whether packets to the neighbour that some parallel arcs lead to leave over just these.

        Else no packets do, wherever they go: what is behind the neighbour is reached as the neighbour is.
        """
        known = self._direct.get((arcs, outage))
        if known is None:
            known = (outage is not NORMAL and self.is_direct(arcs, NORMAL)) or self._leaves_by(arcs, outage)
            self._direct[arcs, outage] = known
        return known

    def _leaves_by(self, arcs: Arcs, outage: Outage) -> bool:
        """Look no farther from the arcs' tail than they are long."""
        network, metric = self._network, self._network.metric
        start, end, most = network.tail[arcs[0]], network.head[arcs[0]], metric[arcs[0]]
        distance = {start: 0}
        heap = [(0, start)]
        while heap:
            length, node = heappop(heap)
            if length > distance[node] or (network.has_overload[node] and node != start):
                continue
            for arc in network.leaving[node]:
                longer, head = length + metric[arc], network.head[arc]
                if longer > most or arc >> 1 in outage.links:
                    continue
                if head == end and arc not in arcs:
                    return False
                if longer < distance.get(head, _FAR):
                    distance[head] = longer
                    heappush(heap, (longer, head))
        return all(metric[arc] == most for arc in arcs)


def members(nodes: int) -> Iterator[int]:
    """Yield the nodes of a mask, the smallest index first."""
    while nodes:
        lowest = nodes & -nodes
        yield lowest.bit_length() - 1
        nodes ^= lowest


def first_hops_twin(network: Network, start: int, links: frozenset[int]) -> FirstHops:
    """Return what `native.first_hops` does, without a kernel."""
    order, distance = _reach(network, start, links)
    firsts = [0] * len(network.nodes)  # per node the arcs at `start` that lead to it, as bits of their place there
    used = network.node_bit(start)
    for node in order:
        for place, arc in enumerate(network.leaving[node]):
            head = network.head[arc]
            is_tight = distance[node] + network.metric[arc] == distance[head] and arc >> 1 not in links
            if is_tight and (node == start or not network.has_overload[node]):
                firsts[head] |= 1 << place if node == start else firsts[node]
                used |= network.link_bit(arc >> 1) | network.node_bit(head)
    by_firsts: dict[int, int] = {}
    for node, first in enumerate(firsts):
        by_firsts[first] = by_firsts.get(first, 0) | 1 << node
    dead = by_firsts.pop(0, 0) | 1 << start
    leaving = network.leaving[start]
    return FirstHops(
        {
            tuple(arc for place, arc in enumerate(leaving) if first >> place & 1): nodes
            for first, nodes in by_firsts.items()
        },
        dead,
        used,
    )


def _reach(network: Network, start: int, down: frozenset[int]) -> tuple[list[int], list[int]]:
    """Return the nodes in reach by distance, and the distances of all (RFC 3787: not through overloaded nodes)."""
    distance = [_FAR] * len(network.nodes)
    distance[start] = 0
    order: list[int] = []
    heap = [(0, start)]
    metric, head = network.metric, network.head
    while heap:
        length, node = heappop(heap)
        if length > distance[node]:
            continue
        order.append(node)
        if network.has_overload[node] and node != start:
            continue
        for arc in network.leaving[node]:
            longer = length + metric[arc]
            if longer < distance[head[arc]] and arc >> 1 not in down:
                distance[head[arc]] = longer
                heappush(heap, (longer, head[arc]))
    return order, distance
