"""One demand in court: what the sources want, what the manifest says, and the network to derive it from."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import Basis, DemandEntry, Manifest
from intentc.topology.model import Topology
from intentc.values import field, frozen, mutable
from intentc.verify.classes import ClassFacts
from intentc.verify.igp import Routing
from intentc.verify.proof import Court
from intentc.verify.simulate import Outcome
from intentc.verify.sources import Sources
from intentc.verify.wanted import Asked, Wanted


@frozen
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


@frozen
class Wait:
    """What a packet may wait in a queue beyond its own serialisation, and on what basis."""

    us: int
    basis: Basis


@mutable
class World:
    """What all cases share. Routing is computed once per set of failed elements, and behaviour once per demand and set."""

    topology: Topology
    sources: Sources
    manifest: Manifest
    court: Court
    waits: Mapping[tuple[str, str, str], Wait] = field(default_factory=dict)  # link, sending node, class
    outcomes: dict[tuple[str, str, Elements], Outcome] = field(default_factory=dict)
    footings: dict[tuple[str, str], Elements | None] = field(default_factory=dict)
    _waived: frozenset[str] | None = None
    _degraded: frozenset[str] | None = None
    _requests: dict[tuple[str, str, str], Case] = field(default_factory=dict)
    _routings: dict[Elements, Routing] = field(default_factory=dict)

    def routing(self, failed: Elements = NOTHING) -> Routing:
        """Return the network's routing without `failed`."""
        if failed not in self._routings:
            whole = self.routing(NOTHING) if failed != NOTHING else None
            self._routings[failed] = Routing(self.topology, failed, whole=whole)
        return self._routings[failed]

    def wait(self, link: str, node: str, name: str) -> Wait:
        """Return the wait in a queue; nothing is known of one that only paths which are none would use."""
        return self.waits.get((link, node, name), Wait(0, "none"))

    def enter(self, case: Case) -> None:
        """Remember a case, so that its replies find it."""
        if case.wanted.direction == "forward":
            self._requests[case.asked.name, case.wanted.source.name, case.wanted.destination.name] = case

    def excuses(self, case: Case, *codes: str) -> bool:
        """Return whether the demand's intent is said to be waived, and to have a waived finding of one of these codes.

        That its source has the waiver is judged with its status.
        """
        name, told = case.asked.name, self.manifest
        if self._waived is None:
            self._waived = frozenset(entry.name for entry in told.intents if entry.status == "waived")
        return name in self._waived and any(x.waived and x.intent == name and x.code in codes for x in told.findings)

    def is_degraded(self, case: Case) -> bool:
        """Return whether the demand's intent is said to lack, for what has failed already, some of its protection against more.

        That there is a state overlay is judged with its status.
        """
        if self._degraded is None:
            self._degraded = frozenset(entry.name for entry in self.manifest.intents if entry.status == "degraded")
        return case.asked.name in self._degraded

    def requests_of(self, case: Case) -> Case | None:
        """Return the forward case that `case` is the reply to, None for a forward one."""
        if case.wanted.direction == "forward":
            return None
        return self._requests.get((case.asked.name, case.wanted.destination.name, case.wanted.source.name))
