"""What is left of the way at least: lower bounds that keep the search for a path on its course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush

from intentc.forwarding.network import Network

FAR = 1 << 256  # sums are exact: packet times over one denominator outgrow a machine word
Via = tuple[tuple[frozenset[int], frozenset[int]], ...]  # per waypoint of the intent, in order: nodes, links


class Potentials:
    """Least sums over open arcs from every node to a target, past the waypoints that are still ahead.

    `targets` are those in service, `stops` the nodes where packets end, rightly or not: no path runs through them.
    """

    def __init__(
        self, network: Network, arcs: Iterable[int], targets: frozenset[int], stops: frozenset[int], via: Via
    ) -> None:
        self._network = network
        self._targets = targets
        self._through = [network.has_transit[node] and node not in stops for node in range(len(network.nodes))]
        self._via = via
        self._entering: list[list[int]] = [[] for _ in network.nodes]
        for arc in arcs:
            if network.head[arc] in targets or self._through[network.head[arc]]:
                self._entering[network.head[arc]].append(arc)

    def least(self, length: Callable[[int], int]) -> list[list[int]]:
        """Return per number of waypoints behind, and node, the least sum of `length` to a target; `FAR`: there is no way."""
        found = [self._spread(dict.fromkeys(self._targets, 0), length)]
        for nodes, links in reversed(self._via):
            found.append(self._spread(self._seeds(nodes, links, found[-1], length), length))
        return found[::-1]

    def _seeds(
        self, nodes: frozenset[int], links: frozenset[int], after: Sequence[int], length: Callable[[int], int]
    ) -> dict[int, int]:
        """Return what is left at the places where a waypoint is passed: at its nodes, and before its links."""
        network = self._network
        seeds = {node: after[node] for node in nodes}
        for arc in (arc for link in links for arc in (2 * link, 2 * link + 1)):
            tail, head = network.tail[arc], network.head[arc]
            if arc in self._entering[head]:
                seeds[tail] = min(seeds.get(tail, FAR), length(arc) + after[head])
        return {node: seed for node, seed in seeds.items() if seed < FAR}

    def _spread(self, seeds: dict[int, int], length: Callable[[int], int]) -> list[int]:
        tail = self._network.tail
        distance = [FAR] * len(self._network.nodes)
        for node, seed in seeds.items():
            distance[node] = seed
        heap = [(seed, node) for node, seed in seeds.items()]
        heapify(heap)
        while heap:
            so_far, node = heappop(heap)
            if so_far > distance[node] or not (self._through[node] or node in seeds):
                continue
            for arc in self._entering[node]:
                longer = so_far + length(arc)
                if longer < distance[tail[arc]]:
                    distance[tail[arc]] = longer
                    heappush(heap, (longer, tail[arc]))
        return distance
