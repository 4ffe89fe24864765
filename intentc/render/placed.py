"""What was placed, as the checks look at it: each at those demands alone that may concern it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any

from intentc.realise.model import Realised, RealisedDemand
from intentc.realise.seen import LastSeen, seen
from intentc.recall import Recall
from intentc.resolve.model import Model, ResolvedIntent, TelemetryRequirement

_POLICIES, _STEERING, _TELEMETRY = attrgetter("policies"), attrgetter("steering"), attrgetter("telemetry")


class Placed:
    """A placed program; `known`: what was found in the last one, for the very same demands, which `last_seen` has."""

    def __init__(self, realised: Realised, known: Recall[Any], last_seen: LastSeen | None = None) -> None:
        self.realised = realised
        self._known = known
        self._last_seen = last_seen

    @property
    def model(self) -> Model:
        return self.realised.model

    @cached_property
    def demands(self) -> Sequence[RealisedDemand]:
        """All demands, by key."""
        demands = self.realised.demands
        return (seen(demands) if self._last_seen is None else self._last_seen.turned(demands)).rows

    @property
    def is_any(self) -> bool:
        """Whether anything is asked of the network."""
        return bool(self.realised.demands or self.model.isolations)

    def those(self, name: str, test: Callable[[RealisedDemand], object]) -> Sequence[RealisedDemand]:
        """Return the demands that pass a test, by key."""
        return self._known.those(name, self.demands, test)

    @cached_property
    def steered(self) -> Sequence[RealisedDemand]:
        """The demands that are steered by rules."""
        return self.those("steered", _STEERING)

    @cached_property
    def led(self) -> Sequence[RealisedDemand]:
        """The demands that are led by policies."""
        return self.those("led", _POLICIES)

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of all demands."""
        demands = self.demands
        names = self._known.each("classes", (demands,), lambda at: demands[at].demand.traffic_class)
        found: frozenset[str] = self._known.of("classes", (names,), lambda: frozenset(names))
        return found

    @cached_property
    def asking(self) -> Mapping[str, TelemetryRequirement]:
        """What intents ask to be told, by their names."""
        asking: Sequence[ResolvedIntent] = self._known.those("asking", self.model.intents, _TELEMETRY)
        return {intent.name: intent.telemetry for intent in asking if intent.telemetry is not None}
