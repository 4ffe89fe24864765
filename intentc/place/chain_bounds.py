"""The least time that steps can take, whatever is reserved and whatever devices can do, and the best choice by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.chain_tasks import ChainTask, Limits, Option, narrowed, options_of
from intentc.place.context import Context
from intentc.place.reach import Route, find_route
from intentc.place.roles import Ends
from intentc.place.tasks import Task
from intentc.resolve.chain_model import Chain, ChainStep
from intentc.values import frozen

MOST_COMBINATIONS = 200_000  # partial ones
_FAR = 1 << 60


@frozen
class Combination:
    """A choice for each demand of a chain in the normal state (by key), with its least total in µs.

    `network_us` is what each step's calls take at least, by number; `ends` where each step's requests end.
    """

    choices: Mapping[str, Option]
    total_us: int
    network_us: Mapping[int, int]
    ends: Mapping[int, str]


class Bounds:
    """Fastest routes, each found once: lower bounds of what any placement takes."""

    def __init__(self, context: Context, item: ChainTask) -> None:
        self.context = context
        self._item = item
        self._routes: dict[tuple[str, Ends, int, Outage], Route | None] = {}

    def forward(self, key: str, ends: Ends, node: int, outage: Outage = NORMAL) -> Route | None:
        """Return the fastest way of a demand's requests to a node."""
        place = (key, ends, node, outage)
        if place not in self._routes:
            task = self._item.by_key[key].forward
            self._routes[place] = self._find(narrowed(task, Option(ends.group, ends.start, (node,))), ends, outage)
        return self._routes[place]

    def reply(self, key: str, node: int, outage: Outage = NORMAL) -> Route | None:
        """Return the fastest way of a demand's replies from a node."""
        task = self._item.by_key[key].reply
        if task is None:
            return None
        index = next((at for at, group in enumerate(task.groups) if node in group.sources), None)
        if index is None:
            return None
        place = (task.demand.key, Ends(index, node), node, outage)
        if place not in self._routes:
            self._routes[place] = self._find(task, Ends(index, node), outage)
        return self._routes[place]

    def _find(self, task: Task, ends: Ends, outage: Outage) -> Route | None:
        return find_route(self.context, task, ends, outage, task.barred)

    def round_trip_us(self, key: str, ends: Ends, node: int, outage: Outage = NORMAL) -> int | None:
        """Return the least time there and back; None where there is no way."""
        there, back = self.forward(key, ends, node, outage), self.reply(key, node, outage)
        return None if there is None or back is None else there.latency_us + back.latency_us

    def options(self, key: str, limits: Limits) -> list[Option]:
        """Return the choices for a demand within some limits."""
        return options_of(self.context.network, self._item.by_key[key].forward, limits.shunned(key))

    def least_us(self, key: str, outage: Outage) -> int | None:
        """Return the least time there and back between any ends that are up."""
        groups = self._item.by_key[key].forward.groups
        found = (
            self.round_trip_us(key, Ends(index, start), node, outage)
            for index, group in enumerate(groups)
            for start in group.sources
            if start not in outage.nodes
            for node in sorted(group.targets - outage.nodes)
        )
        return min((us for us in found if us is not None), default=None)

    def best(
        self, chain: Chain, limits: Limits | None = None, fixed: Mapping[str, Option] | None = None
    ) -> Combination | None:
        """Return the combination with the least total, the first by name of equals; None where a step has no way."""
        return _Picker(self, self._item, chain, limits or Limits(), fixed or {}).run()


class _Picker:
    """Goes through the choices of one chain, step by step, and leaves out what cannot beat the best one so far."""

    def __init__(
        self,
        bounds: Bounds,
        item: ChainTask,
        chain: Chain,
        limits: Limits,
        fixed: Mapping[str, Option],
    ) -> None:
        self._bounds = bounds
        self._item = item
        self._chain = chain
        self._limits = limits
        self._fixed = fixed
        self._offers: dict[str, list[tuple[int, str, Option]]] = {}
        self._effort = 0
        self._best: Combination | None = None

    def run(self) -> Combination | None:
        self._extend(0, {}, {}, {})
        return self._best

    def _extend(
        self, at: int, chosen: dict[str, tuple[int, str, Option]], network: dict[int, int], ends: dict[int, str]
    ) -> None:
        self._effort += 1
        steps = self._chain.steps
        if self._least(at, network) >= (self._best.total_us if self._best is not None else _FAR):
            return
        if at == len(steps):
            choices = {key: option for key, (_, _, option) in chosen.items()}
            self._best = Combination(choices, self._chain.total_us(network), dict(network), dict(ends))
            return
        step = steps[at]
        leg = step.legs[0] if step.origin is None else step.leg_from(ends[step.origin])
        if leg.demand is None:
            self._extend(at + 1, chosen, network | {step.number: 0}, ends | {step.number: leg.landings[0]})
            return
        known = chosen.get(leg.demand)
        for offer in [known] if known is not None else self._offered(leg.demand):
            if self._effort > MOST_COMBINATIONS:
                return
            time_us, node, _ = offer
            further = network | {step.number: step.calls * time_us}
            self._extend(at + 1, chosen | {leg.demand: offer}, further, ends | {step.number: node})

    def _offered(self, key: str) -> list[tuple[int, str, Option]]:
        """Return the choices of a demand: least time, where requests end then, and the choice; the fastest first."""
        if key not in self._offers:
            options = [self._fixed[key]] if key in self._fixed else self._bounds.options(key, self._limits)
            self._offers[key] = sorted(self._timed(key, options), key=lambda offer: offer[:2])
        return self._offers[key]

    def _timed(self, key: str, options: Sequence[Option]) -> Iterator[tuple[int, str, Option]]:
        for option in options:
            for node in option.nodes:
                time_us = self._bounds.round_trip_us(key, Ends(option.group, option.start), node)
                if time_us is not None:
                    yield time_us, self._bounds.context.network.nodes[node], option

    def _least(self, at: int, network: Mapping[int, int]) -> int:
        """Return a lower bound of the total: the steps from `at` on at their cheapest leg."""
        rest = {step.number: self._cheapest(step) for step in self._chain.steps[at:]}
        return self._chain.total_us({**network, **rest})

    def _cheapest(self, step: ChainStep) -> int:
        times = []
        for leg in step.legs:
            if leg.demand is None:
                return 0
            offers = self._offered(leg.demand)
            times += [offers[0][0]] if offers else []
        return step.calls * min(times, default=_FAR)
