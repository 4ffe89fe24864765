"""The common case at one go: a demand over the IGP's own way, which nothing has to steer, right and with room in all promised states.

What comes of it is what the first try of `attempt` would come to: first all that does not depend on the books, then what does, unless the last demand
had no room on its normal way: then that is asked first. Whatever is not plain is left to that try: nothing is in the books then.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from intentc.forwarding.equal_parts import WHOLE
from intentc.forwarding.figures import worst_latency
from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Trail, Unsteered, Walk, unsteered
from intentc.native import compiled
from intentc.place.context import Context
from intentc.place.goals import STABILITY
from intentc.place.model import Course
from intentc.place.primary import UTILISATION_LIMIT_PPM
from intentc.place.reconverged import look_at, may_settle, settled_ways
from intentc.place.roles import Ends, Role, Variation
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.place.widths import links_below
from intentc.values import frozen, replace

if TYPE_CHECKING:
    from intentc.native.reconverge import Look
    from intentc.native.ways import Ways

_KERNELS = compiled("reconverge")
_PLAIN = Variation()
_FLAWLESS = -1, -1


@frozen
class Plain:
    """What is known of a demand before the books are asked: where it goes normally, right but for room; nothing steers the course.

    `look`: at the states at these places, all that touch that way, once it was asked for beforehand.
    """

    ends: Ends
    course: Course
    normal: Walk
    places: list[int] | None = None
    look: Look | None = None


def place_directly(context: Context, task: Task, role: Role) -> Trial | None:
    """Return a trial that holds in all promised states as nothing steers it, and is in the books; None where only tries tell."""
    draft = context.drafts.take(role)
    plain = _plain(context, task, role) if draft is None else draft.plain
    if plain is None:
        return None
    normal, places = plain.normal, plain.places
    if context.luck.is_crowded and not _has_room(context, task, normal):
        return None
    places = _places(context, task, plain) if places is None else places
    ways = settled_ways(context, task, role, plain.ends, places) if plain.look is None else plain.look.ways()
    if ways is None or ways.count < len(places):
        return None
    trial = Trial(context, task, role, _PLAIN)
    trial.settle_unsteered(normal, plain.course, ways)
    return trial if _has_room(context, task, normal) and _fits(context, task, ways) and trial.enters(ways) else None


def look_ahead(context: Context, task: Task, role: Role) -> Plain | None:
    """Return what is known of a demand, and let another CPU look at its failure states; None: it is not placed at one go."""
    plain = _plain(context, task, role)
    if plain is None:
        return None
    places = _places(context, task, plain)
    look = look_at(context, task, role, plain.ends, places)
    if look is not None:
        look.offer()
    return replace(plain, places=places, look=look)


def _plain(context: Context, task: Task, role: Role) -> Plain | None:
    if not _is_common(context, task, role):
        return None
    ends, group = role.ends_in(NORMAL)[0], task.groups[0]
    course = context.realiser.course(task.packets(group), group.families, frozenset(), (ends.start,))
    trails = _trails(context, task, role, ends) if course.is_free else None
    if trails is None:
        return None
    start, arcs = ends.start, [trail.arcs for trail in trails]
    return Plain(ends, course, Walk(start, trails, Unsteered(start, arcs, context.network.head), None, None))


def _places(context: Context, task: Task, plain: Plain) -> list[int]:
    """Return the places of the promised states that touch the way of the normal one."""
    return task.promises.places_along(context.network, plain.ends.start, plain.normal.each_arc)


def _is_common(context: Context, task: Task, role: Role) -> bool:
    """Return whether a demand asks for nothing but a way within bounds and with room, between two ends, and nobody has told it which."""
    demand, groups = task.demand, task.groups
    if len(groups) != 1 or len(groups[0].addresses) != 1 or demand.is_symmetric or role.affected or not role.is_even:
        return False
    if demand.preferences or demand.goal != STABILITY or task.claim.is_spread or demand.key in context.plans:
        return False
    kept = context.kept.demands.get(demand.key)
    if (kept is not None and kept[1].is_steered) or context.services.limited(demand.services):
        return False
    return may_settle(context, task) and not links_below(context, 0)


def _trails(context: Context, task: Task, role: Role, ends: Ends) -> tuple[Trail, ...] | None:
    """Return the ways of the IGP, which have one end, if they are right but for room."""
    network, group, bound_us = context.network, task.groups[ends.group], role.bound_us(NORMAL)
    if network.figures is None or _KERNELS is None:
        return None
    tree, figures, scale = context.realiser.igp.whole(group.addresses[0]), network.figures, network.units_per_us
    judged_by = group.accepted, task.fences, task.barred
    only = _KERNELS.right_way(tree, ends.start, figures, scale, task.ahead, bound_us, *judged_by)
    if only is not None:
        return (Trail(only, WHOLE),)
    found = unsteered(tree, ends.start, task.fences)
    if found is None or len(found) == 1:
        return None
    landings = {network.head[trail.arcs[-1]] for trail in found}
    if len(landings) > 1 or not group.accepted.issuperset(landings):
        return None
    if any(figures.flaw(trail.arcs, task.barred) != _FLAWLESS for trail in found):
        return None
    return found if bound_us is None or worst_latency(network, found, task.ahead).total <= bound_us else None


def _has_room(context: Context, task: Task, normal: Walk) -> bool:
    """Return whether a demand surely has room on its normal way in all states, and no link gets so full that others are sought."""
    claim, ledger, arcs = task.claim, context.ledger, normal.each_arc
    found = not ledger.doubtful(arcs, claim.traffic_class, claim.rate_bps) and not context.is_wasteful(
        task, claim, normal
    )
    if found and claim.rate_bps:
        found = max(map(ledger.sums.utilisation_ppm, arcs, repeat(claim.own_bps))) <= UTILISATION_LIMIT_PPM
    context.luck.is_crowded = not found
    return found


def _fits(context: Context, task: Task, ways: Ways) -> bool:
    """Return whether a demand surely has room in all failure states."""
    claim = task.failed_claim
    if context.ledger.fitting((ways, task.promises), claim) < ways.count:
        return False
    if claim.rate_bps and ways.is_any_several:
        context.splits.add(task.demand.key)
    return True
