"""Failure states in which the IGP by itself keeps the promise of a demand that nothing steers, one after the other in a tight loop.

Most demands are like that, and most states of the others. What is decided here is what `Trial` would decide state by state; the first
state that is not plainly right is left to it, with all that follow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Unsteered, Walk, unsteered
from intentc.place.model import Course
from intentc.place.roles import Role, Variation
from intentc.place.tasks import Group, Task


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
            decisions = Unsteered(self._start, [trail.arcs for trail in trails], self._igp.network.head)
            found = self._known[key] = Walk(self._start, trails, decisions, 0, None)
        return found


def may_go_by_igp(task: Task, role: Role, variation: Variation, course: Course) -> bool:
    """Return whether packets are steered by nothing yet, and go to one group of ends wherever their partner's packets go."""
    is_alone = len(task.groups) == 1 and not role.affected and not task.demand.is_symmetric
    is_new = not variation.is_kept and variation.algorithm is None
    return is_alone and is_new and course.is_free and not course.policies and len(task.groups[0].addresses) == 1


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
