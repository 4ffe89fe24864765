"""Trees of the IGP: equal-cost next hops, anycast, nodes that carry no transit, and what an outage changes."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_forwarding import Plain
from support_model import failed, network, wire

from intentc.forwarding import igp
from intentc.forwarding.igp import UNREACHABLE, Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.topology.model import Directional


class Net:
    """An IGP that is asked by name."""

    def __init__(self, topology):
        self.network = build_network(topology)
        self.igp = Igp(self.network)
        self.outages = Outages(self.network)

    def tree(self, *targets, state=None):
        outage = self.outages.of(state) if state is not None else NORMAL
        return self.igp.towards(frozenset(self.network.node_index[name] for name in targets), outage)

    def hops(self, node, *targets, state=None):
        arcs = self.tree(*targets, state=state).next_arcs(self.network.node_index[node])
        return [self.network.links[arc >> 1] for arc in arcs]

    def distance(self, node, *targets, state=None):
        return self.tree(*targets, state=state).distance(self.network.node_index[node])


SQUARE = (wire("a-b"), wire("b-d"), wire("a-c"), wire("c-d"), wire("c-d#2"))


def test_all_equal_cost_links_are_next_hops():
    net = Net(network(SQUARE))
    assert net.hops("a", "d") == ["a-b", "a-c"]
    assert net.hops("c", "d") == ["c-d", "c-d#2"]


def test_of_parallel_links_only_the_cheapest_are_used():
    net = Net(network([*SQUARE, wire("a-b#2", metric=11)]))
    assert net.hops("a", "b") == ["a-b"]


def test_anycast_goes_to_the_nearest():
    net = Net(network([wire("a-b"), wire("b-c"), wire("c-d"), wire("d-e")]))
    assert (net.hops("b", "a", "e"), net.hops("d", "a", "e")) == (["a-b"], ["d-e"])
    assert net.hops("c", "a", "e") == ["b-c", "c-d"]


def test_directions_have_their_own_metrics():
    net = Net(network([wire("a-b", igp_metric=Directional(100, 1)), wire("a-c"), wire("b-c")]))
    assert (net.hops("a", "b"), net.hops("b", "a")) == (["a-c"], ["a-b"])


def test_an_overloaded_node_is_reached_but_not_passed():
    net = Net(network(SQUARE, nodes={"b": {"transit": False}}))
    assert net.hops("a", "d") == ["a-c"]
    assert net.hops("a", "b") == ["a-b"]
    assert net.hops("b", "d") == ["b-d"]


def test_behind_an_overloaded_node_there_is_nothing():
    net = Net(network([wire("a-b"), wire("b-c")], nodes={"b": {"transit": False}}))
    assert net.distance("a", "c") == UNREACHABLE


def test_a_stub_router_of_ospf_is_a_last_resort():
    net = Net(network([wire("a-b"), wire("b-c")], nodes={"b": {"transit": False}}, igp="ospf"))
    assert net.distance("a", "c") == 10 + 65_535


def test_a_drained_link_is_a_last_resort():
    topology = network([wire("a-b", state="drained"), wire("a-c"), wire("b-c")])
    net = Net(topology)
    assert net.hops("a", "b") == ["a-c"]
    assert net.hops("a", "b", state=failed("link", "b-c")) == ["a-b"]


@pytest.mark.parametrize(
    ("state", "hops"),
    [
        (failed("link", "b-d"), ["a-c"]),
        (failed("node", "c"), ["a-b"]),
        (failed("srlg", "s", links=["b-d", "c-d"]), ["a-c"]),
        (failed("srlg", "s", links=["b-d", "c-d", "c-d#2"]), []),
        (failed("node", "d"), []),
    ],
    ids=lambda value: getattr(value, "id", None),
)
def test_an_outage_changes_the_next_hops(state, hops):
    assert Net(network(SQUARE)).hops("a", "d", state=state) == hops


def test_the_footprint_has_all_that_the_next_hops_depend_on():
    net = Net(network([wire("a-b"), wire("b-d"), wire("a-c", metric=50), wire("c-d")]))
    footprint = net.tree("d").footprint(net.network.node_index["a"])
    touched = [
        state for state in ("a-b", "b-d", "a-c", "c-d") if net.outages.of(failed("link", state)).mask & footprint
    ]
    assert touched == ["a-b", "b-d"]
    assert net.outages.of(failed("node", "b")).mask & footprint
    assert not net.outages.of(failed("node", "c")).mask & footprint


NAMES = "abcdef"


@st.composite
def failing(draw):
    size = draw(st.integers(2, 6))
    names = NAMES[:size]
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] < pair[1]),
            max_size=10,
        )
    )
    metric = st.integers(1, 4)
    links = [
        wire(f"{a}-{b}#{index}", igp_metric=Directional(draw(metric), draw(metric)))
        for index, (a, b) in enumerate(pairs)
    ]
    nodes = {name: {"transit": False} for name in draw(st.sets(st.sampled_from(names), max_size=1))}
    topology = network(links, prefixes=dict.fromkeys(names, ()), nodes=nodes)
    down = failed(
        "srlg",
        "s",
        links=draw(st.sets(st.sampled_from([link.id for link in links]), max_size=3)) if links else (),
        nodes=draw(st.sets(st.sampled_from(names), max_size=2)),
    )
    return topology, down, draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))


@settings(max_examples=200, deadline=None)
@given(failing())
def test_a_repaired_tree_is_the_tree_of_what_is_left(case):
    topology, down, targets = case
    net = Net(topology)
    plain = Plain(topology, down.nodes, down.links)
    best = plain.distances(frozenset(targets))
    for name in topology.nodes:
        assert net.distance(name, *targets, state=down) == best.get(name, UNREACHABLE)
        assert net.hops(name, *targets, state=down) == [link for link, _ in plain.next_hops(name, frozenset(targets))]


@settings(max_examples=200, deadline=None)
@given(failing())
def test_an_outage_beside_the_footprint_changes_nothing(case):
    topology, down, targets = case
    net = Net(topology)
    for name in topology.nodes:
        tree = net.tree(*targets)
        node = net.network.node_index[name]
        if not net.outages.of(down).mask & tree.footprint(node):
            assert net.hops(name, *targets, state=down) == net.hops(name, *targets)


def test_no_more_trees_are_kept_than_there_is_room_for(monkeypatch):
    """As many as nodes in a network of ten thousand would take more memory than all else; what is asked for again is found again."""
    names = [f"n{number}" for number in range(9)]
    topology = network([wire(f"{a}-{b}") for a, b in pairwise(names)])
    roomy, net = Net(topology), Net(topology)
    size = net.tree("n0").size
    monkeypatch.setattr(igp, "_MOST_BYTES", 3 * size)
    trees = [net.tree(name) for name in names]
    kept = [tree for tree, name in zip(trees, names, strict=True) if net.igp._trees.get(tree.targets) is tree]
    assert 0 < len(kept) <= 3
    assert kept[-1] is trees[-1]
    for name in names:
        assert [*net.tree(name).distances()] == [*roomy.tree(name).distances()]
        assert net.distance("n0", name, state=failed("link", "n3-n4")) == roomy.distance(
            "n0", name, state=failed("link", "n3-n4")
        )


def test_trees_that_take_much_room_are_let_go_of_when_all_is_placed(monkeypatch):
    names = [f"n{number}" for number in range(4)]
    net = Net(network([wire(f"{a}-{b}") for a, b in pairwise(names)]))
    before = [net.tree(name) for name in names]
    net.igp.rest()
    assert [net.tree(name) for name in names] == before  # these take next to none
    monkeypatch.setattr(igp, "_MOST_BYTES_AT_REST", 3 * before[0].size)
    net.igp.rest()
    after = [net.tree(name) for name in names]
    assert not any(one is other for one, other in zip(before, after, strict=True))
    assert [[*tree.distances()] for tree in after] == [[*tree.distances()] for tree in before]
    monkeypatch.setattr(igp, "_MOST_BYTES", 4 * before[0].size)  # room is counted from none again
    assert [net.tree(name) for name in names] == after
