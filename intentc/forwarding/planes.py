"""The planes that node segments follow: the IGP and the Flexible Algorithms of a network (RFC 8402, RFC 9350)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Trail, unsteered
from intentc.native import compiled
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.segments import Router

_NO_FENCES: frozenset[int] = frozenset()


@frozen
class Plane:
    """The shortest paths that node segments of one algorithm take, and the nodes that forward by its labels."""

    igp: Igp
    can_route: tuple[bool, ...]

    def trails(self, start: int, end: int, outage: Outage) -> tuple[Trail, ...] | None:
        """Return the ways of node segments, None where they are too many, or there is none, or nodes on it know no labels."""
        if end in outage.nodes or not self.can_route[start]:
            return None
        found = unsteered(self.igp.towards_node(end, outage), start, _NO_FENCES)
        head, knows = self.igp.network.head.__getitem__, self.can_route.__getitem__
        is_known = found is not None and all(all(map(knows, map(head, trail.arcs))) for trail in found)
        return found if is_known else None


def kernel_of(network: Network, planes: Mapping[int, Plane]) -> Router | None:
    """Return what follows lists each of whose segments has one way; None where there are no kernels."""
    kernels = compiled("segments")
    if network.graph is None or kernels is None:
        return None
    made = {
        number: kernels.Plane(plane.igp.network.graph, plane.can_route, plane.igp.whole_to, plane.igp.towards_node)
        for number, plane in planes.items()
    }
    router: Router = kernels.Router(network.graph, made)
    return router
