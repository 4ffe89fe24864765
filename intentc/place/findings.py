"""What could not be placed, in findings: one per intent and cause, at the clause that asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from intentc.diagnostics import Diagnostic, Label, Span
from intentc.place.advice import helps_for, related_to
from intentc.place.causes import Cause
from intentc.place.context import Context
from intentc.place.explain import describe, place_of, sorted_causes
from intentc.place.wording import ends_text, states_text
from intentc.topology.model import Topology


def report(context: Context, intent: str, causes: Iterable[Cause]) -> list[Diagnostic]:
    """Return one finding per code: the gravest cause stands for all, the others are in `related`."""
    by_code: dict[str, list[Cause]] = {}
    for cause in causes:
        by_code.setdefault(cause.code, []).append(cause)
    return [_finding(context, intent, code, sorted_causes(by_code[code])) for code in sorted(by_code)]


def _finding(context: Context, intent: str, code: str, causes: Sequence[Cause]) -> Diagnostic:
    first = causes[0]
    others = list(_others(context, causes))
    return Diagnostic(
        code=code,
        message=describe(context, first) + _how_many(context, intent, causes),
        span=place_of(context, first),
        related=tuple(dict.fromkeys((*related_to(context, first), *others))),
        help=tuple(dict.fromkeys(helps_for(context, first))),
        intent=intent,
        state=first.verdict.state or None,
    )


def _others(context: Context, causes: Sequence[Cause]) -> Iterator[Label]:
    """Yield what further causes say: of each further demand the gravest, and of all in how many more failure states it is so."""
    by_demand: dict[str, list[Cause]] = {}
    for cause in causes:
        by_demand.setdefault(cause.verdict.task.demand.key, []).append(cause)
    for place, own in enumerate(by_demand.values()):
        span = _end_span(context.model.topology, own[0])
        if place:
            yield Label(span, describe(context, own[0]))
        states = [
            state for state in dict.fromkeys(cause.verdict.state for cause in own) if state != own[0].verdict.state
        ]
        if len(states) == 1:
            yield from (Label(span, describe(context, cause)) for cause in own if cause.verdict.state == states[0])
        elif states:
            again = f"so it is from {ends_text(own[0].verdict.task)} in {len(states)} more failure states"
            yield Label(span, f"{again}: {states_text(states)}")


def _how_many(context: Context, intent: str, causes: Sequence[Cause]) -> str:
    """Return how many of the intent's sources are concerned, where it has several."""
    demands = context.model.demands
    sources = context.source_sites(intent)
    keys = {cause.verdict.task.demand.reply_to or cause.verdict.task.demand.key for cause in causes}
    hit = {demands[key].source_site for key in keys if key in demands}
    return f" ({len(hit)} of {len(sources)} sources)" if len(sources) > 1 else ""


def _end_span(topology: Topology, cause: Cause) -> Span:
    """Return the place in the topology of the end that a further cause is about."""
    demand = cause.verdict.task.demand
    name = demand.candidates[0].source.node if demand.candidates else ""
    if name not in topology.nodes:
        return demand.span
    site = topology.nodes[name].site
    return topology.sites[site].span if site is not None else topology.nodes[name].span
