"""Which packets a demand is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_resolve import one, run

from intentc.resolve.codepoints import CODE_POINTS


def flows(found, key="t/ber>x", candidate=0):
    kept = found.demand(key).candidates[candidate]
    return [short(flow) for flow in kept.flows], [short(flow) for flow in kept.excepted]


def short(flow) -> str:
    ports = "".join(
        f" {name}{low}-{high}" if low != high else f" {name}{low}"
        for name, (low, high) in (("s", flow.source_ports or (0, 0)), ("d", flow.destination_ports or (0, 0)))
        if high
    )
    dscp = "" if flow.dscp is None else f" dscp{flow.dscp}"
    return f"{flow.source}>{flow.destination} {flow.protocol}{ports}{dscp}"


SERVICE = "service x { at site fra  prefix 10.20.0.0/24, 10.30.0.0/25  port tcp/8443, udp/53 }\n"


def match(text: str, prelude: str = SERVICE):
    return run(f"intent t {{ from site ber  to any of x  unidirectional  {text} }}", prelude=prelude)


BER = "10.1.0.0/24>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            [
                f"{BER}10.20.0.0/24 tcp d8443",
                f"{BER}10.20.0.0/24 udp d53",
                f"{BER}10.30.0.0/25 tcp d8443",
                f"{BER}10.30.0.0/25 udp d53",
            ],
        ),
        ("match tcp/443", [f"{BER}10.20.0.0/24 tcp d443", f"{BER}10.30.0.0/25 tcp d443"]),
        ("match any", [f"{BER}10.20.0.0/24 any", f"{BER}10.30.0.0/25 any"]),
        ("match icmp", [f"{BER}10.20.0.0/24 icmp", f"{BER}10.30.0.0/25 icmp"]),
        ("match sctp/1000-2000 prefix 10.0.0.0/8 to 10.20.0.0/16", [f"{BER}10.20.0.0/24 sctp d1000-2000"]),
        ("match tcp/0-65535 prefix 10.1.0.7 to 10.20.0.9", ["10.1.0.7/32>10.20.0.9/32 tcp"]),
        (
            "match dscp AF41 prefix 10.1.0.0/25 to 10.20.0.0/24",
            ["10.1.0.0/25>10.20.0.0/24 tcp d8443 dscp34", "10.1.0.0/25>10.20.0.0/24 udp d53 dscp34"],
        ),
        (
            "match any prefix 10.1.0.0/24 to 10.20.0.0/24, tcp/443 prefix 10.1.0.0/24 to 10.20.0.0/24",
            [f"{BER}10.20.0.0/24 any"],
        ),
        (
            "match tcp/443 dscp 10 prefix 10.1.0.0/24 to 10.20.0.0/24, tcp/443 prefix 10.1.0.0/24 to 10.20.0.0/24",
            [f"{BER}10.20.0.0/24 tcp d443"],
        ),
    ],
)
def test_a_match_narrows_and_what_it_does_not_say_keeps_its_default(text, expected):
    found = match(text)
    assert found.errors == []
    assert flows(found) == (expected, [])


def test_without_a_service_everything_between_the_attached_prefixes_is_meant():
    found = run("intent t { from site ber  to site fra }")
    assert flows(found, "t/ber>fra")[0] == [
        "10.1.0.0/24>10.20.0.0/24 any",
        "10.1.0.0/24>10.30.0.0/24 any",
        "2001:db8:1::/64>2001:db8:20::/64 any",
    ]


def test_replies_swap_prefixes_and_ports():
    found = run("intent t { from site ber  to any of x }", prelude=SERVICE)
    assert flows(found, "t/ber>x/reply")[0][0] == "10.20.0.0/24>10.1.0.0/24 tcp s8443"


@pytest.mark.parametrize(
    ("text", "kept", "excepted"),
    [
        (
            "match tcp/8000-9000 prefix 10.1.0.0/24 to 10.20.0.0/24 except tcp/8443",
            [f"{BER}10.20.0.0/24 tcp d8000-9000"],
            [f"{BER}10.20.0.0/24 tcp d8443"],
        ),
        (
            "match tcp/80, tcp/443 except tcp/80, udp/53",
            [f"{BER}10.20.0.0/24 tcp d443", f"{BER}10.30.0.0/25 tcp d443"],
            [],
        ),
        (
            "match tcp/443 prefix 10.1.0.0/24 to 10.20.0.0/24 except dscp EF",
            [f"{BER}10.20.0.0/24 tcp d443"],
            [f"{BER}10.20.0.0/24 any dscp46"],
        ),
        (
            "match tcp/443 except prefix 10.1.0.128/25 to 10.20.0.0/24",
            [f"{BER}10.20.0.0/24 tcp d443", f"{BER}10.30.0.0/25 tcp d443"],
            ["10.1.0.128/25>10.20.0.0/24 any"],
        ),
        (
            "match tcp/443 except prefix 10.1.0.0/24 to 10.20.0.0/24",
            [f"{BER}10.30.0.0/25 tcp d443"],
            [],
        ),
    ],
)
def test_exceptions_are_kept_where_they_take_something_out(text, kept, excepted):
    found = match(text)
    assert found.errors == []
    assert flows(found) == (kept, excepted)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("match prefix 192.168.0.0/16 to 10.20.0.0/24", "prefix 192"),
        ("match tcp/443, udp/1 prefix 10.2.0.0/24 to 10.20.0.0/24", "udp/1"),
        ("match prefix 2001:db8:1::/64 to 10.20.0.0/24", "prefix 2001"),
    ],
)
def test_a_flow_that_fits_no_pair_is_refused_at_its_place(text, column):
    found = match(text)
    assert found.errors == ["E0217"]
    line = f"intent t {{ from site ber  to any of x  unidirectional  {text} }}"
    assert found.finding("E0217").span.column == line.index(column) + 1
    assert found.intent("t").is_rejected


def test_exceptions_that_leave_nothing_are_refused():
    found = match("match tcp/443 except tcp/400-500")
    assert found.errors == ["E0217"]
    assert "`ber to x`" in found.finding("E0217").message


def test_exceptions_that_leave_nothing_together_are_refused():
    assert match("match tcp/443 except tcp/443 dscp 0, dscp 1").errors == []
    every = ", ".join(f"dscp {number}" for number in range(64))
    assert match(f"match tcp/443 except {every}").errors == ["E0217"]


def test_families_have_to_match():
    prelude = "service x { at site fra  prefix 2001:db8:20::/64 }"
    found = run("intent t { from site ber, muc  to any of x }", prelude=prelude)
    assert found.errors == ["E0217"]
    assert "`muc to x`" in found.finding("E0217").message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("match tcp/443 udp/443", "E0243"),
        ("match dscp EF dscp AF41", "E0243"),
        ("match tcp/443 prefix 10.1.0.1/24 to 10.20.0.0/24", "E0232"),
        ("match dscp EFF", "E0231"),
        ("match dscp 64", None),
    ],
)
def test_a_flow_that_cannot_be_is_one_finding(text, code):
    errors = match(text).errors
    assert len(errors) == 1
    assert code is None or errors == [code]


@pytest.mark.parametrize(("name", "value"), [("EF", 46), ("ef", 46), ("cs5", 40), ("AF13", 14), ("le", 1), ("DF", 0)])
def test_code_points_have_their_registered_names(name, value):
    assert match(f"match tcp/443 dscp {name}").demand("t/ber>x").candidates[0].flows[0].dscp == value


def test_the_registry_has_all_names():
    assert len(CODE_POINTS) == 8 + 12 + 4


@given(st.permutations(["tcp/443", "udp/53", "icmp", "tcp/8000-8100 dscp AF41", "any dscp EF"]))
def test_the_order_of_flows_makes_no_difference(parts):
    prelude = "service x { at site fra  prefix 10.20.0.0/24 }"
    found = match(f"match {', '.join(parts)}", prelude)
    assert flows(found)[0] == [
        f"{BER}10.20.0.0/24 any dscp46",
        f"{BER}10.20.0.0/24 icmp",
        f"{BER}10.20.0.0/24 tcp d443",
        f"{BER}10.20.0.0/24 tcp d8000-8100 dscp34",
        f"{BER}10.20.0.0/24 udp d53",
    ]


def test_what_a_match_says_holds_for_every_pair():
    found = one("match tcp/22", ends="between site ber and site muc")
    assert {
        short(flow).split(" ", 1)[1] for demand in found.model.demands.values() for flow in demand.candidates[0].flows
    } == {
        "tcp d22",
        "tcp s22",
    }
