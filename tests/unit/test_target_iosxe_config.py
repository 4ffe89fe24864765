"""The target `iosxe` in detail: every field of the IR has its effect, everything that is referred to is there, nothing hostile gets through."""

import re
import tomllib
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, MBPS, ORIGIN, TARGETS, flow, meter
from support_iosxe import (
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
    late,
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

from intentc.ir.model import Origin, SrCandidate, SrSegment
from intentc.targetkit.kit import numbers_for

composing = pytest.importorskip("intentc_target_iosxe.composing")
escape = pytest.importorskip("intentc_target_iosxe.escape")
numbers = pytest.importorskip("intentc_target_iosxe.numbers")
shapes = pytest.importorskip("intentc_target_iosxe.shapes")
owned = pytest.importorskip("intentc_target_iosxe.owned")

DATA = tomllib.loads((TARGETS / "iosxe" / "target.toml").read_text())
UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)
MORE = SrCandidate(50, (SrSegment("r4", None, 16_004),))
OTHER = "HundredGigE0/1/8"

# One item per feature, and another value for each of its fields. A field without effect on the payload would be lost silently.
ITEMS = {
    "edges": (edge(OTHER), {"interface": RIGHT, "trust": "dscp"}),
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
            "excepted": (flow(protocol="udp"),),
            "interfaces": (OTHER,),
            "dscp": 20,
            "meter": None,
        },
    ),
    "queueing": (
        port(LEFT),
        {"interface": RIGHT, "rate_bps": 300 * MBPS, "mtu": 9000, "queues": (queue("default"),)},
    ),
    "steering": (
        steer(UDP, ("r2", "r3")),
        {
            "flow": flow(),
            "excepted": (flow(protocol="udp"),),
            "interfaces": (OTHER,),
            "waypoints": ("r3", "r2"),
            "is_fail_closed": False,
        },
    ),
    "fences": (fence("f", UDP), {"flow": flow(), "excepted": (flow(protocol="udp"),), "interfaces": (OTHER,)}),
    "isolation": (
        isolate("i", allowed=[flow(H2, H1)]),
        {"prefix": H2, "interfaces": (OTHER,), "direction": "from", "allowed": ()},
    ),
    "bfd": (bfd(LEFT), {"interface": RIGHT, "interval_us": 100_000, "multiplier": 5, "igp": "ospf"}),
    "counting": (
        count("c", UDP),
        {"flow": flow(), "interfaces": (OTHER,), "excepted": (flow(H1, "10.10.2.7/32"),), "counter": "other"},
    ),
    "repairs": (repair(LEFT), {"interface": RIGHT, "protects": "node"}),
    "probes": (probe(), {"name": "other", "peer": "r3", "dscp": 10, "interval_us": 100_000}),
    "probe_reflectors": (responder(), {"peer": "r3"}),
    "algorithm_policies": (
        algorithm_policy(),
        {"name": "other", "color": 2**31, "end_point": "r3", "label": 17_000, "is_fail_closed": False},
    ),
    "policies": (
        policy(),
        {
            "name": "other",
            "color": 2**31,
            "end_point": "r3",
            "candidates": (MORE,),
            "is_fail_closed": False,
            "interval_us": 100_000,
            "multiplier": 5,
            "switches": (late(),),
        },
    ),
    "streams": (
        stream(),
        {
            "name": "other",
            "address": "fd00::9",
            "port": 443,
            "interval_us": 1_000_000,
            "interfaces": (LEFT,),
        },
    ),
    "policy_steering": (
        ride(UDP),
        {
            "flow": flow(),
            "excepted": (flow(protocol="udp"),),
            "interfaces": (OTHER,),
            "policy": "other",
            "others": ("other",),
        },
    ),
}
# Not for the device: who asked, which link a port belongs to, names of classes beside their code points; precedence is the
# order of the rules (below). Counters of entries have no names. Prefixes of an edge port count where packets are steered (below).
SILENT = {
    "origin",
    "link",
    "traffic_class",
    "precedence",
    "prefixes",
    "reason",
}
UNUSED = {
    "policies": "discriminator",
    "repairs": "igp",
    "algorithm_policies": "algorithm",
}  # the last one is in the label
COUNTED_BY_ENTRY = {"fences", "isolation"}
NAMED_BY_METER = {"marking": "counter", "meters": "name"}


def around(feature, item):
    """Return a configuration in which the item is complete: meters need a rule, rules their meter, rides their policies."""
    rest = {"meters": [ITEMS["meters"][0]]} if feature == "marking" else {}
    rest |= {"marking": [ITEMS["marking"][0]]} if feature == "meters" else {}
    rest |= {"policies": [policy(), policy("other", 2**31)]} if feature == "policy_steering" else {}
    return config(**{**rest, feature: [item]})


@pytest.mark.parametrize(
    ("feature", "field"), [(name, field) for name, (_, changes) in ITEMS.items() for field in changes]
)
def test_every_field_has_its_effect(feature, field):
    item, changes = ITEMS[feature]
    assert rendered(around(feature, item)) != rendered(around(feature, replace(item, **{field: changes[field]})))


@pytest.mark.parametrize("feature", sorted(ITEMS))
def test_no_field_is_forgotten_here(feature):
    item, changes = ITEMS[feature]
    silent = (
        SILENT
        | {UNUSED.get(feature, "")}
        | {NAMED_BY_METER.get(feature, "")}
        | ({"counter"} if feature in COUNTED_BY_ENTRY else set())
    )
    assert {field.name for field in fields(item)} == set(changes) | (silent & {field.name for field in fields(item)})


def test_the_fields_of_a_device_are_all_known_here():
    refused = {"reflectors": "sbfd", "pauses": "lossless"}
    known = {"node", "platform", "release", "hardware"}
    assert {field.name for field in fields(config())} == set(ITEMS) | known | set(refused)
    assert set(refused.values()) <= {name for name, data in DATA["features"].items() if "since" not in data}


QUEUE_CHANGES = {
    "dscps": (34,),
    "scheduling": "share",
    "guarantee_bps": 300 * MBPS,
    "cap_bps": 900 * MBPS,
    "weight": 77,
    "limit_bytes": 99_328,
    "is_ecn": True,
    "tc": 3,
}


@pytest.mark.parametrize("field", sorted(QUEUE_CHANGES))
def test_every_field_of_a_queue_has_its_effect(field):
    one = queue("high", MBPS)
    if field == "cap_bps":  # of those classes that have a cap
        one = replace(one, scheduling="share", cap_bps=800 * MBPS)
    other = replace(one, **{field: QUEUE_CHANGES[field]})
    texts = [rendered(config(queueing=[port(queues=(q, queue("default")))])) for q in (one, other)]
    assert texts[0] != texts[1]


@pytest.mark.parametrize("field", ["drop_from_bytes", "drop_all_bytes"])
def test_every_threshold_of_dropping_has_its_effect(field):
    one = replace(queue("high", MBPS), drop_from_bytes=75_000, drop_all_bytes=225_000)
    other = replace(one, **{field: 77_777})
    texts = [rendered(config(queueing=[port(queues=(q, queue("default")))])) for q in (one, other)]
    assert texts[0] != texts[1]


@pytest.mark.parametrize("field", ["mark_from_bytes", "mark_all_bytes"])
def test_every_threshold_of_marking_has_its_effect(field):
    one = queue("bulk", MBPS)
    other = replace(one, **{field: 77_777})
    texts = [rendered(config(queueing=[port(queues=(q, queue("default")))])) for q in (one, other)]
    assert texts[0] != texts[1]


def test_the_burst_of_a_strict_class_passes_its_cap():
    text = rendered(config(queueing=[port(queues=(queue("critical", burst=999_999), queue("default")))]))
    assert "<bc>999999</bc>" in text


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
    assert rendered(config(fences=[fence("f", UDP)])) != rendered(config(fences=[fence("f", other)]))


def test_rules_stand_in_the_order_of_their_precedence():
    rules = [mark("late", flow(), precedence=9), mark("soon", UDP, precedence=1)]
    text = rendered(config(edges=[edge()], marking=rules)).split("<policy-map ")[1]
    assert text.index("ITC-soon") < text.index("ITC-late")


def test_steering_of_either_kind_stands_in_one_order():
    item = config(
        policies=[policy()], steering=[steer(flow(), precedence=2)], policy_steering=[ride(UDP, precedence=1)]
    )
    steps = composing.compose(item, fleet(item)).route_maps[0].steps
    known = {route.address: route for route in composing.compose(item, fleet(item)).routes4}
    assert [bool(known[step.hop4].policies) for step in steps if step.hop4] == [True, False]


def test_what_is_attached_to_a_port_is_reached_as_ever():
    one, other = (config(edges=[edge(prefixes=given_)], steering=[steer(UDP)]) for given_ in ((H1,), (H2,)))
    assert rendered(one) != rendered(other)
    (local,) = [found for found in composing.compose(one, fleet(one)).lists4 if found.name.endswith("LOCAL")]
    assert [(entry.is_from_any, entry.to_prefix) for entry in local.entries] == [(True, "10.10.1.0")]


@pytest.mark.parametrize("family", [4, 6])
def test_paths_that_nothing_enters_yet_are_there(family):
    one = flow() if family == 4 else flow(H1_6, "::/0")
    found = composing.compose(config(steering=[steer(one, interfaces=())]), fleet())
    assert len((*found.routes4, *found.routes6)) == 1
    assert len(found.tracks) == 1
    assert (found.route_maps, found.ports) == ((), ())


def test_nothing_is_written_for_a_device_without_anything():
    assert bundle(config()).files == ()
    assert bundle(replace(config(), hardware=None)).files == ()


@pytest.mark.parametrize(
    "name",
    [
        "GigabitEthernet1",
        "GigabitEthernet0/0/0",
        "TenGigabitEthernet0/1/0.4094",
        "TwentyFiveGigE0/0/24",
        "HundredGigE0/1/0",
        "FortyGigabitEthernet0/2/4",
    ],
)
def test_ports_are_named_as_the_data_says(name):
    assert re.fullmatch(DATA["ports"]["form"], name)
    assert escape.interface(name) == name
    assert "".join(escape.kind_and_number(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "eth1",
        "ge-0/0/0",
        "Gi1",
        "Ethernet1/1",
        "TenGigE0/0/0/1",
        "GigabitEthernet",
        "GigabitEthernet1.",
        "Null0",
        "Port-channel1",
        "Tunnel1",
    ],
)
def test_other_ports_are_refused_by_the_data_and_by_the_code(name):
    assert re.fullmatch(DATA["ports"]["form"], name) is None
    with pytest.raises(ValueError, match="not an interface"):
        escape.interface(name)


NAMES = {"GigabitEthernet1.5", "GigabitEthernet1/5", "GigabitEthernet15", "GigabitEthernet1", "TenGigabitEthernet1"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_different_ports_have_different_names(name):
    others = NAMES - {name}
    assert escape.port_name("IN4", name) not in {escape.port_name("IN4", other) for other in others}
    assert escape.rule_name("a" * 50, name) not in {escape.rule_name("a" * 50, other) for other in others}


def test_the_longest_names_fit_the_models():
    """205 characters for classes, 64 for a list in a class, 64 for an SR policy in a route."""
    longest = "a" + "b" * 49
    assert len(escape.rule_name(longest, "FortyGigabitEthernet100/100/100.1234567890") + "-9-4") <= 64
    assert len(escape.own_name(longest)) <= 64


@given(st.sets(st.text("abcdefgh-", min_size=1, max_size=8), max_size=30))
@settings(max_examples=30, deadline=None)
def test_entry_addresses_are_distinct_and_reserved(names):
    found = numbers_for(names, numbers.ENTRIES)
    addresses = {numbers.entry_address(number, family) for number in found.values() for family in (4, 6)}
    assert len(addresses) == 2 * len(names)
    assert all(numbers.is_reserved(address) for address in addresses)


@pytest.mark.parametrize("address", ["198.17.255.255", "198.20.0.0", "10.0.0.1/32", "fd49:5444::1", "fd00::1/128"])
def test_other_addresses_are_not_reserved(address):
    assert not numbers.is_reserved(address)


def test_an_unknown_loopback_is_a_bug_not_a_wrong_line():
    known = fleet(config())
    missing = replace(known, loopbacks={**known.loopbacks, "r2": (None, None)})
    with pytest.raises(ValueError, match="no loopback"):
        rendered(config(steering=[steer(UDP)]), missing)


def test_a_link_without_an_address_is_a_bug_not_a_wrong_line():
    item = config(policies=[policy()])
    known = fleet(item)
    bare = {key: replace(wire, address=None) for key, wire in known.wires.items()}
    with pytest.raises(ValueError, match="no IPv4 address"):
        rendered(item, replace(known, wires=bare))


def test_lines_of_several_intents_name_them_all():
    asked = Origin(("other",), ORIGIN.spans)
    found = bundle(config(fences=[fence("f", UDP), replace(fence("g", flow()), origin=asked)]))
    assert {intent for line in found.provenance for intent in line.intents} == {"demo", "other"}
    assert HOSTS not in found.files[0].text


def test_every_field_of_what_is_owned_has_its_place():
    assert {section.name for section in shapes.SECTIONS} == {field.name for field in fields(owned.Owned)}


KEYS = "name|class-map-name|profile-name|endpoint-name|profile|srname|segment-list|access-list|acl-name|route-map|input|output"


def test_names_are_all_ours():
    text = rendered(full_config())
    names = set(re.findall(rf"<(?:{KEYS})>([A-Za-z][^<\s]*)<", text)) - {"class-default"}
    assert len(names) > 20
    assert {name for name in names if not name.startswith("ITC-")} == set()


REFERRING = {
    "everything": {},
    "an untrusted port alone": {"edges": [edge()]},
    "one family alone": {"edges": [edge()], "marking": [mark("six", flow(H1_6, "::/0"))]},
    "a trusted port": {"edges": [edge(trust="dscp")], "queueing": [port(), port(RIGHT)]},
    "policies alone": {"policies": [policy()], "policy_steering": [ride(flow())]},
    "nothing but queues": {"queueing": [port()]},
    "nothing but counters": {"counting": [count("c", UDP)]},
    "nothing but waypoints": {"steering": [steer(flow(H1_6, "::/0"))]},
}


@pytest.mark.parametrize("case", sorted(REFERRING))
def test_everything_that_is_referred_to_is_there(case):
    item = config(**REFERRING[case]) if REFERRING[case] else full_config()
    found = composing.compose(item, fleet(item))
    classes = {one.name for one in found.class_maps} | {"class-default"}
    policies = {one.name for one in found.policy_maps}
    lists = {one.name for one in (*found.lists4, *found.lists6)}
    used = [one for item in found.policy_maps for one in item.classes]
    assert {one.name for one in used} <= classes
    assert {action.child for one in used for action in one.actions if action.child} <= policies
    assert {name for one in found.class_maps for name in one.lists} <= lists
    assert {name for one in found.ports for name in (one.input, one.output) if name} <= policies
    assert {name for one in found.ports for name in held_lists(one)} <= lists
    steps = [step for one in found.route_maps for step in one.steps]
    assert {name for step in steps for name in (step.list4, step.list6) if name} <= lists
    maps = {one.name for one in found.route_maps}
    held = {name for one in found.ports for name in (one.map4, one.map6) if name}
    assert held | {one.name for one in found.local} == maps
    assert {one.operation for one in found.tracks if one.operation} == {one.number for one in found.operations}
    routes = {one.address.partition("/")[0] for one in (*found.routes4, *found.routes6)}
    assert {hop for step in steps for hop in (step.hop4, step.hop6) if hop} <= routes
    known = {one.name for one in found.segment_lists}
    assert {way.segment_list for item in found.policies for one in item.candidates for way in one.ways} <= known
    assert {way.policy for one in found.routes4 for way in one.policies} <= {one.name for one in found.policies}
    tracks = {one.number for one in found.tracks}
    ways = [way for one in (*found.routes4, *found.routes6) for way in (*one.tracked, *one.untracked)]
    assert {way.track for way in ways if way.track is not None} == tracks
    assert {one.profile for one in found.policies if one.profile} == {one.name for one in found.policy_profiles}
    assert {one.profile for one in found.end_points} == {one.name for one in found.probe_profiles}


def held_lists(port_):
    return [name for name in (port_.in4, port_.out4, *(one.name for one in port_.filters6)) if name]


def test_everything_that_is_there_is_referred_to():
    item = full_config()
    found = composing.compose(item, fleet(item))
    assert {one.name for one in found.class_maps} <= {one.name for item in found.policy_maps for one in item.classes}
    held = {name for one in found.ports for name in held_lists(one)}
    held |= {name for one in found.class_maps for name in one.lists}
    held |= {name for one in found.route_maps for step in one.steps for name in (step.list4, step.list6)}
    assert {one.name for one in (*found.lists4, *found.lists6)} <= held


def test_packets_are_led_into_one_policy_after_the_other():
    """The route into the first has the least distance, and is there while its policy is up."""
    item = config(
        policies=[policy(closed=False), policy("other", 2**31)], policy_steering=[replace(ride(UDP), others=("other",))]
    )
    found = composing.compose(item, fleet(item))
    (hop,) = {step.hop4 for made in found.route_maps for step in made.steps if step.hop4}
    (route,) = (route for route in found.routes4 if route.address == hop)
    assert [(way.policy, way.distance) for way in route.policies] == [("ITC-way-r4", 5), ("ITC-other", 10)]
