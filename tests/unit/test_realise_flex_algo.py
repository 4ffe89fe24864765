"""Flexible Algorithms chosen for demands: which, for whom, and what they do in every promised state."""

from dataclasses import replace

import pytest
from support_flex import algorithm, flex_devices, flex_network, flex_realised, lacking
from support_model import (
    capabilities,
    codes,
    demand,
    every_link,
    exclusion,
    failed,
    failover,
    in_state,
    model,
    nodes_of,
    reply,
    wire,
)

from intentc.diagnostics import Findings
from intentc.place.place import place as place_model
from intentc.realise.earlier import Earlier, EarlierPolicy
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.realise import realise
from intentc.topology.model import Bfd, Directional

# The IGP's way from a to d is a-b-d (20, 10 ms); the least delay has a-c-d (2 ms), next to it a-e-d (4 ms).
LINKS = [
    wire("a-b", metric=10, ms=5, affinity=("east",)),
    wire("b-d", metric=10, ms=5, affinity=("east",)),
    wire("a-c", metric=25, ms=1),
    wire("c-d", metric=25, ms=1),
    wire("a-e", metric=30, ms=2),
    wire("e-d", metric=30, ms=2),
]
DELAY = algorithm(128, "delay")
WEST = algorithm(129, exclude_any=("east",))
BFD = Bfd(interval_us=50_000, multiplier=3)


def net(*algorithms, links=LINKS, **rest):
    return flex_network(links, *(algorithms or (DELAY,)), **({"ends": ("a", "d"), "bfd": BFD} | rest))


def place(topology, *demands, **overrides):
    return flex_realised(model(topology, *demands), **overrides)


def one(topology, *, key="x/a>d", devices=None, **wanted):
    found, _ = place(topology, demand(topology, "a", "d", **wanted), **(devices or {}))
    return found.demands.get(key)


def test_a_bound_that_the_igp_misses_is_kept_by_the_algorithm_of_the_delay():
    topology = net()
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3))
    item = found.demands["x/a>d"]
    assert (item.mechanism, item.segments, nodes_of(found, "x/a>d")) == ("flex-algo", ("d~128",), ["a c d"])
    (policy,) = item.policies
    assert (policy.node, policy.end_point, policy.algorithm, policy.is_fail_closed) == ("a", "d", 128, False)
    assert [(path.preference, path.segments) for path in policy.candidates] == [(100, ("d~128",))]
    (told,) = item.alternatives
    assert (told.segments, told.liveness, told.paths) == (("d~128",), "igp", item.primary)
    assert item.reason == "the way of algorithm 128: IGP's path takes 10ms, bound 3ms"


def test_where_the_igp_does_it_no_algorithm_is_used():
    assert one(net(), bound_ms=20).mechanism == "igp"


def test_failures_are_left_to_the_algorithm_and_found_as_the_igp_finds_them():
    topology = net()
    wanted = demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=5))
    found, _ = place(topology, wanted)
    item = found.demands["x/a>d"]
    assert (item.mechanism, len(item.policies[0].candidates)) == ("flex-algo", 1)
    assert in_state(found, "x/a>d", "link:a-c") == ["a e d"]
    told = item.protection
    assert (told.detector, told.detect_ms, told.repair_ms, told.basis) == ("bfd", 150, 60, "topology")


def test_without_bfd_the_igp_has_to_notice():
    topology = net(bfd=None)
    without = {
        name: {"features": {k: v for k, v in own["features"].items() if k != "bfd"}}
        for name, own in flex_devices(topology).items()
    }
    wanted = demand(
        topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=5, within_ms=60_000)
    )
    told = place(topology, wanted, **without)[0].demands["x/a>d"].protection
    assert (told.detector, told.detect_ms) == ("igp", 30_000)


def test_where_the_algorithm_is_too_slow_in_one_promised_state_an_sr_policy_does_it():
    """By its TE metric the algorithm goes over c, and round a failure there over the slow b."""
    metrics = {"a-b": 2, "b-d": 2, "a-c": 1, "c-d": 1, "a-e": 5, "e-d": 5}
    links = [replace(item, te_metric=Directional(metrics[item.id], metrics[item.id])) for item in LINKS]
    topology = net(algorithm(128, "te"), links=links)
    assert one(topology, bound_ms=3).mechanism == "flex-algo"
    promised = failover(*every_link(topology), bound_ms=12)
    assert one(topology, bound_ms=3, failover=promised).mechanism == "flex-algo"
    promised = failover(*every_link(topology), bound_ms=5)
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3, failover=promised))
    assert found.demands["x/a>d"].mechanism == "sr-policy"
    assert in_state(found, "x/a>d", "link:a-c") == ["a e d"]


def test_where_the_algorithm_lacks_room_in_one_promised_state_an_sr_policy_does_it():
    """Round a failure of a-c or c-d the least delay is that over f, which is too narrow."""
    links = [*LINKS, wire("a-f", metric=90, ms=1.9), wire("f-d", metric=90, ms=1.9, mbps=5)]
    topology = net(links=links)
    promised = failover(*every_link(topology), bound_ms=6, mbps=10)
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3.5, mbps=10, failover=promised))
    assert found.demands["x/a>d"].mechanism == "sr-policy"
    assert in_state(found, "x/a>d", "link:a-c") == ["a e d"]


def test_what_is_full_is_left_to_another_path():
    topology = net(links=[*LINKS[:2], wire("a-c", metric=25, mbps=10), wire("c-d", metric=25), *LINKS[4:]])
    first = demand(topology, "a", "d", intent="x", bound_ms=6, mbps=7)
    second = demand(topology, "a", "d", intent="y", bound_ms=6, mbps=7)
    found, _ = place(topology, first, second)
    assert sorted(item.mechanism for item in found.demands.values()) == ["flex-algo", "sr-policy"]


def test_forbidden_links_are_left_to_the_affinities_that_exclude_them():
    topology = net(DELAY, WEST)
    wanted = {"exclusions": (exclusion(nodes=("b",)),), "otherwise": "drop"}
    item = one(topology, failover=failover(*every_link(topology)), **wanted)
    assert (item.mechanism, item.segments, item.policies[0].is_fail_closed) == ("flex-algo", ("d~129",), True)


def test_an_algorithm_that_might_lead_over_a_forbidden_link_is_not_used():
    """That of the delay keeps off b as long as nothing fails; nobody promises that for other times."""
    item = one(net(DELAY), exclusions=(exclusion(nodes=("b",)),))
    assert (item.mechanism, item.segments) == ("sr-policy", ("a-c@a", "c-d@c"))


def test_lists_of_what_is_fenced_may_use_algorithms_that_keep_off():
    """The way over c is that of the affinities, but in a failure promised it is too slow then."""
    topology = net(
        WEST,
        links=[
            *LINKS[:4],
            wire("a-e", metric=30, ms=9),
            wire("e-d", metric=30, ms=9),
            wire("a-f", metric=90),
            wire("f-d", metric=90),
        ],
    )
    item = one(
        topology,
        bound_ms=3,
        exclusions=(exclusion(nodes=("b",)),),
        failover=failover(*every_link(topology), bound_ms=4),
    )
    assert item.mechanism == "sr-policy"
    assert [path.segments for path in item.policies[0].candidates] == [("a-c@a", "c-d@c"), ("f~129", "d~129")]


def test_a_node_that_takes_no_part_is_avoided():
    topology = net(outside={128: ["c"]})
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=5))
    assert (found.demands["x/a>d"].mechanism, nodes_of(found, "x/a>d")) == ("flex-algo", ["a e d"])


@pytest.mark.parametrize("name", ["a", "d"])
def test_both_ends_take_part(name):
    assert one(net(outside={128: [name]}), bound_ms=3).mechanism == "sr-policy"


@pytest.mark.parametrize(
    ("definition", "feature"),
    [
        (algorithm(128, "delay"), "flex-algo-delay"),
        (algorithm(128, "delay"), "flex-algo-affinity"),
        (algorithm(128, "te"), "flex-algo-te"),
        (algorithm(128, exclude_any=("east",)), "flex-algo-affinity"),
    ],
)
def test_an_algorithm_that_any_of_its_nodes_cannot_compute_is_not_used(definition, feature):
    topology = net(definition, links=[replace(item, te_metric=item.latency_ns) for item in LINKS])
    assert one(topology, bound_ms=3).mechanism == "flex-algo"
    assert one(topology, bound_ms=3, devices={"e": lacking(topology, feature)}).mechanism == "sr-policy"


def test_over_ospf_that_is_a_feature_of_its_own():
    topology = net(igp="ospf")
    assert one(topology, bound_ms=3).mechanism == "flex-algo"
    assert one(topology, bound_ms=3, devices={"e": lacking(topology, "flex-algo-ospf")}).mechanism == "sr-policy"


@pytest.mark.parametrize("broken", ["mechanism", "feature"])
def test_the_head_end_needs_the_mechanism(broken):
    topology = net()
    change = {"mechanisms": ("igp", "sr-policy")} if broken == "mechanism" else lacking(topology, "flex-algo")
    assert one(topology, bound_ms=3, devices={"a": change}).mechanism == "sr-policy"
    assert one(topology, bound_ms=3, devices={"d": change}).mechanism == "flex-algo"


def test_a_head_end_without_other_mechanisms_has_the_algorithm():
    item = one(net(depth=None), bound_ms=3, devices={"a": {"mechanisms": ("igp", "flex-algo")}})
    assert item.mechanism == "flex-algo"


def test_a_providers_node_is_believed_to_take_part():
    topology = net(nodes={"c": {"platform": "none"}})
    assert one(topology, bound_ms=3).mechanism == "flex-algo"


def test_links_of_unknown_latency_are_left_out():
    topology = net(links=[*LINKS[:2], replace(LINKS[2], latency_ns=None), *LINKS[3:]])
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=5))
    assert nodes_of(found, "x/a>d") == ["a e d"]


def test_delays_are_advertised_in_whole_microseconds():
    """1000001 ns is 1001 us, as is 1000400 ns; no delay is 1 us."""
    links = [wire("a-b", ms=0), wire("b-d", ms=0), wire("a-c", metric=5), wire("c-d", metric=5)]
    links[2] = replace(links[2], latency_ns=Directional(1, 1))
    links[3] = replace(links[3], latency_ns=Directional(600, 600))
    topology = net(links=links)
    wanted = demand(topology, "a", "d", exclusions=(exclusion(links=("a-b",)),))
    assert place(topology, wanted)[0].demands["x/a>d"].mechanism == "igp"
    router = Mechanisms(topology, capabilities(topology))._router
    index = router.network.node_index
    tree = router.plane(128).igp.towards_node(index["d"])
    assert (tree.distance(index["a"]), len(tree.next_arcs(index["a"]))) == (2, 2)


def test_equal_ways_of_an_algorithm_share():
    links = [*LINKS[:4], wire("a-e", metric=30, ms=1), wire("e-d", metric=30, ms=1)]
    topology = net(links=links)
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3))
    assert nodes_of(found, "x/a>d") == ["a c d", "a e d"]
    assert [path.share_ppm for path in found.demands["x/a>d"].primary] == [500_000, 500_000]


def test_what_is_told_is_why_the_igps_path_was_left():
    """Too full; wanted otherwise; too slow under failure only."""
    narrow = net(links=[replace(LINKS[0], capacity_bps=Directional(10**7, 10**7)), *LINKS[1:]])
    assert one(narrow, mbps=9).reason == "the way of algorithm 128: IGP's path would fill `a-b` to 90%, limit 80%"
    assert one(net(), goal="latency").reason == "the way of algorithm 128: `optimize latency` prefers it to IGP's path"
    links = [replace(item, latency_ns=Directional(10**6, 10**6)) for item in LINKS[:2]] + [
        wire("b-g", ms=9),
        wire("g-d", ms=9),
        *LINKS[2:],
    ]
    promised = failover(failed("link", "b-d"), bound_ms=5)
    found = one(net(links=links), failover=promised)
    assert (found.mechanism, found.reason) == (
        "flex-algo",
        "the way of algorithm 128: IGP's path would not do under failure",
    )


def test_both_directions_ride_the_algorithm_each_at_its_own_head_end():
    topology = net()
    wanted = demand(topology, "a", "d", bound_ms=3)
    found, _ = place(topology, wanted, reply(wanted))
    assert [(item.mechanism, item.policies[0].node) for item in found.demands.values()] == [
        ("flex-algo", "a"),
        ("flex-algo", "d"),
    ]


def test_where_the_algorithm_has_no_way_left_the_igp_carries_what_may():
    """Beyond what is promised: both ways but the IGP's are cut."""
    topology = net(WEST, links=[*LINKS[:4]])
    state = failed("link", "a-c")
    wanted = demand(topology, "a", "d", bound_ms=3, failover=failover(state, bound_ms=30))
    found, _ = place(topology, wanted)
    assert found.demands["x/a>d"].mechanism == "flex-algo"
    assert in_state(found, "x/a>d", "link:a-c") == ["a b d"]


def test_what_is_fail_closed_is_dropped_where_the_algorithm_has_no_way_left():
    topology = net(WEST, links=[*LINKS[:4]])
    wanted = demand(
        topology, "a", "d", bound_ms=3, failover=failover(failed("link", "a-c"), bound_ms=30), otherwise="drop"
    )
    found, _ = place(topology, wanted)
    assert found.demands["x/a>d"].mechanism == "sr-policy"


def test_a_replica_that_stands_by_rides_the_algorithm_too():
    """The IGP's way to b, when d fails, is the link a-b of 5 ms."""
    links = [*LINKS, wire("b-c", ms=1.5, metric=100)]
    topology = net(links=links, ends=("a", "d", "b"))
    wanted = demand(topology, "a", "d", "b", bound_ms=3, failover=failover(failed("node", "d"), bound_ms=3))
    found, _ = place(topology, wanted)
    item = found.demands["x/a>service"]
    assert item.mechanism == "flex-algo"
    assert [(policy.end_point, policy.candidate is not None) for policy in item.policies] == [("d", False), ("b", True)]
    assert in_state(found, "x/a>service", "node:d") == ["a c b"]


def test_lists_are_shorter_with_segments_of_algorithms():
    """Two links that no shortest way of the IGP has, one segment of the algorithm; the rest is an adjacency."""
    links = [*LINKS, wire("d-g", metric=10, ms=1), wire("d-h", metric=5, ms=9), wire("h-g", metric=4, ms=9)]
    topology = net(links=links, ends=("a", "g"), outside={128: ["g", "h"]})
    found, _ = place(topology, demand(topology, "a", "g", bound_ms=4))
    assert found.demands["x/a>g"].segments == ("d~128", "d-g@d")


@pytest.mark.parametrize(("goal", "expected"), [("latency", "flex-algo"), ("cost", "sr-policy")])
def test_what_is_to_be_minimised_outweighs_the_mechanism(goal, expected):
    links = [replace(item, cost=Directional(5, 5)) if "e" not in item.id else item for item in LINKS]
    topology = net(links=links)
    assert one(topology, bound_ms=6, goal=goal).mechanism == expected


def kept(topology, *demands, of):
    mechanisms = Mechanisms(topology, capabilities(topology, **flex_devices(topology)))
    earlier = {
        item.id: Earlier(
            item.chosen.source.node,
            item.chosen.destination.node,
            (),
            tuple(
                EarlierPolicy(
                    policy.node, tuple(path.segments for path in policy.candidates), None, policy.algorithm is not None
                )
                for policy in item.policies
            ),
        )
        for item in of.demands.values()
    }
    return realise(place_model(model(topology, *demands), mechanisms, Findings(), earlier=earlier))


def test_an_earlier_builds_algorithm_stays_as_long_as_it_does():
    before = net(algorithm(130, "delay"))
    old, _ = place(before, demand(before, "a", "d", bound_ms=3))
    after = net(DELAY, algorithm(130, "delay"))
    wanted = demand(after, "a", "d", bound_ms=3)
    assert place(after, wanted)[0].demands["x/a>d"].segments == ("d~128",)
    found = kept(after, wanted, of=old)
    assert (found.demands["x/a>d"].mechanism, found.demands["x/a>d"].segments) == ("flex-algo", ("d~130",))
    assert found.demands["x/a>d"].reason.startswith("kept")


@pytest.mark.parametrize(("now", "expected"), [((DELAY,), "d~128"), ((replace(DELAY, number=131),), "d~131")])
def test_what_the_network_runs_no_more_is_placed_anew(now, expected):
    before = net(algorithm(130, "delay"))
    old, _ = place(before, demand(before, "a", "d", bound_ms=3))
    after = net(*now)
    assert kept(after, demand(after, "a", "d", bound_ms=3), of=old).demands["x/a>d"].segments == (expected,)


def test_the_finding_of_what_no_algorithm_does_either_is_as_ever():
    topology = net(depth=None)
    found, findings = place(topology, demand(topology, "a", "d", bound_ms=1))
    assert not found.demands
    assert codes(findings) == ["E0502"]
