"""Protection: BFD on the IGP's adjacencies, where the network declares none and an intent needs it."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ir.ground import Ground, asked_by, merged
from intentc.ir.model import BfdPort, Origin


def lower_protection(ground: Ground) -> Mapping[str, tuple[BfdPort, ...]]:
    """Return the BFD sessions (RFC 5880) that intentc owns: on all links of all devices whose timers nobody declares.

    All links, because a failure anywhere may be on the path of the next state.
    """
    asking = [
        item.demand for item in ground.demands if item.demand.failover is not None and item.demand.failover.states
    ]
    if ground.topology.routing.bfd is not None or not asking:
        return {}
    origin = merged(asked_by(demand, "failover") for demand in asking)
    return {
        node: _ports(ground, node, origin)
        for node in ground.nodes_that_can("bfd")
        if ground.topology.nodes[node].bfd is None
    }


def _ports(ground: Ground, node: str, origin: Origin) -> tuple[BfdPort, ...]:
    own = ground.capabilities[node]
    return tuple(
        BfdPort(interface, link.id, ground.topology.routing.igp, own.bfd_interval_us, own.bfd_multiplier, origin)
        for link, interface in ground.core_ports(node)
    )
