"""The beginning of a try at placing a demand: its path of the normal state."""

from __future__ import annotations

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.algorithms import ride_algorithm
from intentc.place.booked import Booked
from intentc.place.check import Lack, Shortfall, Terms
from intentc.place.context import Context
from intentc.place.division import find_division
from intentc.place.goals import STABILITY, find_by_goal
from intentc.place.joint.follow import follow_plan
from intentc.place.landings import shunned_in
from intentc.place.model import Course
from intentc.place.preferences import find_preferred, likings_of, reasons
from intentc.place.primary import Avoid, NoPrimary, Primary, find_primary, keep_primary
from intentc.place.roles import Role, Setback, Variation
from intentc.place.tasks import Group, Task
from intentc.realise.model import Standing
from intentc.values import replace


class Begun(Booked):
    """A demand under one variation, whose primary path is fixed by `settle_normal`."""

    def __init__(self, context: Context, task: Task, role: Role, variation: Variation) -> None:
        super().__init__(context, task, role, variation)
        self.role = role
        self._found: Primary | None = None
        self._sought = task.with_labels(variation.labels, context.network.topology.routing.mean_packet)

    @property
    def found(self) -> Primary:
        """The primary path and why it is not the IGP's own; only of a trial whose normal state was settled."""
        if self._found is None:
            raise ValueError("the normal state has not been settled")
        return self._found

    def give_reasons_of(self, other: Begun) -> None:
        """Tell, of a path off the IGP's own, why another trial left that one where its own shortcomings do not say it."""
        self._found = replace(self.found, igp_fills=other.found.igp_fills, goal=other.found.goal)

    def settle_normal(self) -> Setback | None:
        """Fix the primary path."""
        terms = self._terms(NORMAL, self._ends.group)
        course = self._course(self._ends.group)
        if self.variation.is_kept:
            kept = keep_primary(self._context, terms, course, self._ends.start)
            if isinstance(kept, Shortfall):
                return Setback(self.task, self.role, NORMAL, kept, has_given_up=True)
            self._found = kept
            return None
        avoid = Avoid(self.variation.banned, self.variation.is_wary)
        if self.variation.algorithm is not None:
            ridden = ride_algorithm(self._context, terms, course, self._ends.start, avoid)
            if isinstance(ridden, Shortfall):
                return Setback(self.task, self.role, NORMAL, ridden, has_given_up=True)
            self._found = self._with_standings(terms, replace(ridden, algorithm=self.variation.algorithm))
            return None
        found = self._searched(terms, course, avoid)
        if isinstance(found, NoPrimary):
            return Setback(self.task, self.role, NORMAL, found.igp_lacks, found.has_given_up)
        if found.taken.fault is not None:  # there is a path, but no device can be told to take it
            lack = found.igp_lacks or Shortfall(Lack.ARRIVAL, mishap=found.taken.fault.mishap, node=self._ends.start)
            return Setback(self.task, self.role, NORMAL, lack, has_given_up=True)
        self._found = self._with_standings(terms, found)
        return self._unmirrored(terms, found)

    def _searched(self, terms: Terms, course: Course, avoid: Avoid) -> Primary | NoPrimary:
        """Return the path of the plan, else what is preferred or the best by the goal, else any, else one that divides the traffic."""
        found: Primary | NoPrimary | None = None
        if self._has_plan and not avoid.is_any:
            found = follow_plan(self._context, terms, course, self._ends.start)
        if found is None and self.task.demand.preferences and not self.variation.is_indifferent:
            found = find_preferred(self._context, terms, course, self._ends.start, avoid)
        elif found is None and self.task.demand.goal != STABILITY:
            found = find_by_goal(self._context, terms, course, self._ends.start, avoid)
        if not isinstance(found, Primary) or found.taken.fault is not None:
            found = find_primary(self._context, terms, course, self._ends.start, avoid)
        if isinstance(found, NoPrimary):
            return find_division(self._context, terms, course, self._ends.start, found, avoid=avoid)
        return found

    def _with_standings(self, terms: Terms, found: Primary) -> Primary:
        """Return a primary path with what became of the preferences; the demand is not in the books yet."""
        wanted = self.task.demand.preferences
        if not wanted:
            return found
        score = likings_of(self._context.network, self.task.demand).of_walk(self._context.network, found.taken)
        why = reasons(self._context, terms, self._ends.start, score)
        standings = (Standing(item.text, off, each) for item, off, each in zip(wanted, score, why, strict=True))
        return replace(found, standings=tuple(standings))

    def _unmirrored(self, terms: Terms, found: Primary) -> Setback | None:
        """Return the setback of a path that leaves out some of the links that it has to take."""
        if terms.only is None or found.taken.arcs == terms.only:
            return None
        return Setback(self.task, self.role, NORMAL, Shortfall(Lack.MIRROR), has_given_up=True)

    @property
    def _has_plan(self) -> bool:
        return self.task.demand.key in self._context.plans

    def _terms(self, outage: Outage, group: int) -> Terms:
        role = self.role
        return Terms(
            self._sought,
            self._group_in(outage, group),
            outage,
            role.bound_us(outage),
            role.only(outage),
            role.mirror,
            self.task,
        )

    def _group_in(self, outage: Outage, index: int) -> Group:
        """Return a group with the nodes where packets may end in a state."""
        group = self.task.groups[index]
        if not self.variation.shunned:
            return group
        shunned = shunned_in(self.variation, outage)
        return replace(group, accepted=group.accepted - shunned, targets=group.targets - shunned)
