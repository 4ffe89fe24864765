"""`transfer S within T`: the rate and the latency bound by which a piece of that size gets through in time."""

from __future__ import annotations

from intentc.clauses.requirement import BulkTransfer, LatencyBound, Promise, Rate, Refusal, worst
from intentc.diagnostics import Label
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope

_SHARE = 10  # of the time that the latency may take where nobody bounds it
_MOST_NS = 1_000_000_000
_NS_BITS = 8 * 1_000_000_000


def with_transfer(requirements: Requirements, scope: ProgramScope) -> Requirements:
    """Return the requirements with the rate of a transfer as if it were written, and a latency bound where there is none.

    What is left of the time after the latency, and after the interruption that `failover within` allows, is for the piece:
    the bound is one-way, a written round trip counts whole. A rate beside it is E0234, no time left E0235.
    """
    transfer = requirements.one(BulkTransfer)
    if transfer is None:
        return requirements
    promise, bound = requirements.one(Promise), requirements.one(LatencyBound)
    refusal = worst(requirements.refusal, _refuse_second_rate(requirements, transfer, scope))
    latency_ns = bound.bound_ns if bound is not None else min(transfer.within_ns // _SHARE, _MOST_NS)
    taken_ns = latency_ns
    if promise is not None and promise.within_ns is not None:
        taken_ns = max(latency_ns, promise.latency.bound_ns if promise.latency is not None else 0) + promise.within_ns
    left_ns = transfer.within_ns - taken_ns
    if left_ns <= 0:
        refusal = worst(refusal, _refuse_hurry(transfer, promise, scope))
    rate_bps = -(-transfer.size_bytes * _NS_BITS // max(left_ns, 1))
    rate = Rate(rate_bps, None, "pair", None, None, transfer.span, is_one_way=True)
    own = () if bound is not None else (LatencyBound(latency_ns, False, transfer.span),)
    spans = {"latency": transfer.span, "bandwidth": transfer.span, **requirements.spans}
    kept = tuple(item for item in requirements.requirements if not isinstance(item, Rate))
    return Requirements((*kept, rate, *own), spans, refusal)


def _refuse_second_rate(requirements: Requirements, transfer: BulkTransfer, scope: ProgramScope) -> Refusal | None:
    promise = requirements.one(Promise)
    for rate in (requirements.one(Rate), promise.rate if promise is not None else None):
        if rate is not None:
            return scope.report(
                "E0234",
                "`transfer` says how much is committed, so `bandwidth` cannot say it as well",
                rate.span,
                related=(Label(transfer.span, "the transfer"),),
                help=("keep one of them, or make them two intents with a `match` each",),
            )
    return None


def _refuse_hurry(transfer: BulkTransfer, promise: Promise | None, scope: ProgramScope) -> Refusal:
    is_interrupted = promise is not None and promise.within_ns is not None
    return scope.report(
        "E0235",
        "no time is left for the piece after the latency"
        + (" and the interruption by a failure" if is_interrupted else ""),
        transfer.span,
        related=(Label(promise.span, "traffic may be interrupted for so long"),) if promise and is_interrupted else (),
        help=("allow more time, or less latency" + (" and a shorter `failover within`" if is_interrupted else ""),),
    )
