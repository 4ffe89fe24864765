"""The common case at one go: a demand over the IGP's only way, which nothing has to steer, right and with room in all promised states.

What comes of it is what the first try of `attempt` would come to, in the order of what is quick to tell. Whatever is not plain is left to
that: nothing is in the books then.
"""

from __future__ import annotations

from itertools import repeat

from intentc.forwarding.equal_parts import WHOLE
from intentc.forwarding.figures import latency_of
from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs, Trail, Unsteered, Walk
from intentc.place.context import Context
from intentc.place.courses import new_course
from intentc.place.goals import STABILITY
from intentc.place.primary import UTILISATION_LIMIT_PPM
from intentc.place.reconverged import may_settle, settle_ways
from intentc.place.roles import Ends, Role, Variation
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.place.widths import links_below

_PLAIN = Variation()


def place_directly(context: Context, task: Task, role: Role) -> Trial | None:
    """Return a trial that holds in all promised states as nothing steers it, and is in the books; None where only tries tell."""
    if not _is_common(context, task, role):
        return None
    ends = role.ends_in(NORMAL)[0]
    arcs = _only_way(context, task, role, ends)
    if arcs is None or not _has_room(context, task, arcs):
        return None
    course = new_course(context, task, _PLAIN, ends, ends.group)
    if not course.is_free or course.policies:
        return None
    watch, normal = (
        task.promises,
        Walk(ends.start, (Trail(arcs, WHOLE),), Unsteered(ends.start, [arcs], context.network.head), None, None),
    )
    places = watch.places_touching(normal.dependence)
    ways = settle_ways(context, task, role, ends, places)
    if ways is None or ways.count < len(places):
        return None
    trial = Trial(context, task, role, _PLAIN)
    return trial if trial.hold(normal, course, ways) else None


def _is_common(context: Context, task: Task, role: Role) -> bool:
    """Return whether a demand asks for nothing but a way within bounds and with room, between two ends, and nobody has told it which."""
    demand, groups = task.demand, task.groups
    if len(groups) != 1 or len(groups[0].addresses) != 1 or demand.is_symmetric or role.affected or not role.is_even:
        return False
    if demand.preferences or demand.goal != STABILITY or demand.key in context.plans:
        return False
    kept = context.kept.demands.get(demand.key)
    if (kept is not None and kept[1].is_steered) or context.services.limited(demand.services):
        return False
    return may_settle(context, task) and not links_below(context.network, 0)


def _only_way(context: Context, task: Task, role: Role, ends: Ends) -> Arcs | None:
    """Return the way of the IGP, if there is but one and it is right but for room."""
    network, group = context.network, task.groups[ends.group]
    arcs = context.realiser.igp.whole(group.addresses[0]).only_way(ends.start)
    if not arcs or network.head[arcs[-1]] not in group.accepted:
        return None
    if network.figures is None or network.figures.flaw(arcs, task.barred) != (-1, -1):
        return None
    bound_us = role.bound_us(NORMAL)
    return arcs if bound_us is None or latency_of(network, arcs, task.ahead).total <= bound_us else None


def _has_room(context: Context, task: Task, arcs: Arcs) -> bool:
    """Return whether a way surely has room in all states, and no link of it gets so full that others are sought."""
    claim, ledger = task.claim, context.ledger
    if ledger.doubtful(arcs, claim.traffic_class, claim.rate_bps):
        return False
    return (
        not claim.rate_bps
        or max(map(ledger.sums.utilisation_ppm, arcs, repeat(claim.own_bps))) <= UTILISATION_LIMIT_PPM
    )
