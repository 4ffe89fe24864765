"""Which packets run between two attachments: prefixes of both ends, cut by what the intent matches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from intentc.clauses.requirement import Matching, Pattern
from intentc.diagnostics import Span
from intentc.resolve.end_model import Attachment, Offer, Pair
from intentc.resolve.model import Candidate, Flow
from intentc.resolve.packets import box, is_covered
from intentc.resolve.packets import meet as meet_boxes
from intentc.resolve.prefixes import meet, network, text_of
from intentc.resolve.services import ANY_PORT, PortSet

ANYTHING = Pattern(None, None, None, None, None, Span("", 0, 0, 0, 0))  # the default of `match`


def match_pairs(
    pairs: Sequence[Pair], matching: Matching | None
) -> tuple[list[tuple[Candidate, ...]], tuple[Pattern, ...]]:
    """Return the candidates of every pair, and the patterns that no packet of any pair fits: what they say cannot be meant.

    A pair has one candidate per node that may be its source and node that may be its destination, in order; those without any
    packet are left out.
    """
    idle = set(range(len(matching.patterns))) if matching is not None else set[int]()
    found: list[tuple[Candidate, ...]] = []
    for pair in pairs:
        ends = product(pair.source.attachments, pair.destination.attachments)
        candidates = [_candidate(source, other, matching, idle) for source, other in ends]
        found.append(tuple([candidate for candidate in candidates if candidate.flows]))
    return found, tuple(matching.patterns[number] for number in sorted(idle)) if matching is not None else ()


def reversed_candidate(candidate: Candidate) -> Candidate:
    """Return the replies: ends, prefixes and ports swapped."""
    return Candidate(
        candidate.destination,
        candidate.source,
        tuple(sorted({flow.reversed() for flow in candidate.flows})),
        tuple(sorted({flow.reversed() for flow in candidate.excepted})),
    )


def _candidate(source: Attachment, destination: Attachment, matching: Matching | None, idle: set[int]) -> Candidate:
    """Return the packets between two attachments; the numbers of the patterns that they fit are taken out of `idle`."""
    patterns = matching.patterns if matching is not None else (ANYTHING,)
    exceptions = matching.excepted if matching is not None else ()
    found: list[Flow] = []
    for number, item in enumerate(patterns):
        fitting = _flows(source, destination, item, is_exception=False)
        if fitting:
            idle.discard(number)
            found += fitting
    if len(found) == 1 and not exceptions:  # what most intents match
        return Candidate(source.endpoint, destination.endpoint, tuple(found), ())
    flows = set(found)
    kept = _without_contained(flows) if len(flows) > 1 else flows
    holes = {flow for item in exceptions for flow in _flows(source, destination, item, is_exception=True)}
    if holes:
        kept = {flow for flow in kept if not is_covered(box(flow), _boxes(holes, flow.family))}
        holes = {hole for hole in holes if any(_overlap(hole, flow) for flow in kept)}
    return Candidate(
        source.endpoint,
        destination.endpoint,
        tuple(sorted(kept)),
        tuple(sorted(holes)),
    )


def _boxes(flows: set[Flow], family: int) -> list[tuple[int, int, int, int, int, int, int, int, int, int, int, int]]:
    return [box(flow) for flow in sorted(flows) if flow.family == family]


def _overlap(one: Flow, other: Flow) -> bool:
    return one.family == other.family and meet_boxes(box(one), box(other)) is not None


def _without_contained(flows: set[Flow]) -> set[Flow]:
    """Drop what another flow of the same prefixes says already (`tcp/443` beside `any`)."""
    by_prefixes: dict[tuple[str, str], list[Flow]] = {}
    for flow in sorted(flows):
        by_prefixes.setdefault((flow.source, flow.destination), []).append(flow)
    return {
        flow
        for group in by_prefixes.values()
        for flow in group
        if not any(other is not flow and is_covered(box(flow), [box(other)]) for other in group)
    }


def _flows(source: Attachment, destination: Attachment, pattern: Pattern, *, is_exception: bool) -> list[Flow]:
    """Return the flows of a pattern; an exception without ports takes every port out, whatever a service answers on."""
    starts = [start for offer in source.offers for start in _cut(offer, pattern.source)]
    found: list[Flow] = []
    for offer in destination.offers:
        for family, stop in _cut(offer, pattern.destination):
            for start_family, start in starts:
                if start_family == family:
                    for protocol, ports in _ports(pattern, offer, is_exception=is_exception):
                        found.append(Flow(family, start, stop, protocol, None, ports, pattern.dscp))
    return found


def _cut(offer: Offer, wanted: str | None) -> Sequence[tuple[int, str]]:
    """Return family and text of what of an offer's prefixes lies in the wanted one."""
    if wanted is None:
        return offer.texts
    limit = network(wanted)
    found = [shared for prefix in offer.prefixes if (shared := meet(prefix, limit)) is not None]
    return [(prefix.family, text_of(prefix)) for prefix in found]


def _ports(pattern: Pattern, offer: Offer, *, is_exception: bool) -> Sequence[PortSet]:
    if pattern.protocol is not None:
        return ((pattern.protocol, pattern.ports),)
    return ANY_PORT if is_exception else offer.ports
