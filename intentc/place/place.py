"""Placement: every demand gets paths that meet all it asks for, in the normal state and in every promised one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.diagnostics import Diagnostic, Findings
from intentc.place.context import make_context
from intentc.place.findings import report
from intentc.place.intents import IntentTask, PlacedIntent
from intentc.place.loads import link_loads, max_utilisation_ppm
from intentc.place.model import Placement, Realiser
from intentc.place.ranks import place_rank
from intentc.place.record import record
from intentc.place.tasks import Tasks
from intentc.place.unit import Unit
from intentc.resolve.model import Demand, Model


def place(model: Model, realiser: Realiser, findings: Findings) -> Placement:
    """Return the placement of all intents that can be placed; each of the others has a finding that says why not.

    Priorities go in order, and nothing that was placed for one of them is touched for a later one. The result does not
    depend on the order in which anything of the model is stored.
    """
    context = make_context(model, realiser)
    placed: dict[str, PlacedIntent] = {}
    failed: set[str] = set()
    for intents in _by_rank(model, Tasks(model, realiser)):
        outcome = place_rank(context, intents)
        placed |= outcome.placed
        failed |= outcome.failed.keys()
        for name in sorted(outcome.failed):
            _add(findings, report(context, name, outcome.failed[name]))
    for name in sorted(placed):
        _add(findings, report(context, name, placed[name].accepted))
        _warn_of_propagation(model, name, findings)
    trials = {trial.task.demand.key: trial for intent in placed.values() for trial in intent.trials}
    return Placement(
        model=model,
        igp=realiser.igp,
        demands={key: record(context, trials[key]) for key in sorted(trials)},
        loads=link_loads(context),
        infeasible=tuple(sorted(failed | _sharing(model, failed))),
        max_utilisation_ppm=max_utilisation_ppm(context),
    )


def _add(findings: Findings, found: Iterable[Diagnostic]) -> None:
    for item in found:
        findings.add(item)


def _by_rank(model: Model, tasks: Tasks) -> list[list[IntentTask]]:
    """Return the intents with anything to place, by priority."""
    by_intent: dict[str, list[Demand]] = {}
    for key in sorted(model.demands):
        by_intent.setdefault(model.demands[key].intent, []).append(model.demands[key])
    ranks: dict[int, list[IntentTask]] = {}
    for name, demands in by_intent.items():
        ranks.setdefault(min(demand.rank for demand in demands), []).append(IntentTask(name, _units(demands, tasks)))
    return [ranks[rank] for rank in sorted(ranks)]


def _units(demands: Sequence[Demand], tasks: Tasks) -> tuple[Unit, ...]:
    """Return forward demands with their replies, the biggest first."""
    keys = {demand.key for demand in demands}
    replies = {demand.reply_to: demand for demand in demands if demand.reply_to in keys}
    units = []
    for demand in sorted(demands, key=lambda demand: (-demand.bandwidth_bps, demand.key)):
        if demand.reply_to not in keys:
            reply = replies.get(demand.key)
            units.append(Unit(tasks.of(demand), tasks.of(reply) if reply is not None else None))
    return tuple(units)


def _sharing(model: Model, failed: set[str]) -> set[str]:
    """Return the intents that stand behind a demand of another one that could not be placed."""
    return {name for demand in model.demands.values() if demand.intent in failed for name in demand.shared_with}


def _warn_of_propagation(model: Model, intent: str, findings: Findings) -> None:
    """Warn once of a latency bound without a committed rate: nothing is known of queues then."""
    for demand in model.demands.values():
        spans = demand.clause_spans
        if demand.intent == intent and "latency" in spans and "bandwidth" not in spans and not demand.has_bandwidth:
            findings.add(
                Diagnostic(
                    "W0501",
                    "without `bandwidth` the bound holds for the propagation alone",
                    spans["latency"],
                    help=("write the rate that the bound is for, such as `bandwidth 10Mbps`",),
                    intent=intent,
                )
            )
            return
