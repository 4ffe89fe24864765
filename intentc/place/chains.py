"""Placing a chain: all of its steps from all of its source sites, within the budget, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.causes import FAILOVER_TIME, Cause
from intentc.place.chain_bounds import Bounds
from intentc.place.chain_search import Overrun, Sought, search
from intentc.place.chain_tasks import ChainTask
from intentc.place.check import Lack, Shortfall
from intentc.place.context import Context
from intentc.place.diagnose import Layer, Verdict
from intentc.place.intents import Clerk, PlacedIntent
from intentc.place.roles import Role, Setback
from intentc.place.unit import Unit, place_unit
from intentc.resolve.chain_model import Chain

OVER, OVER_FAILED, CROWDED, UNDECIDED = "E0530", "E0531", "E0532", "E0533"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetCause(Cause):
    """A budget that cannot be kept: in which state, and what each step's calls take at best (or in the best try, where not proven).

    `ends` are the nodes where the steps' requests end, by number; `hosts` what the total would be if the destination of a
    step, by number, answered at the source site as well, where that would do. `rounds`: what was tried beside others.
    """

    chain: Chain
    outage: Outage
    network_us: Mapping[int, int]
    ends: Mapping[int, str]
    hosts: Mapping[int, int]
    rounds: int = 0


def place_chain(context: Context, item: ChainTask) -> PlacedIntent | list[Cause]:
    """Place a chain as a whole, or return why not, with the books as they were."""
    waived = context.waived.get(item.name, frozenset())
    clerk, bounds = Clerk(context, waived), Bounds(context, item)
    causes = _impossible(context, item, bounds, clerk)
    accepted: list[Cause] = [cause for cause in causes if cause.code in waived and isinstance(cause, BudgetCause)]
    if len(accepted) < len(causes):
        return causes
    sought = search(item, bounds, clerk, is_bounded=not accepted)
    if sought.trials is None:
        failed = list(sought.causes) or [_overrun(item, bounds, sought)]
        if accepted or failed[0].code not in waived or not isinstance(failed[0], BudgetCause):
            return failed
        accepted = failed
        sought = search(item, bounds, clerk, is_bounded=False)
    if sought.trials is None:
        return list(sought.causes) or accepted
    return _settle(PlacedIntent(sought.trials, tuple(accepted)), clerk, waived)


def _settle(placed: PlacedIntent, clerk: Clerk, waived: frozenset[str]) -> PlacedIntent | list[Cause]:
    """Return what was placed, unless its failover takes longer than it may and nobody waives that."""
    late = [cause for trial in placed.trials for cause in clerk.late(trial)]
    if late and FAILOVER_TIME not in waived:
        placed.withdraw()
        return late
    lacking = [clerk.accepted_cause(setback) for trial in placed.trials for setback in trial.lacking]
    return PlacedIntent(placed.trials, (*placed.accepted, *late, *lacking))


def _impossible(context: Context, item: ChainTask, bounds: Bounds, clerk: Clerk) -> list[Cause]:
    """Return why some chain cannot hold whatever is chosen: a step without a way, or a sum of fastest ways above the budget."""
    lost: dict[str, list[Cause]] = {}
    over: list[Cause] = []
    for chain in item.chains:
        best = bounds.best(chain)
        if best is None:
            unit = _without_way(item, chain, bounds)
            lost.setdefault(unit.forward.demand.key, list(_refused(context, unit, clerk)))
        elif best.total_us > chain.budget_us:
            hosts = dict(_hosts(bounds, chain, chain.budget_us))
            over.append(_cause(OVER, item, chain, best.network_us, ends=best.ends, is_proven=True, hosts=hosts))
        elif best.total_us > chain.failover_budget_us:
            # In a state that breaks none of its paths a chain takes what it does normally.
            over.append(_cause(OVER_FAILED, item, chain, best.network_us, ends=best.ends, is_proven=True))
    return [cause for causes in lost.values() for cause in causes] or over


def _without_way(item: ChainTask, chain: Chain, bounds: Bounds) -> Unit:
    """Return a unit of the first step of a chain none of whose legs has a way."""
    for step in chain.steps:
        units = [item.by_key[leg.demand] for leg in step.legs if leg.demand is not None]
        ways = [bounds.least_us(unit.forward.demand.key, NORMAL) for unit in units]
        if len(units) == len(step.legs) and all(way is None for way in ways):
            return units[0]
    # Each step has a way from somewhere, but not from where the one before it can end.
    return next(
        item.by_key[leg.demand]
        for step in chain.steps
        for leg in step.legs
        if leg.demand is not None and bounds.least_us(leg.demand, NORMAL) is None
    )


def _refused(context: Context, unit: Unit, clerk: Clerk) -> Iterator[Cause]:
    outcome = place_unit(context, unit, clerk.may_lack)
    for trial in outcome.trials:
        trial.withdraw()
    yield from (clerk.cause(setback) for setback in outcome.setbacks)


def _hosts(bounds: Bounds, chain: Chain, budget_us: int) -> Iterator[tuple[int, int]]:
    """Yield the steps whose destination, were it at the source site as well, would bring the total within the budget."""
    for step in chain.steps:
        moved = chain.hosting(step.number)
        best = bounds.best(moved) if moved is not None else None
        if best is not None and best.total_us <= budget_us:
            yield step.number, best.total_us


def _overrun(item: ChainTask, bounds: Bounds, sought: Sought) -> Cause:
    """Return the cause of a search that found nothing although the fastest ways would do in the normal state."""
    spent = sought.overrun
    if spent is None:
        chain = item.chains[0]
        best = bounds.best(chain)
        if best is None:
            raise RuntimeError(f"`{chain.name}` has no way, and yet a search was made")
        code = UNDECIDED if sought.has_given_up else CROWDED
        found = _cause(code, item, chain, best.network_us, ends=best.ends, is_proven=not sought.has_given_up)
        return replace(found, rounds=sought.rounds)
    least = _least(bounds, spent)
    if least is not None and spent.chain.total_us(least) > spent.budget_us:
        return _cause(OVER_FAILED, item, spent.chain, least, ends={}, is_proven=True, outage=spent.outage)
    code = UNDECIDED if sought.has_given_up or spent.outage is not NORMAL else CROWDED
    found = _cause(
        code, item, spent.chain, spent.network_us, ends=spent.ends, is_proven=code == CROWDED, outage=spent.outage
    )
    return replace(found, rounds=sought.rounds)


def _least(bounds: Bounds, spent: Overrun) -> Mapping[int, int] | None:
    """Return the least that each step can take in a failure state, whatever is chosen."""
    found: dict[int, int] = {}
    for step in spent.chain.steps:
        sources = [leg for leg in step.legs if leg.demand is not None]
        times = [bounds.least_us(leg.demand, spent.outage) for leg in sources if leg.demand is not None]
        known = [us for us in times if us is not None] + [0] * (len(step.legs) - len(sources))
        if not known:
            return None
        found[step.number] = step.calls * min(known)
    return found if spent.outage is not NORMAL else None


def _cause(
    code: str,
    item: ChainTask,
    chain: Chain,
    network_us: Mapping[int, int],
    *,
    ends: Mapping[int, str],
    is_proven: bool,
    outage: Outage = NORMAL,
    hosts: Mapping[int, int] | None = None,
) -> BudgetCause:
    """Return a cause whose verdict is about the step that takes most on the network."""
    worst = max(chain.steps, key=lambda step: (network_us[step.number], -step.number))
    keys: Sequence[str] = [leg.demand for leg in worst.legs if leg.demand is not None]
    unit = item.by_key[keys[0]] if keys else item.units[0]
    role = Role(lambda _outage: (), lambda _outage: None)
    setback = Setback(unit.forward, role, outage, Shortfall(Lack.LATENCY), has_given_up=not is_proven)
    verdict = Verdict(setback, None, Layer.LATENCY, is_proven=is_proven, route=None)
    return BudgetCause(code, verdict, chain=chain, outage=outage, network_us=network_us, ends=ends, hosts=hosts or {})
