"""Failure states in which the IGP by itself keeps the promise of a demand that nothing steers, one after the other in a tight loop.

Most demands are like that, and most states of the others. What is decided here is what `Trial` would decide state by state; the first
state that is not plainly right is left to it, with all that follow. The kernel: `native/reconverge.pyx`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import Outage, Watch
from intentc.forwarding.walk import Walk, unsteered, walk_along
from intentc.native import compiled
from intentc.place.context import Context
from intentc.place.model import Course
from intentc.place.roles import Ends, Role, Variation
from intentc.place.settled import Settled
from intentc.place.tasks import Group, Task

if TYPE_CHECKING:
    from intentc.native.reconverge import Look
    from intentc.native.ways import Ways

_KERNELS = compiled("reconverge")


class Reconverged:
    """The IGP's paths of a demand's packets in failure states, as walks; equal paths are one object."""

    def __init__(self, igp: Igp, task: Task, group: Group, start: int) -> None:
        self._igp = igp
        self._targets = group.addresses[0]
        self._fences = task.fences
        self._start = start
        self._ends = group.accepted | {start}
        self._known: dict[object, Walk] = {}

    def walk(self, outage: Outage) -> Walk | None:
        """Return where packets go in a state; None where an end is down, or they do not all arrive past all fences."""
        if outage.nodes and not self._ends.isdisjoint(outage.nodes):
            return None
        trails = unsteered(self._igp.towards(self._targets, outage), self._start, self._fences)
        if trails is None:
            return None
        key = trails[0].arcs if len(trails) == 1 else trails
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = walk_along(self._start, trails, self._igp.network.head)
        return found


def may_go_by_igp(task: Task, role: Role, variation: Variation, course: Course) -> bool:
    """Return whether packets are steered by nothing yet, and go to one group of ends wherever their partner's packets go."""
    is_alone = len(task.groups) == 1 and not role.affected and not task.demand.is_symmetric
    is_new = not variation.is_kept and variation.algorithm is None and not variation.shunned
    return is_alone and is_new and course.is_free and not course.policies and len(task.groups[0].addresses) == 1


def settle_at_once(context: Context, task: Task, role: Role, ends: Ends, normal: Walk) -> Settled | None:
    """Return the first states, of those that touch the walk of the normal state, in which the IGP by itself plainly keeps the promise.

    None where only a look at each state tells: there are no kernels, or waypoints, tunnels, pools, or classes that share no link.
    """
    if not may_settle(context, task):
        return None
    watch, claim = task.promises, task.failed_claim
    places = watch.places_touching(normal.dependence)
    ways = settled_ways(context, task, role, ends, places)
    if ways is None:
        return None
    ways.cut(context.ledger.fitting((ways, watch), claim))
    if not role.is_even:
        ways.cut(_fast_enough(ways, watch, role))
    if claim.rate_bps and ways.is_any_several:
        context.splits.add(task.demand.key)
    return Settled(ways, watch, normal, is_all=ways.count == len(places))


def may_settle(context: Context, task: Task) -> bool:
    """Return whether states can be settled without a look at each."""
    network, ledger = context.network, context.ledger
    is_told = ledger.is_outlined(task.failed_claim) and ledger.sums.is_told and not task.via and not network.under
    return is_told and _KERNELS is not None and network.figures is not None


def settled_ways(context: Context, task: Task, role: Role, ends: Ends, places: list[int]) -> Ways | None:
    """Return where packets go in the first states at some places, all that touch the walk of the normal state, if states `may_settle` at once.

    That is right but for room, and for bounds that are not even.
    """
    look = look_at(context, task, role, ends, places)
    return None if look is None else look.ways()


def look_at(context: Context, task: Task, role: Role, ends: Ends, places: list[int]) -> Look | None:
    """Return what finds the same when it is asked, or before that where it is offered to another CPU."""
    network, watch, claim = context.network, task.promises, task.failed_claim
    states = watch.states
    if _KERNELS is None or states is None or network.figures is None:
        return None
    group, igp = task.groups[ends.group], context.realiser.igp
    bound_us = role.bound_us(watch.all[places[0]]) if places and role.is_even else None
    is_narrow = claim.is_spread or (context.is_lean and claim.rate_bps > 0)
    found: Look = _KERNELS.Look(
        igp.whole(group.addresses[0]),
        states,
        places,
        ends.start,
        network.figures,
        network.units_per_us,
        task.ahead,
        bound_us,
        group.accepted,
        task.fences,
        task.barred,
        is_narrow,
    )
    return found


def _fast_enough(ways: Ways, watch: Watch, role: Role) -> int:
    """Return in how many states, from the first on, packets are as fast as they have to be."""
    outages = watch.all
    for count, (place, way) in enumerate(ways.pairs()):
        bound_us = role.bound_us(outages[place])
        if bound_us is not None and ways.latency(way) > bound_us:
            return count
    return ways.count


def settle_plain(
    walks: Reconverged, pending: deque[Outage], normal: Walk, settle: Callable[[Outage, Walk], bool]
) -> None:
    """Take states off the front of `pending` as long as all packets arrive in each and `settle` finds that right, and keeps it.

    A state in which they go as in the normal one ends this, too.
    """
    while pending:
        taken = walks.walk(pending[0])
        if taken is None or taken.is_like(normal) or not settle(pending[0], taken):
            return
        pending.popleft()
