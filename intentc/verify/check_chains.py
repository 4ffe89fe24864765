"""Whether the chains of a manifest are those of the sources, and keep their budgets in every promised state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.manifest.model import ChainEntry, StateEntry
from intentc.values import frozen
from intentc.verify.case import Case, World
from intentc.verify.chains import Instance, Leg, ReadChain, Step
from intentc.verify.check_states import claimed

_ROLL, _SUM, _BUDGET, _DEMANDS = "E0590", "E0591", "E0592", "E0564"
_WAIVED = frozenset({"E0530", "E0531", "E0532", "E0533", "E0534"})
_CASE_PAIR = 2


def check_chains(world: World, chains: Sequence[ReadChain], cases: Iterable[Case], sound: Iterable[str]) -> None:
    """Judge every chain whose demands had to be proved; `sound` are the ids of the demands that were."""
    told, kept = list(cases), frozenset(sound)
    expected = set()
    for chain in chains:
        world.court.intent, world.court.span = chain.asked.name, chain.asked.declaration.name.span
        own = [case for case in told if case.asked.name == chain.asked.name]
        expected |= {(chain.asked.name, instance.site) for instance in chain.instances}
        if all(case.entry.id in kept and _has_paths(world, case) for case in own):
            _Trial(world, chain, own).judge()
    world.court.intent, world.court.span = None, None
    for entry in world.manifest.chains:
        if (entry.name, entry.source_site) not in expected:
            world.court.deny(
                _ROLL, f"`chains` has `{entry.name}` from `{entry.source_site}`, which has no budget to keep"
            )


def _has_paths(world: World, case: Case) -> bool:
    """Return whether there are paths over links of the network, normally and in every state told."""
    links = world.topology.links
    told = [case.entry.primary.paths, *(state.paths for state in case.entry.states)]
    return all(paths and all(path.path and links.keys() >= set(path.links) for path in paths) for paths in told)


@frozen
class _Spent:
    """One state of a chain: what each step's calls take on the network, and the leg of each step."""

    network_us: Mapping[int, int]
    legs: Mapping[int, Leg]

    def cost(self, step: Step) -> int:
        return self.network_us[step.number] + step.processing_us

    def of_stage(self, steps: Sequence[Step], stage: int) -> int:
        """Return what a stage takes: its slowest step."""
        return max(self.cost(step) for step in steps if step.stage == stage)

    def total(self, steps: Sequence[Step]) -> int:
        """Return what all stages take, one after the other."""
        return sum(self.of_stage(steps, stage) for stage in {step.stage for step in steps})


class _Trial:
    """One chain in court, over all of its source sites."""

    def __init__(self, world: World, chain: ReadChain, cases: Sequence[Case]) -> None:
        self._world = world
        self._court = world.court
        self._chain = chain
        self._requests = {
            (case.wanted.source.name, case.wanted.destination.name): case
            for case in cases
            if case.wanted.direction == "forward"
        }
        self._replies = {
            (case.wanted.destination.name, case.wanted.source.name): case
            for case in cases
            if case.wanted.direction == "reverse"
        }
        self._used: set[tuple[str, str]] = set()

    def judge(self) -> None:
        name = self._chain.asked.name
        for instance in self._chain.instances:
            found = [
                entry
                for entry in self._world.manifest.chains
                if (entry.name, entry.source_site) == (name, instance.site)
            ]
            said = f"`chains` has `{name}` from `{instance.site}` {len(found)} times instead of once"
            self._use(instance)
            if self._court.judge("chains", _ROLL, holds=len(found) == 1, otherwise=said):
                self._judge_instance(instance, found[0])
        for names, case in sorted(self._requests.items()):
            idle = f"{case.name} carries no step of the chain in any promised state"
            self._court.judge("chains", _DEMANDS, holds=names in self._used, otherwise=idle)

    # -- one source site ------------------------------------------------------------------------------------------------

    def _judge_instance(self, instance: Instance, entry: ChainEntry) -> None:
        where = f"`{entry.name}` from `{entry.source_site}`"
        shape = [(step.number, step.calls, step.processing_us) for step in instance.steps]
        told = [(step.step, step.calls, step.processing_us) for step in entry.steps]
        self._say(_ROLL, shape == told, f"{where}: its steps (number, calls, processing) are {told}, not {shape}")
        self._equal(f"{where}: `budget_us`", instance.budget_us, entry.budget_us)
        normal = self._spent(instance, None)
        if normal is None:
            self._court.deny(_DEMANDS, f"{where}: a demand that a step needs is not there")
            return
        if shape == told:
            self._judge_steps(instance, entry, normal, where)
        slack = instance.budget_us - normal.total(instance.steps)
        self._equal(f"{where}: `slack_us`", slack, entry.slack_us)
        self._keep(slack, where, None)
        self._judge_states(instance, entry, where)

    def _judge_steps(self, instance: Instance, entry: ChainEntry, normal: _Spent, where: str) -> None:
        left = instance.budget_us - normal.total(instance.steps)
        for step, told in zip(instance.steps, entry.steps, strict=True):
            leg, place = normal.legs[step.number], f"{where}, step {step.number}"
            node = self._end(leg, None) or ""
            slack = left + normal.of_stage(instance.steps, step.stage) - normal.cost(step)
            self._equal(f"{place}: `replica`", self._world.topology.nodes[node].site or node, told.replica)
            self._equal(f"{place}: `network_us`", normal.network_us[step.number], told.network_us)
            self._equal(f"{place}: `slack_us`", slack, told.slack_us)
            self._equal(f"{place}: `demands`", self._ids(leg), told.demands)
            unknown = sorted(self._unknown(leg))
            self._say(_BUDGET, not unknown, f"{place}: nobody knows the latency of {', '.join(unknown)}")

    def _judge_states(self, instance: Instance, entry: ChainEntry, where: str) -> None:
        left: dict[str, int] = {}
        for state in self._states(instance):
            spent = self._spent(instance, state)
            if spent is None:
                continue
            slack = instance.failover_budget_us - spent.total(instance.steps)
            self._keep(slack, where, state)
            left[state] = slack
        told, least = entry.worst, min(left.values(), default=None)
        holds = told is None if least is None else told is not None and left.get(told.state) == told.slack_us == least
        self._say(_SUM, holds, f"{where}: `worst` is not the promised state that leaves least ({least} µs)")

    def _keep(self, slack: int, where: str, state: str | None) -> None:
        """Judge a budget; a waiver may let it pass."""
        when = f" in `{state}`" if state is not None else ""
        found = self._world.manifest.findings
        is_waived = any(
            item.waived and item.intent == self._chain.asked.name and item.code in _WAIVED for item in found
        )
        missed = f"{where}{when}: the budget is missed by {-slack} µs"
        self._court.judge("budgets", _BUDGET, holds=slack >= 0 or is_waived, otherwise=missed, state=state)

    def _say(self, code: str, holds: bool, otherwise: str) -> None:
        self._court.judge("chains", code, holds=holds, otherwise=otherwise)

    def _equal(self, what: str, expected: object, told: object) -> None:
        self._say(_SUM, expected == told, f"{what} is `{told}`, but comes to `{expected}`")

    # -- what the demands do --------------------------------------------------------------------------------------------

    def _spent(self, instance: Instance, state: str | None) -> _Spent | None:
        """Return what a chain does in a state, None where it is promised nothing then."""
        legs: dict[int, Leg] = {}
        for step in instance.steps:
            leg = self._leg(instance, step, state)
            if leg is None or self._end(leg, state) is None:
                return None
            legs[step.number] = leg
        return _Spent({step.number: step.calls * self._time(legs[step.number], state) for step in instance.steps}, legs)

    def _leg(self, instance: Instance, step: Step, state: str | None) -> Leg | None:
        """Return the leg of a step in a state: from where the earlier step ended, else from its only start."""
        if step.origin is None:
            return next(iter(step.legs.values()))
        earlier = next(other for other in instance.steps if other.number == step.origin)
        before = self._leg(instance, earlier, state)
        node = self._end(before, state) if before is not None else None
        return step.legs.get(node) if node is not None else None

    def _end(self, leg: Leg, state: str | None) -> str | None:
        """Return where requests over a leg end; None where the state is not promised, or there is no path."""
        if leg.names is None:
            down = self._down(state) if state is not None else frozenset()
            return next((node for node in leg.spots if node not in down), None)
        pair = self._pair(leg)
        if len(pair) < _CASE_PAIR or any(not _is_kept(case, state) for case in pair):
            return None
        return _paths_end(pair[0], state)

    def _down(self, state: str) -> frozenset[str]:
        found = (promised for case in self._requests.values() for promised in case.wanted.promised.states)
        return next((promised.failed.nodes for promised in found if promised.id == state), frozenset())

    def _pair(self, leg: Leg) -> list[Case]:
        if leg.names is None:
            return []
        return [side[leg.names] for side in (self._requests, self._replies) if leg.names in side]

    def _time(self, leg: Leg, state: str | None) -> int:
        return sum(_total(case, state) for case in self._pair(leg))

    def _ids(self, leg: Leg) -> tuple[str, ...]:
        return tuple(case.entry.id for case in self._pair(leg))

    def _unknown(self, leg: Leg) -> Iterator[str]:
        """Yield the links of unknown latency on any promised path of a leg."""
        for case in self._pair(leg):
            for paths in (case.entry.primary.paths, *(state.paths for state in case.entry.states)):
                for link in {name for path in paths for name in path.links}:
                    if self._world.topology.links[link].latency_ns is None:
                        yield f"`{link}`"

    def _cases(self, instance: Instance) -> list[Case]:
        legs = [leg for step in instance.steps for leg in step.legs.values()]
        return [case for leg in legs for case in self._pair(leg)]

    def _states(self, instance: Instance) -> list[str]:
        return sorted({state.id for case in self._cases(instance) for state in case.wanted.promised.states})

    def _use(self, instance: Instance) -> None:
        """Remember the demands that a chain takes in the normal state or in a promised one."""
        for state in (None, *self._states(instance)):
            for step in instance.steps:
                leg = self._leg(instance, step, state)
                if leg is not None and leg.names is not None:
                    self._used.add(leg.names)


def _is_kept(case: Case, state: str | None) -> bool:
    if state is None:
        return True
    return state not in case.entry.unprotected and any(item.id == state for item in case.wanted.promised.states)


def _total(case: Case, state: str | None) -> int:
    told = _claimed(case, state)
    return case.entry.primary.latency_us.total if told is None else told.latency_us.total


def _paths_end(case: Case, state: str | None) -> str:
    told = _claimed(case, state)
    return (case.entry.primary.paths if told is None else told.paths)[0].path[-1]


def _claimed(case: Case, state: str | None) -> StateEntry | None:
    promised = next((item for item in case.wanted.promised.states if item.id == state), None)
    return None if promised is None else claimed(case, promised)
