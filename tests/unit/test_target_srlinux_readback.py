"""Read-back of the target `srlinux`: what is rendered is read as the same values, every number is compared, spelling is not."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, H2_6
from support_srlinux import (
    CODE,
    HOSTS,
    LINK,
    MBPS,
    OTHER_LINK,
    bfd,
    bundle,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    mark,
    meter,
    pause,
    paused_config,
    payload,
    port,
    probe,
    probe_reflector,
    queue,
    repair,
    routed_config,
)

decide = pytest.importorskip("intentc_target_srlinux.decide")
document = pytest.importorskip("intentc_target_srlinux.document")

FULL = full_config()
BUNDLE = bundle(FULL)
TEXT = payload(FULL)
REPLY = TEXT.replace("<config", "<rpc-reply><data", 1).replace("</config>", "</data></rpc-reply>")


def differences(running, of=BUNDLE):
    return CODE.differences(of, running)


def test_what_was_rendered_is_what_was_rendered():
    assert differences(TEXT) == ()


def test_what_a_device_answers_is_read_as_well():
    assert REPLY.startswith("<!--")
    assert differences(REPLY) == ()


def test_everything_is_missing_where_nothing_runs():
    found = differences("")
    assert found
    assert all(item.running == "" for item in found)


def test_everything_is_too_much_where_nothing_should_run():
    found = differences(TEXT, bundle(config()))
    assert found
    assert all(item.expected == "" for item in found)


def test_nothing_runs_where_nothing_should():
    assert differences("", bundle(config())) == ()


PREFIXES = {4: (H1, H2, "10.10.1.128/25", "10.10.0.0/16", "0.0.0.0/0"), 6: (H1_6, H2_6, "fd10::/16", "::/0")}
PORTS = st.none() | st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda both: tuple(sorted(both)))


@st.composite
def flows(draw):
    prefixes = st.sampled_from(PREFIXES[draw(st.sampled_from([4, 6]))])
    source = draw(prefixes)
    destination = draw(st.sampled_from(PREFIXES[6 if ":" in source else 4]))
    protocol = draw(st.sampled_from(["any", "tcp", "udp", "sctp", "icmp"]))
    has_ports = protocol in {"tcp", "udp", "sctp"}
    return flow(
        source,
        destination,
        protocol,
        draw(PORTS) if has_ports else None,
        source_ports=draw(PORTS) if has_ports else None,
        dscp=draw(st.none() | st.sampled_from([0, 10, 34, 46])),
    )


def same_family(one, others):
    return tuple(sorted({other for other in others if other.family == one.family}))


@st.composite
def configs(draw):
    classes = ["critical", "high", "background"]
    items = draw(st.lists(st.tuples(flows(), st.lists(flows(), max_size=2)), max_size=4))
    names = draw(st.lists(st.sampled_from(classes), min_size=len(items), max_size=len(items)))
    marking = [
        mark(f"m-{index}", one, name, precedence=index, excepted=same_family(one, holes))
        for index, ((one, holes), name) in enumerate(zip(items, names, strict=True))
    ]
    fences = [
        fence(f"f-{index}", one, draw(st.sampled_from([(LINK,), (LINK, OTHER_LINK)])), excepted=same_family(one, holes))
        for index, (one, holes) in enumerate(
            draw(st.lists(st.tuples(flows(), st.lists(flows(), max_size=2)), max_size=3))
        )
    ]
    limit = draw(st.integers(10_000, 10_000_000))
    queues = [
        queue(
            name,
            draw(st.integers(0, 2_000_000_000)),
            limit=limit,
            is_ecn=is_ecn,
            mark_from_bytes=limit // 4 if is_ecn else 0,
            mark_all_bytes=limit * 3 // 4 if is_ecn else 0,
            tc=draw(st.none() | st.integers(1, 5)),
        )
        for name in (*classes, "default")
        for is_ecn in [draw(st.booleans())]
    ]
    return config(
        edges=[edge(trust=draw(st.sampled_from(["none", "dscp"])))],
        marking=marking,
        fences=fences,
        queueing=[port(queues=tuple(queues))],
        isolation=[
            isolate(
                "i", H1, [one for one, _ in items if one.family == 4], direction=draw(st.sampled_from(["to", "from"]))
            )
        ],
        counting=[count("c", draw(flows()))],
        bfd=[
            bfd(name, interval_us=draw(st.integers(10_000, 10**8)), multiplier=draw(st.integers(3, 20)))
            for name in draw(st.sets(st.sampled_from([LINK, OTHER_LINK, "lag7.30"])))
        ],
        repairs=[repair(LINK, protects=draw(st.sampled_from(["link", "node"])))] if draw(st.booleans()) else [],
        probes=[
            probe(name, draw(st.sampled_from(["r2", "r3"])), draw(st.integers(0, 63)), draw(st.integers(1, 10**8)))
            for name in draw(st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,50}", fullmatch=True), max_size=3))
        ],
        probe_reflectors=[probe_reflector(peer) for peer in draw(st.sets(st.sampled_from(["r2", "r3", "r4"])))],
        pauses=[
            pause(name, which, priority, headroom=draw(st.integers(0, 10**6)))
            for name in draw(st.sets(st.sampled_from([LINK, OTHER_LINK, HOSTS])))
            for priority, which in ((4, "high"), (0, "background"))
        ],
    )


@given(configs())
@settings(max_examples=25, deadline=None)
def test_what_is_read_is_what_was_decided(item):
    known = fleet(item)
    read = document.read_document(payload(item, known))
    assert read.strange == ()
    assert read.owned == decide.owned_by(item, known)
    assert differences(payload(item, known), bundle(item, known)) == ()


LINES = TEXT.splitlines()
NUMBERS = [
    (index, match.start(), match.end())
    for index, line in enumerate(LINES)
    if not line.lstrip().startswith("<!--")
    for match in re.finditer(r"(?<![0-9a-f:])[0-9]+(?![0-9a-f:])(?=[^<>]*</)", line)
]


@given(st.sampled_from(NUMBERS), st.integers(1, 9))
@settings(max_examples=80, deadline=None)
def test_a_changed_number_anywhere_is_found(place, more):
    index, start, end = place
    changed = LINES[index][:start] + str(int(LINES[index][start:end]) + more) + LINES[index][end:]
    assert differences("\n".join([*LINES[:index], changed, *LINES[index + 1 :]])), changed


LEAVES = [
    index
    for index, line in enumerate(LINES)
    if re.search(r"</[\w-]+>$|/>$", line)
    and ("</" in line.lstrip()[1:] or "/>" in line)
    and not line.lstrip().startswith("</")
]


@given(st.sampled_from(LEAVES))
@settings(max_examples=60, deadline=None)
def test_a_missing_element_is_found(index):
    assert differences("\n".join([*LINES[:index], *LINES[index + 1 :]])), LINES[index]


def test_more_in_an_object_of_ours_is_found():
    added = TEXT.replace(
        "<statistics-per-entry>", "<subinterface-specific>input-only</subinterface-specific><statistics-per-entry>", 1
    )
    (found,) = differences(added)
    assert found.expected == ""
    assert "subinterface-specific" in found.running


SAME = {
    "names of code points": ("<value>46</value>", "<value>EF</value>"),
    "names of code points in a match": ("<dscp-set>10</dscp-set>", "<dscp-set>AF11</dscp-set>"),
    "numbers of protocols": ("<protocol>udp</protocol>", "<protocol>17</protocol>"),
    "numbers of next headers": ("<next-header>icmp6</next-header>", "<next-header>58</next-header>"),
    "white space": ("<acl ", "\n\n<acl   "),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_another_spelling_is_no_difference(case):
    one, other = SAME[case]
    assert one in TEXT
    assert differences(TEXT.replace(one, other)) == ()


def test_the_order_of_entries_in_the_document_does_not_count():
    entries = re.findall(r"      <entry>\n.*?      </entry>\n", TEXT, re.DOTALL)
    first, second = next((a, b) for a, b in pairwise(entries) if a + b in TEXT)
    assert differences(TEXT.replace(first + second, second + first, 1)) == ()


def test_what_is_not_ours_does_not_count():
    foreign = "<acl-filter><name>OPS</name><type>ipv4</type><entry><sequence-id>7</sequence-id></entry></acl-filter>"
    assert (
        differences(
            TEXT.replace(
                '<acl xmlns="urn:nokia.com:srlinux:acl:acl">',
                f'<acl xmlns="urn:nokia.com:srlinux:acl:acl">{foreign}',
                1,
            )
        )
        == ()
    )


def test_a_difference_shows_both_sides():
    (found,) = differences(TEXT.replace("<peak-rate-percent>30<", "<peak-rate-percent>31<", 1))
    assert (found.expected[-2:], found.running[-2:]) == ("30", "31")
    assert "ITC-ethernet-1-2" in found.expected


@pytest.mark.parametrize("text", ["<config", "<!DOCTYPE x [<!ENTITY e 'x'>]><config/>", "nonsense"])
def test_what_is_no_document_is_an_error_not_an_empty_device(text):
    with pytest.raises(ValueError, match=r"well-formed|document type"):
        differences(text)


ACL = '<acl xmlns="urn:nokia.com:srlinux:acl:acl"><interface><interface-id>{port}</interface-id><{way}><acl-filter><name>OPS</name><type>{kind}</type></acl-filter></{way}></interface></acl>'
QOS = '<qos xmlns="urn:nokia.com:srlinux:qos:qos">{}</qos>'
PORT = "<interfaces><interface><interface-id>{}</interface-id>{}</interface></interfaces>"

HELD = {
    "ACL in": ACL.format(port=f"{HOSTS}.0", way="input", kind="ipv4"),
    "ACL out": ACL.format(port=f"{OTHER_LINK}.0", way="output", kind="ipv6"),
    "scheduler": QOS.format(
        PORT.format(LINK, "<output><scheduler><scheduler-policy>OPS</scheduler-policy></scheduler></output>")
    ),
    "buffers": QOS.format(
        PORT.format(LINK, "<output><buffer-allocation-profile>OPS</buffer-allocation-profile></output>")
    ),
    "classifier": QOS.format(
        PORT.format(
            f"{HOSTS}.0",
            "<input><classifiers><classifier><type>ipv4</type><name>OPS</name></classifier></classifiers></input>",
        )
    ),
    "DSCP policy": QOS.format(
        PORT.format(f"{LINK}.0", "<input><classifiers><dscp-policy>OPS</dscp-policy></classifiers></input>")
    ),
    "policers": QOS.format(
        PORT.format(
            f"{HOSTS}.0",
            "<input><policer-templates><policer-template>OPS</policer-template></policer-templates></input>",
        )
    ),
    "queue": QOS.format("<queues><queue><name>OPS</name><queue-index>3</queue-index></queue></queues>"),
    "forwarding class": QOS.format(
        "<forwarding-classes><forwarding-class><name>OPS</name><forwarding-class-index>0</forwarding-class-index></forwarding-class></forwarding-classes>"
    ),
}


class TestForeignSlots:
    """One ACL per direction and family, one policy of a kind, one name per number: a slot that others hold is found, never taken."""

    @pytest.mark.parametrize("slot", sorted(HELD))
    def test_a_slot_that_others_hold_is_reported(self, slot):
        running = f"<data>{HELD[slot]}</data>"
        (found,) = CODE.foreign(BUNDLE, running)
        assert "ITC-" in found.expected
        assert "OPS" in found.running

    def test_a_slot_that_intentc_does_not_need_is_nobodys_business(self):
        other = ACL.format(port="ethernet-1/9.0", way="input", kind="ipv4")
        mac = ACL.format(port=f"{HOSTS}.0", way="input", kind="mac")
        assert CODE.foreign(BUNDLE, f"<data>{other}{mac}</data>") == ()

    def test_no_document_is_an_error_not_a_free_device(self):
        with pytest.raises(ValueError, match="well-formed"):
            CODE.foreign(BUNDLE, "nonsense")

    def test_ones_own_slots_are_not_foreign(self):
        assert CODE.foreign(BUNDLE, TEXT) == ()


ROUTED, PAUSED = routed_config(), paused_config()
TAKEN = {
    "timers of BFD": (
        ROUTED,
        (
            f'<bfd xmlns="b"><subinterface><id>{LINK}.0</id><desired-minimum-transmit-interval>300000'
            "</desired-minimum-transmit-interval></subinterface></bfd>"
        ),
        f"desired-minimum-transmit-interval of {LINK}.0: 300000",
    ),
    "repairs of another kind": (
        ROUTED,
        (
            "<network-instance><name>default</name><protocols><isis><instance><name>core</name><loopfree-alternate><remote-lfa>"
            "<admin-state>enable</admin-state></remote-lfa></loopfree-alternate></instance></isis></protocols></network-instance>"
        ),
        "loopfree-alternate remote-lfa admin-state of core: enable",
    ),
    "repairs that are switched off": (
        ROUTED,
        (
            "<network-instance><name>default</name><protocols><isis><instance><name>core</name><loopfree-alternate>"
            "<admin-state>disable</admin-state></loopfree-alternate></instance></isis></protocols></network-instance>"
        ),
        "loopfree-alternate admin-state of core: disable",
    ),
    "a reflector": (
        ROUTED,
        (
            "<oam><stamp><session-reflector><network-instance><name>default</name><description>OPS</description>"
            "</network-instance></session-reflector></stamp></oam>"
        ),
        "STAMP reflector of default: OPS",
    ),
    "a reflector that nobody signed": (
        ROUTED,
        (
            "<oam><stamp><session-reflector><network-instance><name>default</name></network-instance></session-reflector>"
            "</stamp></oam>"
        ),
        "STAMP reflector of default: nobody said whose",
    ),
    "flow control": (
        PAUSED,
        (
            f"<qos><interfaces><interface><interface-id>{LINK}</interface-id><pfc><pfc-mapping-profile>OPS</pfc-mapping-profile>"
            "</pfc></interface></interfaces></qos>"
        ),
        f"pfc-mapping-profile of {LINK}: OPS",
    ),
    "flow control by default": (
        PAUSED,
        (
            f"<qos><interfaces><interface><interface-id>{LINK}</interface-id><pfc><pfc-enable>true</pfc-enable>"
            "</pfc></interface></interfaces></qos>"
        ),
        f"flow control of {LINK}: default",
    ),
    "buffers of flow control": (
        PAUSED,
        (
            f"<qos><interfaces><interface><interface-id>{LINK}</interface-id><input><pfc-buffer-allocation-profile>OPS"
            "</pfc-buffer-allocation-profile></input></interface></interfaces></qos>"
        ),
        f"pfc-buffer-allocation-profile of {LINK}: OPS",
    ),
    "flow control of the whole port": (
        PAUSED,
        (
            f"<interface><name>{LINK}</name><ethernet><flow-control><receive>true</receive></flow-control></ethernet>"
            "</interface>"
        ),
        f"flow control of {LINK}: IEEE 802.3x",
    ),
    "a reserved buffer": (
        PAUSED,
        (
            "<qos><linecard><slot>1</slot><forwarding-complex><name>0</name><input><pfc-buffer-reservation>7"
            "</pfc-buffer-reservation></input></forwarding-complex></linecard></qos>"
        ),
        "pfc-buffer-reservation of 1: 7",
    ),
    "a queue of flow control": (
        PAUSED,
        (
            "<qos><queues><pfc-queue><pfc-queue-name>OPS</pfc-queue-name><queue-index>4</queue-index></pfc-queue></queues></qos>"
        ),
        "pfc-queue 4: OPS",
    ),
}


@pytest.mark.parametrize("which", sorted(TAKEN))
def test_who_holds_a_place_of_routing_or_flow_control_is_named(which):
    item, held, says = TAKEN[which]
    found = CODE.foreign(bundle(item), f"<data>{held}</data>")
    assert [one.running for one in found] == [says]


@pytest.mark.parametrize("item", [ROUTED, PAUSED], ids=["routed", "paused"])
def test_what_is_as_wanted_is_not_foreign(item):
    assert CODE.foreign(bundle(item), payload(item)) == ()


NAMELESS = {
    "sessions of other ports": (
        ROUTED,
        (
            "<bfd><subinterface><id>ethernet-1/9.0</id><admin-state>enable</admin-state></subinterface></bfd>"
            "<network-instance><name>default</name><protocols><isis><instance><name>core</name><interface><interface-name>"
            "ethernet-1/9.0</interface-name><ipv4-unicast><enable-bfd>true</enable-bfd></ipv4-unicast></interface></instance>"
            "<instance><name>other</name><loopfree-alternate><admin-state>enable</admin-state></loopfree-alternate></instance>"
            "</isis></protocols></network-instance>"
        ),
    ),
    "a reflector of another instance": (
        ROUTED,
        (
            "<oam><stamp><session-reflector><network-instance><name>mgmt</name><description>OPS</description>"
            "</network-instance></session-reflector></stamp></oam>"
        ),
    ),
    "flow control of other ports": (
        PAUSED,
        (
            "<interface><name>ethernet-1/9</name><ethernet><flow-control><receive>true</receive></flow-control></ethernet>"
            f"</interface><interface><name>{LINK}</name></interface>"
        ),
    ),
    "sessions with other names": (
        ROUTED,
        "<oam><performance-monitoring><ip><session><session-name>OPS</session-name></session></ip></performance-monitoring></oam>",
    ),
}


@pytest.mark.parametrize("which", sorted(NAMELESS))
def test_what_others_have_beside_it_does_not_count(which):
    item, theirs = NAMELESS[which]
    running = payload(item).replace("</config>", f"{theirs}</config>")
    assert differences(running, bundle(item)) == ()
    assert CODE.foreign(bundle(item), running) == ()


def test_repairs_are_compared_only_where_they_are_wanted():
    sessions = replace(ROUTED, repairs=())
    assert differences(payload(ROUTED), bundle(sessions)) == ()
    assert differences(payload(sessions), bundle(ROUTED))


def test_a_meter_is_read_back():
    item = config(
        edges=[edge()],
        meters=[meter("m", 200 * MBPS)],
        marking=[mark("one", flow(), meter="m")],
        queueing=[port()],
    )
    (template,) = document.read_document(payload(item)).owned.policer_templates
    (policer,) = template.policers
    assert (policer.peak_kbps, policer.peak_burst, policer.is_dropping) == (-(-200 * MBPS // 1024), 15_000, True)
