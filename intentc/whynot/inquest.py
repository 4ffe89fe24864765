"""Looks into each intent that could not be placed, while the books are as they were when it failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from intentc.place.causes import CROWDED, GIVEN_UP, UNMIRRORED, Cause
from intentc.place.chains import BudgetCause
from intentc.place.context import Context
from intentc.place.diagnose import Layer
from intentc.place.explain import sorted_causes
from intentc.whynot.budgets import chain_repairs
from intentc.whynot.clauses import drops, regions, waivers
from intentc.whynot.elements import ground_of
from intentc.whynot.facts import capacities, crossings, risks, services
from intentc.whynot.minimal import GaveUpError, find_core
from intentc.whynot.model import MOST_CALLS, MOST_CASES, MOST_VISITS, Candidate, Case, Element
from intentc.whynot.numbers import bounds, delays, rates
from intentc.whynot.oracle import Oracle
from intentc.whynot.question import Question
from intentc.whynot.texts import Texts
from intentc.whynot.upgrades import upgrades

_MAKERS: tuple[Callable[[Question], Iterator[Candidate]], ...] = (
    crossings,
    upgrades,
    bounds,
    rates,
    delays,
    capacities,
    services,
    regions,
    drops,
    risks,
    waivers,
)


_OF_ROOM = frozenset({"bandwidth", "placed", "capacity"})
_OWN_WORDS = frozenset({GIVEN_UP, CROWDED, UNMIRRORED})  # that say all there is, or nothing for sure


class Inquest:
    """Collects a case per finding of the placement, at most `MOST_CASES`, within `MOST_VISITS`; hand it to `place`.

    `asked`: the only intent to look into (None: the first ones). `passed_over` has intents and codes that were too many.
    """

    def __init__(self, texts: Texts, today: dt.date, asked: str | None = None) -> None:
        self.cases: list[Case] = []
        self.passed_over: set[tuple[str, str]] = set()
        self._asked = asked
        self._texts = texts
        self._today = today
        self._visits = MOST_VISITS

    def __call__(self, context: Context, intent: str, causes: Iterable[Cause]) -> None:
        """Look into what kept an intent out; everything that was placed before it is still in the books, it is not."""
        by_code: dict[str, list[Cause]] = {}
        for cause in causes:
            by_code.setdefault(cause.code, []).append(cause)
        for code in sorted(by_code):
            if code in _OWN_WORDS or self._asked not in (None, intent):
                continue
            if len(self.cases) == MOST_CASES:
                self.passed_over.add((intent, code))
            else:
                self.cases.append(self._case(context, intent, by_code[code]))

    def _case(self, context: Context, intent: str, causes: Sequence[Cause]) -> Case:
        budgets = [cause for cause in causes if isinstance(cause, BudgetCause)]
        if budgets:
            budgets.sort(key=lambda cause: -cause.chain.total_us(cause.network_us))
            core: tuple[Element, ...] = ()
            first: Cause = budgets[0]
            found = list(chain_repairs(budgets, self._texts))
            state = budgets[0].outage.name
        else:
            ordered = sorted_causes(causes)
            first, state = ordered[0], ordered[0].verdict.state
            core = self._core(context, first)
            question = Question(context, intent, ordered, core, self._texts, self._today)
            found = [candidate for maker in _MAKERS for candidate in maker(question)]
        found.sort(key=lambda item: (item.rank, item.text))
        return Case(intent, first.code, state or None, core, tuple(found))

    def _core(self, context: Context, cause: Cause) -> tuple[Element, ...]:
        """Return a subset-minimal set that leaves no path, () where none is known within the effort."""
        with context.ledger.without_caps():
            ground = ground_of(context, cause.verdict)
            arcs = max(len(context.network.tail), 1)
            oracle = Oracle(context, cause.verdict, ground, min(MOST_CALLS, self._visits // arcs))
            try:
                found = frozenset(find_core(_nearest_first(ground.elements, cause), oracle.can_hold))
                return tuple(item for item in ground.elements if item in found)
            except GaveUpError:
                return ()
            finally:
                self._visits -= oracle.calls * arcs


def _nearest_first(elements: Sequence[Element], cause: Cause) -> Sequence[Element]:
    """Return elements with those last that have nothing to do with what a finding says: of several cores the other one is shown."""
    if cause.verdict.layer >= Layer.CAPACITY:
        return elements
    return sorted(elements, key=lambda item: item.kind in _OF_ROOM)
