"""The network's own routing in one failure state, computed with networkx: distances and all equal-cost next hops."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from heapq import heapify, heappop, heappush

import networkx as nx

from intentc.manifest.elements import Elements
from intentc.topology.model import FlexAlgo, Link, Topology
from intentc.verify.flex_algos import LAST_RESORT, may_use, metric_of

# The highest metric that is still used: IS-IS wide metrics (RFC 5305, section 3), OSPF (RFC 2328, appendix B).
_LAST_RESORT = {"isis": 16_777_214, "ospf": 65_535}

Hop = tuple[str, str]  # link id, node at its far end
_Way = tuple[str, str, int]  # the same, and the metric


class Routing:
    """Shortest-path routing of the nodes and links that are left when `failed` is gone.

    Elements that are `planned` do not exist; drained ones are kept as a last resort; nodes that offer no transit are not
    routed through (IS-IS overload bit, RFC 3787; OSPF announces them at the highest metric, RFC 6987). With an `algorithm`
    it is the routing of that Flexible Algorithm. `whole` is the routing with nothing failed, where there is one: what a
    failure leaves as it was is taken from it.
    """

    def __init__(
        self, topology: Topology, failed: Elements, algorithm: FlexAlgo | None = None, whole: Routing | None = None
    ) -> None:
        self.topology = topology
        self._whole = whole
        self._failed = failed
        self._algorithm = algorithm
        self._of_algorithms: dict[int, Routing] = {}
        self._touched = _touched(topology, failed, whole.leaving) if whole is not None else frozenset[str]()
        self.leaving: dict[str, list[_Way]] = {}
        if whole is None:
            self._leave_by_links()
        else:
            self._leave_as_in(whole.leaving)
        self._distances: dict[frozenset[str], Mapping[str, int]] = {}
        self._holding: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._attached: dict[str, frozenset[str]] = {}

    def _leave_by_links(self) -> None:
        """Note by node the links that are left there, with the node at the far end and the metric."""
        nodes = self.topology.nodes.items()
        self.leaving = {name: [] for name, node in nodes if node.state != "planned" and name not in self._failed.nodes}
        for near, far, link, metric in self._live_links():
            self.leaving[near].append((link, far, metric))

    def _leave_as_in(self, leaving: Mapping[str, list[_Way]]) -> None:
        """Note the same where most is as it was with nothing failed."""
        nodes, links = self._failed.nodes, self._failed.links
        self.leaving = {name: hops for name, hops in leaving.items() if name not in nodes}
        for name in self._touched & self.leaving.keys():
            self.leaving[name] = [hop for hop in leaving[name] if hop[0] not in links and hop[1] not in nodes]

    def of_algorithm(self, algorithm: FlexAlgo) -> Routing:
        """Return the routing of a Flexible Algorithm in the same state."""
        if algorithm.number not in self._of_algorithms:
            whole = self._whole.of_algorithm(algorithm) if self._whole is not None else None
            self._of_algorithms[algorithm.number] = Routing(self.topology, self._failed, algorithm, whole)
        return self._of_algorithms[algorithm.number]

    def is_up(self, node: str) -> bool:
        """Return whether a node exists and has not failed."""
        return node in self.leaving

    def has_link(self, name: str) -> bool:
        """Return whether a link exists, neither it nor a node at its ends having failed."""
        link = self.topology.links[name]
        is_there = link.state != "planned" and name not in self._failed.links
        return is_there and link.a.node in self.leaving and link.b.node in self.leaving

    def distance(self, node: str, targets: frozenset[str]) -> int | None:
        """Return the metric from `node` to the nearest of `targets`, or None where there is no way."""
        return self.towards(targets).get(node)

    def next_hops(self, node: str, targets: frozenset[str]) -> tuple[Hop, ...]:
        """Return the links of all shortest ways from `node` to the nearest of `targets`, sorted; none at a target."""
        distances = self.towards(targets)
        own = distances.get(node)
        if own is None or node in targets:
            return ()
        hops = [
            (link, far)
            for link, far, metric in self.leaving[node]
            if far in distances and metric + distances[far] == own and self._may_enter(far, targets)
        ]
        return tuple(sorted(hops))

    def ahead(self, node: str, targets: frozenset[str]) -> Elements:
        """Return all nodes and links on the shortest ways from `node` to the nearest of `targets`."""
        nodes, links, pending = {node}, set[str](), [node]
        while pending:
            for link, far in self.next_hops(pending.pop(), targets):
                links.add(link)
                if far not in nodes:
                    nodes.add(far)
                    pending.append(far)
        return Elements(frozenset(nodes), frozenset(links))

    def holders(self, prefix: str) -> frozenset[str]:
        """Return the live nodes that have the longest prefix around `prefix` attached."""
        if prefix not in self._attached:
            self._attached[prefix] = self._longest(prefix)
        return self._attached[prefix]

    def _longest(self, prefix: str) -> frozenset[str]:
        for nodes in self.around(prefix):
            if live := frozenset(node for node in nodes if node in self.leaving):
                return live
        return frozenset()

    def around(self, prefix: str) -> tuple[tuple[str, ...], ...]:
        """Return the nodes with a prefix around `prefix` attached, whatever has failed, those with the longest one first."""
        if self._whole is not None:
            return self._whole.around(prefix)
        if prefix not in self._holding:
            wanted = ipaddress.ip_network(prefix)
            found: dict[int, dict[str, None]] = {}
            for name, node in self.topology.nodes.items():
                for item in node.attached:
                    if item.prefix.version == wanted.version and _holds(item.prefix, wanted):
                        found.setdefault(item.prefix.prefixlen, {})[name] = None
            self._holding[prefix] = tuple(tuple(found[length]) for length in sorted(found, reverse=True))
        return self._holding[prefix]

    def towards(self, targets: frozenset[str]) -> Mapping[str, int]:
        """Return the distances to the nearest target, by Dijkstra's algorithm against the direction of the links."""
        if targets not in self._distances:
            is_anew = self._whole is None or not self._is_growing or not self._failed.nodes.isdisjoint(targets)
            self._distances[targets] = self._searched(targets) if is_anew else self._mended(targets)
        return self._distances[targets]

    def _searched(self, targets: frozenset[str]) -> dict[str, int]:
        def weight(entered: str, _left: str, data: dict[str, int]) -> int | None:
            return data["metric"] if self._may_enter(entered, targets) else None

        live = sorted(target for target in targets if target in self._against)
        found = nx.multi_source_dijkstra_path_length(self._against, live, weight=weight) if live else {}
        return {node: int(length) for node, length in found.items()}

    @cached_property
    def _against(self) -> nx.DiGraph[str]:
        """Return every link turned round; of parallel ones the cheapest."""
        found: nx.DiGraph[str] = nx.DiGraph()
        found.add_nodes_from(self.leaving)
        for near, hops in self.leaving.items():
            for _, far, metric in hops:
                if not found.has_edge(far, near) or metric < found[far][near]["metric"]:
                    found.add_edge(far, near, metric=metric)
        return found

    @cached_property
    def _is_growing(self) -> bool:
        """Return whether every link adds to the distance."""
        return all(metric > 0 for hops in self.leaving.values() for _, _, metric in hops)

    def _mended(self, targets: frozenset[str]) -> Mapping[str, int]:
        """Return the distances of the whole network, with those of the nodes found anew that the failure cuts off from a target.

        A node is cut off if each of its next hops is gone or cut off itself; these are nearer, and so looked at before it.
        """
        assert self._whole is not None  # noqa: S101  (asked by the caller)
        whole = self._whole.towards(targets)
        cut = self._cut_off(whole, targets)
        if not cut and self._failed.nodes.isdisjoint(whole):
            return whole
        found = dict(whole)
        for node in (*cut, *self._failed.nodes):
            found.pop(node, None)
        heap = [
            (metric + found[far], node)
            for node in cut
            for _, far, metric in self.leaving[node]
            if far in found and self._may_enter(far, targets)
        ]
        heapify(heap)
        while heap:
            length, node = heappop(heap)
            if node in found:
                continue
            found[node] = length
            for near, metric, _ in self._coming[node] if self._may_enter(node, targets) else ():
                if near in cut and near not in found:
                    heappush(heap, (length + metric, near))
        return found

    def _cut_off(self, whole: Mapping[str, int], targets: frozenset[str]) -> set[str]:
        """Return the live nodes that have lost all their next hops of the whole network."""
        assert self._whole is not None  # noqa: S101  (asked by the caller's caller)
        heap = [(whole[node], node) for node in self._beside_failed if node in whole]
        heapify(heap)
        cut, seen = set[str](), set[str]()
        while heap:
            length, node = heappop(heap)
            if node in seen or node in targets:
                continue
            seen.add(node)
            if not any(
                far in whole and metric + whole[far] == length and far not in cut and self._may_enter(far, targets)
                for _, far, metric in self.leaving[node]
            ):
                cut.add(node)
                for near, metric, _ in self._coming[node]:
                    if whole.get(near) == length + metric:
                        heappush(heap, (whole[near], near))
        return cut

    @cached_property
    def _coming(self) -> Mapping[str, Sequence[tuple[str, int, str]]]:
        """Return the live nodes beside each with the metric of the link from there, and that link."""
        if self._whole is not None:
            nodes, links, before = self._failed.nodes, self._failed.links, self._whole._coming  # noqa: SLF001  (of the same class)
            left = dict(before)
            for name in self._touched:
                left[name] = [row for row in before[name] if row[2] not in links and row[0] not in nodes]
            return left
        found: dict[str, list[tuple[str, int, str]]] = {node: [] for node in self.leaving}
        for near, hops in self.leaving.items():
            for link, far, metric in hops:
                found[far].append((near, metric, link))
        return found

    @cached_property
    def _beside_failed(self) -> tuple[str, ...]:
        """Return the live nodes from which a link is gone."""
        whole = self._whole.leaving if self._whole is not None else {}
        return tuple(
            node for node in self._touched if node in self.leaving and len(self.leaving[node]) != len(whole[node])
        )

    def _may_enter(self, node: str, targets: frozenset[str]) -> bool:
        return node in self._open or node in targets

    @cached_property
    def _open(self) -> frozenset[str]:
        """Return the nodes that are routed through."""
        if self._whole is not None:
            return self._whole._open  # noqa: SLF001  (of the same class)
        is_isis = self.topology.routing.igp == "isis"
        return frozenset(name for name in self.topology.nodes if not is_isis or _offers_transit(self.topology, name))

    def _live_links(self) -> Iterator[tuple[str, str, str, int]]:
        """Yield near node, far node, link and metric of every direction of every link that is left."""
        for link in self.topology.links.values():
            ends = (link.a.node, link.b.node)
            is_used = self._algorithm is None or may_use(self.topology, self._algorithm, link)
            if is_used and self.has_link(link.id):
                for near, far in (ends, ends[::-1]):
                    yield near, far, link.id, self._metric(link, near)

    def _metric(self, link: Link, near: str) -> int:
        igp = self.topology.routing.igp
        own = None if self._algorithm is None else metric_of(self._algorithm, link, near)
        if is_drained(link, self.topology) or (igp == "ospf" and not _offers_transit(self.topology, near)):
            return _LAST_RESORT[igp] if own is None else LAST_RESORT
        if own is not None:
            return own
        return link.igp_metric.towards(is_ab=link.is_ab(near))


def _touched(topology: Topology, failed: Elements, leaving: Mapping[str, list[_Way]]) -> frozenset[str]:
    """Return the nodes that may have lost a link: the ends of failed ones, and the nodes beside failed ones."""
    links = (topology.links[name] for name in failed.links if name in topology.links)
    ends = {end for link in links for end in (link.a.node, link.b.node)}
    beside = {far for name in failed.nodes for _, far, _ in leaving.get(name, ())}
    return frozenset(ends | beside) & leaving.keys()


def is_drained(link: Link, topology: Topology) -> bool:
    """Return whether a link, or a node at its ends, is taken out of use."""
    return "drained" in {link.state, topology.nodes[link.a.node].state, topology.nodes[link.b.node].state}


def _offers_transit(topology: Topology, node: str) -> bool:
    return topology.nodes[node].transit and topology.nodes[node].state == "up"


def _holds(
    outer: ipaddress.IPv4Network | ipaddress.IPv6Network, inner: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    first, last = int(outer.network_address), int(outer.broadcast_address)
    return first <= int(inner.network_address) and int(inner.broadcast_address) <= last
