"""Kernels over a network against their twins in Python."""

import copy
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network as model
from support_model import wire
from support_native import ends_of, needs_kernels, networks

from intentc.forwarding.igp import distances_twin
from intentc.forwarding.network import build_network, view_of
from intentc.forwarding.outage import bits_of, bits_twin

pytestmark = needs_kernels


@settings(max_examples=200)
@given(st.data(), networks())
def test_distances_are_those_of_the_twin(data, network):
    targets = data.draw(ends_of(network))
    assert network.graph.distances(targets) == distances_twin(network, targets)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_distances_are_those_of_the_twin_whatever_the_sizes_of_metrics(random, bits):
    """What is near is sorted by sums in buckets, what is far for later: of each there is much, little or nothing."""
    names = [f"n{number:02}" for number in range(60)]
    chords = [f"{a}-{b}#1" for a, b in (sorted(random.sample(names, 2)) for _ in range(60))]
    ring = build_network(
        model([wire(name) for name in (*(f"{a}-{b}" for a, b in pairwise(names)), *dict.fromkeys(chords))])
    )
    metric = tuple(random.randrange(1 << random.choice(bits)) for _ in ring.tail)
    network = view_of(ring, ring.leaving, ring.entering, metric)
    for targets in ({0}, {30}, {59}, {10, 50}):
        assert network.graph.distances(frozenset(targets)) == distances_twin(network, frozenset(targets))


@settings(max_examples=200)
@given(st.sets(st.integers(0, 300)))
def test_the_bits_of_a_mask_are_those_of_the_twin(bits):
    mask = sum(1 << bit for bit in bits)
    assert bits_of(mask) == list(bits_twin(mask)) == sorted(bits)


@settings(max_examples=20)
@given(networks())
def test_a_graph_that_was_sent_elsewhere_says_the_same(network):
    again = copy.deepcopy(network.graph)
    for node in range(len(network.nodes)):
        assert again.distances(frozenset({node})) == network.graph.distances(frozenset({node}))
