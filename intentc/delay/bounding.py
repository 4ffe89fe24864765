"""A program with its queues bounded, and what of it misses a bound with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.delay.bounds import bound_rows
from intentc.delay.breaches import Breach, find_breaches
from intentc.delay.latency import BASES, Queues, ports, with_queueing
from intentc.delay.rows import Rows
from intentc.delay.solve import Hints
from intentc.realise.model import QueueBound, QueueKey, Realised, RealisedDemand
from intentc.values import frozen, replace


@frozen
class Miss:
    """What an intent misses, in the last program with it in which it misses anything: `beside` how many other intents, and whether
    that is the program as it was placed.
    """

    breaches: Sequence[Breach]
    beside: int
    is_first: bool


@frozen
class Bounded:
    """A program (with the latencies of placement), its demands with what queues do to them, and all queues.

    `broken`: the intents that miss a bound, sorted; `late`: those of them that no waiver keeps. `misses`: the last miss of each
    intent that ever missed a bound on the way to this program.
    """

    program: Realised
    demands: Mapping[str, RealisedDemand]
    queues: Mapping[QueueKey, QueueBound]
    broken: Mapping[str, Sequence[Breach]]
    late: Sequence[str]
    misses: Mapping[str, Miss]


class Bounder:
    """Bounds the queues of a program and of what is left of it, and counts how often."""

    def __init__(self, realised: Realised, rows: Rows | None, hints: Hints) -> None:
        self._rows = rows
        self._waived = {(waiver.intent, waiver.code) for waiver in realised.model.waivers}
        self.hints = hints
        self.count = 0

    def bound(self, program: Realised, misses: Mapping[str, Miss] | None = None) -> Bounded:
        """Return a program with its queues bounded; `misses` are those on the way to it."""
        found = bound_rows(self._rows, program, self.hints)
        self.hints, self.count = found.worst, self.count + 1
        demands = with_queueing(program, found.queues, self._rows)
        sound = self._rows.sound if self._rows is not None else None
        broken = by_intent(find_breaches(program.model.topology, demands, found.queues, sound))
        beside = len({item.demand.intent for item in demands.values()}) - 1 if broken else 0
        own = {name: Miss(breaches, beside, self.count == 1) for name, breaches in broken.items()}
        late = [name for name, breaches in broken.items() if self._is_late(name, breaches)]
        return Bounded(program, demands, found.queues, broken, late, {**(misses or {}), **own})

    def _is_late(self, intent: str, breaches: Iterable[Breach]) -> bool:
        return any((intent, breach.code) not in self._waived for breach in breaches)

    def fitting(self, placed: Realised, items: Iterable[RealisedDemand], queues: Queues) -> list[str]:
        """Return the intents of some demands of `placed` that would keep their bounds if queues were these, whatever they add to them.

        A queue that is none of these holds nothing, so this only tells what it is no use to try.
        """
        demands = {item.demand.key: item for item in items}
        filled = {**dict.fromkeys(_keys_of(placed, demands.values()), _EMPTY), **queues}
        asked = with_queueing(replace(placed, demands=demands), filled, self._rows)
        broken = by_intent(find_breaches(placed.model.topology, asked, filled))
        return sorted({item.demand.intent for item in demands.values()} - broken.keys())


_EMPTY = QueueBound(0, 0, 0, 0, 0, BASES[0])


def _keys_of(placed: Realised, items: Iterable[RealisedDemand]) -> Iterator[QueueKey]:
    """Yield the queues of some demands, in all states."""
    topology = placed.model.topology
    for item in items:
        for paths in {item.primary, *(state.paths for state in item.states)}:
            for path in paths:
                for port in ports(topology, path):
                    yield (*port, item.demand.traffic_class)


def by_intent(breaches: Iterable[Breach]) -> dict[str, list[Breach]]:
    """Return breaches by intent, sorted."""
    found: dict[str, list[Breach]] = {}
    for breach in breaches:
        found.setdefault(breach.item.demand.intent, []).append(breach)
    return {intent: found[intent] for intent in sorted(found)}
