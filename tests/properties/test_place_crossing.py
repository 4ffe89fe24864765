"""A demand that stays over a network with other figures of links goes there, in every state, as it went before."""

import random
from types import SimpleNamespace

import pytest
from support_incremental import Program

from intentc.diagnostics import Findings
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.walk import Packets, walk
from intentc.pipeline import load
from intentc.place.crossing import Crossing
from intentc.place.roles import Variation
from intentc.resolve.failures import Failures
from intentc.run import Run
from intentc.topology.change import changed_links

METRICS = (1, 3, 7, 10, 14, 17, 20, 27, 34)  # many sums of these are equal


def topology_of(program):
    run = Run(program.request(), Findings())
    load(run)
    return run.topology


def ways(network, start, target, states):
    """Where packets go in each state that lets them, by the state."""
    igp, packets = Igp(network), Packets((frozenset({target}),), frozenset(), is_fail_closed=False)
    found = {state: walk(igp, packets, {}, start, state) for state in (NORMAL, *states)}
    return {state: taken for state, taken in found.items() if taken.fault is None}


def stays(crossing, start, target, taken):
    demand = SimpleNamespace(rtt_bound_ns=None, failover=None)
    group = SimpleNamespace(sources=(start,), addresses=(frozenset({target}),))
    trial = SimpleNamespace(task=SimpleNamespace(demand=demand, groups=(group,)), variation=Variation())
    carried = [SimpleNamespace(taken=each) for each in taken.values()]
    placed = SimpleNamespace(courses=(), normal=carried[0], states=tuple(carried[1:]))
    return crossing.stays(SimpleNamespace(trials=(trial,), demands=(placed,)))


@pytest.mark.parametrize("seed", range(12))
def test_what_stays_goes_as_before_in_every_state(seed):
    chance, program = random.Random(seed), Program(seed, "frr")  # noqa: S311  (a network, no secret)
    before, counts = topology_of(program), {True: 0, False: 0}
    plain = [name for name, (_, _, metric, _) in sorted(program.links.items()) if metric != 24]
    for name in chance.sample(plain, chance.choice((1, 1, 2))):
        a, b, _, ms = program.links[name]
        program.links[name] = a, b, chance.choice(METRICS), ms
        program.drained |= {name} if chance.random() < 0.3 else set()
    after = topology_of(program)
    networks = build_network(before), build_network(after)
    outages, failures = Outages(networks[0]), Failures(before)
    states = {outages.of(state): None for kind in ("link", "node") for state in failures.single(kind)}
    crossing = Crossing(*networks, changed_links(before, after))
    for start in range(len(networks[0].nodes)):
        for target in range(len(networks[0].nodes)):
            old = ways(networks[0], start, target, states)
            is_same = stays(crossing, start, target, old)
            counts[is_same] += 1
            if is_same:
                new = ways(networks[1], start, target, states)
                assert new.keys() == old.keys()
                assert all(new[state].is_like(old[state]) for state in old), (start, target)
    assert counts[True]
    assert counts[False]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda program: program.drained.add("l1"), {"l1"}),
        (lambda program: program.narrow.add("l1"), {"l1"}),
        (lambda program: program.links.update(l1=(0, 1, 5, 3)), {"l1"}),
        (lambda program: program.links.update(l1=(0, 2, 10, 3)), None),  # another end
        (lambda program: program.links.pop("l1"), None),
        (lambda program: program.links.update(l99=(0, 4, 10, 3)), None),
        (lambda program: setattr(program, "platform", "sr-bench"), None),
        (lambda _program: None, set()),
    ],
)
def test_links_have_changed_where_nothing_else_has(change, expected):
    program = Program(1, "frr")
    program.links["l1"] = 0, 1, 10, 3
    before = topology_of(program)
    change(program)
    assert changed_links(before, topology_of(program)) == expected
