"""Segments of Flexible Algorithms: their names, where they lead, and the shortest lists with them."""

import random
from itertools import product

import pytest
from support_flex import algorithm, flex_network
from support_model import wire

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Health, Policy, Segment
from intentc.forwarding.segments import segment_name, segment_of
from intentc.forwarding.walk import Mishap, Packets
from intentc.resolve.model import FailureState
from intentc.topology.model import Directional

# The IGP goes a-b-d, algorithm 128 (no red) over c, and round a failure there over e.
LINKS = [wire("a-b", affinity=("red",)), wire("b-d"), wire("a-c", metric=20), wire("c-d", metric=20)]
LINKS += [wire("a-e", metric=30), wire("e-d", metric=30)]


def router_of(links=LINKS, **rest):
    return SegmentRouter(Igp(build_network(flex_network(links, algorithm(128, exclude_any=["red"]), **rest))))


def outage(router, *, links=(), nodes=()):
    return Outages(router.network).of(FailureState("x", frozenset(nodes), frozenset(links)))


def ways(router, source, segments, at=NORMAL):
    """Health, and the paths as texts."""
    network = router.network
    found = router.follow(network.node_index[source], tuple(segment_of(network, name) for name in segments), at)
    start = network.node_index[source]
    texts = ["".join(network.nodes[node] for node in network.nodes_along(start, trail.arcs)) for trail in found.trails]
    return found.health, texts


def test_a_segment_of_an_algorithm_takes_its_way():
    router = router_of()
    assert ways(router, "a", ["d"]) == (Health.UP, ["abd"])
    assert ways(router, "a", ["d~128"]) == (Health.UP, ["acd"])
    assert ways(router, "a", ["b", "d~128"]) == (Health.UP, ["abd"])


@pytest.mark.parametrize(
    ("links", "nodes", "expected"),
    [
        (["a-c"], [], (Health.UP, ["aed"])),
        ([], ["c"], (Health.UP, ["aed"])),
        (["a-c", "a-e"], [], (Health.DOWN, [])),
        ([], ["d"], (Health.DOWN, [])),
        (["a-b"], [], (Health.UP, ["acd"])),
    ],
)
def test_failures_are_gone_round_within_the_algorithm_only(links, nodes, expected):
    router = router_of()
    assert ways(router, "a", ["d~128"], outage(router, links=links, nodes=nodes)) == expected


@pytest.mark.parametrize(("outside", "expected"), [("c", ["aed"]), ("a", []), ("d", []), ("ce", [])])
def test_nodes_that_take_no_part_are_not_there(outside, expected):
    assert ways(router_of(outside={128: outside}), "a", ["d~128"])[1] == expected


def test_a_node_without_loopback_takes_no_part():
    assert ways(router_of(nodes={"c": {"loopback": None}}), "a", ["d~128"])[1] == ["aed"]


@pytest.mark.parametrize(("is_closed", "expected"), [(True, Mishap.CLOSED), (False, None)])
def test_a_head_end_without_a_way_drops_or_leaves_it_to_the_igp(is_closed, expected):
    router = router_of()
    index = router.network.node_index
    packets = Packets((frozenset({index["d"]}),), frozenset(), is_closed)
    policies = {index["a"]: Policy(((Segment(index["d"], algo=128),),), is_by_algorithm=True)}
    taken = router.walk(packets, policies, index["a"], outage(router, links=["a-c", "a-e"]))
    assert (taken.fault and taken.fault.mishap) == expected


def test_names_tell_segments_apart():
    network = router_of().network
    segments = [Segment(node, algo=algo) for node in range(len(network.nodes)) for algo in (0, 128)]
    segments += [Segment(network.head[arc], arc) for arc in range(len(network.tail))]
    names = [segment_name(network, segment) for segment in segments]
    assert len(set(names)) == len(names)
    assert [segment_of(network, name) for name in names] == segments
    assert [segment_of(network, name) for name in ("d~129", "x~128", "d~", "~128", "d~0128")] == [None] * 5


def random_case(source):
    names = "abcde"
    pairs = [tuple(source.sample(names, 2)) for _ in range(8)]
    links = [
        wire(
            f"l{number}",
            ends=pair,
            igp_metric=Directional(source.choice([1, 2, 4]), source.choice([1, 2, 4])),
            affinity=("red",) if source.random() < 0.3 else (),
        )
        for number, pair in enumerate(pairs)
    ]
    router = router_of(links, ends=names)
    network = router.network
    arcs, node = [], source.randrange(len(network.nodes))
    start, seen = node, {node}
    while ahead := [arc for arc in network.leaving[node] if network.head[arc] not in seen]:
        arcs.append(source.choice(ahead))
        node = network.head[arcs[-1]]
        seen.add(node)
        if len(arcs) == 4:
            break
    return router, start, tuple(arcs)


@pytest.mark.parametrize("seed", range(60))
def test_no_list_is_shorter(seed):
    """Trying all lists with fewer segments finds none that packets follow along the same path."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    router, start, arcs = random_case(source)
    network = router.network
    found = router.encode(start, arcs, frozenset(), algorithms=(128,))
    assert [trail.arcs for trail in router.follow(start, found, NORMAL).trails] == [arcs]
    known = [Segment(node, algo=algo) for node in range(len(network.nodes)) for algo in (0, 128)]
    known += [Segment(network.head[arc], arc) for arc in arcs]
    shorter = (segments for length in range(1, min(len(found), 4)) for segments in product(known, repeat=length))
    assert not any([trail.arcs for trail in router.follow(start, one, NORMAL).trails] == [arcs] for one in shorter)


@pytest.mark.parametrize("pinned", ["a-c", "c-d"])
def test_pinned_links_are_adjacencies_still(pinned):
    router = router_of()
    index, arc = router.network.node_index, router.network.link_index
    path = tuple(
        next(a for a in (2 * arc[name], 2 * arc[name] + 1) if router.network.tail[a] == index[near])
        for name, near in (("a-c", "a"), ("c-d", "c"))
    )
    segments = router.encode(index["a"], path, frozenset({arc[pinned]}), algorithms=(128,))
    names = [segment_name(router.network, segment) for segment in segments]
    assert names == {"a-c": ["a-c@a", "d"], "c-d": ["c", "c-d@c"]}[pinned]
