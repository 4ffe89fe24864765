"""Chains that do not keep their budget, in findings: how it is spent, what limits it, and what would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from intentc.diagnostics import Diagnostic, Label, Span
from intentc.forwarding.outage import NORMAL
from intentc.place.causes import Cause
from intentc.place.chains import CROWDED, OVER, OVER_FAILED, UNDECIDED, BudgetCause
from intentc.place.context import Context
from intentc.place.findings import report
from intentc.place.wording import failing_text, time_text
from intentc.resolve.chain_model import ChainStep

_MOST_SHOWN = 8


def report_all(context: Context, name: str, causes: Iterable[Cause]) -> list[Diagnostic]:
    """Return the findings of an intent or a chain: one per code, with what else it concerns in `related`."""
    given = list(causes)
    budgets = [cause for cause in given if isinstance(cause, BudgetCause)]
    found = report(context, name, [cause for cause in given if not isinstance(cause, BudgetCause)])
    by_code: dict[str, list[BudgetCause]] = {}
    for cause in sorted(budgets, key=lambda cause: (-_excess_us(cause), cause.chain.source_site)):
        by_code.setdefault(cause.code, []).append(cause)
    return [*found, *(_finding(context, by_code[code]) for code in sorted(by_code))]


def _finding(context: Context, causes: Sequence[BudgetCause]) -> Diagnostic:
    first = causes[0]
    chain = first.chain
    others = [Label(_site_span(context, cause), _brief(cause)) for cause in causes[1 : _MOST_SHOWN + 1]]
    sources = sum(other.name == chain.name for other in context.model.chains)
    count = f" ({len(causes)} of {sources} sources)" if sources > 1 else ""
    return Diagnostic(
        code=first.code,
        message=_message(context, first) + count,
        span=_place(first),
        related=(*_spent(context, first), *others),
        help=tuple(_help(first)),
        intent=chain.name,
        state=first.outage.name or None,
    )


def _place(cause: BudgetCause) -> Span:
    chain = cause.chain
    return chain.failover_span or chain.budget_span if _is_failed(cause) else chain.budget_span


def _is_failed(cause: BudgetCause) -> bool:
    """Return whether it is the budget under failure that is missed."""
    return cause.outage is not NORMAL or cause.code == OVER_FAILED


def _budget_us(cause: BudgetCause) -> int:
    return cause.chain.failover_budget_us if _is_failed(cause) else cause.chain.budget_us


def _total_us(cause: BudgetCause) -> int:
    return cause.chain.total_us(cause.network_us)


def _excess_us(cause: BudgetCause) -> int:
    return _total_us(cause) - _budget_us(cause)


def _message(context: Context, cause: BudgetCause) -> str:
    chain, when = cause.chain, _when(cause)
    who = f"`{chain.name}` from `{chain.source_site}`"
    budget, total = time_text(_budget_us(cause)), time_text(_total_us(cause))
    if cause.code in {OVER, OVER_FAILED}:
        return f"{who} takes {total} at best{when}, above the budget of {budget}: {_limit(context, cause)}"
    if _excess_us(cause) > 0:
        tried = f"the best that was tried first takes {total}{when}"
    else:
        tried = f"{total} would do{when}, but not with what is reserved and what devices can be made to do"
    if cause.code == UNDECIDED:
        return f"the search for a placement of {who} within {budget} gave up: {tried}"
    return f"no choice of replicas and paths keeps {who} within {budget}: {tried}"


def _when(cause: BudgetCause) -> str:
    return "" if cause.outage is NORMAL else f" when {failing_text(cause.outage.name)}"


def _brief(cause: BudgetCause) -> str:
    return f"`{cause.chain.source_site}` takes {time_text(_total_us(cause))}{_when(cause)}"


def _limit(context: Context, cause: BudgetCause) -> str:
    """Return the step that takes most on the network, of those that count."""
    counting = list(_counting(cause))
    worst = max(counting, key=lambda step: (cause.network_us[step.number], -step.number))
    if not cause.network_us[worst.number]:
        return "processing alone takes it"
    return f"{_step_text(context, cause, worst)} takes {time_text(cause.network_us[worst.number])} of it on the network"


def _counting(cause: BudgetCause) -> Iterator[ChainStep]:
    """Yield the slowest step of each stage."""
    for stage in sorted({step.stage for step in cause.chain.steps}):
        steps = [step for step in cause.chain.steps if step.stage == stage]
        yield max(steps, key=lambda step: (cause.network_us[step.number] + step.processing_us, -step.number))


def _step_text(context: Context, cause: BudgetCause, step: ChainStep) -> str:
    node = cause.ends.get(step.number)
    place = f" at `{_site_of(context, node)}`" if node else ""
    return f"step {step.number} to `{step.destination}`{place}"


def _spent(context: Context, cause: BudgetCause) -> Iterator[Label]:
    """Yield what each step takes, and which of those side by side do not count."""
    counting = {step.number for step in _counting(cause)}
    for step in cause.chain.steps:
        calls = f" in {step.calls} calls" if step.calls > 1 else ""
        beside = "" if step.number in counting else ", beside a slower one"
        yield Label(
            step.span,
            f"{_step_text(context, cause, step)}: {time_text(cause.network_us[step.number])} on the network{calls},"
            f" {time_text(step.processing_us)} processing{beside}",
        )


def _help(cause: BudgetCause) -> Iterator[str]:
    if cause.code in {OVER, OVER_FAILED}:
        where = " in the `failover` block" if cause.code == OVER_FAILED and cause.chain.failover_span else ""
        yield f"`latency <= {time_text(_total_us(cause))}`{where} is what the fastest paths keep"
    for number, total in sorted(cause.hosts.items(), key=lambda item: (item[1], item[0])):
        step = next(step for step in cause.chain.steps if step.number == number)
        site = cause.chain.source_site
        yield f"with a replica of `{step.destination}` at `{site}` as well the total would be {time_text(total)}"
    if cause.code == CROWDED:
        yield "reserve less on the links that the steps share, or give the chain more time"


def _site_of(context: Context, node: str) -> str:
    found = context.model.topology.nodes.get(node)
    return found.site or node if found is not None else node


def _site_span(context: Context, cause: BudgetCause) -> Span:
    topology, site = context.model.topology, cause.chain.source_site
    return topology.sites[site].span if site in topology.sites else topology.nodes[cause.chain.sources[0]].span
