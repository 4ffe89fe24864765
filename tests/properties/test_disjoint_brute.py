"""Disjoint paths and lists of paths against exhaustive search over small random networks."""

import random
from itertools import chain, combinations, pairwise, permutations, repeat

import pytest
from support_model import capabilities, demand, every_link, every_node, failed, failover, model, network, wire

from intentc.forwarding.network import build_network
from intentc.place.context import make_context
from intentc.place.covers import find_cover
from intentc.place.disjoint import Disjoint
from intentc.place.roles import Ends
from intentc.place.tasks import Tasks
from intentc.place.unit import Unit, forward_role
from intentc.realise.mechanisms import Mechanisms
from intentc.topology.model import Directional

SEEDS = 150
NAMES = "abcdef"
MS = 1_000_000


def drawn(source):
    """Return the links of a network, some parallel, some in a risk group, some slower one way."""
    pairs = list(pairwise(NAMES)) + [tuple(source.sample(NAMES, 2)) for _ in range(source.randint(3, 7))]
    found = []
    for at, (a, b) in enumerate(pairs):
        slow = Directional(source.randint(1, 9) * MS, source.randint(1, 9) * MS)
        risk = (source.choice("rst"),) if source.random() < 0.5 else ()
        found.append(wire(f"l{at}", ends=(a, b), latency_ns=slow, srlgs=risk, mbps=source.choice([5, 100, 100])))
    return found


def simple_paths(net, start, stop, arcs=()):
    here = net.head[arcs[-1]] if arcs else start
    if here == stop:
        yield arcs
        return
    seen = {start, *(net.head[arc] for arc in arcs)}
    for arc in net.leaving[here]:
        if net.head[arc] not in seen:
            yield from simple_paths(net, start, stop, (*arcs, arc))


def are_apart(net, one, other, *, is_by_node):
    inner = [{net.head[arc] for arc in arcs[:-1]} for arcs in (one, other)]
    return not {arc >> 1 for arc in one} & {arc >> 1 for arc in other} and not (is_by_node and inner[0] & inner[1])


@pytest.mark.parametrize("is_by_node", [False, True], ids=["links", "nodes"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_disjoint_paths_are_the_least_there_are(seed, is_by_node):
    net = build_network(network(drawn(random.Random(seed))))  # noqa: S311  (seeded networks, no secret)
    start, stop = net.node_index["a"], net.node_index["f"]
    price = net.propagation_ns.__getitem__
    paths = list(simple_paths(net, start, stop))
    cost = {arcs: sum(map(price, arcs)) for arcs in paths}
    search = Disjoint(net, start, stop, frozenset({stop}), lambda _arc: True, price, is_by_node)
    for count, found in zip((1, 2, 3), chain(search.sets(), repeat(None)), strict=False):
        sets = [
            chosen
            for chosen in combinations(paths, count)
            if all(are_apart(net, one, other, is_by_node=is_by_node) for one, other in combinations(chosen, 2))
        ]
        least = min((sum(map(cost.__getitem__, chosen)) for chosen in sets), default=None)
        assert (None if found is None else sum(map(cost.__getitem__, found))) == least
        assert found is None or set(found) in [set(chosen) for chosen in sets]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_list_is_found_where_there_is_one(seed):
    """Bounds are on propagation alone (no rate), or room is (no bound)."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    topology = network(drawn(source), ends=NAMES)
    risks = tuple(failed("srlg", name, links=of) for name, of in topology.srlgs.items() if name in set("rst"))
    states = source.choice(
        [every_link(topology), risks, risks + every_node(topology, "a", "f"), risks + every_link(topology)]
    )
    normal_ms, after_ms = source.choice([(90, 90), (14, 20), (20, 14)])
    mbps = source.choice([0, 10])
    bounds = (None, None) if mbps else (normal_ms, after_ms)
    wanted = demand(
        topology, "a", "f", mbps=mbps, bound_ms=bounds[0], failover=failover(*states, bound_ms=bounds[1], mbps=mbps)
    )
    program = model(topology, wanted)
    context = make_context(program, Mechanisms(topology, capabilities(topology)))
    task = Tasks(program, context.realiser).of(wanted)
    net = context.network
    role = forward_role(context, Unit(task, None), Ends(0, net.node_index["a"]))
    plan = find_cover(context, task, role)

    limits = {None: bounds[0] and min(bounds), **dict.fromkeys(task.outages, bounds[1])}
    paths = list(simple_paths(net, net.node_index["a"], net.node_index["f"]))

    def whole(arcs, outage):
        return outage is None or not any(arc >> 1 in outage.links for arc in arcs)

    def right(arcs, outage):
        ms = sum(net.propagation_ns[arc] for arc in arcs) / MS
        is_roomy = all(net.capacity_bps[arc] >= mbps * 1_000_000 for arc in arcs)
        return whole(arcs, outage) and is_roomy and (limits[outage] is None or ms <= limits[outage])

    def holds(chosen):
        carriers = ((outage, next((arcs for arcs in chosen if whole(arcs, outage)), None)) for outage in limits)
        return all(arcs is not None and right(arcs, outage) for outage, arcs in carriers)

    # a path that is whole and right in the same states as another one is no better, so one of each is enough
    kinds = {tuple((whole(arcs, outage), right(arcs, outage)) for outage in limits): arcs for arcs in paths}
    lists = any(holds(chosen) for size in (1, 2, 3) for chosen in permutations(kinds.values(), size))
    assert plan is not None or not lists
    told = [] if plan is None else [(plan.spares.get(outage, plan.arcs), outage) for outage in limits]
    assert [outage for arcs, outage in told if not right(arcs, outage)] == []
