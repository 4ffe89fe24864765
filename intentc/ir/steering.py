"""Steering: packets that arrive over a port go towards a waypoint instead of along the IGP's own path."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from intentc.ir.ground import Ground, asked_by
from intentc.ir.model import SteerRule
from intentc.ir.rivals import Seen, still_seen
from intentc.realise.model import RealisedDemand, SteeringRule

_STEERING = attrgetter("steering")


def lower_steering(ground: Ground) -> Mapping[str, tuple[SteerRule, ...]]:
    """Return the steering rules by device.

    A device that has the destination attached delivers: it gets no rule for that destination. A waypoint is never the
    device itself (the packet is there already).
    """
    found: dict[str, list[SteerRule]] = {}
    for realised in ground.those("steered", _STEERING):
        for rule in realised.steering:
            if ground.can(rule.node, "steering"):
                found.setdefault(rule.node, []).extend(_rules(ground, realised, rule))
    return {node: tuple(rules) for node, rules in found.items()}


def _rules(ground: Ground, realised: RealisedDemand, rule: SteeringRule) -> list[SteerRule]:
    waypoints = tuple(name for name in rule.waypoints if name != rule.node)
    interfaces = _interfaces(ground, realised, rule)
    if not interfaces or not (waypoints or rule.is_fail_closed):
        return []
    return [
        SteerRule(
            precedence=realised.demand.precedence,
            flow=flow,
            excepted=excepted,
            interfaces=interfaces,
            waypoints=waypoints,
            is_fail_closed=rule.is_fail_closed,
            origin=asked_by(realised.demand, "via", "latency", "pin", "avoid", "failover"),
        )
        for flow, excepted in _flows(ground, realised, rule)
        if not ground.attaches(rule.node, flow.destination)
    ]


def _flows(ground: Ground, realised: RealisedDemand, rule: SteeringRule) -> list[Seen]:
    """Return what to match: at the ports where hosts hang the packets as sent, elsewhere as marked; not those that others have."""
    meant, demand, rivals = rule.candidate or realised.chosen, realised.demand, ground.rivals
    if rule.ingress is None:
        return [found for flow in meant.flows for found in rivals.as_sent(demand, flow, meant.excepted)]
    excepted = still_seen(meant.excepted)
    marked = (seen for flow in meant.flows for seen in ground.as_marked(demand, flow))
    return [found for seen in marked for found in rivals.as_marked(demand, seen, excepted)]


def _interfaces(ground: Ground, realised: RealisedDemand, rule: SteeringRule) -> tuple[str, ...]:
    if rule.ingress is not None:
        interface = ground.topology.links[rule.ingress].end(rule.node).interface
        return () if interface is None else (interface,)
    meant = rule.candidate or realised.chosen
    sources = [
        candidate.source
        for candidate in realised.demand.candidates
        if candidate.source.node == rule.node and candidate.flows == meant.flows
    ]
    return tuple(sorted({port for source in sources for port in ground.ports_of(source)}))
