"""The target `iosxr` in detail: every field of the IR has its effect, entries mean what rules mean, nothing hostile gets through."""

import re
import tomllib
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, MBPS, ORIGIN, TARGETS, flow, meter
from support_iosxr import (
    HARDWARE,
    HOSTS,
    LEFT,
    RIGHT,
    TARGET,
    algorithm_policy,
    answers,
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
    reflector,
    rendered,
    repair,
    ride,
    steer,
    stream,
)

from intentc.ir.model import Origin, SrCandidate, SrSegment

composing = pytest.importorskip("intentc_target_iosxr.composing")
escape = pytest.importorskip("intentc_target_iosxr.escape")
families = pytest.importorskip("intentc_target_iosxr.families")
numbers = pytest.importorskip("intentc_target_iosxr.numbers")
shapes = pytest.importorskip("intentc_target_iosxr.shapes")
owned = pytest.importorskip("intentc_target_iosxr.owned")

DATA = tomllib.loads((TARGETS / "iosxr" / "target.toml").read_text())
UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)
MORE = SrCandidate(50, (SrSegment("r4", None, 16_004),))
OTHER = "HundredGigE0/0/0/8"

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
    "repairs": (repair(LEFT), {"interface": RIGHT, "protects": "node"}),
    "probe_reflectors": (answers("r4"), {"peer": "r3"}),
    "probes": (probe(), {"name": "other", "peer": "r2", "dscp": 10, "interval_us": 100_000}),
    "algorithm_policies": (
        algorithm_policy(),
        {"name": "other", "color": 2**31, "end_point": "r3", "label": 17_000, "is_fail_closed": True},
    ),
    "bfd": (bfd(LEFT), {"interface": RIGHT, "interval_us": 100_000, "multiplier": 5}),
    "counting": (
        count("c", UDP),
        {"flow": flow(), "interfaces": (OTHER,), "excepted": (flow(H1, "10.10.2.7/32"),)},
    ),
    "reflectors": (reflector(), {"discriminator": 7}),
    "policies": (
        policy(),
        {
            "name": "other",
            "color": 2**31,
            "end_point": "r3",
            "candidates": (MORE,),
            "is_fail_closed": False,
            "discriminator": 7,
            "interval_us": 100_000,
            "multiplier": 5,
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
# order of the rules (below); the prefixes of an edge port are only for people. Counters are those of classes and entries. The
# number of an algorithm is in the label of its SID.
SILENT = {
    "origin",
    "link",
    "traffic_class",
    "precedence",
    "prefixes",
    "reason",
    "igp",
    "algorithm",
    "switches",
}  # no platform of ours has `switching`
COUNTED_BY_ENTRY = {"fences", "isolation", "counting"}
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
    silent = SILENT | {NAMED_BY_METER.get(feature, "")} | ({"counter"} if feature in COUNTED_BY_ENTRY else set())
    assert {field.name for field in fields(item)} == set(changes) | (silent & {field.name for field in fields(item)})


def test_the_fields_of_a_device_are_all_known_here():
    known = {"node", "platform", "release", "hardware", "pauses"}  # those: test_target_iosxr_pausing.py
    assert {field.name for field in fields(config())} == set(ITEMS) | known


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


@pytest.mark.parametrize("hardware", HARDWARE)
@pytest.mark.parametrize("field", sorted(QUEUE_CHANGES))
def test_every_field_of_a_queue_has_its_effect(field, hardware):
    if field == "cap_bps":  # of those classes that have a cap
        one = replace(queue("high", MBPS), scheduling="share", cap_bps=800 * MBPS)
    else:
        one = queue("high", MBPS)
    other = replace(one, **{field: QUEUE_CHANGES[field]})
    texts = [rendered(config(hardware=hardware, queueing=[port(queues=(q, queue("default")))])) for q in (one, other)]
    assert texts[0] != texts[1]


@pytest.mark.parametrize("hardware", HARDWARE)
@pytest.mark.parametrize("field", ["drop_from_bytes", "drop_all_bytes"])
def test_every_threshold_of_early_drops_has_its_effect(field, hardware):
    one = replace(queue("high", MBPS), drop_from_bytes=15_000, drop_all_bytes=30_000)
    other = replace(one, **{field: 22_222})
    texts = [rendered(config(hardware=hardware, queueing=[port(queues=(q, queue("default")))])) for q in (one, other)]
    assert texts[0] != texts[1]
    assert not any("random-detect-ecn" in text for text in texts)


@pytest.mark.parametrize("field", ["mark_from_bytes", "mark_all_bytes"])
def test_every_threshold_of_marking_has_its_effect(field):
    one = queue("bulk", MBPS)
    other = replace(one, **{field: 77_777})
    texts = [rendered(config(queueing=[port(queues=(q, queue("default")))])) for q in (one, other)]
    assert texts[0] != texts[1]


def test_the_burst_of_a_strict_class_passes_its_cap():
    text = rendered(config(queueing=[port(queues=(queue("critical", burst=999_999), queue("default")))]))
    assert "<value>999999</value>" in text


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
    text = rendered(item)
    assert text.index("<ipv4>198.1") < text.index("<ipv4>10.0.0.2<")


def test_nothing_is_written_for_a_device_without_anything():
    assert bundle(config()).files == ()
    assert bundle(replace(config(), hardware=None)).files == ()


def test_unknown_hardware_is_a_bug_not_a_guess():
    with pytest.raises(ValueError, match="not a kind of hardware"):
        rendered(config(hardware="crs", queueing=[port()]))


def test_kinds_of_hardware_are_those_of_the_data():
    assert set(families.FAMILIES) == set(TARGET.chassis)


@pytest.mark.parametrize(
    "name",
    [
        "TenGigE0/0/0/1",
        "HundredGigE0/0/0/1/2",
        "Bundle-Ether5.100",
        "GigabitEthernet0/0/0/0",
        "FourHundredGigE0/7/0/31",
    ],
)
def test_ports_are_named_as_the_data_says(name):
    assert re.fullmatch(DATA["ports"]["form"], name)
    assert escape.interface(name) == name


@pytest.mark.parametrize(
    "name", ["eth1", "ge-0/0/0", "Gi0/0/0/0", "Ethernet1/1", "TenGigE0/0", "Bundle-Ether1.", "Null0"]
)
def test_other_ports_are_refused_by_the_data_and_by_the_code(name):
    assert re.fullmatch(DATA["ports"]["form"], name) is None
    with pytest.raises(ValueError, match="not an interface"):
        escape.interface(name)


@given(st.sampled_from(["TenGigE0/0/0/1.5", "TenGigE0/0/0/1/5", "TenGigE0/0/0/15", "Bundle-Ether1", "Bundle-Ether1.1"]))
def test_different_ports_have_different_names(name):
    others = {"TenGigE0/0/0/1.5", "TenGigE0/0/0/1/5", "TenGigE0/0/0/15", "Bundle-Ether1", "Bundle-Ether1.1"} - {name}
    assert escape.port_name("IN4", name) not in {escape.port_name("IN4", other) for other in others}
    assert escape.rule_name("a" * 50, name) not in {escape.rule_name("a" * 50, other) for other in others}


def test_the_longest_names_fit_the_models():
    """63 characters for classes and policies, 64 for a list in a class, 59 for an SR policy."""
    longest = "a" + "b" * 49
    assert len(escape.rule_name(longest, "EightHundredGigE100/100/100/100/100.1234567890") + "-99") <= 63
    assert len(escape.port_name("QUEUES", "EightHundredGigE100/100/100/100/100.1234567890")) <= 63
    assert len(f"{escape.OWN}{longest}") <= 59


@given(st.sets(st.text("abcdefgh-", min_size=1, max_size=8), max_size=30), st.text("abcdefgh-", min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_entry_addresses_are_distinct_reserved_and_stable(names, more):
    found = numbers.entries_for(names)
    addresses = {numbers.entry_address(number, family) for number in found.values() for family in (4, 6)}
    assert len(addresses) == 2 * len(names)
    assert all(numbers.is_reserved(address) for address in addresses)
    assert not addresses & set(numbers.NOWHERE.values())
    wider = numbers.entries_for({*names, more})
    assert sum(wider[name] != found[name] for name in names) <= 1, "a number follows from its own name"


def test_colliding_entries_are_moved_apart(monkeypatch):
    monkeypatch.setattr(numbers, "_LAST", 4)
    assert sorted(numbers.entries_for({"a", "b", "c", "d"}).values()) == [1, 2, 3, 4]


@given(st.sets(st.text("abcdef-", min_size=1, max_size=6), max_size=49))
@settings(max_examples=40, deadline=None)
def test_operations_and_sessions_have_numbers_of_their_own(names):
    for found, (first, last), is_own in (
        (numbers.operations_for(names), numbers.OPERATIONS, numbers.is_own_operation),
        (numbers.sessions_for(names), numbers.SESSIONS, numbers.is_own_session),
    ):
        assert found.keys() == names
        assert len(set(found.values())) == len(names)
        assert all(first <= number <= last and is_own(number) for number in found.values())
        assert not is_own(first - 1)
        assert not is_own(last + 1)


def test_there_are_no_more_operations_than_numbers():
    with pytest.raises(ValueError, match="50 measurements"):
        numbers.operations_for({f"p{n}" for n in range(50)})


@pytest.mark.parametrize("interval_us", [100_000, 150_500, 1_000_000])
def test_a_burst_ends_before_the_next_one_begins(interval_us):
    (one,) = composing.compose(found := config(probes=[probe(interval_us=interval_us)]), fleet(found)).operations
    assert one.frequency_s * 1000 >= one.count * one.interval_ms + one.timeout_ms
    assert (one.interval_ms - 1) * 1000 < interval_us <= one.interval_ms * 1000
    assert (one.tos, one.source, one.destination) == (46 << 2, "10.0.0.1", "10.0.0.3")


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


@pytest.mark.parametrize("section", [section.name for section in shapes.SECTIONS])
def test_every_section_is_a_field_of_what_is_owned(section):
    assert section in {field.name for field in fields(owned.Owned)}
    assert len(shapes.SECTIONS) == len(fields(owned.Owned))


@pytest.mark.parametrize("hardware", HARDWARE)
def test_names_are_all_ours(hardware):
    text = rendered(full_config(hardware))
    keys = "access-list-name|class-map-name|policy-map-name|path-name|policy-name|service-policy-name|segment-list-name"
    names = re.findall(rf"<(?:{keys})>([^<\s]+)<", text)
    assert names
    assert all(name.startswith("ITC-") for name in names)


REFERRING = {
    "everything": {},
    "an untrusted port alone": {"edges": [edge()]},
    "one family alone": {"edges": [edge()], "marking": [mark("six", flow(H1_6, "::/0"))]},
    "a trusted port": {"edges": [edge(trust="dscp")], "queueing": [port(), port(RIGHT)]},
    "policies alone": {"policies": [policy()], "policy_steering": [ride(flow(H1_6, "::/0"))]},
    "algorithms alone": {
        "algorithm_policies": [algorithm_policy()],
        "policy_steering": [ride(flow(H1_6, "::/0"), "low-delay")],
    },
    "nothing but queues": {"queueing": [port()]},
}


@pytest.mark.parametrize("hardware", HARDWARE)
@pytest.mark.parametrize("case", sorted(REFERRING))
def test_everything_that_is_referred_to_is_there(case, hardware):
    item = config(hardware=hardware, **REFERRING[case]) if REFERRING[case] else full_config(hardware)
    found = composing.compose(item, fleet(item))
    classes = {one.name for one in found.class_maps} | {"class-default"}
    policies = {one.name: one for one in found.policy_maps}
    lists = {4: {one.name for one in found.lists4}, 6: {one.name for one in found.lists6}}
    used = [one for item in found.policy_maps for one in item.classes]
    assert {one.name for one in used} <= classes
    assert {one.child for one in used if one.child} <= policies.keys()
    assert {one.list4 for one in found.class_maps if one.list4} <= lists[4]
    assert {one.list6 for one in found.class_maps if one.list6} <= lists[6]
    for one in found.ports:
        assert {*one.inputs, *one.outputs} <= policies.keys()
        assert {one.in4, one.out4} - {None} <= lists[4]
        assert {one.in6, one.out6} - {None} <= lists[6]
    known = {one.name for one in found.segment_lists}
    assert {way.segment_list for item in found.policies for one in item.candidates for way in one.ways} <= known
    ways = {f"srte_c_{one.color}_ep_{one.end_point}" for one in found.policies}
    assert {one.policy for one in (*found.routes4, *found.routes6) if one.policy} <= ways
    hops = {hop for item in (*found.lists4, *found.lists6) for s in item.sequences for hop in hops_of(s)}
    reserved = {hop for hop in hops if numbers.is_reserved(hop)}
    assert reserved == {one.address for one in (*found.routes4, *found.routes6)}


def hops_of(sequence):
    return [hop for match in sequence.permit for hop in (match.hop1, match.hop2, match.hop3) if hop]


@pytest.mark.parametrize("hardware", HARDWARE)
def test_everything_that_is_there_is_referred_to(hardware):
    item = full_config(hardware)
    found = composing.compose(item, fleet(item))
    used = {one.name for item in found.policy_maps for one in item.classes}
    assert {one.name for one in found.class_maps} <= used
    held = {name for one in found.ports for name in (one.in4, one.out4, one.in6, one.out6)}
    held |= {name for one in found.class_maps for name in (one.list4, one.list6)}
    assert {one.name for one in (*found.lists4, *found.lists6)} <= held


def test_packets_are_led_into_one_policy_after_the_other():
    """The next hops of an entry count in their order, and the route behind one is there while its policy is up."""
    rules = [replace(ride(UDP), others=("other",))]
    item = config(policies=[policy(closed=False), policy("other", 2**31)], policy_steering=rules)
    found = composing.compose(item, fleet(item))
    matches = [match for own in found.lists4 for one in own.sequences for match in one.permit if match.hop1]
    (hops,) = {(match.hop1, match.hop2, match.hop3) for match in matches}
    assert hops[2] is None
    routes = {route.address: route.policy for route in found.routes4}
    assert [routes[hop].split("_ep_")[0] for hop in hops[:2]] == [f"srte_c_{2**30 + 5}", f"srte_c_{2**31}"]
    assert [own.is_dropping for own in found.policies] == [True, False]
    with pytest.raises(ValueError, match="4 SR policies"):
        rendered(replace(item, policy_steering=(replace(rules[0], others=("other",) * 3),)))
