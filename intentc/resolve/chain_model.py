"""What chains ask: steps with the demands that carry them, and one budget over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intentc.diagnostics import Span
from intentc.values import frozen, replace

_NS_PER_US = 1000


@frozen
class StepEnds:
    """The services that a chain's demand runs between, requests first; None where an end is a site with all it has."""

    source: str | None
    destination: str | None


@frozen
class Leg:
    """A step from one end where it may start, whichever of its nodes `sources` carries: over the forward demand `demand`, or
    (None) served on the spot, at the first of `landings` that is up.
    """

    sources: tuple[str, ...]
    demand: str | None
    landings: tuple[str, ...] = ()


@frozen
class ChainStep:
    """A request and its reply, `calls` times in sequence, and `processing_ns` of all calls together.

    Steps with one `stage` run side by side, stages one after the other. `origin` is the number of the earlier step at
    whose landing this one starts; None: it has one leg, whose end is fixed.
    """

    number: int
    stage: int
    calls: int
    processing_ns: int
    destination: str
    origin: int | None
    legs: tuple[Leg, ...]
    span: Span

    @property
    def processing_us(self) -> int:
        """Return the processing time, rounded up."""
        return -(-self.processing_ns // _NS_PER_US)

    def leg_from(self, source: str) -> Leg:
        """Return the leg that starts at the end that a node is one of."""
        return next(leg for leg in self.legs if source in leg.sources)


@frozen
class Chain:
    """One chain as it runs for one source site, from its nodes `sources`.

    The sum over the stages keeps `budget_ns` in the normal state and `failover_budget_ns` in every promised one (None:
    nothing is promised under failure); of the steps of one stage the slowest counts.
    """

    name: str
    source_site: str
    sources: tuple[str, ...]
    budget_ns: int
    failover_budget_ns: int | None
    steps: tuple[ChainStep, ...]
    span: Span
    budget_span: Span
    failover_span: Span | None

    @property
    def budget_us(self) -> int:
        """Return the budget of the normal state, rounded down."""
        return self.budget_ns // _NS_PER_US

    @property
    def failover_budget_us(self) -> int:
        """Return the budget under failure, rounded down; without a promise that of the normal state."""
        return (self.budget_ns if self.failover_budget_ns is None else self.failover_budget_ns) // _NS_PER_US

    def follow(self, end_of: Callable[[Leg], str | None]) -> Mapping[int, Leg] | None:
        """Return the leg of each step, by number, in one state of the network.

        `end_of` gives the node where requests over a leg end in that state; where it knows none for a leg that is needed,
        the chain is promised nothing in that state, and there is no answer.
        """
        legs: dict[int, Leg] = {}
        ends: dict[int, str] = {}
        for step in self.steps:
            leg = step.legs[0] if step.origin is None else step.leg_from(ends[step.origin])
            end = end_of(leg)
            if end is None:
                return None
            legs[step.number], ends[step.number] = leg, end
        return legs

    def total_us(self, network_us: Mapping[int, int]) -> int:
        """Return the sum over the stages of the slowest step in each; `network_us` is what each step's calls take in all."""
        slowest: dict[int, int] = {}
        for step in self.steps:
            cost = network_us[step.number] + step.processing_us
            slowest[step.stage] = max(slowest.get(step.stage, 0), cost)
        return sum(slowest.values())

    def slack_us(self, network_us: Mapping[int, int], budget_us: int) -> dict[int, int]:
        """Return by how much each step, for itself, could take longer within the budget."""
        total = self.total_us(network_us)
        cost = {step.number: network_us[step.number] + step.processing_us for step in self.steps}
        slowest = {
            step.stage: max(cost[other.number] for other in self.steps if other.stage == step.stage)
            for step in self.steps
        }
        return {step.number: budget_us - total + slowest[step.stage] - cost[step.number] for step in self.steps}

    def hosting(self, number: int) -> Chain | None:
        """Return the chain as it would be if the destination of a step answered at the source site as well.

        None where that changes nothing, or a later step would start there, of whose way nothing is known.
        """
        step = next(item for item in self.steps if item.number == number)
        own = set(self.sources)
        is_followed = any(
            item.origin == number and all(own.isdisjoint(leg.sources) for leg in item.legs) for item in self.steps
        )
        if is_followed or all(own.isdisjoint(leg.sources) or leg.demand is None for leg in step.legs):
            return None
        legs = tuple(
            leg if own.isdisjoint(leg.sources) else replace(leg, demand=None, landings=self.sources)
            for leg in step.legs
        )
        steps = tuple(replace(item, legs=legs) if item is step else item for item in self.steps)
        return replace(self, steps=steps)
