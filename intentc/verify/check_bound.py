"""Whether link prices prove what the manifest says that no routing could beat (linear-programming duality)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

from intentc.manifest.model import RateEntry
from intentc.topology.model import Topology
from intentc.verify.case import Case, World
from intentc.verify.igp import is_drained

_TABLE = "E0577"
_PPM = 1_000_000


def check_bound(world: World, cases: Mapping[str, tuple[Case, ...]], reached: float) -> None:
    """Judge `objective.lower_bound`: it is below what was `reached`, and the traffic at these prices pays for it."""
    court, objective = world.court, world.manifest.objective
    told = objective.lower_bound
    if told is None:
        return
    over = f"`lower_bound` {told} is above what was reached"
    court.judge("links", _TABLE, holds=told <= reached, otherwise=over)
    unknown = sorted(objective.prices.keys() - world.topology.links.keys())
    broken = sorted(name for name, price in objective.prices.items() if min(price.ab, price.ba) < 0)
    flaw = f"the price of `{(unknown or broken or [''])[0]}` is that of no link, or below zero"
    if court.judge("links", _TABLE, holds=not unknown and not broken, otherwise=flaw):
        proven = _proven_ppm(world, cases) / _PPM
        under = f"`lower_bound` is {told}, but `prices` prove {proven}"
        court.judge("links", _TABLE, holds=told <= proven, otherwise=under)


def _proven_ppm(world: World, cases: Mapping[str, tuple[Case, ...]]) -> int:
    topology, prices = world.topology, world.manifest.objective.prices
    live = {name: link for name, link in topology.links.items() if link.state != "planned"}
    paid = worth = 0
    for name, price in prices.items():
        for is_ab, value in ((True, price.ab), (False, price.ba)):
            worth += value * (live[name].capacity_bps.towards(is_ab=is_ab) if name in live else 0)
    market = _Market(topology, prices)
    dearest: dict[str, int] = {}  # a pool reserves at least what any one of its members does
    for group in cases.values():
        pool = f"{group[0].asked.name}/{group[0].wanted.rate.pool}"
        fare = sum(case.wanted.rate.bandwidth_bps for case in group) * market.fare(group[0])
        dearest[pool] = max(fare, dearest.get(pool, 0))
    paid += sum(dearest.values())
    return paid * _PPM // worth if worth else 0


class _Market:
    """The cheapest ways between nodes over the links that a demand may use."""

    def __init__(self, topology: Topology, prices: Mapping[str, RateEntry]) -> None:
        self._topology = topology
        self._prices = prices
        self._fares: dict[tuple[frozenset[str], frozenset[str], frozenset[str]], Mapping[str, int]] = {}

    def fare(self, case: Case) -> int:
        """Return the least price per bit from any of a demand's ends to any of the others, 0 where there is no way."""
        ground = case.asked.ground
        starts = {source for source, _ in case.wanted.choices}
        stops = frozenset(stop for _, stop in case.wanted.choices)
        if starts & stops:
            return 0
        key = (stops, ground.banned_nodes, ground.banned_links)
        if key not in self._fares:
            graph = self._graph(ground.banned_nodes, ground.banned_links)
            there = sorted(stop for stop in stops if stop in graph)
            found = nx.multi_source_dijkstra_path_length(graph, there, weight="price") if there else {}
            self._fares[key] = {node: int(fare) for node, fare in found.items()}
        return min((self._fares[key][start] for start in starts if start in self._fares[key]), default=0)

    def _graph(self, nodes: Iterable[str], links: Iterable[str]) -> nx.DiGraph[str]:
        """Return every usable link turned round, in both directions; of parallel ones the cheapest."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        banned, closed = set(nodes), set(links)
        for link in self._topology.links.values():
            ends = (link.a.node, link.b.node)
            if link.state == "planned" or link.id in closed or banned & set(ends) or is_drained(link, self._topology):
                continue
            price = self._prices.get(link.id)
            for near, far, value in ((*ends, price.ab if price else 0), (*ends[::-1], price.ba if price else 0)):
                if not graph.has_edge(far, near) or value < graph[far][near]["price"]:
                    graph.add_edge(far, near, price=value)
        return graph
