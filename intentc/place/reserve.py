"""What a demand claims in the books, from where its packets go in all states."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Walk
from intentc.place.parts import Parts, all_arcs, weighed_parts
from intentc.place.reservation import Reservation
from intentc.place.tasks import Task


def reserve(network: Network, task: Task, normal: Walk, walks: Mapping[Outage, Walk | None]) -> Reservation:
    """Return the claims of a demand; `walks` has the states in which it goes another way, or claims nothing (None)."""
    claim, failed = task.claim, task.failed_claim
    if failed.rate_bps > claim.rate_bps or failed.limit_bps > claim.limit_bps:
        walks = {**dict.fromkeys(task.outages, normal), **walks}
    states: dict[Outage, Collection[int]] = {}
    parts: dict[Outage, Parts] = {NORMAL: weighed_parts(network, normal, claim)}
    known: dict[object, Parts] = {}
    for outage, taken in walks.items():
        states[outage] = () if taken is None else _each_arc(network, taken)
        if taken is not None:
            key = taken.trails[0].arcs, taken.trails[0].labels, taken.trails[1:]  # no fractions are hashed for one path
            if key not in known:
                known[key] = weighed_parts(network, taken, failed)
            parts[outage] = known[key]
    return Reservation(claim, all_arcs(network, normal), failed, states, parts if any(parts.values()) else {})


def _each_arc(network: Network, taken: Walk) -> Collection[int]:
    return all_arcs(network, taken) if network.under else taken.each_arc
