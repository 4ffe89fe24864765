"""A program with its queues bounded, and what of it misses a bound with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from intentc.delay.bounds import bound_rows
from intentc.delay.breaches import Breach, find_breaches
from intentc.delay.latency import BASES, Queues, is_queued, ports, with_queueing
from intentc.delay.rows import Rows
from intentc.delay.solve import Hints
from intentc.realise.model import QueueBound, QueueKey, Realised, RealisedDemand
from intentc.values import Later, frozen, mutable, replace

if TYPE_CHECKING:
    from intentc.native.routes import Amounts


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
    """A program (with the latencies of placement), all its queues, and its demands with what these do to them, when somebody asks.

    `broken`: the intents that miss a bound, sorted; `late`: those of them that no waiver keeps. `misses`: the last miss of each
    intent that ever missed a bound on the way to this program.
    """

    program: Realised
    demands: Later[dict[str, RealisedDemand]]
    queues: Mapping[QueueKey, QueueBound]
    broken: Mapping[str, Sequence[Breach]]
    late: Sequence[str]
    misses: Mapping[str, Miss]


@mutable
class Round:
    """What one bounding after the other begins with: its program as rows for kernels, and which states were the worst of each queue."""

    rows: Rows | None
    hints: Hints


class Bounder:
    """Bounds the queues of a program and of what is left of it, and counts how often.

    `round_of` tells what a bounding begins with, by its number from 0, where that is anything but these rows and the hints of the one before.
    """

    def __init__(
        self,
        realised: Realised,
        rows: Rows | None,
        hints: Hints,
        round_of: Callable[[int, Realised], Round | None] = lambda _number, _program: None,
    ) -> None:
        self._rows = rows
        self._round_of = round_of
        self._waived = {(waiver.intent, waiver.code) for waiver in realised.model.waivers}
        self.hints = hints
        self.count = 0

    def bound(self, program: Realised, misses: Mapping[str, Miss] | None = None) -> Bounded:
        """Return a program with its queues bounded; `misses` are those on the way to it."""
        own = self._round_of(self.count, program)
        rows, hints = (self._rows, self.hints) if own is None else (own.rows, own.hints or self.hints)
        found = bound_rows(rows, program, hints)
        if own is not None:
            own.hints = found.worst
        self.hints, self.count = found.worst, self.count + 1
        amounts = rows.waits(found.queues) if rows is not None else None
        asked = self._asked(program, rows, amounts)
        judged = with_queueing(replace(program, demands=asked), found.queues, rows, amounts)
        broken = by_intent(find_breaches(program.model.topology, judged, found.queues))
        beside = len({item.demand.intent for item in program.demands.values()}) - 1 if broken else 0
        missed = {name: Miss(breaches, beside, self.count == 1) for name, breaches in broken.items()}
        late = [name for name, breaches in broken.items() if self._is_late(name, breaches)]
        demands = Later(partial(_settled, program, found.queues, rows))
        return Bounded(program, demands, found.queues, broken, late, {**(misses or {}), **missed})

    def _asked(self, program: Realised, rows: Rows | None, amounts: Amounts | None) -> dict[str, RealisedDemand]:
        """Return the demands that are not known to keep their bounds without a look at them, and the requests that they reply to."""
        if rows is None or amounts is None:
            return dict(program.demands)

        def is_late(item: RealisedDemand) -> bool:
            return _is_in_time(program, item, rows, amounts) is not True

        if rows.is_lasting:
            found = rows.known.late(rows, program.demands, amounts, is_late)
        else:  # a round changes what nearly all wait for: to ask is sooner done than to find whom
            found = {key: item for key, item in program.demands.items() if is_late(item)}
        requests = {key for item in found.values() if (key := item.demand.reply_to) is not None}
        return found | {key: program.demands[key] for key in requests if key in program.demands}

    def _is_late(self, intent: str, breaches: Iterable[Breach]) -> bool:
        return any((intent, breach.code) not in self._waived for breach in breaches)

    def fitting(self, placed: Realised, items: Iterable[RealisedDemand], queues: Queues) -> list[str]:
        """Return the intents of some demands of `placed` that would keep their bounds if queues were these, whatever they add to them.

        A queue that is none of these holds nothing, so this only tells what it is no use to try.
        """
        amounts = self._rows.waits(queues) if self._rows is not None else None
        seen = [(item, _is_in_time(placed, item, self._rows, amounts)) for item in items]
        late = {item.demand.intent for item, is_kept in seen if is_kept is False}
        unknown = {item.demand.intent for item, is_kept in seen if is_kept is None} - late
        if unknown:
            asked = {item.demand.key: item for item, _ in seen if item.demand.intent in unknown}
            late |= self._late(placed, asked, queues)
        return sorted({item.demand.intent for item, _ in seen} - late)

    def _late(self, placed: Realised, demands: Mapping[str, RealisedDemand], queues: Queues) -> set[str]:
        filled = {**dict.fromkeys(_keys_of(placed, demands.values()), _EMPTY), **queues}
        asked = with_queueing(replace(placed, demands=demands), filled, self._rows)
        return {breach.item.demand.intent for breach in find_breaches(placed.model.topology, asked, filled)}


def _settled(program: Realised, queues: Queues, rows: Rows | None) -> dict[str, RealisedDemand]:
    """Return the demands with their queueing, as `with_queueing` does."""
    if rows is None:
        return with_queueing(program, queues)
    amounts = rows.waits(queues)

    def settle(item: RealisedDemand) -> RealisedDemand:
        return rows.with_queueing(item, amounts) if is_queued(program, item) else item

    return rows.known.settled(rows, program.demands, amounts, settle)


def _is_in_time(program: Realised, item: RealisedDemand, rows: Rows | None, amounts: Amounts | None) -> bool | None:
    """Return whether a demand keeps its bounds; None where kernels alone cannot tell."""
    if rows is None or amounts is None or not is_plain(item) or not is_queued(program, item):
        return None
    return rows.is_in_time(item, amounts)


def is_plain(item: RealisedDemand) -> bool:
    """Return whether a demand is promised nothing but latency, and that one way: what it waits for on each path says all."""
    demand = item.demand
    return demand.jitter_ns is None and demand.loss_ppb is None and demand.reply_to is None


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
