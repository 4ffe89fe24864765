"""Kernels over a network against their twins in Python."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import ends_of, needs_kernels, networks

from intentc.forwarding.igp import distances_twin
from intentc.forwarding.outage import bits_of, bits_twin

pytestmark = needs_kernels


@settings(max_examples=200)
@given(st.data(), networks())
def test_distances_are_those_of_the_twin(data, network):
    targets = data.draw(ends_of(network))
    assert network.graph.distances(targets) == distances_twin(network, targets)


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
