"""Who talks to whom: selections become ends, and ends become pairs of source and destination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.clauses.requirement import (
    EVERYTHING,
    BothWays,
    Destinations,
    Mesh,
    OneWay,
    Refusal,
    Selection,
    Sources,
    worst,
)
from intentc.diagnostics import Span
from intentc.resolve.end_model import Attachment, Conversation, End, Offer, Pair
from intentc.resolve.model import Endpoint
from intentc.resolve.parts import are_apart, parts_of
from intentc.resolve.prefixes import Network, PrefixIndex, text_of
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope
from intentc.resolve.services import ANY_PORT, PortSet, Service
from intentc.resolve.wording import listed

_ENDS: Mapping[str, type] = {"from": Sources, "to": Destinations, "between": BothWays, "among": Mesh}
_NO_ONE_WAY = "a step is one call over one way, and what hangs on one node alone has a way of its own: attach all prefixes of the site to each of its nodes"
_NO_REPLICA = "a replica is all that a node answers for, and its node cannot stand in for another one that answers for some of it: attach the same prefixes to each of its nodes"


def find_pairs(requirements: Requirements, intent: Span, scope: ProgramScope) -> Conversation | Refusal:
    """Return the pairs of ends of an intent; an intent without ends, or one with two kinds of them, is a finding."""
    if requirements.lacks(_ENDS):
        return requirements.refusal or Refusal.BROKEN
    sources, destinations = requirements.one(Sources), requirements.one(Destinations)
    both, mesh = requirements.one(BothWays), requirements.one(Mesh)
    has_replies = requirements.one(OneWay) is None
    forms = [form for form in (sources or destinations, both, mesh) if form is not None]
    if len(forms) > 1:
        return scope.report(
            "E0214",
            "an intent has `from` and `to`, or `between`, or `among`: only one of them",
            forms[1].span,
            help=("write one intent for each",),
        )
    if both is not None:
        return _between(both, has_replies, scope)
    if mesh is not None:
        return _among(mesh, scope)
    if sources is not None and destinations is not None:
        return _from_to(sources, destinations, has_replies, scope)
    missing = (
        "`from` and `to`" if sources is None and destinations is None else "`to`" if destinations is None else "`from`"
    )
    span = next((form.span for form in (sources, destinations) if form is not None), intent)
    return scope.report("E0214", f"the intent has no {missing}", span, help=("say between whom the traffic runs",))


def _from_to(
    sources: Sources, destinations: Destinations, has_replies: bool, scope: ProgramScope
) -> Conversation | Refusal:
    starts = start_ends(sources.selection, sources.span, scope, is_answered=has_replies)
    stops = stop_ends(destinations, scope)
    if isinstance(starts, Refusal) or isinstance(stops, Refusal):
        return worst(starts, stops) or Refusal.BROKEN
    told: set[str] = set()
    found = tuple(Pair(one, other) for one in starts for other in _others(one, stops, destinations.span, scope, told))
    return _conversation(found, is_between=False, has_replies=has_replies, span=destinations.span, scope=scope)


def _between(both: BothWays, has_replies: bool, scope: ProgramScope) -> Conversation | Refusal:
    left, right = (start_ends(side, both.span, scope, is_answered=True) for side in (both.left, both.right))
    if isinstance(left, Refusal) or isinstance(right, Refusal):
        return worst(left, right) or Refusal.BROKEN
    there = {(one.name, other.name): Pair(one, other) for one in left for other in right if one.place != other.place}
    back = {(pair.destination.name, pair.source.name): pair for pair in there.values()}
    again = [Pair(pair.destination, pair.source, is_back=True) for key, pair in back.items() if key not in there]
    return _conversation(
        (*there.values(), *again), is_between=True, has_replies=has_replies, span=both.span, scope=scope
    )


def _among(mesh: Mesh, scope: ProgramScope) -> Conversation | Refusal:
    ends = start_ends(mesh.selection, mesh.span, scope, is_answered=True)
    if isinstance(ends, Refusal):
        return ends
    found = tuple(Pair(one, other) for one in ends for other in ends if one.place != other.place)
    return _conversation(found, is_between=False, has_replies=False, span=mesh.span, scope=scope)


def _conversation(
    pairs: Sequence[Pair], *, is_between: bool, has_replies: bool, span: Span, scope: ProgramScope
) -> Conversation | Refusal:
    if not pairs:
        return scope.report(
            "E0244",
            "all traffic of this intent stays within one site",
            span,
            help=("name ends at different sites",),
        )
    if len(pairs) > 1:
        pairs = sorted(pairs, key=lambda pair: (pair.source.name, pair.destination.name))
    return Conversation(tuple(pairs), is_between, has_replies, span)


def _others(source: End, stops: Iterable[End], span: Span, scope: ProgramScope, told: set[str]) -> Iterator[End]:
    """Yield the destinations elsewhere. A source that is a replica itself is served on the spot, which is worth a note."""
    for stop in stops:
        if any(attachment.site == source.place for attachment in stop.attachments):
            if stop.is_any_of and source.place not in told:
                told.add(source.place)
                scope.report("N0245", f"`{source.place}` hosts `{stop.name}` itself: its traffic stays there", span)
        else:
            yield stop


def _ends(selection: Selection, span: Span, scope: ProgramScope) -> tuple[End, ...] | Refusal:
    """Return the ends of a selection by name: per site its nodes that have something attached.

    Found once for each selection, since many intents name the same ends (`sets._denoted`).
    """
    known = scope.ground.ends
    if id(selection) not in known:
        found = _find_ends(selection, span, scope)
        if isinstance(found, Refusal):
            return found
        known[id(selection)] = (selection, found)  # the selection is kept, so no identity is given away again
    return known[id(selection)][1]


def only_end(selection: Selection, scope: ProgramScope) -> End | None:
    """Return the end that a selection is where that is one node with something attached; else None."""
    known = scope.ground.ends.get(id(selection))
    if known is None:
        if len(selection.members) != 1:
            return None
        ((node, services),) = selection.members.items()
        attachment = _attachment(node, services, scope)
        if not attachment.offers:
            return None
        known = scope.ground.ends[id(selection)] = (selection, (End(attachment.site, (attachment,)),))
    return known[1][0] if _is_plain(known[1]) else None


def _find_ends(selection: Selection, span: Span, scope: ProgramScope) -> tuple[End, ...] | Refusal:
    by_end: dict[str, list[Attachment]] = {}
    for node in sorted(selection.nodes):
        attachment = _attachment(node, selection.members[node], scope)
        by_end.setdefault(attachment.site, []).extend([attachment] if attachment.offers else [])
    bare = [name for name, attachments in by_end.items() if not attachments]
    if bare:
        return scope.report(
            "E0216",
            f"nothing is attached at {listed(bare)}, so no traffic starts or ends there",
            span,
            help=("give the node an `attached` prefix in the topology, or leave it out of the set",),
        )
    return tuple(End(name, tuple(by_end[name])) for name in sorted(by_end))


def _attachment(node: str, services: frozenset[str], scope: ProgramScope) -> Attachment:
    """Return what hangs on a node of some services (or of everything); made once, since many intents share their ends."""
    known = scope.ground.attachments
    key = (node, services)
    if key not in known:
        offers = _offers(node, services, scope)
        prefixes = sorted({prefix for offer in offers for prefix in offer.prefixes})
        site = scope.topology.nodes[node].site or node
        endpoint = Endpoint(site, node, tuple(text_of(prefix) for prefix in prefixes))
        known[key] = Attachment(endpoint, offers, services - {EVERYTHING})
    return known[key]


def _offers(node: str, services: frozenset[str], scope: ProgramScope) -> tuple[Offer, ...]:
    if EVERYTHING in services:
        attached = scope.ground.attached[node]
        return (_offer(attached, ANY_PORT, EVERYTHING),) if attached else ()
    found = [(name, service) for name in sorted(services) if isinstance(service := scope.service(name), Service)]
    return tuple(_offer(item.served[node], item.ports, name) for name, item in found if node in item.served)


def _offer(prefixes: tuple[Network, ...], ports: tuple[PortSet, ...], service: str) -> Offer:
    return Offer(prefixes, ports, tuple((prefix.family, text_of(prefix)) for prefix in prefixes), service)


def start_ends(
    selection: Selection, span: Span, scope: ProgramScope, *, is_answered: bool, is_step: bool = False
) -> Sequence[End] | Refusal:
    """Return ends that traffic starts at; nodes of a site stand for each other in what hangs on all of them.

    A site whose nodes have different prefixes is an end for each set of nodes that share some; a step starts at none of them.
    Hosts behind several nodes are told of, but for those of a step.
    """
    ends = _ends(selection, span, scope)
    if isinstance(ends, Refusal) or _is_plain(ends):
        return ends
    found = _in_parts(ends, span, scope, "from", is_step=is_step)
    if isinstance(found, Refusal):
        return found
    if not is_step:
        note_of_gateways(found, span, scope)
    return (_refuse_twins(found, span, scope) if is_answered else None) or found


def stop_ends(destinations: Destinations, scope: ProgramScope, *, is_step: bool = False) -> Sequence[End] | Refusal:
    """Return ends that traffic goes to, as it may start at; under `any of` nodes with other prefixes are replicas of their own."""
    span = destinations.span
    ends = _ends(destinations.selection, span, scope)
    if isinstance(ends, Refusal) or (destinations.service is None and _is_plain(ends)):
        return ends
    if destinations.service is None:
        found = _in_parts(ends, span, scope, "to", is_step=is_step)
        return found if isinstance(found, Refusal) else _refuse_twins(found, span, scope) or found
    mixed = [end for end in ends if not are_apart(end)]
    if mixed:
        what = "replicas at nodes of one site that share some of their prefixes"
        return _refuse_nodes(what, mixed, span, scope, _NO_REPLICA)
    replicas = tuple(item for end in ends for item in end.attachments)
    return [End(destinations.service, replicas, is_any_of=True)]


def _in_parts(
    ends: Sequence[End], span: Span, scope: ProgramScope, direction: str, *, is_step: bool
) -> Sequence[End] | Refusal:
    """Return ends each of whose nodes stand for each other."""
    if is_step:
        return _refuse_steps(ends, span, scope, direction) or ends
    found: list[End] = []
    for end in ends:
        parts = parts_of(end, scope.ground.attached) if _may_have_parts(end, scope) else (end,)
        if isinstance(parts, str):
            what = f"traffic {direction} a site whose nodes have overlapping prefixes"
            return _refuse_nodes(what, [end], span, scope, parts)
        found += parts
    return found


def _may_have_parts(end: End, scope: ProgramScope) -> bool:
    """Return whether nodes of an end have different prefixes attached, or offer other things."""
    attached = scope.ground.attached
    return len(end.attachments) > 1 and (
        end.is_uneven or any(attached[node] != attached[end.nodes[0]] for node in end.nodes)
    )


def _refuse_steps(ends: Sequence[End], span: Span, scope: ProgramScope, direction: str) -> Refusal | None:
    """Refuse ends of a step with parts: what it takes is one way's."""
    uneven = [end for end in ends if end.is_uneven and parts_of(end, scope.ground.attached) != (end,)]
    what = f"a step {direction} a site whose nodes have different prefixes"
    return _refuse_nodes(what, uneven, span, scope, _NO_ONE_WAY) if uneven else None


def _is_plain(ends: Sequence[End]) -> bool:
    """Return whether these are one end with one node, as most are: there is nothing that it could stand for or look like."""
    return len(ends) == 1 and len(ends[0].attachments) == 1


def note_of_gateways(ends: Iterable[End], span: Span, scope: ProgramScope) -> None:
    """Say once that hosts behind several nodes have to leave by the one that carries: that is not for intentc to configure."""
    several = [end for end in ends if len(end.attachments) > 1]
    if several:
        nodes = listed(several[0].nodes)
        more = f", and {len(several) - 1} more sites on several nodes" if len(several) > 1 else ""
        scope.report(
            "N0247",
            f"`{several[0].name}` hangs on {nodes}{more}: one carries, the others stand in, and its hosts' gateway has to follow",
            span,
            help=(
                "the manifest names the node that carries (`source`); how long a gateway takes to move is not counted",
            ),
        )


def _refuse_twins(ends: Sequence[End], span: Span, scope: ProgramScope) -> Refusal | None:
    """Refuse ends that share addresses: where a packet to one of them arrives is for routing to say, not for an intent."""
    if len(ends) < 2:
        return None
    index: PrefixIndex[str] = PrefixIndex()
    for end in ends:
        for prefix in sorted(
            {prefix for item in end.attachments for offer in item.offers for prefix in offer.prefixes}
        ):
            twin = next((name for name in index.overlapping(prefix) if name != end.place), None)
            if twin is not None:
                return scope.report(
                    "E0223",
                    f"`{twin}` and `{end.place}` share addresses of `{text_of(prefix)}`: packets to them look alike",
                    span,
                    help=("write `any of` before the service if either may answer, or name one of them",),
                )
            index.add(prefix, end.place)
    return None


def _refuse_nodes(what: str, ends: Sequence[End], span: Span, scope: ProgramScope, why: str) -> Refusal:
    """Refuse ends with several nodes; `why` says what they lack, and what would give it to them."""
    nodes = [f"`{item.node}`" for end in ends for item in end.attachments]
    remedy = f"name single nodes ({', '.join(nodes[:6])}{' …' if len(nodes) > 6 else ''}), with an intent for each"
    return scope.unsupported(f"{what} ({listed([end.name for end in ends])})", span, why, remedy)
