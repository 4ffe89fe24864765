from __future__ import annotations

from intentc.clauses.requirement import Elements, Outside
from intentc.resolve.fields import regions_of_link
from intentc.topology.model import LabelValue, Link, Topology


class Regions:
    """Which nodes and links lie in, on or inside which regions; every answer is computed once."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._within: dict[tuple[LabelValue, LabelValue], bool] = {}
        self._on: dict[str, Elements] = {}
        self._outside: dict[frozenset[str], Outside] = {}
        parents = {region.parent for region in topology.regions.values()}
        self._leaves = frozenset(name for name in topology.regions if name not in parents)

    def is_within(self, region: LabelValue, ancestor: LabelValue) -> bool:
        """Return whether a region is another one or lies below it."""
        key = (region, ancestor)
        if key not in self._within:
            self._within[key] = self._topology.is_within(str(region), str(ancestor))
        return self._within[key]

    def on(self, region: str) -> Elements:
        """Return the nodes in a region, and the links with an end in it or crossing it."""
        if region not in self._on:
            nodes = {
                node.name
                for node in self._topology.nodes.values()
                if node.region is not None and self.is_within(node.region, region)
            }
            links = {
                link.id
                for link in self._topology.links.values()
                if any(self.is_within(name, region) for name in regions_of_link(self._topology, link))
            }
            self._on[region] = Elements(frozenset(nodes), frozenset(links))
        return self._on[region]

    def outside(self, regions: frozenset[str]) -> Outside:
        """Return what is not inside the union: nodes elsewhere, links with an end or a crossing elsewhere or unknown."""
        if regions not in self._outside:
            inside = frozenset[str]().union(*(self.on(region).nodes for region in regions))
            links: list[str] = []
            unknown: list[str] = []
            for link in self._topology.links.values():
                if link.a.node not in inside or link.b.node not in inside or self._crosses_out(link, regions):
                    links.append(link.id)
                elif link.crosses is None and not self._is_in_one_leaf(link):
                    unknown.append(link.id)
            nodes = frozenset(self._topology.nodes) - inside
            self._outside[regions] = Outside(nodes, frozenset([*links, *unknown]), tuple(unknown))
        return self._outside[regions]

    def _crosses_out(self, link: Link, regions: frozenset[str]) -> bool:
        return any(not any(self.is_within(crossed, region) for region in regions) for crossed in link.crosses or ())

    def _is_in_one_leaf(self, link: Link) -> bool:
        region = self._topology.nodes[link.a.node].region
        return region in self._leaves and region == self._topology.nodes[link.b.node].region
