"""Chains: the placement keeps the budget exactly when an exhaustive search over replicas and simple paths can.

In these networks every link has one metric, so that devices can be made to take every simple path: what exists can be placed.
Sites with two routers have one that carries their requests; replies may come to either.
"""

import random
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from support_chance import TIMES
from support_forwarding import latency_us
from support_model import MBPS, MS, candidate, codes, demand, model, network, prefix_of, realised, reply, span, wire

from intentc.realise.chains import with_chains
from intentc.resolve.chain_model import Chain, ChainStep, Leg, StepEnds

BATCHES, SIZE = 10 * TIMES, 50  # in a plain run 500 cases without coupling by capacity, as many with
AHEAD = 2  # packets of class `high`
NAMES = "abcdef"
FAR = 10**9

# Who calls whom: (stage, source, destination); `s` is the source of the chain, other sources are where an earlier step went.
SHAPES = (
    ((1, "s", "B"),),
    ((1, "s", "B"), (2, "s", "C")),
    ((1, "s", "B"), (2, "B", "C")),
    ((1, "s", "B"), (1, "s", "C")),
    ((1, "s", "B"), (2, "s", "C"), (2, "B", "C")),
    ((1, "s", "B"), (2, "s", "B")),
)


class Case:
    """A random network with the chains of one name on it, and what an exhaustive search makes of them."""

    def __init__(self, seed, *, is_tight, is_twofold=False):
        source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
        names, links = self._links(source, is_tight=is_tight)
        self.mbps = source.choice([20, 40]) if is_tight else source.choice([0, 10])
        twin = source.choice(names) if is_twofold else None
        names = [name for name in names if name != twin]
        self.sources = source.sample(names, source.choice([1, 1, 2]))
        self.routers = {name: (name,) for name in names}
        self.topology = network(links, ends=names)
        if twin is not None:
            first = self.sources[0]
            self.routers[first] = tuple(sorted((first, twin)))
            self.topology = network(links, ends=names, prefixes={twin: (prefix_of(first),)})
        elsewhere = [name for name in names if name != self.sources[0]]  # no chain is all on the spot
        self.replicas = {
            name: sorted(source.sample(of, min(len(of), source.choice([1, 2, 2, 3]))))
            for name, of in (("B", elsewhere), ("C", elsewhere if is_twofold else names))
        }
        self.steps = [
            (stage, start, stop, source.choice([1, 1, 2, 3]), source.randint(0, 4))
            for stage, start, stop in source.choice(SHAPES)
        ]
        self.paths = cache(self._paths)
        least = [self._least(start) for start in self.sources]
        self.budget = max(0, source.choice(least) + source.choice([-1000, -1, 0, 0, 500, 1000, 3000, 8000]))

    @staticmethod
    def _links(source, *, is_tight):
        names = NAMES[: source.randint(3, 5 if is_tight else 6)]
        pairs = {tuple(sorted((name, source.choice(names[:at])))) for at, name in enumerate(names) if at}
        pairs |= {tuple(sorted(source.sample(names, 2))) for _ in range(source.randint(0, 4))}
        return names, [
            wire(f"{a}-{b}", ms=source.choice([1, 2, 3, 7]), mbps=50 if is_tight else 1000) for a, b in sorted(pairs)
        ]

    # -- the chains as resolve would make them ------------------------------------------------------------------------

    def chains(self):
        gone = {}
        for number, (stage, _, stop, _, _) in enumerate(self.steps, start=1):
            gone.setdefault(stop, []).append((number, stage))
        return tuple(self._chain(start, gone) for start in sorted(self.sources))

    def _chain(self, at, gone):
        steps = []
        for number, (stage, start, stop, calls, processing) in enumerate(self.steps, start=1):
            origins = [found for found, when in gone.get(start, ()) if when < stage]
            legs = [self._leg(node, stop) for node in (self.replicas[start] if start != "s" else [at])]
            origin = origins[-1] if start != "s" else None
            steps.append(ChainStep(number, stage, calls, processing * MS, stop, origin, tuple(legs), span(60 + number)))
        return Chain("x", at, self.routers[at], self.budget * 1000, None, tuple(steps), span(1), span(10), None)

    def _leg(self, node, stop):
        is_there = node in self.replicas[stop]
        return Leg(self.routers[node], None if is_there else f"x/{node}>{stop}", (node,) if is_there else ())

    def model(self):
        chains = self.chains()
        keys = sorted({leg.demand for chain in chains for step in chain.steps for leg in step.legs if leg.demand})
        demands = []
        for key in keys:
            node, stop = key.removeprefix("x/").split(">")
            ends = StepEnds(None, stop)
            found = [candidate(self.topology, one, goal) for one in self.routers[node] for goal in self.replicas[stop]]
            there = demand(self.topology, node, name=stop, candidates=found, mbps=self.mbps, step=ends)
            demands += [there, reply(there)]
        return replace(model(self.topology, *demands), chains=chains)

    # -- the exhaustive search ----------------------------------------------------------------------------------------

    def _paths(self, start, stop):
        """All simple paths between routers of two sites with their arcs and latency; one that comes to its site ends there."""
        found, pending = [], [((router,), ()) for router in self.routers[start]]
        while pending:
            nodes, links = pending.pop()
            if nodes[-1] in self.routers[stop]:
                arcs = tuple(zip(links, nodes, strict=False))
                found.append((latency_us(self.topology, (nodes, links), AHEAD if self.mbps else None), arcs))
                continue
            for link in self.topology.links_of[nodes[-1]]:
                other = link.other(nodes[-1])
                if other not in nodes:
                    pending.append(((*nodes, other), (*links, link.id)))
        return sorted(found)

    def choices(self):
        """Every choice of a replica for each (source, service) that is used, with these, for all chains together."""
        found = [{}]
        for start in sorted(self.sources):
            found = [further for chosen in found for further in self._extended(start, chosen)]
        return found

    def _extended(self, at, chosen):
        pending = [(0, dict(chosen), {})]
        while pending:
            index, picked, ends = pending.pop()
            if index == len(self.steps):
                yield picked
                continue
            _, start, stop, _, _ = self.steps[index]
            node = at if start == "s" else ends[start]
            fixed = node if node in self.replicas[stop] else picked.get((node, stop))
            for goal in [fixed] if fixed else self.replicas[stop]:
                further = picked if node in self.replicas[stop] else picked | {(node, stop): goal}
                pending.append((index + 1, further, ends | {stop: goal}))

    def total(self, at, chosen, time):
        """The sum for one source; `time` is that of a round trip between two nodes."""
        stages, ends = {}, {}
        for stage, start, stop, calls, processing in self.steps:
            node = at if start == "s" else ends[start]
            goal = node if node in self.replicas[stop] else chosen[node, stop]
            cost = calls * (0 if goal == node else time((node, stop), node, goal)) + processing * 1000
            stages[stage] = max(stages.get(stage, 0), cost)
            ends[stop] = goal
        return sum(stages.values())

    def _sum(self, at, chosen, by_key):
        return self.total(at, chosen, lambda key, *_: by_key[key])

    def _fastest(self, _key, one, other):
        found = (self.paths(one, other), self.paths(other, one))
        return sum(ways[0][0] if ways else FAR for ways in found)

    def _least(self, start):
        return min(self.total(start, chosen, self._fastest) for chosen in self._extended(start, {}))

    def is_feasible(self):
        return any(self._fits(chosen) for chosen in self.choices())

    def _fits(self, chosen):
        if any(self.total(start, chosen, self._fastest) > min(self.budget, FAR - 1) for start in self.sources):
            return False
        if self.mbps < 20:
            return True
        directions = [pair for (node, _), goal in sorted(chosen.items()) for pair in ((node, goal), (goal, node))]
        for taken in product(*(self.paths(*pair) for pair in directions)):
            load = Counter(arc for _, arcs in taken for arc in arcs)
            if any(count * self.mbps > 50 for count in load.values()):
                continue
            times = [taken[at][0] + taken[at + 1][0] for at in range(0, len(taken), 2)]
            by_key = dict(zip(sorted(chosen), times, strict=True))
            if all(self._sum(start, chosen, by_key) <= self.budget for start in self.sources):
                return True
        return False


def check(case):
    found, findings = realised(case.model())
    is_placed = not found.infeasible
    assert is_placed == case.is_feasible(), [item.message for item in findings.items]
    if not is_placed:
        assert not found.demands
        assert set(codes(findings)) & {"E0530", "E0532", "E0533", "E0505", "E0509"}
        return False
    sums = with_chains(found).chains
    assert [item.source_site for item in sums] == sorted(case.sources)
    load = Counter()
    for item in found.demands.values():
        arcs = {arc for path in item.primary for arc in zip(path.links, path.nodes, strict=False)}
        load.update(dict.fromkeys(arcs, item.demand.bandwidth_bps))
    assert all(bps <= case.topology.links[link].capacity_bps.ab for (link, _), bps in load.items())

    def time(key, one, other):
        there, back = found.demands[f"x/{key[0]}>{key[1]}"], found.demands[f"x/{key[0]}>{key[1]}/reply"]
        assert there.chosen.destination.node == back.chosen.source.node == other
        assert {there.chosen.source.node, back.chosen.destination.node} <= set(case.routers[one])
        return there.latency.total + back.latency.total

    chosen = {
        tuple(key.removeprefix("x/").split(">")): item.chosen.destination.node
        for key, item in found.demands.items()
        if item.demand.reply_to is None
    }
    for item in sums:
        total = case.total(item.source_site, chosen, time)
        assert item.budget_us - item.slack_us == total <= case.budget
        stages = {step.number: at[0] for step, at in zip(item.steps, case.steps, strict=True)}
        cost = {step.number: step.network_us + step.processing_us for step in item.steps}
        for step in item.steps:  # as much longer, and no more, this step alone may be
            rest = max((cost[n] for n in cost if stages[n] == stages[step.number] and n != step.number), default=0)
            others = total - max(cost[n] for n in cost if stages[n] == stages[step.number])
            assert others + max(rest, cost[step.number] + step.slack_us) == case.budget
    assert all(item.demand.bandwidth_bps == round(case.mbps * MBPS) for item in found.demands.values())
    return True


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_chain_is_placed_exactly_when_replicas_and_paths_exist(batch):
    found = Counter(check(Case(seed, is_tight=False)) for seed in range(batch * SIZE, batch * SIZE + SIZE))
    assert min(found[True], found[False]) > SIZE // 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_chain_from_a_site_with_two_routers_is_placed_exactly_when_one_of_them_can_carry(batch):
    cases = (Case(seed, is_tight=bool(seed % 2), is_twofold=True) for seed in range(batch * SIZE, batch * SIZE + SIZE))
    found = Counter(map(check, cases))
    assert min(found[True], found[False]) > SIZE // 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_chain_is_placed_exactly_when_its_steps_fit_together(batch):
    found = Counter(check(Case(seed, is_tight=True)) for seed in range(batch * SIZE, batch * SIZE + SIZE))
    assert min(found[True], found[False]) > SIZE // 10
