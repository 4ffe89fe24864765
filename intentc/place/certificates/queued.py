"""Bounds that were missed by queues alone: whether every path misses them, with the least that any queue may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


Place = tuple[str | None, str, str | None]  # intent, code and state of a finding


def judge_queued(docket: Docket, items: Sequence[Diagnostic]) -> Mapping[Place, Refusal]:
    """Return a refusal per finding about a bound that queues alone made be missed; its code is `QUEUED` where nothing bears that out."""
    refused = {item.item.name for item in docket.refused}
    states, found = _States(), dict[Place, Refusal]()
    for item in items:
        is_late = item.code in (MISSED, MISSED_FAILED) and item.is_error and not item.waived
        tasks = docket.bounded(item.intent or "") if is_late and item.intent not in refused else ()
        if docket.network is not None and tasks:
            found[place_of(item)] = _judged(docket.network, item, tasks, states)
    return found


def place_of(item: Diagnostic) -> Place:
    """Return what tells a finding from others."""
    return item.intent, item.code, item.state


def borne_out(item: Diagnostic, refusal: Refusal) -> Diagnostic:
    """Return a finding as its refusal bears it out."""
    if refusal.finding != QUEUED:
        return item
    return replace(item, code=QUEUED, message=f"{item.message}; other paths were not tried")


def _judged(network: Network, item: Diagnostic, tasks: Sequence[Task], states: _States) -> Refusal:
    proofs = (_proof(network, item, task, tasks, states) for task in tasks)
    found = next((made for made in proofs if made is not None), None)
    if found is not None:
        return found
    promised = (task for task in tasks if item.state is None or states.outage(task, item.state) is not None)
    key = next(promised, tasks[0]).demand.key
    return Refusal(item.intent or "", key, QUEUED, item.state or "", Effort(0, 0))


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
