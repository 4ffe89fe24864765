"""What the clauses of one intent have to agree on among themselves."""

from __future__ import annotations

from intentc.clauses.requirement import (
    AvoidedAll,
    Exported,
    JitterBound,
    LatencyBound,
    LossBound,
    Mirrored,
    Overriding,
    Pinned,
    Promise,
    Refusal,
    Spreading,
    Waived,
    worst,
)
from intentc.diagnostics import Label
from intentc.resolve.end_model import Conversation
from intentc.resolve.model import TrafficClass
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope
from intentc.resolve.wording import listed

ABROAD = "E0406"
_SHOWN = 5  # places of a finding that has many
_SELDOM: frozenset[type] = frozenset({Pinned, Exported, Overriding, Mirrored})


def check_intent(
    requirements: Requirements, conversation: Conversation | Refusal, scope: ProgramScope
) -> Refusal | None:
    """Return a refusal if clauses of an intent contradict each other; what is only unwise is a warning."""
    _warn_of_unmetered_latency(requirements, scope)
    refusal = _check_seldom(requirements, scope) if requirements.has_any(_SELDOM) else None
    if isinstance(conversation, Refusal) or conversation.has_replies:
        return refusal
    return worst(
        refusal,
        _refuse_round_trip_without_replies(requirements, scope),
        _refuse_mirror_without_replies(requirements, scope),
    )


def _check_seldom(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    """Check the clauses that few intents have."""
    _warn_of_unknown_crossings(requirements, scope)
    return worst(
        _refuse_collector_abroad(requirements, scope),
        _refuse_self_override(requirements, scope),
        _refuse_spread_mirror(requirements, scope),
    )


def refuse_bounds_without_loss(
    requirements: Requirements, traffic_class: TrafficClass, scope: ProgramScope
) -> Refusal | None:
    """Refuse bounds on a lossless class: how long its senders are paused is for the receivers to say (IEEE 802.1Qbb)."""
    if not (traffic_class.is_lossless or traffic_class.drops_early):
        return None
    promise = requirements.one(Promise)
    bounds = (
        requirements.one(LatencyBound),
        requirements.one(JitterBound),
        requirements.one(LossBound),
        promise.latency if promise is not None else None,
    )
    bound = next((bound for bound in bounds if bound is not None), None)
    if bound is None or not traffic_class.is_lossless:
        return _refuse_loss_by_early_drop(requirements, traffic_class, scope)
    return scope.report(
        "E0233",
        f"the class `{traffic_class.name}` is lossless: it keeps no bound on latency, jitter or loss",
        bound.span,
        related=() if traffic_class.span is None else (Label(traffic_class.span, "the class"),),
        help=("leave the bound out, or give the intent a class that drops what it cannot hold",),
    )


def _refuse_loss_by_early_drop(
    requirements: Requirements, traffic_class: TrafficClass, scope: ProgramScope
) -> Refusal | None:
    """Refuse a bound on the loss of a class whose queues drop before they are full."""
    bound = requirements.one(LossBound)
    if bound is None or not traffic_class.drops_early:
        return None
    return scope.report(
        "E0236",
        f"queues of the class `{traffic_class.name}` drop early, so no loss can be bounded",
        bound.span,
        related=() if traffic_class.span is None else (Label(traffic_class.span, "the class"),),
        help=("leave the bound out, or give the class `drop low`",),
    )


def _refuse_round_trip_without_replies(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    promise = requirements.one(Promise)
    bounds = (requirements.one(LatencyBound), promise.latency if promise is not None else None)
    round_trip = next((bound for bound in bounds if bound is not None and bound.is_round_trip), None)
    if round_trip is None:
        return None
    return scope.report(
        "E0222",
        "there are no replies, so there is no round trip to bound",
        round_trip.span,
        help=("write the bound `one-way`",),
    )


def _refuse_mirror_without_replies(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    mirrored = requirements.all(Mirrored)
    if not mirrored:
        return None
    return scope.report(
        "E0222",
        "there are no replies that could take the same links",
        mirrored[0].span,
        help=("leave `symmetric` out, or let the traffic have replies (`from` and `to`, or `between`)",),
    )


def _refuse_spread_mirror(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    mirrored, spread = requirements.all(Mirrored), requirements.one(Spreading)
    if not mirrored or spread is None:
        return None
    return scope.report(
        "E0237",
        "`symmetric` asks for one path, `spread` for several",
        spread.span,
        related=(Label(mirrored[0].span, "one path both ways"),),
        help=("keep one of them",),
    )


def _warn_of_unmetered_latency(requirements: Requirements, scope: ProgramScope) -> None:
    bound = requirements.one(LatencyBound)
    if bound is not None and "bandwidth" not in requirements.spans:
        scope.report(
            "W0240",
            "without `bandwidth` only the propagation part of this bound is promised",
            bound.span,
            help=("commit a rate with `bandwidth`: queueing depends on how much is sent",),
        )


def _warn_of_unknown_crossings(requirements: Requirements, scope: ProgramScope) -> None:
    """Name the links that a pin leaves out only because nobody said what they cross."""
    for pinned in requirements.all(Pinned):
        links = [scope.topology.links[name] for name in pinned.unknown_links]
        if links:
            scope.report(
                "W0350",
                f"`{pinned.exclusion.text}` leaves out {listed([link.id for link in links])}:"
                " nobody said which regions they cross",
                pinned.exclusion.span,
                help=(
                    "write `crosses: []` at a link that stays within the regions of its ends, else name what it crosses",
                ),
                related=[Label(link.span, f"`{link.id}` says nothing of it") for link in links[:_SHOWN]],
            )


def _refuse_self_override(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    overriding = requirements.one(Overriding)
    if overriding is None or scope.owner not in overriding.intents:
        return None
    return scope.report("E0227", f"`{scope.owner}` cannot override itself", overriding.span, help=("leave it out",))


def _refuse_collector_abroad(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    """Measurements of a flow may go nowhere that the flow itself may not."""
    export = requirements.one(Exported)
    if export is None or export.collector is None:
        return None
    collector = scope.topology.collectors[export.collector]
    region = collector.region
    wrong = [
        pinned.exclusion
        for pinned in requirements.all(Pinned)
        if region is None or not any(scope.is_within(region, name) for name in pinned.regions)
    ]
    wrong += [
        avoided.exclusion
        for item in requirements.all(AvoidedAll)
        for avoided in item.elements
        if region is not None and any(scope.is_within(region, name) for name in avoided.regions)
    ]
    if not wrong:
        return None
    where = "nobody said where" if region is None else f"in `{region}`"
    refusal = scope.report(
        ABROAD,
        f"collector `{collector.name}` is {where}, against `{wrong[0].text}`",
        export.span,
        help=("export to a collector within the region, or leave `to` out and read the counters from the devices",),
        related=[
            Label(wrong[0].span, "the rule that holds for its measurements too"),
            Label(collector.span, "the collector"),
        ],
    )
    return None if ABROAD in {item.code for item in requirements.all(Waived)} else refusal
