"""The steps that SR policies can make packets take: over any link between nodes that do segment routing."""

from __future__ import annotations

from intentc.forwarding.outage import Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.place.model import Hop


class Steps:
    """Steps of packets to some nodes; what is kept is one tuple per node.

    A step where the IGP's only way, in the normal state, goes anyway adds no segment in most lists. With `is_strict` every
    step is an adjacency segment, so all count the same.
    """

    def __init__(self, router: SegmentRouter, targets: frozenset[int], *, is_strict: bool) -> None:
        self._router = router
        self._targets = targets
        self._is_strict = is_strict
        self._known: dict[int, tuple[tuple[Hop, ...], frozenset[int]]] = {}  # with their links

    def at(self, node: int, outage: Outage) -> tuple[Hop, ...]:
        """Return the steps at a node over links that are up in a state."""
        known = self._known.get(node)
        if known is None:
            made = self._steps(node)
            known = self._known[node] = made, frozenset(hop.arcs[0] >> 1 for hop in made)
        found, links = known
        if outage.links and not links.isdisjoint(outage.links):
            return tuple([hop for hop in found if hop.arcs[0] >> 1 not in outage.links])
        return found

    def _steps(self, node: int) -> tuple[Hop, ...]:
        router = self._router
        if not router.can_route[node]:
            return ()
        own = () if self._is_strict else router.igp.towards(self._targets).next_arcs(node)
        head = router.network.head
        return tuple(
            Hop((arc,), head[arc], is_steered=own != (arc,))
            for arc in router.network.leaving[node]
            if router.can_route[head[arc]]
        )
