"""Another way in a failure state in which devices by themselves do not do what was promised."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.forwarding.walk import Walk
from intentc.place.check import Judge, Terms
from intentc.place.context import Context
from intentc.place.joint.follow import planned_quest
from intentc.place.model import Course
from intentc.place.primary import Avoid, make_quest, open_arcs
from intentc.place.search import Answer, Quest, find_path
from intentc.values import frozen, replace


class Known:
    """What is known of one demand while the books stay as they are: each of its tries asks the same again. `judges` by the labels that count."""

    def __init__(self) -> None:
        self.judges: dict[int, Judge] = {}

    def judge(self, context: Context, labels: int) -> Judge:
        """Return the judge of walks that all tries share which count so many labels."""
        found = self.judges.get(labels)
        if found is None:
            found = self.judges[labels] = Judge(context.network, context.ledger)
        return found


@frozen
class Rescue:
    """Where packets were made to go; None where nothing was found, which proves nothing if `has_given_up`."""

    taken: Walk | None
    has_given_up: bool = False


def rescue(
    context: Context,
    terms: Terms,
    course: Course,
    start: int,
    fragile: frozenset[int],
    *,
    judge: Judge,
) -> Rescue:
    """Fix and return what packets do in the state of `terms`.

    What needs no new path is tried first. Of new paths the first ones are sought off all `fragile` links, those with which the
    path of the normal state breaks in any promised state: mostly one such path serves all of them.
    """
    planned = _planned(context, terms, course, start, judge)
    if planned is not None:
        return Rescue(planned)
    for way in course.ways(terms.outage, start):
        if judge.is_right(terms, way.taken) and not context.is_wasteful(terms.task, terms.task.failed_claim, way.taken):
            course.adopt(terms.outage, way)
            return Rescue(way.taken)
    if not course.may_steer(terms.outage, start):
        return Rescue(None, _may_be_way(context, terms, course, start))
    has_given_up = False
    for quest in _quests(context, terms, course, start, fragile):
        answer = find_path(quest)
        if answer.hops is not None:
            _note(context, terms, start, answer)
            taken = course.steer(terms.outage, start, answer.hops)
            if taken.fault is None and (terms.only is None or taken.arcs == terms.only):
                return Rescue(taken)
        has_given_up = answer.has_given_up or answer.hops is not None or quest.targets != terms.group.targets
    return Rescue(None, has_given_up)


def _may_be_way(context: Context, terms: Terms, course: Course, start: int) -> bool:
    """Return whether there is a way that nobody can steer packets onto any more, or nobody knows; mostly one is known."""
    ends = course.ends(start)
    if ends is not None and not terms.group.targets <= ends and not course.may_turn(start):
        return True
    known = context.roomy.find(context, terms, start) if course.single is not None else None
    if known is not None and course.single is not None and all(map(course.single.__getitem__, known.arcs)):
        return True
    answer = find_path(make_quest(context, terms, course, start, open_arcs(context, terms)))
    _note(context, terms, start, answer)
    return answer.has_given_up or answer.hops is not None


def _note(context: Context, terms: Terms, start: int, answer: Answer) -> None:
    """Note a way of single links."""
    if answer.hops is not None and all(len(hop.arcs) == 1 for hop in answer.hops):
        context.roomy.note(context, terms, start, tuple([hop.arcs[0] for hop in answer.hops]))


def _planned(context: Context, terms: Terms, course: Course, start: int, judge: Judge) -> Walk | None:
    """Fix and return the path that a plan for all demands has for the state; None: there is none, or it cannot be had."""
    plan = context.plans.get(terms.task.demand.key)
    arcs = plan.spares.get(terms.outage) if plan is not None else None
    if plan is None or arcs is None:
        return None
    for way in course.ways(terms.outage, start):
        if plan.has(terms.outage, way.taken) and judge.is_right(terms, way.taken):
            course.adopt(terms.outage, way)
            return way.taken
    ends = None if course.may_turn(start) else course.ends(start)
    quest = planned_quest(context, terms, course, start, arcs)
    answer = find_path(quest if ends is None else replace(quest, targets=quest.targets & ends))
    taken = course.steer(terms.outage, start, answer.hops) if answer.hops is not None else None
    return taken if taken is not None and taken.fault is None else None


def _quests(context: Context, terms: Terms, course: Course, start: int, fragile: frozenset[int]) -> Iterator[Quest]:
    """Yield the searches to make; the last one leaves nothing out.

    Off the `fragile` links one with room in all states goes first: it serves more of them.
    """
    is_open, ends = open_arcs(context, terms), course.ends(start)
    whole = make_quest(context, terms, course, start, is_open)
    quest = whole if ends is None else replace(whole, targets=whole.targets & ends)
    policy = course.policies.get(start)
    if fragile and (policy is None or len(policy.candidates) == 1):
        wary = open_arcs(context, terms, Avoid(is_wary=True))
        yield replace(quest, is_open=wary.without(fragile))
        yield replace(quest, is_open=is_open.without(fragile))
    yield quest
    if quest.targets != whole.targets and course.may_turn(start):
        yield whole  # only then to another end
