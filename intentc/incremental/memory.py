"""What the stages of one compilation leave to the next one of much the same program. Nothing that comes out depends on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from intentc.delay.settle import Memory as QueuedMemory
from intentc.place.crossing import Crossing
from intentc.place.memory import Memory as PlacedMemory
from intentc.realise.realise import Memory as RealisedMemory
from intentc.recall import Recall

if TYPE_CHECKING:
    from intentc.ir.lower import Memory as LoweredMemory
    from intentc.realise.mechanisms import Mechanisms
    from intentc.realise.seen import LastSeen
    from intentc.render.checks import Known as CheckedNeeds
    from intentc.render.render import Memory as RenderedMemory
    from intentc.targetkit.model import Capabilities
    from intentc.topology.model import Topology


class Memory:
    """One part per stage. Parts that are about a network are let go with it.

    One that is not lasting serves the trials of repairs of a single run, and knows nothing where there will be none.
    """

    def __init__(self, *, is_lasting: bool = False) -> None:
        self.is_lasting = is_lasting
        self.mechanisms: Mechanisms | None = None
        self.placed = PlacedMemory(is_lasting=is_lasting)
        self.realised = RealisedMemory()
        self.queued = QueuedMemory(is_lasting=is_lasting)

    @cached_property
    def checked(self) -> CheckedNeeds | None:
        return Recall() if self.is_lasting else None

    @cached_property
    def last_seen(self) -> LastSeen | None:
        if not self.is_lasting:
            return None
        from intentc.realise.seen import LastSeen  # noqa: PLC0415  (only sessions have one: start-up)

        return LastSeen()

    @cached_property
    def lowered(self) -> LoweredMemory:
        from intentc.ir.lower import Memory as LoweredMemory  # noqa: PLC0415  (programs with errors are not lowered: start-up)

        return LoweredMemory()

    @cached_property
    def rendered(self) -> RenderedMemory:
        from intentc.render.render import Memory as RenderedMemory  # noqa: PLC0415  (as above)

        return RenderedMemory()

    def rest(self) -> None:
        """Note that a run was the same as the last one: nothing was tried, nothing lowered or rendered."""
        self.placed.rest()
        self.lowered.lowered = set()
        self.rendered.rendered = set()

    def fork(self) -> Memory:
        """Return the same for the trial of a repair, which lowers nothing; what comes of that is none of the next compilation's business."""
        found = Memory(is_lasting=self.is_lasting)
        found.mechanisms, found.placed, found.realised = self.mechanisms, self.placed.fork(), self.realised.fork()
        found.queued = self.queued.fork()
        return found

    def mechanisms_of(self, topology: Topology, capabilities: Capabilities) -> Mechanisms | None:
        """Return the mechanisms of the very same network and devices, or of ones that differ in figures of links alone.

        Of another network nothing is known, and None is returned.
        """
        before = self.mechanisms
        if before is not None and before.are_of(topology, capabilities):
            return before.anew()
        names = before.changed_links(topology, capabilities) if before is not None and self.placed.may_cross else None
        if before is not None and names is not None:
            found = before.over(topology, capabilities)
            self.placed.cross(Crossing(before.igp.network, found.igp.network, names))
            return found
        self.placed, self.realised = PlacedMemory(is_lasting=self.is_lasting), RealisedMemory()
        return None
