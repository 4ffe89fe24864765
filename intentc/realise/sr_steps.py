"""The steps that SR policies can make packets take: over any link between nodes that do segment routing."""

from __future__ import annotations

from intentc.forwarding.outage import Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.place.model import Hop


class Steps:
    """Steps of any packets, one tuple per node; `single`: a byte per arc, 1 for those of all steps."""

    def __init__(self, router: SegmentRouter) -> None:
        network, can_route = router.network, router.can_route
        self._network = network
        self._known: dict[int, tuple[tuple[Hop, ...], frozenset[int]]] = {}  # with their links
        self.single = bytes(can_route[a] and can_route[b] for a, b in zip(network.tail, network.head, strict=True))

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
        head, leaving = self._network.head, self._network.leaving[node]
        return tuple(Hop((arc,), head[arc], is_steered=False) for arc in leaving if self.single[arc])
