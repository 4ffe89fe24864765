"""Protection: BFD on the IGP's adjacencies where the network declares none, and local repair where the IGP would be too slow."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ir.ground import Ground, asked_by, merged
from intentc.ir.model import BfdPort, Origin, RepairPort
from intentc.realise.repair import FEATURE


def lower_protection(ground: Ground) -> Mapping[str, tuple[BfdPort, ...]]:
    """Return the BFD sessions (RFC 5880) that intentc owns: on all links of all devices whose timers nobody declares.

    All links, because a failure anywhere may be on the path of the next state; but those whose far end runs none, where only the
    IGP notices failures: a session that never comes up may keep the adjacency down.
    """
    if ground.topology.routing.bfd is not None:
        return {}
    asking = [
        item.demand for item in ground.demands if item.demand.failover is not None and item.demand.failover.states
    ]
    if not asking:
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
        if _answers(ground, link.other(node))
    )


def _answers(ground: Ground, node: str) -> bool:
    """Return whether BFD runs at a node: its timers are declared, it is a provider's, or intentc configures it there too."""
    item = ground.topology.nodes[node]
    return item.bfd is not None or item.platform == "none" or ground.can(node, "bfd")


def lower_repairs(ground: Ground) -> Mapping[str, tuple[RepairPort, ...]]:
    """Return the ports that repair locally: those that placed demands count on, and no more.

    A port goes around the node behind it where any of them needs that, else around the link.
    """
    asking: dict[tuple[str, str], list[tuple[str, Origin]]] = {}
    for item in ground.repaired:
        for repair in item.protection.repairs if item.protection is not None else ():
            asked = asking.setdefault((repair.node, repair.link), [])
            asked.append((repair.protects, asked_by(item.demand, "failover")))
    found: dict[str, list[RepairPort]] = {}
    for (node, link), asked in sorted(asking.items()):
        interface = ground.topology.links[link].end(node).interface
        if interface is not None and ground.can(node, FEATURE):
            protects = "node" if any(kind == "node" for kind, _ in asked) else "link"
            origin = merged(one for _, one in asked)
            found.setdefault(node, []).append(
                RepairPort(interface, link, ground.topology.routing.igp, protects, origin)
            )
    return {node: tuple(ports) for node, ports in found.items()}
