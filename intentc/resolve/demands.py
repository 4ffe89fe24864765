"""Demands: one per pair of ends and direction, with all that holds for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.clauses.requirement import JitterBound, LatencyBound, LossBound, Promise
from intentc.diagnostics import Span
from intentc.resolve.end_model import Conversation, Pair
from intentc.resolve.failures import Failures, Survival
from intentc.resolve.flows import reversed_candidate
from intentc.resolve.model import Candidate, Demand, Exclusion, FailoverRequirement, Preference, TrafficClass, Waypoint
from intentc.resolve.rates import Commitment, Sharing
from intentc.values import frozen


@frozen
class Asked:
    """Everything that the demands of one intent have in common. `candidates` are those of each pair, forward."""

    intent: str
    span: Span
    spans: Mapping[str, Span]
    conversation: Conversation
    candidates: Sequence[tuple[Candidate, ...]]
    traffic_class: TrafficClass
    latency: LatencyBound | None
    jitter: JitterBound | None
    loss: LossBound | None
    sharing: Sharing
    exclusions: tuple[Exclusion, ...]
    via: tuple[Waypoint, ...]
    promise: Promise | None
    otherwise: str
    goal: str
    is_spread: bool = False
    is_symmetric: bool = False
    preferences: tuple[Preference, ...] = ()


def build_demands(asked: Asked, survivals: Sequence[Survival | None]) -> Iterator[Demand]:
    """Yield the demands of an intent: each forward one, followed by its reply. `survivals` says what each pair survives."""
    for pair, candidates, survival in zip(asked.conversation.pairs, asked.candidates, survivals, strict=True):
        key = f"{asked.intent}/{pair.source.name}>{pair.destination.name}"
        yield _demand(
            asked,
            pair,
            key=key,
            reply_to=None,
            candidates=candidates,
            commitment=asked.sharing.forward(asked.intent, pair),
            survival=survival,
        )
        if asked.conversation.has_replies:
            yield _demand(
                asked,
                pair,
                key=f"{key}/reply",
                reply_to=key,
                candidates=tuple(reversed_candidate(candidate) for candidate in candidates),
                commitment=asked.sharing.reply(asked.intent, pair),
                survival=survival,
            )


def survivals_of(pairs: Sequence[Pair], promise: Promise | None, failures: Failures) -> list[Survival | None]:
    """Return what each pair survives, or None for each when nothing is promised."""
    if promise is None or promise.within_ns is None:
        return [None] * len(pairs)
    lines, find = promise.survive, failures.survival
    return [
        find(lines, pair.source.nodes, pair.destination.nodes, is_any_of=pair.destination.is_any_of) for pair in pairs
    ]


def _demand(
    asked: Asked,
    pair: Pair,
    *,
    key: str,
    reply_to: str | None,
    candidates: tuple[Candidate, ...],
    commitment: Commitment,
    survival: Survival | None,
) -> Demand:
    is_reply = reply_to is not None
    source, destination = (pair.destination, pair.source) if is_reply else (pair.source, pair.destination)
    one_way, round_trip = _bounds(asked.latency)
    return Demand(
        key=key,
        intent=asked.intent,
        direction="reverse" if is_reply else "forward",
        reply_to=reply_to,
        source_site=source.name,
        destination_name=destination.name,
        candidates=candidates,
        is_any_of=pair.destination.is_any_of,
        traffic_class=asked.traffic_class.name,
        rank=asked.traffic_class.rank,
        bound_ns=one_way,
        rtt_bound_ns=round_trip,
        has_bandwidth=commitment.is_written,
        bandwidth_bps=commitment.rate_bps,
        pool=commitment.pool,
        pool_bps=commitment.rate_bps,
        ceiling_bps=commitment.ceiling_bps,
        burst_bytes=commitment.burst_bytes,
        exclusions=asked.exclusions,
        via=asked.via[::-1] if is_reply else asked.via,
        failover=_failover(asked, commitment, survival),
        otherwise=asked.otherwise,
        precedence=0,  # given when all intents are known
        span=asked.span,
        clause_spans=asked.spans,
        jitter_ns=None if asked.jitter is None else asked.jitter.bound_ns,
        loss_ppb=None if asked.loss is None else asked.loss.bound_ppb,
        goal=asked.goal,
        is_spread=asked.is_spread,
        services=() if is_reply else pair.destination.services,
        is_symmetric=asked.is_symmetric,
        preferences=asked.preferences,
    )


def _bounds(latency: LatencyBound | None) -> tuple[int | None, int | None]:
    """Return the one-way and the round-trip bound; a clause sets one of them."""
    if latency is None:
        return None, None
    return (None, latency.bound_ns) if latency.is_round_trip else (latency.bound_ns, None)


def _failover(asked: Asked, commitment: Commitment, survival: Survival | None) -> FailoverRequirement | None:
    promise = asked.promise
    if promise is None or promise.within_ns is None or survival is None:
        return None
    one_way, round_trip = _bounds(promise.latency or asked.latency)
    return FailoverRequirement(
        within_ns=promise.within_ns,
        states=survival.states,
        bound_ns=one_way,
        bandwidth_bps=commitment.failover_bps,
        pool_bps=commitment.failover_bps,
        revert_ns=promise.revert_ns,
        span=promise.span,
        rtt_bound_ns=round_trip,
        is_revert_written=promise.is_revert_written,
        cut=tuple([cut.state for cut in survival.cuts]) if survival.cuts else (),
        switches=promise.switches,
    )
