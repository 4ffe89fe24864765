"""Default deny: which prefixes are closed, and who may pass."""

import pytest
from support_resolve import PRELUDE, one, run


def table(found):
    return {
        (item.prefix, item.direction): sorted(shown(flow) for flow in item.allowed) for item in found.model.isolations
    }


def shown(flow) -> str:
    ports = f" s{flow.source_ports[0]}" if flow.source_ports else ""
    ports += f" d{flow.destination_ports[0]}" if flow.destination_ports else ""
    dscp = "" if flow.dscp is None else f" dscp{flow.dscp}"
    return f"{flow.source}>{flow.destination} {flow.protocol}{ports}{dscp}"


def test_only_flows_that_name_the_prefix_pass():
    found = run(
        """
        intent a { from site ber  to db  isolate }
        intent b { from site muc  to db  match tcp/22 }
        intent c { from site muc  to site nyc }
        """
    )
    assert table(found) == {
        ("10.30.0.0/24", "to"): ["10.1.0.0/24>10.30.0.0/24 tcp d5432", "10.2.0.0/24>10.30.0.0/24 tcp d22"],
    }
    (only,) = found.model.isolations
    assert (only.nodes, only.intents) == (("fra-dc1",), ("a",))


def test_replies_to_what_a_closed_prefix_asks_return():
    found = run("intent a { from site ber  to db  isolate }\nintent b { from db  to site nyc  match tcp/443 }")
    assert table(found)["10.30.0.0/24", "to"] == [
        "10.1.0.0/24>10.30.0.0/24 tcp d5432",
        "10.50.0.0/24>10.30.0.0/24 tcp s443",
    ]


def test_without_replies_nothing_returns():
    found = run(
        "intent a { from site ber  to db  isolate }\nintent b { from db  to site nyc  match tcp/443  unidirectional }"
    )
    assert table(found)["10.30.0.0/24", "to"] == ["10.1.0.0/24>10.30.0.0/24 tcp d5432"]


def test_closed_sources_reach_only_what_an_intent_names():
    found = run(
        "intent a { from site muc  to db  isolate from }\nintent b { from site ber  to site muc  match tcp/22 }"
    )
    assert table(found) == {
        ("10.2.0.0/24", "from"): ["10.2.0.0/24>10.1.0.0/24 tcp s22", "10.2.0.0/24>10.30.0.0/24 tcp d5432"],
    }


def test_both_sides_may_be_closed():
    found = one("isolate both", ends="from site muc  to db")
    assert list(table(found)) == [("10.2.0.0/24", "from"), ("10.30.0.0/24", "to")]


def test_every_node_with_the_prefix_guards_it():
    found = one("isolate", ends="from site ber  to any of (api except ams)")
    assert found.model.isolations[0].nodes == ("ams-dc1", "fra-dc1")


def test_intents_that_close_the_same_prefix_are_one_isolation():
    found = run("intent b { from site ber  to db  isolate }\nintent a { from site muc  to db  isolate }")
    (only,) = found.model.isolations
    assert only.intents == ("a", "b")
    assert only.span.line == 1
    assert len(only.allowed) == 2


def test_flows_are_cut_to_the_closed_prefix():
    prelude = "service x { at site fra  prefix 10.20.0.128/25  port tcp/1 }"
    found = run(
        "intent a { from site ber  to any of x  isolate }\nintent b { from site muc  to site fra }", prelude=prelude
    )
    assert table(found)["10.20.0.128/25", "to"] == [
        "10.1.0.0/24>10.20.0.128/25 tcp d1",
        "10.2.0.0/24>10.20.0.128/25 any",
    ]


def test_what_another_flow_allows_is_not_repeated():
    found = run("intent a { from site ber  to db  isolate }\nintent b { from site ber  to site fra  priority low }")
    assert table(found)["10.30.0.0/24", "to"] == ["10.1.0.0/24>10.30.0.0/24 any"]


def test_rejected_and_unsupported_intents_let_nobody_in():
    found = run(
        """
        intent a { from site ber  to db  isolate }
        intent b { from site muc  to db  pin region mars }
        intent c { from lab  to db  bandwidth 1Mbps  failover within 1s { bandwidth 1Mbps ceiling 2Mbps } }
        """
    )
    assert table(found)["10.30.0.0/24", "to"] == ["10.1.0.0/24>10.30.0.0/24 tcp d5432"]


def test_a_rejected_intent_closes_nothing():
    assert one("isolate  pin region mars", ends="from site ber  to db").model.isolations == ()


def test_exceptions_are_taken_out():
    found = one("match tcp/8000-8002 except tcp/8001  isolate", ends="from site ber  to db")
    assert table(found)["10.30.0.0/24", "to"] == [
        "10.1.0.0/24>10.30.0.0/24 tcp d8000",
        "10.1.0.0/24>10.30.0.0/24 tcp d8002",
    ]


def test_excepted_addresses_are_taken_out():
    text = "match tcp/443 except prefix 10.1.0.0/26 to 10.30.0.0/24  isolate"
    found = one(text, ends="from site ber  to db")
    assert table(found)["10.30.0.0/24", "to"] == [
        "10.1.0.128/25>10.30.0.0/24 tcp d443",
        "10.1.0.64/26>10.30.0.0/24 tcp d443",
    ]


def test_an_exception_of_another_intent_is_not_one_of_this():
    found = run(
        "intent a { from site ber  to db  match tcp/1-9 except tcp/5  isolate }\n"
        "intent b { from site ber  to db  match tcp/5  priority low }"
    )
    assert "10.1.0.0/24>10.30.0.0/24 tcp d5" in table(found)["10.30.0.0/24", "to"]


def test_all_protocols_but_some_ports_cannot_be_written_as_flows():
    found = run(
        "intent a { from site ber  to db  isolate }\nintent b { from site muc  to db  match any except tcp/22 }"
    )
    assert found.errors == ["E0290"]
    assert found.finding("E0290").intent == "b"
    assert found.intent("b").is_unsupported
    assert table(found)["10.30.0.0/24", "to"] == ["10.1.0.0/24>10.30.0.0/24 tcp d5432"]


def test_away_from_isolation_such_exceptions_are_fine():
    found = run(
        "intent a { from site ber  to db  isolate }\nintent b { from site muc  to site nyc  match any except tcp/22 }"
    )
    assert found.errors == []


@pytest.mark.parametrize(
    ("clauses", "direction", "expected"),
    [
        ("isolate to", "to", ["dscp18", "dscp20"]),
        ("isolate from", "from", ["dscp46"]),
    ],
)
def test_guards_know_the_code_points_of_their_side(clauses, direction, expected):
    found = one(f"match tcp/443 dscp EF  priority normal  {clauses}", ends="from site muc  to db")
    (allowed,) = [flows for (_, side), flows in table(found).items() if side == direction]
    assert [flow.split()[-1] for flow in allowed] == expected


def test_the_order_of_intents_makes_no_difference():
    intents = [
        "intent a { from site ber  to db  isolate both }",
        "intent b { from site muc  to db  isolate }",
        "intent c { from db  to site nyc  match tcp/443 }",
    ]
    first, second = (table(run("\n".join(order), prelude=PRELUDE)) for order in (intents, intents[::-1]))
    assert first == second


CLOSED = "intent a { from site ber  to db  isolate }\n"


def test_a_wider_intent_that_opens_a_closed_prefix_is_a_warning_with_a_packet():
    found = run(CLOSED + "intent b { from site muc  to site fra }")
    assert found.codes == ["W0408"]
    finding = found.finding("W0408")
    assert finding.message == (
        "`b` opens `10.30.0.0/24`, which `a` isolates, for"
        " tcp 10.2.0.1:1024 -> 10.30.0.1:1024, dscp 0 entering at `muc-br1`"
    )
    assert (finding.intent, finding.related[0].span.line) == ("b", 1)


@pytest.mark.parametrize(
    "other",
    [
        "intent b { from site muc  to db }",
        "intent b { from site muc  to site fra  match prefix 10.2.0.0/24 to 10.30.0.0/24 }",
        "intent b { from site muc  to site fra  match any except prefix 10.2.0.0/24 to 10.30.0.0/24 }",
        "intent b { from site fra  to site muc }",
        "intent b { from site ber  to site fra  match tcp/5432 }",
        "intent b { from site muc  to site ams }",
    ],
    ids=["names it", "is about it", "leaves it out", "comes from it", "what is let in already", "elsewhere"],
)
def test_what_does_not_open_a_closed_prefix_by_the_way_is_no_warning(other):
    assert "W0408" not in run(CLOSED + other).codes


def test_closed_sources_are_opened_by_wider_ones():
    text = "intent a { from node lab  to db  isolate from }\nintent b { from lab, site ber  to site nyc }"
    assert "W0408" not in run(text).codes  # each end is attached at a node of its own
    prelude = "service x { at site fra  prefix 10.30.0.0/24 }"
    found = run(
        "intent a { from x  to site ber  isolate from }\nintent b { from site fra  to site nyc }", prelude=prelude
    )
    assert found.finding("W0408").intent == "b"
