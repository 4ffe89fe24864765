"""A path of the normal state that is several at once: weighted segment lists, of which each takes its share (`spread`)."""

from __future__ import annotations

from fractions import Fraction

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs, Trail, Walk
from intentc.forwarding.weighted import WEIGHTS, merge_trails
from intentc.place.book import Claim
from intentc.place.check import Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.model import Course
from intentc.place.parts import scaled
from intentc.place.primary import Avoid, NoPrimary, Primary, make_quest
from intentc.place.search import find_path
from intentc.realise.shares import WHOLE_PPM
from intentc.values import field, mutable, replace

Ways = tuple[tuple[Arcs, int], ...]
_UNIT_PPM = WHOLE_PPM // WEIGHTS


def ride_ways(context: Context, terms: Terms, course: Course, start: int, ways: Ways) -> Walk | None:
    """Fix and return the walk over several ways with their weights; None, and nothing fixed, where it is not right."""
    trails = merge_trails([((Trail(arcs, Fraction(1)),), weight) for arcs, weight in ways])
    meant = Walk(start, trails, {}, 0, None)
    if find_shortfall(context.network, context.ledger, replace(terms, bare=None), meant) is not None:
        return None
    taken = course.divide(start, ways)
    return taken if taken.fault is None else None


def find_division(
    context: Context, terms: Terms, course: Course, start: int, lacking: NoPrimary, *, avoid: Avoid
) -> Primary | NoPrimary:
    """Fix and return a few paths that together have room for a demand where none has alone; else what was lacking.

    Each time the path is taken that has room for most sixteenths of the rate. That is greedy: not every division that there
    may be is found.
    """
    claim = terms.task.claim
    if not claim.is_spread or not claim.rate_bps or course.most_ways(start) == 1:
        return lacking
    ways = _Division(context, terms, course, start, avoid).ways()
    taken = ride_ways(context, terms, course, start, ways) if ways is not None else None
    return lacking if taken is None else Primary(taken, lacking.igp_lacks, None)


@mutable
class _Division:
    """The ways found so far, with what each arc holds of them in sixteenths."""

    context: Context
    terms: Terms
    course: Course
    start: int
    avoid: Avoid
    found: dict[Arcs, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)

    def ways(self) -> Ways | None:
        """Return at least two ways that carry all of it, the heaviest first."""
        left = WEIGHTS
        while left and len(self.found) < self.course.most_ways(self.start):
            best = self._widest(left)
            if best is None:
                return None
            left -= best[1]
            self._take(*best)
        if left or len(self.found) == 1:
            return None
        return tuple(sorted(self.found.items(), key=lambda item: (-item[1], item[0])))

    def _take(self, arcs: Arcs, units: int) -> None:
        self.found[arcs] = self.found.get(arcs, 0) + units
        for arc in arcs:
            self.held[arc] = self.held.get(arc, 0) + units

    def _widest(self, most: int) -> tuple[Arcs, int] | None:
        """Return the path with room for most sixteenths more, and how many (at most `most`)."""
        best: tuple[Arcs, int] | None = None
        low, high = 1, most
        while low <= high:
            units = (low + high) // 2
            arcs = self._with_room(units)
            if arcs is None:
                high = units - 1
            else:
                best, low = (arcs, units), units + 1
        return best

    def _with_room(self, units: int) -> Arcs | None:
        """Return a path all of whose links have room for some sixteenths more; all ways end at one node."""
        room: dict[int, bool] = {}

        def is_open(arc: int) -> bool:
            if arc not in room:
                room[arc] = self._has_room(arc, min(self.held.get(arc, 0) + units, WEIGHTS))
            return room[arc]

        quest = make_quest(self.context, self.terms, self.course, self.start, is_open)
        ends = frozenset(self.context.network.head[arcs[-1]] for arcs in self.found)
        answer = find_path(replace(quest, targets=quest.targets & ends) if ends else quest)
        return None if answer.hops is None else tuple(hop.arcs[0] for hop in answer.hops)

    def _has_room(self, arc: int, units: int) -> bool:
        claim = self._claim(units)
        is_avoided = self.avoid.is_any and bool(self.avoid.among(self.context, (arc,), claim))
        is_barred = arc >> 1 in self.terms.task.barred or is_avoided
        return not is_barred and self.context.ledger.shortage(arc, NORMAL, claim) is None

    def _claim(self, units: int) -> Claim:
        whole = self.terms.task.claim
        return whole if units == WEIGHTS else scaled(self.context.network, whole, units * _UNIT_PPM)
