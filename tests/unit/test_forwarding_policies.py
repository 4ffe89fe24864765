"""Segment lists and what packets do under SR policies, beside a second opinion and exhaustive search."""

from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_forwarding import Plain
from support_model import every_link, every_node, wire
from support_sr import candidate_paths, sr_network

from intentc.forwarding import policies as policies_module
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Health, Policy, Segment
from intentc.forwarding.walk import Mishap, Packets
from intentc.realise.policies import PolicyNames
from intentc.resolve.model import FailureState
from intentc.topology.model import Directional

NAMES = ["a", "b", "c", "d", "e"]
# the IGP goes a-b-c-d; a-e-d is longer, and two equal ways lead from c to f
LINKS = ["a-b", "b-c", "c-d", "a-e", "e-d", "c-g", "c-h", "g-f", "h-f"]


def test_what_is_remembered_has_bounds_and_changes_nothing(monkeypatch):
    topology = ladder()
    whole = router_of(topology)
    outages = Outages(whole.network)
    states = [NORMAL, *(outages.of(state) for state in every_link(topology))]
    nodes = range(len(whole.network.nodes))
    asked = [(0, (Segment(one), Segment(other)), state) for one in nodes for other in nodes for state in states] * 2
    expected = [whole.follow(*of) for of in asked]
    for name, most in {"_MOST_KEPT": 3, "_MOST_LISTS": 2, "_MOST_STRETCHES": 4}.items():
        monkeypatch.setattr(policies_module, name, most)
    brief = router_of(topology)
    for arc, start in enumerate(whole.network.tail):
        assert brief.encode(start, (arc,), frozenset()) == whole.encode(start, (arc,), frozenset())
        assert len(brief._encoded) <= 2
    for of, found in zip(asked, expected, strict=True):
        assert brief.follow(*of) == found
        assert len(brief._lists) <= 2
        assert len(brief._stretches) <= 4
        assert sum(len(known.in_states) for known in brief._lists.values()) <= 4


def router_of(topology):
    return SegmentRouter(Igp(build_network(topology)))


def ladder(**rest):
    metric = {"a-e": 90, "e-d": 50}
    return sr_network([wire(name, metric=metric.get(name, 10)) for name in LINKS], ends=("d",), **rest)


def arcs_of(router, nodes):
    network = router.network
    found = []
    for near, far in pairwise(nodes):
        here = network.node_index[near]
        found.append(next(arc for arc in network.leaving[here] if network.head[arc] == network.node_index[far]))
    return tuple(found)


def encoded(router, nodes, pinned=(), *, is_strict=False):
    links = frozenset(router.network.link_index[name] for name in pinned)
    segments = router.encode(router.network.node_index[nodes[0]], arcs_of(router, nodes), links, is_strict=is_strict)
    return None if segments is None else PolicyNames(router.network).segments(segments)


@pytest.mark.parametrize(
    ("path", "pinned", "segments"),
    [
        ("abcd", (), ("d",)),
        ("aed", (), ("a-e@a", "d")),
        ("abcgf", (), ("g", "f")),
        ("abcd", ("a-b",), ("a-b@a", "d")),
        ("abcd", ("b-c",), ("b", "b-c@b", "d")),
        ("abcd", ("c-d",), ("c", "c-d@c")),
        ("abcd", ("a-b", "c-d"), ("a-b@a", "c", "c-d@c")),
        ("dea", (), ("e", "a-e@e")),
    ],
)
def test_a_list_names_the_farthest_nodes_that_the_igp_leads_to_along_the_path(path, pinned, segments):
    assert encoded(router_of(ladder()), tuple(path), pinned) == segments


def test_packets_that_fences_cannot_see_get_a_link_at_a_time():
    assert encoded(router_of(ladder()), tuple("abcd"), is_strict=True) == ("a-b@a", "b-c@b", "c-d@c")


def test_no_list_leads_through_a_node_without_segment_routing():
    assert encoded(router_of(ladder(without=("b",))), tuple("abcd")) is None


def outage(router, *, links=(), nodes=()):
    return Outages(router.network).of(FailureState("x", frozenset(nodes), frozenset(links)))


def follow(router, source, segments, at=NORMAL):
    return router.follow(router.network.node_index[source], segments, at)


def node_segment(router, name):
    return Segment(router.network.node_index[name])


def test_equal_cost_ways_of_a_segment_share_equally():
    router = router_of(ladder())
    found = follow(router, "a", (node_segment(router, "f"),))
    assert found.health is Health.UP
    assert [trail.share for trail in found.trails] == [Fraction(1, 2), Fraction(1, 2)]


def test_a_node_segment_goes_another_way_where_an_adjacency_segment_goes_down():
    router = router_of(ladder())
    down = outage(router, links=("b-c",))
    assert follow(router, "a", (node_segment(router, "d"),), down).health is Health.UP
    arc = arcs_of(router, "bc")[0]
    pinned = (node_segment(router, "b"), Segment(router.network.head[arc], arc), node_segment(router, "d"))
    assert follow(router, "a", pinned, down).health is Health.DOWN


def test_a_segment_over_a_node_without_segment_routing_is_down_or_torn():
    router = router_of(ladder(without=("g",)))
    assert follow(router, "c", (node_segment(router, "f"),)).health is Health.TORN
    down = outage(router, links=("c-h",))
    assert follow(router, "c", (node_segment(router, "f"),), down).health is Health.DOWN
    assert follow(router, "c", (node_segment(router, "g"),)).health is Health.DOWN


def test_what_is_down_for_sure_is_not_torn():
    router = router_of(ladder(without=("g",)))
    arc = arcs_of(router, "fh")[0]
    lists = (node_segment(router, "f"), Segment(router.network.head[arc], arc))
    assert follow(router, "c", lists, outage(router, links=("h-f",))).health is Health.DOWN


def packets(router, *, closed=False, fences=()):
    end = frozenset({router.network.node_index["d"]})
    return Packets((end,), frozenset(router.network.link_index[name] for name in fences), closed)


def two_ways(router):
    network = router.network
    first = router.encode(network.node_index["a"], arcs_of(router, "aed"), frozenset())
    second = router.encode(network.node_index["a"], arcs_of(router, "abcd"), frozenset(range(len(network.links))))
    return {network.node_index["a"]: Policy((first, second))}


def links_of(router, taken):
    return [tuple(router.network.links[arc >> 1] for arc in trail.arcs) for trail in taken.trails]


@pytest.mark.parametrize(
    ("failed", "links"),
    [((), ("a-e", "e-d")), (("a-e",), ("a-b", "b-c", "c-d")), (("e-d",), ("a-e", "a-e", "a-b", "b-c", "c-d"))],
)
def test_the_first_candidate_that_is_up_carries(failed, links):
    """With `e-d` down the first one is still up: its node segment turns round."""
    router = router_of(ladder())
    taken = router.walk(packets(router), two_ways(router), router.network.node_index["a"], outage(router, links=failed))
    assert links_of(router, taken) == [links]


@pytest.mark.parametrize("closed", [False, True])
def test_without_a_candidate_packets_follow_the_igp_or_are_dropped(closed):
    router = router_of(ladder())
    here = router.network.node_index["a"]
    arc = arcs_of(router, "ae")[0]
    policies = {here: Policy(((Segment(router.network.head[arc], arc), node_segment(router, "d")),))}
    taken = router.walk(packets(router, closed=closed), policies, here, outage(router, links=("a-e",)))
    if closed:
        assert taken.fault.mishap is Mishap.CLOSED
    else:
        assert links_of(router, taken) == [("a-b", "b-c", "c-d")]


def test_fences_do_not_see_labelled_packets_but_those_that_the_igp_carries():
    router = router_of(ladder())
    here = router.network.node_index["a"]
    fenced = packets(router, fences=("b-c",))
    by_policy = router.walk(fenced, {here: Policy(((node_segment(router, "d"),),))}, here, NORMAL)
    assert links_of(router, by_policy) == [("a-b", "b-c", "c-d")]
    assert router.walk(fenced, {}, here, NORMAL).fault.mishap is Mishap.FENCE


@pytest.mark.parametrize("end", ["c", "g"])
def test_packets_are_lost_where_a_policy_ends_at_another_node(end):
    router = router_of(ladder())
    here = router.network.node_index["a"]
    taken = router.walk(packets(router), {here: Policy(((node_segment(router, end),),))}, here, NORMAL)
    assert taken.fault.mishap is Mishap.NO_ROUTE


def test_a_list_that_takes_a_link_twice_is_a_loop():
    router = router_of(ladder())
    lists = tuple(node_segment(router, name) for name in "bab")
    assert follow(router, "a", lists).mishap is Mishap.LOOP


def test_more_ways_than_anyone_reads_are_not_followed():
    links = [wire(f"{a}-{b}#{n}") for a, b in ("ab", "bc", "cd") for n in range(1, 6)]
    router = router_of(sr_network(links, ends=("d",)))
    assert follow(router, "a", (node_segment(router, "d"),)).mishap is Mishap.WIDTH
    assert follow(router, "a", tuple(node_segment(router, name) for name in "bcd")).mishap is Mishap.WIDTH


@st.composite
def networks(draw):
    names = NAMES[: draw(st.integers(3, 5))]
    pairs = {(names[index - 1], names[index]) for index in range(1, len(names))}
    pairs |= draw(st.sets(st.sampled_from([(a, b) for a in names for b in names if a < b]), max_size=4))
    metric = st.sampled_from([1, 1, 2, 3])
    links = [wire(f"{a}-{b}", igp_metric=Directional(draw(metric), draw(metric))) for a, b in sorted(pairs)]
    if draw(st.booleans()):
        links.append(wire(f"{names[0]}-{names[1]}#2", metric=1))
    blind = draw(st.sets(st.sampled_from(names), max_size=1))
    return sr_network(links, ends=names, without=blind)


@st.composite
def paths(draw, router):
    """A path without a repeated node, as its first node and its arcs."""
    network = router.network
    start = draw(st.integers(0, len(network.nodes) - 1))
    here, arcs, seen = start, [], {start}
    for _ in range(draw(st.integers(1, 4))):
        open_arcs = [arc for arc in network.leaving[here] if network.head[arc] not in seen]
        if not open_arcs:
            break
        arcs.append(draw(st.sampled_from(open_arcs)))
        here = network.head[arcs[-1]]
        seen.add(here)
    return start, tuple(arcs)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_list_of_fewer_segments_makes_packets_take_the_path(data):
    router = router_of(data.draw(networks()))
    network = router.network
    start, arcs = data.draw(paths(router))
    segments = router.encode(start, arcs, frozenset()) if arcs else None
    if segments is None:
        return
    assert [trail.arcs for trail in router.follow(start, segments, NORMAL).trails] == [arcs]
    every = [Segment(node) for node in range(len(network.nodes))]
    every += [Segment(network.head[arc], arc) for arc in range(len(network.head))]
    for size in range(1, min(len(segments), 3)):
        for other in product(every, repeat=size):
            if all(found.arc is None or network.tail[found.arc] == here for here, found in _ends(start, other)):
                found = router.follow(start, other, NORMAL)
                assert [trail.arcs for trail in found.trails] != [arcs]


def _ends(start, segments):
    return zip((start, *(segment.node for segment in segments)), segments, strict=False)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_lists_do_in_every_state_what_a_second_opinion_says(data):
    topology = data.draw(networks())
    router = router_of(topology)
    start, arcs = data.draw(paths(router))
    pinned = data.draw(st.sets(st.sampled_from(range(len(router.network.links)))))
    segments = router.encode(start, arcs, frozenset(pinned)) if arcs else None
    if segments is None:
        return
    outages, names = Outages(router.network), PolicyNames(router.network).segments(segments)
    normal = router.follow(start, segments, NORMAL)
    for state in (*every_link(topology), *every_node(topology, router.network.nodes[start])):
        health, told = candidate_paths(Plain(topology, state.nodes, state.links), router.network.nodes[start], names)
        at = outages.of(state)
        found = router.follow(start, segments, at)
        assert found.health.value == health
        if found.mishap is None and health == "up":
            shares = {
                (
                    tuple(router.network.nodes[node] for node in router.network.nodes_along(start, trail.arcs)),
                    tuple(router.network.links[arc >> 1] for arc in trail.arcs),
                ): trail.share
                for trail in found.trails
            }
            assert shares == told
        if not at.mask & normal.dependence:
            assert (found.health, found.trails) == (normal.health, normal.trails)
