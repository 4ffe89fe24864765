"""Bounds that were missed by queues alone: whether every path misses them, with the least that any queue may hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.diagnostics import Diagnostic
from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.certificates.docket import Docket
from intentc.place.certificates.ground import Ground
from intentc.place.certificates.potential import find_potential
from intentc.place.tasks import Task
from intentc.realise.refusals import Effort, Refusal
from intentc.values import replace

MISSED, MISSED_FAILED, QUEUED = "E0502", "E0523", "E0529"
LEAST_AHEAD = (
    2  # packets of the MTU in every queue: one that has just begun, and one of network control (delay/README.md)
)


def judge_queued(docket: Docket, items: Sequence[Diagnostic]) -> Iterator[tuple[Diagnostic, Refusal | None]]:
    """Yield every finding as it is borne out, with its certificate where it is about a bound that queues alone made be missed."""
    refused = {item.item.name for item in docket.refused}
    states = _States()
    for item in items:
        is_late = item.code in (MISSED, MISSED_FAILED) and item.is_error and not item.waived
        tasks = docket.bounded(item.intent or "") if is_late and item.intent not in refused else ()
        if docket.network is None or not tasks:
            yield item, None
            continue
        proofs = (_proof(docket.network, item, task, tasks, states) for task in tasks)
        found = next((made for made in proofs if made is not None), None)
        if found is not None:
            yield item, found
            continue
        message = f"{item.message}; other paths were not tried"
        promised = (task for task in tasks if item.state is None or states.outage(task, item.state) is not None)
        key = next(promised, tasks[0]).demand.key
        yield (
            replace(item, code=QUEUED, message=message),
            Refusal(item.intent or "", key, QUEUED, item.state or "", Effort(0, 0)),
        )


class _States:
    """Promised failure states by id: demands are promised much the same thousands."""

    def __init__(self) -> None:
        self._known: dict[str, Outage] = {}

    def outage(self, task: Task, name: str) -> Outage | None:
        """Return what is down in a state that a demand is promised, None where it is not promised it."""
        if name not in self._known:
            self._known.update(task.promised)
        found = self._known.get(name)
        if found is not None and name in task.promised.names(found):
            return found
        return next((outage for other, outage in task.promised if other == name), None)


def _proof(network: Network, item: Diagnostic, task: Task, tasks: Sequence[Task], states: _States) -> Refusal | None:
    """Return the refusal of a demand that no path carries in time, in the state of a finding."""
    outage = (None if item.state is None else states.outage(task, item.state)) or NORMAL
    if task.ahead is None or (item.state is not None and outage is NORMAL):
        return None
    other = next((each for each in tasks if _is_pair(task, each)), None)
    for bound_us, both in ((task.bound_us(outage), (task,)), (task.round_trip_us(outage), (task, other))):
        grounds = [Ground(network, each, outage, None, is_placed=False) for each in both if each is not None]
        if bound_us is None or len(grounds) < len(both):
            continue
        found = find_potential(grounds, "nothing", LEAST_AHEAD, bound_us)
        if found is not None:
            return Refusal(item.intent or "", task.demand.key, item.code, item.state or "", found)
    return None


def _is_pair(task: Task, other: Task) -> bool:
    return other.demand.reply_to == task.demand.key or task.demand.reply_to == other.demand.key
