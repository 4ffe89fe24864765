"""Which tries have looked for nothing (`memory.py` says what follows from that), and whether another one would begin as they did."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.policy import Policies
from intentc.forwarding.walk import Rules
from intentc.place.context import Context
from intentc.place.goals import STABILITY
from intentc.place.intents import IntentTask, PlacedIntent
from intentc.place.record import is_prompt
from intentc.place.roles import Variation
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.place.widths import too_narrow
from intentc.resolve.model import Candidate

_PLAIN, _KEPT = Variation(), Variation(is_kept=True)
Steering = tuple[Candidate, tuple[tuple[Rules | None, Policies | None], ...]]


def by_key(item: IntentTask) -> dict[str, Task]:
    """Return the tasks of an intent in the order in which they are placed."""
    return {task.demand.key: task for unit in item.units for task in unit.tasks}


def is_quiet(context: Context, trial: Trial) -> bool:
    """Return whether a try looked for nothing: see above."""
    if trial.is_again:
        return True
    demand, found = trial.task.demand, trial.found
    if demand.goal != STABILITY or demand.preferences or demand.is_symmetric or demand.step is not None:
        return False
    if trial.lacking or found.standings or trial.variation not in (_PLAIN, _KEPT):
        return False
    if trial.variation == _PLAIN:
        is_steered = any(course.rules or course.policies for course in trial.courses.values())
        is_natural = found.igp_lacks is None and found.igp_fills is None and found.goal is None
        if is_steered or not is_natural or found.algorithm is not None or _turns_away(context, trial):
            return False
    return is_prompt(context, trial) and not too_narrow(context, trial)


def _turns_away(context: Context, trial: Trial) -> bool:
    """Return whether another replica or router takes over in some state: before that a way to the first one was sought."""
    if trial.settled is not None:  # all of that goes from one node to one group of ends
        ends = map(trial.role.ends_in, trial.settled.outages(context.network))
        return any((first.group, first.start) != (trial.ends.group, trial.ends.start) for first, *_ in ends)
    for outage, carried in trial.states.items():
        first = trial.role.ends_in(outage)[0]
        if (first.group, first.start) != (carried.course, carried.taken.start):
            return True
    return False


def begins_alike(context: Context, trial: Trial, began: Steering | None, *, is_reply: bool) -> bool:
    """Return whether a try would begin with the same steering, at the same ends first."""
    now, network = steering(context, trial.task), context.network
    if trial.variation == _KEPT:
        if now is None or now != began:
            return False
    elif now is not None:
        return False
    ends = trial.ends
    if is_reply or sum(len(group.sources) for group in trial.task.groups) == 1:
        return True
    kept = context.kept.demands.get(trial.task.demand.key)
    group = trial.task.groups[ends.group]
    return kept is not None and kept[0] in group.candidates and kept[0].source.node == network.nodes[ends.start]


def is_sure(context: Context, item: PlacedIntent, began: Sequence[Steering | None]) -> bool:
    """Return whether the tries of an intent would begin as these did, with this steering of an earlier build."""
    keys = {trial.task.demand.key for trial in item.trials}
    return all(
        begins_alike(context, trial, steering, is_reply=trial.task.demand.reply_to in keys)
        for trial, steering in zip(item.trials, began, strict=True)
    )


def steering(context: Context, task: Task) -> Steering | None:
    """Return what an earlier build had steered of a demand, as a try begins with it; None where it steered nothing."""
    found = context.kept.demands.get(task.demand.key)
    if found is None or not found[1].is_steered:
        return None
    known: Sequence[tuple[Rules | None, Policies | None]] = [
        (
            context.kept.rules(context.network, task.demand, group.candidates),
            context.kept.policies(context.network, task.demand, group.candidates),
        )
        for group in task.groups
    ]
    return found[0], tuple(known)
