"""Marking: packets of a demand get their class where they enter the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.ir.ground import Ground, asked_by
from intentc.ir.metering import meter_name
from intentc.ir.model import MarkRule
from intentc.ir.names import object_name
from intentc.resolve.model import Candidate, Demand, Flow


def lower_marking(ground: Ground) -> Mapping[str, tuple[MarkRule, ...]]:
    """Return the rules of every device at which a demand may enter: at the attachments of all its candidates, not only of

    the chosen one, as the others carry after a failure.
    """
    asked = ground.asked
    return ground.grouped("marking", ground.each("marking", (asked,), lambda at: _marked(ground, asked[at])))


def _marked(ground: Ground, demand: Demand) -> list[tuple[str, list[MarkRule]]]:
    return [
        (node, list(_rules(ground, demand, candidates)))
        for node, candidates in _by_source(demand).items()
        if ground.can(node, "marking")
    ]


def _by_source(demand: Demand) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for candidate in demand.candidates:
        found.setdefault(candidate.source.node, []).append(candidate)
    return found


def _rules(ground: Ground, demand: Demand, candidates: list[Candidate]) -> Iterator[MarkRule]:
    ports: dict[tuple[Flow, tuple[Flow, ...]], set[str]] = {}
    for candidate in candidates:
        for flow in candidate.flows:
            ports.setdefault((flow, candidate.excepted), set()).update(ground.ports_of(candidate.source))
    own = ground.classes[demand.traffic_class]
    for (flow, excepted), interfaces in sorted(ports.items()):
        if interfaces:
            yield MarkRule(
                precedence=demand.precedence,
                flow=flow,
                excepted=excepted,
                interfaces=tuple(sorted(interfaces)),
                traffic_class=own.name,
                dscp=own.dscp,
                meter=meter_name(ground, demand),
                counter=object_name(demand.key),
                origin=asked_by(demand, "priority", "bandwidth"),
            )
