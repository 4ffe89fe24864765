"""Read-back of the target `openconfig`: what is rendered is read as the same values, every number is compared, spelling is not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, H2_6
from support_openconfig import (
    CODE,
    GBPS,
    HOSTS,
    LINK,
    OTHER_LINK,
    bundle,
    config,
    count,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    payload,
    port,
    queue,
    steer,
)

decide = pytest.importorskip("intentc_target_openconfig.decide")
document = pytest.importorskip("intentc_target_openconfig.document")

FULL = full_config()
BUNDLE = bundle(FULL)
EMPTY = bundle(config())
TEXT = payload(FULL)
REPLY = TEXT.replace("<config ", "<rpc-reply><data ", 1).rpartition("</config>")[0] + "</data></rpc-reply>"


def differences(running, of=BUNDLE):
    return CODE.differences(of, running)


@pytest.mark.parametrize("text", [TEXT, REPLY], ids=["payload", "answer"])
def test_what_was_rendered_is_what_was_rendered(text):
    assert differences(text) == ()


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
    family = draw(st.sampled_from([4, 6]))
    protocol = draw(st.sampled_from(["any", "tcp", "udp", "sctp", "icmp"]))
    has_ports = protocol in {"tcp", "udp", "sctp"}
    return flow(
        draw(st.sampled_from(PREFIXES[family])),
        draw(st.sampled_from(PREFIXES[family])),
        protocol,
        draw(PORTS) if has_ports else None,
        source_ports=draw(PORTS) if has_ports else None,
        dscp=draw(st.none() | st.sampled_from([0, 10, 34, 46])),
    )


@st.composite
def rules(draw, most=3):
    """Flows, each with holes of its own family."""
    found = draw(st.lists(st.tuples(flows(), st.lists(flows(), max_size=2)), max_size=most))
    return [(one, tuple(sorted({hole for hole in holes if hole.family == one.family}))) for one, holes in found]


@st.composite
def configs(draw):
    limit = draw(st.integers(10_000, 10_000_000))
    queues = [
        queue(
            name,
            draw(st.integers(0, 2 * GBPS)),
            limit=limit,
            is_ecn=is_ecn,
            mark_from_bytes=limit // 4 if is_ecn else 0,
            mark_all_bytes=limit * 3 // 4 if is_ecn else 0,
            tc=draw(st.none() | st.integers(1, 5)),
        )
        for name in ("critical", "high", "background", "default")
        for is_ecn in [draw(st.booleans())]
    ]
    return config(
        queueing=[port(queues=tuple(queues))],
        steering=[
            steer(
                one,
                draw(st.sampled_from([("r2",), ("r3", "r2")])),
                closed=draw(st.booleans()),
                precedence=index,
                excepted=holes,
            )
            for index, (one, holes) in enumerate(draw(rules()))
        ],
        fences=[
            fence(f"f-{index}", one, draw(st.sampled_from([(LINK,), (LINK, OTHER_LINK)])), excepted=holes)
            for index, (one, holes) in enumerate(draw(rules()))
        ],
        isolation=[
            isolate(
                "i",
                H1,
                [one for one, _ in draw(rules()) if one.family == 4],
                direction=draw(st.sampled_from(["to", "from"])),
            )
        ],
        counting=[count("c", draw(flows()))],
    )


@given(configs())
@settings(max_examples=15, deadline=None)
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
@settings(max_examples=40, deadline=None)
def test_a_changed_number_anywhere_is_found(place, more):
    index, start, end = place
    changed = LINES[index][:start] + str(int(LINES[index][start:end]) + more) + LINES[index][end:]
    assert differences("\n".join([*LINES[:index], changed, *LINES[index + 1 :]])), changed


def test_the_numbers_of_every_kind_of_item_are_among_them():
    named = {re.match(r"\s*<([\w-]+)", LINES[index])[1] for index, _, _ in NUMBERS}
    assert named >= {
        *(
            "sequence-id",
            "source-address",
            "destination-address",
            "protocol",
            "dscp",
            "source-port",
            "destination-port",
        ),
        *("dscp-set", "traffic-class", "queue-id", "sequence", "weight", "cir", "bc", "dedicated-buffer"),
        *("min-threshold", "max-threshold", "max-drop-probability-percent", "subinterface", "interface"),
        *("next-hop", "metric", "index", "destination-port", "sample-interval"),
    }


LEAVES = [index for index, line in enumerate(LINES) if re.search(r"<[\w-]+[^<>]*>[^<>]+</[\w-]+>$", line)]
# Entries of ports stay where they are, and so do their names; the default instance is not intentc's either.
SHARED = re.compile(r"<(id|interface-id|name)>(Ethernet|DEFAULT)|<(interface|subinterface)>")


@given(st.sampled_from(LEAVES).filter(lambda index: not SHARED.search(LINES[index])))
@settings(max_examples=40, deadline=None)
def test_a_missing_element_is_found(index):
    without = "\n".join([*LINES[:index], *LINES[index + 1 :]])
    is_key_said_twice = re.sub(r"\s", "", LINES[index]) in re.sub(r"\s", "", "".join(LINES[index + 1 : index + 5]))
    assert differences(without) or is_key_said_twice, LINES[index]


def test_more_in_an_object_of_ours_is_found():
    added = TEXT.replace("<description>", "<log>true</log><description>", 1)
    (found,) = differences(added)
    assert (found.expected, found.running[-8:]) == ("", "log true")


def test_a_key_that_is_said_in_two_ways_is_found():
    changed = TEXT.replace("<sequence-id>10</sequence-id>", "<sequence-id>11</sequence-id>", 1)
    assert any("11, but 10 in its config" in item.running for item in differences(changed))


SAME = {
    "names of protocols": (
        "<protocol>17<",
        '<protocol xmlns:p="http://openconfig.net/yang/packet-match-types">p:IP_UDP<',
    ),
    "prefixes of modules": (">oc-qos-types:ONE_RATE_TWO_COLOR<", ">x:ONE_RATE_TWO_COLOR<"),
    "a port as a range": ("<destination-port>7000<", "<destination-port>7000..7000<"),
    "prefixes with names": ("<forwarding-action>DROP<", "<forwarding-action>oc-acl:DROP<"),
    "white space": ("<acl ", "\n\n<acl   "),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_another_spelling_is_no_difference(case):
    one, other = SAME[case]
    assert one in TEXT
    assert differences(TEXT.replace(one, other)) == ()


def test_the_order_of_entries_in_the_document_does_not_count():
    entries = re.findall(r"          <acl-entry>\n.*?          </acl-entry>\n", TEXT, re.DOTALL)
    both = entries[0] + entries[1]
    assert both in TEXT
    assert differences(TEXT.replace(both, entries[1] + entries[0], 1)) == ()


def test_what_is_not_ours_does_not_count():
    others = "<acl-set><name>OPS</name><type>ACL_IPV4</type><config><name>OPS</name></config></acl-set>"
    assert differences(TEXT.replace("<acl-sets>", f"<acl-sets>{others}", 1)) == ()


@pytest.mark.parametrize("text", ["<config", "<!DOCTYPE x [<!ENTITY e 'x'>]><config/>", "nonsense"])
def test_what_is_no_document_is_an_error_not_an_empty_device(text):
    with pytest.raises(ValueError, match=r"well-formed|document type"):
        differences(text)


ACL = "<acl><interfaces><interface><id>{}</id><{way}-acl-sets><{way}-acl-set><set-name>OPS</set-name><type>{kind}</type></{way}-acl-set></{way}-acl-sets></interface></interfaces></acl>"
QOS = f"<qos><interfaces><interface><interface-id>{LINK}</interface-id>{{}}</interface></interfaces></qos>"
SLOTS = f"<network-instances><network-instance><name>DEFAULT</name><policy-forwarding><interfaces><interface><interface-id>{HOSTS}</interface-id><config><{{leaf}}>OPS</{{leaf}}></config></interface></interfaces></policy-forwarding></network-instance></network-instances>"
HELD = {
    "ACL in": ACL.format(HOSTS, way="ingress", kind="ACL_IPV4"),
    "ACL out": ACL.format(OTHER_LINK, way="egress", kind="oc-acl:ACL_IPV6"),
    "classifier": QOS.format(
        "<input><classifiers><classifier><type>IPV6</type><config><name>OPS</name></config></classifier></classifiers></input>"
    ),
    "buffers": QOS.format(
        "<output><config><buffer-allocation-profile>OPS</buffer-allocation-profile></config></output>"
    ),
    "scheduler": QOS.format("<output><scheduler-policy><config><name>OPS</name></config></scheduler-policy></output>"),
    "queue number": "<qos><queues><queue><name>OPS</name><config><queue-id>7</queue-id></config></queue></queues></qos>",
    "forwarding policy": SLOTS.format(leaf="apply-forwarding-policy"),
    "selection of instances": SLOTS.format(leaf="apply-vrf-selection-policy"),
}


class TestForeignSlots:
    """One ACL per direction and family, one policy of a kind, one name per number: a slot that others hold is found, never taken."""

    @pytest.mark.parametrize("slot", sorted(HELD))
    def test_a_slot_that_others_hold_is_reported(self, slot):
        (found,) = CODE.foreign(BUNDLE, f"<data>{HELD[slot]}</data>")
        assert "ITC-" in found.expected
        assert "OPS" in found.running

    @pytest.mark.parametrize(
        "other",
        [ACL.format("Ethernet9", way="ingress", kind="ACL_IPV4"), ACL.format(HOSTS, way="ingress", kind="ACL_L2")],
    )
    def test_a_slot_that_intentc_does_not_need_is_nobodys_business(self, other):
        assert CODE.foreign(BUNDLE, f"<data>{other}</data>") == ()

    def test_no_document_is_an_error_not_a_free_device(self):
        with pytest.raises(ValueError, match="well-formed"):
            CODE.foreign(BUNDLE, "nonsense")

    def test_ones_own_slots_are_not_foreign(self):
        assert CODE.foreign(BUNDLE, TEXT) == ()


class TestRemoval:
    @pytest.mark.parametrize("text", ["", "<data><acl/></data>", f"<data>{HELD['ACL in']}</data>"])
    def test_nothing_is_removed_where_nothing_is(self, text):
        assert CODE.removal(EMPTY, text) == ""

    def test_everything_owned_is_named(self):
        text = CODE.removal(EMPTY, TEXT)
        owned = document.read_document(TEXT).owned
        named = {
            item.name for items in (owned.acl_sets, owned.policies, owned.instances, owned.schedulers) for item in items
        }
        assert all(f">{name}</" in text for name in named)
        assert text.count('nc:operation="remove"') >= len(named)

    @pytest.mark.parametrize(
        ("first", "then"), [("<interfaces>", "<policies>"), ("</interfaces>", "<classifiers>\n      <classifier nc:")]
    )
    def test_ports_are_detached_before_objects_go(self, first, then):
        text = CODE.removal(EMPTY, TEXT)
        part = text[text.index("<qos ") :] if "classifiers" in then else text
        assert part.index(first) < part.index(then)

    def test_entries_of_ports_stay(self):
        assert '<interface nc:operation="remove">' not in CODE.removal(EMPTY, TEXT)
