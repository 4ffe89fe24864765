"""Placement: every demand gets paths that meet all it asks for, in the normal state and in every promised one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from intentc.diagnostics import Diagnostic, Findings
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.place.arrangement import Arrangement
from intentc.place.bound import Bound, Traffic, lower_bound
from intentc.place.causes import Cause
from intentc.place.certificates.docket import Docket
from intentc.place.chain_findings import report_all
from intentc.place.context import Context, make_context
from intentc.place.intents import IntentTask, PlacedIntent
from intentc.place.loads import NameOf, first_id, id_among, link_loads
from intentc.place.memory import Memory
from intentc.place.model import PlacedDemand, Placement, Realiser
from intentc.place.ranks import place_rank
from intentc.place.record import record
from intentc.place.standing import Stood, orders, resume, stand
from intentc.place.tasks import Task
from intentc.place.traffic import KnownTraffic
from intentc.place.trial import Trial
from intentc.realise.earlier import Earlier
from intentc.realise.model import LinkLoad
from intentc.resolve.model import Demand, Model

Inquiry = Callable[[Context, str, Sequence[Cause]], None]


def place(
    model: Model,
    realiser: Realiser,
    findings: Findings,
    inquire: Inquiry | None = None,
    earlier: Mapping[str, Earlier] | None = None,
    *,
    docket: Docket | None = None,
    memory: Memory | None = None,
) -> Placement:
    """Return the placement of all intents that can be placed; each of the others has a finding that says why not.

    Priorities go in order, and nothing that was placed for one of them is touched for a later one. The result does not
    depend on the order in which anything of the model is stored. `earlier`: how an earlier build placed its demands, by id;
    what still holds of it is kept. `inquire` is told of each intent that could not be
    placed, and why, while the books are as its priority left them; `docket` keeps what certificates are made from.
    `memory`: of the last placement over the same network and devices, for the next one; nothing that comes out depends on it.
    """
    context = make_context(model, realiser, earlier, memory)
    memory = memory or Memory(is_lasting=False)
    arranged = memory.arrange(model, realiser)
    ranks = arranged.ranks
    memory.begin(realiser.outages)
    resumed = resume(memory, context, arranged)
    context = context if resumed is None else resumed.context
    placed: dict[str, PlacedIntent] = {} if resumed is None else resumed.placed
    failed = set[str]()
    for intents in ranks if resumed is None else ():
        outcome = place_rank(context, intents)
        placed |= outcome.placed
        failed |= outcome.failed.keys()
        _refuse(context, intents, outcome.failed, findings, inquire, docket)
    stirred = None if resumed is None else resumed.stirred
    anew = placed if stirred is None else {name: placed[name] for name in stirred}
    named = sorted(anew if stirred is None else stirred | memory.spoken)
    memory.spoken = _warn(context, arranged, {name: placed[name] for name in named}, findings)
    tasks: Mapping[str, Sequence[Task]] = {name: [trial.task for trial in item.trials] for name, item in anew.items()}
    tasks = tasks if stirred is None else {**memory.tasks, **tasks}
    if docket is not None:
        docket.close(context, placed, tasks)
    trials = {trial.task.demand.key: trial for item in anew.values() for trial in item.trials}
    made = {key: _recorded(context, trial) for key, trial in trials.items()}
    context.rest(is_over=not memory.is_lasting)
    demands = {key: made[key] for key in sorted(made)} if stirred is None else {**memory.demands, **made}
    memory.keep(context, placed, (demands, tasks), stirred, is_needed=bool(failed))
    name_of = first_id if resumed is not None else _naming(trials.values(), failed)
    will_stand = memory.is_lasting and not failed and name_of is first_id
    loads = link_loads(context, name_of, is_kept=will_stand) if resumed is None else resumed.loads
    if will_stand:
        order = orders(context, ranks) if resumed is None else resumed.order
        stand(memory, context, order, loads, Stood(context, placed, stirred))
    traffic = memory.traffic if memory.is_lasting else None
    return Placement(
        model=model,
        igp=realiser.igp,
        demands=demands,
        loads=loads.by_link,
        infeasible=tuple(sorted(failed | _sharing(model, failed))),
        max_utilisation_ppm=loads.max_utilisation_ppm,
        bound=partial(
            _bound, context.network, loads.by_link, ranks, tuple(demands), known=traffic
        ),  # keys keep all they are of
    )


def _naming(trials: Iterable[Trial], failed: Collection[str]) -> NameOf:
    """Return what names failure states: not by an id that only those are promised that are not placed, or that nobody is promised.

    What was met as a state of many counts for none of them where each of them has it left out, as it takes its ends down.
    """
    promises = list({id(trial.task.promised): trial.task.promised for trial in trials}.values())
    left_out: dict[int, frozenset[Outage]] = {}  # by all
    for promised in promises:
        whole, gone = id(promised.watch.whole), promised.watch.gone
        left_out[whole] = left_out.get(whole, gone) & gone
    return id_among(promises) if failed or any(left_out.values()) else first_id


def _refuse(  # noqa: PLR0917  (what `place` was given)
    context: Context,
    intents: Sequence[IntentTask],
    failed: Mapping[str, Sequence[Cause]],
    findings: Findings,
    inquire: Inquiry | None,
    docket: Docket | None,
) -> None:
    """Report the intents of a priority that could not be placed, and hand them on while the books are as it left them."""
    for name in sorted(failed):
        _add(findings, report_all(context, name, failed[name]))
        if inquire is not None:
            inquire(context, name, failed[name])
    if docket is not None:
        for item in intents:
            if item.name in failed:
                docket.refuse(item, failed[item.name])


def _recorded(context: Context, trial: Trial) -> PlacedDemand:
    """Return a demand as it is handed on."""
    known = context.memory.recorded(context, trial) if context.memory is not None else None
    found = record(context, trial) if known is None else known
    trial.rest()
    return found


def _bound(
    network: Network,
    loads: Mapping[str, LinkLoad],
    ranks: Sequence[Sequence[IntentTask]],
    keys: Collection[str],
    kept: Collection[str],
    *,
    known: KnownTraffic | None,
) -> Bound:
    """Return how full the fullest link has to be at least, however some placed demands (by key) are routed; only builds ask.

    `known`: of the last program over the same network.
    """
    known = known or KnownTraffic()
    # whichever of their ends a chain has chosen
    tasks = {
        task.demand.key: task for intents in ranks for item in intents for unit in item.units for task in unit.tasks
    }
    biggest: dict[str, Traffic] = {}  # a pool reserves at least what its biggest member does, wherever the others are
    for task in [tasks[key] for key in sorted(keys)]:
        rate_bps, pool = min(task.claim.rate_bps, task.claim.limit_bps), task.claim.pool
        if task.demand.key in kept and (pool not in biggest or rate_bps >= biggest[pool].rate_bps):
            biggest[pool] = known.of(network, task, rate_bps)
    load = [0] * len(network.capacity_bps)  # no background traffic: no routing moves it, and the bound leaves it out
    for link, name in enumerate(network.links):
        if name in loads:
            load[2 * link] = loads[name].reserved.ab
            load[2 * link + 1] = loads[name].reserved.ba
    return lower_bound(network, biggest.values(), load, known.fares)


def _add(findings: Findings, found: Iterable[Diagnostic]) -> None:
    for item in found:
        findings.add(item)


def _sharing(model: Model, failed: set[str]) -> set[str]:
    """Return the intents that stand behind a demand of another one that could not be placed."""
    if not failed:
        return set()
    return {name for demand in model.demands.values() if demand.intent in failed for name in demand.shared_with}


def _warn(
    context: Context, arranged: Arrangement, placed: Mapping[str, PlacedIntent], findings: Findings
) -> frozenset[str]:
    """Report what is to be said of intents that were placed, and return those of which anything is."""
    spoken = set()
    for name, item in placed.items():
        before = len(findings.items)
        if item.accepted:
            _add(findings, report_all(context, name, item.accepted))
        _warn_of_propagation(arranged.by_intent[name], findings)
        _warn_of_carrying(item, findings)
        if len(findings.items) > before or item.accepted:
            spoken.add(name)
    return frozenset(spoken)


def _warn_of_propagation(demands: Iterable[Demand], findings: Findings) -> None:
    """Warn once, of the demands of an intent, of a latency bound without a committed rate: nothing is known of queues then."""
    for demand in demands:
        spans = demand.clause_spans
        if "latency" in spans and "bandwidth" not in spans and not demand.has_bandwidth:
            findings.add(
                Diagnostic(
                    "W0501",
                    "without `bandwidth` the bound holds for the propagation alone",
                    spans["latency"],
                    help=("write the rate that the bound is for, such as `bandwidth 10Mbps`",),
                    intent=demand.intent,
                )
            )
            return


def _warn_of_carrying(placed: PlacedIntent, findings: Findings) -> None:
    """Warn once of `otherwise drop` where nothing drops: packets that nothing steers or fences are the IGP's in every state."""
    for trial in placed.trials:
        demand = trial.task.demand
        if demand.failover is None or demand.otherwise != "drop" or demand.exclusions:
            continue
        if not any(course.rules or course.policies for course in trial.courses.values()):
            findings.add(
                Diagnostic(
                    "W0502",
                    "`otherwise drop` drops nothing here: beyond the named failures the IGP carries on at best effort",
                    demand.clause_spans.get("failover", demand.span),
                    help=("`pin` or `avoid` say where packets must not go, and drop them there",),
                    intent=demand.intent,
                )
            )
            return
