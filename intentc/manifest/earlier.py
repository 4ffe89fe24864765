"""What a manifest says of how its demands were placed, for a placement that keeps what it can."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.manifest.model import Manifest, SteeringEntry
from intentc.realise.earlier import Earlier, EarlierRule


def earlier_demands(manifest: Manifest) -> Mapping[str, Earlier]:
    """Return ends and steering of every demand of a manifest, by id."""
    return {
        demand.id: Earlier(demand.source, demand.destination, tuple(map(_rule, demand.steering)))
        for intent in manifest.intents
        for demand in intent.demands
    }


def _rule(entry: SteeringEntry) -> EarlierRule:
    replica = None if entry.replica is None else (entry.replica.source, entry.replica.destination)
    return EarlierRule(entry.node, entry.ingress, entry.waypoints, replica)
