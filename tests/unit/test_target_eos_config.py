"""The target `eos` in detail: every field of the IR has its effect, every trap is named, nothing hostile gets through."""

import re
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_eos import (
    CODE,
    HARDWARE,
    HOSTS,
    LEFT,
    TARGET,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    judged,
    mark,
    meter,
    pause,
    port,
    queue,
    reflector,
    rendered,
    repair,
    steer,
)
from support_frr import H1, H1_6, H2, H2_6, MBPS

from intentc.ir.model import (
    AlgorithmPolicy,
    Origin,
    PolicySteerRule,
    Probe,
    ProbeReflector,
    SrPolicy,
    Stream,
)

NOBODY = Origin((), ())
UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)
FAR = "Ethernet8"

# One item per feature, and another value for each of its fields. A field without effect would be lost silently.
ITEMS = {
    "edges": (edge(), {"interface": FAR, "trust": "dscp", "prefixes": (H1, "fd10:9::/64")}),
    "meters": (
        meter("m", 5 * MBPS, ceiling=9 * MBPS),
        {
            "committed_bps": 6 * MBPS,
            "burst_bytes": 20_000,
            "over_dscp": None,
            "ceiling_bps": 8 * MBPS,
            "ceiling_burst_bytes": 30_000,
        },
    ),
    "marking": (
        mark("one", UDP, meter="m"),
        {
            "flow": flow(),
            "excepted": (flow(protocol="tcp"), flow(H1, protocol="udp", ports=(7001, 7001))),
            "interfaces": (FAR,),
            "traffic_class": "high",
            "dscp": 20,
            "meter": None,
        },
    ),
    "queueing": (
        port(),
        {"interface": FAR, "rate_bps": 500 * MBPS, "queues": (queue("default"),)},
    ),
    "steering": (
        steer(UDP),
        {
            "flow": flow(),
            "excepted": (flow(H1, protocol="udp", ports=(7001, 7001)),),
            "interfaces": (FAR,),
            "waypoints": ("r3", "r2"),
            "is_fail_closed": False,
        },
    ),
    "fences": (
        fence("f", flow()),
        {"flow": UDP, "excepted": (flow(protocol="tcp"),), "interfaces": (FAR,), "counter": "g"},
    ),
    "isolation": (
        isolate("i", allowed=[flow(H2, H1)]),
        {"prefix": "10.10.0.0/16", "interfaces": (FAR,), "direction": "from", "allowed": (), "counter": "j"},
    ),
    "counting": (
        count("c", flow()),
        {"flow": UDP, "interfaces": (FAR,), "counter": "d", "excepted": (flow(protocol="tcp"),)},
    ),
    "bfd": (bfd(), {"interface": FAR, "interval_us": 60_000, "multiplier": 4}),
    "repairs": (repair(), {"protects": "node"}),
    "reflectors": (reflector(), {"discriminator": 7}),
    "pauses": (pause(), {"interface": FAR, "priority": 4, "traffic_class": "high"}),
}
# Not for the device: who asked, which link a port belongs to; precedence is the order of the rules; a rule with a meter is
# counted by that; repair is a setting of the process; only code points tell what is paused; obstacles look at headroom and IGP.
SILENT = {"origin", "link", "precedence", "reason", "name", "counter", "dscps", "headroom_bytes", "igp", "mtu"}


def around(feature, item):
    """Return a configuration in which the item is complete: meters need a rule, rules their meter and classes."""
    rest = {"meters": [ITEMS["meters"][0]]} if feature == "marking" else {}
    rest |= {"marking": [ITEMS["marking"][0]]} if feature == "meters" else {}
    rest |= {"queueing": [port()]} if feature in {"meters", "marking"} else {}
    rest |= {"queueing": [port(queues=(queue("roce"), queue("high"), queue("default")))]} if feature == "pauses" else {}
    rest |= {"isolation": [isolate("x", H1_6, direction="from")]} if feature == "edges" else {}
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
    allowed = SILENT | ({"interface"} if feature == "repairs" else set())
    assert {field.name for field in fields(item)} - allowed <= set(changes)


def test_a_rule_without_a_meter_is_counted_by_its_counter():
    assert rendered(config(marking=[mark("one", UDP)])) != rendered(config(marking=[mark("two", UDP)]))


QUEUE_CHANGES = {
    "dscps": (34,),
    "scheduling": "idle",
    "guarantee_bps": 300 * MBPS,
    "weight": 77,
    "limit_bytes": 99_328,
    "is_ecn": True,
    "tc": 4,
}


@pytest.mark.parametrize("field", sorted(QUEUE_CHANGES))
def test_every_field_of_a_queue_has_its_effect(field):
    one, rest = queue("high", 10 * MBPS), queue("default")
    other = replace(one, **{field: QUEUE_CHANGES[field]})
    changed = rendered(config(queueing=[port(queues=(other, rest))]))
    if field == "scheduling":  # idle is a weight of nothing: the least share
        changed = rendered(config(queueing=[port(queues=(replace(other, weight=0), rest))]))
    assert rendered(config(queueing=[port(queues=(one, rest))])) != changed


@pytest.mark.parametrize("name", ["critical", "video"])
def test_the_cap_of_a_queue_has_its_effect(name):
    one, rest = queue(name), queue("default")
    other = replace(one, cap_bps=one.cap_bps // 2)
    assert rendered(config(queueing=[port(queues=(one, rest))])) != rendered(
        config(queueing=[port(queues=(other, rest))])
    )


@pytest.mark.parametrize("field", ["drop_from_bytes", "drop_all_bytes"])
@pytest.mark.parametrize("name", ["high", "default"])
def test_thresholds_of_early_drops_have_their_effect(name, field):
    one = replace(queue(name), drop_from_bytes=50_000, drop_all_bytes=90_000)
    text = rendered(config(queueing=[port(queues=(one,))]))
    assert "random-detect drop minimum-threshold 50000 bytes maximum-threshold 90000 bytes drop-probability 100" in text
    assert text.count("random-detect") == 1
    assert text != rendered(config(queueing=[port(queues=(replace(one, **{field: 70_000}),))]))


def test_a_paused_class_has_no_early_drops():
    one = replace(queue("roce"), drop_from_bytes=50_000, drop_all_bytes=90_000)
    assert "random-detect" not in rendered(config(queueing=[port(queues=(one,))], pauses=[pause(headroom=0)]))


@pytest.mark.parametrize("field", ["mark_from_bytes", "mark_all_bytes"])
def test_thresholds_of_marking_have_their_effect(field):
    one = queue("bulk")
    other = replace(one, **{field: getattr(one, field) + 1})
    assert rendered(config(queueing=[port(queues=(one,))])) != rendered(config(queueing=[port(queues=(other,))]))


def test_there_is_no_file_where_nothing_is_owned():
    assert CODE.artefacts(config(), fleet(config())) == ()


NOT_HERE = {
    "streams": Stream("s", "10.0.0.9", 57500, 10_000_000, (LEFT,), NOBODY),
    "probes": Probe("p", "r2", 46, 1_000_000, NOBODY),
    "probe_reflectors": ProbeReflector("r2", NOBODY),
    "policies": SrPolicy("p", 2**30 + 1, "r4", (), True, 1, 50_000, 3, NOBODY),
    "algorithm_policies": AlgorithmPolicy("a", 2**30 + 1, "r4", 128, 16_004, True, NOBODY),
    "policy_steering": PolicySteerRule(1, UDP, (), (HOSTS,), "p", NOBODY),
}


@pytest.mark.parametrize("name", sorted(NOT_HERE))
def test_what_was_refused_before_is_a_bug_here(name):
    with pytest.raises(ValueError, match="not possible on EOS"):
        rendered(config(**{name: [NOT_HERE[name]]}))


def test_every_feature_of_the_ir_is_written_or_a_bug():
    named = {field.name for field in fields(config())} - {"node", "platform", "release", "hardware"}
    assert named == set(ITEMS) | set(NOT_HERE)


def test_steering_of_ipv6_was_refused_before():
    with pytest.raises(ValueError, match="IPv4"):
        rendered(config(steering=[steer(flow(H1_6, H2_6))]))


class TestTraps:
    """The traps of other people's networks that concern EOS, one by one."""

    @pytest.mark.parametrize("kind", ["ip", "ipv6"])
    def test_the_end_of_a_list_denies_so_the_last_line_permits(self, kind):
        lists = re.findall(
            rf"^{kind} access-list ITC-(?:IN|OUT)\S+\n((?:   .*\n)+)", rendered(full_config()), re.MULTILINE
        )
        assert lists
        assert all(one.rstrip().endswith(f"permit {kind} any any") for one in lists)

    def test_lists_of_classes_only_permit(self):
        text = rendered(full_config())
        used = set(re.findall(r"match ip(?:v6)? access-group (\S+)", text))
        for name in used:
            body = re.search(rf"access-list {re.escape(name)}\n((?:   .*\n)+)", text)[1]
            assert " deny " not in body

    def test_commit_timers_are_hours_minutes_seconds(self):
        """No timer stands in the file; the README says how it is written."""
        assert (TARGET.transport, TARGET.commit) == ("ssh", "config-session")
        assert "timer" not in rendered(full_config())
        assert "commit timer 00:05:00" in (TARGET.directory / "README.md").read_text()

    def test_bfd_is_counted_in_milliseconds_and_never_sooner_than_asked(self):
        assert "bfd interval 51 min-rx 51 multiplier 3" in rendered(config(bfd=[bfd(interval_us=50_001)]))

    def test_the_lower_distance_wins(self):
        routes = re.findall(r"ip route \S+ (\S+) (\d+) name", rendered(config(steering=[steer(UDP, ("r3", "r2"))])))
        assert routes == [("10.0.0.3", "10"), ("10.0.0.2", "20"), ("Null0", "250")]

    def test_several_next_hops_would_share_the_load_so_there_is_one(self):
        text = rendered(full_config())
        assert re.findall(r"set nexthop .*", text)
        assert all(len(line.split()) == 4 for line in re.findall(r"set nexthop .*", text))

    def test_encapsulation_hides_fields_and_no_labels_are_pushed_here(self):
        assert not TARGET.features["sr-policy"].since
        assert "sr-policy" not in TARGET.mechanisms

    def test_a_slot_with_room_for_one_has_one(self):
        for body in re.findall(r"^interface \S+\n((?:   .*\n)+)", rendered(full_config()), re.MULTILINE):
            slots = [re.sub(r"ITC-\S+", "", line) for line in body.splitlines()]
            assert len(slots) == len(set(slots))

    @pytest.mark.parametrize("hardware", HARDWARE)
    def test_strict_queues_have_a_cap_and_stand_above_all_others(self, hardware):
        for profile in re.findall(r"^qos profile \S+\n((?:   .*\n)+)", rendered(full_config(hardware)), re.MULTILINE):
            queues = re.findall(r"tx-queue (\d)\n((?:      .*\n)*)", profile)
            strict = [int(number) for number, body in queues if "priority strict" in body]
            shared = [int(number) for number, body in queues if "no priority" in body]
            assert all("shape rate" in body for _, body in queues if "priority strict" in body)
            assert not queues or min(strict) > max(shared)
            assert sorted(strict + shared) == (list(range(8)) if queues else [])

    def test_control_traffic_is_not_behind_a_strict_class(self):
        text = rendered(config(queueing=[port()]))
        assert "class ITC-DSCP-56-4\n      set traffic-class 7" in text
        assert "class ITC-DSCP-48-4\n      set traffic-class 6" in text
        assert "class ITC-DSCP-46-4\n      set traffic-class 5" in text

    def test_trust_is_never_beside_a_rule_at_an_untrusted_port(self):
        """At an untrusted port no class looks at the code point alone, and the last ones write DF."""
        text = rendered(config(edges=[edge()], marking=[mark("m", flow())], queueing=[port()]))
        policy = text.split(f"policy-map type quality-of-service ITC-IN-{HOSTS}\n")[1].split("!")[0]
        assert "ITC-DSCP" not in policy
        assert policy.endswith("class ITC-REST-6\n      set dscp 0\n      set traffic-class 1\n")

    def test_network_control_from_hosts_is_not_believed(self):
        text = rendered(config(edges=[edge()], queueing=[port()]))
        policy = text.split(f"policy-map type quality-of-service ITC-IN-{HOSTS}\n")[1].split("!")[0]
        assert "set traffic-class 7" not in policy
        assert "set traffic-class 6" not in policy

    def test_two_bits_of_ecn_survive(self):
        """`set dscp` is a number of six bits; nothing writes the whole byte."""
        text = rendered(full_config())
        assert all(int(value) < 64 for value in re.findall(r"set dscp (\d+)", text))
        assert "set tos" not in text

    def test_a_paused_class_is_never_dropped_early_and_has_the_queue_of_its_priority(self):
        text = rendered(full_config())
        profile = text.split("qos profile ITC-PORT-Ethernet3-1-1\n")[1].split("!")[0]
        own = profile.split("tx-queue 3\n")[1].split("   tx-queue")[0]
        assert "priority-flow-control priority 3 no-drop" in profile
        assert "random-detect" not in own
        assert "class ITC-DSCP-26-4\n      set traffic-class 3" in text

    def test_every_name_says_whose_it_is(self):
        text = rendered(full_config())
        names = re.findall(
            r"^(?:ip access-list|ipv6 access-list|qos profile|policy-map type \S+) (\S+)", text, re.MULTILINE
        )
        names += re.findall(r"^class-map type \S+ match-any (\S+)", text, re.MULTILINE)
        assert names
        assert all(name.startswith("ITC-") for name in names)
        assert all(" name ITC-" in line for line in text.splitlines() if line.startswith("ip route"))

    def test_nothing_disruptive_is_written(self):
        text = rendered(full_config())
        assert not re.search(r"hardware|tcam|rollback|replace|reload|shutdown", text)

    def test_labels_of_classes_are_those_of_the_network(self):
        text = rendered(config(queueing=[port()]))
        assert re.findall(r"qos map exp (\d) to traffic-class (\d)", text) == [
            ("0", "1"), ("1", "3"), ("2", "1"), ("3", "1"), ("4", "4"), ("5", "5"), ("6", "6"), ("7", "7")
        ]  # fmt: skip
        assert "qos map" not in rendered(config(queueing=[port(queues=(queue("high"), queue("default")))]))


@given(
    st.tuples(st.integers(0, 3), st.integers(1, 100)),
    st.tuples(st.integers(0, 3), st.integers(1, 100)),
    st.sampled_from([10, 100, 1_000, 25_000, 400_000]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_queue_is_sure_of_what_it_is_guaranteed(one, other, mbps, has_strict):
    """With all queues full, the strict ones at their caps, no share is below a guarantee."""
    rate = mbps * MBPS
    queues = (
        *((queue("critical", rate // 20, rate=rate),) if has_strict else ()),
        replace(queue("high", rate * one[0] // 10, rate=rate), weight=one[1]),
        replace(queue("default", rate * other[0] // 10, rate=rate), weight=other[1]),
    )
    item = config(queueing=[port(rate=rate, queues=queues)])
    if CODE.obstacles(item, fleet(item)):
        return
    (profile,) = CODE.read_back(rendered(item)).profiles
    strict = {one.number: one.cap_bps for one in profile.queues if not one.is_shared}
    shares = {one.number: one.percent for one in profile.queues if one.is_shared}
    left = rate - sum(strict.values())
    assert sum(shares.values()) <= 100
    assert left * shares[1] >= queues[-1].guarantee_bps * 99
    assert left * shares[4 if has_strict else 5] >= queues[-2].guarantee_bps * 100
    assert not has_strict or strict[5] >= rate // 20 - 1_000


@pytest.mark.parametrize(("name", "lines"), [("bulk", 1), ("high", 1), ("default", 0)])
def test_sizes_beyond_what_a_line_can_say(name, lines):
    """A queue is marked or thinned out from the greatest threshold on at the latest; a bound beyond it is none."""
    item = config(queueing=[port(queues=(queue(name, limit=2_000_000_000),))])
    text = rendered(item)
    assert judged(text) == ()
    assert text.count("random-detect") == lines
    assert not lines or "maximum-threshold 256000000 bytes" in text


def test_a_bundle_that_no_intent_uses_keeps_its_queues():
    idle = replace(port("Port-Channel7", queues=(queue("default"),)), origin=NOBODY)
    item = config(queueing=[port(), idle])
    assert CODE.obstacles(item, fleet(item)) == ()
    assert "interface Port-Channel7\n   service-policy type qos input ITC-CORE\n" in rendered(item)
    assert "ITC-PORT-Port-Channel7" not in rendered(item)


def test_repair_needs_the_name_of_the_process():
    item = config(repairs=[repair()])
    (found,) = CODE.obstacles(item, fleet(item, process=None))
    assert "what the IS-IS process is called" in found.reason


def test_one_rate_whose_packets_can_be_told_apart_stands_once():
    item = config(
        meters=[meter("m", 5 * MBPS)],
        marking=[
            mark("one", UDP, "high", precedence=1, meter="m"),
            mark("between", flow(protocol="sctp"), "background", precedence=2),
            mark("other", flow(protocol="tcp"), "high", precedence=3, meter="m"),
        ],
    )
    assert CODE.obstacles(item, fleet(item)) == ()
    assert rendered(item).count("police ") == 1


def test_only_ipv4_is_repaired_for_node_segments_are_those_of_ipv4_loopbacks():
    text = rendered(config(repairs=[repair()]))
    assert "address-family ipv4 unicast\n      fast-reroute ti-lfa mode link-protection" in text
    assert "ipv6" not in text
