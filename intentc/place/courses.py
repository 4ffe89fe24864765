"""Where the steering of one try begins: with none, or with that of an earlier build."""

from __future__ import annotations

from intentc.forwarding.policy import Policies
from intentc.forwarding.walk import Packets, Rules
from intentc.place.context import Context
from intentc.place.model import Course
from intentc.place.roles import Ends, Variation
from intentc.place.tasks import Group, Task


def new_course(context: Context, task: Task, variation: Variation, ends: Ends, group: int) -> Course:
    """Return the packets of one group of a task, that enter at `ends` if it is theirs, with the steering that a try starts from."""
    item = task.groups[group]
    packets = task.packets(item)
    starts = dict.fromkeys((ends.start, *item.sources) if group == ends.group else item.sources)
    rules: Rules = {}
    policies: Policies = {}
    if variation.is_kept:
        kept, known = context.kept, (context.network, task.demand, item.candidates)
        rules, policies = kept.rules(*known) or {}, kept.policies(*known) or {}
    course = context.realiser.course(
        packets,
        item.families,
        variation.unsteered,
        tuple(starts),
        _algorithm(context, variation, packets, policies),
        is_second=variation.is_second or _was_second(context, packets, item, rules, policies),
    )
    course.resume(rules, policies)
    return course


def _was_second(context: Context, packets: Packets, group: Group, rules: Rules, policies: Policies) -> bool:
    """Return whether the earlier build led packets by what the devices that they enter at like second best."""
    used = "sr-policy" if policies else "pbr" if rules else None
    means = (context.realiser.means(packets, group.families, start) for start in group.sources)
    return used is not None and any(used in each[1:] for each in means)


def _algorithm(context: Context, variation: Variation, packets: Packets, kept: Policies) -> int | None:
    """Return the Flexible Algorithm that carries all packets: the one to be tried, or that of the earlier build."""
    if variation.algorithm is not None:
        return variation.algorithm
    for start, policy in kept.items():
        number = policy.candidates[0][0].algo
        if policy.is_by_algorithm and number in context.realiser.algorithms(packets, start):
            return number
    return None
