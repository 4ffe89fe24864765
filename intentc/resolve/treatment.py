"""What happens to the packets of a part: two intents contradict only where this differs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from intentc.clauses.requirement import Promise
from intentc.resolve.draft import Draft
from intentc.resolve.model import Demand
from intentc.resolve.overlaps import Part

Treatment = Mapping[str, Hashable]


def treatment_of(draft: Draft, part: Part) -> Treatment:
    """Return the aspects of a part's treatment by the word that a finding calls them; rates are not among them."""
    demand = part.demands[0]  # the demands of one part differ in their ends only
    return {
        "class": demand.traffic_class,
        "path constraints": (
            frozenset((item.kind, item.nodes, item.links) for item in demand.exclusions if item.kind != "encrypt"),
            tuple((item.nodes, item.links) for item in demand.via),
            demand.is_spread,
            demand.is_symmetric,
            tuple((item.nodes, item.links, item.is_place) for item in demand.preferences),
        ),
        "encryption": frozenset(item.links for item in demand.exclusions if item.kind == "encrypt"),
        # What a chain promises hangs on all of its steps: no other traffic, of another chain neither, is promised the same.
        "latency": (demand.bound_ns, demand.rtt_bound_ns, demand.intent if demand.step is not None else None),
        "jitter": demand.jitter_ns,
        "loss": demand.loss_ppb,
        "failover": (demand.otherwise, _promise(draft, demand)),
        "policing": (demand.has_bandwidth, demand.ceiling_bps is not None),
    }


def _promise(draft: Draft, demand: Demand) -> Hashable:
    promise = draft.requirements.one(Promise)
    if promise is None or demand.failover is None:
        return None
    kept = demand.failover
    lines = frozenset((line.failures, line.is_except_access) for line in promise.survive)
    switches = frozenset((item.metric, item.threshold, item.interval_ms, item.count) for item in kept.switches)
    return (kept.within_ns, lines, kept.bound_ns, kept.rtt_bound_ns, kept.revert_ns, switches)


def shape_of(part: Part) -> Hashable:
    """Return how the demands of a part run and share rates, apart from the intent's name."""
    return frozenset(
        (
            suffix(demand),
            tuple((item.source.node, item.destination.node) for item in demand.candidates),
            demand.pool.removeprefix(demand.intent),
        )
        for demand in part.demands
    )


def suffix(demand: Demand) -> str:
    """Return the key of a demand without its intent."""
    return demand.key.removeprefix(demand.intent)


def differences(one: Treatment, other: Treatment) -> list[str]:
    """Return the words for what differs."""
    return [] if one == other else [word for word, aspect in one.items() if aspect != other[word]]
