"""Segment lists as a kernel lays, follows and makes them against the twin, over networks with a Flexible Algorithm and nodes without labels."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_flex import algorithm, flex_network
from support_model import wire
from support_native import needs_kernels

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Segment
from intentc.native import SWITCH, compiled
from intentc.topology.model import Directional

pytestmark = needs_kernels

NAMES = "abcdefg"


def both_of(topology):
    """Return a router with kernels and one without any, down to the trees."""
    kernel = SegmentRouter(Igp(build_network(topology)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SWITCH, "0")
        twin = SegmentRouter(Igp(build_network(topology)))
    assert kernel.network.graph is not None
    assert twin.network.graph is None
    return kernel, twin


@st.composite
def routers(draw):
    pairs = st.lists(st.tuples(*[st.sampled_from(NAMES)] * 2).filter(lambda pair: pair[0] < pair[1]), max_size=12)
    few = st.integers(1, 3)
    links = [
        wire(
            f"l{number}",
            ends=pair,
            igp_metric=Directional(draw(few), draw(few)),
            affinity=("red",) if draw(st.booleans()) else (),
        )
        for number, pair in enumerate([*pairwise(NAMES), *draw(pairs)])
    ]
    blind = draw(st.sets(st.sampled_from(NAMES), max_size=1))
    outside = {128: draw(st.sets(st.sampled_from(NAMES), max_size=1))}
    return both_of(flex_network(links, algorithm(128, exclude_any=["red"]), outside=outside, ends=NAMES, without=blind))


@st.composite
def lists(draw, network):
    """Make a list: mostly of segments that go on where the one before ends, some that jump, some of an algorithm nobody knows."""
    found, node = [], draw(st.integers(0, len(network.nodes) - 1))
    start = node
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            arcs = network.leaving[node] if draw(st.integers(0, 9)) else range(len(network.head))
            arc = draw(st.sampled_from(arcs))
            found.append(Segment(network.head[arc], arc))
        else:
            algo = draw(st.sampled_from([0, 0, 0, 128, 128, 200]))
            found.append(Segment(draw(st.integers(0, len(network.nodes) - 1)), algo=algo))
        node = found[-1].node
    return start, tuple(found)


@st.composite
def outages(draw, network):
    nodes = draw(st.frozensets(st.integers(0, len(network.nodes) - 1), max_size=1))
    some = draw(st.frozensets(st.integers(0, len(network.links) - 1), max_size=2))
    links = some.union(*({arc >> 1 for arc in network.leaving[node]} for node in nodes))
    mask = sum(map(network.link_bit, links)) + sum(map(network.node_bit, nodes))
    return Outage("x", nodes, links, mask)


def said(found):
    return found.health, found.trails, found.mishap


@settings(max_examples=60, deadline=None)
@given(st.data(), routers())
def test_lists_lead_where_those_of_the_twin_lead(data, routers):
    kernel, twin = routers
    states = data.draw(st.lists(outages(kernel.network), max_size=4))
    for start, segments in data.draw(st.lists(lists(kernel.network), max_size=4)):
        assert kernel.follow(start, segments, NORMAL) == twin.follow(start, segments, NORMAL)
        for outage in states:
            assert said(kernel.follow(start, segments, outage)) == said(twin.follow(start, segments, outage))
            again = tuple(segments[:1] + segments[1:])  # the same list as another object
            assert kernel.follow(start, again, outage) == kernel.follow(start, segments, outage)


@settings(max_examples=60, deadline=None)
@given(st.data(), routers(), st.booleans())
def test_lists_for_a_path_are_those_of_the_twin(data, routers, is_strict):
    kernel, _ = routers
    network, arcs = kernel.network, []
    start = node = data.draw(st.integers(0, len(network.nodes) - 1))
    for _ in range(data.draw(st.integers(0, 6))):
        arcs.append(data.draw(st.sampled_from(network.leaving[node])))
        node = network.head[arcs[-1]]
    pinned = data.draw(st.frozensets(st.sampled_from(range(len(network.links))), max_size=2))
    stops = data.draw(st.frozensets(st.sampled_from(range(len(network.nodes))), max_size=2))
    found, expected = (
        router.encode(start, tuple(arcs), pinned, stops, is_strict=is_strict, algorithms=(128,)) for router in routers
    )
    assert found == expected
    if found:
        followed = kernel.follow(start, found, NORMAL)
        assert [trail.arcs for trail in followed.trails] in ([tuple(arcs)], [])  # none where it takes a link twice


def line():
    """Four nodes in a row, and a way around the middle."""
    links = [wire("a-b"), wire("b-c"), wire("c-d"), wire("b-e", metric=30), wire("c-e", metric=30)]
    return both_of(flex_network(links, ends="abcde"))[0]


def down(router, *, links=(), nodes=()):
    network = router.network
    links = frozenset(network.link_index[name] for name in links)
    nodes = frozenset(network.node_index[name] for name in nodes)
    return Outage("x", nodes, links, sum(map(network.link_bit, links)) + sum(map(network.node_bit, nodes)))


def test_one_way_per_segment_is_for_the_kernel():
    router = line()
    kernel, network = router._kernel, router.network
    at = network.node_index
    laid, labels, mask = kernel.lay(at["a"], (Segment(at["b"]), Segment(at["d"])))
    assert [network.links[arc >> 1] for arc in laid.arcs] == ["a-b", "b-c", "c-d"]
    assert labels == (2, 1, 1)
    assert mask == network.mask_of(at["a"], laid.arcs)
    arcs, labels = kernel.follow(laid, down(router, links=["b-c"]))
    assert [network.links[arc >> 1] for arc in arcs] == ["a-b", "b-e", "c-e", "c-d"]
    assert labels == (2, 1, 1, 1)
    assert kernel.follow(laid, down(router, links=["c-d"], nodes=["d"])) == 0
    assert kernel.follow(laid, down(router, links=["c-d"])) is None  # no way: the twin says so
    back = kernel.lay(at["a"], (Segment(at["c"]), Segment(at["d"])))[0]
    assert kernel.follow(back, down(router, links=["a-b"])) is None


@pytest.mark.parametrize("segment", [Segment(5), Segment(-1), Segment(0, 10), Segment(0, -1)])
def test_elements_that_no_network_has_are_refused(segment):
    with pytest.raises(IndexError):
        line()._kernel.lay(0, (segment,))


@pytest.mark.parametrize(
    "of", [(5, (), (), (), ()), (0, (99,), (), (), ()), (0, (0,), (9,), (-1,), (1,)), (0, (0,), (1,), (-1,), (2,))]
)
def test_lists_that_no_network_has_are_refused(of):
    with pytest.raises(IndexError):
        compiled("segments").Laid(line().network.graph, *of, (None,) * len(of[2]))


def test_a_list_of_another_network_is_refused():
    one, other = line(), line()
    laid = one._kernel.lay(0, (Segment(1),))[0]
    with pytest.raises(ValueError, match="another network"):
        other._kernel.follow(laid, Outage("x", frozenset(), frozenset({0}), 1))
