"""Which packets can be sent the way of which Flexible Algorithm: subject to definitions, devices and what must not be used."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from intentc.forwarding.flex_algos import Algorithm
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.walk import Packets
from intentc.targetkit.flex_algos import HEAD_END, features_to_take_part
from intentc.targetkit.model import NodeCapabilities


class Algorithms:
    """The Flexible Algorithms of a network that all of their nodes can compute, and the nodes that can send packets into them."""

    def __init__(self, router: SegmentRouter, capabilities: Mapping[str, NodeCapabilities]) -> None:
        self._network = router.network
        self._capabilities = capabilities
        self._known = {
            number: algorithm for number, algorithm in router.algorithms.items() if self._is_computed(algorithm)
        }
        nodes = range(len(self._network.nodes))
        self._heads = frozenset(node for node in nodes if self._is_head(node)) if self._known else frozenset()

    def within(self, fences: Collection[int]) -> tuple[int, ...]:
        """Return the algorithms that never lead over a fenced link, in any state: no filter sees labelled packets."""
        return tuple(number for number, algorithm in self._known.items() if algorithm.avoids(fences))

    def heads(self, number: int) -> frozenset[int]:
        """Return the nodes that take part in an algorithm and can send packets of their hosts into it."""
        return frozenset(node for node in self._heads if self._known[number].has_part[node])

    def of(self, packets: Packets, start: int) -> tuple[int, ...]:
        """Return the algorithms that may carry packets which enter at a node, by number."""
        if start not in self._heads:
            return ()
        return tuple(
            number
            for number in self.within(packets.fences)
            if self._known[number].has_part[start] and self.end_points(packets, number)
        )

    def end_points(self, packets: Packets, number: int) -> tuple[int, ...]:
        """Return the nodes with a SID in an algorithm at which all of some packets may be delivered."""
        has_part = self._known[number].has_part
        return tuple(sorted(node for node in frozenset.intersection(*packets.addresses) if has_part[node]))

    def _is_computed(self, algorithm: Algorithm) -> bool:
        """Return whether every node that is said to take part can; a provider's node is believed."""
        topology = self._network.topology
        needed = features_to_take_part(algorithm.definition.metric, topology.routing.igp)
        return all(
            own is None or own.platform == "none" or all(_can(own, feature) for feature in needed)
            for node, has_part in enumerate(algorithm.has_part)
            if has_part
            for own in (self._capabilities.get(self._network.nodes[node]),)
        )

    def _is_head(self, node: int) -> bool:
        own = self._capabilities.get(self._network.nodes[node])
        return own is not None and HEAD_END in own.mechanisms and _can(own, HEAD_END)


def _can(own: NodeCapabilities, feature: str) -> bool:
    support = own.features.get(feature)
    return support is not None and support.is_supported
