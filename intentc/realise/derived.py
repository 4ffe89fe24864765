"""Where the packets of a placed demand go in each state by the final steering, simulated once more wherever anything steers them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.walk import Unsteered, Walk, walk
from intentc.place.model import Carried, PlacedDemand
from intentc.place.settled import Settled, SettledStates

if TYPE_CHECKING:
    from intentc.native.results import Teller

Way = tuple[Walk, list[str]]  # where packets go, and the ids of the promised states in which they do


class Derived:
    """The walks of one demand. What the placement counted on and what is simulated now is the same, else a `RuntimeError` is raised.

    Where nothing steers packets, and nothing did when the placement followed them, what the IGP makes of them is there
    already; of such a walk it is looked at whether it keeps off what is down.
    """

    def __init__(self, igp: Igp, router: SegmentRouter, placed: PlacedDemand) -> None:
        self._igp, self._router, self._placed = igp, router, placed

    def normal(self) -> Walk:
        """Return where packets go in the normal state."""
        carried = self._placed.normal
        return carried.taken if self._is_settled(carried) else self._simulated(carried)

    def ways(self, normal: Walk) -> Collection[Way]:
        """Return where packets go in the promised states in which they do not go as normally; equal paths are one way."""
        placed, names, mask_of = self._placed, self._placed.promised.names, self._igp.network.mask_of
        self._check_others(normal, [carried.outage for carried in placed.states])
        ways: dict[object, Way] = {}
        settled: list[dict[int, tuple[int, list[str]]]] = [{} for _ in placed.courses]  # by walk: many states leave one
        for carried in placed.states:
            outage, taken = carried.outage, carried.taken
            known = settled[carried.course].get(id(taken))
            if known is not None:
                mask, when = known
            elif self._is_settled(carried):
                mask, when = mask_of(taken.start, taken.each_arc), ways.setdefault(_way_of(taken), (taken, []))[1]
                settled[carried.course][id(taken)] = mask, when
            else:
                simulated = self._simulated(carried)
                mask, when = 0, ways.setdefault(_way_of(simulated), (simulated, []))[1]
            if outage.touches(mask):
                raise self._astray(carried)
            when += names(outage)
        return ways.values()

    def settled(self, teller: Teller, normal: Walk) -> Settled | None:
        """Return the same where a kernel has found all of it and nothing steers packets, looked at as `ways` does; None elsewhere."""
        placed, states = self._placed, self._placed.states
        if not isinstance(states, SettledStates) or not self._is_unsteered(states.course):
            return None
        settled, told = states.settled, states.settled.watch.states
        is_one = settled.watch.whole is placed.promised.watch.whole
        if told is None or not is_one or not self._is_settled(placed.normal):
            return None
        wrong, left = teller.check(settled.folded, told, normal.each_arc)
        if wrong >= 0:
            raise self._astray(Carried(settled.watch.all[wrong], states.course, normal))
        if left:
            gone = placed.promised.watch.gone_places
            self._check_at(normal, settled.watch.at([place for place in left if place not in gone]))
        return settled

    def _check_others(self, normal: Walk, moved: Iterable[Outage]) -> None:
        """Look at the promised states that touch the normal path, and of which nothing is said: packets go as normally in them."""
        known = set(moved)
        touching = self._placed.promised.watch.touching(normal.dependence)
        self._check_at(normal, [outage for outage in touching if outage not in known])

    def _check_at(self, normal: Walk, outages: Iterable[Outage]) -> None:
        placed, lost = self._placed, frozenset(self._placed.unprotected)
        for outage in outages:
            if not lost.issuperset(placed.promised.names(outage)):
                self._simulated(Carried(outage, placed.normal.course, normal))

    def _is_settled(self, carried: Carried) -> bool:
        return self._is_unsteered(carried.course) and type(carried.taken.decisions) is Unsteered

    def _is_unsteered(self, number: int) -> bool:
        course = self._placed.courses[number]
        return not course.rules and not course.policies

    def _simulated(self, carried: Carried) -> Walk:
        course = self._placed.courses[carried.course]
        start, outage = carried.taken.start, carried.outage
        if course.policies:
            taken = self._router.walk(course.packets, course.policies, start, outage)
        else:
            taken = walk(self._igp, course.packets, course.rules, start, outage)
        if not taken.is_like(carried.taken):
            raise self._astray(carried)
        return taken

    def _astray(self, carried: Carried) -> RuntimeError:
        state = "normal" if carried.outage is NORMAL else carried.outage.name
        return RuntimeError(f"`{self._placed.demand.key}` does not go as placed in `{state}`")


def _way_of(taken: Walk) -> object:
    """Return what tells the paths of a walk, and the labels on them, from those of others; no fractions are hashed for one path."""
    trails = taken.trails
    return (taken.start, trails[0].arcs, trails[0].labels) if len(trails) == 1 else (taken.start, trails)
