"""Stage values to manifest entries: what the compiler knows, in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from intentc.assertions.model import AssertionResult, Measure
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.places import OWN, Places
from intentc.manifest.demand_entries import demand_entry
from intentc.manifest.digest import sha256
from intentc.manifest.model import (
    NORMAL_STATE,
    AssertionEntry,
    ChainEntry,
    ChainStepEntry,
    ChainWorstEntry,
    DeviceEntry,
    DeviceFile,
    IntentEntry,
    LinkEntry,
    Objective,
    RateEntry,
    StatePairEntry,
    Status,
    WorstEntry,
)
from intentc.manifest.refusals import refusal_entry, refusals_by_intent
from intentc.manifest.statuses import LISTED, standing_of, status_of
from intentc.realise.model import (
    LinkLoad,
    Realised,
    RealisedChain,
    RealisedDemand,
)
from intentc.render.model import Bundle, DeviceBundle
from intentc.resolve.model import Model, ResolvedIntent
from intentc.topology.model import Directional, Topology
from intentc.values import frozen, replace

_PPM = 1_000_000


@frozen
class ListedIntent:
    """A resolved intent with its status, and the demands that the manifest lists of it: of one that is not placed none."""

    intent: ResolvedIntent
    status: Status
    demands: Sequence[RealisedDemand]


def listed_intents(
    model: Model,
    realised: Realised | None,
    findings: Sequence[Diagnostic],
    intents: Sequence[ResolvedIntent] | None = None,
) -> Iterator[ListedIntent]:
    """Yield every resolved intent, in the order of the model, or some of its `intents`."""
    standing = standing_of(findings, realised)
    for intent in model.intents if intents is None else intents:
        status = status_of(intent, realised, standing)
        is_listed = realised is not None and status in LISTED
        yield ListedIntent(intent, status, _demands_of(intent, realised) if realised and is_listed else ())


def intent_entries(
    model: Model,
    realised: Realised | None,
    findings: Sequence[Diagnostic],
    intents: Sequence[ResolvedIntent] | None = None,
    places: Places = OWN,
) -> Iterator[IntentEntry]:
    """Yield one entry per resolved intent, in the order of the model, or of some of its `intents`; those not placed have no demands."""
    for entry, items in intent_heads(model, realised, findings, intents, places):
        yield replace(entry, demands=tuple(map(demand_entry, items))) if items else entry


def intent_heads(
    model: Model,
    realised: Realised | None,
    findings: Sequence[Diagnostic],
    intents: Sequence[ResolvedIntent] | None = None,
    places: Places = OWN,
) -> Iterator[tuple[IntentEntry, Sequence[RealisedDemand]]]:
    """Yield the same entries without their demands, each with the demands that its entry is to list."""
    refused = {} if realised is None else refusals_by_intent(realised)
    for item in listed_intents(model, realised, findings, intents):
        intent, is_listed = item.intent, realised is not None and item.status in LISTED
        entry = IntentEntry(
            name=intent.name,
            file=intent.span.file,
            line=places.line(intent.span),
            status=item.status,
            traffic_class=intent.traffic_class,
            demands=(),
            refused=() if is_listed else tuple(map(refusal_entry, refused.get(intent.name, ()))),
        )
        yield entry, item.demands


def listed_demands(model: Model, realised: Realised, findings: Sequence[Diagnostic]) -> Iterator[RealisedDemand]:
    """Yield the demands that the manifest lists, in its order."""
    standing = standing_of(findings, realised)
    named = standing.waived | standing.unplaced | standing.unable | standing.degraded | standing.infeasible
    placed = realised.demands
    for intent in model.intents:
        if len(intent.demands) == 1 and intent.name not in named and not intent.is_rejected | intent.is_unsupported:
            if intent.demands[0] in placed:  # as nearly all are
                yield placed[intent.demands[0]]
        elif status_of(intent, realised, standing) in LISTED:
            yield from _demands_of(intent, realised)


def _demands_of(intent: ResolvedIntent, realised: Realised) -> list[RealisedDemand]:
    found = [realised.demands[key] for key in intent.demands if key in realised.demands]
    return sorted(found, key=lambda item: item.id)


def chain_entries(realised: Realised | None, findings: Sequence[Diagnostic]) -> Iterator[ChainEntry]:
    """Yield one entry per chain and source site, where the demands of the chain are listed."""
    if realised is None:
        return
    standing = standing_of(findings, realised)
    named = [intent for intent in realised.model.intents if intent.is_chain]
    listed = {intent.name for intent in named if status_of(intent, realised, standing) in LISTED}
    for chain in realised.chains:
        if chain.name in listed:
            yield _chain_entry(chain, realised)


def link_entries(topology: Topology, realised: Realised | None) -> Iterator[LinkEntry]:
    """Yield one entry per link with a reservation, in the order of the topology."""
    if realised is not None:
        for link_id in topology.links:
            if link_id in realised.loads:
                yield _link_entry(topology, realised.loads[link_id])


def assertion_entries(results: Iterable[AssertionResult]) -> Iterator[AssertionEntry]:
    """Yield one entry per assertion that was checked; a utilisation is written as a fraction, everything else is counted."""
    for result in results:
        value = result.worst.value
        told = value / 1_000_000 if result.measure is Measure.UTILISATION else value
        yield AssertionEntry(result.name, result.holds, WorstEntry(result.worst.state, told))


def device_entries(bundle: Bundle | None) -> Iterator[DeviceEntry]:
    """Yield one entry per configured device, in the order of the bundle."""
    yield from map(device_entry, bundle.devices.values() if bundle else ())


def device_entry(device: DeviceBundle) -> DeviceEntry:
    """Return what the manifest says of a configured device, which rests on nothing else."""
    return DeviceEntry(
        node=device.node,
        target=device.target,
        transport=device.transport,
        files=tuple(DeviceFile(file.path, sha256(file.text.encode())) for file in sorted(device.files)),
        intents=_intents_of(device),
    )


def objective(realised: Realised | None) -> Objective:
    """Return the objective that the placement reached, and what bounds it."""
    if realised is None:
        return Objective(0.0, None, {}, None)
    floor = realised.floor()
    prices = floor.prices if floor is not None else {}
    names = sorted({name for name, _ in prices})
    return Objective(
        max_utilisation=realised.max_utilisation_ppm / _PPM,
        lower_bound=floor.ppm / _PPM if floor is not None else None,
        prices={name: RateEntry(prices.get((name, True), 0), prices.get((name, False), 0)) for name in names},
        effort=floor.effort if floor is not None else None,
    )


def _chain_entry(chain: RealisedChain, realised: Realised) -> ChainEntry:
    worst = chain.worst
    return ChainEntry(
        name=chain.name,
        source_site=chain.source_site,
        budget_us=chain.budget_us,
        slack_us=chain.slack_us,
        steps=tuple(
            ChainStepEntry(
                step=step.number,
                calls=step.calls,
                processing_us=step.processing_us,
                replica=step.replica,
                network_us=step.network_us,
                demands=tuple(realised.demands[key].id for key in step.demands),
                slack_us=step.slack_us,
            )
            for step in chain.steps
        ),
        worst=None if worst is None else ChainWorstEntry(worst.state, worst.slack_us),
    )


def _link_entry(topology: Topology, load: LinkLoad) -> LinkEntry:
    link = topology.links[load.link]
    capacity = link.capacity_bps
    ab, ba = load.worst_state
    return LinkEntry(
        id=link.id,
        a=link.a.node,
        b=link.b.node,
        capacity_bps=capacity.ab if capacity.ab == capacity.ba else _rate(capacity),
        reserved_bps=_rate(load.reserved),
        by_class={name: _rate(load.by_class[name]) for name in sorted(load.by_class)},
        worst_bps=_rate(load.worst),
        worst_state=StatePairEntry(ab or NORMAL_STATE, ba or NORMAL_STATE),
        worst_by_class={name: _rate(load.worst_by_class[name]) for name in sorted(load.worst_by_class)},
    )


def _rate(value: Directional) -> RateEntry:
    return RateEntry(value.ab, value.ba)


def _intents_of(device: DeviceBundle) -> tuple[str, ...]:
    asked = {
        id(line.intents): line.intents for line in device.provenance
    }.values()  # many lines come of one declaration
    return tuple(sorted(set().union(*asked)))
