"""Read-back of the target `eos`: what is rendered is read as the same values, every number is compared, spelling is not."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_eos import (
    CODE,
    HARDWARE,
    HOSTS,
    LEFT,
    MORE_HOSTS,
    RIGHT,
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
    judged,
    mark,
    meter,
    port,
    printed,
    queue,
    reflector,
    rendered,
    repair,
    running,
    steer,
    typed,
)
from support_frr import H1, H1_6, H2, H2_6, MBPS

composing = pytest.importorskip("intentc_target_eos.composing")
document = pytest.importorskip("intentc_target_eos.document")

FULL = {hardware: full_config(hardware) for hardware in HARDWARE}
BUNDLES = {hardware: bundle(item) for hardware, item in FULL.items()}
TEXTS = {hardware: rendered(item) for hardware, item in FULL.items()}
BUNDLE, TEXT = BUNDLES["r-series"], TEXTS["r-series"]
EMPTY = bundle(config())
OTHERS = """\
ip access-list OPS
   10 permit tcp any any eq ssh
!
class-map type qos match-any OPS
   match ip access-group OPS
!
qos profile OPS
   shape rate 50 percent
!
banner login
   10 permit ip any any
ITC-NOTHING of this is a line
EOF
!
interface Ethernet9
   description ITC-like, but of others
   ip access-group OPS in
   bfd interval 900 min-rx 900 multiplier 3
!
interface Ethernet1
   description hosts
   mtu 9000
!
ip route 0.0.0.0/0 192.0.2.1
router bfd
   multihop interval 300 min-rx 300 multiplier 3
!
router isis CORE
   net 49.0001.0000.0000.0001.00
   address-family ipv4 unicast
      maximum-paths 4
!
"""


def differences(text, of=BUNDLE):
    return CODE.differences(of, text)


@pytest.mark.parametrize("hardware", HARDWARE)
def test_what_was_rendered_is_what_was_rendered(hardware):
    assert differences(TEXTS[hardware], BUNDLES[hardware]) == ()


@pytest.mark.parametrize("hardware", HARDWARE)
def test_what_a_device_prints_is_read_as_well(hardware):
    assert differences(running(TEXTS[hardware], OTHERS), BUNDLES[hardware]) == ()


def test_everything_is_missing_where_nothing_runs():
    """All but the classes of labels: the device has its own choice there."""
    found = differences("")
    assert found
    assert all(item.running == "" for item in found if not item.expected.startswith("labels"))


def test_everything_with_a_name_is_too_much_where_nothing_should_run():
    found = differences(TEXT, EMPTY)
    assert found
    assert all(item.expected == "" for item in found)
    assert differences("", EMPTY) == ()


PREFIXES = {4: (H1, H2, "10.10.1.128/25", "10.10.2.7/32", "0.0.0.0/0"), 6: (H1_6, H2_6, "fd10:2::7/128", "::/0")}
PORTS = st.none() | st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda both: tuple(sorted(both)))


@st.composite
def flows(draw, family=None):
    prefixes = st.sampled_from(PREFIXES[family or draw(st.sampled_from([4, 6]))])
    protocol = draw(st.sampled_from(["any", "tcp", "udp", "sctp", "icmp"]))
    has_ports = protocol in {"tcp", "udp", "sctp"}
    return flow(
        draw(prefixes),
        draw(prefixes),
        protocol,
        draw(PORTS) if has_ports else None,
        source_ports=draw(PORTS) if has_ports else None,
        dscp=draw(st.none() | st.sampled_from([0, 10, 34, 46])),
    )


def same_family(one, others):
    return tuple(sorted({other for other in others if other.family == one.family}))


@st.composite
def configs(draw):
    classes = ["critical", "high", "bulk"]
    items = draw(st.lists(st.tuples(flows(), st.lists(flows(), max_size=2)), max_size=4))
    names = draw(st.lists(st.sampled_from(classes), min_size=len(items), max_size=len(items)))
    meters = [
        meter(f"m-{index}", draw(st.integers(8_000, 10**9)), over=draw(st.sampled_from([None, 36])))
        for index in range(len(items))
    ]
    marking = [
        mark(f"m-{index}", one, name, precedence=index, excepted=same_family(one, holes), meter=f"m-{index}")
        for index, ((one, holes), name) in enumerate(zip(items, names, strict=True))
    ]
    queues = tuple(
        queue(
            name, draw(st.integers(0, 200 * MBPS)), limit=draw(st.integers(10, 10**7)), tc=draw(st.none() | st.just(tc))
        )
        for tc, name in enumerate((*classes, "default"), 1)
    )
    four = [one for one, _ in items if one.family == 4]
    return config(
        hardware=draw(st.sampled_from(HARDWARE)),
        edges=[edge(trust=draw(st.sampled_from(["none", "dscp"])))],
        meters=meters,
        marking=marking,
        fences=[
            fence(f"f-{index}", one, (LEFT, RIGHT), excepted=same_family(one, holes))
            for index, (one, holes) in enumerate(items)
        ],
        queueing=[port(queues=queues)],
        isolation=[isolate("i", H1, four, direction=draw(st.sampled_from(["to", "from"])))],
        counting=[count("c", draw(flows()))],
        steering=[
            steer(one, draw(st.sampled_from([("r2",), ("r3", "r2")])), precedence=n) for n, one in enumerate(four)
        ],
        bfd=[bfd(interval_us=draw(st.integers(50_000, 999_000)))],
        repairs=[repair(protects=draw(st.sampled_from(["link", "node"])))],
        reflectors=[reflector(draw(st.integers(1, 2**32 - 1)))],
    )


@given(configs())
@settings(max_examples=25, deadline=None)
def test_what_is_read_is_what_was_decided(item):
    known = fleet(item)
    text = rendered(item, known)
    read = document.read_document(text)
    assert judged(text) == ()
    assert read.strange == ()
    assert read.owned == document.canonical(composing.compose(item, known))
    assert CODE.differences(bundle(item, known), text) == ()
    assert CODE.differences(bundle(item, known), running(text, OTHERS)) == ()


# with few routers, for each of them is in every list: the same kinds of lines, fewer of each
ONE = replace(FULL["r-series"], edges=FULL["r-series"].edges[:2])
FEW = fleet(ONE, infrastructure=("10.0.0.2/31", "fd00::2/127"))
SMALL = bundle(ONE, FEW)
LINES = rendered(ONE, FEW).splitlines()
# every number of the file but those in names and remarks, which are texts; `^ipv4` and `ipv6` are words
NUMBERS = [
    (index, match.start(), match.end())
    for index, line in enumerate(LINES)
    if not line.startswith("!") and " remark " not in line
    for match in re.finditer(r"(?<![\w.:/-])[0-9]+(?![\w:-])|(?<=[./])[0-9]+(?![\w:-])|(?<=:)[0-9a-f]+(?![\w:-])", line)
    if not re.match(r"\S*ITC-|\S*Ethernet", line[: match.start()].rpartition(" ")[2])
]


def changed(place):
    index, start, end = place
    word = LINES[index][start:end]
    other = f"{int(word, 16) ^ 1:x}" if "::" in LINES[index] and not word.isdigit() else str(int(word) ^ 1)
    return "\n".join([*LINES[:index], LINES[index][:start] + other + LINES[index][end:], *LINES[index + 1 :]])


def test_every_changed_number_is_found():
    """Each number of the file by itself, not a sample: a change is a difference, or refused as none of our lines."""
    assert len(NUMBERS) > 500
    silent = [LINES[place[0]] for place in NUMBERS if not differences(changed(place), SMALL)]
    assert silent == []


WORDS = {
    "remark": "remark arrived-4",
    "name of a list": "match ip access-group ITC-REST-4",
    "reference to a policy": "service-policy type qos input ITC-CORE",
    "name of a route": "10 name ITC-r2",
    "mode of repair": "ti-lfa mode node-protection",
    "action": "deny udp",
    "protocol": "permit sctp",
}


@pytest.mark.parametrize("case", sorted(WORDS))
def test_a_changed_word_is_found(case):
    assert WORDS[case] in TEXT
    other = {"deny udp": "permit udp", "permit sctp": "permit tcp"}.get(WORDS[case], f"{WORDS[case]}x")
    assert differences(TEXT.replace(WORDS[case], other, 1))


def test_every_missing_line_is_found():
    """All but those that a device leaves out itself: strict priority, classes of labels that are its own choice."""
    left_out = ("priority strict", "qos map exp 0 to traffic-class 1", "qos map exp 1 to traffic-class 0")
    left_out += tuple(f"qos map exp {n} to traffic-class {n}" for n in range(2, 8))
    silent = [
        line
        for index, line in enumerate(LINES)
        if not line.startswith("!")
        and line.strip() not in left_out
        and not (index + 1 < len(LINES) and LINES[index + 1].startswith(f"{' ' * (len(line) - len(line.lstrip()))}   "))
        and not differences("\n".join([*LINES[:index], *LINES[index + 1 :]]), SMALL)
    ]
    assert silent == []


@pytest.mark.parametrize(
    "more",
    [
        ("ip access-list ITC-REST-4\n", "   20 permit ip any any log\n"),
        ("qos profile ITC-PORT-Ethernet2-1\n", "   qos trust cos\n"),
        ("   class ITC-DSCP-46-4\n", "      set cos 3\n"),
        ("      priority strict\n", "      bandwidth guaranteed percent 5\n"),
        ("   10 class ITC-PBR-ROUTERS\n", "      drop\n"),
    ],
)
def test_more_in_an_object_of_ours_is_found(more):
    after, line = more
    assert after in TEXT
    found = differences(TEXT.replace(after, after + line, 1))
    assert found
    assert all(item.expected == "" for item in found)


def test_an_object_with_our_prefix_of_a_kind_that_we_never_write_is_found():
    (found,) = differences(running(f"{TEXT}route-map ITC-X permit 10\n"))
    assert (found.expected, found.running) == ("", "route-map ITC-X permit 10")


SAME = {
    "names of code points": ("permit ip any any dscp 46", "permit ip any any dscp ef"),
    "other names of code points": ("set dscp 34", "set dscp af41"),
    "names of ports": ("10.10.2.0/24 eq 443", "10.10.2.0/24 eq https"),
    "hosts as prefixes": ("host 10.0.0.1\n", "10.0.0.1/32\n"),
    "rates in other units": ("shape rate 1000000 kbps", "shape rate 1000 mbps"),
    "rates without a unit": ("shape rate 50000 kbps", "shape rate 50000"),
    "policers in other units": (
        "police rate 2000 kbps burst-size 15000 bytes",
        "police rate 2 mbps burst-size 15 kbytes",
    ),
    "names of messages": ("fd10:1::/64 fd10:1::/64 135", "fd10:1::/64 fd10:1::/64 neighbor-solicitation"),
    "discriminators as numbers": ("local-discriminator 10.0.0.1", "local-discriminator 167772161"),
    "lines between modes": ("   tx-queue 6", "   !\n   tx-queue 6"),
    "comments": ("qos profile ITC-PORT-Ethernet2-1\n", "qos profile ITC-PORT-Ethernet2-1\n   !! of intentc\n"),
    "carriage returns": ("\n", "\r\n"),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_another_spelling_is_no_difference(case):
    one, other = SAME[case]
    assert one in TEXT
    assert differences(TEXT.replace(one, other)) == ()


def test_the_order_of_objects_does_not_count_and_that_of_classes_does():
    blocks = TEXT.split("!\n")
    assert differences("!\n".join([blocks[0], *blocks[:0:-1]]) + "\n") == ()
    first = "   class ITC-DSCP-56-4\n      set traffic-class 7\n"
    second = "   class ITC-DSCP-56-6\n      set traffic-class 7\n"
    assert differences(TEXT.replace(first + second, second + first, 1))


def test_a_difference_shows_both_sides():
    (found,) = differences(TEXT.replace("bandwidth percent 51", "bandwidth percent 52", 1))
    assert (found.expected[-2:], found.running[-2:]) == ("51", "52")
    assert "ITC-PORT-Ethernet2-1" in found.expected


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "<config/>",
        "% Invalid input\n",
        running(TEXT)[:-5],
        "   indented\nend\n",
        "a\x1b[2Jb\nend\n",
        "hostname ä\nend",
    ],
)
@pytest.mark.parametrize("ask", [CODE.differences, CODE.foreign], ids=["differences", "foreign"])
def test_what_is_no_whole_configuration_is_an_error_not_an_empty_device(text, ask):
    with pytest.raises(ValueError, match=r"not a |not in any|an answer"):
        ask(BUNDLE, text)


def interface(name, *lines):
    return "\n".join([f"interface {name}", *(f"   {line}" for line in lines), "!", "end", ""])


HELD = {
    "access list in": interface(HOSTS, "ipv6 access-group OPS in"),
    "access list out": interface(RIGHT, "ip access-group OPS out"),
    "input policy": interface(LEFT, "service-policy type qos input OPS"),
    "steering": interface(HOSTS, "service-policy type pbr input OPS"),
    "profile": interface(MORE_HOSTS, "service-profile OPS"),
    "a queue beside the profile": interface(LEFT, "tx-queue 5", "   shape rate 5000"),
    "a rate beside the profile": interface(LEFT, "shape rate 5000"),
    "flow control beside the profile": interface(RIGHT, "priority-flow-control priority 4 no-drop"),
    "a traffic policy": interface(HOSTS, "traffic-policy input OPS"),
    "queues in another order": "qos map traffic-class 0 1 to tx-queue 2\nend\n",
    "rewriting": "qos rewrite dscp\nend\n",
    "an address of ours": "ip route 198.18.0.0/16 192.0.2.1\nend\n",
    "BFD": interface(LEFT, "bfd interval 900 min-rx 900 multiplier 3"),
    "S-BFD": "router bfd\n   sbfd\n      reflector local-discriminator 10.9.9.9\nend\n",
    "classes of labels": "qos map exp 4 to traffic-class 2\nend\n",
    "local repair": "router isis CORE\n   address-family ipv4 unicast\n      fast-reroute ti-lfa mode link-protection\nend\n",
}
NAMELESS = ("BFD", "classes of labels", "S-BFD", "local repair")


class TestForeign:
    @pytest.mark.parametrize("case", sorted(HELD))
    def test_a_place_that_others_hold_is_reported(self, case):
        (found,) = CODE.foreign(BUNDLE, HELD[case])
        assert found.expected
        assert found.running
        assert found.expected != found.running

    @pytest.mark.parametrize("case", sorted(HELD))
    def test_it_is_nobodys_business_where_nothing_is_needed(self, case):
        assert CODE.foreign(EMPTY, HELD[case]) == ()

    @pytest.mark.parametrize("case", NAMELESS)
    def test_without_a_name_it_is_ours_as_soon_as_we_are_there(self, case):
        ours = "ip access-list ITC-REST-4\n   10 permit ip any any\n"
        assert CODE.foreign(BUNDLE, ours + HELD[case]) == ()
        assert differences(ours + HELD[case])

    @pytest.mark.parametrize(
        "text", ["", running(TEXT), running(TEXT, OTHERS)], ids=["nothing", "ours", "beside others"]
    )
    def test_ones_own_places_are_not_foreign(self, text):
        assert CODE.foreign(BUNDLE, text) == ()


class TestRemoval:
    def test_nothing_is_removed_where_nothing_is(self):
        assert CODE.removal(EMPTY, "") == ""
        assert CODE.removal(EMPTY, f"{OTHERS}end\n") == ""

    @pytest.mark.parametrize("hardware", HARDWARE)
    def test_what_is_left_is_what_others_have(self, hardware):
        before = running(TEXTS[hardware], OTHERS)
        after = printed(typed(before, CODE.removal(EMPTY, before, BUNDLES[hardware])))
        assert "ITC-" not in after.replace("description ITC-like", "")
        assert CODE.differences(EMPTY, after) == ()
        kept = {line.strip() for line in OTHERS.splitlines() if line.startswith("   ") and line[3] not in "1! "}
        assert kept <= {line.strip() for line in after.splitlines()}
        nameless = ("isis bfd", "bfd interval 50", "reflector", "fast-reroute", "qos map")
        assert [line for line in after.splitlines() if line.strip().startswith(nameless)] == []

    def test_without_word_of_what_was_given_nameless_settings_stay(self):
        found = CODE.removal(EMPTY, running(TEXT))
        assert "bfd" not in found
        assert "fast-reroute" not in found
        assert "qos map" not in found

    def test_nothing_is_taken_away_while_something_refers_to_it(self):
        before = running(TEXT)
        lines = CODE.removal(EMPTY, before).splitlines()
        first = next(index for index, line in enumerate(lines) if line.startswith("no "))
        assert not any(line.startswith("interface") for line in lines[first:])
        refers = {"qos profile": 0, "policy-map": 0, "class-map": 1, "ip access-list": 2, "ipv6 access-list": 2}
        ranks = [rank for line in lines[first:] for word, rank in refers.items() if line.startswith(f"no {word}")]
        assert ranks == sorted(ranks)
        assert len(ranks) > 50

    @given(configs(), configs())
    @settings(max_examples=15, deadline=None)
    def test_a_session_leads_from_one_configuration_to_another(self, old, new):
        known = fleet(old)
        given_bundle, wanted = bundle(old, known), bundle(new, known)
        before = running(rendered(old, known), OTHERS)
        session = CODE.removal(EMPTY, before, given_bundle) + rendered(new, known)
        assert CODE.differences(wanted, printed(typed(before, session))) == ()

    def test_applying_it_twice_changes_nothing(self):
        before = running(TEXT, OTHERS)
        session = CODE.removal(EMPTY, before, BUNDLE) + TEXT
        once = printed(typed(before, session))
        assert CODE.differences(BUNDLE, once) == ()
        assert printed(typed(once, CODE.removal(EMPTY, once, BUNDLE) + TEXT)) == once


def test_queues_may_be_printed_in_any_order():
    """Devices print queues from 0 up; they are written from 7 down."""
    block = re.search(r"(?m)^qos profile .*\n(?:   .*\n)+", TEXT)[0]
    head, *queues = re.split(r"(?m)^(?=   (?:uc-)?tx-queue )", block)
    assert len(queues) == 8
    text = running(TEXT.replace(block, head + "".join(reversed(queues))))
    assert CODE.differences(BUNDLE, text) == ()
    changed = text.replace("tx-queue 5\n      shape rate", "tx-queue 5\n      no priority\n      shape rate", 1)
    assert changed != text
    assert CODE.differences(BUNDLE, changed) != ()


def test_a_port_that_leaves_is_detached():
    less = replace(FULL["r-series"], queueing=(), pauses=(), bfd=())
    before = running(TEXT, OTHERS)
    after = printed(typed(before, CODE.removal(EMPTY, before, BUNDLE) + rendered(less)))
    assert CODE.differences(bundle(less), after) == ()
    assert "service-profile" not in after
