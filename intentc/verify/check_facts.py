"""Whether a demand's entry says what the sources ask: its ends, packets, rates and bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.manifest.model import DemandEntry, FlowEntry, IntentEntry
from intentc.verify.case import Case, World
from intentc.verify.classes import ClassFacts, class_facts
from intentc.verify.flows import Meant
from intentc.verify.packets import NotAFlow, stray
from intentc.verify.wanted import Asked, Wanted

_FACT = "E0565"
# What is found where there is no path at all.
_UNPLACED = frozenset({"E0501", "E0502", "E0503", "E0504", "E0505", "E0506", "E0507", "E0508", "E0509", "E0527"})


def find_cases(world: World, asked: Asked, entry: IntentEntry) -> Iterator[Case]:
    """Yield the demands that the intent wants and the manifest has; what is missing, doubled or extra is a finding."""
    left = list(entry.demands)
    facts = _class_facts(world, asked)
    for wanted in asked.demands:
        found = [demand for demand in left if _is_meant(wanted, demand)]
        if not found and wanted.services is not None:
            continue  # a chain goes only where its replicas need it to, which is judged with the chain
        if not found and _may_lack(world, asked.name):
            continue
        ends = f"{wanted.direction} from `{wanted.source.name}` to `{wanted.destination.name}`"
        if world.court.judge(
            "demands",
            "E0564",
            holds=len(found) == 1,
            otherwise=f"the intent asks for one demand {ends}; the manifest has {len(found)}",
        ):
            yield Case(asked, wanted, found[0], facts if wanted.rate.is_committed else None)
        left = [demand for demand in left if demand not in found]
    for demand in left:
        world.court.deny("E0564", f"`{demand.id}` is a demand that the intent does not ask for")
    for name in sorted({d.id for d in entry.demands if sum(other.id == d.id for other in entry.demands) > 1}):
        world.court.deny("E0564", f"`{name}` stands twice in the manifest")


def check_facts(world: World, case: Case, sharers: Sequence[Case]) -> bool:
    """Judge what the entry says of itself; return whether its packets are known well enough to follow them.

    `sharers` are the cases of all intents that this demand stands for.
    """
    wanted, entry = case.wanted, case.entry
    names = [_id(other.asked.name, case.wanted, case.entry) for other in sharers]
    world.court.judge("facts", _FACT, holds=entry.id in names, otherwise=f"{case.name} should be called `{names[0]}`")
    nodes = world.topology.nodes
    _equal(world, case, "source site", nodes[entry.source].site or entry.source, entry.source_site)
    _equal(world, case, "destination site", nodes[entry.destination].site or entry.destination, entry.destination_site)
    # Intents that ask the same of the same packets are one demand, with the sum of what they commit.
    rates = [other.wanted.rate for other in sharers]
    ceilings = [rate.ceiling_bps for rate in rates if rate.ceiling_bps is not None]
    _equal(world, case, "bandwidth_bps", sum(rate.bandwidth_bps for rate in rates), entry.bandwidth_bps)
    _equal(world, case, "burst_bytes", sum(rate.burst_bytes for rate in rates), entry.burst_bytes)
    _equal(world, case, "ceiling_bps", sum(ceilings) if len(ceilings) == len(rates) else None, entry.ceiling_bps)
    _equal(world, case, "bound_us", _us(wanted.bounds.one_way_ns), entry.bound_us)
    _equal(world, case, "rtt_bound_us", _us(wanted.bounds.round_trip_ns), entry.rtt_bound_us)
    return _check_match(world, case, wanted.choices[entry.source, entry.destination])


def _may_lack(world: World, intent: str) -> bool:
    """Return whether a waiver accepts that a demand of the intent has no path even in the normal state."""
    is_waived = any(entry.name == intent and entry.status == "waived" for entry in world.manifest.intents)
    found = (item for item in world.manifest.findings if item.waived and item.intent == intent and item.state is None)
    return is_waived and any(item.code in _UNPLACED for item in found)


def _is_meant(wanted: Wanted, demand: DemandEntry) -> bool:
    is_between = wanted.direction == demand.direction and (demand.source, demand.destination) in wanted.choices
    # Steps of a chain, and parts of a site, may run between the same nodes with other packets: the id tells them apart.
    is_alone = wanted.services is None and not wanted.source.part and not wanted.destination.part
    return is_between and (is_alone or demand.id == _id(wanted.intent, wanted, demand))


def _class_facts(world: World, asked: Asked) -> ClassFacts | None:
    return class_facts(asked.traffic_class, world.sources)


def _equal(world: World, case: Case, what: str, expected: object, found: object) -> None:
    world.court.judge(
        "facts",
        _FACT,
        holds=expected == found,
        otherwise=f"{case.name}: `{what}` is {_shown(found)}, but {_shown(expected)} is asked for",
    )


def _id(intent: str, wanted: Wanted, entry: DemandEntry) -> str:
    parts, is_forward = (wanted.source.part, wanted.destination.part), wanted.direction == "forward"
    sites = [
        f"{site}@{part}" if part else site
        for site, part in zip((entry.source_site, entry.destination_site), parts, strict=True)
    ]
    services = wanted.services or (None, None)
    names = [
        site if service is None else f"{service}@{site}"
        for site, service in zip(sites if is_forward else sites[::-1], services, strict=True)
    ]
    return f"{intent}/{'>'.join(names)}" + ("" if is_forward else "/reply")


def _check_match(world: World, case: Case, meant: Meant) -> bool:
    entry = case.entry
    try:
        extra = stray(entry.match, entry.excepted, meant.match, meant.excepted)
        missing = stray(meant.match, meant.excepted, entry.match, entry.excepted)
    except NotAFlow as error:
        world.court.deny(_FACT, f"{case.name}: `match` holds something that is no flow: {error}")
        return False
    court = world.court
    court.judge(
        "packets",
        _FACT,
        holds=extra is None,
        otherwise=f"{case.name}: `match` takes {_flow(extra)}, which the intent does not",
    )
    court.judge(
        "packets",
        _FACT,
        holds=missing is None,
        otherwise=f"{case.name}: `match` leaves out {_flow(missing)} of the intent",
    )
    return True


def _flow(flow: FlowEntry | None) -> str:
    if flow is None:
        return "nothing"
    ports = f"/{flow.destination_ports[0]}" if flow.destination_ports else ""
    return f"`{flow.protocol}{ports} {flow.source} to {flow.destination}`"


def _us(bound_ns: int | None) -> int | None:
    return None if bound_ns is None else bound_ns // 1000


def _shown(value: object) -> str:
    return "nothing" if value is None else f"`{value}`"
