"""The joint choice of replicas and paths for all steps of a chain, by limits that follow from what went wrong.

A round places every step by the normal rules within its limits. Where that fails, at least one of a few further limits
holds in every solution (another replica, less time for one direction, an arc left to another step), so that going
through all of them, the fewest limits first, misses none: exact for the normal state, up to `MOST_ROUNDS`. Each round takes the
combination of replicas with the least possible total first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.causes import Cause
from intentc.place.chain_bounds import Bounds
from intentc.place.chain_desk import Blocked, Desk, Entry, bans_for
from intentc.place.chain_tasks import ChainTask, Limits, Option
from intentc.place.intents import Clerk
from intentc.place.roles import Ends
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.resolve.chain_model import Chain, ChainStep, Leg
from intentc.values import frozen

MOST_ROUNDS = 400


@frozen
class Overrun:
    """A budget that a round missed: in which state, what each step's calls took, over which legs, and where they ended."""

    chain: Chain
    outage: Outage
    network_us: Mapping[int, int]
    legs: Mapping[int, Leg]
    ends: Mapping[int, str]

    @property
    def budget_us(self) -> int:
        return self.chain.budget_us if self.outage is NORMAL else self.chain.failover_budget_us

    @property
    def total_us(self) -> int:
        return self.chain.total_us(self.network_us)


@frozen
class Sought:
    """What a search came to: trials in the books, or (None) what stood in the way of the first round.

    `has_given_up`: not everything was tried, so that nothing is proven. `rounds`: how much was.
    """

    trials: tuple[Trial, ...] | None
    overrun: Overrun | None = None
    causes: tuple[Cause, ...] = ()
    has_given_up: bool = False
    rounds: int = 0


@frozen
class _Failure:
    """Why a round failed, and the limits of which every solution keeps one set, the most promising first.

    `is_exact` False: a solution may do without, as only what devices make of failure states was in the way.
    """

    branches: list[Limits]
    overrun: Overrun | None = None
    causes: tuple[Cause, ...] = ()
    is_exact: bool = True


def search(item: ChainTask, bounds: Bounds, clerk: Clerk, *, is_bounded: bool) -> Sought:
    """Place all steps of all chains of one name, or none; `is_bounded` False: whatever their budgets are."""
    return _Search(item, bounds, clerk, is_bounded=is_bounded).run()


def _is_normal(failure: _Failure) -> bool:
    """Return whether a round failed for the budget of the normal state."""
    return failure.overrun is not None and failure.overrun.outage is NORMAL


class _Search:
    def __init__(self, item: ChainTask, bounds: Bounds, clerk: Clerk, *, is_bounded: bool) -> None:
        self._context = bounds.context
        self._item = item
        self._bounds = bounds
        self._cause = clerk.cause
        self._desk = Desk(bounds.context, item, clerk.may_lack)
        self._is_bounded = is_bounded

    def run(self) -> Sought:
        pending, seen, first, rounds, is_exact = deque([Limits()]), {Limits()}, None, 0, True
        while pending and rounds < MOST_ROUNDS:
            rounds += 1
            failure = self._round(pending.popleft())
            if failure is None:
                return Sought(tuple(self._desk.trials()))
            is_exact = is_exact and failure.is_exact
            if first is None or (_is_normal(first) and not _is_normal(failure)):
                first = failure  # what is in the way when the normal state is well is worth more to know
            fresh = [item for item in dict.fromkeys(failure.branches) if item not in seen]
            seen.update(fresh)
            pending += fresh
        self._desk.clear(0)
        found = first or _Failure([])
        return Sought(None, found.overrun, found.causes, bool(pending) or not is_exact, rounds)

    def _round(self, limits: Limits) -> _Failure | None:
        """Place everything within the limits; None when all of it holds."""
        self._desk.begin()
        for chain in self._item.chains:
            failure = self._place_chain(chain, limits)
            if failure is not None:
                return failure
        self._desk.clear()
        return None

    # -- one chain ----------------------------------------------------------------------------------------------------

    def _place_chain(self, chain: Chain, limits: Limits) -> _Failure | None:
        placed = self._desk.entries
        fixed = {key: Option(entry.option.group, entry.ends[0], entry.ends[1:]) for key, entry in placed.items()}
        best = self._bounds.best(chain, limits, fixed)
        if best is None or (self._is_bounded and best.total_us > chain.budget_us):
            # Only other replicas for what this chain shares with those before it can help.
            keys = {leg.demand for step in chain.steps for leg in step.legs}
            return _Failure([limits.shun((key, *placed[key].ends)) for key in sorted(fixed) if key in keys])
        for step in chain.steps:
            for leg in self._needed(chain, step):
                if leg.demand is None or leg.demand in self._desk.entries:
                    continue
                option = best.choices.get(leg.demand) or self._stand_in(leg.demand, limits)
                if option is None:
                    return _Failure([], is_exact=False)
                made = self._desk.put(leg.demand, option, limits)
                if not isinstance(made, Entry):
                    return self._blocked(leg.demand, option, made, limits)
        return self._check(chain, limits) if self._is_bounded else None

    def _stand_in(self, key: str, limits: Limits) -> Option | None:
        """Return the choice for a demand that is needed in failure states alone: the fastest."""
        options = self._bounds.options(key, limits)
        timed = [
            (us, at)
            for at, option in enumerate(options)
            for node in option.nodes
            if (us := self._bounds.round_trip_us(key, Ends(option.group, option.start), node)) is not None
        ]
        return options[min(timed)[1]] if timed else None

    def _needed(self, chain: Chain, step: ChainStep) -> list[Leg]:
        """Return the legs of a step that the chain takes in any state, the normal one's first; all before it are placed."""
        taken = [self._leg(chain, step, outage) for outage in (NORMAL, *self._states(chain))]
        normal, *others = dict.fromkeys(leg for leg in taken if leg is not None)
        return [normal, *sorted(others, key=lambda leg: leg.sources)]

    def _leg(self, chain: Chain, step: ChainStep, outage: Outage) -> Leg | None:
        """Return the leg that a step takes in a state; None where an earlier step is not promised that state."""
        earlier = {item.number: item for item in chain.steps}
        trail = [step]
        while trail[-1].origin is not None:
            trail.append(earlier[trail[-1].origin])
        leg = trail[-1].legs[0]
        for item in reversed(trail[:-1]):
            end = self._end_of(leg, outage)
            if end is None:
                return None
            leg = item.leg_from(end)
        return leg

    def _end_of(self, leg: Leg, outage: Outage) -> str | None:
        """Return where requests end; None where the state is not promised, has no path, or takes down what is on the spot."""
        network = self._context.network
        if leg.demand is None:
            return next((name for name in leg.landings if network.node_index.get(name) not in outage.nodes), None)
        entry = self._desk.entries.get(leg.demand)
        if entry is None or (outage is not NORMAL and outage not in entry.promised):
            return None
        return network.nodes[entry.landing(outage)]

    def _states(self, chain: Chain) -> list[Outage]:
        """Return the failure states in which anything changes for a chain, in the order of their names."""
        entries = self._desk.entries
        keys = {leg.demand for step in chain.steps for leg in step.legs} & entries.keys()
        found = {outage for key in keys if key is not None for outage in entries[key].changes}
        return sorted(found, key=lambda outage: outage.name)

    # -- what went wrong ----------------------------------------------------------------------------------------------

    def _check(self, chain: Chain, limits: Limits) -> _Failure | None:
        """Return the first state in which the budget is missed, with the ways to keep it."""
        normal = self._spent(chain, NORMAL)
        if normal is None:
            raise RuntimeError(f"`{chain.name}` from `{chain.source_site}` is not placed whole")
        budget = chain.budget_us if chain.failover_budget_ns is None else min(chain.budget_us, chain.failover_budget_us)
        if normal.total_us > budget:
            return _Failure(list(self._savings(normal, normal.total_us - budget, limits)), normal)
        for outage in self._states(chain):
            spent = self._spent(chain, outage)
            if spent is not None and spent.total_us > spent.budget_us:
                ways = self._savings(spent, spent.total_us - spent.budget_us, limits)
                return _Failure(list(ways), spent, is_exact=False)
        return None

    def _spent(self, chain: Chain, outage: Outage) -> Overrun | None:
        legs = chain.follow(lambda leg: self._end_of(leg, outage))
        if legs is None:
            return None
        entries = self._desk.entries
        network_us = {
            step.number: step.calls * sum(entries[key].latencies_us(outage)) if (key := legs[step.number].demand) else 0
            for step in chain.steps
        }
        ends = {number: self._end_of(leg, outage) or "" for number, leg in legs.items()}
        return Overrun(chain, outage, network_us, legs, ends)

    def _savings(self, spent: Overrun, missing_us: int, limits: Limits) -> Iterator[Limits]:
        """Yield limits that every solution keeps one of: less time for one direction of the slowest steps, or other replicas.

        First all at once as far as needed: the direction with the most to save gives first.
        """
        givers = sorted(
            self._givers(spent), key=lambda giver: (-giver.most_us, giver.step.number, giver.task.demand.key)
        )
        left, caps = missing_us, []
        for giver in givers:
            if left > 0 and giver.most_us:
                each = min(giver.latency_us - giver.least_us, -(-left // giver.step.calls))
                caps.append((giver.task.demand.key, giver.outage, giver.latency_us - each))
                left -= each * giver.step.calls
        if left <= 0:
            yield limits.cap(*caps)
        yield from self._others(spent, limits)
        for giver in givers:
            if giver.most_us:
                yield limits.cap((giver.task.demand.key, giver.outage, giver.latency_us - 1))

    def _givers(self, spent: Overrun) -> Iterator[_Giver]:
        cost = {step.number: spent.network_us[step.number] + step.processing_us for step in spent.chain.steps}
        slowest: dict[int, int] = {}
        for step in spent.chain.steps:
            if cost[step.number] > cost.get(slowest.get(step.stage, 0), -1):
                slowest[step.stage] = step.number
        for step in spent.chain.steps:
            key = spent.legs[step.number].demand
            if slowest[step.stage] == step.number and key is not None:
                entry = self._desk.entries[key]
                yield from self._directions(step, entry, spent.outage)

    def _directions(self, step: ChainStep, entry: Entry, outage: Outage) -> Iterator[_Giver]:
        node, start = entry.landing(outage), entry.start(outage)
        group = next(index for index, group in enumerate(entry.forward.task.groups) if node in group.accepted)
        there = self._bounds.forward(entry.key, Ends(group, start), node, outage)
        routes = (there, self._bounds.reply(entry.key, node, outage))
        for trial, us, route in zip(entry.trials, entry.latencies_us(outage), routes, strict=True):
            # What goes as normally is made faster by another path in the normal state.
            state = outage if outage in trial.states else NORMAL
            yield _Giver(step, trial.task, state, us, min(route.latency_us, us) if route is not None else us)

    def _others(self, spent: Overrun, limits: Limits) -> Iterator[Limits]:
        """Yield another replica, or another router of the source, for each demand that has one; under failure another end first."""
        for leg in spent.legs.values() if spent.outage is not NORMAL else ():
            if leg.demand is not None and spent.outage in self._desk.entries[leg.demand].forward.states:
                landing = self._desk.entries[leg.demand].landing(spent.outage)
                yield limits.close((leg.demand, spent.outage, landing))
        for key in dict.fromkeys(leg.demand for leg in spent.legs.values()):
            if key is not None:
                yield from self._elsewhere(key, [self._desk.entries[key].ends], limits)

    def _elsewhere(self, key: str, ends: Sequence[tuple[int, int]], limits: Limits) -> Iterator[Limits]:
        further = limits.shun(*((key, start, node) for start, node in ends))
        if self._bounds.options(key, further):
            yield further

    def _blocked(self, key: str, option: Option, blocked: Blocked, limits: Limits) -> _Failure:
        """Return the ways out for a demand that found no path: other replicas, or arcs that other directions leave to it."""
        tasks, closed = self._item.by_key[key].tasks, [item for item in blocked.landings if item[0] is not NORMAL]
        homes = [node for outage, node in blocked.landings if outage is NORMAL]
        ends = [(option.start, node) for node in homes or option.nodes]
        trials = [trial for entry in self._desk.entries.values() for trial in entry.trials]
        bans = [ban for task in tasks for trial in trials for ban in bans_for(self._context, trial, task)]
        ways = [limits.ban(ban) for ban in (*bans, *blocked.own_bans)]
        ways += [limits.close(*((key, outage, node) for outage, node in closed))] if closed else []
        causes = tuple(self._cause(setback) for setback in blocked.setbacks) if limits == Limits() else ()
        elsewhere = self._elsewhere(key, ends, limits)
        return _Failure([*elsewhere, *ways], causes=causes, is_exact=blocked.is_proven)


@frozen
class _Giver:
    """A direction of a step that may become faster in a state: its time now, and the least it could take."""

    step: ChainStep
    task: Task
    outage: Outage
    latency_us: int
    least_us: int

    @property
    def most_us(self) -> int:
        return (self.latency_us - self.least_us) * self.step.calls
