"""The intents of a program made ready to be placed, by priority; of the next program only those are made ready that have changed.

Two programs are *much the same* where they have the same demands by key, and those that are not the very same ones are of the same pools and
priorities, and promised the same states in the same order. Then all promised states are met in the order in which they were met the last
time, and all other tasks are the very same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import is_, itemgetter

from intentc.place.chain_tasks import ChainTask
from intentc.place.intents import IntentTask
from intentc.place.known_tasks import KnownTasks
from intentc.place.model import Realiser
from intentc.place.tasks import Tasks
from intentc.place.unit import Unit
from intentc.recall import changed_keys
from intentc.resolve.model import Demand, FailureState, Model, TrafficClass
from intentc.values import frozen


@frozen
class Arrangement:
    """The intents with anything to place, by priority, and their demands, by intent and by key.

    `met`: how many promised states there are. `changed`: the only intents of which anything has changed since the last arrangement
    (None: any may have).
    """

    ranks: tuple[tuple[IntentTask, ...], ...]
    by_intent: Mapping[str, Sequence[Demand]]
    demands: Mapping[str, Demand]
    classes: Mapping[str, TrafficClass]
    met: int
    places: Places
    changed: frozenset[str] | None = None

    def some(self, names: Iterable[str]) -> Sequence[Sequence[IntentTask]]:
        """Return some intents by priority, as `ranks` has all of them."""
        found: list[list[tuple[int, IntentTask]]] = [[] for _ in self.ranks]
        for name in names:
            rank, at = self.places.of[name]
            found[rank].append((at, self.ranks[rank][at]))
        return [[item for _, item in sorted(items, key=itemgetter(0))] for items in found]


def arrange(
    model: Model, realiser: Realiser, known: KnownTasks | None = None, last: Arrangement | None = None
) -> Arrangement:
    """Return the intents of a model in order; `last` and `known` are of the last one over the very same network and devices."""
    changed = _changed(last, model) if last is not None else None
    tasks = Tasks(model, realiser, known)
    if last is None or changed is None or not realiser.outages.meet_first(last.met):
        by_intent = _by_intent([model.demands[key] for key in sorted(model.demands)])
        ranks = _ranks(model, by_intent, tasks)
        return Arrangement(ranks, by_intent, model.demands, model.classes, len(realiser.outages), Places(ranks))
    tasks.take_all_again()
    new = [IntentTask(name, tasks.units(name, each, _units)) for name, each in changed.items()]
    ranks = last.places.with_others(last.ranks, new) if new else last.ranks
    found = {**last.by_intent, **changed} if new else last.by_intent
    return Arrangement(ranks, found, model.demands, model.classes, last.met, last.places, frozenset(changed))


class Places:
    """Where each intent is, by priority, once somebody asks."""

    def __init__(self, ranks: tuple[tuple[IntentTask, ...], ...]) -> None:
        self._ranks = ranks

    @cached_property
    def of(self) -> Mapping[str, tuple[int, int]]:
        """Return the number of the priority of each intent, and its place there."""
        return {item.name: (rank, at) for rank, items in enumerate(self._ranks) for at, item in enumerate(items)}

    def with_others(
        self, ranks: tuple[tuple[IntentTask, ...], ...], others: Iterable[IntentTask]
    ) -> tuple[tuple[IntentTask, ...], ...]:
        """Return all intents with some others in the places of those of the same names."""
        changed: dict[int, list[IntentTask]] = {}
        for item in others:
            rank, at = self.of[item.name]
            changed.setdefault(rank, list(ranks[rank]))[at] = item
        return tuple([tuple(changed.get(rank, items)) for rank, items in enumerate(ranks)])


def _changed(last: Arrangement, model: Model) -> Mapping[str, Sequence[Demand]] | None:
    """Return the demands of the intents that have changed, by intent; None where the programs are not much the same."""
    keys = None if model.chains or model.classes != last.classes else changed_keys(last.demands, model.demands)
    if keys is None:
        return None
    changes = [(last.demands[key], model.demands[key]) for key in sorted(keys)]
    if any((one.intent, one.pool, one.rank) != (other.intent, other.pool, other.rank) for one, other in changes):
        return None
    new = {other.key: other for _, other in changes}
    names = dict.fromkeys([other.intent for _, other in changes])
    found = {name: [new.get(demand.key, demand) for demand in last.by_intent[name]] for name in names}
    if any(not _are_promised_the_same(last.by_intent[name], found[name]) for name in names):
        return None
    return found


def _are_promised_the_same(some: Sequence[Demand], others: Sequence[Demand]) -> bool:
    """Return whether the demands of an intent are promised the very same states, in the order in which they are placed."""
    one, other = list(_states(some)), list(_states(others))
    return len(one) == len(other) and all(map(is_, one, other))


def _states(demands: Sequence[Demand]) -> Iterator[Sequence[FailureState] | None]:
    for demand, reply in _in_order(demands):
        for each in (demand, reply) if reply is not None else (demand,):
            yield each.failover.states if each.failover is not None else None


def _ranks(model: Model, by_intent: Mapping[str, Sequence[Demand]], tasks: Tasks) -> tuple[tuple[IntentTask, ...], ...]:
    ranks: dict[int, list[IntentTask]] = {}
    for name, demands in by_intent.items():
        units = tasks.units(name, demands, _units)
        chains = tuple(chain for chain in model.chains if chain.name == name)
        item = ChainTask(name, units, chains) if chains else IntentTask(name, units)
        ranks.setdefault(min(demand.rank for demand in demands), []).append(item)
    return tuple(tuple(ranks[rank]) for rank in sorted(ranks))


def _by_intent(demands: Sequence[Demand]) -> dict[str, Sequence[Demand]]:
    found: dict[str, list[Demand]] = {}
    for demand in demands:
        found.setdefault(demand.intent, []).append(demand)
    return dict(found)


def _units(demands: Sequence[Demand], tasks: Tasks) -> tuple[Unit, ...]:
    """Return forward demands with their replies, the biggest first."""
    return tuple(
        [Unit(tasks.of(demand), tasks.of(reply) if reply is not None else None) for demand, reply in _in_order(demands)]
    )


def _in_order(demands: Sequence[Demand]) -> Iterator[tuple[Demand, Demand | None]]:
    """Yield forward demands with their replies, the biggest first."""
    keys = {demand.key for demand in demands}
    replies = {demand.reply_to: demand for demand in demands if demand.reply_to in keys}
    for demand in sorted(demands, key=lambda demand: (-demand.bandwidth_bps, demand.key)):
        if demand.reply_to not in keys:
            yield demand, replies.get(demand.key)
