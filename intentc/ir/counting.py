"""Counting: what arrives of an intent that asks for telemetry."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ir.ground import Ground, asked_by
from intentc.ir.model import CountRule
from intentc.ir.names import object_name
from intentc.ir.rivals import Seen, still_seen
from intentc.resolve.model import Candidate, Demand


def lower_counting(ground: Ground) -> Mapping[str, tuple[CountRule, ...]]:
    """Return counters at the ports where packets of such intents leave towards their hosts (marking rules count by themselves)."""
    measured = ground.measured
    found: dict[str, list[CountRule]] = {}
    for realised in ground.demands if measured else ():
        if realised.demand.intent in measured:
            for node, rules in _rules(ground, realised.demand).items():
                found.setdefault(node, []).extend(rules)
    return {node: tuple(rules) for node, rules in found.items()}


def _rules(ground: Ground, demand: Demand) -> dict[str, list[CountRule]]:
    ports: dict[str, dict[Seen, set[str]]] = {}
    for candidate in demand.candidates:
        node = candidate.destination.node
        if ground.can(node, "counting"):
            for seen in _flows(ground, demand, candidate):
                ports.setdefault(node, {}).setdefault(seen, set()).update(ground.ports_of(candidate.destination))
    origin = asked_by(demand, "telemetry")
    return {
        node: [
            CountRule(flow, tuple(sorted(interfaces)), object_name(demand.key, "arrived"), origin, excepted)
            for (flow, excepted), interfaces in sorted(flows.items())
            if interfaces
        ]
        for node, flows in ports.items()
    }


def _flows(ground: Ground, demand: Demand, candidate: Candidate) -> list[Seen]:
    excepted, rivals = still_seen(candidate.excepted), ground.rivals
    marked = (seen for flow in candidate.flows for seen in ground.as_marked(demand, flow))
    return [found for seen in marked for found in rivals.as_marked(demand, seen, excepted)]
