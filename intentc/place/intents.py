"""Placing an intent: all of its demands, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from intentc.forwarding.outage import NORMAL
from intentc.place.causes import FAILOVER_TIME, GIVEN_UP, Cause, find_cause
from intentc.place.check import Lack, Shortfall
from intentc.place.context import Context
from intentc.place.diagnose import Layer, Verdict, diagnose
from intentc.place.record import protection_of
from intentc.place.roles import Setback
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.place.unit import Unit, place_unit
from intentc.values import frozen

_LATENCY = "E0502"
_IN_FAILURE = frozenset({"E0508", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526", "E0528"})
_NS_PER_MS = 1_000_000
_UNPROVED = {"E0524": "E0528"}  # what a finding is called where no certificate bears it out


@dataclass(frozen=True, slots=True)
class IntentTask:
    """An intent made ready: its demands with their replies, in the order in which they are placed."""

    name: str
    units: tuple[Unit, ...]


@frozen
class PlacedIntent:
    """An intent that holds. `accepted` are causes that a waiver lets pass; they have their findings all the same."""

    trials: tuple[Trial, ...]
    accepted: tuple[Cause, ...]

    def enter(self) -> None:
        """Enter all demands into the books (again)."""
        for trial in self.trials:
            trial.enter()

    def withdraw(self) -> None:
        """Take all demands out of the books."""
        for trial in self.trials:
            trial.withdraw()


@dataclass(slots=True)
class Effort:
    """How many intents may still be placed once more."""

    left: int


def place_intent(context: Context, item: IntentTask) -> PlacedIntent | list[Cause]:
    """Place an intent as a whole, or return why not, with the books as they were; every demand is tried.

    Where all of it would come out as the last placement has left it, it is entered without a try.
    """
    known = context.memory.recall(context, item) if context.memory is not None else None
    if known is not None:
        return known
    context.roomy.clear()
    clerk = Clerk(context, context.waived.get(item.name, frozenset()))
    causes = [cause for unit in item.units for cause in clerk.place(unit)]
    placed = PlacedIntent(tuple(clerk.trials), tuple(clerk.accepted))
    if not causes:
        for trial in clerk.trials:
            trial.compact()
        return placed
    placed.withdraw()
    return causes


class Clerk:
    """Places the demands of one intent and keeps what belongs to it. `waived`: codes that it accepts."""

    def __init__(self, context: Context, waived: frozenset[str]) -> None:
        self._context = context
        self._waived = waived
        self.trials: list[Trial] = []
        self.accepted: list[Cause] = []

    def place(self, unit: Unit) -> list[Cause]:
        """Place a demand with its replies; return what stands in the way."""
        outcome = place_unit(self._context, unit, self.may_lack)
        causes = [self.cause(setback) for setback in outcome.setbacks]
        if causes and GIVEN_UP in self._waived and all(_is_given_up_in_failure(cause) for cause in causes):
            outcome = place_unit(self._context, unit, self._may_lack_all)
            causes = [self.cause(setback) for setback in outcome.setbacks]
        if causes and _LATENCY in self._waived and all(cause.code == _LATENCY for cause in causes):
            relaxed = _without_bound(unit)
            if relaxed == unit:  # it is the bound of the `failover` block that the path of the normal state misses
                relaxed = _without_any_bound(unit)
            if relaxed != unit:
                self.accepted += causes
                return self.place(relaxed)
        late = [cause for trial in outcome.trials for cause in self.late(trial)]
        if FAILOVER_TIME in self._waived:
            self.accepted += late
            late = []
        for trial in outcome.trials:
            if late:
                trial.withdraw()
            else:
                self.accepted += [self.accepted_cause(setback) for setback in trial.lacking]
                self.trials.append(trial)
        return [*causes, *late]

    def cause(self, setback: Setback) -> Cause:
        """Return why nothing better was found."""
        return find_cause(self._context, diagnose(self._context, setback))

    def may_lack(self, setback: Setback) -> bool:
        """Return whether a waiver accepts that a failure state stays without a path."""
        waived = self._waived & _IN_FAILURE
        if not waived:
            return False
        code = self.cause(setback).code
        return code in waived or _UNPROVED.get(code) in waived

    def accepted_cause(self, setback: Setback) -> Cause:
        """Return the cause of a state that stays without a path, by the code that is waived."""
        cause = self.cause(setback)
        other = _UNPROVED.get(cause.code)
        return replace(cause, code=other) if cause.code not in self._waived and other in self._waived else cause

    def _may_lack_all(self, setback: Setback) -> bool:
        """Return the same where, after all tries, a waiver accepts that the search gave up."""
        return self.may_lack(setback) or self.cause(setback).code == GIVEN_UP

    def late(self, trial: Trial) -> Iterator[Cause]:
        """Yield the cause of a failover that takes longer than it may."""
        failover, protection = trial.task.demand.failover, protection_of(self._context, trial)
        if failover is None or protection is None:
            return
        if (protection.detect_ms + protection.repair_ms) * _NS_PER_MS > failover.within_ns:
            setback = Setback(trial.task, trial.role, trial.normal.outage, Shortfall(Lack.LATENCY), has_given_up=False)
            verdict = Verdict(setback, None, Layer.DEVICES, is_proven=True, route=None)
            yield Cause(FAILOVER_TIME, verdict, protection=protection)


def _is_given_up_in_failure(cause: Cause) -> bool:
    return cause.code == GIVEN_UP and cause.verdict.outage is not NORMAL


def _without_bound(unit: Unit) -> Unit:
    """Return a demand and its replies without the latency bound of the normal state."""
    reply = unit.reply
    return Unit(_unbounded(unit.forward), _unbounded(reply) if reply is not None else None)


def _without_any_bound(unit: Unit) -> Unit:
    """Return a demand and its replies without any latency bound, those of failures included."""
    reply = unit.reply
    return Unit(_never_bounded(unit.forward), _never_bounded(reply) if reply is not None else None)


def _never_bounded(task: Task) -> Task:
    failover = task.demand.failover
    if failover is not None:
        failover = replace(failover, bound_ns=None, rtt_bound_ns=None)
    return replace(task, demand=replace(task.demand, bound_ns=None, rtt_bound_ns=None, failover=failover))


def _unbounded(task: Task) -> Task:
    demand = task.demand
    failover = demand.failover
    if failover is not None and failover.bound_ns == demand.bound_ns:
        failover = replace(failover, bound_ns=None)
    if failover is not None and failover.rtt_bound_ns == demand.rtt_bound_ns:
        failover = replace(failover, rtt_bound_ns=None)
    return replace(task, demand=replace(demand, bound_ns=None, rtt_bound_ns=None, failover=failover))
