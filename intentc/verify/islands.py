"""Which nodes reach each other in one state, with networkx: over links in use and through nodes that carry transit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, pairwise

import networkx as nx

from intentc.manifest.elements import Elements
from intentc.topology.model import Topology
from intentc.verify.igp import is_drained

# The nodes that are up, each with whether it carries transit, and the links in use with their ends.
Live = tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, str, str], ...]]


def live_of(topology: Topology) -> Live:
    """Return what is left of a network when nothing has failed."""
    nodes = tuple((node.name, node.transit) for node in topology.nodes.values() if node.state == "up")
    links = (link for link in topology.links.values() if link.state == "up" and not is_drained(link, topology))
    return nodes, tuple((link.id, link.a.node, link.b.node) for link in links)


class Islands:
    """The network of one state."""

    def __init__(self, live: Live, failed: Elements) -> None:
        nodes, links = live
        self._live: nx.MultiGraph[str] = nx.MultiGraph()
        self._live.add_nodes_from(name for name, _ in nodes if name not in failed.nodes)
        for name, a, b in links:
            if name not in failed.links and a in self._live and b in self._live:
                self._live.add_edge(a, b, key=name)
        self._core = self._live.subgraph([name for name, has_transit in nodes if has_transit])
        self._island = {name: at for at, found in enumerate(nx.connected_components(self._core)) for name in found}

    def apart(self, members: Iterable[str]) -> int:
        """Return how many pairs of the members that are up do not reach each other."""
        shores = {name: self._shore(name) for name in members if name in self._live}
        if shores and frozenset.intersection(*shores.values()):
            return 0
        return sum(
            not shores[one] & shores[other] and not self._live.has_edge(one, other)
            for one, other in combinations(sorted(shores), 2)
        )

    def relied(self, members: Iterable[str]) -> Elements | None:
        """Return the elements of ways that join all members that are up; None where they share no island."""
        shores = {name: self._shore(name) for name in sorted(members) if name in self._live}
        shared = frozenset.intersection(*shores.values()) if shores else frozenset[int]()
        if not shared:
            return None
        island = min(shared)
        hub = min(name for name, at in self._island.items() if at == island)
        ways = nx.single_source_shortest_path(self._core, hub)
        nodes, links = set(shores), set[str]()
        for name in shores:
            near = name if name in ways else min(x for x in self._live[name] if self._island.get(x) == island)
            path = [*ways[near], *([name] if name != near else [])]
            nodes.update(path)
            links.update(min(self._live[one][other]) for one, other in pairwise(path))
        return Elements(frozenset(nodes), frozenset(links))

    def _shore(self, name: str) -> frozenset[int]:
        """Return the islands that a node is on, or has a link to."""
        near = [name, *self._live[name]]
        return frozenset(self._island[node] for node in near if node in self._island)
