"""Another way in a failure state in which devices by themselves do not do what was promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from intentc.forwarding.walk import Walk
from intentc.place.check import Judge, Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.joint.follow import planned_quest
from intentc.place.model import Course
from intentc.place.primary import Avoid, make_quest, open_arcs
from intentc.place.search import Answer, Quest, find_path
from intentc.values import frozen, replace

Find = Callable[[Quest, frozenset[int]], Answer]
_SHORT = frozenset({-1})  # stands for all links that lack room in any state


def look_up(quest: Quest, left_out: frozenset[int]) -> Answer:  # noqa: ARG001  (each search by itself)
    """Return the answer to a search, over the links that it has left."""
    return find_path(quest)


class Known:
    """What searches of one demand found in failure states while the books stay as they are: each of its tries asks the same again.

    `judges` by the number of labels that are counted, `answers` by the same, what was asked for and the links left out.
    """

    def __init__(self) -> None:
        self.judges: dict[int, Judge] = {}
        self.answers: dict[tuple[object, ...], Answer] = {}

    def judge(self, context: Context, labels: int) -> Judge:
        """Return the judge of walks that all tries share which count so many labels."""
        found = self.judges.get(labels)
        if found is None:
            found = self.judges[labels] = Judge(context.network, context.ledger)
        return found

    def find(self, quest: Quest, labels: int, left_out: frozenset[int]) -> Answer:
        """Return the answer to a search over all links but some; it has to be one that steering does not change."""
        key = (labels, quest.outage, quest.start, quest.targets, quest.bound_us, left_out)
        found = self.answers.get(key)
        if found is None:
            found = self.answers[key] = find_path(quest)
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
    find: Find,
) -> Rescue:
    """Fix and return what packets do in the state of `terms`.

    What needs no new path is tried first. Of new paths the first ones are sought off all `fragile` links, those with which the
    path of the normal state breaks in any promised state: mostly one such path serves all of them. `find` answers searches,
    each told of the links that it leaves out.
    """
    planned = _planned(context, terms, course, start)
    if planned is not None:
        return Rescue(planned)
    for way in course.ways(terms.outage, start):
        is_right = find_shortfall(context.network, context.ledger, terms, way.taken) is None
        if is_right and not context.is_wasteful(terms.task, terms.task.failed_claim, way.taken):
            course.adopt(terms.outage, way)
            return Rescue(way.taken)
    has_given_up, can_steer = False, course.may_steer(terms.outage, start)
    for quest, left_out in _quests(context, terms, course, start, fragile if can_steer else frozenset()):
        answer = find(quest, left_out)
        if answer.hops is not None and can_steer:
            taken = course.steer(terms.outage, start, answer.hops)
            if taken.fault is None and (terms.only is None or taken.arcs == terms.only):
                return Rescue(taken)
        has_given_up = answer.has_given_up or answer.hops is not None or quest.targets != terms.group.targets
    return Rescue(None, has_given_up)


def _planned(context: Context, terms: Terms, course: Course, start: int) -> Walk | None:
    """Fix and return the path that a plan for all demands has for the state; None: there is none, or it cannot be had."""
    plan = context.plans.get(terms.task.demand.key)
    arcs = plan.spares.get(terms.outage) if plan is not None else None
    if plan is None or arcs is None:
        return None
    for way in course.ways(terms.outage, start):
        if (
            plan.has(terms.outage, way.taken)
            and find_shortfall(context.network, context.ledger, terms, way.taken) is None
        ):
            course.adopt(terms.outage, way)
            return way.taken
    ends = None if course.may_turn(start) else course.ends(start)
    quest = planned_quest(context, terms, course, start, arcs)
    answer = find_path(quest if ends is None else replace(quest, targets=quest.targets & ends))
    taken = course.steer(terms.outage, start, answer.hops) if answer.hops is not None else None
    return taken if taken is not None and taken.fault is None else None


def _quests(
    context: Context, terms: Terms, course: Course, start: int, fragile: frozenset[int]
) -> Iterator[tuple[Quest, frozenset[int]]]:
    """Yield the searches to make, with the links that they leave out; the last one leaves nothing out.

    Off the `fragile` links one with room in all states goes first: it serves more of them.
    """
    is_open, ends = open_arcs(context, terms), course.ends(start)
    whole = make_quest(context, terms, course, start, is_open)
    quest = whole if ends is None else replace(whole, targets=whole.targets & ends)
    policy = course.policies.get(start)
    if fragile and (policy is None or len(policy.candidates) == 1):
        wary = open_arcs(context, terms, Avoid(is_wary=True))
        yield replace(quest, is_open=wary.without(fragile)), fragile | _SHORT
        yield replace(quest, is_open=is_open.without(fragile)), fragile
    yield quest, frozenset()
    if quest.targets != whole.targets and course.may_turn(start):
        yield whole, frozenset()  # only then to another end
