"""Paths with no link in common (and no node between the ends), the least in sum: Suurballe, Networks 4 (1974); Bhandari 1999.

The shortest path alone may cut off every other one; here a later path may take back a stretch of an earlier one, which then
goes on where the later one came from (an augmenting path of a minimum cost flow).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from intentc.forwarding.network import Network
from intentc.forwarding.walk import Arcs
from intentc.values import frozen

_Port = tuple[int, bool]  # a node, where packets come in (False) or go out (True)


@frozen
class Disjoint:
    """What is sought: paths from `start` to `target` over open arcs, through no other node of `stops`, at a price (≥ 1) per arc.

    `is_by_node`: no two paths share a node but the ends.
    """

    network: Network
    start: int
    target: int
    stops: frozenset[int]
    is_open: Callable[[int], bool]
    price: Callable[[int], int]
    is_by_node: bool

    def find(self, count: int) -> tuple[Arcs, ...] | None:
        """Return so many paths with the least sum of prices, the cheapest first; None where there are fewer."""
        flow = set[int]()
        for _ in range(count):
            found = self._augmenting(flow)
            if found is None:
                return None
            for arc, is_back in found:
                (flow.remove if is_back else flow.add)(arc)
        return tuple(sorted(self._paths(flow), key=lambda arcs: (sum(map(self.price, arcs)), arcs)))

    def _augmenting(self, flow: set[int]) -> list[tuple[int, bool]] | None:
        """Return the cheapest way to one more path as arcs, and whether each is taken back (Bellman-Ford: prices may be negative)."""
        entered = {self.network.head[arc]: arc for arc in sorted(flow)} if self.is_by_node else {}
        first: _Port = (self.start, True)
        cost: dict[_Port, int] = {first: 0}
        came: dict[_Port, tuple[_Port, tuple[int, bool] | None]] = {}
        pending, waiting = deque([first]), {first}
        while pending:
            port = pending.popleft()
            waiting.discard(port)
            for other, more, step in self._steps(port, flow, entered):
                if cost[port] + more < cost.get(other, cost[port] + more + 1):
                    cost[other], came[other] = cost[port] + more, (port, step)
                    if other not in waiting:
                        waiting.add(other)
                        pending.append(other)
        here: _Port = (self.target, False)
        if here not in came:
            return None
        found = []
        while here != first:
            here, step = came[here]
            found += [] if step is None else [step]
        return found

    def _steps(
        self, port: _Port, flow: set[int], entered: dict[int, int]
    ) -> list[tuple[_Port, int, tuple[int, bool] | None]]:
        """Return where a search may go on from a port, at what price, over which arc."""
        (node, is_out), network = port, self.network
        found: list[tuple[_Port, int, tuple[int, bool] | None]] = []
        if node == self.target:
            return found
        if is_out:
            free = (
                arc for arc in network.leaving[node] if arc not in flow and arc ^ 1 not in flow and self.is_open(arc)
            )
            heads = ((network.head[arc], arc) for arc in free)
            found += [((head, False), self.price(arc), (arc, False)) for head, arc in heads if head != self.start]
            if node != self.start and (not self.is_by_node or node in entered):
                found.append(((node, False), 0, None))
            return found
        back = [arc for arc in network.entering[node] if arc in flow]
        found += [((network.tail[arc], True), -self.price(arc), (arc, True)) for arc in back]
        if node not in entered and node not in self.stops and network.has_transit[node]:
            found.append(((node, True), 0, None))
        return found

    def _paths(self, flow: set[int]) -> list[Arcs]:
        left = {node: [arc for arc in arcs if arc in flow] for node, arcs in enumerate(self.network.leaving)}
        found = []
        while left[self.start]:
            arcs, node = list[int](), self.start
            while node != self.target:
                arcs.append(left[node].pop(0))
                node = self.network.head[arcs[-1]]
            found.append(tuple(arcs))
        return found
