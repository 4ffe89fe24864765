"""Going where a plan says: a path of the normal state, or of a failure state, that is known link by link."""

from __future__ import annotations

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Walk
from intentc.place.check import Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.goals import CROWDED
from intentc.place.model import Course
from intentc.place.primary import Primary, make_quest, open_arcs
from intentc.place.search import Quest, find_path


def follow_plan(context: Context, terms: Terms, course: Course, start: int) -> Primary | None:
    """Fix and return the planned path of the normal state; None, and nothing fixed, where devices cannot be told to take it."""
    arcs = context.plans[terms.task.demand.key].arcs
    natural = course.walk(NORMAL, start)
    lack = find_shortfall(context.network, context.ledger, terms, natural)
    if lack is None and natural.arcs == arcs:
        course.keep(NORMAL, natural)
        return Primary(natural, None, None)
    answer = find_path(planned_quest(context, terms, course, start, arcs))
    if answer.hops is None:
        return None
    taken = course.steer(NORMAL, start, answer.hops)
    return None if taken.fault is not None else Primary(taken, lack, None, None if lack is not None else CROWDED)


def planned_quest(context: Context, terms: Terms, course: Course, start: int, arcs: frozenset[int]) -> Quest:
    """Return the search for the path over some arcs and no others."""
    return make_quest(context, terms, course, start, open_arcs(context, terms).within(arcs))


def strays_from_plan(context: Context, terms: Terms, taken: Walk) -> bool:
    """Return whether a plan has another path for a state than the one taken."""
    plan = context.plans.get(terms.task.demand.key)
    return plan is not None and terms.outage in plan.spares and not plan.has(terms.outage, taken)
