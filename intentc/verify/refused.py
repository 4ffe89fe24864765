"""One refusal of a manifest in court: what is claimed of which demand, and what may be used to prove it."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.manifest.elements import NOTHING
from intentc.manifest.refusal_model import RefusalEntry
from intentc.values import frozen
from intentc.verify.books import Page
from intentc.verify.case import Case, World
from intentc.verify.failures import State
from intentc.verify.terrain import Terrain
from intentc.verify.wanted import Asked, Wanted

_NS_PER_US = 1000
NORMAL = State("", NOTHING)


@frozen
class Refused:
    """A refusal with its demand and state; `placed` are the demands that stand at the same or a higher priority, by id.

    `page` is what these reserve in the state, `partner` the demand's other direction.
    """

    world: World
    asked: Asked
    wanted: Wanted
    partner: Wanted | None
    entry: RefusalEntry
    state: State
    placed: Mapping[str, tuple[Case, ...]]
    page: Page

    @property
    def is_failure(self) -> bool:
        return self.state is not NORMAL

    def terrain(self, given: str, stages: int, *, is_partner: bool = False) -> Terrain | None:
        """Return where the demand (or its partner) may go, None where there is no such demand or number of waypoints."""
        wanted = self.partner if is_partner else self.wanted
        if wanted is None or not 0 <= stages <= len(self.asked.ground.waypoints):
            return None
        page = self.page if given == "placed" else None
        return Terrain(self.world, self.asked, wanted, self.state.failed, self.is_failure, stages, page)

    def bound_us(self, *, is_both: bool) -> int | None:
        """Return the bound in the state, one way or on both directions; normally also that of failures, where any is promised."""
        bounds = [self.wanted.failover_bounds]
        if not self.is_failure:
            bounds = [self.wanted.bounds, *(bounds if self.wanted.promised.states else [])]
        found = [bound.round_trip_ns if is_both else bound.one_way_ns for bound in bounds]
        return min((ns // _NS_PER_US for ns in found if ns is not None), default=None)


def name_of(wanted: Wanted) -> str:
    """Return how a refusal names a demand: by its ends, the service for one that any of its hosts may serve."""
    ends = (wanted.source.name, wanted.destination.name)
    if wanted.direction == "reverse":
        return f"{wanted.intent}/{'>'.join(ends[::-1])}/reply"
    return f"{wanted.intent}/{'>'.join(ends)}"
