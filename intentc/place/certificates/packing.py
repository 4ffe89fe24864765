"""Certificates that a service cannot serve what is asked: no assignment of requests to its hosts fits, whatever their paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.certificates.docket import Kept, Refused
from intentc.place.context import Context
from intentc.place.services import Crowd
from intentc.place.tasks import Task
from intentc.realise.refusals import Packing
from intentc.values import frozen

_MOST_FILLINGS = 20_000  # ways to fill the hosts that are kept in sight


@frozen
class _Load:
    """A rate that goes as a whole to one of some hosts."""

    bps: int
    hosts: tuple[str, ...]


def find_packing(
    context: Context, kept: Sequence[Kept], refused: Refused, task: Task, crowd: Crowd
) -> tuple[Packing, Outage] | None:
    """Return the proof, in the state in which the service was crowded or in another promised one; None: there is none."""
    for outage in dict.fromkeys((crowd.outage, NORMAL, *task.outages)):
        if outage is not NORMAL and outage not in task.promises:
            continue
        placed = (item.task for item in kept if outage not in item.lacking)
        own = (each for each in refused.tasks if not each.demand.shared_with)
        loads = list(_loads(context, crowd.service.name, (*placed, *own), outage))
        hosts, most = tuple(sorted({host for load in loads for host in load.hosts})), crowd.service.capacity_bps or 0
        if loads and not _fits(loads, hosts, most):
            return Packing(crowd.service.name, most, hosts, sum(load.bps for load in loads)), outage
    return None


def _loads(context: Context, service: str, tasks: Iterable[Task], outage: Outage) -> Iterator[_Load]:
    """Yield what has to be served in a state: of each pool its biggest member, which the others can only add to."""
    biggest: dict[str, Task] = {}
    for task in tasks:
        is_meant = service in task.demand.services and task.demand.step is None
        if is_meant and (outage is NORMAL or outage in task.promises):
            rival = biggest.get(task.claim.pool)
            if rival is None or task.claim_in(outage).own_bps > rival.claim_in(outage).own_bps:
                biggest[task.claim.pool] = task
    for pool in sorted(biggest):
        task, nodes = biggest[pool], context.network.nodes
        ends = sorted(frozenset(node for group in task.groups for node in group.accepted) - outage.nodes)
        hosts = dict.fromkeys(context.services.host_of(service, nodes[node]) for node in ends)
        if hosts and (bps := task.claim_in(outage).own_bps):
            yield _Load(bps, tuple(hosts))


def _fits(loads: Sequence[_Load], hosts: Sequence[str], most_bps: int) -> bool:
    """Return whether the loads fit, or nobody knows: all ways to fill the hosts are kept in sight, load by load."""
    if sum(load.bps for load in loads) > most_bps * len(hosts):
        return False
    at = {host: position for position, host in enumerate(hosts)}
    fillings = {(0,) * len(hosts)}
    for load in sorted(loads, key=lambda load: -load.bps):
        fillings = {
            (*filled[:place], filled[place] + load.bps, *filled[place + 1 :])
            for filled in fillings
            for place in (at[host] for host in load.hosts)
            if filled[place] + load.bps <= most_bps
        }
        if not fillings:
            return False
        if len(fillings) > _MOST_FILLINGS:
            return True
    return True
