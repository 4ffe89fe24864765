"""The chains as they are placed: how each budget is spent, from the figures of the demands as they are in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.realise.model import Realised, RealisedChain, RealisedDemand, RealisedStep, StateResult, WorstState
from intentc.resolve.chain_model import Chain, Leg
from intentc.values import frozen, replace

MISSED = "E0534"
_CHOSEN_OVER = frozenset({"E0530", "E0531", "E0532", "E0533"})  # said already, and waived


def with_chains(realised: Realised) -> Realised:
    """Return the same with the chains that are placed summed up."""
    kept = [chain for chain in realised.model.chains if chain.name not in realised.infeasible]
    return replace(realised, chains=tuple(_Sum(realised, chain).chain() for chain in kept))


def report_missed(realised: Realised, findings: Findings) -> list[str]:
    """Report the chains whose sums miss the budget, once each, and return the names of those that nobody waived."""
    waived = {(waiver.intent, waiver.code) for waiver in realised.model.waivers}
    declared = {(chain.name, chain.source_site): chain for chain in realised.model.chains}
    lost: dict[str, None] = {}
    for found in realised.chains:
        if _missing(found) and not any((found.name, code) in waived for code in _CHOSEN_OVER):
            if found.name not in lost:
                others = [item for item in realised.chains if item.name == found.name and item is not found]
                _report(declared[found.name, found.source_site], found, others, findings)
            lost[found.name] = None
    return [name for name in lost if (name, MISSED) not in waived]


@frozen
class _Spent:
    """What the steps of a chain take on the network in one state, by number, and where they go."""

    network_us: Mapping[int, int]
    legs: Mapping[int, Leg]


class _Sum:
    """The arithmetic of one chain."""

    def __init__(self, realised: Realised, chain: Chain) -> None:
        self._realised = realised
        self._chain = chain
        self._promised: dict[str, frozenset[str]] = {}
        self._replies = {
            item.demand.reply_to: item for item in realised.demands.values() if item.demand.reply_to is not None
        }
        promises = [item.demand.failover for item in realised.demands.values() if item.demand.intent == chain.name]
        states = (state for promise in promises if promise is not None for state in promise.states)
        self._down: dict[str | None, frozenset[str]] = {state.id: state.nodes for state in states}

    def chain(self) -> RealisedChain:
        """Return the chain with its steps in the normal state and the worst of the promised ones."""
        chain, normal = self._chain, self._spent(None)
        if normal is None:
            raise RuntimeError(f"`{chain.name}` from `{chain.source_site}` is not placed whole")
        slack = chain.slack_us(normal.network_us, chain.budget_us)
        return RealisedChain(
            name=chain.name,
            source_site=chain.source_site,
            budget_us=chain.budget_us,
            slack_us=chain.budget_us - chain.total_us(normal.network_us),
            steps=tuple(
                RealisedStep(
                    number=step.number,
                    calls=step.calls,
                    processing_us=step.processing_us,
                    destination=step.destination,
                    replica=self._replica(normal.legs[step.number]),
                    network_us=normal.network_us[step.number],
                    slack_us=slack[step.number],
                    demands=self._keys(normal.legs[step.number]),
                )
                for step in chain.steps
            ),
            worst=min(self._in_states(normal), key=lambda item: (item.slack_us, item.state), default=None),
        )

    def _in_states(self, normal: _Spent) -> Iterator[WorstState]:
        """Yield what is left in every promised state."""
        chain = self._chain
        keys = {leg.demand for step in chain.steps for leg in step.legs} & self._realised.demands.keys()
        placed = [item for key in keys if key is not None for item in (self._realised.demands[key], self._replies[key])]
        changed = {name for item in placed for result in item.states for name in result.when}
        for state in sorted({state for item in placed for state in self._kept(item)}):
            if state not in changed:
                is_promised = all(self._end_of(leg, state) is not None for leg in normal.legs.values())
                spent = normal if is_promised else None
            else:
                spent = self._spent(state)
            if spent is not None:
                yield WorstState(state, chain.failover_budget_us - chain.total_us(spent.network_us))

    def _spent(self, state: str | None) -> _Spent | None:
        legs = self._chain.follow(lambda leg: self._end_of(leg, state))
        if legs is None:
            return None
        times = {
            step.number: step.calls * sum(self._times(key, state)) if (key := legs[step.number].demand) else 0
            for step in self._chain.steps
        }
        return _Spent(times, legs)

    def _end_of(self, leg: Leg, state: str | None) -> str | None:
        """Return where requests end; None where the state is not promised, has no path, or takes down what is on the spot."""
        if leg.demand is None:
            return next((node for node in leg.landings if node not in self._down.get(state, ())), None)
        item = self._realised.demands.get(leg.demand)
        if item is None:
            return None
        if state is not None and any(state not in self._kept(one) for one in (item, self._replies[leg.demand])):
            return None
        moved = _result(item, state)
        return item.chosen.destination.node if moved is None else moved.destination

    def _kept(self, item: RealisedDemand) -> frozenset[str]:
        """Return the states that a demand is promised and has a path in."""
        key = item.demand.key
        if key not in self._promised:
            states = item.demand.failover.states if item.demand.failover is not None else ()
            self._promised[key] = frozenset(state.id for state in states) - set(item.unprotected)
        return self._promised[key]

    def _times(self, key: str, state: str | None) -> Iterator[int]:
        for item in (self._realised.demands[key], self._replies[key]):
            moved = _result(item, state)
            yield item.latency.total if moved is None else moved.latency.total

    def _replica(self, leg: Leg) -> str:
        node = self._end_of(leg, None)
        found = self._realised.model.topology.nodes[node or leg.sources[0]]
        return found.site or found.name

    def _keys(self, leg: Leg) -> tuple[str, ...]:
        return () if leg.demand is None else (leg.demand, self._replies[leg.demand].demand.key)


def _result(item: RealisedDemand, state: str | None) -> StateResult | None:
    return None if state is None else next((result for result in item.states if state in result.when), None)


def _missing(found: RealisedChain) -> int:
    """Return by how much the budget is missed, in the normal state or else in a promised one; 0 if it is kept."""
    if found.slack_us < 0:
        return -found.slack_us
    return max(0, -found.worst.slack_us) if found.worst is not None else 0


def _report(chain: Chain, found: RealisedChain, others: Sequence[RealisedChain], findings: Findings) -> None:
    state = found.worst.state if found.worst is not None and found.slack_us >= 0 else None
    budget = found.budget_us if state is None else chain.failover_budget_us
    missing, when = _missing(found), f" in `{state}`" if state is not None else ""
    steps = [
        Label(step.span, f"step {step.number} at `{item.replica}`: {_ms(item.network_us)} on the network normally")
        for step, item in zip(chain.steps, found.steps, strict=True)
    ]
    late = [item for item in others if _missing(item)]
    findings.add(
        Diagnostic(
            MISSED,
            f"`{chain.name}` from `{chain.source_site}` takes {_ms(missing + budget)}{when}, {_ms(missing)} above its"
            " budget, with the queueing that the placed load can cause"
            + (f" ({len(late) + 1} of {len(others) + 1} sources)" if others else ""),
            chain.budget_span if state is None else chain.failover_span or chain.budget_span,
            related=(
                *steps,
                *(Label(chain.span, f"`{item.source_site}` misses it by {_ms(_missing(item))}") for item in late),
            ),
            help=(f"`latency <= {_ms(missing + budget)}` can be kept from `{chain.source_site}`",),
            intent=chain.name,
            state=state,
        )
    )


def _ms(us: int) -> str:
    return f"{us / 1000:.3f}".rstrip("0").rstrip(".") + "ms"
