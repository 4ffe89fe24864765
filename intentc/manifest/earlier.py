"""What a manifest says of how its demands were placed, for a placement that keeps what it can."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.manifest.model import Manifest, PolicyEntry, ReplicaEntry, SteeringEntry
from intentc.realise.earlier import Earlier, EarlierPolicy, EarlierRule
from intentc.realise.model import WeightedSegments


def earlier_demands(manifest: Manifest) -> Mapping[str, Earlier]:
    """Return ends, steering and rate of every demand of a manifest, by id."""
    return {
        demand.id: Earlier(
            demand.source,
            demand.destination,
            tuple(map(_rule, demand.steering)),
            tuple(_policy(policy, is_by_algorithm=demand.mechanism == "flex-algo") for policy in demand.policies),
            demand.bandwidth_bps,
        )
        for intent in manifest.intents
        for demand in intent.demands
    }


def _rule(entry: SteeringEntry) -> EarlierRule:
    return EarlierRule(entry.node, entry.ingress, entry.waypoints, _ends(entry.replica))


def _policy(entry: PolicyEntry, *, is_by_algorithm: bool) -> EarlierPolicy:
    return EarlierPolicy(
        entry.node,
        tuple(path.segments for path in entry.candidates),
        _ends(entry.replica),
        is_by_algorithm,
        tuple(tuple(WeightedSegments(one.weight, one.segments) for one in path.lists) for path in entry.candidates),
    )


def _ends(replica: ReplicaEntry | None) -> tuple[str, str] | None:
    return None if replica is None else (replica.source, replica.destination)
