"""A demand in the words of the contract: paths, states, steering, policies and what protects it."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.manifest.model import (
    AlternativeEntry,
    CandidateEntry,
    DemandEntry,
    FlowEntry,
    LatencyEntry,
    ListEntry,
    PathEntry,
    PolicyEntry,
    PreferenceEntry,
    PrimaryEntry,
    ProtectionEntry,
    RepairEntry,
    ReplicaEntry,
    StateEntry,
    SteeringEntry,
    SwitchEntry,
)
from intentc.manifest.states import merge_states
from intentc.realise.model import (
    LatencyParts,
    Path,
    RealisedDemand,
    SegmentPolicy,
    StateResult,
    SteeringRule,
)
from intentc.resolve.model import Candidate, Flow, Switch

_NS_PER_US = 1000


def demand_entry(item: RealisedDemand, states: Iterable[StateResult] | None = None) -> DemandEntry:
    """Return what the manifest says of a demand, which rests on nothing else. `states`: those to tell (None: all, as it tells them)."""
    demand = item.demand
    bound_us = None if demand.bound_ns is None else demand.bound_ns // 1000
    return DemandEntry(
        id=item.id,
        source_site=item.chosen.source.site,
        destination_site=item.chosen.destination.site,
        source=item.chosen.source.node,
        destination=item.chosen.destination.node,
        direction="reverse" if demand.direction == "reverse" else "forward",
        match=_flows(item.chosen.flows),
        bandwidth_bps=demand.bandwidth_bps,
        burst_bytes=demand.burst_bytes,
        bound_us=bound_us,
        margin_us=None if bound_us is None else bound_us - item.latency.total,
        mechanism=item.mechanism,  # type: ignore[arg-type]  # the stage's words are the contract's
        segments=item.segments,
        primary=PrimaryEntry(_paths(item.primary), _latency(item.latency), item.latency.basis),  # type: ignore[arg-type]
        alternatives=tuple(
            AlternativeEntry(other.preference, other.segments, other.liveness, _paths(other.paths))  # type: ignore[arg-type]
            for other in item.alternatives
        ),
        states=state_entries(merge_states(item) if states is None else states),
        unprotected=tuple(sorted(item.unprotected)),
        protection=_protection(item),
        excepted=_flows(item.chosen.excepted),
        ceiling_bps=demand.ceiling_bps,
        rtt_bound_us=None if demand.rtt_bound_ns is None else demand.rtt_bound_ns // 1000,
        steering=tuple(_steering(rule) for rule in item.steering),
        reason=item.reason,
        policies=tuple(_policy(policy) for policy in item.policies),
        repairs=_repairs(item),
        preferences=tuple(
            PreferenceEntry(standing.text, not standing.off, standing.off, standing.why)  # type: ignore[arg-type]
            for standing in item.standings
        ),
    )


def state_entries(states: Iterable[StateResult]) -> tuple[StateEntry, ...]:
    """Return what the manifest says of a demand in failure states, as merged."""
    return tuple(
        StateEntry(state.when, _paths(state.paths), _latency(state.latency), state.latency.basis, state.destination)  # type: ignore[arg-type]
        for state in states
    )


def _steering(rule: SteeringRule) -> SteeringEntry:
    return SteeringEntry(rule.node, rule.ingress, rule.waypoints, rule.is_fail_closed, _replica(rule.candidate))


def _policy(policy: SegmentPolicy) -> PolicyEntry:
    candidates = tuple(
        CandidateEntry(
            path.preference, path.segments, tuple(ListEntry(item.weight, item.segments) for item in path.lists)
        )
        for path in policy.candidates
    )
    return PolicyEntry(policy.node, policy.end_point, policy.is_fail_closed, candidates, _replica(policy.candidate))


def _replica(other: Candidate | None) -> ReplicaEntry | None:
    if other is None:
        return None
    return ReplicaEntry(other.source.node, other.destination.node, _flows(other.flows), _flows(other.excepted))


def _flows(flows: Iterable[Flow]) -> tuple[FlowEntry, ...]:
    return tuple(
        FlowEntry(
            family=flow.family,
            source=flow.source,
            destination=flow.destination,
            protocol=flow.protocol,
            source_ports=flow.source_ports,
            destination_ports=flow.destination_ports,
            dscp=flow.dscp,
        )
        for flow in flows
    )


def _paths(paths: Iterable[Path]) -> tuple[PathEntry, ...]:
    return tuple(PathEntry(path.nodes, path.links, path.share_ppm) for path in paths)


def _latency(parts: LatencyParts) -> LatencyEntry:
    return LatencyEntry(parts.propagation, parts.serialisation, parts.queueing, parts.total)


def _protection(item: RealisedDemand) -> ProtectionEntry | None:
    kept = item.protection
    if kept is None:
        return None
    switches = item.demand.failover.switches if item.demand.failover is not None else ()
    return ProtectionEntry(kept.detector, kept.detect_ms, kept.repair_ms, kept.basis, tuple(map(_switch, switches)))


def _switch(switch: Switch) -> SwitchEntry:
    threshold = switch.threshold // _NS_PER_US if switch.metric == "latency" else switch.threshold
    return SwitchEntry(switch.metric, threshold, switch.interval_ms, switch.count, switch.detect_ms)


def _repairs(item: RealisedDemand) -> tuple[RepairEntry, ...]:
    kept = item.protection.repairs if item.protection is not None else ()
    return tuple(RepairEntry(repair.node, repair.link, repair.protects) for repair in kept)
