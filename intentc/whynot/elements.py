"""The clauses and facts behind a verdict, one by one, with their names and places."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Span
from intentc.forwarding.outage import NORMAL
from intentc.place.context import Context
from intentc.place.diagnose import Verdict
from intentc.place.ledger import Ledger
from intentc.place.wording import rate_text, state_text, survival_text, time_text
from intentc.topology.model import Link
from intentc.values import frozen
from intentc.whynot.model import Element

_MOST_DELAYS = 200  # links of a network up to which each one's latency is an element; beyond it latencies are given
_NS_PER_US = 1000


@frozen
class Ground:
    """The elements of a verdict, clauses first. `parts`: what fails together in its state, none where it is one thing;
    `slow`: links whose latency is an element; `bound_us`: the bound of the state; `short`: arcs without room for the
    demand in its state, `short_alone`: those that would have none if nothing were placed before.
    """

    elements: tuple[Element, ...]
    parts: tuple[tuple[str, int], ...]
    slow: frozenset[int]
    bound_us: int | None
    short: frozenset[int]
    short_alone: frozenset[int]


def ground_of(context: Context, verdict: Verdict) -> Ground:
    """Return all that stands behind a verdict and could be left out."""
    bound_us = verdict.setback.role.bound_us(verdict.outage)
    parts = _parts(context, verdict)
    slow = _slow(context) if bound_us is not None else frozenset[int]()
    short, alone = _short(context, verdict)
    found = [*_clauses(verdict, bound_us), *_failed(context, verdict, parts), *_closed(context, verdict)]
    found += [*_full(context, short, alone), *(_delay(context, link) for link in sorted(slow))]
    return Ground(tuple(found), parts, slow, bound_us, short, alone)


def _parts(context: Context, verdict: Verdict) -> tuple[tuple[str, int], ...]:
    """Return nodes and links that fail together, without the links of failed nodes; () for a single one."""
    nodes = sorted(verdict.outage.nodes)
    implied = {arc >> 1 for node in nodes for arc in context.network.leaving[node]}
    links = sorted(verdict.outage.links - implied)
    found = (*(("down-node", node) for node in nodes), *(("down-link", link) for link in links))
    return found if len(found) > 1 else ()


def _slow(context: Context) -> frozenset[int]:
    network = context.network
    if len(network.links) > _MOST_DELAYS:
        return frozenset()
    return frozenset(link for link in range(len(network.links)) if network.propagation_ns[2 * link] is not None)


def _clauses(verdict: Verdict, bound_us: int | None) -> Iterator[Element]:
    demand = verdict.task.demand
    if bound_us is not None:
        yield Element("latency", 0, *_bound_words(verdict, bound_us), _bound_span(verdict))
    for index, item in enumerate(demand.exclusions):
        yield Element("exclusion", index, f"`{item.text}`", f"`{item.text}` is part of what cannot hold", item.span)
    for index, step in enumerate(demand.via):
        yield Element("via", index, f"`{step.text}`", f"`{step.text}` is part of what cannot hold", step.span)
    rate = verdict.task.claim_in(verdict.outage).rate_bps
    if rate:
        text = f"{rate_text(rate)} of bandwidth"
        yield Element("bandwidth", 0, text, f"{text} is asked for", _rate_span(verdict))
    if verdict.outage is not NORMAL and demand.failover is not None:
        text = f"that {survival_text(verdict.state)}"
        yield Element("survive", 0, text, f"this promises {text}", demand.failover.span)


def _bound_words(verdict: Verdict, bound_us: int) -> tuple[str, str]:
    total = verdict.task.round_trip_us(verdict.outage)
    if total is not None and bound_us != verdict.task.bound_us(verdict.outage):
        text = f"a round trip within {time_text(total)}"
    else:
        text = f"the bound of {time_text(bound_us)}"
    return text, f"{text} is asked for"


def _bound_span(verdict: Verdict) -> Span:
    demand = verdict.task.demand
    if verdict.outage is not NORMAL and demand.failover is not None:
        return demand.failover.span
    return demand.clause_spans.get("latency", demand.span)


def _rate_span(verdict: Verdict) -> Span:
    spans = verdict.task.demand.clause_spans
    return spans.get("bandwidth", spans.get("transfer", verdict.task.demand.span))


def _failed(context: Context, verdict: Verdict, parts: tuple[tuple[str, int], ...]) -> Iterator[Element]:
    network, state = context.network, state_text(verdict.state)
    for kind, index in parts:
        if kind == "down-node":
            node = network.topology.nodes[network.nodes[index]]
            yield Element(
                kind, index, f"that `{node.name}` fails with it", f"`{node.name}` fails in {state}", node.span
            )
            continue
        link = network.topology.links[network.links[index]]
        text = f"that `{link.id}` fails with it"
        span = network.topology.span_of("link", link.id, "srlg") if link.srlgs else link.span
        yield Element(kind, index, text, f"`{link.id}` fails with {state}", span)


def _closed(context: Context, verdict: Verdict) -> Iterator[Element]:
    network, task = context.network, verdict.task
    for index in sorted(network.drained):
        link = _link(context, index)
        ends = [network.topology.nodes[end.node] for end in (link.a, link.b)]
        drained = next((node for node in ends if node.state == "drained"), None)
        name, span = (link.id, link.span) if drained is None else (drained.name, drained.span)
        text = f"`{name}` being drained"
        yield Element("drained", index, text, f"`{name}` is drained, so `{link.id}` is not used", span)
    unknown = {arc >> 1 for arc, delay in enumerate(network.propagation_ns) if delay is None}
    for index in sorted(unknown & task.barred - network.drained):
        link = _link(context, index)
        text = f"the latency of `{link.id}` being unknown"
        yield Element("unknown", index, text, f"the latency of `{link.id}` is not known", link.span)


def _short(context: Context, verdict: Verdict) -> tuple[frozenset[int], frozenset[int]]:
    """Return the arcs without room in the state, and those without room even if nothing else were placed."""
    claim, arcs = verdict.task.claim_in(verdict.outage), range(len(context.network.tail))
    if not claim.rate_bps:
        return frozenset(), frozenset()
    empty = Ledger(context.network, context.model.classes)
    now, alone = (
        frozenset(arc for arc in arcs if ledger.shortage(arc, verdict.outage, claim) is not None)
        for ledger in (context.ledger, empty)
    )
    return now | alone, alone


def _full(context: Context, short: frozenset[int], alone: frozenset[int]) -> Iterator[Element]:
    """Yield that others were placed before, where that leaves less room, and the links without room."""
    if short != alone:
        text = "what is placed before"
        yield Element("placed", 0, text, text, None)
    for index in sorted({arc >> 1 for arc in short}):
        link = _link(context, index)
        rates = sorted({link.capacity_bps.ab, link.capacity_bps.ba})
        text = f"the capacity of `{link.id}`"
        span = context.network.topology.span_of("link", link.id, "capacity")
        yield Element("capacity", index, text, f"`{link.id}` has {' and '.join(map(rate_text, rates))}", span)


def _delay(context: Context, index: int) -> Element:
    link = _link(context, index)
    took = sorted({link.latency_ns.ab, link.latency_ns.ba}) if link.latency_ns is not None else [0]
    text = f"the latency of `{link.id}`"
    note = f"`{link.id}` takes {' and '.join(time_text(-(-ns // _NS_PER_US)) for ns in took)}"
    return Element("delay", index, text, note, context.network.topology.span_of("link", link.id, "latency"))


def _link(context: Context, index: int) -> Link:
    return context.network.topology.links[context.network.links[index]]
