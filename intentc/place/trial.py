"""One try at placing a demand: a primary path, then what happens in each promised state, repaired where it falls short."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs, Mishap, Walk
from intentc.place.begun import Begun
from intentc.place.book import Claim
from intentc.place.check import Judge, Lack, Shortfall, Terms, is_tight
from intentc.place.context import Context
from intentc.place.courses import new_course
from intentc.place.joint.follow import strays_from_plan
from intentc.place.model import Carried, Course
from intentc.place.parts import all_arcs, weighed_parts
from intentc.place.primary import Primary
from intentc.place.reconverged import Reconverged, may_go_by_igp, settle_at_once, settle_plain
from intentc.place.rescue import Known, rescue
from intentc.place.reservation import Shortage
from intentc.place.roles import Role, Setback, Variation, without_room
from intentc.place.settled import Settled, SettledStates
from intentc.place.tasks import Task

if TYPE_CHECKING:
    from intentc.native.ways import Ways

_OVER = Role(lambda _outage: (), lambda _outage: None)  # of a trial that nobody will settle any more
_NONE = frozenset[int]()
MOST_SETBACKS = 11  # states without room; with more a try ends, as hardly any other of the same demand will do then
_MOST_TURNS = 4  # how often each failure state is settled at most, on average


@dataclass(slots=True)
class _Turn:
    """What is only needed while failure states are settled: links of such states, states to be settled anew, and walks met before."""

    fragile: frozenset[int] = _NONE
    reopened: list[Outage] = field(default_factory=list)
    walks: dict[Arcs, Walk] = field(default_factory=dict)


class Trial(Begun):
    """A demand under one variation: `settle_normal` as of what is `Begun`, then `settle_failures`, then what is `Booked`."""

    def __init__(
        self, context: Context, task: Task, role: Role, variation: Variation, known: Known | None = None
    ) -> None:
        super().__init__(context, task, role, variation)
        self.is_settled = False  # whether any failure state was looked at
        self.is_again = False  # whether it is one of an earlier placement
        self._known = known  # what other tries found while the books were as they are; None: nothing yet

    def again(self, context: Context, task: Task) -> Trial:
        """Return the same trial, which holds, of the same demand in another placement over the same network; it is not in the books."""
        found = object.__new__(Trial)
        found.__dict__.update(self.__dict__)
        found.stay(context, task)
        return found

    def stay(self, context: Context, task: Task) -> None:
        """Be the same trial of the same demand in another placement, in the books of which it stands.

        That is over the same network, or one in which it stays (`crossing.Crossing`), as nothing steers it.
        """
        if context.network is not self._context.network:
            courses = (new_course(context, task, self.variation, self._ends, group) for group in self._courses)
            self._courses, self._unsteered = dict(zip(self._courses, courses, strict=True)), None
            self.protection = None
        is_there = self.is_again and context.ledger is self._context.ledger
        self._context, self.task, self.is_again = context, task, True
        if is_there:
            return
        self.role, self._sought, self._known = _OVER, task, None

    def rest(self) -> None:
        """Let go of what can be made anew, and of the bounds that it had to keep; where it goes is settled."""
        super().rest()
        self.role = Role(self.role.ends_in, _OVER.bound_us)

    def early_clash(self) -> Shortage | None:
        """Return what an arc of the primary path lacks in a state that does not touch the path, so that settling others is in vain.

        Looked for only where the path then carries all of the packets in that state, whatever becomes of the others.
        """
        taken, claim = self.normal.taken, self.task.claim
        if len(taken.trails) != 1 or self.role.affected or len(self.task.groups) != 1 or self.variation.is_kept:
            return None
        own = self._context.network.mask_of(taken.start, taken.arcs)
        if taken.dependence != own:
            return None
        if not is_tight(self._context.network, self._context.ledger, taken, claim):
            return None
        parts = weighed_parts(self._context.network, taken, claim)
        alike: dict[Claim, list[int]] = {}
        for arc in sorted(all_arcs(self._context.network, taken)):
            alike.setdefault(parts.get(arc, claim), []).append(arc)
        clashes = (self._context.ledger.clash_beyond(arcs, own, each) for each, arcs in alike.items())
        return next((clash for clash in clashes if clash is not None), None)

    def settle_unsteered(self, normal: Walk, course: Course, ways: Ways) -> None:
        """Fix the normal state and all failure states as the IGP by itself has them; nothing steers the course.

        `ways`: of all promised states that touch the walk of the normal state.
        """
        course.keep(NORMAL, normal)
        self._courses[self._ends.group] = course
        self._found, self._unsteered = Primary(normal, None, None), Carried(NORMAL, self._ends.group, normal)
        self.settled, self.is_settled = Settled(ways, self.task.promises, normal, is_all=True), True

    def settle_failures(
        self, may_lack: Callable[[Setback], bool], suspects: Sequence[Outage] | None = None
    ) -> list[Setback]:
        """Fix all promised states. Those of which `may_lack` says so stay unprotected, the other failures are returned.

        What is fixed for one state may undo what was fixed for another: that one is settled once more. More failures for want
        of room than `MOST_SETBACKS` are not looked for; with `suspects`, states that are settled first as other tries failed there, no second one.
        """
        self.is_settled = True
        normal, course = self.normal.taken, self._course(self._ends.group)
        may_go = not self._has_plan and may_go_by_igp(self.task, self.role, self.variation, course)
        if may_go and not (self.variation.first or suspects) and self._settle_at_once(course, normal):
            return []
        own = self._states_to_settle(normal)
        known = frozenset(own)
        if not course.is_free:
            course.keep_same([outage for outage in self.task.outages if outage not in known])
        setbacks: list[Setback] = []
        first = [outage for outage in (*self.variation.first, *(suspects or ())) if outage in known]
        pending = deque(dict.fromkeys((*first, *own)))
        turn, turns = _Turn(), _MOST_TURNS * len(pending)
        if may_go:
            pending = deque([outage for outage in pending if outage not in self.states])
            self._settle_plain(course, pending)
        if pending and course.is_free:
            mask = self._context.network.mask_of(normal.start, normal.arcs)
            turn.fragile = _NONE.union(*(outage.links for outage in own if outage.touches(mask)))
        while pending:
            turns -= 1
            if turns < 0:  # states that keep undoing each other
                lack = Shortfall(Lack.ARRIVAL, mishap=Mishap.DEPTH, node=normal.start)
                return [*setbacks, Setback(self.task, self.role, pending[0], lack, has_given_up=True)]
            setback = self._settle(pending.popleft(), turn)
            if setback is not None and may_lack(setback):
                self.lacking.append(setback)
            elif setback is not None:
                setbacks.append(setback)
                if suspects is not None or without_room(setbacks) > MOST_SETBACKS:
                    return setbacks
            pending.extend(turn.reopened)
            turn.reopened.clear()
        return setbacks

    def _settle_at_once(self, course: Course, normal: Walk) -> bool:
        """Fix the first failure states in which the IGP by itself keeps the promise; return whether that is all.

        Nobody steers the course any more then, and it need not be told.
        """
        found = settle_at_once(self._context, self.task, self.role, self._ends, normal)
        if found is not None and found.is_all:
            self.settled, self._unsteered = found, self.normal
            return True
        for carried in () if found is None else SettledStates(found, self._context.network, self._ends.group):
            course.keep(carried.outage, carried.taken)
            self.states[carried.outage] = carried
        return False

    def _settle_plain(self, course: Course, pending: deque[Outage]) -> None:
        """Fix failure states as long as the IGP by itself keeps the promise in them."""
        group = self._ends.group

        def settle(outage: Outage, taken: Walk) -> bool:
            terms = self._terms(outage, group)
            is_right = self._judge.is_right(terms, taken)
            is_right = is_right and not self._context.is_wasteful(self.task, self.task.failed_claim, taken)
            if is_right:
                course.keep(outage, taken)
                self.states[outage] = Carried(outage, group, taken)
            return is_right

        walks = Reconverged(self._context.realiser.igp, self.task, self.task.groups[group], self._ends.start)
        settle_plain(walks, pending, self.normal.taken, settle)

    def _states_to_settle(self, normal: Walk) -> list[Outage]:
        """Return the promised states in which something may happen to the demand, in their order."""
        touched, affected = self.task.promises.touching(normal.dependence), self.role.affected
        shunned = self.variation.shunned
        if not affected and not shunned:
            return touched
        known = {*touched, *affected, *(outage for outage, _ in shunned)}
        return [outage for outage in self.task.outages if outage in known]

    def _settle(self, outage: Outage, turn: _Turn) -> Setback | None:
        """Fix one state: as the devices do by themselves, or steered; the next replica if packets do not arrive at this one."""
        first: Shortfall | None = None
        has_given_up = False
        for ends in self.role.ends_in(outage):
            terms = self._terms(outage, ends.group)
            course = self._course(ends.group)
            taken = course.walk(outage, ends.start)
            is_right = self._judge.is_right(terms, taken)
            if (
                is_right
                and not self._strays(terms, taken)
                and not self._context.is_wasteful(self.task, self.task.failed_claim, taken)
            ):
                self._keep(course, Carried(outage, ends.group, taken), turn)
                return None
            if self.variation.is_kept and not is_right:
                lack = self._judge.find_shortfall(terms, taken) or Shortfall(Lack.ARRIVAL)
                return Setback(self.task, self.role, outage, lack, has_given_up=True)
            found = rescue(self._context, terms, course, ends.start, turn.fragile, judge=self._judge)
            self._review(course, ends.group, turn)
            if found.taken is not None:
                if not self._is_as_normally(ends.group, found.taken):
                    self.states[outage] = Carried(outage, ends.group, found.taken)
                return None
            if is_right:
                self._keep(course, Carried(outage, ends.group, course.walk(outage, ends.start)), turn)
                return None
            first = first or self._judge.find_shortfall(terms, taken)
            has_given_up = has_given_up or found.has_given_up
            if taken.fault is None:  # packets arrive, only not as promised: nobody would turn to another replica
                break
            if course.is_free:
                course.keep(outage, taken)  # nor would they stay with the next one if packets arrived at this one again
        return Setback(self.task, self.role, outage, first or Shortfall(Lack.ARRIVAL), has_given_up)

    @property
    def _judge(self) -> Judge:
        self._known = self._known or Known()
        return self._known.judge(self._context, self.variation.labels)

    def _strays(self, terms: Terms, taken: Walk) -> bool:
        """Return whether packets that arrive rightly do so another way than a plan for all demands has them go."""
        return not self.variation.is_kept and strays_from_plan(self._context, terms, taken)

    def _review(self, course: Course, group: int, turn: _Turn) -> None:
        """Keep the states fixed before that go another way now where that is right too; the others are settled anew."""
        for outage, taken in course.moved().items():
            self.states.pop(outage, None)
            terms = self._terms(outage, group)
            if self._judge.is_right(terms, taken) and not self._strays(terms, taken):
                self._keep(course, Carried(outage, group, taken), turn)
            else:
                turn.reopened.append(outage)

    def _forget(self) -> None:
        if self._known is not None:
            self._judge.forget()
        self._known = None

    def _is_as_normally(self, group: int, taken: Walk) -> bool:
        """Return whether a walk in a failure state is that of the normal one: then its rate is, too, be it steered back there."""
        return group == self._ends.group and taken.is_like(self.found.taken)

    def _keep(self, course: Course, carried: Carried, turn: _Turn) -> None:
        taken = carried.taken
        if self._is_as_normally(carried.course, taken):
            course.keep_same([carried.outage])
            return
        if course.is_free and taken.fault is None and len(taken.trails) == 1:  # many states leave the same path
            known = turn.walks.setdefault(taken.trails[0].arcs, taken)
            if known is not taken:
                carried = Carried(carried.outage, carried.course, known)
        course.keep(carried.outage, carried.taken)
        self.states[carried.outage] = carried
