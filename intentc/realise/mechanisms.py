"""What the devices of a network can do with packets, as the placement asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.walk import Packets, Walk
from intentc.place.model import Hop
from intentc.realise.course import PbrCourse, bundles_at
from intentc.realise.model import Protection
from intentc.realise.protection import time_to_repair
from intentc.targetkit.model import NodeCapabilities
from intentc.topology.model import Topology


class Mechanisms:
    """The IGP's own path and policy-based routing: implements `intentc.place.model.Realiser`."""

    def __init__(self, topology: Topology, capabilities: Mapping[str, NodeCapabilities]) -> None:
        self._network = build_network(topology)
        self._capabilities = capabilities
        self._igp = Igp(self._network)
        self._outages = Outages(self._network)
        self._steerable = frozenset(index for index in range(len(self._network.nodes)) if self.table_room(index))

    @property
    def igp(self) -> Igp:
        return self._igp

    @property
    def outages(self) -> Outages:
        return self._outages

    def course(self, packets: Packets, families: frozenset[int], avoid: frozenset[int]) -> PbrCourse:
        waypoints = tuple(index for index in range(len(self._network.nodes)) if families <= self._families_of(index))
        return PbrCourse(self._igp, packets, self._steerable - avoid, waypoints)

    def steps(self, node: int) -> tuple[Hop, ...]:
        if node not in self._steerable:
            return ()
        head = self._network.head
        bundles = (
            arcs for arcs in bundles_at(self._network, node, NORMAL) if self._igp.first_hops.is_direct(arcs, NORMAL)
        )
        return tuple(Hop(arcs, head[arcs[0]], is_steered=True) for arcs in bundles)

    def table_room(self, node: int) -> int:
        own = self._of(node)
        if own is None or "pbr" not in own.mechanisms or not self._can(node, "steering"):
            return 0
        return own.max_steering_tables

    def can_fence(self, node: int) -> bool:
        return self._can(node, "fence")

    def protection(self, primary: Walk, backups: Sequence[Walk]) -> Protection | None:
        network = self._network
        links = {network.links[arc >> 1] for arc in primary.arcs}
        if not links:
            return None
        arcs = primary.arcs.union(*(walk.arcs for walk in backups))
        nodes = {network.nodes[end] for arc in arcs for end in (network.tail[arc], network.head[arc])}
        return time_to_repair(network.topology, self._capabilities, links, nodes)

    def _of(self, node: int) -> NodeCapabilities | None:
        return self._capabilities.get(self._network.nodes[node])

    def _can(self, node: int, feature: str) -> bool:
        own = self._of(node)
        support = own.features.get(feature) if own is not None else None
        return support is not None and support.is_supported

    def _families_of(self, node: int) -> frozenset[int]:
        item = self._network.topology.nodes[self._network.nodes[node]]
        loopbacks = ((4, item.loopback), (6, item.loopback6))
        return frozenset(family for family, loopback in loopbacks if loopback is not None)
