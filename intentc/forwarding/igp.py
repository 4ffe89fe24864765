"""The link-state IGP: shortest paths towards nodes in every failure state, with all equal-cost next hops."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import islice
from typing import Protocol

from intentc.forwarding.detours import FAR, Detours
from intentc.forwarding.first_hops import FirstHopTables
from intentc.forwarding.network import Network, kept_of
from intentc.forwarding.outage import NORMAL, Outage
from intentc.native import compiled

UNREACHABLE = FAR
_MOST_KEPT = 10_000  # trees of failure states (each some kilobytes, more in a large network: `kept_of`)
_MOST_BYTES = 192 << 20  # of trees of the normal state: one towards each of 10 000 nodes, where distances fit two bytes
_MOST_BYTES_AT_REST = 8 << 20  # a tree towards each of 2 000 nodes

Ways = tuple[tuple[tuple[int, ...], int], ...]


class Tree(Protocol):
    """Distances and next hops of every node towards the nearest of `targets` in one state."""

    @property
    def targets(self) -> frozenset[int]: ...

    def distance(self, node: int) -> int:
        """Return the sum of the metrics from `node`, or `UNREACHABLE`."""

    def distances(self) -> Sequence[int]:
        """Return the distances of all nodes, by index."""

    def next_arcs(self, node: int) -> tuple[int, ...]:
        """Return the arcs of all shortest paths that leave `node`, sorted; none at a target or where there is no path."""

    def only_way(self, start: int) -> tuple[int, ...] | None:
        """Return the arcs of the only shortest path from a node; None where there are several, or none."""

    def ways(self, start: int, most: int) -> Ways | None:
        """Return all shortest paths from a node, sorted, with into how many equal parts packets were split that take each.

        None where there are none, or more than `most` (which is at most 64).
        """

    def footprint(self, node: int) -> int:
        """Return the mask of `node` and of all elements on its shortest paths.

        An outage that touches none of them changes no next hop on these paths: taking elements away shortens nothing.
        """


class WholeTree(Tree, Protocol):
    """The tree of the normal state. `size`: of its distances, in bytes."""

    @property
    def size(self) -> int: ...

    def is_only(self, arcs: tuple[int, ...], first: int, last: int) -> bool:
        """Return whether the arcs from one place of a path up to another are each the only next one."""

    def without(self, links: frozenset[int], nodes: frozenset[int]) -> Tree:
        """Return that of the state in which some links and nodes are down; `links` has those of the nodes."""


class PlainTree:
    """What `native.igp.Tree` is, without a kernel. `distance` are those of the normal state; in another one `detours` knows what differs."""

    __slots__ = ("_detours", "_distance", "_footprints", "_network", "_next", "targets")

    def __init__(
        self, network: Network, targets: frozenset[int], distance: Sequence[int], detours: Detours | None = None
    ) -> None:
        self.targets = targets
        self._network = network
        self._distance = distance
        self._detours = detours
        self._next: dict[int, tuple[int, ...]] = {}
        self._footprints: dict[int, int] = {}

    @property
    def size(self) -> int:
        return 8 * len(self._distance)

    def distance(self, node: int) -> int:
        return self._distance[node] if self._detours is None else self._detours.distance(node)

    def distances(self) -> Sequence[int]:
        return self._distance if self._detours is None else [*map(self._detours.distance, range(len(self._distance)))]

    def without(self, links: frozenset[int], nodes: frozenset[int]) -> PlainTree:
        detours = Detours(self._network, self.targets, links, nodes, base=self._distance, next_arcs=self.next_arcs)
        return PlainTree(self._network, self.targets, self._distance, detours)

    def next_arcs(self, node: int) -> tuple[int, ...]:
        if self._detours is not None:
            return self._detours.next_arcs(node)
        arcs = self._next.get(node)
        if arcs is None:
            arcs = self._next[node] = self._tight(node)
        return arcs

    def only_way(self, start: int) -> tuple[int, ...] | None:
        head, targets, found, node = self._network.head, self.targets, list[int](), start
        next_arcs = self.next_arcs if self._detours is None else self._detours.next_arcs
        while node not in targets:
            taken = next_arcs(node)
            if len(taken) != 1:
                return None
            found.append(taken[0])
            node = head[taken[0]]
        return tuple(found)

    def ways(self, start: int, most: int) -> Ways | None:
        found, head = list[tuple[tuple[int, ...], int]](), self._network.head
        pending: list[tuple[int, tuple[int, ...], int]] = [(start, (), 1)]
        while pending:
            node, arcs, parts = pending.pop()
            if node in self.targets:
                found.append((arcs, parts))
                continue
            taken = self.next_arcs(node)
            pending += [(head[arc], (*arcs, arc), parts * len(taken)) for arc in taken]
            if not taken or len(found) + len(pending) > most:
                return None
        return tuple(sorted(found))

    def is_only(self, arcs: tuple[int, ...], first: int, last: int) -> bool:
        tail = self._network.tail
        return all(self.next_arcs(tail[arc]) == (arc,) for arc in reversed(arcs[first:last]))

    def _tight(self, node: int) -> tuple[int, ...]:
        network, distance = self._network, self._distance
        own, metric, head = distance[node], network.metric, network.head
        if own in (0, UNREACHABLE):
            return ()
        leaving = network.leaving[node]
        return tuple(
            [arc for arc in leaving if metric[arc] + distance[head[arc]] == own and self._is_passable(head[arc])]
        )

    def _is_passable(self, node: int) -> bool:
        """Return whether the IGP sends packets for the targets to or through a node."""
        return not self._network.has_overload[node] or node in self.targets

    def footprint(self, node: int) -> int:
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
    """Trees of one network, computed when they are asked for, and kept for a while, as many as there is room for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.first_hops = FirstHopTables(network)
        self._kernels = compiled("igp") if network.graph is not None else None
        self._trees: dict[frozenset[int], WholeTree] = {}  # the oldest first
        self._bytes = 0  # of these
        self._failed: dict[tuple[frozenset[int], Outage], Tree] = {}  # the oldest first
        self._single = tuple(frozenset({node}) for node in range(len(network.nodes)))

    def towards(self, targets: frozenset[int], outage: Outage = NORMAL) -> Tree:
        """Return the tree towards the nearest of some nodes (an anycast prefix)."""
        if outage is not NORMAL:
            return self._failed.get((targets, outage)) or self._repaired(targets, outage)
        return self.whole(targets)

    def whole(self, targets: frozenset[int]) -> WholeTree:
        """Return the tree of the normal state towards the nearest of some nodes."""
        tree = self._trees.get(targets)
        if tree is None:
            tree = self._grown(targets)
            if self._bytes + tree.size > _MOST_BYTES:
                for oldest in list(islice(self._trees, 1 + len(self._trees) // 8)):
                    self._bytes -= self._trees.pop(oldest).size
            self._bytes += tree.size
            self._trees[targets] = tree
        return tree

    def rest(self) -> None:
        """Let go of all trees but a few: hardly any is asked for when all is placed, and those of a large network take much room."""
        if self._bytes > _MOST_BYTES_AT_REST:
            self._failed.clear()
            self._trees.clear()
            self._bytes = 0

    def _grown(self, targets: frozenset[int]) -> WholeTree:
        if self._kernels is None:
            return PlainTree(self.network, targets, distances_twin(self.network, targets))
        tree: WholeTree = self._kernels.Tree(self.network.graph, targets)
        return tree

    def _repaired(self, targets: frozenset[int], outage: Outage) -> Tree:
        """Return the tree of a failure state; the oldest ones make room for it."""
        tree = self._failed[targets, outage] = self.whole(targets).without(outage.links, outage.nodes)
        most = kept_of(self.network, _MOST_KEPT)
        if len(self._failed) > most:
            for oldest in list(islice(self._failed, most // 2)):
                del self._failed[oldest]
        return tree

    def whole_to(self, node: int) -> WholeTree:
        """Return the tree of the normal state towards one node's loopback."""
        return self.whole(self._single[node])

    def towards_node(self, node: int, outage: Outage = NORMAL) -> Tree:
        """Return the tree towards one node's loopback."""
        return self.towards(self._single[node], outage)


def distances_twin(network: Network, targets: frozenset[int]) -> list[int]:
    """Return what `native.graph.Graph.distances` does, without a kernel: Dijkstra's algorithm against the direction of the arcs."""
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
