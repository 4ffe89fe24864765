"""Cheapest ways at prices per arc, for many rates at once: by the kernel where there is one, else by its twin."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.native import compiled
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.prices import Trees

FAR = 1 << 200  # no way
_MOST_COUNTED = 1 << 62
_Rates = Sequence[tuple[frozenset[int], int]]


@frozen
class Rule:
    """How ways are sought: not through nodes without transit, unless they are goals; of several by links, then by nodes."""

    is_transit_kept: bool
    is_by_hops: bool


@frozen
class Tree:
    """The goals and the closed arcs that some rates share; each of `rates` has the nodes where it may begin."""

    goals: frozenset[int]
    closed: frozenset[int]
    rates: _Rates


class Forest:
    """Trees that are grown at ever other prices."""

    def __init__(self, network: Network, trees: Sequence[Tree], rule: Rule) -> None:
        self._network = network
        self._trees = trees
        self._rule = rule
        self._kernel = self._made()

    def _made(self) -> Trees | None:
        kernels, graph = compiled("prices"), self._network.graph
        total = sum(bps for tree in self._trees for _, bps in tree.rates)
        if kernels is None or graph is None or total >= _MOST_COUNTED:
            return None
        known: dict[frozenset[int], bytes] = {}
        rows = []
        for tree in self._trees:
            if tree.closed not in known:
                known[tree.closed] = flags(len(self._network.head), tree.closed)
            rows.append((sorted(tree.goals), known[tree.closed], tree.rates))
        rule = self._rule
        made: Trees = kernels.Trees(graph, rows, is_transit_kept=rule.is_transit_kept, is_by_hops=rule.is_by_hops)
        return made

    def bill(self, prices: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return what a bit of each rate pays on its cheapest way, -1 where it has none, and the load per arc that comes of it."""
        if self._kernel is None or not is_countable(self._network, prices):
            return self.bill_twin(prices)
        return self._kernel.bill(prices)

    def fares(self, prices: Sequence[int]) -> list[int]:
        """Return what a bit of each rate pays, as in a bill; at prices of 0 and 1 found sooner than that."""
        if self._kernel is None or not is_countable(self._network, prices):
            return self.bill_twin(prices)[0]
        return self._kernel.fares(prices)

    def bill_twin(self, prices: Sequence[int]) -> tuple[list[int], list[int]]:
        """Do the same without the kernel."""
        load, fares, head = [0] * len(prices), list[int](), self._network.head
        for tree in self._trees:
            asked = {node for starts, _ in tree.rates for node in starts}
            distance, following = grown(self._network, prices, tree, self._rule, asked)
            for starts, bps in tree.rates:
                node = min(starts, key=lambda start: (distance[start], start))
                fares.append(-1 if distance[node] == FAR else distance[node])
                while (arc := following[node]) >= 0:
                    load[arc] += bps
                    node = head[arc]
        return fares, load


def fares(
    network: Network, prices: Sequence[int], goals: frozenset[int], closed: frozenset[int], rule: Rule
) -> Sequence[int]:
    """Return the least price of a way from every node to a goal, -1 where there is none."""
    kernels, graph = compiled("prices"), network.graph
    if kernels is None or graph is None or rule.is_by_hops or not is_countable(network, prices):
        distance, _ = grown(network, prices, Tree(goals, closed, ()), rule)
        return [-1 if paid == FAR else paid for paid in distance]
    found: list[int] = kernels.distances(
        graph, prices, flags(len(network.head), closed), sorted(goals), is_transit_kept=rule.is_transit_kept
    )
    return [-1 if paid == kernels.FAR else paid for paid in found]


def grown(
    network: Network, prices: Sequence[int], tree: Tree, rule: Rule, asked: set[int] | None = None
) -> tuple[list[int], list[int]]:
    """Return per node the least price of a way to a goal, and the arc to take; `asked` are the nodes that matter (None: all)."""
    goals, closed = tree.goals, tree.closed
    distance, following = [FAR] * len(network.nodes), [-1] * len(network.nodes)
    heap = [(0, 0, goal) for goal in sorted(goals)]
    for goal in goals:
        distance[goal] = 0
    entering, tail, transit, hop = network.entering, network.tail, network.has_transit, int(rule.is_by_hops)
    while heap:
        paid, hops, node = heappop(heap)
        if paid > distance[node]:
            continue
        if asked is not None:
            asked.discard(node)
            if not asked:
                break
        if rule.is_transit_kept and not (transit[node] or node in goals):
            continue
        for arc in entering[node]:
            dearer, before = paid + prices[arc], tail[arc]
            if dearer < distance[before] and arc not in closed:
                distance[before], following[before] = dearer, arc
                heappush(heap, (dearer, hops + hop, before))
    return distance, following


def is_countable(network: Network, prices: Sequence[int]) -> bool:
    """Return whether no way costs more than 64 bits hold."""
    return max(prices, default=0) * len(network.nodes) < _MOST_COUNTED


def flags(count: int, chosen: Collection[int]) -> bytes:
    """Return one byte for each of so many numbers: 1 for those that are chosen."""
    found = bytearray(count)
    for number in chosen:
        found[number] = 1
    return bytes(found)
