"""SR policies chosen for demands: where, which candidate paths, and what they do in every promised state."""

import pytest
from support_model import (
    capabilities,
    codes,
    demand,
    every_link,
    every_node,
    exclusion,
    failed,
    failover,
    in_state,
    model,
    nodes_of,
    reply,
    waypoint,
    wire,
)
from support_sr import sr_devices, sr_network, sr_realised

from intentc.diagnostics import Findings
from intentc.forwarding.outage import NORMAL
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Policy, Segment
from intentc.forwarding.segments import segment_name, segment_of
from intentc.forwarding.walk import Packets
from intentc.place.place import place as place_model
from intentc.realise import sr_course
from intentc.realise.earlier import Earlier, EarlierPolicy
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.policies import PolicyNames
from intentc.realise.realise import realise
from intentc.targetkit.model import Support
from intentc.topology.model import Bfd

# The IGP's way from a to d is a-b-d (20). a-c-d is faster and dearer; a-e-f-d is the way round both.
LINKS = [
    wire("a-b", metric=10, ms=5),
    wire("b-d", metric=10, ms=5),
    wire("a-c", metric=25, ms=1),
    wire("c-d", metric=25, ms=1),
    wire("a-e", metric=30, ms=1),
    wire("e-f", metric=30, ms=1),
    wire("f-d", metric=30, ms=1),
]
ROUTES = {"bfd": Bfd(interval_us=50_000, multiplier=3)}


def net(**rest):
    return sr_network(LINKS, ends=("a", "d"), **(ROUTES | rest))


def place(topology, *demands, **overrides):
    return sr_realised(model(topology, *demands), **overrides)


def lists_of(item):
    return [path.segments for policy in item.policies for path in policy.candidates]


def test_where_the_igp_is_right_nothing_is_steered():
    topology = net()
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=20, failover=failover(*every_link(topology))))
    item = found.demands["x/a>d"]
    assert (item.mechanism, item.policies, item.segments, item.alternatives) == ("igp", (), (), ())


def test_another_path_is_one_policy_with_the_fewest_segments():
    topology = net()
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3))
    item = found.demands["x/a>d"]
    assert (item.mechanism, item.segments, nodes_of(found, "x/a>d")) == ("sr-policy", ("c", "d"), ["a c d"])
    (policy,) = item.policies
    assert (policy.node, policy.end_point, policy.is_fail_closed) == ("a", "d", False)
    assert [(path.preference, path.segments) for path in policy.candidates] == [(100, ("c", "d"))]
    (told,) = item.alternatives
    assert (told.preference, told.segments, told.liveness) == (100, ("c", "d"), "bfd")
    assert told.paths == item.primary


def test_a_candidate_that_goes_astray_is_pinned_and_another_one_takes_over():
    """When `a-c` fails the node segment `c` would be reached over b and d, 12 ms: too slow."""
    topology = net()
    wanted = demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=4))
    found, _ = place(topology, wanted)
    item = found.demands["x/a>d"]
    assert lists_of(item)[0] == ("a-c@a", "c-d@c")
    assert len(lists_of(item)) == 2
    assert [result.when for result in item.states] == [("link:a-c", "link:c-d")]
    assert in_state(found, "x/a>d", "link:a-c") == ["a e f d"]
    assert [told.paths[0].nodes for told in item.alternatives] == [("a", "c", "d"), ("a", "e", "f", "d")]


def test_one_backup_serves_all_states_and_is_off_all_that_fails():
    topology = net()
    states = (*every_link(topology), *every_node(topology, "a", "d"))
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3, failover=failover(*states, bound_ms=4)))
    assert len(found.demands["x/a>d"].alternatives) == 2


def test_lists_that_the_placement_followed_are_not_followed_again(monkeypatch):
    topology = net()
    of = model(topology, demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=4)))
    mechanisms = Mechanisms(topology, capabilities(topology, **sr_devices(topology)))
    placement = place_model(of, mechanisms, Findings())
    anew, led = realise(placement), SegmentRouter._led
    followed = []
    monkeypatch.setattr(SegmentRouter, "_led", lambda *asked: followed.append(asked) or led(*asked))
    again = realise(placement, None, mechanisms.router)
    assert not followed
    assert again.demands == anew.demands
    assert lists_of(again.demands["x/a>d"])
    realise(placement)
    assert followed


CLOSE = [
    wire("a-b", metric=1),
    wire("b-c", metric=1),
    wire("c-d", metric=1),
    wire("b-x", metric=2),
    wire("x-c", metric=2),
    wire("a-y", metric=3, mbps=10),
    wire("y-d", metric=2, mbps=10),
]


def test_a_list_that_goes_astray_leads_around_the_failure_from_closer_by():
    """Without `b-c` the IGP leads from a to d over y (5, too narrow), but from a to c over x (5, over y 6), and on to d."""
    topology = sr_network(CLOSE, ends=("a", "d"), depth=2, **ROUTES)
    found, _ = place(topology, demand(topology, "a", "d", mbps=100, failover=failover(failed("link", "b-c"), mbps=100)))
    item = found.demands["x/a>d"]
    assert lists_of(item) == [("c", "d")]  # to pin `b-c` would take three segments, and another candidate
    assert nodes_of(found, "x/a>d") == ["a b c d"]
    assert in_state(found, "x/a>d", "link:b-c") == ["a b x c d"]


def test_a_list_that_is_led_around_from_before_the_failure_begins_a_segment_there():
    """From b the way round to d without `c-d` is b-x-d; from a it would be over y."""
    links = [*CLOSE[:3], wire("b-x", metric=2), wire("x-d", metric=3), *CLOSE[5:]]
    topology = sr_network(links, ends=("a", "d"), depth=2, **ROUTES)
    found, _ = place(topology, demand(topology, "a", "d", mbps=100, failover=failover(failed("link", "b-c"), mbps=100)))
    assert lists_of(found.demands["x/a>d"]) == [("b", "d")]
    assert in_state(found, "x/a>d", "link:b-c") == ["a b x d"]


def test_a_spare_has_room_in_all_states_in_which_it_is_wanted_where_there_is_one():
    """Over c (cheaper) there is room without `a-b`, but not without `b-d`, when `y` is there; over e and f there always is."""
    topology = sr_network(
        [
            *LINKS[:2],
            *(wire(name, metric=20, mbps=10) for name in ("a-g", "g-d")),  # where the IGP goes
            *(wire(name, metric=25, mbps=150) for name in ("a-c", "c-d")),
            *LINKS[4:],
        ],
        ends=("a", "b", "d"),
        **ROUTES,
    )
    both = failover(failed("link", "a-b"), failed("link", "b-d"), bound_ms=100, mbps=90)
    found, _ = place(
        topology,
        demand(
            topology, "b", "d", intent="y", mbps=100, bound_ms=100, failover=failover(failed("link", "b-d"), mbps=100)
        ),
        demand(topology, "a", "d", intent="z", mbps=90, bound_ms=100, failover=both),
    )
    item = found.demands["z/a>d"]
    assert in_state(found, "y/b>d", "link:b-d") == ["b a c d"]
    assert in_state(found, "z/a>d", "link:a-b") == in_state(found, "z/a>d", "link:b-d") == ["a e f d"]
    assert len(lists_of(item)) == 2


def test_a_way_round_that_is_right_needs_no_pin():
    topology = net()
    found, _ = place(
        topology, demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=20))
    )
    item = found.demands["x/a>d"]
    assert lists_of(item) == [("c", "d")]
    assert in_state(found, "x/a>d", "link:c-d") == ["a c a b d"]
    assert in_state(found, "x/a>d", "link:a-c") == ["a b d c d"]


def test_the_igps_path_becomes_a_candidate_where_only_failures_need_steering():
    links = [wire("a-b", ms=1), wire("b-d", ms=1), wire("b-g", ms=9), wire("g-d", ms=9), *LINKS[2:]]
    topology = sr_network(links, ends=("a", "d"), **ROUTES)
    wanted = demand(topology, "a", "d", failover=failover(failed("link", "b-d"), bound_ms=3))
    found, _ = place(topology, wanted)
    item = found.demands["x/a>d"]
    assert nodes_of(found, "x/a>d") == ["a b d"]
    assert lists_of(item) == [("b", "b-d@b"), ("c", "d")]
    assert item.reason == "IGP's own path; steered under failure, where the IGP's would not do"


def test_what_must_not_leave_its_ground_gets_adjacency_segments_only():
    topology = net()
    wanted = demand(
        topology,
        "a",
        "d",
        exclusions=(exclusion(nodes=("b",)),),
        failover=failover(*every_link(topology)),
        otherwise="drop",
    )
    found, _ = place(topology, wanted)
    item = found.demands["x/a>d"]
    assert all("@" in segment for segments in lists_of(item) for segment in segments)
    assert item.policies[0].is_fail_closed
    assert in_state(found, "x/a>d", "link:c-d") == ["a e f d"]


def test_waypoints_are_passed():
    topology = net()
    found, _ = place(topology, demand(topology, "a", "d", via=(waypoint(nodes=("f",)),)))
    assert nodes_of(found, "x/a>d") == ["a e f d"]


@pytest.mark.parametrize(("depth", "limit", "expected"), [(2, None, []), (3, None, ["x/a>d"]), (None, 3, ["x/a>d"])])
def test_a_list_is_no_longer_than_the_head_end_can_push(depth, limit, expected):
    topology = net(depth=depth)
    abilities = sr_devices(topology)["a"] | {"max_segments": limit}
    wanted = demand(topology, "a", "d", exclusions=(exclusion(nodes=("b", "c")),))
    found, findings = place(topology, wanted, a=abilities)
    assert list(found.demands) == expected
    assert codes(findings) == ([] if expected else ["E0509"])


def test_the_topology_knows_better_than_the_target():
    topology = net(depth=2)
    wanted = demand(topology, "a", "d", exclusions=(exclusion(nodes=("b", "c")),))
    found, _ = place(topology, wanted, a=sr_devices(topology)["a"] | {"max_segments": 9})
    assert not found.demands


def test_without_a_known_depth_there_is_no_policy():
    topology = net(depth=None)
    found, findings = place(topology, demand(topology, "a", "d", bound_ms=3))
    assert not found.demands
    assert codes(findings) == ["E0508"]


def test_no_candidate_runs_through_a_node_without_segment_routing():
    topology = net(without=("c",))
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=4))
    assert nodes_of(found, "x/a>d") == ["a e f d"]


@pytest.mark.parametrize(
    ("mechanisms", "expected"),
    [
        (("igp", "sr-policy", "pbr"), "sr-policy"),
        (("igp", "pbr", "sr-policy"), "pbr"),
        (("igp", "pbr"), "pbr"),
        (("igp", "sr-policy"), "sr-policy"),
    ],
)
def test_the_head_ends_device_prefers_one_of_its_mechanisms(mechanisms, expected):
    topology = net()
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3), a={"mechanisms": mechanisms})
    assert found.demands["x/a>d"].mechanism == expected


def test_only_the_head_end_needs_the_mechanism():
    topology = net()
    others = {name: {"mechanisms": ("igp",)} for name in "bcdef"}
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3), **others)
    assert found.demands["x/a>d"].mechanism == "sr-policy"
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3), a={"mechanisms": ("igp",)})
    assert not found.demands


@pytest.mark.parametrize("broken", ["depth", "feature", "reflector"])
def test_what_policies_cannot_do_is_left_to_the_next_mechanism(broken):
    topology = net(depth=None if broken == "depth" else 10)
    features = {name: own["features"] for name, own in sr_devices(topology).items()}
    word, node = {"depth": ("", ""), "feature": ("sr-policy", "a"), "reflector": ("sbfd", "d")}[broken]
    changed = {node: {"features": features[node] | {word: Support(False)}}} if node else {}
    both = {"mechanisms": ("igp", "sr-policy", "pbr")}
    overrides = {name: both | changed.get(name, {}) for name in "abcdef"}
    found, _ = place(topology, demand(topology, "a", "d", bound_ms=3), **overrides)
    assert found.demands["x/a>d"].mechanism == "pbr"


def test_a_provider_answers_s_bfd_slowly():
    topology = net(nodes={"d": {"platform": "none"}})
    found, _ = place(
        topology, demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=4))
    )
    told = found.demands["x/a>d"].protection
    assert (told.detector, told.detect_ms, told.repair_ms, told.basis) == ("bfd", 900, 60, "target.toml")


@pytest.mark.parametrize(("after_ms", "detect_ms", "basis"), [(4, 150, "target.toml"), (20, 600, "topology")])
def test_detection_is_by_s_bfd_unless_the_igp_has_to_converge(after_ms, detect_ms, basis):
    """With 20 ms the only candidate goes another way in each failure, once the links' own BFD has noticed."""
    topology = net(bfd=Bfd(interval_us=200_000, multiplier=3))
    wanted = demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=after_ms))
    told = place(topology, wanted)[0].demands["x/a>d"].protection
    assert (told.detector, told.detect_ms, told.repair_ms, told.basis) == ("bfd", detect_ms, 60, basis)


def test_both_directions_have_a_policy_each_at_their_own_head_end():
    topology = net()
    wanted = demand(topology, "a", "d", bound_ms=3)
    found, _ = place(topology, wanted, reply(wanted))
    assert [item.policies[0].node for item in found.demands.values()] == ["a", "d"]


def test_a_replica_that_stands_by_has_policies_of_its_own():
    """The way to b, when node d fails, is too slow over the IGP's own link."""
    links = [*LINKS, wire("b-c", ms=1.5, metric=100)]
    topology = sr_network(links, ends=("a", "d", "b"), **ROUTES)
    wanted = demand(topology, "a", "d", "b", bound_ms=3, failover=failover(failed("node", "d"), bound_ms=3))
    found, _ = place(topology, wanted)
    item = found.demands["x/a>service"]
    assert [(policy.end_point, policy.candidate is not None) for policy in item.policies] == [("d", False), ("b", True)]
    assert in_state(found, "x/a>service", "node:d") == ["a c b"]


def test_more_candidates_than_a_policy_has_are_not_placed(monkeypatch):
    topology = net()
    wanted = demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=4))
    monkeypatch.setattr(sr_course, "MOST_CANDIDATES", 1)
    found, findings = place(topology, wanted)
    assert not found.demands
    assert codes(findings) == ["E0509"]


def test_a_link_that_is_full_in_a_failure_is_not_used_then():
    """The bigger demand is moved to `a-c` when `a-b` fails; the smaller one has to leave it to it then."""
    links = [
        wire("a-b", mbps=10),
        wire("b-d", mbps=10),
        wire("a-c", mbps=10, metric=20),
        wire("c-d", mbps=10, metric=20),
    ]
    links += [wire("a-e", mbps=10, metric=50), wire("e-d", mbps=10, metric=50)]
    topology = sr_network(links, ends=("a", "d"), **ROUTES)
    state = failed("link", "a-b")
    first = demand(topology, "a", "d", intent="x", mbps=7, failover=failover(state, mbps=7))
    second = demand(topology, "a", "d", intent="y", mbps=5, failover=failover(state, mbps=5))
    found, _ = place(topology, first, second)
    ways = {key: in_state(found, key, "link:a-b") for key in found.demands}
    assert sorted(way for ways_of in ways.values() for way in ways_of) == ["a c d", "a e d"]


def test_policies_of_an_earlier_build_are_taken_up_again():
    topology = net()
    mechanisms = Mechanisms(topology, capabilities(topology, **sr_devices(topology)))
    network = mechanisms.igp.network
    here, middle, end = (network.node_index[name] for name in "acd")
    packets = Packets((frozenset({end}),), frozenset(), is_fail_closed=False)
    first, second = (mechanisms.course(packets, frozenset({4}), frozenset(), (here,)) for _ in range(2))
    hops = [
        next(hop for hop in first.hops(NORMAL, at, ()) if hop.head == to) for at, to in ((here, middle), (middle, end))
    ]
    taken = first.steer(NORMAL, here, hops)
    second.resume({}, first.policies)
    assert second.policies == first.policies
    assert PolicyNames(network).candidates(second.policies[here])[0].segments == ("c", "d")
    assert second.walk(NORMAL, here).is_like(taken)


def resumed(*segments):
    """The policies in force after an earlier build's list from a was taken up again, which has to end at d."""
    topology = net()
    mechanisms = Mechanisms(topology, capabilities(topology, **sr_devices(topology)))
    index = mechanisms.igp.network.node_index
    packets = Packets((frozenset({index["d"]}),), frozenset(), is_fail_closed=False)
    course = mechanisms.course(packets, frozenset({4}), frozenset(), (index["a"],))
    course.resume({}, {index["a"]: Policy((tuple(Segment(index[name], algo=algo) for name, algo in segments),))})
    return [policy.candidates for policy in course.policies.values()]


def test_policies_that_the_network_has_outgrown_are_not():
    assert resumed(("c", 0), ("d", 128)) == []  # no algorithm 128 is run any more
    assert len(resumed(("c", 0), ("d", 0))) == 1


def test_a_stop_that_the_path_does_not_need_stays_where_an_earlier_build_had_one():
    assert [[len(segments) for segments in candidates] for candidates in resumed(("b", 0), ("d", 0))] == [[2]]


def kept(topology, *demands, of):
    """Place with what an earlier placement did."""
    mechanisms = Mechanisms(topology, capabilities(topology, **sr_devices(topology)))
    earlier = {
        item.id: Earlier(
            item.chosen.source.node,
            item.chosen.destination.node,
            (),
            tuple(
                EarlierPolicy(policy.node, tuple(path.segments for path in policy.candidates), None)
                for policy in item.policies
            ),
        )
        for item in of.demands.values()
    }
    return realise(place_model(model(topology, *demands), mechanisms, Findings(), earlier=earlier))


def test_an_earlier_builds_policies_stay_as_long_as_they_do():
    """Now a shorter way is there that would be chosen today."""
    before = net()
    wanted = demand(before, "a", "d", bound_ms=3, failover=failover(*every_link(before), bound_ms=4))
    old, _ = place(before, wanted)
    after = sr_network([*LINKS, wire("a-d", metric=90, ms=0.5)], ends=("a", "d"), **ROUTES)
    wanted = demand(after, "a", "d", bound_ms=3, failover=failover(*every_link(after), bound_ms=4))
    fresh, _ = place(after, wanted)
    found = kept(after, wanted, of=old)
    assert found.demands["x/a>d"].policies == old.demands["x/a>d"].policies != fresh.demands["x/a>d"].policies


@pytest.mark.parametrize("gone", ["a-c", "c-d"])
def test_what_the_network_has_no_more_is_placed_anew(gone):
    before = net()
    wanted = demand(before, "a", "d", bound_ms=3)
    old, _ = place(before, wanted)
    after = sr_network([item for item in LINKS if item.id != gone], ends=("a", "d"), **ROUTES)
    wanted = demand(after, "a", "d", bound_ms=4)
    assert nodes_of(kept(after, wanted, of=old), "x/a>d") == ["a e f d"]


def test_names_of_segments_are_read_back():
    topology = net()
    network = Mechanisms(topology, capabilities(topology)).igp.network
    arcs = range(len(network.head))
    segments = [*map(Segment, range(len(network.nodes))), *(Segment(network.head[arc], arc) for arc in arcs)]
    assert [segment_of(network, segment_name(network, segment)) for segment in segments] == segments
    assert [segment_of(network, name) for name in ("x", "a-b@d", "x@a", "a-b@x")] == [None] * 4
