"""What a manifest says of how its demands were placed, for a placement that keeps what it can."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.manifest.model import SCHEMA, Manifest, PolicyEntry, ReplicaEntry, SteeringEntry
from intentc.manifest.read import read_manifest
from intentc.realise.earlier import Earlier, EarlierPolicy, EarlierRule
from intentc.realise.model import RealisedDemand, SegmentPolicy, SteeringRule, WeightedSegments
from intentc.resolve.model import Candidate
from intentc.values import from_json, frozen


@frozen
class _Demand:
    """What is kept of a `DemandEntry`."""

    id: str
    source: str
    destination: str
    bandwidth_bps: int
    mechanism: str
    steering: tuple[SteeringEntry, ...]
    policies: tuple[PolicyEntry, ...]


@frozen
class _Intent:
    demands: tuple[_Demand, ...]


@frozen
class _Manifest:
    schema: int
    intents: tuple[_Intent, ...]


def read_earlier(data: bytes) -> Mapping[str, Earlier]:
    """Return what `earlier_demands` returns of the manifest in `data` (UTF-8); raise `ManifestError` where it cannot be used.

    Only what is kept is looked into: of the rest no more is asked than that it is JSON. That takes a fiftieth of reading all.
    """
    try:
        found = from_json(_Manifest, data)
    except ValueError:
        return earlier_demands(read_manifest(data))  # which says what is damaged, and where
    return earlier_demands(found if found.schema == SCHEMA else read_manifest(data))


def earlier_demands(manifest: Manifest | _Manifest) -> Mapping[str, Earlier]:
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


def earlier_of(item: RealisedDemand) -> Earlier:
    """Return what `earlier_demands` returns of a demand that a manifest lists, without one."""
    return Earlier(
        item.chosen.source.node,
        item.chosen.destination.node,
        tuple(map(_of_rule, item.steering)),
        tuple(_of_policy(policy, is_by_algorithm=item.mechanism == "flex-algo") for policy in item.policies),
        item.demand.bandwidth_bps,
    )


def _of_rule(rule: SteeringRule) -> EarlierRule:
    return EarlierRule(rule.node, rule.ingress, rule.waypoints, _nodes(rule.candidate))


def _of_policy(policy: SegmentPolicy, *, is_by_algorithm: bool) -> EarlierPolicy:
    segments = tuple(path.segments for path in policy.candidates)
    lists = tuple(path.lists for path in policy.candidates)
    return EarlierPolicy(policy.node, segments, _nodes(policy.candidate), is_by_algorithm, lists)


def _nodes(other: Candidate | None) -> tuple[str, str] | None:
    return None if other is None else (other.source.node, other.destination.node)


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
