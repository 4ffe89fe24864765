"""What certificates are made from: the intents that were refused, and what was placed at which priority."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.place.booked import Booked
from intentc.place.causes import Cause
from intentc.place.context import Context
from intentc.place.intents import IntentTask, PlacedIntent
from intentc.place.tasks import Task
from intentc.values import field, frozen, mutable

_NOTHING = frozenset[Outage]()  # the same of most demands: an empty set takes 216 bytes


@frozen
class Refused:
    """An intent that was not placed, and why."""

    item: IntentTask
    rank: int
    causes: tuple[Cause, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Return its demands and their replies."""
        return tuple(task for unit in self.item.units for task in unit.tasks)


@frozen
class Kept:
    """A demand that was placed: its place in the books, and the promised states in which it stays without a path."""

    task: Task
    booked: Booked
    lacking: frozenset[Outage]


@mutable
class Docket:
    """Collects both while a program is placed. `context`, with the books, is there where something was refused, else nobody needs it."""

    context: Context | None = None
    network: Network | None = None
    refused: list[Refused] = field(default_factory=list)
    _tasks: Mapping[str, Sequence[Task]] = field(default_factory=dict)
    _kept: list[Kept] = field(default_factory=list)

    def refuse(self, item: IntentTask, causes: Sequence[Cause]) -> None:
        """Note an intent that was not placed."""
        rank = min(task.demand.rank for unit in item.units for task in unit.tasks)
        self.refused.append(Refused(item, rank, tuple(causes)))

    def close(self, context: Context, placed: Mapping[str, PlacedIntent], tasks: Mapping[str, Sequence[Task]]) -> None:
        """Note what was placed in the end, and the tasks of each of these intents, where somebody may ask for it."""
        self.network, self._tasks = context.network, tasks
        if self.refused:
            self.context = context
            for name in sorted(placed):
                for trial in placed[name].trials:
                    lacking = frozenset(setback.outage for setback in trial.lacking) if trial.lacking else _NOTHING
                    self._kept.append(Kept(trial.task, trial, lacking))

    def bounded(self, intent: str) -> tuple[Task, ...]:
        """Return the demands of an intent that was placed within latency bounds, none of any other."""
        tasks = self._tasks.get(intent, ())
        return tuple(tasks) if any(map(_is_bounded, tasks)) else ()

    def kept(self, rank: int, gone: Collection[str]) -> list[Kept]:
        """Return the demands placed at a priority or a higher one, without those of the intents `gone`."""
        return [item for item in self._kept if item.task.demand.rank <= rank and item.task.demand.intent not in gone]


def _is_bounded(task: Task) -> bool:
    failover, demand = task.demand.failover, task.demand
    bounds = [demand.bound_ns, demand.rtt_bound_ns]
    bounds += [failover.bound_ns, failover.rtt_bound_ns] if failover is not None else []
    return demand.step is None and any(bound is not None for bound in bounds)
