"""A plan for a priority in which some intents found no room, and the intents placed by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.forwarding.outage import Outage
from intentc.place.context import Context, Plan
from intentc.place.intents import IntentTask
from intentc.place.joint.burdens import Burdens
from intentc.place.joint.cells import Cells
from intentc.place.joint.errands import Booking, Entry, errand_of, is_movable
from intentc.place.joint.planner import Planner
from intentc.place.tasks import Task

MOST_CELLS = 60_000  # link directions × states that a plan is made for
MOST_ENTRIES = 4_000


def can_plan(context: Context, movable: Sequence[IntentTask]) -> bool:
    """Return whether there is something to plan, on a network small enough: each state and link direction is looked at together."""
    tasks, arcs = _tasks(movable), len(context.network.head)
    if not movable or len(movable) > MOST_ENTRIES:
        return False
    return (len(_outages(tasks)) + 1) * arcs <= MOST_CELLS


def _is_small(context: Context, tasks: Iterable[Task]) -> bool:
    arcs = len(context.network.head)
    return all((len(task.promises) + 1) * arcs <= MOST_CELLS for task in tasks)


def make_plan(context: Context, movable: Sequence[IntentTask]) -> None:
    """Note a plan for some intents, none of which is in the books, in the context."""
    tasks = _tasks(movable)
    outages, classes = _outages(tasks), sorted({task.demand.traffic_class for task in tasks})
    index = {outage: number for number, outage in enumerate(outages, start=1)}
    cells = Cells(context.network, context.ledger, outages, classes)
    by_name = {item.name: [task for unit in item.units for task in unit.tasks] for item in movable}
    burdens = _burdens(context)
    entries = [
        Entry(name, tuple(errand_of(task, index, burdens.kinds) for task in own)) for name, own in by_name.items()
    ]
    for name, bookings in Planner(cells, burdens, entries).run().items():
        for task, booking in zip(by_name[name], bookings, strict=True):
            context.plans[task.demand.key] = _plan(cells, booking)


def _burdens(context: Context) -> Burdens:
    """Return what is known of paths: by the last placement over the same network, where there was one."""
    memory = context.memory
    if memory is None:
        return Burdens(context.realiser, context.network.topology.routing.mean_packet)
    if memory.burdens is None:
        memory.burdens = Burdens(context.realiser, context.network.topology.routing.mean_packet)
    return memory.burdens


def planned_together(context: Context, items: Sequence[IntentTask]) -> list[IntentTask]:
    """Return the intents that may be moved by a plan, if one can be made for all of them together.

    There are none where an earlier build is to be kept, or on a network too large for a plan, which is soon seen.
    """
    if context.kept.demands:
        return []
    found: list[IntentTask] = []
    for item in items:
        if is_movable(context, item):
            if not _is_small(context, _tasks((item,))):
                return []
            found.append(item)
    return found if can_plan(context, found) else []


def _tasks(items: Iterable[IntentTask]) -> list[Task]:
    return [task for item in items for unit in item.units for task in unit.tasks]


def _outages(tasks: Iterable[Task]) -> list[Outage]:
    found: dict[Outage, None] = {}
    for task in tasks:
        found.update(dict.fromkeys(task.outages))
    return list(found)


def _plan(cells: Cells, booking: Booking) -> Plan:
    spares = {cells.outages[state]: frozenset(arcs) for arcs, states in booking.spares for state in states}
    return Plan(frozenset(booking.arcs), spares, frozenset(cells.outages[state] for state in booking.bare))
