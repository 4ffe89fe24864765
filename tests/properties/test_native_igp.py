"""The IGP's trees as kernels have them against their twins in Python, in the normal state and in failure states."""

import copy
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network as model
from support_model import wire
from support_native import ends_of, needs_kernels, networks

from intentc.forwarding.first_hops import FirstHops, FirstHopTables, first_hops_twin
from intentc.forwarding.igp import Igp, PlainTree, distances_twin
from intentc.forwarding.network import build_network, view_of
from intentc.forwarding.outage import NORMAL
from intentc.native import compiled

pytestmark = needs_kernels


def twin_of(network, targets):
    return PlainTree(network, targets, distances_twin(network, targets))


@st.composite
def outages_of(draw, network):
    """Make some links and nodes that are down, the links with those of the nodes."""
    few = st.frozensets(st.integers(0, max(0, len(network.links) - 1)), max_size=4 if network.links else 0)
    nodes = draw(st.frozensets(st.integers(0, len(network.nodes) - 1), max_size=2))
    return draw(few).union(*({arc >> 1 for arc in network.leaving[node]} for node in nodes)), nodes


def assert_alike(network, tree, twin):
    nodes = range(len(network.nodes))
    assert tree.targets == twin.targets
    assert list(tree.distances()) == list(twin.distances()) == [tree.distance(node) for node in nodes]
    for node in nodes:
        assert tree.next_arcs(node) == twin.next_arcs(node)
        assert tree.only_way(node) == twin.only_way(node)
        assert tree.ways(node, 64) == twin.ways(node, 64)
        assert tree.ways(node, 2) == twin.ways(node, 2)
        assert tree.footprint(node) == twin.footprint(node)


def test_paths_share_the_numbers_of_their_arcs():
    """There are millions of paths; a number of its own for each arc of each would take most of their memory."""
    names = [f"n{number:03}" for number in range(200)]
    network = build_network(model([wire(f"{a}-{b}") for a, b in pairwise(names)]))
    tree = Igp(network).towards(frozenset({199}))
    shared = [tree.only_way(0), tree.only_way(100), tree.ways(50, 64)[0][0], tree.next_arcs(198)]
    assert shared[0][-1] > 300  # Python itself shares small numbers
    assert len({id(arcs[-1]) for arcs in shared}) == 1


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_trees_are_those_of_the_twin(data, network):
    targets = data.draw(ends_of(network))
    tree, twin = Igp(network).towards(targets), twin_of(network, targets)
    assert_alike(network, tree, twin)
    for links, nodes in data.draw(st.lists(outages_of(network), max_size=3)):
        assert_alike(network, tree.without(links, nodes), twin.without(links, nodes))
    for node in range(len(network.nodes)):
        path = data.draw(st.permutations(range(len(network.tail))))[:2] if network.tail else []
        arcs = (*(tree.only_way(node) or ()), *path)
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(arcs))] * 2)))
        assert tree.is_only(arcs, first, last) == twin.is_only(arcs, first, last)
    assert_alike(network, tree, twin)  # what a failure state was looked at with is as it was


@settings(max_examples=30, deadline=None)
@given(st.data(), networks())
def test_a_view_has_trees_of_its_own(data, network):
    left = data.draw(st.frozensets(st.integers(0, max(0, len(network.links) - 1))))
    own = tuple(tuple(arc for arc in arcs if arc >> 1 in left) for arcs in network.leaving)
    entering = tuple(tuple(arc ^ 1 for arc in arcs) for arcs in own)
    metric = tuple(1 + (arc * 7) % 5 if arc >> 1 in left else 0 for arc in range(len(network.tail)))
    view, targets = view_of(network, own, entering, metric), data.draw(ends_of(network))
    tree, twin = Igp(view).towards(targets), twin_of(view, targets)
    assert_alike(view, tree, twin)
    links, nodes = data.draw(outages_of(network))
    assert_alike(view, tree.without(links, nodes), twin.without(links, nodes))


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_first_hops_are_those_of_the_twin(data, network):
    start = data.draw(st.integers(0, len(network.nodes) - 1))
    for links in (frozenset(), data.draw(outages_of(network))[0]):
        found, twin = (
            compiled("first_hops").first_hops(network.graph, start, links),
            first_hops_twin(network, start, links),
        )
        assert FirstHops(*found) == twin
        assert list(found[0]) == list(twin.by_arcs)


def test_nodes_have_numbers_beyond_the_bits_of_an_integer():
    long = build_network(model([wire(f"n{at:03}-n{at + 1:03}") for at in range(130)]))
    for start, links in product((0, 31, 32, 63, 64, 130), (frozenset(), frozenset({40, 90}))):
        assert FirstHops(*compiled("first_hops").first_hops(long.graph, start, links)) == first_hops_twin(
            long, start, links
        )


def test_a_node_with_more_arcs_than_an_integer_has_bits_is_left_to_the_twin():
    many = build_network(model([wire(f"a-b#{number}") for number in range(65)]))
    assert compiled("first_hops").first_hops(many.graph, 0, frozenset()) is None
    assert FirstHopTables(many).at(0, NORMAL) == first_hops_twin(many, 0, frozenset())


@settings(max_examples=20, deadline=None)
@given(networks())
def test_a_tree_that_was_sent_elsewhere_says_the_same(network):
    tree = Igp(network).towards(frozenset({0}))
    assert_alike(network, copy.deepcopy(tree), tree)
