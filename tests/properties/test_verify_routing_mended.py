"""What a failure leaves alone is taken over from the whole network: the routing is the same as when it is found anew."""

from __future__ import annotations

import random

import pytest
from support_model import network, prefix_of, wire

from intentc.manifest.elements import NOTHING, Elements
from intentc.verify.igp import Routing


def draw(seed: int):
    """A random network, mostly with equal-cost ways, parallel links and nodes that offer no transit; and what fails."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    names = [f"n{index}" for index in range(source.randint(4, 9))]
    least = source.choice([0, 1])
    links = [
        wire(f"l{index}", ends=tuple(source.sample(names, 2)), metric=source.randint(least, 4))
        for index in range(source.randint(len(names), 3 * len(names)))
    ]
    used = sorted({end for item in links for end in (item.a.node, item.b.node)})
    nodes = {name: {"transit": False} for name in used if source.random() < 0.15}
    topology = network(links, ends=used, nodes=nodes, igp=source.choice(["isis", "ospf"]))
    failed = Elements(
        frozenset(source.sample(used, source.choice([0, 0, 1, 2]))),
        frozenset(item.id for item in source.sample(links, source.randint(0, 3))),
    )
    targets = [frozenset(source.sample(used, source.randint(1, min(3, len(used))))) for _ in range(6)]
    return topology, failed, targets


@pytest.mark.parametrize("seed", range(150))
def test_a_failure_changes_what_it_cuts_off_alone(seed):
    topology, failed, targets = draw(seed)
    anew, mended = Routing(topology, failed), Routing(topology, failed, whole=Routing(topology, NOTHING))
    asked = [(node, goal) for node in topology.nodes if anew.is_up(node) for goal in targets]
    assert [mended.distance(*pair) for pair in asked] == [anew.distance(*pair) for pair in asked]
    assert [mended.next_hops(*pair) for pair in asked] == [anew.next_hops(*pair) for pair in asked]


@pytest.mark.parametrize("seed", range(30))
def test_a_prefix_is_held_by_those_that_are_left(seed):
    topology, failed, _ = draw(seed)
    anew, mended = Routing(topology, failed), Routing(topology, failed, whole=Routing(topology, NOTHING))
    prefixes = [prefix_of(name) for name in topology.nodes]
    assert [mended.holders(prefix) for prefix in prefixes] == [anew.holders(prefix) for prefix in prefixes]
    assert anew.holders("192.0.2.0/24") == mended.holders("192.0.2.0/24") == frozenset()
