"""Chains: each step becomes a demand with its replies, each source site of the first step a chain with its own budget.

Steps with the same packets between the same nodes are one demand with one reservation, whichever steps and source sites
share it: the network cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from intentc.clauses.requirement import (
    LatencyBound,
    Promise,
    Rate,
    Refusal,
    Treatment,
    worst,
)
from intentc.language import ast
from intentc.resolve.chain_checks import check_chain
from intentc.resolve.chain_model import Chain, ChainStep, Leg
from intentc.resolve.checks import check_intent, refuse_bounds_without_loss
from intentc.resolve.classes import DEFAULT_CLASS
from intentc.resolve.demands import build_demands, survivals_of
from intentc.resolve.draft import Draft, ask, find_candidates, first_cuts, is_cut_off
from intentc.resolve.end_model import Conversation, End, Pair
from intentc.resolve.failures import Failures, Survival
from intentc.resolve.model import Candidate, Demand, TrafficClass
from intentc.resolve.overlaps import find_overlaps, make_part
from intentc.resolve.packets import example
from intentc.resolve.rates import Sharing, share
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope
from intentc.resolve.steps import ReadStep, read_steps, starts_of
from intentc.values import frozen, replace

ALIKE = "E0266"


@frozen
class ChainDraft:
    """A chain before it is weighed against the intents: its demands as a draft, and what it is for each source site."""

    draft: Draft
    chains: tuple[Chain, ...]


@frozen
class _Route:
    """A step from one of its starts, as a pair of ends that carry the names for its key."""

    step: ReadStep
    start: End
    pair: Pair


def draft_chain(
    chain: ast.Chain,
    requirements: Requirements,
    classes: Mapping[str, TrafficClass],
    failures: Failures,
    scope: ProgramScope,
) -> ChainDraft:
    """Return the draft of one chain; whatever its clauses and steps cannot mean together is a finding."""
    treatment = requirements.one(Treatment)
    traffic_class = classes.get(treatment.traffic_class if treatment is not None else DEFAULT_CLASS)
    steps = read_steps(chain, scope)
    refusal = worst(
        requirements.refusal,
        check_chain(chain, requirements, scope),
        check_intent(requirements, Refusal.BROKEN, scope),
        steps,
    )
    if traffic_class is not None:
        refusal = worst(refusal, refuse_bounds_without_loss(requirements, traffic_class, scope))
    if refusal is not None or isinstance(steps, Refusal) or traffic_class is None:
        return ChainDraft(Draft(chain, requirements, traffic_class, (), refusal or Refusal.BROKEN), ())
    return _Drafter(chain, requirements, traffic_class, failures, scope).draft(steps)


class _Drafter:
    """Makes the demands of one chain whose clauses and steps are sound."""

    def __init__(
        self,
        chain: ast.Chain,
        requirements: Requirements,
        traffic_class: TrafficClass,
        failures: Failures,
        scope: ProgramScope,
    ) -> None:
        self._chain = chain
        self._requirements = requirements
        self._class = traffic_class
        self._failures = failures
        self._scope = scope

    def draft(self, steps: Sequence[ReadStep]) -> ChainDraft:
        """Return the draft with its demands, or with what refuses it."""
        routes = _routes(steps)
        if not routes:
            return self._refused(
                self._scope.report(
                    "E0244",
                    "all traffic of this chain stays within one site",
                    self._chain.name.span,
                    help=("name ends at different sites",),
                )
            )
        candidates = find_candidates(_conversation(routes), self._requirements, self._scope)
        sharing = self._sharing(routes)
        if isinstance(candidates, Refusal) or isinstance(sharing, Refusal):
            return self._refused(worst(candidates, sharing) or Refusal.BROKEN)
        firsts = _firsts(routes, candidates)
        kept = sorted({id(route): route for route in firsts.values()}.values(), key=_key_of)
        refusal = self._refuse_namesakes(kept)
        if refusal is not None:
            return self._refused(refusal)
        survivals = self._survivals(kept)
        if is_cut_off(survivals, self._requirements, self._scope):
            cuts = tuple(first_cuts(self._chain.name.text, _conversation(kept), survivals))
            return ChainDraft(Draft(self._chain, self._requirements, self._class, (), None, cuts), ())
        demands = self._demands(kept, [_same(route, routes, candidates) for route in kept], sharing)
        refusal = self._refuse_alike(demands)
        if refusal is not None:
            return self._refused(refusal)
        keys = {
            (route.step.number, route.start.nodes[0]): f"{self._chain.name.text}/{_key_of(firsts[found])}"
            for route, found in zip(routes, candidates, strict=True)
        }
        chains = tuple(self._instance(steps, start, keys) for start in steps[0].starts)
        return ChainDraft(Draft(self._chain, self._requirements, self._class, demands, None), chains)

    def _refused(self, refusal: Refusal) -> ChainDraft:
        return ChainDraft(Draft(self._chain, self._requirements, self._class, (), refusal), ())

    def _sharing(self, routes: Sequence[_Route]) -> Sharing | Refusal:
        """Return how rates are shared; each step is a conversation of its own, and what holds for one holds for all."""
        if self._requirements.lacks({"bandwidth": Rate, "failover": Promise}):
            return self._requirements.refusal or Refusal.BROKEN
        _, first = next(groupby(routes, key=lambda route: route.step.number))
        rate, promise = self._requirements.one(Rate), self._requirements.one(Promise)
        return share(rate, promise, _conversation(tuple(first)), self._scope)

    def _demands(
        self, routes: Sequence[_Route], candidates: Sequence[tuple[Candidate, ...]], sharing: Sharing
    ) -> tuple[Demand, ...]:
        """Return the demands: all clauses but the latency, which is the budget's, and a pool of their own each."""
        name, conversation = self._chain.name, _conversation(routes)
        asked = ask(name, self._requirements, conversation, candidates, traffic_class=self._class, sharing=sharing)
        promise = None if asked.promise is None else replace(asked.promise, latency=None)
        made = build_demands(replace(asked, latency=None, promise=promise), self._survivals(routes))
        by_key = {f"{name.text}/{_key_of(route)}": route for route in routes}
        return tuple(_of_step(demand, by_key[demand.reply_to or demand.key], sharing) for demand in made)

    def _survivals(self, routes: Sequence[_Route]) -> list[Survival | None]:
        return survivals_of(_conversation(routes).pairs, self._requirements.one(Promise), self._failures)

    def _refuse_namesakes(self, routes: Sequence[_Route]) -> Refusal | None:
        """Refuse steps between ends of one name with different packets: a set of nodes stands for another part of a site."""
        for _, group in groupby(routes, key=_key_of):
            one, *others = sorted(group, key=lambda route: route.step.number)
            if others:
                return self._alike(one.step.number, others[0].step, f"run from `{one.pair.source.name}`")
        return None

    def _refuse_alike(self, demands: Sequence[Demand]) -> Refusal | None:
        """Refuse steps that share some packets but not all: the network could not tell which of them a packet is for."""
        parts = [make_part(demand.key, (demand,), is_reply=demand.reply_to is not None) for demand in demands]
        overlaps = find_overlaps(parts)
        if not overlaps:
            return None
        (one, other), witness = min(overlaps.items(), key=lambda item: item[0])
        return self._scope.report(
            ALIKE,
            f"`{parts[one].intent}` and `{parts[other].intent}` cannot be told apart: both match"
            f" {example(witness.family, witness.box)} entering at `{witness.ingress}`",
            self._chain.name.span,
            help=("give the services prefixes or ports of their own, so that each packet belongs to one step",),
        )

    def _alike(self, number: int, step: ReadStep, what: str) -> Refusal:
        return self._scope.report(
            ALIKE,
            f"steps {number} and {step.number} both {what} to `{step.stop_name}`, each with other packets",
            step.span,
            help=("declare a `service` for what each of them calls, and name that",),
        )

    def _instance(self, steps: Sequence[ReadStep], start: End, keys: Mapping[tuple[int, str], str]) -> Chain:
        bound, promise = self._requirements.one(LatencyBound), self._requirements.one(Promise)
        if bound is None:
            raise ValueError("a chain without a budget was refused before")
        is_promised = promise is not None and promise.within_ns is not None
        after = promise.latency if promise is not None and promise.latency is not None else bound
        return Chain(
            name=self._chain.name.text,
            source_site=start.name,
            sources=start.nodes,
            budget_ns=bound.bound_ns,
            failover_budget_ns=after.bound_ns if is_promised else None,
            steps=tuple(_step(step, start.name, keys) for step in steps),
            span=self._chain.name.span,
            budget_span=bound.span,
            failover_span=promise.span if promise is not None and is_promised else None,
        )


def _routes(steps: Sequence[ReadStep]) -> list[_Route]:
    """Return every step from every end where it may start, unless it is served on the spot, in order."""
    found: list[_Route] = []
    for step in steps:
        starts = {end.name: end for first in steps[0].starts for end in starts_of(step, first.name)}
        for name in sorted(starts):
            start = starts[name]
            if not step.served_at(start):
                source = replace(start, name=step.start_name(start))
                found.append(_Route(step, start, Pair(source, replace(step.stop, name=step.stop_name))))
    return found


def _conversation(routes: Iterable[_Route]) -> Conversation:
    kept = tuple(routes)
    return Conversation(tuple(route.pair for route in kept), is_between=False, has_replies=True, span=kept[0].step.span)


def _firsts(
    routes: Sequence[_Route], candidates: Sequence[tuple[Candidate, ...]]
) -> dict[tuple[Candidate, ...], _Route]:
    """Return for each set of packets the first route with it: it gives the demand its name."""
    found: dict[tuple[Candidate, ...], _Route] = {}
    for route, packets in zip(routes, candidates, strict=True):
        found.setdefault(packets, route)
    return found


def _same(
    route: _Route, routes: Sequence[_Route], candidates: Sequence[tuple[Candidate, ...]]
) -> tuple[Candidate, ...]:
    return next(found for other, found in zip(routes, candidates, strict=True) if other is route)


def _key_of(route: _Route) -> str:
    return f"{route.pair.source.name}>{route.pair.destination.name}"


def _of_step(demand: Demand, route: _Route, sharing: Sharing) -> Demand:
    """Return a demand as that of a step: `total` is shared by the sources of a step, any other rate by nobody."""
    forward = f"{demand.intent}/*>{route.pair.destination.name}" if sharing.per == "total" else demand.reply_to
    pool = (forward or demand.key) + ("/reply" if demand.reply_to is not None else "")
    return replace(demand, step=route.step.services, pool=pool)


def _step(step: ReadStep, site: str, keys: Mapping[tuple[int, str], str]) -> ChainStep:
    return ChainStep(
        number=step.number,
        stage=step.stage,
        calls=step.calls,
        processing_ns=step.calls * step.processing_ns,
        destination=step.stop_name,
        origin=step.origin,
        legs=tuple(_legs(step, site, keys)),
        span=step.span,
    )


def _legs(step: ReadStep, site: str, keys: Mapping[tuple[int, str], str]) -> Iterator[Leg]:
    for start in starts_of(step, site):
        served = step.served_at(start)
        yield Leg(start.nodes, None if served else keys[step.number, start.nodes[0]], served)
