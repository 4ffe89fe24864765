"""One demand in court: what the sources want, what the manifest says, and the network to derive it from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import DemandEntry, Manifest
from intentc.topology.model import Topology
from intentc.verify.classes import ClassFacts
from intentc.verify.igp import Routing
from intentc.verify.proof import Court
from intentc.verify.sources import Sources
from intentc.verify.wanted import Asked, Wanted


@dataclass(slots=True)
class World:
    """What all cases share. Routing is computed once per set of failed elements."""

    topology: Topology
    sources: Sources
    manifest: Manifest
    court: Court
    _routings: dict[Elements, Routing] = field(default_factory=dict)

    def routing(self, failed: Elements = NOTHING) -> Routing:
        """Return the network's routing without `failed`."""
        if failed not in self._routings:
            self._routings[failed] = Routing(self.topology, failed)
        return self._routings[failed]


@dataclass(frozen=True, slots=True)
class Case:
    """A demand of the manifest beside what is wanted of it; `facts` are those of its class where a rate is committed."""

    asked: Asked
    wanted: Wanted
    entry: DemandEntry
    facts: ClassFacts | None

    @property
    def name(self) -> str:
        """Return the demand's id as findings show it."""
        return f"`{self.entry.id}`"


@dataclass(frozen=True, slots=True)
class Docket:
    """All cases of a manifest by demand id; one demand may stand for several intents that ask the same."""

    cases: tuple[Case, ...]
    sharers: Mapping[str, tuple[Case, ...]]
