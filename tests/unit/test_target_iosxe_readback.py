"""What runs against what should on IOS XE: reading is the inverse of writing, every number counts, nothing foreign is touched."""

import re
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_flows import RATES, SIZES, with_holes
from support_frr import H1_6, MBPS, flow, meter
from support_iosxe import (
    CODE,
    HOSTS,
    LEFT,
    RIGHT,
    algorithm_policy,
    bfd,
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
    repair,
    responder,
    ride,
    steer,
    stream,
)
from support_iosxe import bundle as full_bundle
from support_iosxe import rendered as full_rendered
from support_yang import yang_findings

from intentc.targetkit.kit import Difference, name_of

composing = pytest.importorskip("intentc_target_iosxe.composing")
readback = pytest.importorskip("intentc_target_iosxe.readback")
spelling = pytest.importorskip("intentc_target_iosxe.spelling")

FEW = ("10.0.0.1/32", "10.0.0.8/31", "fd00::1/128")  # router addresses; every list has them all


def bundle(item):
    return full_bundle(item, fleet(item, infrastructure=FEW))


def rendered(item):
    return full_rendered(item, fleet(item, infrastructure=FEW))


FULL = full_config()
BUNDLE, TEXT, EMPTY = bundle(FULL), rendered(FULL), bundle(config())


def differences(running, wanted=BUNDLE):
    return CODE.differences(wanted, running)


RULES = st.builds(
    late,
    st.integers(1_000, 500_000),
    dscp=st.integers(0, 63),
    back_us=st.integers(0, 400_000),
    interval_us=st.integers(1_000, 20_000).map(lambda ms: ms * 1000),
    count=st.integers(3, 9),
)
KNOWN = with_holes(with_ports=("tcp", "udp"))


@st.composite
def configs(draw):
    """Return a configuration with anything in it, whether or not it makes sense."""
    rules = draw(st.lists(KNOWN, max_size=3))
    links = draw(st.lists(st.sampled_from([LEFT, RIGHT]), unique=True))
    rate = draw(st.integers(2, 100_000)) * MBPS
    return config(
        edges=[edge(trust=draw(st.sampled_from(["none", "dscp"])))],
        meters=[replace(meter("m", draw(RATES), burst=draw(SIZES)), ceiling_bps=draw(st.none() | RATES))],
        marking=[
            mark(f"m{n}", one, "high", precedence=n, excepted=holes, meter=draw(st.sampled_from([None, "m"])))
            for n, (one, holes) in enumerate(rules)
        ],
        queueing=[
            port(
                name,
                rate=rate,
                mtu=draw(st.integers(1280, 9216)),
                queues=(
                    queue("critical", rate=rate, limit=draw(SIZES), burst=draw(SIZES), tc=5),
                    queue("bulk", rate // 10, rate=rate, limit=draw(SIZES)),
                    queue("default", rate=rate, limit=draw(SIZES)),
                ),
            )
            for name in links
        ],
        fences=[fence(f"f{n}", one, excepted=holes) for n, (one, holes) in enumerate(rules)],
        steering=[
            steer(
                one,
                draw(st.sampled_from([(), ("r2",), ("r2", "r3"), ("r4", "r3", "r2")])),
                closed=draw(st.booleans()),
                excepted=holes,
            )
            for one, holes in rules
        ],
        isolation=[isolate("i", allowed=[one for one, _ in rules if one.family == 4])],
        bfd=[bfd(name, interval_us=draw(st.integers(50, 9_999)) * 1000) for name in links],
        repairs=[repair(name, protects=draw(st.sampled_from(["link", "node"]))) for name in links],
        counting=[count(f"c{n}", one, excepted=holes) for n, (one, holes) in enumerate(rules)],
        policies=[
            policy(color=draw(st.integers(2**30, 2**32 - 1)), closed=draw(st.booleans())),
            replace(policy("late-r4", 2**30 + 7), switches=(draw(RULES),)),
        ],
        algorithm_policies=[algorithm_policy(label=draw(st.integers(16, 2**20 - 1)))],
        policy_steering=[ride(one, excepted=holes) for one, holes in rules if one.family == 4],
        streams=[stream(interval_us=draw(st.integers(1, 360_000)) * 10_000, number=draw(st.integers(1, 65_535)))],
        probes=[probe(dscp=draw(st.integers(0, 63)), interval_us=draw(st.integers(30, 15_000)) * 1000)],
        probe_reflectors=[responder(name) for name in draw(st.sets(st.sampled_from(["r2", "r3", "r4"])))],
    )


@given(configs())
@settings(max_examples=20, deadline=None)
def test_what_is_rendered_is_read_back_as_it_was_meant(item):
    meant = composing.compose(item, fleet(item, infrastructure=FEW))
    text = rendered(item)
    assert readback.read(text).owned == in_names(spelling.settled(meant))
    assert not readback.read(text).unread
    assert CODE.differences(bundle(item), text) == ()


def in_names(owned):
    return replace(
        owned,
        **{item.name: tuple(sorted(getattr(owned, item.name), key=name_of)) for item in fields(owned)},
    )


def test_what_was_rendered_is_what_was_rendered():
    assert differences(TEXT) == ()


def test_nothing_runs_where_nothing_should():
    assert rendered(config()) == ""
    assert differences("", EMPTY) == ()


def test_everything_is_missing_where_nothing_runs():
    found = differences("")
    assert found
    assert all(item.running == "" and item.artefact == "config.xml" for item in found)


def test_everything_with_a_name_or_number_of_ours_is_too_much_where_nothing_should_run():
    found = differences(TEXT, EMPTY)
    assert {item.running.split()[0] for item in found} == {
        item.name for item in fields(readback.Owned) if item.name not in {"timers", "processes"}
    }
    assert all(item.expected == "" for item in found)


NUMBER = re.compile(r"\d+")
PREFIX = (
    'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"'  # of the mark of an operation, which says nothing of a state
)


def changed(text, start, end, more):
    return text[:start] + str(int(text[start:end]) + more) + text[end:]


PLACES = [(m.start(), m.end()) for m in NUMBER.finditer(TEXT) if m.start() > TEXT.index(PREFIX) + len(PREFIX)]


@given(st.sampled_from(PLACES), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_a_changed_number_anywhere_is_found(place, more):
    """Numbers in texts, names, addresses, elements and namespaces alike."""
    start, end = place
    assert differences(changed(TEXT, start, end, more)), TEXT[max(0, start - 60) : end + 20]


SMALL = {
    "queueing": config(queueing=[port(LEFT, rate=10_000 * MBPS)]),
    "policies": config(policies=[policy()], algorithm_policies=[algorithm_policy()]),
    "switching": config(policies=[replace(policy(), switches=(late(),))]),
    "marking": config(
        edges=[edge()],
        marking=[mark("voice", flow(protocol="udp", ports=(7000, 7009)), meter="m")],
        meters=[meter("m", 5 * MBPS, ceiling=9 * MBPS)],
    ),
    "steering": config(edges=[edge()], steering=[steer(flow(protocol="udp", ports=(7000, 7009)), ("r2", "r3"))]),
    "dropping": config(
        fences=[fence("f", flow(protocol="tcp", ports=(1, 9)))], isolation=[isolate("i", H1_6, direction="from")]
    ),
    "counting": config(counting=[count("c", flow(dscp=10), excepted=(flow(protocol="udp"),))]),
    "igp": config(bfd=[bfd(), bfd(RIGHT, igp="ospf")], repairs=[repair(protects="node")]),
    "telemetry": config(streams=[stream()], probes=[probe()], probe_reflectors=[responder()]),
}


@pytest.mark.parametrize("case", sorted(SMALL))
def test_a_changed_number_in_every_place_of_a_small_device(case):
    """Without chance: each number of a device with few features."""
    text, wanted = rendered(SMALL[case]), bundle(SMALL[case])
    missed = [
        text[max(0, match.start() - 40) : match.end()]
        for match in NUMBER.finditer(text, text.index(PREFIX) + len(PREFIX))
        if not differences(changed(text, match.start(), match.end(), 1), wanted)
    ]
    assert missed == []


LINES = TEXT.splitlines()
LEAVES = [number for number, line in enumerate(LINES) if re.fullmatch(r"\s*<([\w-]+)[^>]*(/>|[^/]>.*</[\w-]+>)", line)]


@given(st.sampled_from(LEAVES))
@settings(max_examples=40, deadline=None)
def test_a_missing_leaf_is_found(index):
    text = "\n".join([*LINES[:index], *LINES[index + 1 :], ""])
    assert differences(text), LINES[index]


SAME = {
    "a code point by name": ("<dscp-val>46</dscp-val>", "<dscp-val>ef</dscp-val>"),
    "the default code point by name": ("<dscp-val>0</dscp-val>", "<dscp-val>default</dscp-val>"),
    "an assured code point by name": ("<dscp>34</dscp>", "<dscp>af41</dscp>"),
    "a port by name": ("<dst-range1>7000</dst-range1>", "<dst-range1> 7000 </dst-range1>"),
    "a protocol by number": ("<protocol>udp</protocol>", "<protocol>17</protocol>"),
    "a host with a mask": (
        "<dst-host-address>10.0.0.1</dst-host-address>",
        "<dest-ipv4-address>10.0.0.1</dest-ipv4-address><dest-mask>0.0.0.0</dest-mask>",
    ),
    "everything as a prefix": (
        "<any/>\n              <dst-host-address>",
        "<ipv4-address>0.0.0.0</ipv4-address><mask>255.255.255.255</mask>\n              <dst-host-address>",
    ),
    "an IPv6 prefix in capitals": (
        "<destination-prefix>fd10:1::/64<",
        "<destination-prefix>FD10:1:0::/64<",
    ),
    "no mark of an operation": (' nc:operation="replace"', ""),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_another_spelling_is_no_difference(case):
    one, other = SAME[case]
    assert one in TEXT
    assert differences(TEXT.replace(one, other)) == ()


def test_an_answer_of_a_device_is_read():
    inner = TEXT.split("\n", 1)[1].rsplit("</config>", 1)[0].replace(' nc:operation="replace"', "")
    space = 'xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"'
    assert differences(f'<rpc-reply {space} message-id="7"><data>{inner}</data></rpc-reply>') == ()


def test_the_order_of_objects_does_not_count_and_that_of_classes_does():
    maps = re.findall(r"      <class-map [^>]*>\n.*?\n      </class-map>\n", TEXT, flags=re.DOTALL)
    assert differences(TEXT.replace(maps[0], "").replace(maps[-1], maps[-1] + maps[0])) == ()
    first, second = "<name>ITC-DSCP-34-36-MPLS-4</name>", "<name>ITC-DSCP-10-12-MPLS-1</name>"
    assert differences(TEXT.replace(first, "@").replace(second, first).replace("@", second))


def test_what_nobody_asked_for_in_an_object_of_ours_is_found():
    (found,) = differences(TEXT.replace("<action>permit</action>", "<action>permit</action>\n<log/>", 1))
    assert (found.expected, found.running.endswith("ace-rule log")) == ("", True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('<bfd xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-isis"/>', '<bfd xmlns="{}"><disable/></bfd>'),
        ("<levels>level-1</levels>", "<levels>level-1</levels><disable/>"),
    ],
)
def test_what_the_igp_is_told_not_to_do_is_found(one, other):
    assert one in TEXT
    assert differences(TEXT.replace(one, other.format("http://cisco.com/ns/yang/Cisco-IOS-XE-isis"), 1))


def test_a_difference_shows_both_sides():
    (found,) = differences(TEXT.replace("<cir>8000000</cir>", "<cir>8000001</cir>", 1))
    assert ("8000000" in found.expected, "8000001" in found.running) == (True, True)


@pytest.mark.parametrize("text", ["<config><a>", "<html/>", "%", "<!DOCTYPE x []><config/>"])
def test_what_is_no_configuration_is_said_to_be_unreadable(text):
    (found,) = differences(text)
    assert "cannot be read" in found.running


FOREIGN = """<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><native xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-native">
  <ip>
    <access-list><extended xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-acl"><name>CUSTOMER</name></extended></access-list>
    <route><ip-route-interface-forwarding-list><prefix>0.0.0.0</prefix><mask>0.0.0.0</mask>
      <fwd-list><fwd>10.9.9.9</fwd></fwd-list></ip-route-interface-forwarding-list></route>
    <sla><responder xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-sla"><twamp-light><test-session>
      <session-number>1</session-number></test-session></twamp-light></responder></sla>
  </ip>
  <track><tracked-object-v2 xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-track"><object-number>1</object-number></tracked-object-v2>
    <timer xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-track"><ip><route><sec>30</sec></route></ip></timer></track>
  <router><isis-container xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-isis"><isis><area-tag>CORE</area-tag></isis></isis-container></router>
  <interface>
    <GigabitEthernet><name>1</name>
      <ip><access-group><in><acl><acl-name>CUSTOMER</acl-name><in/></acl></in></access-group>
        <policy><route-map>THEIRS</route-map></policy></ip>
      <ipv6><traffic-filter><direction>in</direction><access-list>SIX</access-list></traffic-filter>
        <traffic-filter><direction>out</direction><access-list>NOT-WANTED</access-list></traffic-filter></ipv6>
      <service-policy xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-policy"><input>OTHERS</input></service-policy>
    </GigabitEthernet>
    <TenGigabitEthernet><name>0/0/3</name>
      <bfd><interval-interface xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-bfd">
        <msecs>750</msecs><min_rx>750</min_rx><multiplier>4</multiplier></interval-interface></bfd></TenGigabitEthernet>
  </interface>
</native></config>"""


def test_foreign_configuration_is_not_ours():
    assert differences(FOREIGN, EMPTY) == ()
    assert CODE.removal(EMPTY, FOREIGN, BUNDLE) == ""


def test_foreign_slots_are_named():
    held = {
        f"{HOSTS}: the IPv4 route map": "THEIRS",
        f"{HOSTS}: the IPv6 access list inwards": "SIX",
        f"{HOSTS}: the input policy": "OTHERS",
        f"{RIGHT}: the timers of BFD": "750 ms times 4",
        "how often tracked IPv4 routes are looked at": "30 s",
    }
    assert CODE.foreign(BUNDLE, FOREIGN) == tuple(
        Difference("config.xml", place, holder) for place, holder in sorted(held.items())
    )
    assert CODE.foreign(BUNDLE, TEXT) == ()
    assert CODE.foreign(EMPTY, FOREIGN) == ()
    assert any("OTHERS" in item.running for item in differences(FOREIGN))


def test_what_holds_slots_must_be_a_configuration():
    with pytest.raises(ValueError, match="no element around configuration"):
        CODE.foreign(BUNDLE, "<a/>")


class TestRemoval:
    """What leaves a device: detached first, nothing foreign, everything that bears our names and numbers."""

    def test_nothing_is_removed_where_everything_is_wanted(self):
        assert CODE.removal(BUNDLE, TEXT, BUNDLE) == ""

    def test_interfaces_come_first(self):
        found = CODE.removal(EMPTY, TEXT, BUNDLE)
        others = (
            "access-list>",
            "policy-map ",
            "class-map ",
            'route-map nc:operation="remove">',
            "tracked-object-v2",
            "traffic-eng ",
        )
        assert found.rindex("<interface>") < min(found.index(f"<{name}") for name in others)

    def test_what_refers_goes_before_what_is_referred_to(self):
        found = CODE.removal(EMPTY, TEXT, BUNDLE)
        order = ('<route-map nc:operation="remove">', "<policy-map ", "<class-map ", "<extended ")
        last, first = [found.rindex(name) for name in order], [found.index(name) for name in order]
        assert all(last[index] < first[index + 1] for index in range(len(order) - 1))

    def test_every_object_is_removed(self):
        found = CODE.removal(EMPTY, TEXT, BUNDLE)
        owned = readback.read(TEXT).owned
        names = {
            name_of(value)
            for item in fields(owned)
            if item.name not in {"processes", "ports", "timers"}
            for value in getattr(owned, item.name)
        }
        assert {name for name in names if f">{name}<" not in found} == set()
        spaces = "http://cisco.com/ns/yang/Cisco-IOS-XE-"
        for gone in ("bfd", "isis"):
            element = {"bfd": "interval-interface", "isis": "bfd"}[gone]
            assert found.count(f'<{element} xmlns="{spaces}{gone}" nc:operation="remove"/>') == 2
        assert found.count('<ti-lfa nc:operation="remove"/>') == 3

    def test_what_bears_no_name_stays_where_nobody_says_that_it_was_ours(self):
        found = CODE.removal(EMPTY, TEXT)
        assert "isis" not in found
        assert "interval-interface" not in found
        assert "timer" not in found

    def test_only_what_is_no_longer_wanted_is_removed(self):
        less = bundle(replace(FULL, policies=(), policy_steering=(), queueing=()))
        found = CODE.removal(less, TEXT, BUNDLE)
        assert "ITC-way-r4" in found
        assert f"ITC-SHAPE-{LEFT.replace('/', '-')}" in found
        assert "ITC-MARK" not in found
        assert "<output" in found
        assert "<input" not in found

    def test_the_published_models_accept_it(self, tmp_path):
        path = tmp_path / "removal.xml"
        path.write_text(CODE.removal(EMPTY, TEXT, BUNDLE))
        assert yang_findings("iosxe", path, tolerated=frozenset({"leafref", "duplicate"})) == []


def test_all_values_are_plain():
    """Nothing mutable hides in what is owned, so two readings can be compared."""
    owned = composing.compose(FULL, fleet(FULL))
    assert hash(owned) is not None
    assert all(is_dataclass(value) for item in fields(owned) for value in getattr(owned, item.name))
