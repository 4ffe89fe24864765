"""Whether no choice of replicas keeps a chain's budget: all of them are gone through again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import networkx as nx

from intentc.manifest.elements import NOTHING
from intentc.manifest.refusal_model import ExhaustedEntry
from intentc.values import field, mutable, replace
from intentc.verify.books import Page
from intentc.verify.case import World
from intentc.verify.chains import Instance, Leg, ReadChain, Step
from intentc.verify.classes import queued_ahead
from intentc.verify.failures import State
from intentc.verify.terrain import Spot, Terrain
from intentc.verify.wanted import Wanted

_NS_PER_US = 1000
_MOST_CHOICES = 200_000
_Offers = list[tuple[int, str, str]]  # the time there and back in µs, and where requests start and end


def flaw_of_exhausted(
    world: World, chain: ReadChain, told: ExhaustedEntry, state: State | None, page: Page
) -> str | None:
    """Return what is wrong with the claim that a chain misses a budget whatever is chosen, None if it holds.

    `state` None: the normal one. The budget is that of the normal state or that under failure, as `told` says; `page` has what
    others reserve, where it rests on that.
    """
    instance = next((item for item in chain.instances if item.site == told.site), None)
    if instance is None:
        return f"the chain does not start at `{told.site}`"
    if told.queueing not in {0, queued_ahead(chain.asked.traffic_class, world.sources)}:
        return f"no {told.queueing} packets are assumed to queue at a hop"
    search = _Search(world, chain, state, told.queueing, page)
    found = search.lone(instance) if state is not None else search.all(instance)
    if found is None:
        return f"its steps have no ways, or more than {_MOST_CHOICES} choices"
    if found != (told.least_us, told.choices):
        return f"the best of {found[1]} choices takes {found[0]} us, not {told.least_us} of {told.choices}"
    return None if found[0] > told.budget_us else f"{found[0]} us are within {told.budget_us}"


@mutable
class _Search:
    world: World
    chain: ReadChain
    state: State | None
    queueing: int
    page: Page
    known: dict[tuple[str, str], _Offers] = field(default_factory=dict)

    def all(self, instance: Instance) -> tuple[int, int] | None:
        """Return the least total of all choices of where each demand ends, and how many of them lead somewhere."""
        legs = sorted({leg.names for step in instance.steps for leg in step.legs.values() if leg.names is not None})
        found: dict[tuple[object, ...], int] = {}
        offers = [self.offers(names) or [(0, "", "")] for names in legs]
        size = 1
        for item in offers:
            size *= len(item)
        if size > _MOST_CHOICES:
            return None
        for picked in product(*offers):
            self._add(instance, dict(zip(legs, picked, strict=True)), found)
        return (min(found.values()), len(found)) if found else None

    @staticmethod
    def _add(
        instance: Instance, picked: Mapping[tuple[str, str], tuple[int, str, str]], found: dict[tuple[object, ...], int]
    ) -> None:
        """Note the total of one choice, by what of it the steps take; nothing where a step has no way."""
        ends: dict[int, str] = {}
        times: dict[int, int] = {}
        taken: list[object] = []
        for step in instance.steps:
            leg = _leg(step, ends)
            if leg is None:
                return
            if leg.names is None:
                ends[step.number], times[step.number] = leg.spots[0], 0
                continue
            time_us, start, node = picked[leg.names]
            if not node:
                return
            taken.append((leg.names, start, node))
            ends[step.number], times[step.number] = node, step.calls * time_us
        found[tuple(dict.fromkeys(taken))] = _total(instance, times)

    def lone(self, instance: Instance) -> tuple[int, int] | None:
        """Return the total of the fastest leg of every step, as one choice."""
        times: dict[int, int] = {}
        for step in instance.steps:
            found = [0 for leg in step.legs.values() if leg.names is None]
            for names in {leg.names for leg in step.legs.values()} - {None}:
                found += [us for us, *_ in self.offers(names)] if names is not None else []
            if not found:
                return None
            times[step.number] = step.calls * min(found)
        return _total(instance, times), 1

    def offers(self, names: tuple[str, str]) -> _Offers:
        """Return the least time from each node of the source to each replica and back, for a demand by the names of its ends."""
        if names not in self.known:
            self.known[names] = list(self._offers(names))
        return self.known[names]

    def _offers(self, names: tuple[str, str]) -> Iterator[tuple[int, str, str]]:
        ahead = next(item for item in self.chain.asked.demands if (item.source.name, item.destination.name) == names)
        back = next(
            item
            for item in self.chain.asked.demands
            if item.direction == "reverse" and (item.destination.name, item.source.name) == names
        )
        failed = self.state.failed if self.state is not None else NOTHING
        for start, node in sorted(ahead.choices):
            if failed.nodes.isdisjoint({start, node}):
                there, home = self._least_us(ahead, start, node), self._least_us(back, node)
                if there is not None and home is not None:
                    yield there + home, start, node

    def _least_us(self, wanted: Wanted, start: str, stop: str | None = None) -> int | None:
        """Return what any path from a node, to one if it is given, takes at least, rounded up; None where there is none."""
        kept = {ends: found for ends, found in wanted.choices.items() if ends[0] == start and stop in (None, ends[1])}
        own = replace(wanted, choices=kept)
        failed = self.state.failed if self.state is not None else NOTHING
        waypoints = len(self.chain.asked.ground.waypoints)
        is_failure = self.state is not None
        terrain = Terrain(self.world, self.chain.asked, own, failed, is_failure, waypoints, self.page)
        graph: nx.DiGraph[Spot] = nx.DiGraph()
        graph.add_nodes_from(terrain.starts | terrain.goals)
        for arc in terrain.arcs:
            if terrain.is_usable(arc):
                for passed in range(waypoints + 1):
                    here, there, ns = (
                        (arc.tail, passed),
                        terrain.after(arc, passed),
                        terrain.length_ns(arc, self.queueing),
                    )
                    if not graph.has_edge(here, there) or ns < graph[here][there]["ns"]:
                        graph.add_edge(here, there, ns=ns)
        if not terrain.starts or not terrain.goals:
            return None
        found = nx.multi_source_dijkstra_path_length(graph, sorted(terrain.starts), weight="ns")
        least = min((found[goal] for goal in terrain.goals if goal in found), default=None)
        return None if least is None else -(-int(least) // _NS_PER_US)


def _leg(step: Step, ends: Mapping[int, str]) -> Leg | None:
    """Return the leg that a step takes where the earlier ones ended as told."""
    if step.origin is None:
        return next(iter(step.legs.values()))
    return step.legs.get(ends[step.origin])


def _total(instance: Instance, times: Mapping[int, int]) -> int:
    """Return the sum over the stages of the slowest step in each."""
    stages: dict[int, list[int]] = {}
    for step in instance.steps:
        stages.setdefault(step.stage, []).append(times[step.number] + step.processing_us)
    return sum(map(max, stages.values()))
