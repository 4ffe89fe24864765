"""Which packets run between two attachments: prefixes of both ends, cut by what the intent matches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.clauses.requirement import Matching, Pattern
from intentc.diagnostics import Span
from intentc.resolve.ends import Attachment, Conversation, Offer, Pair
from intentc.resolve.model import Candidate, Flow
from intentc.resolve.packets import box, is_covered
from intentc.resolve.packets import meet as meet_boxes
from intentc.resolve.prefixes import Network, meet, network, text_of
from intentc.resolve.services import ANY_PORT, PortSet

ANYTHING = Pattern(None, None, None, None, None, Span("", 0, 0, 0, 0))  # the default of `match`


def candidates_of(pair: Pair, matching: Matching | None) -> tuple[Candidate, ...]:
    """Return one candidate per node that may be the destination, in order; those without any packet are left out."""
    source = pair.source.attachments[0]
    found = (_candidate(source, other, matching) for other in pair.destination.attachments)
    return tuple(candidate for candidate in found if candidate.flows)


def reversed_candidate(candidate: Candidate) -> Candidate:
    """Return the replies: ends, prefixes and ports swapped."""
    return Candidate(
        candidate.destination,
        candidate.source,
        tuple(sorted({flow.reversed() for flow in candidate.flows})),
        tuple(sorted({flow.reversed() for flow in candidate.excepted})),
    )


def idle_patterns(conversation: Conversation, matching: Matching) -> tuple[Pattern, ...]:
    """Return the patterns of a match that no packet of any pair fits: what they say cannot be meant."""
    return tuple(
        pattern
        for pattern in matching.patterns
        if not any(
            next(_flows(pair.source.attachments[0], other, pattern, is_exception=False), None)
            for pair in conversation.pairs
            for other in pair.destination.attachments
        )
    )


def _candidate(source: Attachment, destination: Attachment, matching: Matching | None) -> Candidate:
    patterns = matching.patterns if matching is not None else (ANYTHING,)
    exceptions = matching.excepted if matching is not None else ()
    flows = {flow for item in patterns for flow in _flows(source, destination, item, is_exception=False)}
    holes = {flow for item in exceptions for flow in _flows(source, destination, item, is_exception=True)}
    kept = _without_contained(flows) if len(patterns) > 1 or len(flows) > 1 else flows
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


def _flows(source: Attachment, destination: Attachment, pattern: Pattern, *, is_exception: bool) -> Iterator[Flow]:
    """Yield the flows of a pattern; an exception without ports takes every port out, whatever a service answers on."""
    starts = [prefix for offer in source.offers for prefix in _cut(offer.prefixes, pattern.source)]
    for offer in destination.offers:
        for stop in _cut(offer.prefixes, pattern.destination):
            for start in starts:
                if start.family == stop.family:
                    for protocol, ports in _ports(pattern, offer, is_exception=is_exception):
                        yield Flow(start.family, text_of(start), text_of(stop), protocol, None, ports, pattern.dscp)


def _cut(prefixes: Sequence[Network], wanted: str | None) -> Sequence[Network]:
    if wanted is None:
        return prefixes
    limit = network(wanted)
    return [found for prefix in prefixes if (found := meet(prefix, limit)) is not None]


def _ports(pattern: Pattern, offer: Offer, *, is_exception: bool) -> Sequence[PortSet]:
    if pattern.protocol is not None:
        return ((pattern.protocol, pattern.ports),)
    return ANY_PORT if is_exception else offer.ports
