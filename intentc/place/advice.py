"""What belongs to a cause besides its message: the other places, and ways out that are certain to lift it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from intentc.diagnostics import Label
from intentc.forwarding.figures import latency_of
from intentc.forwarding.outage import NORMAL
from intentc.place.causes import CROWDED, FAILOVER_TIME, SHARED_RISK, Cause
from intentc.place.context import Context
from intentc.place.cuts import find_cut
from intentc.place.reach import find_route
from intentc.place.wording import names_text, rate_text, state_text, time_text
from intentc.topology.model import Topology

_NS_PER_US = 1000


def related_to(context: Context, cause: Cause) -> Iterator[Label]:
    """Yield the links, nodes and other clauses that belong to a cause."""
    network = context.network
    if cause.code in ("E0502", "E0523"):
        yield from _slowest(context, cause)
    for arc, missing in cause.verdict.missing:
        link = network.link_of(arc)
        yield Label(link.span, f"`{link.id}` lacks {rate_text(missing)}")
    for index in cause.shared:
        link = network.topology.links[network.links[index]]
        yield Label(link.span, f"`{link.id}` belongs to {state_text(cause.verdict.state)}")
    crowd = cause.verdict.setback.shortfall.crowd
    if crowd is not None:
        yield Label(crowd.service.span, f"the capacity of `{crowd.service.name}`")
        spans = {demand.intent: demand.span for demand in context.model.demands.values()}
        own = cause.verdict.task.demand.intent
        yield from (Label(spans[name], f"`{name}` asks for some of it") for name in crowd.intents if name != own)
        return
    cut = find_cut(context, cause.verdict)
    for exclusion in cut.exclusions[1:]:
        yield Label(exclusion.span, f"`{exclusion.text}` stands in the way too")
    for index in cut.links:
        link = network.topology.links[network.links[index]]
        yield Label(link.span, f"`{link.id}` would connect them")
    for index in cut.leaks:
        node = network.topology.nodes[network.nodes[index]]
        yield Label(
            node.span, f"`{node.name}` cannot drop what must not take an excluded link, so it is left out as a whole"
        )


def _slowest(context: Context, cause: Cause) -> Iterator[Label]:
    route, ahead = cause.verdict.route, cause.verdict.task.ahead
    if route is not None and route.arcs:
        arc = max(route.arcs, key=lambda arc: (latency_of(context.network, (arc,), ahead).total, -arc))
        link = context.network.link_of(arc)
        yield Label(link.span, f"`{link.id}` alone takes {time_text(latency_of(context.network, (arc,), ahead).total)}")


def helps_for(context: Context, cause: Cause) -> Iterator[str]:
    """Yield ways out of a cause."""
    advice = _ADVICE.get(cause.code)
    if advice is not None:
        yield from advice(context, cause)


def _bound_advice(context: Context, cause: Cause) -> Iterator[str]:
    verdict = cause.verdict
    demand, bound = verdict.task.demand, verdict.setback.role.bound_us(verdict.outage)
    if verdict.route is None or bound is None or demand.rtt_bound_ns is not None:
        return
    where = " in the `failover` block" if cause.code == "E0523" else ""
    yield f"`latency <= {time_text(verdict.route.latency_us)}`{where} is what this path can keep"
    if demand.exclusions and verdict.ends is not None:
        free = find_route(context, verdict.task, verdict.ends, verdict.outage, frozenset())
        if free is not None and free.latency_us <= bound:
            clauses = names_text(list(dict.fromkeys(exclusion.text for exclusion in demand.exclusions)))
            yield f"without {clauses} a path would take {time_text(free.latency_us)}"


def _capacity_advice(context: Context, cause: Cause) -> Iterator[str]:
    for arc, _ in cause.verdict.missing:
        link = context.network.link_of(arc)
        if link.upgrade is not None:
            yield f"the topology offers to upgrade `{link.id}` to {rate_text(link.upgrade.to_bps)}"
    claim = cause.verdict.task.claim_in(cause.verdict.outage)
    left = claim.rate_bps - max((missing for _, missing in cause.verdict.missing), default=0)
    if left > 0 and claim.limit_bps == claim.rate_bps:
        where = " in the `failover` block" if cause.code in ("E0524", "E0528") else ""
        yield f"`bandwidth {rate_text(left - left % 1000 or left)}`{where} is what this path has room for"


def _cut_advice(context: Context, cause: Cause) -> Iterator[str]:
    cut, topology = find_cut(context, cause.verdict), context.network.topology
    for index in cut.links:
        link = topology.links[context.network.links[index]]
        if link.crosses is None and any(exclusion.kind == "pin" for exclusion in cut.exclusions):
            yield f"if `{link.id}` passes through no other region, write `crosses: []` on it"


def _shared_advice(context: Context, cause: Cause) -> Iterator[str]:
    names = names_text([context.network.links[index] for index in cause.shared])
    yield f"move one of {names} out of {state_text(cause.verdict.state)}: then a path remains"


def _attachment_advice(context: Context, cause: Cause) -> Iterator[str]:
    """Of an only attachment, which `except access` would leave out, nothing comes this far: here others are out of service."""
    ends = [context.network.nodes[index] for index in find_cut(context, cause.verdict).ends]
    idle = [text for end in ends for text in _out_of_service(context.network.topology, end)]
    yield from dict.fromkeys(idle or ["give the end another link"])


def _out_of_service(topology: Topology, end: str) -> Iterator[str]:
    for link in topology.links_of[end]:
        far = topology.nodes[link.other(end)]
        if link.state != "up":
            yield f"`{link.id}` is {link.state}: with `state: up` it would be another attachment"
        elif far.state != "up":
            yield f"`{link.id}` leads to `{far.name}`, which is {far.state}: with `state: up` it would be another attachment"


def _unknown_advice(context: Context, cause: Cause) -> Iterator[str]:
    del context, cause
    yield "write the link's `latency`, or the `location` of both its sites"


def _repair_advice(context: Context, cause: Cause) -> Iterator[str]:
    """Yield why nothing is repaired locally, where routers do segment routing at all."""
    hindrance = cause.protection.hindrance if cause.protection is not None else ""
    if hindrance and any(node.segment_routing is not None for node in context.network.topology.nodes.values()):
        yield f"local repair (TI-LFA) cannot be counted on: {hindrance}"


def _crowd_advice(_context: Context, cause: Cause) -> Iterator[str]:
    crowd = cause.verdict.setback.shortfall.crowd
    if crowd is None or crowd.service.capacity_bps is None:
        return
    yield f"`capacity {rate_text(crowd.asked_bps)}{' per host' if crowd.service.is_per_host else ''}` would serve all of it"
    claim = cause.verdict.task.claim_in(cause.verdict.outage)
    left = claim.rate_bps - (crowd.asked_bps - crowd.service.capacity_bps)
    if left > 0 and claim.limit_bps == claim.rate_bps:
        where = " in the `failover` block" if cause.verdict.outage is not NORMAL else ""
        yield f"`bandwidth {rate_text(left - left % 1000 or left)}`{where} is what it can still serve"


_ADVICE: Mapping[str, Callable[[Context, Cause], Iterator[str]]] = {
    "E0502": _bound_advice,
    "E0503": _cut_advice,
    "E0505": _capacity_advice,
    "E0507": _unknown_advice,
    SHARED_RISK: _shared_advice,
    "E0523": _bound_advice,
    "E0524": _capacity_advice,
    "E0525": _attachment_advice,
    "E0526": _cut_advice,
    "E0528": _capacity_advice,
    FAILOVER_TIME: _repair_advice,
    CROWDED: _crowd_advice,
}
