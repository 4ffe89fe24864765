"""Stage queue: what was placed, with bounded queueing; what no longer keeps its bounds is placed no more, and says why."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.delay.bounding import Bounded, Bounder
from intentc.delay.findings import Choice, report, sources_of
from intentc.delay.rows import Rows, rows_of
from intentc.delay.solve import Hints
from intentc.delay.thinning import thin
from intentc.diagnostics import Findings
from intentc.realise.model import QueueBound, QueueKey, Realised, RealisedDemand
from intentc.resolve.alike import Likeness
from intentc.resolve.model import Demand, TrafficClass
from intentc.values import frozen, replace


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
        self._rows: Rows | None = None
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
        found = rows_of(realised, self._rows, is_lasting=self._is_lasting)
        self._rows = found if self._is_lasting else None
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
    bounder = Bounder(realised, rows, memory.hints)
    first = bounder.bound(realised)
    found = thin(bounder, rows, first) if first.late else first
    memory.hints = bounder.hints
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
    if one.model.topology is not other.model.topology or one.demands.keys() != other.demands.keys():
        return False
    if one.loads != other.loads or _bare(one.model.classes) != _bare(other.model.classes):
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
