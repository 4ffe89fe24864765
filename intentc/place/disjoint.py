"""Paths with no link in common (and no node between the ends), the least in sum: Suurballe, Networks 4 (1974); Bhandari 1999.

The shortest path alone may cut off every other one; here a later path may take back a stretch of an earlier one, which then
goes on where the later one came from (an augmenting path of a minimum cost flow).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from intentc.forwarding.network import Network
from intentc.forwarding.walk import Arcs
from intentc.place.openness import open_arcs_of
from intentc.place.potentials import Prices
from intentc.values import frozen

_FAR = 1 << 200
_SAME_NODE = -1  # no arc: from where packets come in at a node to where they go out, or back


@frozen
class Disjoint:
    """What is sought: paths from `start` to `target` over open arcs, through no other node of `stops`, at a price (≥ 1) per arc.

    `is_by_node`: no two paths share a node but the ends. `prices`: the same as words; None: there are none.
    """

    network: Network
    start: int
    target: int
    stops: frozenset[int]
    is_open: Callable[[int], bool]
    price: Callable[[int], int]
    is_by_node: bool
    prices: Prices | None = None

    def sets(self) -> Iterator[tuple[Arcs, ...]]:
        """Yield one path, then two, and so on, with the least sum of prices, the cheapest first, as many as there are."""
        flow, augmenting = set[int](), self._augmenter()
        while (found := augmenting(flow)) is not None:
            for arc in found:
                if arc in flow:
                    flow.remove(arc)
                else:
                    flow.add(arc)
            yield tuple(sorted(self._paths(flow), key=lambda arcs: (sum(map(self.price, arcs)), arcs)))

    def _augmenter(self) -> Callable[[set[int]], list[int] | None]:
        """Return what finds the arcs of the cheapest way to one more path."""
        prices = self.prices
        if prices is None or self.network.graph is None:
            return Augmenter(self).augmenting
        graph, is_open = self.network.graph, open_arcs_of(self.is_open, len(self.network.head))
        search, start, target, stops = prices.kernels.augmenting, self.start, self.target, self.stops
        return lambda flow: search(
            graph, start, target, stops, prices.row, is_open.row, is_open.ask, flow, self.is_by_node
        )

    def _paths(self, flow: set[int]) -> list[Arcs]:
        left: dict[int, list[int]] = {self.start: []}
        for arc in sorted(flow):
            left.setdefault(self.network.tail[arc], []).append(arc)
        found = []
        while left[self.start]:
            arcs, node = list[int](), self.start
            while node != self.target:
                arcs.append(left[node].pop(0))
                node = self.network.head[arcs[-1]]
            found.append(tuple(arcs))
        return found


class Augmenter:
    """Augmenting paths over ports: 2 × node where packets come in, 2 × node + 1 where they go out."""

    def __init__(self, sought: Disjoint) -> None:
        self._sought = sought
        network, start = sought.network, sought.start
        self._prices: dict[int, int] = {}
        self._is_through = [
            network.has_transit[node] and node not in sought.stops for node in range(len(network.nodes))
        ]
        self._leaving = [
            [] if node == sought.target else [(arc, network.head[arc]) for arc in arcs if network.head[arc] != start]
            for node, arcs in enumerate(network.leaving)
        ]

    def _price(self, arc: int) -> int:
        """Return the price of an arc, `_FAR` of one that is not open."""
        found = self._prices.get(arc)
        if found is None:
            found = self._prices[arc] = self._sought.price(arc) if self._sought.is_open(arc) else _FAR
        return found

    def augmenting(self, flow: set[int]) -> list[int] | None:
        """Return the arcs of the cheapest way to one more path; those in `flow` are taken back.

        Prices of these are negative, so that a port may be come to again, more cheaply.
        """
        first, here = 2 * self._sought.start + 1, 2 * self._sought.target
        cost, came = {first: 0}, dict[int, tuple[int, int]]()
        heap = [(0, first)]
        entered = {self._sought.network.head[arc]: arc for arc in flow}
        while heap:
            paid, port = heappop(heap)
            if port == here and not flow:  # nothing gets cheaper without negative prices
                break
            if paid > cost[port] or port == here:
                continue
            for other, more, arc in self._steps(port, flow, entered):
                dearer = paid + more
                if dearer < cost.get(other, _FAR):
                    cost[other], came[other] = dearer, (port, arc)
                    heappush(heap, (dearer, other))
        if here not in came:
            return None
        found = []
        while here != first:
            here, arc = came[here]
            found += [] if arc == _SAME_NODE else [arc]
        return found

    def _steps(self, port: int, flow: set[int], entered: dict[int, int]) -> Iterator[tuple[int, int, int]]:
        """Yield where a search may go on from a port, at what price, over which arc."""
        node, network, is_by_node = port >> 1, self._sought.network, self._sought.is_by_node
        if port & 1:
            for arc, head in self._leaving[node]:
                if arc not in flow and arc ^ 1 not in flow:
                    yield 2 * head, self._price(arc), arc
            if node != self._sought.start and (not is_by_node or node in entered):
                yield port - 1, 0, _SAME_NODE
            return
        if node in entered:
            for arc in network.entering[node]:
                if arc in flow:
                    yield 2 * network.tail[arc] + 1, -self._price(arc), arc
        if self._is_through[node] and not (is_by_node and node in entered):
            yield port + 1, 0, _SAME_NODE
