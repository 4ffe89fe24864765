"""One intent on its way from clauses to demands, before it is weighed against the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.clauses.requirement import (
    AvoidedAll,
    BulkTransfer,
    Encrypted,
    JitterBound,
    LatencyBound,
    LossBound,
    Matching,
    Mirrored,
    Objective,
    Pinned,
    Preferred,
    Promise,
    Rate,
    Refusal,
    Spreading,
    Through,
    Treatment,
    Waived,
    worst,
)
from intentc.diagnostics import Label, Span
from intentc.language import ast
from intentc.resolve.checks import check_intent, refuse_bounds_without_loss
from intentc.resolve.classes import DEFAULT_CLASS
from intentc.resolve.demands import Asked, build_demands, survivals_of
from intentc.resolve.direct import MOST_STATES, demand_of
from intentc.resolve.end_model import Conversation, Pair
from intentc.resolve.ends import find_pairs
from intentc.resolve.failures import Failures, Survival
from intentc.resolve.flows import match_pairs
from intentc.resolve.model import Candidate, CutEnd, Demand, Exclusion, TrafficClass
from intentc.resolve.rates import Sharing, share
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope
from intentc.resolve.transfers import with_transfer
from intentc.resolve.wording import listed
from intentc.values import frozen, replace

CUT_OFF = "E0520"
_ACCESS_HELP = "write `except access` after what is survived, or give these nodes a second link"
_REPLICAS_HELP = (
    "`except access` does not leave out the loss of all replicas: survive fewer failures at once, or add a replica"
)
_EXCLUDING = (Pinned, Encrypted)
_EXCLUDING_ALL: frozenset[type] = frozenset({*_EXCLUDING, AvoidedAll})
_PACKETS: Mapping[str, type] = {"match": Matching}
_RATES: Mapping[str, type] = {"bandwidth": Rate, "transfer": BulkTransfer, "failover": Promise}
_SHOWN = 5  # places of a finding that has many


@frozen
class Draft:
    """An intent (or chain) with its demands, or without any because of a `refusal` or of a failure that cuts an end off (E0520)."""

    intent: ast.Intent | ast.Chain
    requirements: Requirements
    traffic_class: TrafficClass | None
    demands: tuple[Demand, ...]
    refusal: Refusal | None
    cuts: tuple[CutEnd, ...] = ()

    @property
    def name(self) -> str:
        return self.intent.name.text

    @property
    def waived_codes(self) -> frozenset[str]:
        """Codes of the findings that this intent accepts."""
        return frozenset(item.code for item in self.requirements.all(Waived))

    def forward(self) -> Iterator[Demand]:
        """Yield the forward demands."""
        return (demand for demand in self.demands if demand.reply_to is None)

    def replies(self) -> Iterator[Demand]:
        """Yield the reply demands."""
        return (demand for demand in self.demands if demand.reply_to is not None)


def draft_intent(
    intent: ast.Intent,
    requirements: Requirements,
    classes: Mapping[str, TrafficClass],
    failures: Failures,
    scope: ProgramScope,
) -> Draft:
    """Return the draft of one intent; whatever its clauses cannot mean together is a finding."""
    treatment = requirements.one(Treatment)
    traffic_class = classes.get(treatment.traffic_class if treatment is not None else DEFAULT_CLASS)
    only = demand_of(intent.name, requirements, traffic_class, failures, scope)
    if only is not None:
        return Draft(intent, requirements, traffic_class, (only,), None)
    requirements = with_transfer(requirements, scope)
    conversation = find_pairs(requirements, intent.name.span, scope)
    refusal = worst(requirements.refusal, conversation, check_intent(requirements, conversation, scope))
    if isinstance(conversation, Refusal):
        return Draft(intent, requirements, traffic_class, (), refusal)
    candidates = find_candidates(conversation, requirements, scope)
    sharing = _sharing(conversation, requirements, scope)
    refusal = worst(refusal, candidates, sharing)
    if refusal or isinstance(candidates, Refusal) or isinstance(sharing, Refusal) or traffic_class is None:
        return Draft(intent, requirements, traffic_class, (), refusal or Refusal.BROKEN)
    if (refusal := refuse_bounds_without_loss(requirements, traffic_class, scope)) is not None:
        return Draft(intent, requirements, traffic_class, (), refusal)
    if not all(candidates):
        used = [(pair, found) for pair, found in zip(conversation.pairs, candidates, strict=True) if found]
        conversation = replace(conversation, pairs=tuple(pair for pair, _ in used))
        candidates = [found for _, found in used]
    if is_too_much(requirements, failures, scope):
        return Draft(intent, requirements, traffic_class, (), Refusal.UNSUPPORTED)
    survivals = survivals_of(conversation.pairs, requirements.one(Promise), failures)
    if is_cut_off(survivals, requirements, scope):
        # sound as written: placement would only repeat it
        cuts = tuple(first_cuts(intent.name.text, conversation, survivals))
        return Draft(intent, requirements, traffic_class, (), None, cuts)
    asked = ask(intent.name, requirements, conversation, candidates, traffic_class=traffic_class, sharing=sharing)
    return Draft(intent, requirements, traffic_class, tuple(build_demands(asked, survivals)), None)


def ask(
    name: ast.Name,
    requirements: Requirements,
    conversation: Conversation,
    candidates: Sequence[tuple[Candidate, ...]],
    *,
    traffic_class: TrafficClass,
    sharing: Sharing,
) -> Asked:
    """Return what the clauses of a declaration ask of each of its pairs."""
    return Asked(
        intent=name.text,
        span=name.span,
        spans=requirements.spans,
        conversation=conversation,
        candidates=candidates,
        traffic_class=traffic_class,
        latency=requirements.one(LatencyBound),
        jitter=requirements.one(JitterBound),
        loss=requirements.one(LossBound),
        sharing=sharing,
        exclusions=tuple(_exclusions(requirements)),
        via=tuple(waypoint for item in requirements.all(Through) for waypoint in item.waypoints),
        promise=requirements.one(Promise),
        otherwise=_otherwise(requirements),
        goal=objective.goal if (objective := requirements.one(Objective)) is not None else "stability",
        is_spread=requirements.one(Spreading) is not None,
        is_symmetric=bool(requirements.all(Mirrored)),
        preferences=preferred.preferences if (preferred := requirements.one(Preferred)) is not None else (),
    )


def find_candidates(
    conversation: Conversation, requirements: Requirements, scope: ProgramScope
) -> list[tuple[Candidate, ...]] | Refusal:
    """Return the candidates of every pair; a pair, or a FLOW of the match, without any packet is a finding.

    Of pairs of parts of the same sites some may be without any.
    """
    if requirements.lacks(_PACKETS):
        return requirements.refusal or Refusal.BROKEN
    matching = requirements.one(Matching)
    found, idle = match_pairs(conversation.pairs, matching)
    for pattern in idle:
        scope.report(
            "E0217",
            "no packet between the ends is like this",
            pattern.span,
            help=("addresses stay within those of the ends: compare them with the prefixes attached there",),
        )
    if idle:
        return Refusal.BROKEN
    used = {pair.places for pair, candidates in zip(conversation.pairs, found, strict=True) if candidates}
    empty = [pair for pair in conversation.pairs if pair.places not in used]
    span = matching.span if matching is not None else conversation.span
    return _refuse_empty(empty, span, scope) if empty else found


def _refuse_empty(empty: Sequence[Pair], span: Span, scope: ProgramScope) -> Refusal:
    pairs = [f"{pair.source.name} to {pair.destination.name}" for pair in empty]
    return scope.report(
        "E0217",
        f"no packet can run from {listed(pairs, 3)}",
        span,
        help=("both ends need prefixes of one family (IPv4 or IPv6), and the match must leave something between them",),
    )


def _sharing(conversation: Conversation, requirements: Requirements, scope: ProgramScope) -> Sharing | Refusal:
    if requirements.lacks(_RATES):
        return requirements.refusal or Refusal.BROKEN
    return share(requirements.one(Rate), requirements.one(Promise), conversation, scope)


def is_too_much(requirements: Requirements, failures: Failures, scope: ProgramScope) -> bool:
    """Report `survive` lines that name more states than are looked at one by one; return whether there are any."""
    promise = requirements.one(Promise)
    if promise is None:
        return False
    sizes = [(line, failures.size(line.failures)) for line in promise.survive]
    too_large = [(line, size) for line, size in sizes if size > MOST_STATES]
    for line, size in too_large:
        scope.unsupported(
            f"surviving {size} states ({MOST_STATES} at most)",
            line.span,
            "name fewer failures at once, or those of a kind with fewer members",
        )
    return bool(too_large)


def is_cut_off(survivals: Sequence[Survival | None], requirements: Requirements, scope: ProgramScope) -> bool:
    """Report the ends that a promised failure would cut off; return whether there are any, and no waiver accepts it."""
    cuts = sorted({cut for survival in survivals if survival is not None and survival.cuts for cut in survival.cuts})
    promise = requirements.one(Promise)
    if not cuts or promise is None:
        return False
    nodes = sorted({node for cut in cuts for node in cut.nodes})
    states = sorted({cut.state for cut in cuts})
    scope.report(
        CUT_OFF,
        f"{listed(nodes)} would be cut off by a failure that has to be survived ({listed(states)})",
        _survive_span(promise),
        help=(_REPLICAS_HELP if all(line.is_except_access for line in promise.survive) else _ACCESS_HELP,),
        related=_places(nodes, scope),
    )
    return CUT_OFF not in {item.code for item in requirements.all(Waived)}


def first_cuts(name: str, conversation: Conversation, survivals: Sequence[Survival | None]) -> Iterator[CutEnd]:
    """Yield the first state, by id, that cuts an end of a pair off."""
    for pair, survival in zip(conversation.pairs, survivals, strict=True):
        if survival is not None and survival.cuts:
            first = min(survival.cuts)
            yield CutEnd(f"{name}/{pair.source.name}>{pair.destination.name}", first.state, first.nodes)


def _exclusions(requirements: Requirements) -> Iterator[Exclusion]:
    """Yield the hard exclusions in the order of their clauses, those of profiles first."""
    if not requirements.has_any(_EXCLUDING_ALL):
        return
    for item in requirements.requirements:
        if isinstance(item, _EXCLUDING):
            yield item.exclusion
        elif isinstance(item, AvoidedAll):
            yield from (avoided.exclusion for avoided in item.elements)


def _otherwise(requirements: Requirements) -> str:
    """Return what happens beyond the named states: a pinned or encrypted intent is dropped unless it says otherwise."""
    promise = requirements.one(Promise)
    if promise is not None and promise.otherwise is not None:
        return promise.otherwise
    return "drop" if requirements.one(Pinned) or requirements.one(Encrypted) else "best-effort"


def _survive_span(promise: Promise) -> Span:
    """Return the place of the survive lines, or of the clause when it names none."""
    first, last = promise.survive[0].span, promise.survive[-1].span
    return first.to(last) if first.file == last.file else promise.span


def _places(nodes: Sequence[str], scope: ProgramScope) -> list[Label]:
    return [Label(scope.topology.nodes[node].span, f"`{node}` has no other link") for node in nodes[:_SHOWN]]
