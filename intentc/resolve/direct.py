"""Intents that ask what most do, of one flow from one node to another: from their clauses to the demand in one step.

What comes out is what `draft` makes of them by way of conversations, candidates and shares; so that a program of ten thousand is not
taken apart and put together ten thousand times. All else, and whatever has something to be said of it, is left to that.
"""

from __future__ import annotations

from intentc.clauses.requirement import (
    Destinations,
    JitterBound,
    Labelled,
    LatencyBound,
    LossBound,
    Matching,
    OneWay,
    Promise,
    Rate,
    Sources,
    Treatment,
)
from intentc.language import ast
from intentc.resolve.end_model import End, Offer
from intentc.resolve.ends import only_end
from intentc.resolve.failures import Failures, Survival
from intentc.resolve.model import Candidate, Demand, FailoverRequirement, Flow, TrafficClass
from intentc.resolve.rates import default_burst, pool_of
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope

MOST_STATES = 100_000
_NOTHING = Survival((), ())
_NEEDED = (Sources, Destinations, OneWay, Rate)
_KINDS = frozenset[type]({*_NEEDED, Matching, Treatment, LatencyBound, JitterBound, LossBound, Promise, Labelled})


def demand_of(
    name: ast.Name,
    requirements: Requirements,
    traffic_class: TrafficClass | None,
    failures: Failures,
    scope: ProgramScope,
) -> Demand | None:
    """Return the only demand of an intent that asks what most do; None for any other one, of which nothing was found then."""
    if requirements.refusal is not None or traffic_class is None or not requirements.are_among(_KINDS):
        return None
    one = requirements.one
    sources, destinations, rate, latency = one(Sources), one(Destinations), one(Rate), one(LatencyBound)
    if sources is None or destinations is None or rate is None or one(OneWay) is None:
        return None
    if traffic_class.is_lossless or traffic_class.drops_early or (latency is not None and latency.is_round_trip):
        return None
    start, stop = only_end(sources.selection, scope), only_end(destinations.selection, scope)
    if start is None or stop is None or destinations.service is not None or rate.reverse_bps is not None:
        return None
    here, there = start.attachments[0], stop.attachments[0]
    flow = _flow(here.offers, there.offers, one(Matching))
    if flow is None or there.endpoint.site == start.place:
        return None
    promise, intent = one(Promise), name.text
    survival = _survival(promise, failures, start, stop)
    if survival is None or survival.cuts:
        return None
    jitter, loss, pool = one(JitterBound), one(LossBound), pool_of(rate.per or "source", start.place, stop.place)
    return Demand(
        f"{intent}/{start.name}>{stop.name}",
        intent,
        "forward",
        None,
        start.name,
        stop.name,
        (Candidate(here.endpoint, there.endpoint, (flow,), ()),),
        False,
        traffic_class.name,
        traffic_class.rank,
        None if latency is None else latency.bound_ns,
        None,
        rate.rate_bps > 0,
        rate.rate_bps,
        f"{intent}/{pool}",
        rate.rate_bps,
        rate.ceiling_bps,
        rate.burst_bytes or default_burst(rate.rate_bps),
        (),
        (),
        None if promise is None else _failover(promise, survival, latency, rate),
        "best-effort" if promise is None or promise.otherwise is None else promise.otherwise,
        0,
        name.span,
        requirements.spans,
        (),
        None if jitter is None else jitter.bound_ns,
        None if loss is None else loss.bound_ppb,
        services=stop.services,
    )


def _flow(starts: tuple[Offer, ...], stops: tuple[Offer, ...], matching: Matching | None) -> Flow | None:
    """Return the packets between two nodes where they are one flow."""
    if not (len(starts) == len(stops) == len(starts[0].texts) == len(stops[0].texts) == 1):
        return None
    (family, start), (other, stop) = starts[0].texts[0], stops[0].texts[0]
    if family != other:
        return None
    if matching is None:
        wanted = stops[0].ports
        return Flow(family, start, stop, wanted[0][0], None, wanted[0][1], None) if len(wanted) == 1 else None
    if len(matching.patterns) != 1 or matching.excepted:
        return None
    pattern = matching.patterns[0]
    if pattern.protocol is None or pattern.source is not None or pattern.destination is not None:
        return None
    return Flow(family, start, stop, pattern.protocol, None, pattern.ports, pattern.dscp)


def _survival(promise: Promise | None, failures: Failures, start: End, stop: End) -> Survival | None:
    """Return what two ends survive of what is promised; None of a promise with a rate of its own, a round trip, or states that are too many."""
    if promise is None:
        return _NOTHING
    if promise.rate is not None or (promise.latency is not None and promise.latency.is_round_trip):
        return None
    if any(failures.size(line.failures) > MOST_STATES for line in promise.survive):
        return None
    if promise.within_ns is None:
        return _NOTHING
    return failures.survival(promise.survive, start.nodes, stop.nodes, is_any_of=False)


def _failover(
    promise: Promise, survival: Survival, latency: LatencyBound | None, rate: Rate
) -> FailoverRequirement | None:
    """Return what is promised under failure, None where nothing is."""
    bound = promise.latency or latency
    if promise.within_ns is None:
        return None
    return FailoverRequirement(
        promise.within_ns,
        survival.states,
        None if bound is None else bound.bound_ns,
        rate.rate_bps,
        rate.rate_bps,
        promise.revert_ns,
        promise.span,
        None,
        promise.is_revert_written,
        (),
        promise.switches,
    )
