"""Which nodes reach each other in one state, with networkx: over links in use and through nodes that carry transit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, pairwise

import networkx as nx

from intentc.manifest.elements import Elements
from intentc.topology.model import Topology
from intentc.verify.igp import is_drained


class Islands:
    """The network of one state."""

    def __init__(self, topology: Topology, failed: Elements) -> None:
        self._topology = topology
        self._live: nx.MultiGraph[str] = nx.MultiGraph()
        self._live.add_nodes_from(
            node.name for node in topology.nodes.values() if node.state == "up" and node.name not in failed.nodes
        )
        for link in topology.links.values():
            is_up = link.state == "up" and link.id not in failed.links and not is_drained(link, topology)
            if is_up and link.a.node in self._live and link.b.node in self._live:
                self._live.add_edge(link.a.node, link.b.node, key=link.id)
        self._core = self._live.subgraph([name for name in self._live if topology.nodes[name].transit])
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
