"""Repairs of a chain that misses its budget: the budget that can be kept, a replica nearer to the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.diagnostics import Edit
from intentc.language import ast
from intentc.place.chains import OVER, OVER_FAILED, BudgetCause
from intentc.place.wording import time_text
from intentc.whynot.model import Candidate
from intentc.whynot.texts import Texts, after

_PPM = 1_000_000


def chain_repairs(causes: Sequence[BudgetCause], texts: Texts) -> Iterator[Candidate]:
    """Yield what would let a chain keep its budget."""
    first = causes[0]
    if first.code == OVER:
        yield from _budget(causes, texts)
    if first.code in {OVER, OVER_FAILED}:
        yield from _replicas(first, texts)


def _budget(causes: Sequence[BudgetCause], texts: Texts) -> Iterator[Candidate]:
    chain = causes[0].chain
    budget = chain.budget_us
    needed = max(cause.chain.total_us(cause.network_us) for cause in causes)
    clause = texts.clause(chain.budget_span)
    if not isinstance(clause, ast.Latency):
        return
    for value in dict.fromkeys((needed, -(-needed * 11 // 10_000) * 1000)):
        text, edits = time_text(value), [Edit(clause.bound.span, time_text(value))]
        failover = texts.clause(chain.failover_span) if chain.failover_span is not None else None
        if isinstance(failover, ast.Failover) and failover.latency is not None and chain.failover_budget_us < value:
            edits.append(Edit(failover.latency.bound.span, text))
        rank = (1, (value - budget) * _PPM // max(budget, 1))
        where = " there and in the `failover` block" if len(edits) > 1 else ""
        yield Candidate(rank, "bound", f"write `latency <= {text}`{where}", tuple(edits))


def _replicas(cause: BudgetCause, texts: Texts) -> Iterator[Candidate]:
    site = cause.chain.source_site
    steps = {step.number: step for step in cause.chain.steps}
    for number, _total in sorted(cause.hosts.items(), key=lambda item: (item[1], item[0])):
        service = texts.service(steps[number].destination)
        if service is not None and service.at is not None:
            text = f"add a replica of `{service.name.text}` at `{site}`"
            yield Candidate((2, number), f"replica {number}", text, (Edit(after(service.at.span), f", {site}"),))
