"""Where the packets of a placed demand go in each state by the final steering, simulated once more wherever anything steers them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.walk import Unsteered, Walk, walk
from intentc.place.model import Carried, PlacedDemand
from intentc.place.settled import SettledStates

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
        if isinstance(placed.states, SettledStates) and self._is_unsteered(placed.states.course):
            return self._settled(placed.states, normal)
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

    def _settled(self, states: SettledStates, normal: Walk) -> Collection[Way]:
        """Return the same of states that a kernel has found, by the number of each way."""
        placed, settled, ways = self._placed, states.settled, states.ways()
        outages, of_all = settled.watch.all, settled.watch.states
        places = ways.places()
        wrong = -1 if of_all is None else ways.astray(of_all)
        if wrong >= 0:
            raise self._astray(Carried(outages[places[wrong]], states.course, normal))
        if settled.watch.whole is not placed.promised.watch.whole or placed.unprotected:
            self._check_others(normal, settled.watch.at(places))
        elif left := set(placed.promised.watch.places_touching(normal.dependence)).difference(places):
            self._check_at(normal, settled.watch.at(sorted(left)))
        found: list[Way] = [(taken, []) for taken in settled.walks(ways, self._igp.network.head)]
        for place, way in ways.pairs():
            found[way][1].extend(placed.promised.names(outages[place]))
        return found

    def _check_others(self, normal: Walk, moved: Iterable[Outage]) -> None:
        """Look at the promised states that touch the normal path, and of which nothing is said: packets go as normally in them."""
        placed = self._placed
        known, lost = set(moved), frozenset(placed.unprotected)
        for outage in placed.promised.watch.touching(normal.dependence):
            if outage not in known and not lost.issuperset(placed.promised.names(outage)):
                self._check_at(normal, [outage])

    def _check_at(self, normal: Walk, outages: Iterable[Outage]) -> None:
        for outage in outages:
            self._simulated(Carried(outage, self._placed.normal.course, normal))

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
