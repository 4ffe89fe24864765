"""The intents of a program made ready to be placed, by priority; of the next program only those are made ready that have changed.

Two programs are *much the same* where they have the same demands by key, and those that are not the very same ones are of the same pools and
priorities, and promised the same states in the same order. Then all promised states are met in the order in which they were met the last
time, and all other tasks are the very same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import is_

from intentc.place.chain_tasks import ChainTask
from intentc.place.intents import IntentTask
from intentc.place.known_tasks import KnownTasks
from intentc.place.model import Realiser
from intentc.place.tasks import Tasks
from intentc.place.unit import Unit
from intentc.resolve.model import Demand, FailureState, Model, TrafficClass
from intentc.values import frozen

_NOTHING: frozenset[str] = frozenset()


@frozen
class Arrangement:
    """The intents with anything to place, by priority, and their demands, by intent and by key.

    `met`: how many promised states there are. `same`: intents of which nothing has changed since the last arrangement.
    """

    ranks: tuple[tuple[IntentTask, ...], ...]
    by_intent: Mapping[str, Sequence[Demand]]
    keys: Sequence[str]
    demands: Sequence[Demand]
    classes: Mapping[str, TrafficClass]
    met: int
    same: frozenset[str] = _NOTHING


def arrange(
    model: Model, realiser: Realiser, known: KnownTasks | None = None, last: Arrangement | None = None
) -> Arrangement:
    """Return the intents of a model in order; `last` and `known` are of the last one over the very same network and devices."""
    keys = sorted(model.demands)
    demands = [model.demands[key] for key in keys]
    changed = _changed(last, model, keys, demands) if last is not None else None
    tasks = Tasks(model, realiser, known)
    if last is None or changed is None or not realiser.outages.meet_first(last.met):
        by_intent = _by_intent(demands)
        return Arrangement(
            _ranks(model, by_intent, tasks), by_intent, keys, demands, model.classes, len(realiser.outages)
        )
    tasks.take_all_again()
    new = {name: IntentTask(name, tasks.units(name, each, _units)) for name, each in changed.items()}
    ranks = tuple([tuple([new.get(item.name, item) for item in items]) for items in last.ranks]) if new else last.ranks
    same = frozenset(last.by_intent).difference(changed)
    return Arrangement(ranks, {**last.by_intent, **changed}, keys, demands, model.classes, last.met, same)


def _changed(
    last: Arrangement, model: Model, keys: Sequence[str], demands: Sequence[Demand]
) -> Mapping[str, Sequence[Demand]] | None:
    """Return the demands of the intents that have changed, by intent; None where the programs are not much the same."""
    if model.chains or keys != last.keys or model.classes != last.classes:
        return None
    both = zip(last.demands, demands, map(is_, last.demands, demands), strict=True)
    changes = [(one, other) for one, other, is_same in both if not is_same]
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
