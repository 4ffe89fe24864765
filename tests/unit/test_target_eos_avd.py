"""The lines of the target `eos` before a source that is not ours: schema and templates of Arista's AVD (pyavd, test only).

`bash tests/run.sh` installs it where it can be had; without it these tests are skipped and say so.
"""

import re

import pytest
import support_frr as plain
from support_eos import judged as refused_by_the_grammar
from support_eos_avd import parse_cli, places, second_opinion

GOLDEN = plain.TARGETS / "eos" / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())
BOTH, WORDS = ("grammar", "AVD"), ("grammar", "AVD, words only")
LINES = {  # every family of lines that the target writes, below which mode, and which sources have seen it
    "access list": (r"ip(v6)? access-list \S+", BOTH),
    "counters of a list": (r"ip(v6)? access-list \S+ / counters per-entry", BOTH),
    "remark": (r"ip(v6)? access-list \S+ / \d+ remark .+", BOTH),
    "entry": (r"ip(v6)? access-list \S+ / \d+ (permit|deny) .+", BOTH),
    "class map": (r"class-map type (qos|pbr) match-any \S+( / match ip(v6)? access-group \S+)?", BOTH),
    "policy map": (r"policy-map type quality-of-service \S+( / class \S+)?", BOTH),
    "code point": (r"policy-map type quality-of-service \S+ / class \S+ / set dscp \d+", BOTH),
    "traffic class": (r"policy-map .+ / class \S+ / set (traffic-class|drop-precedence) \d", WORDS),
    "policer": (r"policy-map .+ / class \S+ / police .+", WORDS),
    "steering": (r"policy-map type pbr \S+( / \d+ class \S+( / set nexthop recursive \S+)?)?", BOTH),
    "profile": (r"qos profile \S+( / (uc-)?tx-queue \d( / (no priority|priority strict))?)?", BOTH),
    "rate of a port or queue": (r"qos profile \S+( / (uc-)?tx-queue \d)? / shape rate \d+ kbps", WORDS),
    "share": (r"qos profile \S+ / (uc-)?tx-queue \d / bandwidth percent \d+", WORDS),
    "early drop and ECN": (r"qos profile \S+ / (uc-)?tx-queue \d / random-detect .+", BOTH),
    "flow control": (r"qos profile \S+ / priority-flow-control (on|priority \d no-drop)", BOTH),
    "labels": (r"qos map exp \d to traffic-class \d", WORDS),
    "static route": (r"ip route \S+ \S+ \d+ name \S+", BOTH),
    "seamless BFD": (r"router bfd( / sbfd( / reflector local-discriminator \S+)?)?", BOTH),
    "local repair": (r"router isis \S+( / address-family ipv[46] unicast( / fast-reroute ti-lfa mode \S+)?)?", BOTH),
    "port": (
        r"interface \S+( / (ip(v6)? access-group \S+ (in|out)|service-p(olicy type (qos|pbr) input|rofile) \S+|isis bfd))?",
        BOTH,
    ),
    "BFD of a port": (r"interface \S+ / bfd interval \d+ min-rx \d+ multiplier \d+", BOTH),
}


def text_of(case):
    return (GOLDEN / case / "itc.cfg").read_text()


@pytest.fixture(scope="module", autouse=True)
def avd():
    return pytest.importorskip("pyavd", reason="no second source of lines of EOS here: `pip install pyavd`")


@pytest.mark.parametrize("case", CASES)
def test_every_line_stands_as_avd_writes_it(case):
    assert second_opinion(text_of(case)) == []


@pytest.mark.parametrize("case", CASES)
def test_every_line_is_of_a_family_that_is_accounted_for(case):
    forms = [form for form, _ in LINES.values()]
    found = [" / ".join(place) for place in places(parse_cli(text_of(case)))]
    assert [line for line in found if not any(re.fullmatch(form, line) for form in forms)] == []


@pytest.mark.parametrize("family", LINES)
def test_every_family_stands_in_a_golden_file(family):
    form, sources = LINES[family]
    found = (" / ".join(place) for case in CASES for place in places(parse_cli(text_of(case))))
    assert any(re.fullmatch(form, line) for line in found)
    assert sources in {BOTH, WORDS}


WRONG = {  # family: a line of it as the target writes it, and with a mistake that AVD sees
    "access list": ("ip access-list ITC-REST-4", "ip access-lists ITC-REST-4"),
    "counters of a list": ("counters per-entry", "counters per entry"),
    "remark": ("remark fence-voice", "remarks fence-voice"),
    "entry": ("range 7000 7009", "between 7000 7009"),
    "class map": ("match ip access-group ITC-REST-4", "match access-group ITC-REST-4"),
    "policy map": ("policy-map type quality-of-service ITC-CORE", "policy-map type qos ITC-CORE"),
    "code point": ("set dscp 46", "set ip dscp 46"),
    "traffic class": ("set drop-precedence 1", "set drop-precedence-level 1"),
    "policer": ("action set dscp 36", "action mark dscp 36"),
    "steering": ("set nexthop recursive", "set next-hop recursive"),
    "profile": ("no priority", "no strict priority"),
    "rate of a port or queue": ("shape rate 1000000 kbps", "shape speed 1000000 kbps"),
    "share": ("bandwidth percent 51", "bandwidth percentage 51"),
    "early drop and ECN": ("drop-probability 100", "drop-probability 101"),
    "flow control": ("priority-flow-control priority 3 no-drop", "priority-flow-control priority 8 no-drop"),
    "labels": ("qos map exp 5 to traffic-class 5", "qos map mpls 5 to traffic-class 5"),
    "static route": ("Null0 250 name", "Null0 256 name"),
    "seamless BFD": ("reflector local-discriminator", "reflector discriminator"),
    "local repair": ("ti-lfa mode node-protection", "ti-lfa mode node-protecting"),
    "port": ("service-profile ITC-PORT-Ethernet2-1", "service-policy profile ITC-PORT-Ethernet2-1"),
    "BFD of a port": ("multiplier 3", "multiplier 2"),
}


@pytest.mark.parametrize("family", LINES)
def test_avd_refuses_a_wrong_line_of_every_family(family):
    right, wrong = WRONG[family]
    text = text_of("everything")
    assert right in text
    assert second_opinion(text.replace(right, wrong, 1)) != []


NUMBERS = {  # mistakes in numbers of families of which AVD knows the words only
    "traffic class": ("set traffic-class 5", "set traffic-class 8"),
    "policer": ("police rate 2000 kbps", "police rate 7 kbps"),
    "share": ("bandwidth percent 51", "bandwidth percent 151"),
    "labels": ("qos map exp 5 to traffic-class 5", "qos map exp 5 to traffic-class 9"),
}


@pytest.mark.parametrize("family", NUMBERS)
def test_numbers_that_avd_takes_as_they_are_have_bounds_in_the_grammar(family):
    right, wrong = NUMBERS[family]
    text = text_of("everything").replace(right, wrong, 1)
    assert LINES[family][1] is WORDS
    assert second_opinion(text) == []
    assert refused_by_the_grammar(text) != ()
