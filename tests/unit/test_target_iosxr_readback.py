"""Read-back of the target `iosxr`: every owned number is compared, spelling is not, foreign configuration is left alone."""

import re
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, H2_6, MBPS, flow, meter
from support_iosxr import (
    CODE,
    HARDWARE,
    HOSTS,
    LEFT,
    RIGHT,
    algorithm_policy,
    answers,
    bfd,
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
    repair,
    ride,
    steer,
    stream,
)
from support_iosxr import bundle as full_bundle
from support_iosxr import rendered as full_rendered
from support_xr_typed import misread
from test_target_iosxr_golden import CASES as GOLDEN_CASES

from intentc.targetkit.kit import Difference

composing = pytest.importorskip("intentc_target_iosxr.composing")
readback = pytest.importorskip("intentc_target_iosxr.readback")
document = pytest.importorskip("intentc_target_iosxr.document")

FEW = ("10.0.0.1/32", "10.0.0.8/31", "fd00::1/128")  # router addresses; every list has them all


def bundle(item):
    return full_bundle(item, fleet(item, infrastructure=FEW))


def rendered(item):
    return full_rendered(item, fleet(item, infrastructure=FEW))


FULL = {hardware: full_config(hardware) for hardware in HARDWARE}
BUNDLES = {hardware: bundle(item) for hardware, item in FULL.items()}
TEXTS = {hardware: rendered(item) for hardware, item in FULL.items()}
TEXT, BUNDLE = TEXTS["asr9000"], BUNDLES["asr9000"]
EMPTY = bundle(config())


def differences(running, wanted=BUNDLE):
    return CODE.differences(wanted, running)


# Random configurations, with everything that a number can be.

PREFIXES = {
    4: st.sampled_from(["0.0.0.0/0", H1, H2, "10.10.1.7/32", "10.0.0.0/9"]),
    6: st.sampled_from(["::/0", H1_6, H2_6, "fd10:1::7/128"]),
}
RANGES = st.none() | st.tuples(st.integers(0, 65_535), st.integers(0, 65_535)).map(lambda pair: tuple(sorted(pair)))


@st.composite
def flows(draw, protocols=("any", "tcp", "udp", "sctp", "icmp")):
    family = draw(st.sampled_from([4, 6]))
    protocol = draw(st.sampled_from(protocols))
    has_ports = protocol in {"tcp", "udp", "sctp"}
    return flow(
        draw(PREFIXES[family]),
        draw(PREFIXES[family]),
        protocol,
        draw(RANGES) if has_ports else None,
        source_ports=draw(RANGES) if has_ports else None,
        dscp=draw(st.none() | st.integers(0, 63)),
    )


def same_family(one, other):
    return one.family == other.family


@st.composite
def with_holes(draw):
    one = draw(flows())
    return one, tuple(hole for hole in draw(st.lists(flows(), max_size=2)) if same_family(hole, one))


LINK_PORTS = st.sampled_from([LEFT, RIGHT])
RATES = st.integers(64_000, 400_000 * MBPS)
SIZES = st.integers(1_500, 10_000_000)


@st.composite
def configs(draw):
    """Return a configuration with anything in it, whether or not it makes sense."""
    rules = draw(st.lists(with_holes(), max_size=3))
    links = draw(st.lists(st.sampled_from([LEFT, RIGHT]), unique=True))
    rate = draw(st.integers(2, 400_000)) * MBPS
    return config(
        hardware=draw(st.sampled_from(HARDWARE)),
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
        steering=[steer(one, draw(st.sampled_from([(), ("r2",), ("r2", "r3")])), excepted=h) for one, h in rules],
        isolation=[isolate("i", allowed=[one for one, _ in rules if one.family == 4])],
        bfd=[bfd(name, interval_us=draw(st.integers(3, 30_000)) * 1000) for name in links],
        counting=[count(f"c{n}", one, excepted=holes) for n, (one, holes) in enumerate(rules)],
        policies=[policy(color=draw(st.integers(2**30, 2**32 - 1)), closed=draw(st.booleans()))],
        policy_steering=[ride(one, excepted=holes) for one, holes in rules],
        streams=[stream(interval_us=draw(st.integers(1, 3_600_000)) * 1000, number=draw(st.integers(1, 65_535)))],
        reflectors=[reflector(draw(st.integers(1, 2**32 - 1)))],
        repairs=[repair(name, draw(st.sampled_from(["link", "node"]))) for name in draw(st.sets(LINK_PORTS))],
        algorithm_policies=[algorithm_policy(label=draw(st.integers(16, 2**20 - 1)), closed=draw(st.booleans()))],
        probes=[probe("one", dscp=draw(st.integers(0, 63)), interval_us=draw(st.integers(100, 1000)) * 1000)],
        probe_reflectors=[answers(name) for name in draw(st.sets(st.sampled_from(["r2", "r3", "r4"])))],
    )


@given(configs())
@settings(max_examples=25, deadline=None)
def test_what_is_rendered_is_read_back_as_it_was_meant(item):
    meant = composing.compose(item, fleet(item, infrastructure=FEW))
    text = rendered(item)
    assert readback.read(text).owned == in_names(readback.settled(meant))
    assert not readback.read(text).unread
    assert CODE.differences(bundle(item), text) == ()


@given(configs())
@settings(max_examples=10, deadline=None)
def test_what_is_typed_is_read_back_as_it_was_meant(item):
    """The same over the command line: nothing differs, nothing is left to type, and taken away nothing of it stays."""
    assert misread(rendered(item)) == []


def in_names(owned):
    return replace(
        owned,
        **{item.name: tuple(sorted(getattr(owned, item.name), key=readback.name_of)) for item in fields(owned)},
    )


@pytest.mark.parametrize("hardware", HARDWARE)
def test_what_was_rendered_is_what_was_rendered(hardware):
    assert differences(TEXTS[hardware], BUNDLES[hardware]) == ()


def test_nothing_runs_where_nothing_should():
    assert rendered(config()) == ""
    assert differences("", EMPTY) == ()


def test_everything_is_missing_where_nothing_runs():
    found = differences("")
    assert found
    assert all(item.running == "" and item.artefact == "config.xml" for item in found)


def test_everything_with_a_name_of_ours_is_too_much_where_nothing_should_run():
    found = differences(TEXT, EMPTY)
    assert found
    assert all(item.expected == "" for item in found)


NUMBER = re.compile(r"\d+")
PREFIX = (
    'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"'  # of the mark of an operation, which says nothing of a state
)
PLACES = {
    hardware: [(m.start(), m.end()) for m in NUMBER.finditer(text) if m.start() > text.index(PREFIX) + len(PREFIX)]
    for hardware, text in TEXTS.items()
}


@given(st.sampled_from(HARDWARE), st.integers(0, 10**6), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_a_changed_number_anywhere_is_found(hardware, index, more):
    """Numbers in texts, names, addresses, elements and namespaces alike."""
    text, places = TEXTS[hardware], PLACES[hardware]
    start, end = places[index % len(places)]
    changed = text[:start] + str(int(text[start:end]) + more) + text[end:]
    assert differences(changed, BUNDLES[hardware]), text[max(0, start - 60) : end + 20]


LINES = TEXT.splitlines()
LEAVES = [number for number, line in enumerate(LINES) if re.fullmatch(r"\s*<([\w-]+)(/>|[^/]*>.+</[\w-]+>)", line)]


@given(st.sampled_from(LEAVES))
@settings(max_examples=30, deadline=None)
def test_a_missing_leaf_is_found(index):
    text = "\n".join([*LINES[:index], *LINES[index + 1 :], ""])
    assert differences(text), LINES[index]


@pytest.mark.parametrize("key", ["operation-number", "session-id", "port-number", "interface-name", "process-id"])
def test_an_object_without_its_key_is_found(key):
    text = re.sub(rf"<{key}>[^<]*</{key}>", "", TEXT)
    assert text != TEXT
    assert differences(text)


def test_a_changed_number_in_every_place_of_a_small_device():
    """Without chance: each number of a device with one feature each."""
    item = config(
        edges=[edge()],
        queueing=[port(LEFT, rate=10_000 * MBPS)],
        policies=[policy()],
        bfd=[bfd()],
        reflectors=[reflector()],
        marking=[mark("voice", flow(protocol="udp", ports=(7000, 7009)), meter="m")],
        meters=[meter("m", 5 * MBPS, ceiling=9 * MBPS)],
    )
    text, wanted = rendered(item), bundle(item)
    missed = [
        text[max(0, match.start() - 40) : match.end()]
        for match in NUMBER.finditer(text, text.index(PREFIX) + len(PREFIX))
        if not differences(f"{text[: match.start()]}{int(match[0]) + 1}{text[match.end() :]}", wanted)
    ]
    assert missed == []


def objects(text):
    """Return a document for each object of a payload, with that object alone in it."""
    lines, open_, found = text.splitlines(keepends=True), [], []
    starts = [
        n for n, line in enumerate(lines) if re.match(r"\s*<[\w-]+ nc:operation|\s*<(process|interface|address)>", line)
    ]
    end = 0
    for number, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        if number in starts and number >= end:
            end = next(n for n in range(number, len(lines)) if lines[n].startswith(f"{' ' * depth}</")) + 1
            closing = [re.sub(r"<([\w-]+)[^>]*>", r"</\1>", frame) for frame in reversed(open_)]
            found.append("".join([*open_, *lines[number:end], *closing]))
        elif number >= end and line.lstrip().startswith("</"):
            open_.pop()
        elif number >= end:
            open_.append(line)
    return found


OBJECTS: dict[str, str] = {}  # what cases have in common belongs to the first of them
for name in sorted(GOLDEN_CASES):
    for one in objects(rendered(GOLDEN_CASES[name])):
        OBJECTS.setdefault(one, name)


def test_objects_are_whole():
    whole = readback.read(TEXT).owned
    parts = [readback.read(one).owned for one in objects(TEXT)]
    for item in fields(whole):
        assert sorted(map(str, getattr(whole, item.name))) == sorted(
            str(value) for part in parts for value in getattr(part, item.name)
        )


@pytest.mark.parametrize("case", sorted(GOLDEN_CASES))
def test_a_changed_number_anywhere_in_a_golden_case_is_found(case):
    """Every number once, object by object, of a device that knows few routers: each list has the addresses of all."""
    missed = []
    for text in sorted(one for one, name in OBJECTS.items() if name == case):
        wanted = replace(BUNDLE, files=tuple(replace(file, text=text) for file in BUNDLE.files))
        missed += [
            text[max(0, match.start() - 40) : match.end()]
            for match in NUMBER.finditer(text, text.index(PREFIX) + len(PREFIX))
            if not differences(f"{text[: match.start()]}{int(match[0]) + 1}{text[match.end() :]}", wanted)
        ]
    assert missed == []


SAME = {
    "a code point by name": ("<dscp>46</dscp>", "<dscp>ef</dscp>"),
    "the default code point by name": ("<dscp>0</dscp>", "<dscp>default</dscp>"),
    "an assured code point by name": ("<value>34</value>", "<value>af41</value>"),
    "a port by name": ("<eq>443</eq>", "<eq>HTTPS</eq>"),
    "a protocol by number": ("<protocol>sctp</protocol>", "<protocol>132</protocol>"),
    "a rate in another unit": ("<value>8000000</value>\n              <unit>bps<", "<value>8</value>\n<unit>mbps<"),
    "a prefix with a wildcard": (
        "<address>10.10.1.0</address>\n                <prefix-length>24</prefix-length>",
        "<address>10.10.1.0</address><wildcard-mask>0.0.0.255</wildcard-mask>",
    ),
    "a host with a length": ("<host>10.0.0.1</host>", "<address>10.0.0.1</address><prefix-length>32</prefix-length>"),
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
    assert differences(moved(TEXT, "class-map-name")) == ()
    first = "<name>ITC-DSCP-34-36-MPLS-4</name>"
    second = "<name>ITC-DSCP-10-12-MPLS-1</name>"
    assert differences(TEXT.replace(first, "@").replace(second, first).replace("@", second))


def moved(text, key):
    """Put the first object with this key behind the last one."""
    objects = re.findall(rf"      <qos [^>]*>\n        <{key}>.*?\n      </qos>\n", text, flags=re.DOTALL)
    return text.replace(objects[0], "").replace(objects[-1], objects[-1] + objects[0])


def test_what_nobody_asked_for_in_an_object_of_ours_is_found():
    (found,) = differences(TEXT.replace("<permit>\n", "<permit>\n<log/>\n", 1))
    assert (found.expected, found.running.endswith("permit log")) == ("", True)


def test_a_difference_shows_both_sides():
    (found,) = differences(TEXT.replace("<value>40000000</value>", "<value>41000000</value>", 1))
    assert ("40000000" in found.expected, "41000000" in found.running) == (True, True)


def test_what_is_no_xml_is_said_to_be_unreadable():
    (found,) = differences("<config><a>")
    assert "cannot be read" in found.running


FOREIGN = """<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <ipv4 xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-ipv4-access-list-cfg"><access-lists><access-list>
    <access-list-name>CUSTOMER</access-list-name>
    <sequences><sequence><sequence-number>10</sequence-number><remark>theirs</remark></sequence></sequences>
  </access-list></access-lists></ipv4>
  <router xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-router-static-cfg"><static><address-family><ipv4><unicast>
    <prefixes><prefix><prefix-address>0.0.0.0</prefix-address><prefix-length>0</prefix-length></prefix></prefixes>
  </unicast></ipv4></address-family></static></router>
  <interfaces xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-interface-cfg">
    <interface><interface-name>HundredGigE0/0/0/9</interface-name>
      <ipv4><access-group xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-if-access-group-cfg">
        <ingress><access-list-name-1><name>CUSTOMER</name></access-list-name-1></ingress></access-group></ipv4></interface>
    <interface><interface-name>HundredGigE0/0/0/3</interface-name>
      <ipv4><access-group xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-if-access-group-cfg">
        <egress><access-list-name><name>BORDER</name></access-list-name></egress></access-group></ipv4>
      <service-policy xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-if-service-policy-qos-cfg">
        <output><service-policy-name>OTHERS</service-policy-name></output></service-policy></interface>
  </interfaces>
</config>"""


def test_foreign_configuration_is_not_ours():
    assert differences(FOREIGN, EMPTY) == ()
    assert CODE.removal(EMPTY, FOREIGN) == ""


def test_foreign_slots_are_named():
    assert CODE.foreign(BUNDLE, FOREIGN) == (
        Difference("config.xml", f"{RIGHT}: the IPv4 access list outwards", "BORDER"),
        Difference("config.xml", f"{RIGHT}: the output policy", "OTHERS"),
    )
    assert CODE.foreign(BUNDLE, TEXT) == ()
    assert CODE.foreign(EMPTY, FOREIGN) == ()
    assert any("BORDER" in item.running for item in differences(FOREIGN))


class TestRemoval:
    """What leaves a device: detached first, nothing foreign, everything that bears our names."""

    def test_nothing_is_removed_where_everything_is_wanted(self):
        assert CODE.removal(BUNDLE, TEXT) == ""

    def test_interfaces_come_first(self):
        found = CODE.removal(EMPTY, TEXT, BUNDLE)
        assert found.rindex("<interfaces ") < min(
            found.index(f"<{name}") for name in ("access-lists>", "class-map ", "sr ")
        )

    @pytest.mark.parametrize("hardware", HARDWARE)
    def test_every_object_is_removed(self, hardware):
        found = CODE.removal(EMPTY, TEXTS[hardware], BUNDLES[hardware])
        owned = readback.read(TEXTS[hardware]).owned
        names = {
            readback.name_of(value)
            for item in fields(owned)
            if item.name not in {"processes", "ports", "responders"}
            for value in getattr(owned, item.name)
        }
        assert {name for name in names if f">{name}<" not in found} == set()
        assert found.count('<bfd nc:operation="remove"/>') == 2
        assert found.count('<port nc:operation="remove">') == 1

    def test_local_repair_that_was_ours_leaves_and_bfd_beside_it_stays(self):
        before = bundle(config(bfd=[bfd()], repairs=[repair(), repair(RIGHT, "node")]))
        found = CODE.removal(bundle(config(bfd=[bfd()])), before.files[0].text, before)
        assert found.count('<fast-reroute nc:operation="remove"/>') == 2
        assert "bfd" not in found.replace("um-bfd", "")

    def test_local_repair_of_others_is_not_ours(self):
        theirs = rendered(config(repairs=[repair()]))
        assert differences(theirs, bundle(config(bfd=[bfd(RIGHT)]))) != ()
        both = rendered(config(bfd=[bfd()], repairs=[repair()]))
        assert differences(both, bundle(config(bfd=[bfd()]))) == ()
        assert differences(both, bundle(config(repairs=[repair()]))) == ()
        assert CODE.removal(EMPTY, theirs) == ""

    def test_answers_of_others_at_our_address_stay(self):
        before = bundle(config(probe_reflectors=[answers("r3")]))
        port = "<port><port-number>50862</port-number></port>"
        text = re.sub(r"\s*<port>\s*<port-number>50862</port-number>\s*</port>", port, before.files[0].text)
        text = text.replace(port, port + port.replace("50862", "6000"))
        assert differences(text, before) == ()
        found = CODE.removal(EMPTY, text, before)
        assert ("50862" in found, "6000" in found) == (True, False)
        assert CODE.removal(EMPTY, text) == ""

    def test_what_bears_no_name_stays_where_nobody_says_that_it_was_ours(self):
        found = CODE.removal(EMPTY, TEXT)
        assert "sbfd" not in found
        assert "isis" not in found

    def test_only_what_is_no_longer_wanted_is_removed(self):
        less = bundle(replace(FULL["asr9000"], policies=(), policy_steering=(), queueing=()))
        found = CODE.removal(less, TEXT, BUNDLE)
        assert f"<service-policy-name>ITC-SHAPE-{LEFT.replace('/', '-')}<" in found
        assert "ITC-way-r4" in found
        assert "ITC-IN4" not in found
        assert HOSTS not in found

    @pytest.mark.parametrize("hardware", HARDWARE)
    def test_the_published_models_accept_it(self, hardware, tmp_path):
        from support_yang import yang_findings

        path = tmp_path / "removal.xml"
        path.write_text(CODE.removal(EMPTY, TEXTS[hardware], BUNDLES[hardware]))
        merged = yang_findings("iosxr", path, tolerated=frozenset({"leafref", "duplicate"}))
        assert merged == []


def test_all_values_are_plain():
    """Nothing mutable hides in what is owned, so two readings can be compared."""
    owned = composing.compose(FULL["ncs"], fleet(FULL["ncs"]))
    assert hash(owned) is not None
    assert all(is_dataclass(value) for item in fields(owned) for value in getattr(owned, item.name))
