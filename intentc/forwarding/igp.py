"""The link-state IGP: shortest paths towards nodes in every failure state, with all equal-cost next hops."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from intentc.forwarding.first_hops import FirstHopTables
from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage

UNREACHABLE = 1 << 62


class Tree:
    """Distances and next hops of every node towards the nearest of `targets` in one state.

    `distance` are those of the normal state, `changed` those that differ in this one: a failure cuts off few nodes.
    """

    __slots__ = ("_changed", "_distance", "_footprints", "_network", "_next", "_outage", "targets")

    def __init__(
        self, network: Network, targets: frozenset[int], outage: Outage, distance: list[int], changed: dict[int, int]
    ) -> None:
        self.targets = targets
        self._network = network
        self._outage = outage
        self._distance = distance
        self._changed = changed
        self._next: dict[int, tuple[int, ...]] = {}
        self._footprints: dict[int, int] = {}

    def distance(self, node: int) -> int:
        """Return the sum of the metrics from `node`, or `UNREACHABLE`."""
        found = self._changed.get(node)
        return self._distance[node] if found is None else found

    def distances(self) -> Sequence[int]:
        """Return the distances of all nodes, by index."""
        if not self._changed:
            return self._distance
        found = list(self._distance)
        for node, distance in self._changed.items():
            found[node] = distance
        return found

    def repaired(self, outage: Outage) -> Tree:
        """Return the tree of a failure state; this one is that of the normal state."""
        changed = _repair(self._network, self, outage)
        return Tree(self._network, self.targets, outage, self._distance, changed)

    def next_arcs(self, node: int) -> tuple[int, ...]:
        """Return the arcs of all shortest paths that leave `node`, sorted; none at a target or where there is no path."""
        arcs = self._next.get(node)
        if arcs is None:
            arcs = self._next[node] = self._tight(node)
        return arcs

    def _tight(self, node: int) -> tuple[int, ...]:
        own = self.distance(node)
        if own in (0, UNREACHABLE):
            return ()
        network, distance, down = self._network, self.distance, self._outage.links
        metric, head = network.metric, network.head
        return tuple(
            arc
            for arc in network.leaving[node]
            if metric[arc] + distance(head[arc]) == own and arc >> 1 not in down and self.is_passable(head[arc])
        )

    def is_passable(self, node: int) -> bool:
        """Return whether the IGP sends packets for the targets to or through a node."""
        return not self._network.has_overload[node] or node in self.targets

    def footprint(self, node: int) -> int:
        """Return the mask of `node` and of all elements on its shortest paths.

        An outage that touches none of them changes no next hop on these paths: taking elements away shortens nothing.
        """
        known = self._footprints.get(node)
        if known is None:
            known = self._footprints[node] = self._trace(node)
        return known

    def _trace(self, node: int) -> int:
        network = self._network
        mask, pending, seen = 0, [node], {node}
        while pending:
            here = pending.pop()
            mask |= self._footprints.get(here, network.node_bit(here))
            if here in self._footprints:
                continue
            for arc in self.next_arcs(here):
                mask |= network.link_bit(arc >> 1)
                if network.head[arc] not in seen:
                    seen.add(network.head[arc])
                    pending.append(network.head[arc])
        return mask


class Igp:
    """Trees of one network, computed when they are first asked for and kept."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.first_hops = FirstHopTables(network)
        self._trees: dict[tuple[frozenset[int], Outage], Tree] = {}
        self._single = tuple(frozenset({node}) for node in range(len(network.nodes)))

    def towards(self, targets: frozenset[int], outage: Outage = NORMAL) -> Tree:
        """Return the tree towards the nearest of some nodes (an anycast prefix)."""
        tree = self._trees.get((targets, outage))
        if tree is None:
            tree = self._trees[targets, outage] = self._grow(targets, outage)
        return tree

    def towards_node(self, node: int, outage: Outage = NORMAL) -> Tree:
        """Return the tree towards one node's loopback."""
        return self.towards(self._single[node], outage)

    def _grow(self, targets: frozenset[int], outage: Outage) -> Tree:
        if outage is NORMAL:
            return Tree(self.network, targets, outage, _distances(self.network, targets), {})
        return self.towards(targets).repaired(outage)


def _distances(network: Network, targets: frozenset[int]) -> list[int]:
    """Run Dijkstra's algorithm against the direction of the arcs."""
    distance = [UNREACHABLE] * len(network.nodes)
    for target in targets:
        distance[target] = 0
    heap = [(0, target) for target in sorted(targets)]
    metric, tail, entering, overload = network.metric, network.tail, network.entering, network.has_overload
    while heap:
        length, node = heappop(heap)
        if length > distance[node] or (overload[node] and node not in targets):
            continue
        for arc in entering[node]:
            longer = length + metric[arc]
            before = tail[arc]
            if longer < distance[before]:
                distance[before] = longer
                heappush(heap, (longer, before))
    return distance


def _repair(network: Network, base: Tree, outage: Outage) -> dict[int, int]:
    """Return the distances that differ from the normal state in `outage`, looking only at what the outage cuts off."""
    cut = _cut_off(network, base, outage)
    found = dict.fromkeys(cut, UNREACHABLE)
    heap: list[tuple[int, int]] = []
    metric, head, tail, down, distance = network.metric, network.head, network.tail, outage.links, base.distances()
    is_passable = base.is_passable
    for node in cut - outage.nodes:
        best = UNREACHABLE
        for arc in network.leaving[node]:
            after = head[arc]
            longer = metric[arc] + distance[after]
            if longer < best and after not in cut and arc >> 1 not in down and is_passable(after):
                best = longer
        if best < UNREACHABLE:
            found[node] = best
            heap.append((best, node))
    if len(cut) == 1:
        return found
    heapify(heap)
    while heap:
        length, node = heappop(heap)
        if length > found[node] or not is_passable(node):
            continue
        for arc in network.entering[node]:
            before = tail[arc]
            if before in cut and arc >> 1 not in down and length + metric[arc] < found[before]:
                found[before] = length + metric[arc]
                heappush(heap, (found[before], before))
    return found


def _cut_off(network: Network, base: Tree, outage: Outage) -> set[int]:
    """Return the nodes all of whose shortest paths run over something that is down, and those that are down.

    Metrics are positive, so in the order of their distance every node comes after all nodes on its paths.
    """
    cut, down, gone, targets = set(outage.nodes), outage.links, outage.nodes, base.targets
    tail, head, entering, metric = network.tail, network.head, network.entering, network.metric
    distance, next_arcs = base.distances(), base.next_arcs
    seen = {tail[arc] for link in down for arc in (2 * link, 2 * link + 1)}
    heap = [(distance[node], node) for node in seen if distance[node] < UNREACHABLE]
    heapify(heap)
    while heap:
        length, node = heappop(heap)
        if node not in gone:
            if node in targets:
                continue
            for arc in next_arcs(node):
                if arc >> 1 not in down and head[arc] not in cut:
                    break
            else:
                cut.add(node)
            if node not in cut:
                continue
        for arc in entering[node]:
            before = tail[arc]
            if before not in seen and length + metric[arc] == distance[before] and arc in next_arcs(before):
                seen.add(before)
                heappush(heap, (distance[before], before))
    return cut
