"""A trial that holds, as the placement hands it on."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.outage import Outage
from intentc.forwarding.policy import NO_POLICIES
from intentc.forwarding.walk import NO_RULES
from intentc.place.context import Context
from intentc.place.model import Carried, PlacedCourse, PlacedDemand
from intentc.place.promises import promise_of
from intentc.place.shortfalls import reason_text
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.realise.model import Protection
from intentc.values import replace

_NS_PER_MS = 1_000_000


def record(context: Context, trial: Trial) -> PlacedDemand:
    """Return a demand with the paths and rules of a trial that holds."""
    task, order = trial.task, tuple(trial.courses)
    courses = tuple(_course(trial, group) for group in order)
    lacking = frozenset(setback.outage for setback in trial.lacking)
    return PlacedDemand(
        demand=context.model.demands[task.demand.key],
        courses=courses,
        normal=_numbered(order, trial.normal),
        states=_states(trial, order),
        promised=task.promised,
        unprotected=tuple(sorted({*_ids(task, lacking), *_cut(task)})),
        ahead=task.ahead,
        protection=protection_of(context, trial),
        reason=reason_text(
            context, trial.found, task, is_steered=any(course.rules or course.policies for course in courses)
        ),
        strays=_strays(context, trial, lacking),
        standings=trial.found.standings,
    )


def _states(trial: Trial, order: tuple[int, ...]) -> Sequence[Carried]:
    """Return what a demand does in failure states, by the place of its course among those in use."""
    if trial.settled is not None:
        return trial.carried(order.index(trial.ends.group))
    return tuple([_numbered(order, carried) for carried in trial.states.values()])


def _numbered(order: tuple[int, ...], carried: Carried) -> Carried:
    """Return the same with the place of its course among those in use in place of its group; the very same where it is the same number."""
    place = order.index(carried.course)
    return carried if place == carried.course else replace(carried, course=place)


def protection_of(context: Context, trial: Trial) -> Protection | None:
    """Return how long traffic is lost when its path fails; None where nothing is promised under failure."""
    failover = trial.task.demand.failover
    if failover is None or not trial.task.promised:
        return None
    if trial.protection is not None:
        return trial.protection
    normal = trial.normal
    backups = trial.carried(normal.course)
    policies = trial.courses[normal.course].policies
    found = context.realiser.protection(normal, backups, policies)
    if found is None or found.total_ms * _NS_PER_MS <= failover.within_ns:
        trial.protection = found if trial.settled is not None else None
        return found  # most are soon enough, and nothing needs to be known of others' fences
    return context.realiser.protection(normal, backups, policies, promise_of(context, trial, failover))


def is_prompt(context: Context, trial: Trial) -> bool:
    """Return whether packets are back in time without local repair, whoever else has fences."""
    failover = trial.task.demand.failover
    if failover is None or not trial.task.promised or trial.protection is not None:
        return True
    normal = trial.normal
    policies = trial.courses[normal.course].policies
    found = context.realiser.protection(normal, trial.carried(normal.course), policies)
    return found is None or found.total_ms * _NS_PER_MS <= failover.within_ns


def _strays(context: Context, trial: Trial, lacking: frozenset[Outage]) -> tuple[Outage, ...]:
    if trial.settled is not None:  # what is free of it touches its path
        return ()
    freed = [outage for outage in trial.freed if outage not in trial.states and outage not in lacking]
    if not freed:  # most are promised all that others are
        return ()
    normal, promises = trial.normal.taken, trial.task.promises
    mask = context.network.mask_of(normal.start, normal.arcs)
    return tuple(outage for outage in freed if outage not in promises and not outage.touches(mask))


def _course(trial: Trial, group: int) -> PlacedCourse:
    item = trial.task.groups[group]
    course = trial.courses[group]
    rules, policies = course.rules, course.policies  # of most there are none, and many demands
    return PlacedCourse(
        trial.task.packets(item),
        dict(rules) if rules else NO_RULES,
        item.candidates,
        dict(policies) if policies else NO_POLICIES,
    )


def _ids(task: Task, outages: frozenset[Outage]) -> tuple[str, ...]:
    return tuple(sorted(name for outage in outages for name in task.promised.names(outage)))


def _cut(task: Task) -> tuple[str, ...]:
    """Return the ids of the promised states that cut an end off, which a waiver accepts (else nothing would be placed)."""
    return task.demand.failover.cut if task.demand.failover is not None else ()
