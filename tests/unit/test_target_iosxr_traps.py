"""The traps of IOS XR, each by its name: what looks right, is accepted, and does something else."""

import tomllib
from dataclasses import replace

import pytest
from support_frr import H1, H1_6, H2, MBPS, TARGETS, flow, meter
from support_iosxr import (
    CODE,
    HARDWARE,
    HOSTS,
    LEFT,
    RIGHT,
    bfd,
    bundle,
    config,
    edge,
    fence,
    fleet,
    full_config,
    isolate,
    mark,
    policy,
    port,
    queue,
    rendered,
    ride,
    steer,
)

from intentc.targetkit.kit import Difference

composing = pytest.importorskip("intentc_target_iosxr.composing")
owned = pytest.importorskip("intentc_target_iosxr.owned")
DATA = tomllib.loads((TARGETS / "iosxr" / "target.toml").read_text())
UDP = flow(protocol="udp", ports=(7000, 7009))


def given(item):
    return composing.compose(item, fleet(item))


def filters(item):
    """The access lists of interfaces, of both families."""
    found = given(item)
    used = {name for one in found.ports for name in (one.in4, one.out4, one.in6, one.out6)}
    return [one for one in (*found.lists4, *found.lists6) if one.name in used]


@pytest.mark.parametrize("hardware", HARDWARE)
def test_the_end_of_an_access_list_denies_so_every_list_ends_with_a_permit(hardware):
    lists = filters(full_config(hardware))
    assert len(lists) >= 6
    for one in lists:
        (last,) = one.sequences[-1].permit
        assert (last.source[0], last.destination[0], last.protocol) == (owned.Side(is_any=True),) * 2 + ("ip",)


def test_forwarding_by_access_list_alone_lets_transit_pass():
    (one,) = filters(config(steering=[steer(UDP)]))
    assert one.sequences[-1].permit
    assert not any(sequence.deny for sequence in one.sequences)


def test_an_interface_has_one_list_so_isolation_and_steering_share_it():
    item = config(
        edges=[edge()],
        isolation=[isolate("i", H1, [flow(protocol="udp")], direction="from")],
        steering=[steer(UDP, ("r3",))],
    )
    (one,) = filters(item)
    kinds = [("deny" if s.deny else "steer" if s.permit[0].hop1 else "permit") for s in one.sequences[-4:]]
    assert kinds == ["steer", "permit", "deny", "permit"]


def test_timers_of_commits_are_seconds_by_netconf():
    assert (DATA["transport"], DATA["commit"]) == ("netconf", "confirmed-commit")


@pytest.mark.parametrize(("interval_us", "interval_ms"), [(50_000, 50), (50_001, 51), (300_000, 300)])
def test_bfd_counts_milliseconds(interval_us, interval_ms):
    (process,) = given(config(bfd=[bfd(interval_us=interval_us)])).processes
    assert process.sessions[0].interval_ms == interval_ms
    (one,) = given(config(policies=[policy(interval_us=interval_us)])).policies
    assert one.interval_ms == interval_ms


def test_of_candidate_paths_the_higher_preference_wins():
    (one,) = given(config(policies=[policy()])).policies
    assert [(item.preference, [way.segment_list for way in item.ways]) for item in one.candidates] == [
        (200, ["ITC-way-r4-200"]),
        (100, ["ITC-way-r4-100"]),
    ]


def test_labels_are_those_of_each_nodes_own_block():
    lists = {one.name: one.segments for one in given(config(policies=[policy()])).segment_lists}
    assert [(s.label, s.address) for s in lists["ITC-way-r4-200"]] == [(None, "10.1.12.2"), (16_004, None)]
    assert [s.label for s in lists["ITC-way-r4-100"]] == [16_003, 17_004]


@pytest.mark.parametrize("hardware", ["ncs", "8000"])
def test_egress_matches_the_traffic_class_only_where_the_hardware_sees_nothing_else(hardware):
    found = given(full_config(hardware))
    maps = {one.name: one for one in found.class_maps}
    leaving = {name for one in found.ports for name in one.outputs}
    children = {one.child for item in found.policy_maps if item.name in leaving for one in item.classes}
    used = {
        one.name
        for item in found.policy_maps
        if item.name in children
        for one in item.classes
        if one.name != "class-default"
    }
    assert used
    for name in used:
        assert maps[name] == owned.ClassMap(name, traffic_class=maps[name].traffic_class)


@pytest.mark.parametrize("hardware", ["ncs", "8000"])
def test_every_traffic_class_that_is_matched_is_given_on_every_port(hardware):
    found = given(full_config(hardware))
    matched = {one.traffic_class for one in found.class_maps if one.traffic_class is not None}
    by_name = {item.name: item for item in found.policy_maps}
    for port_ in found.ports:
        if port_.outputs:
            core = by_name[port_.inputs[0]]
            given_ = {one.mark[0].traffic_class for one in core.classes}
            assert matched | {0} == given_


@pytest.mark.parametrize("hardware", ["ncs", "8000"])
def test_a_trusted_port_of_split_hardware_gives_classes_by_code_point(hardware):
    item = config(hardware=hardware, edges=[edge(trust="dscp")], queueing=[port()])
    found = given(item)
    (policy_map,) = [one for one in found.policy_maps if one.name.startswith("ITC-MARK")]
    assert {one.mark[0].traffic_class for one in policy_map.classes} == {0, 4, 5, 6, 7}
    assert all(one.mark[0].dscp is None for one in policy_map.classes)


def test_labels_hide_code_points_so_queues_match_the_traffic_class_field_too():
    found = given(config(queueing=[port()]))
    assert {one.labels for one in found.class_maps} == {(6, 7), (5,), (4,), (1,)}


def test_a_head_end_writes_the_traffic_class_field_itself():
    rules = {"edges": [edge()], "marking": [mark("voice", UDP)]}
    plain = [one for item in given(config(**rules)).policy_maps for one in item.classes]
    assert all(one.mark[0].label is None for one in plain)
    pushing = [one for item in given(config(**rules, policies=[policy()])).policy_maps for one in item.classes]
    assert [one.mark[0].label for one in pushing if one.mark[0].dscp is not None] == [5, 0]


def test_a_slot_that_somebody_else_holds_is_named_and_not_overwritten():
    item = config(fences=[fence("f", UDP)])
    running = rendered(item).replace("<name>ITC-OUT4-HundredGigE0-0-0-3<", "<name>BORDER<")
    held = Difference("config.xml", f"{RIGHT}: the IPv4 access list outwards", "BORDER")
    assert CODE.foreign(bundle(item), running) == (held,)
    assert "BORDER" not in CODE.removal(bundle(config()), running)


@pytest.mark.parametrize("hardware", HARDWARE)
def test_strict_priority_never_stands_without_a_cap(hardware):
    item = config(hardware=hardware, queueing=[port(), port(RIGHT, rate=10_000 * MBPS)])
    strict = [one for item in given(item).policy_maps for one in item.classes if one.level is not None]
    assert len(strict) == 4
    assert all(one.police or one.shape for one in strict)


@pytest.mark.parametrize("hardware", ["ncs", "8000"])
def test_a_level_of_priority_belongs_to_one_traffic_class(hardware):
    maps = {one.name: one for one in given(full_config(hardware)).class_maps}
    strict = [
        (maps[one.name].traffic_class, one.level)
        for item in given(full_config(hardware)).policy_maps
        for one in item.classes
        if one.level is not None
    ]
    assert set(strict) == {(7, 1), (6, 2)}


@pytest.mark.parametrize("hardware", HARDWARE)
def test_no_class_of_an_untrusted_port_is_entered_by_code_point_alone(hardware):
    found = given(full_config(hardware))
    maps = {one.name: one for one in found.class_maps}
    assert not any((one.list4 or one.list6) and (one.dscps or one.labels) for one in maps.values())
    (policy_map,) = [one for one in found.policy_maps if one.name.startswith("ITC-MARK")]
    assert all(not maps[one.name].dscps for one in policy_map.classes if one.name != "class-default")


@pytest.mark.parametrize("hardware", HARDWARE)
def test_hardware_ignores_denials_in_lists_of_classes_so_there_are_none(hardware):
    found = given(full_config(hardware))
    used = {name for one in found.class_maps for name in (one.list4, one.list6)}
    lists = [one for one in (*found.lists4, *found.lists6) if one.name in used]
    assert lists
    assert not any(sequence.deny for one in lists for sequence in one.sequences)


@pytest.mark.parametrize("hardware", HARDWARE)
def test_no_profile_of_a_line_card_is_written_but_that_of_flow_control(hardware):
    text = rendered(full_config(hardware))
    assert "hw-module" not in text
    assert "priority-flow-control" not in text


def test_what_would_need_a_reload_is_refused_or_asks_a_person():
    counting = DATA["features"]["counting"]
    assert (counting["chassis"], "reload" in counting["reason"]) == (["asr9000"], True)
    assert DATA["features"]["lossless"]["chassis"] == ["8800"]
    assert all("reload location" in DATA["disruptive"][f"pauses.{change}"] for change in ("add", "remove"))


def test_exceptions_meet_the_next_rule_and_not_the_default():
    hole = flow("10.10.1.128/25", H2, "tcp", (443, 443))
    item = config(
        edges=[edge()],
        marking=[
            mark("web", flow(protocol="tcp"), "high", precedence=1, excepted=(hole,)),
            mark("rest", flow(H1, H2), "background", precedence=2),
        ],
    )
    (policy_map,) = given(item).policy_maps
    assert [(one.mark[0].dscp) for one in policy_map.classes] == [None, 1, 34, 1, 0]


def test_a_closed_way_ends_nowhere_and_an_open_one_falls_back():
    found = given(config(steering=[steer(UDP, ("r2",)), steer(flow(protocol="tcp"), ("r2",), closed=False)]))
    hops = {s.permit[0].protocol: s.permit[0] for s in found.lists4[0].sequences if s.permit and s.permit[0].hop1}
    assert (hops["udp"].hop1, hops["udp"].hop2) == ("10.0.0.2", "198.19.255.255")
    assert (hops["tcp"].hop1, hops["tcp"].hop2) == ("10.0.0.2", None)
    assert [(route.address, route.interface) for route in found.routes4] == [("198.19.255.255", "Null0")]


def test_only_the_packets_of_a_rule_enter_a_policy():
    """No route of a real destination points into a policy: other packets, and their fences, stay as they are."""
    found = given(config(policies=[policy()], policy_steering=[ride(UDP), ride(flow(H1_6, "::/0"))]))
    (one,), (six,) = found.routes4, found.routes6
    assert one.policy == six.policy == "srte_c_1073741829_ep_10.0.0.4"
    entered = {s.permit[0].hop1 for item in (*found.lists4, *found.lists6) for s in item.sequences if s.permit}
    assert entered == {None, one.address, six.address}


@pytest.mark.parametrize("hardware", HARDWARE)
def test_routers_own_traffic_comes_before_every_rule(hardware):
    """Routing, BFD, neighbour discovery and management to router addresses."""
    for one in filters(full_config(hardware)):
        asked = [bool(s.deny) or s.permit[0].hop1 is not None or s.origin is not None for s in one.sequences]
        exempt = [s.permit[0].destination[0] for s in one.sequences[: asked.index(True)]]
        names = {side.address or side.host for side in exempt}
        assert names >= ({"ff00::", "fe80::", "fd00::1"} if "ff00::" in names else {"224.0.0.0", "10.0.0.1"})


@pytest.mark.parametrize("hardware", HARDWARE)
def test_routers_own_traffic_is_of_a_class_that_is_neither_marked_nor_policed(hardware):
    """The first one of the policy where hosts hang: what it permits is what goes to routers and never leaves a link."""
    item = full_config(hardware)
    found = given(item)
    policies = {one.name: one for one in found.policy_maps}
    (first, *_) = policies[next(one.inputs[0] for one in found.ports if one.name == HOSTS)].classes
    assert (first.name, first.police, [one.dscp for one in first.mark]) == ("ITC-ROUTERS", (), [None] * len(first.mark))
    (own,) = [one for one in found.class_maps if one.name == first.name]
    (known,) = [one for one in found.lists4 if one.name == own.list4]
    assert all(one.permit for one in known.sequences)
    assert {side.host or side.address for one in known.sequences for side in one.permit[0].destination} >= {
        "10.0.0.1",
        "224.0.0.0",
    }


def test_a_routers_address_as_source_is_believed_only_where_no_hosts_hang():
    inside = filters(config(fences=[fence("f", UDP, (LEFT,))]))[0]
    edge_ = filters(config(edges=[edge()], fences=[fence("f", UDP, (LEFT,))]))[0]
    hosts = filters(config(edges=[edge()], steering=[steer(UDP)]))[0]
    assert [any(s.permit and s.permit[0].source[0].host for s in one.sequences) for one in (inside, edge_, hosts)] == [
        True,
        False,
        False,
    ]


def test_ecn_bits_survive_since_only_the_code_point_is_written():
    text = rendered(replace(full_config(), probes=()))
    assert "<tos>" not in text
    assert "<precedence>" not in text
    assert "<dscp>46</dscp>" in text


def test_guarantees_of_split_hardware_hold_beside_the_caps_of_strict_classes():
    item = config(
        hardware="ncs", queueing=[port(queues=(queue("critical"), queue("high", 500 * MBPS), queue("default")))]
    )
    (scheduler,) = [one for one in given(item).policy_maps if one.name.startswith("ITC-QUEUES")]
    shares = {one.name: one.remaining[0].value for one in scheduler.classes if one.remaining}
    left = 1000 - 300 - 100  # the link, the strict class, network control
    assert shares["ITC-TC-5"] * left >= 500 * 100
    assert sum(shares.values()) <= 100


def test_a_meter_without_a_second_rate_has_no_second_rate():
    item = config(
        edges=[edge()], meters=[meter("m", 5 * MBPS, over=None, ceiling=9 * MBPS)], marking=[mark("v", UDP, meter="m")]
    )
    text = rendered(item)
    assert "<peak-rate>" not in text
    assert HOSTS in text


@pytest.mark.parametrize("hardware", HARDWARE)
def test_a_strict_class_is_capped_lower_where_others_could_not_keep_their_guarantees(hardware):
    item = config(
        hardware=hardware,
        queueing=[port(queues=(queue("critical", 50 * MBPS), queue("high", 800 * MBPS), queue("default")))],
    )
    (scheduler,) = [one for one in given(item).policy_maps if one.name.startswith("ITC-QUEUES")]
    _, strict, high, _ = scheduler.classes
    cap = (strict.police[0].rate if strict.police else strict.shape)[0].value
    assert 50 * MBPS <= cap <= 100 * MBPS
    if high.remaining[0].unit == "percent":
        assert high.remaining[0].value * (900 * MBPS - cap) >= 800 * MBPS * 100
    else:
        assert high.bandwidth[0].value + cap <= 900 * MBPS


@pytest.mark.parametrize(
    "features",
    [
        {"isolation": [isolate("i", H1_6, direction="from")]},
        {"edges": [edge()], "steering": [steer(flow(H1_6, "::/0"), ("r3",))]},
    ],
)
def test_hosts_can_always_ask_for_the_routers_address_on_their_link(features):
    """An input list sees packets to the router itself, whose address on the link is in no topology."""
    (one,) = filters(config(**features))
    first = [s.permit[0] for s in one.sequences[:2]]
    assert [(m.protocol, m.icmp_type) for m in first] == [("icmpv6", 135), ("icmpv6", 136)]
    assert {side.address for m in first for side in (*m.source, *m.destination)} == {"fd10:1::"}
