"""The path of the normal state that a Flexible Algorithm takes by itself."""

from __future__ import annotations

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Mishap
from intentc.place.check import Lack, Shortfall, Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.model import Course
from intentc.place.primary import Avoid, Primary


def ride_algorithm(context: Context, terms: Terms, course: Course, start: int, avoid: Avoid) -> Primary | Shortfall:
    """Fix and return the algorithm's way to the nearest end at which it is right, else what the first of them falls short of."""
    natural = course.walk(NORMAL, start)
    first: Shortfall | None = None
    for way in course.ways(NORMAL, start):
        lack = find_shortfall(context.network, context.ledger, terms, way.taken)
        avoided = avoid.among(context, way.taken.arcs, terms.task.claim)
        if lack is None and not avoided:
            course.adopt(NORMAL, way)
            igp_lacks = find_shortfall(context.network, context.ledger, terms, natural)
            return Primary(way.taken, igp_lacks, None)
        first = first or lack or Shortfall(Lack.CAPACITY, link=min(avoided) >> 1)
    return first or Shortfall(Lack.ARRIVAL, mishap=Mishap.NO_ROUTE, node=start)
