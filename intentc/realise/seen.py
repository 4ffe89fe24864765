"""Demands as the devices see them: one of which nothing but figures has changed is the very same one that it was.

How long packets wait in queues differs for hundreds of demands when one takes more or less, and no device is told of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from intentc.realise.model import RealisedDemand
from intentc.realise.results import lead_alike, led
from intentc.recall import changed_keys
from intentc.values import frozen, replace


@frozen
class Seen:
    """Placed demands by key, and in that order: what may be asked of them is where they go and by what, not how long that takes or in which states."""

    by_key: Mapping[str, RealisedDemand]
    rows: tuple[RealisedDemand, ...]


def seen(demands: Mapping[str, RealisedDemand]) -> Seen:
    """Return demands as they are."""
    return Seen(demands, tuple(demands.values()))


class LastSeen:
    """The demands of the last program; `turned` to those of another one, in which mostly few differ."""

    def __init__(self) -> None:
        self._demands: Mapping[str, RealisedDemand] = {}
        self._seen = seen({})

    def turned(self, demands: Mapping[str, RealisedDemand]) -> Seen:
        """Return demands as devices see them: those that go as they did as the very same objects, and all as the very same where all do."""
        known, changed = self._seen.by_key, changed_keys(self._demands, demands)
        if changed is None:
            self._seen = seen({key: _known(known.get(key), item) for key, item in demands.items()})
        else:
            anew = {key: item for key in changed if (item := _known(known[key], demands[key])) is not known[key]}
            self._seen = seen({**known, **anew}) if anew else self._seen
        self._demands = demands
        return self._seen


def goes_alike(one: RealisedDemand, other: RealisedDemand) -> bool:
    """Return whether a demand surely goes as it did: it is the very same one on the very same paths, by the same means, though its figures may be others."""
    return (
        one.demand is other.demand
        and one.policies is other.policies
        and one.primary is other.primary
        and one.steering is other.steering
        and one.alternatives is other.alternatives
        and one.chosen is other.chosen
        and one.protection is other.protection
        and one.latency.propagation == other.latency.propagation
        and (one.id, one.mechanism, one.segments) == (other.id, other.mechanism, other.segments)
        and lead_alike(one.states, other.states)
    )


def _known(before: RealisedDemand | None, item: RealisedDemand) -> RealisedDemand:
    """Return a demand as it was seen before if it goes alike, else as it is, without holding how long packets wait."""
    if before is not None and goes_alike(before, item):
        return before
    states = led(item.states)
    return item if states is item.states else replace(item, states=states)
