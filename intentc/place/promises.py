"""What is asked of the devices' local repair: for which packets, how soon, and where none may be because of others' fences."""

from __future__ import annotations

from intentc.forwarding.network import Network
from intentc.place.context import Context
from intentc.place.model import Promise
from intentc.place.tasks import Task, Tasks
from intentc.place.trial import Trial
from intentc.resolve.model import FailoverRequirement

_NS_PER_MS = 1_000_000


def promise_of(context: Context, trial: Trial, failover: FailoverRequirement) -> Promise:
    """Return what is promised of a trial's failover. States that a waiver leaves without a path are not asked for."""
    task, group = trial.task, trial.task.groups[trial.normal.course]
    lacking = {setback.outage for setback in trial.lacking}
    return Promise(
        within_ms=failover.within_ns // _NS_PER_MS,
        packets=task.packets(group),
        families=frozenset[int]().union(*(item.families for item in task.groups)),
        outages=tuple(outage for outage in task.outages if outage not in lacking),
        is_plain=not any(course.rules or course.policies for course in trial.courses.values()),
        confined=_confined(context),
    )


def _confined(context: Context) -> frozenset[int]:
    """Return the nodes that packets with fences come to as long as these hold; the same for the whole placement."""
    if not context.confined:
        tasks = Tasks(context.model, context.realiser)
        fenced = [tasks.of(demand) for demand in context.model.demands.values() if demand.exclusions]
        context.confined.append(frozenset[int]().union(*(_zone(context.network, task) for task in fenced)))
    return context.confined[0]


def _zone(network: Network, task: Task) -> set[int]:
    """Return the nodes that packets of a demand can come to from where they enter without leaving over a fenced link."""
    pending = [start for group in task.groups for start in group.sources]
    seen = set(pending)
    for node in pending:  # it grows while it is read
        ahead = {network.head[arc] for arc in network.leaving[node] if arc >> 1 not in task.fences} - seen
        seen |= ahead
        pending += ahead
    return seen
