"""Stage queue: what was placed, with bounded queueing; what no longer keeps its bounds is placed no more, and says why."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.delay.bounding import Bounded, Bounder, Round
from intentc.delay.findings import Choice, report, sources_of
from intentc.delay.rows import Rows, rows_of
from intentc.delay.solve import Hints
from intentc.delay.thinning import thin
from intentc.diagnostics import Findings
from intentc.realise.model import QueueBound, QueueKey, Realised, RealisedDemand
from intentc.resolve.alike import Likeness
from intentc.resolve.model import Demand, TrafficClass
from intentc.values import frozen, replace

_MOST_DEMANDS = 20_000  # of a program's boundings together, of which a session keeps rows: some 16 KB of each


@frozen
class _Settled:
    """A program as it was placed, and what came of bounding its queues where all of it kept its bounds."""

    placed: Realised
    demands: Mapping[str, RealisedDemand]
    queues: Mapping[QueueKey, QueueBound]


class Memory:
    """What bounding a program has shown, for the next one that is much the same. It only spares work.

    `hints`: which states are likely to be the worst. A fixed point is never begun from the last one: what reserves more is
    guaranteed more too, so that delays may shrink with any change, and only one that begins at 0 ends at the least.
    """

    def __init__(self, *, is_lasting: bool = False) -> None:
        self._is_lasting = is_lasting
        self._rounds: list[Round] = []  # in a session, from the first bounding on
        self._count = 0  # how often the queues of the last program were bounded
        self._most = 0  # boundings of this one that have their own rows
        self.hints: Hints = {}
        self.is_again = False  # whether the last program was the one before it, to its queues
        self._settled: _Settled | None = None

    def fork(self) -> Memory:
        """Return the same, to be changed apart."""
        found = Memory()
        found.hints, found._settled = self.hints, self._settled
        return found

    def recall(self, realised: Realised) -> Realised | None:
        """Return a program with its queues bounded where everything that bears on them is as it was; None elsewhere."""
        known = self._settled
        self.is_again = known is not None and _is_same(known.placed, realised)
        if known is None or not self.is_again:
            return None
        demands = {key: _with_demand(known.demands[key], item.demand) for key, item in realised.demands.items()}
        return replace(realised, demands=demands, queues=known.queues)

    def rows_of(self, realised: Realised) -> Rows | None:
        """Return the rows of a program for kernels; one that is not lasting keeps none, as they are large."""
        return self._going_on(0, realised).rows if self._is_lasting else rows_of(realised)

    def bounder(self, realised: Realised, rows: Rows | None) -> Bounder:
        """Return what bounds a program with these rows, and what is left of it."""
        if not self._is_lasting:
            return Bounder(realised, rows, self.hints)
        self._most = _MOST_DEMANDS // max(1, len(realised.demands))
        return Bounder(realised, rows, self.hints, self._round)

    def note(self, bounder: Bounder) -> None:
        """Note what bounded a program; what the next one will hardly ask for is let go."""
        self.hints, self._count = bounder.hints, bounder.count
        del self._rounds[max(1, self._count) :]

    def _round(self, number: int, program: Realised) -> Round | None:
        """Return what a bounding of a program begins with; None: with the rows of the first one, and the hints of the one before.

        So it is where the last program was not thinned that far: that the next one will be is not known, and rows are large. As many
        boundings as may have their own rows go on from that of the same number; those behind them go on from each other.
        """
        place = min(number, self._most - 1)
        if place <= 0:
            return None if number else self._rounds[0]
        return self._going_on(place, program) if place < self._count else None

    def _going_on(self, place: int, program: Realised) -> Round:
        """Return what the bounding at the same place has left of the last program."""
        self._rounds += [Round(None, {})] * (place == len(self._rounds))
        found = self._rounds[place]
        found.rows = rows_of(program, found.rows, is_lasting=True)
        return found

    def keep(self, placed: Realised, settled: Realised) -> None:
        """Note what came of a program that keeps all bounds."""
        self._settled = _Settled(placed, settled.demands, settled.queues)


def settle_queueing(realised: Realised, findings: Findings, memory: Memory | None = None) -> Realised:
    """Return the placed program with the queueing of every demand bounded, and the queues that this takes.

    Where demands miss a bound with it, intents are withdrawn with all they reserve until the others keep theirs (`thinning`),
    each of them a finding. What a waiver accepts stays placed.
    """
    memory = memory or Memory()
    again = memory.recall(realised)
    if again is not None:
        return again
    rows = memory.rows_of(realised)
    bounder = memory.bounder(realised, rows)
    first = bounder.bound(realised)
    found = thin(bounder, rows, first) if first.late else first
    memory.note(bounder)
    settled = replace(found.program, demands=found.demands(), queues=found.queues)
    _report(realised, found, bounder.count, findings)
    if not first.broken:
        memory.keep(realised, settled)
    return settled


def _report(placed: Realised, found: Bounded, count: int, findings: Findings) -> None:
    """Report what is lost, with the last miss of each, and what a waiver keeps; what has been reported is not again."""
    if not found.misses:
        return
    known = {(item.intent, item.code) for item in findings.items if item.is_error}
    kept = {item.demand.intent for item in found.program.demands.values()}
    misses = {name: miss for name, miss in found.misses.items() if name not in kept or name in found.broken}
    is_choice = len(misses) < len(found.misses) or not all(miss.is_first for miss in misses.values())
    sources = sources_of(placed.model) if misses else {}
    for intent in sorted(misses):
        miss = misses[intent]
        chosen = Choice(miss.beside, count) if is_choice and intent not in kept else None
        for item in report(placed.model, sources.get(intent, ()), intent, miss.breaches, chosen):
            if (intent, item.code) not in known:
                known.add((intent, item.code))
                findings.add(item)


def _is_same(one: Realised, other: Realised) -> bool:
    """Return whether two programs over the very same network are the same to its queues."""
    if one.model.topology is not other.model.topology or one.loads != other.loads:
        return False
    if one.demands.keys() != other.demands.keys() or _bare(one.model.classes) != _bare(other.model.classes):
        return False
    likeness = Likeness()
    return all(
        item is known or (likeness.of_demands(item.demand, known.demand) and _with_demand(known, item.demand) == item)
        for item, known in zip(other.demands.values(), map(one.demands.__getitem__, other.demands), strict=True)
    )


def _with_demand(item: RealisedDemand, demand: Demand) -> RealisedDemand:
    return item if item.demand is demand else replace(item, demand=demand)


def _bare(classes: Mapping[str, TrafficClass]) -> dict[str, TrafficClass]:
    return {name: replace(item, span=None) for name, item in classes.items()}
