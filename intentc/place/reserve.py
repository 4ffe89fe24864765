"""What a demand claims in the books, from where its packets go in all states."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import chain

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Walk
from intentc.place.book import Claim
from intentc.place.parts import all_arcs, plain_labels, weighed_parts
from intentc.place.reservation import Parts, Reservation
from intentc.place.tasks import Task


def reserve(network: Network, task: Task, normal: Walk, walks: Mapping[Outage, Walk | None]) -> Reservation:
    """Return the claims of a demand; `walks` has the states in which it goes another way, or claims nothing (None)."""
    claim, failed = task.claim, task.failed_claim
    if failed.rate_bps > claim.rate_bps or failed.limit_bps > claim.limit_bps:
        walks = {**dict.fromkeys(task.outages, normal), **walks}
    own = _parts(network, normal, claim)
    parts: dict[Outage, Parts] = {NORMAL: own} if own else {}
    known: dict[object, Parts] = {}
    for outage, taken in walks.items():
        if taken is not None:
            key = taken.trails[0].arcs, taken.trails[0].labels, taken.trails[1:]  # no fractions are hashed for one path
            if key not in known:
                known[key] = _parts(network, taken, failed)
            if known[key]:
                parts[outage] = known[key]
    each = {
        id(taken): _each_arc(network, taken) for taken in walks.values() if taken is not None
    }  # once: most walks are several states'
    states = {outage: () if taken is None else each[id(taken)] for outage, taken in walks.items()}
    labelled = (labels for labels in (own, *known.values()) if isinstance(labels, tuple))
    most = max(chain.from_iterable(labelled), default=0)
    packet = network.topology.routing.mean_packet
    normal_bps = _by_labels(claim, most, packet)
    failed_bps = normal_bps if failed == claim else _by_labels(failed, most, packet)
    return Reservation(claim, _each_arc(network, normal), failed, states, parts, normal_bps, failed_bps, packet)


def _parts(network: Network, taken: Walk, claim: Claim) -> Parts:
    labels = plain_labels(network, taken, claim)
    return weighed_parts(network, taken, claim) if labels is None else labels


def _each_arc(network: Network, taken: Walk) -> Collection[int]:
    return all_arcs(network, taken) if network.under else taken.each_arc


def _by_labels(claim: Claim, most: int, mean_packet: int) -> tuple[int, ...]:
    """Return what is claimed by the number of labels."""
    return tuple([claim.with_labels(count, mean_packet).own_bps for count in range(most + 1 if most else 0)])
