"""The target `junos` in detail: every field of the IR has its effect, nothing hostile gets through, removal leaves nothing."""

from dataclasses import fields, replace

import pytest
from support_frr import (
    H2,
    MBPS,
    ORIGIN,
    bfd,
    count,
    edge,
    fence,
    flow,
    isolate,
    mark,
    meter,
    port,
    queue,
    steer,
)
from support_junos import (
    CODE,
    algorithm,
    bundle,
    config,
    fleet,
    full_config,
    labelled,
    owned,
    policy,
    policy_steer,
    ported,
    probe,
    probe_reflector,
    reflector,
    repair,
    segment,
    stream,
    text,
)

from intentc.ir.model import SrCandidate

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)

# One item per feature, and another value for each of its fields. A field without effect on the file would be lost silently.
ITEMS = {
    "edges": (
        edge("eth5"),
        {"interface": "eth6", "trust": "dscp", "prefixes": ("10.10.1.0/24",)},
    ),
    "meters": (
        meter("m", 5 * MBPS, ceiling=9 * MBPS),
        {
            "committed_bps": 6 * MBPS,
            "burst_bytes": 20_000,
            "over_dscp": 38,
            "ceiling_bps": 8 * MBPS,
            "ceiling_burst_bytes": 30_000,
        },
    ),
    "marking": (
        mark("one", UDP, "high", meter="m"),
        {
            "flow": flow(),
            "excepted": (flow("10.10.1.128/25", H2, "udp"),),
            "interfaces": ("eth8",),
            "dscp": 20,
            "meter": None,
            "counter": "two",
        },
    ),
    "queueing": (
        port("eth2"),
        {"interface": "eth3", "rate_bps": 30 * MBPS, "mtu": 9000, "queues": (queue("default"),)},
    ),
    "steering": (
        steer(UDP, ("r2", "r3")),
        {
            "flow": flow(),
            "excepted": (flow("10.10.1.128/25", H2, "udp"),),
            "interfaces": ("eth8",),
            "waypoints": ("r3", "r2"),
            "is_fail_closed": False,
        },
    ),
    "fences": (
        fence("f", UDP),
        {
            "flow": flow(),
            "excepted": (flow("10.10.1.128/25", H2, "udp"),),
            "interfaces": ("eth8",),
            "counter": "g",
        },
    ),
    "isolation": (
        isolate("i", allowed=[UDP]),
        {"prefix": H2, "interfaces": ("eth8",), "direction": "from", "allowed": (), "counter": "j"},
    ),
    "bfd": (bfd("eth2"), {"interface": "eth3", "igp": "ospf", "interval_us": 100_000, "multiplier": 5}),
    "counting": (
        count("c", UDP),
        {
            "flow": flow(),
            "interfaces": ("eth8",),
            "counter": "d",
            "excepted": (flow("10.10.1.128/25", H2, "udp"),),
        },
    ),
    "reflectors": (reflector(), {"discriminator": 7}),
    "repairs": (repair("eth2"), {"interface": "eth3", "igp": "ospf", "protects": "node"}),
    "streams": (
        stream(),
        {
            "name": "other",
            "address": "198.51.100.11",
            "port": 50051,
            "interval_us": 30_000_000,
            "interfaces": ("eth1",),
        },
    ),
    "probes": (probe(), {"name": "other", "peer": "r2", "dscp": 34, "interval_us": 5_000_000}),
    "probe_reflectors": (probe_reflector(), {"peer": "r2"}),
    "algorithm_policies": (
        algorithm(),
        {
            "name": "other",
            "color": 7,
            "end_point": "r3",
            "algorithm": 129,
            "label": 17000,
            "is_fail_closed": False,
        },
    ),
    "policies": (
        policy(),
        {
            "name": "other",
            "color": 7,
            "end_point": "r3",
            "candidates": policy().candidates[:1],
            "is_fail_closed": False,
            "discriminator": 9,
            "interval_us": 300_000,
            "multiplier": 5,
        },
    ),
    "policy_steering": (
        policy_steer(UDP),
        {
            "flow": flow(),
            "excepted": (flow("10.10.1.128/25", H2, "udp"),),
            "interfaces": ("eth8",),
            "policy": "another",
            "others": ("another",),
        },
    ),
}
# Not for the device: who asked, which link a port belongs to, names of classes beside their code points; precedence is the order of the rules.
SILENT = {
    "origin",
    "link",
    "traffic_class",
    "precedence",
    "reason",
    "switches",
}  # no platform of ours has the feature `switching`


def around(feature, item):
    """Return a configuration in which the item is complete: meters need a rule, rules their meter."""
    rest = {"meters": [ITEMS["meters"][0]]} if feature == "marking" else {}
    rest |= {"marking": [ITEMS["marking"][0]]} if feature == "meters" else {}
    rest |= {"policies": [policy(), policy("another", end_point="r3")]} if feature == "policy_steering" else {}
    return config(**{**rest, feature: [item]})


CHANGES = [(name, field) for name, (_, changes) in ITEMS.items() for field in changes]


@pytest.mark.parametrize(("feature", "field"), CHANGES)
def test_every_field_has_its_effect(feature, field):
    item, changes = ITEMS[feature]
    other = replace(item, **{field: changes[field]})
    assert owned(around(feature, item)) != owned(around(feature, other))


def obstacles(item, known=None):
    return [one.reason for one in CODE.obstacles(item, known or fleet(item))]


def test_what_can_be_written_is_no_obstacle():
    assert obstacles(full_config()) == []


@pytest.mark.parametrize("is_closed", [True, False])
def test_packets_are_led_into_one_policy_after_the_other(is_closed):
    """Each path has a prefix twice as long as the one behind it; the last policy says what happens without any."""
    last = policy("other", candidates_to_r3(), end_point="r3", closed=is_closed)
    rule = replace(policy_steer(UDP), others=("other",))
    found = owned(config(policies=[policy(closed=False), last], policy_steering=[rule], queueing=[labelled(port())]))
    (used,) = {term.instance for own in found.filters4 for term in own.terms if term.instance}
    (instance,) = (own for own in found.instances if own.name == used)
    ways = {}
    for route in instance.routes:
        ways.setdefault(int(route.name.rpartition("/")[2]), set()).add(
            route.lsp or ("drop" if route.is_discarded else "igp")
        )
    names = [path.name for path in found.paths]
    first, second = [sorted(name for name in names if part in name) for part in ("r4-drop", "other")]
    assert ways == {0: {"drop" if is_closed else "igp"}, 1: set(second), 2: {first[0]}, 3: {first[1]}}


def candidates_to_r3():
    return SrCandidate(90, (segment("r3", 16003),))


STREAMS = {
    "a collector with IPv6": (stream(address="2001:db8::10"), "IPv6 address"),
    "more than once a second": (stream(interval_us=999_999), "once a second"),
}


@pytest.mark.parametrize("case", sorted(STREAMS))
def test_streams_that_line_cards_cannot_send_are_obstacles(case):
    one, word = STREAMS[case]
    (reason,) = obstacles(config(streams=[one]))
    assert word in reason


def test_a_device_without_loopback_cannot_stream():
    item = config(streams=[stream()])
    known = replace(fleet(item), loopbacks={"r1": (None, "fd00::1")})
    (reason,) = obstacles(item, known)
    assert "loopback" in reason
    with pytest.raises(ValueError, match="no loopback"):
        text(item, known)


def test_ipv6_packets_do_not_take_an_algorithm():
    six = policy_steer(flow("fd10:1::/64", "fd10:2::/64"), "r4-fast-128")
    (reason,) = obstacles(config(algorithm_policies=[algorithm()], policy_steering=[six]))
    assert "IPv6 packets" in reason


@pytest.mark.parametrize(("interval_us", "rate_s"), [(1_000_000, 1), (10_999_999, 10), (86_400_000_000, 3600)])
def test_streams_report_rather_more_often_than_asked(interval_us, rate_s):
    (export,) = owned(config(streams=[stream(interval_us=interval_us)])).exports
    assert export.rate_s == rate_s


def test_a_stream_of_a_logical_interface_has_its_own_counters_as_well():
    found = owned(config(streams=[stream(interfaces=("ge-0/0/3.7", "eth1"))]))
    assert [(one.resource.rpartition("interface")[2], one.only) for one in found.sensors] == [
        ("/", "ge-0/0/1"),
        ("/", "ge-0/0/3"),
        ("/logical/usage/", "ge-0/0/3.7"),
    ]


def test_probes_use_a_family_that_both_ends_have():
    item = config(probes=[probe()], probe_reflectors=[probe_reflector("r2")])
    known = replace(fleet(item), loopbacks={"r1": (None, "fd00::1"), "r2": (None, "fd00::2"), "r4": (None, "fd00::4")})
    found = owned(item, known)
    assert [(own.source, own.target) for one in found.connections for own in one.sessions] == [("fd00::1", "fd00::4")]
    assert [peer.name for one in found.responders for own in one.peers for peer in own.addresses] == ["fd00::2/128"]
    with pytest.raises(ValueError, match="no loopbacks of one family"):
        owned(item, replace(known, loopbacks={**known.loopbacks, "r4": ("10.0.0.4", None)}))


def test_names_of_probes_fit_and_stay_apart():
    names = [f"{'a' * 30}-{end}" for end in ("one", "two")]
    found = owned(config(probes=[probe(name) for name in names])).connections
    assert len({one.name for one in found}) == 2
    assert all(len(one.name) <= 32 for one in found)


def test_a_port_has_timers_and_repairs_in_one_place():
    found = owned(config(bfd=[bfd("eth2")], repairs=[repair("eth2", protects="node"), repair("eth3")]))
    assert [(one.name, len(one.families), len(one.levels)) for one in found.isis] == [
        ("<ge-0/0/2.0>", 2, 2),
        ("<ge-0/0/3.0>", 0, 2),
    ]
    assert [level.is_node for one in found.isis for level in one.levels] == [True, True, False, False]
    assert len(found.isis_backup) == 1
    assert (found.ospf_backup, found.ospf3) == ((), ())


def test_ospf_repairs_in_its_own_area_only():
    found = owned(config(bfd=[bfd("eth2", "ospf")], repairs=[repair("eth2", "ospf", "node")]))
    assert [(own.interval_ms, own.is_repaired, own.is_node) for one in found.ospf for own in one.ports] == [
        (50, True, True)
    ]
    assert [own.is_repaired for one in found.ospf3 for own in one.ports] == [False]
    assert (len(found.ospf_backup), found.isis_backup) == (1, ())


def test_the_way_of_an_algorithm_is_one_label_that_nothing_supervises():
    rule = policy_steer(UDP, "r4-fast-128")
    found = owned(config(algorithm_policies=[algorithm()], policy_steering=[rule], queueing=[labelled(port())]))
    (path,), (own,), (instance,) = found.paths, found.segment_lists, found.instances
    assert (path.preference, [one.discriminator for one in path.primary]) == (None, [None])
    assert [hop.label for hop in own.hops] == [20128]
    assert [(route.name, route.lsp, route.is_discarded) for route in instance.routes] == [
        ("0.0.0.0/0", None, True),
        ("0.0.0.0/1", path.name, False),
        ("128.0.0.0/1", path.name, False),
    ]
    assert [one.name for one in found.rewrites4] == ["ITC-DSCP", "ITC-DSCP-MPLS"], "labels carry the class"
    assert found.classifiers_exp


@pytest.mark.parametrize("feature", sorted(ITEMS))
def test_no_field_is_forgotten_here(feature):
    item, changes = ITEMS[feature]
    names = {field.name for field in fields(item)}
    assert names - SILENT - {"name"} == set(changes) - {"name"}


QUEUE_CHANGES = {
    "dscps": (34,),
    "guarantee_bps": 3 * MBPS,
    "cap_bps": 9 * MBPS,
    "weight": 77,
    "limit_bytes": 99_328,
    "is_ecn": True,
    "scheduling": "idle",
}


@pytest.mark.parametrize("field", sorted(QUEUE_CHANGES))
def test_every_field_of_a_queue_has_its_effect(field):
    one = queue("high", MBPS)
    other = replace(one, **{field: QUEUE_CHANGES[field]})
    beside = queue("default")
    first, second = (config(queueing=[port(queues=(item, beside))]) for item in (one, other))
    assert owned(first) != owned(second)


@pytest.mark.parametrize(("field", "value"), [("mark_from_bytes", 9_000), ("mark_all_bytes", 24_000)])
def test_thresholds_of_marking_have_their_effect(field, value):
    one = replace(queue("high", MBPS), is_ecn=True, mark_from_bytes=7_500, mark_all_bytes=22_500)
    other = replace(one, **{field: value})
    first, second = (owned(config(queueing=[port(queues=(item,))])) for item in (one, other))
    assert first.drop_profiles != second.drop_profiles
    assert [profile.fill_levels for profile in first.drop_profiles] == [(25, 75)]
    assert [entry.profile for own in first.schedulers for entry in own.drop_profiles] == ["ITC-ECN-25-75"]


def test_early_drops_have_a_profile_and_do_not_mark():
    one = replace(queue("high", MBPS), drop_from_bytes=15_000, drop_all_bytes=30_000)
    found = owned(config(queueing=[port(queues=(one,))]))
    assert [profile.fill_levels for profile in found.drop_profiles] == [(50, 100)]
    dropping = [own for own in found.schedulers if own.drop_profiles]
    assert [(own.is_ecn, own.drop_profiles[0].profile) for own in dropping] == [(False, "ITC-DROP-50-100")]


def test_label_classes_have_their_effect():
    def labels(tc):
        item = replace(queue("high", MBPS), tc=tc)
        found = owned(config(queueing=[port(queues=(item, queue("default")))], policies=[policy()]))
        (read,), (wrote,) = found.classifiers_exp, found.rewrites_exp
        into = {code: own.name for own in read.classes for codes in own.codes for code in codes.codes}
        out = {own.name: {code for codes in own.codes for code in codes.codes} for own in wrote.classes}
        return into, out

    into, out = labels(4)
    assert sorted(into) == list(range(8))
    assert (into[4], into[3], into[6]) == ("ITC-D34", "best-effort", "network-control")
    assert (out["ITC-D34"], out["ITC-D36"], out["ITC-D0"]) == ({4}, {0}, {0})
    assert labels(3)[0][3] == "ITC-D34"
    assert "ITC-D34" not in labels(None)[0].values()


def test_packets_classified_by_a_label_keep_their_code_point():
    found = owned(full_config())
    (read,) = found.classifiers_exp
    by_label = {codes.name for own in read.classes for codes in own.codes if own.name.startswith("ITC-")}
    rewritten = {codes.name for table in found.rewrites4 for own in table.classes for codes in own.codes}
    assert by_label == {"medium-low"}
    assert not by_label & rewritten


@pytest.mark.parametrize("feature", ["pauses"])
def test_what_is_refused_before_is_a_bug_here(feature):
    with pytest.raises(ValueError, match="not for this platform"):
        text(replace(config(), **{feature: (object(),)}))


def test_the_burst_of_a_capped_queue_has_its_effect():
    one = queue("critical", MBPS)
    other = replace(one, burst_bytes=12_345)
    assert owned(config(queueing=[port(queues=(one,))])) != owned(config(queueing=[port(queues=(other,))]))


FLOW_CHANGES = {
    "source": "10.9.0.0/16",
    "destination": "10.9.0.0/16",
    "protocol": "tcp",
    "source_ports": None,
    "destination_ports": (1, 1),
    "dscp": 12,
}


@pytest.mark.parametrize("field", sorted(FLOW_CHANGES))
def test_every_part_of_a_flow_has_its_effect(field):
    other = replace(UDP, **{field: FLOW_CHANGES[field]})
    assert owned(config(fences=[fence("f", UDP)])) != owned(config(fences=[fence("f", other)]))


SEGMENT_CHANGES = {"node": "r3", "label": 17000, "link": "L-24"}


@pytest.mark.parametrize("field", sorted(SEGMENT_CHANGES))
def test_every_part_of_a_segment_has_its_effect(field):
    one = segment("r2", link="L-12") if field != "label" else segment("r2", 16002)
    known = fleet(config())
    changed = {"node": ("r4", "L-24", None), "link": ("r2", "L-24", None), "label": ("r2", None, 17000)}[field]
    other = replace(one, node=changed[0], link=changed[1], label=changed[2])
    first, second = (config(policies=[policy("p", SrCandidate(9, (item,)))]) for item in (one, other))
    assert owned(first, known) != owned(second, known)


def test_preferences_decide_between_candidates():
    low, high = policy().candidates[1], policy().candidates[0]
    (found,) = owned(config(policies=[policy()])).instances
    lengths = {route.lsp: int(route.name.partition("/")[2]) for route in found.routes if route.lsp}
    assert lengths == {f"ITC-r4-drop-1-{high.preference}": 2, f"ITC-r4-drop-1-{low.preference}": 1}
    assert [route.is_discarded for route in found.routes if route.name == "0.0.0.0/0"] == [True]


def test_rules_stand_in_the_order_of_their_precedence():
    rules = [mark("late", flow(), precedence=9), mark("soon", UDP, precedence=1)]
    shown = text(config(edges=[edge()], marking=rules))
    assert shown.index("<count>ITC-soon") < shown.index("<count>ITC-late")


def test_nothing_owned_is_no_file():
    assert bundle(config()).files == ()
    assert bundle(config(edges=[edge(trust="dscp")])).files == ()


def test_parts_of_features_that_are_not_there_are_not_there():
    assert "<firewall" not in text(config(queueing=[port()]))
    assert "<class-of-service" not in text(config(fences=[fence("f", UDP)]))
    assert "<protocols" not in text(config(steering=[steer(UDP, interfaces=())]))


def test_every_line_of_a_rule_knows_who_asked():
    found = bundle(config(edges=[edge()], marking=[mark("m", UDP)]))
    lines = found.files[0].text.splitlines()
    known = {entry.line for entry in found.provenance if entry.intents == ORIGIN.intents}
    assert {number for number, line in enumerate(lines, 1) if "ITC-m<" in line or "7000-7009" in line} <= known


def test_what_the_platform_lacks_is_a_bug_here_not_a_wrong_line():
    six = config(policies=[policy()], policy_steering=[policy_steer(flow("fd10:1::/64", "fd10:2::/64"))])
    with pytest.raises(ValueError, match="IPv6"):
        text(six)
    with pytest.raises(ValueError, match="strict"):
        text(config(queueing=[port(queues=(queue("critical"), replace(queue("high"), scheduling="strict")))]))
    known = fleet(config())
    with pytest.raises(ValueError, match="no loopback"):
        text(config(steering=[steer(UDP)]), replace(known, loopbacks={**known.loopbacks, "r2": (None, None)}))
    unaddressed = replace(known.wires["L-12", "r2"], address=None)
    with pytest.raises(ValueError, match="no IPv4 address"):
        text(
            config(policies=[policy("p", SrCandidate(1, (segment("r2", link="L-12"),)))]),
            replace(known, wires={**known.wires, ("L-12", "r2"): unaddressed}),
        )


def test_ports_of_the_lab_are_told_from_those_of_the_device():
    assert ported(edge("eth4")).interface == "ge-0/0/4"
    with pytest.raises(ValueError, match="not an interface"):
        bundle(replace(config(), edges=(edge("eth4"),)))


def test_full_configuration_is_stable():
    assert text(full_config()) == text(full_config())
