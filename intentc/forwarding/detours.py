"""Shortest paths in a failure state, found only for the nodes that are asked about.

Taking elements away makes no path shorter. So a node that has one of its shortest paths left (it is *whole*) is as far away as
normally, and from any other node the distances of the normal state say at most how far it is: A* (Hart, Nilsson, Raphael 1968)
with these as potentials comes to the first whole nodes, where all is known, and looks at little else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush

from intentc.forwarding.network import Network

FAR = 1 << 62
NextArcs = Callable[[int], tuple[int, ...]]


class Detours:
    """Distances and next hops towards `targets` where some links and nodes are down, the links with those of the nodes.

    `base` and `next_arcs` are those of the normal state.
    """

    __slots__ = ("_base", "_down", "_far", "_gone", "_is_whole", "_network", "_next", "_next_arcs", "_targets")

    def __init__(
        self,
        network: Network,
        targets: frozenset[int],
        links: frozenset[int],
        nodes: frozenset[int],
        *,
        base: Sequence[int],
        next_arcs: NextArcs,
    ) -> None:
        self._network = network
        self._targets = targets
        self._down = links
        self._gone = nodes
        self._base = base
        self._next_arcs = next_arcs
        self._is_whole: dict[int, bool] = {}
        self._far: dict[int, int] = {}  # of nodes that are not whole
        self._next: dict[int, tuple[int, ...]] = {}

    def distance(self, node: int) -> int:
        """Return the sum of the metrics from a node, or `FAR`."""
        if self.is_whole(node):
            return self._base[node]
        if node not in self._far:
            self._find(node)
        return self._far[node]

    def next_arcs(self, node: int) -> tuple[int, ...]:
        """Return the arcs of all shortest paths that leave a node, sorted."""
        if self.is_whole(node):
            return self._left_of(self._next_arcs(node))
        if node not in self._far:
            self._find(node)
        return self._next[node]

    def _left_of(self, normal: tuple[int, ...]) -> tuple[int, ...]:
        """Return those next hops of a whole node that lead to whole nodes: behind all others it got farther."""
        head, down = self._network.head, self._down
        for arc in normal:
            if arc >> 1 in down or not self.is_whole(head[arc]):
                return tuple([arc for arc in normal if arc >> 1 not in down and self.is_whole(head[arc])])
        return normal

    def is_whole(self, node: int) -> bool:
        """Return whether one of the node's shortest paths of the normal state is left."""
        known = self._is_whole
        found = known.get(node)
        if found is not None:
            return found
        pending = [node]
        while pending:
            verdict = self._verdict(pending[-1])
            if verdict is None:
                pending.append(self._first_unknown(pending[-1]))
            else:
                known[pending.pop()] = verdict
        return known[node]

    def _verdict(self, node: int) -> bool | None:
        """Return whether a node is whole, None where that depends on a next hop of which it is not known."""
        if node in self._gone:
            return False
        if node in self._targets:
            return True
        head, down, known, is_open = self._network.head, self._down, self._is_whole, False
        for arc in self._next_arcs(node):
            if arc >> 1 not in down:
                found = known.get(head[arc])
                if found:
                    return True
                is_open = is_open or found is None
        return None if is_open else False

    def _first_unknown(self, node: int) -> int:
        head, down, known = self._network.head, self._down, self._is_whole
        return next(head[arc] for arc in self._next_arcs(node) if arc >> 1 not in down and head[arc] not in known)

    def _find(self, start: int) -> None:
        """Find the distance of a node that is not whole, and of all nodes on its shortest paths up to whole ones."""
        reached: dict[int, int] = {start: 0}
        spread: list[int] = []
        least = self._explore(start, reached, spread)
        if least == FAR:  # nor is there a way from any node that was come to
            for node in (start, *spread):
                self._far[node], self._next[node] = FAR, ()
            return
        network, far, base, whole = self._network, self._far, self._base, self._is_whole
        metric, head = network.metric, network.head
        good = {
            node
            for node, so_far in reached.items()
            if so_far + far.get(node, base[node]) == least and (node in far or whole.get(node) or self.is_whole(node))
        }
        for node in sorted(spread, key=reached.__getitem__, reverse=True):
            so_far = reached[node]
            arcs = [
                arc
                for arc in network.leaving[node]
                if head[arc] in good and reached[head[arc]] == so_far + metric[arc] and self._is_open(arc)
            ]
            if arcs:
                good.add(node)
                far[node], self._next[node] = least - so_far, tuple(arcs)

    def _explore(self, start: int, reached: dict[int, int], spread: list[int]) -> int:
        """Return the distance from a node; note what sum each node was `reached` with, and which ones the search `spread` from.

        All nodes are looked at over which a path may be as short as the shortest.
        """
        network, base, far, whole, down = self._network, self._base, self._far, self._is_whole, self._down
        metric, head, leaving, overload, targets = (
            network.metric,
            network.head,
            network.leaving,
            network.has_overload,
            self._targets,
        )
        least, heap = FAR, [(base[start], start)]
        while heap and heap[0][0] <= least:
            total, node = heappop(heap)
            if node in far or whole.get(node) or (node not in whole and self.is_whole(node)):
                least = min(least, total)
                continue
            so_far = reached[node]
            if total >= FAR or total > so_far + base[node]:
                continue
            spread.append(node)
            for arc in leaving[node]:
                after = head[arc]
                longer = so_far + metric[arc]
                if arc >> 1 in down or (overload[after] and after not in targets) or longer >= reached.get(after, FAR):
                    continue
                reached[after] = longer
                heappush(heap, (longer + far.get(after, base[after]), after))
        return least

    def _is_open(self, arc: int) -> bool:
        """Return whether packets for the targets may leave over an arc."""
        network, head = self._network, self._network.head[arc]
        return arc >> 1 not in self._down and (not network.has_overload[head] or head in self._targets)
