"""What could not be placed, in findings: one per intent and cause, at the clause that asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.diagnostics import Diagnostic, Label, Span
from intentc.place.advice import helps_for, related_to
from intentc.place.causes import Cause
from intentc.place.context import Context
from intentc.place.explain import describe, place_of, sorted_causes
from intentc.topology.model import Topology


def report(context: Context, intent: str, causes: Iterable[Cause]) -> list[Diagnostic]:
    """Return one finding per code: the gravest cause stands for all, the others are in `related`."""
    by_code: dict[str, list[Cause]] = {}
    for cause in causes:
        by_code.setdefault(cause.code, []).append(cause)
    return [_finding(context, intent, code, sorted_causes(by_code[code])) for code in sorted(by_code)]


def _finding(context: Context, intent: str, code: str, causes: Sequence[Cause]) -> Diagnostic:
    first = causes[0]
    others = [Label(_end_span(context.model.topology, cause), describe(context, cause)) for cause in causes[1:]]
    return Diagnostic(
        code=code,
        message=describe(context, first) + _how_many(context, intent, causes),
        span=place_of(context, first),
        related=tuple(dict.fromkeys((*related_to(context, first), *others))),
        help=tuple(dict.fromkeys(helps_for(context, first))),
        intent=intent,
        state=first.verdict.state or None,
    )


def _how_many(context: Context, intent: str, causes: Sequence[Cause]) -> str:
    """Return how many of the intent's sources are concerned, where it has several."""
    demands = context.model.demands
    forward = [demand for demand in demands.values() if demand.intent == intent and demand.reply_to is None]
    sources = {demand.source_site for demand in forward}
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
