"""Isolation: default deny around a prefix, where it is attached."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ir.ground import Ground
from intentc.ir.model import IsolationRule, Origin
from intentc.ir.names import object_name
from intentc.resolve.model import Flow, Isolation


def lower_isolation(ground: Ground) -> Mapping[str, tuple[IsolationRule, ...]]:
    """Return the default-deny rules by device; the flows in them are as they look after marking."""
    found: dict[str, list[IsolationRule]] = {}
    for isolation in ground.realised.model.isolations:
        for node in isolation.nodes:
            interfaces = ground.edge_ports(node, (isolation.prefix,))
            if interfaces and ground.can(node, "isolation"):
                found.setdefault(node, []).append(_rule(ground, isolation, interfaces))
    return {node: tuple(rules) for node, rules in found.items()}


def _rule(ground: Ground, isolation: Isolation, interfaces: tuple[str, ...]) -> IsolationRule:
    allowed = {seen for flow in isolation.allowed for seen in _as_marked(ground, isolation, flow)}
    return IsolationRule(
        prefix=isolation.prefix,
        interfaces=interfaces,
        direction=isolation.direction,
        allowed=tuple(sorted(allowed)),
        counter=object_name("isolate", isolation.direction, isolation.prefix),
        origin=Origin(tuple(sorted(isolation.intents)), (isolation.span,)),
    )


def _as_marked(ground: Ground, isolation: Isolation, flow: Flow) -> tuple[Flow, ...]:
    """Return an allowed flow with the code points of the demands that it belongs to."""
    if flow.dscp is None:
        return (flow,)
    owners = [
        realised.demand
        for realised in ground.demands
        if realised.demand.intent in isolation.intents
        and any(flow in candidate.flows for candidate in realised.demand.candidates)
    ]
    return tuple(seen for demand in owners for seen in ground.as_marked(demand, flow)) or (flow,)
