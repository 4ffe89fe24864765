"""Default deny: which prefixes are closed, and the flows of all intents that may pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.clauses.requirement import Isolated, Refusal
from intentc.diagnostics import Span
from intentc.resolve.draft import Draft
from intentc.resolve.model import Candidate, Demand, Flow, Isolation, TrafficClass
from intentc.resolve.packets import box, flows_of, meet, remainder
from intentc.resolve.prefixes import Network, PrefixIndex, network, text_of
from intentc.resolve.prefixes import meet as meet_prefixes
from intentc.resolve.scope import ProgramScope
from intentc.values import frozen, replace

TO, FROM = "to", "from"


@frozen
class Guard:
    """A closed prefix with the intents that closed it, and where the first of them says so."""

    prefix: Network
    direction: str
    intents: tuple[str, ...]
    span: Span


def find_isolations(
    drafts: Sequence[Draft], classes: Mapping[str, TrafficClass], scope: ProgramScope
) -> tuple[Isolation, ...]:
    """Return one isolation per closed prefix and direction, with every flow of every intent that names it."""
    guards = find_guards(drafts)
    if not guards:
        return ()
    passing = {side: _passing(drafts, side) for side in {guard.direction for guard in guards}}
    return tuple(
        Isolation(
            prefix=text_of(guard.prefix),
            nodes=_nodes_at(guard.prefix, scope),
            direction=guard.direction,
            allowed=_allowed(guard, passing[guard.direction], classes),
            intents=guard.intents,
            span=guard.span,
        )
        for guard in guards
    )


def find_guards(drafts: Iterable[Draft]) -> list[Guard]:
    """Return the closed prefixes in order; several intents may close one."""
    found: dict[tuple[Network, str], dict[str, Span]] = {}
    for draft in drafts:
        for isolated in draft.requirements.all(Isolated):
            for direction in (TO, FROM) if isolated.direction == "both" else (isolated.direction,):
                for prefix in _closed(draft, direction):
                    found.setdefault((prefix, direction), {}).setdefault(draft.name, isolated.span)
    return [
        Guard(prefix, direction, tuple(sorted(spans)), min(spans.values()))
        for (prefix, direction), spans in sorted(found.items())
    ]


def _closed(draft: Draft, direction: str) -> set[Network]:
    ends = (
        candidate.destination if direction == TO else candidate.source
        for demand in draft.forward()
        for candidate in demand.candidates
    )
    return {network(prefix) for end in ends for prefix in end.prefixes}


def _passing(drafts: Iterable[Draft], direction: str) -> PrefixIndex[tuple[Demand, Candidate, Flow]]:
    """Return all flows by the prefix that a guard of this direction looks at. Replies are demands like any other."""
    index: PrefixIndex[tuple[Demand, Candidate, Flow]] = PrefixIndex()
    for draft in drafts:
        for demand in draft.demands:
            for candidate in demand.candidates:
                for flow in candidate.flows:
                    index.add(network(flow.destination if direction == TO else flow.source), (demand, candidate, flow))
    return index


def _allowed(
    guard: Guard, passing: PrefixIndex[tuple[Demand, Candidate, Flow]], classes: Mapping[str, TrafficClass]
) -> tuple[Flow, ...]:
    found: set[Flow] = set()
    for demand, candidate, flow in passing.overlapping(guard.prefix):
        for exact in exact_flows(_confined(flow, guard), candidate.excepted) or ():
            found.update(_as_seen(exact, guard.direction, classes[demand.traffic_class]))
    return tuple(sorted(_without_covered(found)))


def _confined(flow: Flow, guard: Guard) -> Flow:
    """Return what of a flow concerns the closed prefix."""
    side = network(flow.destination if guard.direction == TO else flow.source)
    text = text_of(meet_prefixes(side, guard.prefix) or guard.prefix)
    return replace(flow, destination=text) if guard.direction == TO else replace(flow, source=text)


def exact_flows(flow: Flow, excepted: Sequence[Flow]) -> list[Flow] | None:
    """Return flows with exactly the packets of `flow` without `excepted`, or None where no flows can say that."""
    whole = box(flow)
    holes = [box(hole) for hole in excepted if hole.family == flow.family and meet(whole, box(hole)) is not None]
    if not holes:
        return [flow]
    pieces = [flows_of(flow.family, piece) for piece in remainder(whole, holes)]
    found = [list(piece) for piece in pieces if piece is not None]
    return None if len(found) < len(pieces) else [exact for group in found for exact in group]


def _as_seen(flow: Flow, direction: str, traffic_class: TrafficClass) -> Iterator[Flow]:
    """Yield a flow as the guard sees it: what is sent to a prefix was marked with its class on the way."""
    if flow.dscp is None or direction == FROM:
        yield flow
    else:
        for dscp in {traffic_class.dscp, traffic_class.over_dscp} - {None}:
            yield replace(flow, dscp=dscp)


def _without_covered(flows: set[Flow]) -> Iterator[Flow]:
    """Yield the flows that no other one covers whole."""
    index: PrefixIndex[Flow] = PrefixIndex()
    for flow in sorted(flows):
        index.add(network(flow.destination), flow)
    for flow in flows:
        around = (other for outer in index.around(network(flow.destination)) for other in index.at(outer))
        if not any(other != flow and _covers(other, flow) for other in around):
            yield flow


def _covers(other: Flow, flow: Flow) -> bool:
    return other.family == flow.family and not remainder(box(flow), [box(other)])


def _nodes_at(prefix: Network, scope: ProgramScope) -> tuple[str, ...]:
    """Return the nodes with addresses of a prefix attached, whether an intent names them or not."""
    return tuple(
        node
        for node, attached in sorted(scope.ground.attached.items())
        if any(meet_prefixes(prefix, other) is not None for other in attached)
    )


def refuse_inexact(drafts: Sequence[Draft], scope: ProgramScope) -> dict[str, Refusal]:
    """Refuse intents whose packets pass an isolation but cannot be written as flows: `any` protocol except some."""
    closed: dict[str, PrefixIndex[None]] = {}
    for guard in find_guards(drafts):
        closed.setdefault(guard.direction, PrefixIndex()).add(guard.prefix, None)
    refused: dict[str, Refusal] = {}
    for draft in drafts if closed else ():
        if any(_is_inexact(demand, closed) for demand in draft.demands):
            refused[draft.name] = scope.of(draft.name).unsupported(
                "an `except` that leaves some of all protocols of isolated traffic",
                draft.requirements.spans["match"],
                "name the protocols that are meant (`tcp/…`, `udp/…`, `icmp`) in front of `except`",
            )
    return refused


def _is_inexact(demand: Demand, closed: Mapping[str, PrefixIndex[None]]) -> bool:
    return any(
        next(index.overlapping(network(flow.destination if side == TO else flow.source)), 0) is None
        and exact_flows(flow, candidate.excepted) is None
        for candidate in demand.candidates
        if candidate.excepted
        for flow in candidate.flows
        for side, index in closed.items()
    )
