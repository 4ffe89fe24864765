"""The traps of IOS XE, each by its name: what looks right, is accepted, and does something else."""

import re
import tomllib
from dataclasses import replace

import pytest
from support_frr import H1, H1_6, H2, MBPS, TARGETS, flow, meter
from support_iosxe import (
    CODE,
    HOSTS,
    LEFT,
    RIGHT,
    algorithm_policy,
    bfd,
    bundle,
    config,
    count,
    edge,
    fence,
    fleet,
    full_config,
    isolate,
    mark,
    policy,
    port,
    probe,
    queue,
    rendered,
    repair,
    responder,
    ride,
    steer,
    stream,
)

from intentc.ir.model import SrCandidate, SrSegment
from intentc.targetkit.kit import Difference

composing = pytest.importorskip("intentc_target_iosxe.composing")
DATA = tomllib.loads((TARGETS / "iosxe" / "target.toml").read_text())
UDP = flow(protocol="udp", ports=(7000, 7009))
WEB, HOLE = flow(protocol="tcp"), flow("10.10.1.128/25", H2, "tcp", (443, 443))


def given(item):
    return composing.compose(item, fleet(item))


def filters(item):
    """The access lists in the slots of interfaces, of both families."""
    found = given(item)
    used = {name for one in found.ports for name in (one.in4, one.out4, *(slot.name for slot in one.filters6))}
    return [one for one in (*found.lists4, *found.lists6) if one.name in used]


def actions(item, kind, prefix="ITC-"):
    """The actions of a kind in the policies whose names begin so, in order."""
    return [
        action
        for one in given(item).policy_maps
        if one.name.startswith(prefix)
        for part in one.classes
        for action in part.actions
        if action.kind == kind
    ]


def test_the_end_of_an_access_list_denies_so_every_list_ends_with_a_permit():
    lists = filters(full_config())
    assert len(lists) >= 5
    for one in lists:
        last = one.entries[-1]
        assert (last.action, last.is_from_any, last.is_to_any) == ("permit", True, True)
        assert last.protocol in {"ip", "ipv6"}


def test_the_end_of_a_route_map_routes_as_ever_so_it_needs_no_last_step():
    (one,) = given(config(steering=[steer(UDP)])).route_maps
    assert [(step.action, bool(step.hop4)) for step in one.steps] == [("deny", False), ("permit", True)]


def test_a_denial_in_the_list_of_a_route_map_is_never_used():
    """`deny` there means another step, not another route: exceptions are steps of their own."""
    found = given(full_config())
    used = {name for one in found.route_maps for step in one.steps for name in (step.list4, step.list6)}
    used |= {name for one in found.class_maps for name in one.lists}
    lists = [one for one in (*found.lists4, *found.lists6) if one.name in used]
    assert len(lists) > 10
    assert {entry.action for one in lists for entry in one.entries} == {"permit"}


def test_packets_of_exceptions_that_no_other_rule_names_are_routed_as_ever():
    item = config(steering=[steer(WEB, ("r2",), excepted=(HOLE,))])
    (one,) = given(item).route_maps
    assert [step.action for step in one.steps] == ["deny", "deny", "permit"]
    lists = {found.name: found for found in given(item).lists4}
    (hole,) = lists[one.steps[1].list4].entries
    assert (hole.from_prefix, hole.from_mask, hole.to_port) == ("10.10.1.128", "0.0.0.127", 443)


def test_exceptions_meet_the_next_rule_and_not_the_default():
    item = config(
        edges=[edge()],
        marking=[
            mark("web", WEB, "high", precedence=1, excepted=(HOLE,)),
            mark("rest", flow(H1, H2), "background", precedence=2),
        ],
    )
    assert [one.dscp for one in actions(item, "set")] == [1, 34, 1, 0]


def test_masks_of_access_lists_say_which_bits_do_not_count():
    (one,) = filters(config(fences=[fence("f", UDP)]))
    (drop,) = [entry for entry in one.entries if entry.action == "deny"]
    assert (drop.from_prefix, drop.from_mask) == ("10.10.1.0", "0.0.0.255")


def test_a_router_has_one_route_map_per_port_so_all_ways_share_it():
    found = given(full_config())
    (hosts,) = [one for one in found.ports if one.map4]
    assert (hosts.name, hosts.map4) == (HOSTS, "ITC-PBR4-GigabitEthernet1")
    (one,) = [item for item in found.route_maps if item.name == hosts.map4]
    known = {route.address: route for route in found.routes4}
    kinds = {bool(known[step.hop4].policies) for step in one.steps if step.hop4}
    assert kinds == {True, False}


def test_waypoints_need_not_be_neighbours_since_next_hops_are_recursive():
    """`set ip next-hop verify-availability` takes neighbours only, and the IGP may reach a neighbour over others."""
    text = rendered(config(steering=[steer(UDP, ("r4",))]))
    assert "<recursive>" in text
    assert "verify-availability" not in text


def test_a_default_route_does_not_count_as_a_way_to_a_waypoint():
    found = given(config(steering=[steer(UDP, ("r2", "r3"))]))
    assert [(one.address4, one.mask4, one.is_reachable4) for one in sorted(found.tracks, key=lambda t: t.address4)] == [
        ("10.0.0.2", "255.255.255.255", True),
        ("10.0.0.3", "255.255.255.255", True),
    ]
    (route,) = found.routes4
    assert all(way.track is not None for way in route.tracked)
    assert {way.hop for way in route.untracked} == {"Null0"}


def test_the_lower_distance_wins_so_waypoints_stand_in_their_order():
    (route,) = given(config(steering=[steer(UDP, ("r3", "r2"))])).routes4
    assert [(way.hop, way.distance) for way in route.tracked] == [("10.0.0.3", 5), ("10.0.0.2", 10)]
    assert [(way.hop, way.distance) for way in route.untracked] == [("Null0", 250)]


def test_the_higher_preference_wins_among_candidate_paths():
    (one,) = given(config(policies=[policy()])).policies
    assert [(item.preference, [way.segment_list for way in item.ways]) for item in one.candidates] == [
        (200, ["ITC-way-r4-200"]),
        (100, ["ITC-way-r4-100"]),
    ]


def test_a_closed_way_ends_nowhere_and_an_open_one_falls_back():
    ways = [steer(UDP, ("r2",)), steer(WEB, ("r2",), closed=False)]
    ends = {route.address: [way.hop for way in route.untracked] for route in given(config(steering=ways)).routes4}
    assert sorted(ends.values()) == [[], ["Null0"]]


@pytest.mark.parametrize("closed", [True, False])
def test_a_policy_that_is_down_drops_or_lets_packets_follow_the_igp(closed):
    found = given(config(policies=[policy(closed=closed)], algorithm_policies=[algorithm_policy(closed=closed)]))
    assert {one.is_dropping for one in found.policies} == {closed}


def test_only_the_packets_of_a_rule_enter_a_policy():
    """No route of a real destination points into a policy: other packets, and their fences, stay as they are."""
    item = config(policies=[policy()], policy_steering=[ride(UDP)])
    (route,) = given(item).routes4
    assert [way.policy for way in route.policies] == ["ITC-way-r4"]
    assert route.address.startswith("198.1")
    assert (route.tracked, route.untracked) == ((), ())
    assert "autoroute" not in rendered(item)


def test_probes_of_a_policy_come_back_by_themselves():
    """The end point may be of any platform: nothing there has to answer."""
    (one,) = given(config(policies=[policy(interval_us=100_000, multiplier=4)])).policy_profiles
    assert (one.mode, one.interval_ms, one.multiplier) == ("loopback", 100, 4)


def test_nothing_supervises_an_algorithm():
    found = given(config(algorithm_policies=[algorithm_policy(label=17_005)]))
    assert (found.policy_profiles, found.policies[0].profile) == ((), None)
    assert [segment.label for one in found.segment_lists for segment in one.segments] == [17_005]


def test_labels_are_those_of_each_nodes_own_block():
    lists = {one.name: one.segments for one in given(config(policies=[policy()])).segment_lists}
    assert [(s.label, s.adjacency) for s in lists["ITC-way-r4-200"]] == [(None, "10.1.12.2"), (16_004, None)]
    assert [s.label for s in lists["ITC-way-r4-100"]] == [16_003, 17_004]
    other = policy(candidates=(SrCandidate(100, (SrSegment("r4", None, 24_004),)),))
    assert [s.label for one in given(config(policies=[other])).segment_lists for s in one.segments] == [24_004]


def test_timers_of_commits_are_seconds_by_netconf_though_the_cli_has_minutes():
    assert (DATA["transport"], DATA["commit"]) == ("netconf", "confirmed-commit")


@pytest.mark.parametrize(("interval_us", "interval_ms"), [(50_000, 50), (50_001, 51), (300_000, 300)])
def test_bfd_counts_milliseconds(interval_us, interval_ms):
    (one,) = given(config(bfd=[bfd(interval_us=interval_us)])).ports
    assert [(timer.interval_ms, timer.min_rx_ms, timer.multiplier) for timer in one.bfd] == [
        (interval_ms, interval_ms, 3)
    ]


@pytest.mark.parametrize("igp", ["isis", "ospf"])
def test_bfd_is_asked_for_by_the_igp_that_runs(igp):
    (one,) = given(config(bfd=[bfd(igp=igp)])).ports
    assert (one.is_isis_bfd, one.is_ospf_bfd) == (igp == "isis", igp == "ospf")


@pytest.mark.parametrize(("interval_us", "period"), [(1_000_000, 100), (10_000_000, 1000), (15_000, 2)])
def test_subscriptions_count_hundredths_of_a_second(interval_us, period):
    found = given(config(streams=[stream(interval_us=interval_us)])).subscriptions
    assert {one.period for one in found} == {period}


def test_a_subscription_has_one_path():
    found = given(config(streams=[stream(interfaces=(HOSTS, LEFT))])).subscriptions
    assert len({one.path for one in found}) == len({one.number for one in found}) == 4


def test_probes_carry_the_code_point_of_the_class_that_they_guard():
    found = given(config(probes=[probe(dscp=46), probe("r4-bulk", dscp=10)]))
    assert {one.name: one.dscp for one in found.probe_profiles} == {"ITC-r4-critical": 46, "ITC-r4-bulk": 10}
    assert {one.destination for one in found.end_points} == {"10.0.0.4"}


def test_measurements_are_answered_to_known_peers_only():
    (one,) = given(config(probe_reflectors=[responder()])).responders
    assert (one.local, one.remote, one.local_port) == ("10.0.0.1", "10.0.0.4", 862)


def test_labels_hide_code_points_so_queues_match_the_traffic_class_field_too():
    found = given(config(queueing=[port()]))
    assert {one.labels for one in found.class_maps} == {(6, 7), (5,), (4,), (1,)}
    assert {one.matching for one in found.class_maps} == {"match-any"}


@pytest.mark.parametrize("pushing", [{"policies": [policy()]}, {"algorithm_policies": [algorithm_policy()]}])
def test_a_head_end_writes_the_traffic_class_field_itself(pushing):
    rules = {"edges": [edge()], "marking": [mark("voice", UDP)]}
    assert [one.label for one in actions(config(**rules), "set")] == [None, None]
    assert [one.label for one in actions(config(**rules, **pushing), "set")] == [5, 0]


def test_strict_priority_never_stands_without_a_cap():
    """`priority percent` polices under congestion only; `priority level` with `police` does always."""
    item = config(queueing=[port(), port(RIGHT, rate=10_000 * MBPS)])
    strict = [
        {action.kind for action in part.actions}
        for one in given(item).policy_maps
        for part in one.classes
        if any(action.kind == "priority" for action in part.actions)
    ]
    assert len(strict) == 4
    assert all("police" in kinds for kinds in strict)
    assert "kilo-bits" not in rendered(item)


def test_there_are_two_levels_of_priority_and_network_control_has_the_first():
    assert [one.level for one in actions(config(queueing=[port()]), "priority")] == [1, 2]
    assert DATA["limits"]["max_strict_classes"] == 1


def test_guarantees_and_shares_of_the_rest_do_not_mix_so_all_are_shares():
    item = config(queueing=[port(queues=(queue("critical"), queue("high", 500 * MBPS), queue("default")))])
    found = actions(item, "bandwidth")
    assert {one.remaining_kind for one in found} == {"percent"}
    left = 1000 - 300 - 100  # the link, the strict class, network control
    assert found[0].remaining * left >= 500 * 100
    assert sum(one.remaining for one in found) <= 100


def test_an_undersized_link_is_shaped_and_its_classes_stand_inside():
    item = config(queueing=[port(rate=200 * MBPS)])
    (shaper,) = [one for one in given(item).policy_maps if one.name.startswith("ITC-SHAPE")]
    (whole,) = shaper.classes
    assert (whole.name, [one.kind for one in whole.actions]) == ("class-default", ["shape", "service-policy"])
    assert whole.actions[0].shape == 200 * MBPS
    (held,) = given(item).ports
    assert held.output == shaper.name


def test_early_detection_has_thresholds_for_every_code_point_of_its_queue():
    """What is not written gets thresholds of the platform, and would be dropped early though it keeps to its rate."""
    item = config(queueing=[port(queues=(queue("high", limit=400_000), queue("default")))])
    (found,) = actions(item, "random-detect")
    assert [(one.dscp, one.low, one.high, one.denominator) for one in found.early] == [
        (34, 399_999, 400_000, 1),
        (36, 50_000, 100_000, 1),
    ]
    assert not found.is_ecn


def test_early_drops_begin_and_end_where_the_class_says():
    own = replace(queue("high", limit=400_000), drop_from_bytes=100_000, drop_all_bytes=300_000)
    (found,) = actions(config(queueing=[port(queues=(own, queue("default")))]), "random-detect")
    assert [(one.dscp, one.low, one.high) for one in found.early] == [(34, 100_000, 300_000), (36, 50_000, 100_000)]
    assert not found.is_ecn


def test_ecn_marks_between_the_thresholds_given():
    item = config(queueing=[port(queues=(queue("bulk", limit=400_000), queue("default")))])
    (found,) = actions(item, "random-detect")
    assert found.is_ecn
    assert (found.early[0].dscp, found.early[0].low, found.early[0].high) == (10, 100_000, 300_000)


def test_ecn_bits_survive_since_only_the_code_point_is_written():
    text = rendered(full_config())
    assert "<tos>" not in re.sub(r"<icmp-echo>.*?</icmp-echo>", "", text, flags=re.DOTALL)
    assert {int(octet) & 3 for octet in re.findall(r"<tos>(\d+)<", text)} == {0}  # of the router's own probes
    assert "<precedence>" not in text
    assert "<dscp-val>46</dscp-val>" in text


def test_a_meter_without_a_second_rate_has_no_second_rate():
    item = config(
        edges=[edge()], meters=[meter("m", 5 * MBPS, over=None, ceiling=9 * MBPS)], marking=[mark("v", UDP, meter="m")]
    )
    (found,) = actions(item, "police")
    (one,) = found.police
    assert (one.rate, one.peak_rate, one.is_exceed_dropped, one.exceed_dscp) == (5 * MBPS, None, True, None)


def test_no_class_of_an_untrusted_port_is_entered_by_code_point_alone():
    found = given(full_config())
    maps = {one.name: one for one in found.class_maps}
    assert not any(one.lists and (one.dscps or one.labels) for one in maps.values())
    (one,) = [item for item in found.policy_maps if item.name.startswith("ITC-MARK")]
    assert all(not maps[part.name].dscps for part in one.classes if part.name != "class-default")


def test_a_trusted_port_without_rules_is_left_alone():
    assert given(config(edges=[edge(trust="dscp")])).ports == ()


@pytest.mark.parametrize("slot", ["ITC-OUT4-TenGigabitEthernet0-0-3", "ITC-SHAPE-TenGigabitEthernet0-0-3"])
def test_a_slot_that_somebody_else_holds_is_named_and_not_overwritten(slot):
    item = config(fences=[fence("f", UDP)], queueing=[port(RIGHT)])
    running = rendered(item).replace(f">{slot}<", ">BORDER<")
    words = {"O": "the IPv4 access list outwards", "S": "the output policy"}
    held = Difference("config.xml", f"{RIGHT}: {words[slot[4]]}", "BORDER")
    assert held in CODE.foreign(bundle(item), running)
    assert "<acl nc" not in CODE.removal(bundle(config()), running) or slot[4] == "S"


def test_routers_own_traffic_comes_before_every_rule():
    """Routing, BFD, neighbour discovery and management to router addresses."""
    item = full_config()
    for one in filters(item):
        asked = [entry.action == "deny" for entry in one.entries].index(True)
        names = {entry.to_host or entry.to_prefix for entry in one.entries[:asked]}
        assert names >= ({"ff00::/8", "fe80::/10", "fd00::1"} if "6-" in one.name else {"224.0.0.0", "10.0.0.1"})
    (own,) = (one for one in given(item).route_maps if one.name == "ITC-LOCAL")  # of the router's own packets: probes
    lists = {one.name: one.entries for one in given(item).lists4}
    entries = [entry for step in own.steps for entry in lists[step.list4]]
    assert {(one.protocol, one.from_host, one.to_host) for one in entries} == {("icmp", "10.0.0.1", "10.0.0.4")}
    for one in given(item).route_maps:
        if one == own:
            continue
        first = one.steps[0]
        assert (first.action, first.list4 or first.list6) == ("deny", f"ITC-ROUTERS-{4 if first.list4 else 6}")
    (marking,) = [one for one in given(item).policy_maps if one.name.startswith("ITC-MARK")]
    assert (marking.classes[0].name, marking.classes[0].actions) == ("ITC-ROUTERS", ())


def test_a_routers_address_as_source_is_believed_only_where_no_hosts_hang():
    inside = filters(config(fences=[fence("f", UDP, (LEFT,))]))[0]
    edge_ = filters(config(edges=[edge()], fences=[fence("f", UDP, (LEFT,))]))[0]
    hosts = filters(config(isolation=[isolate("i", direction="from")]))[0]
    assert [any(entry.from_host for entry in one.entries) for one in (inside, edge_, hosts)] == [True, False, False]


def test_hosts_can_always_ask_for_the_routers_address_on_their_link():
    """An input list sees packets to the router itself, whose address on the link is in no topology."""
    (one,) = filters(config(isolation=[isolate("i", H1_6, direction="from")]))
    assert [(entry.protocol, entry.message) for entry in one.entries[:2]] == [("icmp", "nd-ns"), ("icmp", "nd-na")]
    assert {entry.to_prefix for entry in one.entries[:2]} == {"fd10:1::/64"}


def test_what_only_counts_does_nothing_else():
    item = config(counting=[count("arrived", flow(H2, H1), excepted=(flow(H2, H1, "tcp"),))])
    (one,) = [policy_map for policy_map in given(item).policy_maps if policy_map.name.startswith("ITC-COUNT")]
    assert [part.actions for part in one.classes] == [(), (), ()]
    assert [part.name.split("-")[1] for part in one.classes[:2]] == ["rest", "arrived"]


def test_repairs_are_asked_for_on_both_levels_since_nobody_says_which_one_runs():
    found = given(config(repairs=[repair(), repair(RIGHT)]))
    (process,) = found.processes
    assert (process.name, process.is_ti_lfa1, process.is_ti_lfa2, process.node_rank1) == ("CORE", True, True, None)
    assert [[level.name for level in one.repaired] for one in found.ports] == [["level-1", "level-2"]] * 2


def test_alternates_around_the_next_node_are_preferred_where_asked_for():
    (process,) = given(config(repairs=[repair(protects="node")])).processes
    assert (process.node_rank1, process.node_rank2) == (10, 10)


def test_nothing_for_switches_is_written():
    text = rendered(full_config())
    assert "priority-flow-control" not in text
    assert "since" not in DATA["features"]["lossless"]
