"""Where intents match the same packets: contradictions, precedence, joined rates."""

import pytest
from support_resolve import Resolved, plain, run


def two(a: str, b: str, *, ends: str = "from site muc  to db", **rest) -> Resolved:
    return run(f"intent a {{ {ends}  {a} }}\nintent b {{ {ends}  {b} }}", **rest)


def order(found: Resolved) -> list[str]:
    return [demand.key for demand in sorted(found.model.demands.values(), key=lambda demand: demand.precedence)]


def test_different_treatment_of_one_packet_is_an_error_of_the_later():
    found = two("match tcp/443, tcp/80  priority high", "match tcp/443, udp/443  priority low")
    assert found.errors == ["E0401"]
    finding = found.finding("E0401")
    assert finding.message == (
        "`b` contradicts `a` on tcp 10.2.0.1:1024 -> 10.30.0.1:443, dscp 0 entering at `muc-br1`: different class"
    )
    assert (finding.intent, finding.span.line, finding.related[0].span.line) == ("b", 2, 1)
    assert found.intent("b").is_rejected
    assert found.intent("a").demands == ("a/muc>fra", "a/muc>fra/reply")


def test_later_is_by_file_path_then_line():
    text = "intent z {{ from site muc  to db  match tcp/443, {0}  priority {1} }}"
    found = run(text.format("tcp/80", "high"), aaa=text.format("tcp/81", "low").replace("intent z", "intent y"))
    assert found.finding("E0401").intent == "z"
    assert found.finding("E0401").related[0].span.file == "intents/aaa.intent"


@pytest.mark.parametrize(
    ("a", "b", "aspect"),
    [
        ("priority high", "priority low", "class"),
        ("pin region eu", "pin region de", "path constraints"),
        ("avoid node p1", "avoid node p2", "path constraints"),
        ("via node p1, node p2", "via node p2, node p1", "path constraints"),
        ("encrypt macsec", "encrypt", "encryption"),
        ("latency <= 5ms", "latency <= 6ms", "latency"),
        ("latency <= 5ms", "latency <= 5ms rtt", "latency"),
        ("failover within 1s { survive any 1 srlg }", "failover within 1s", "failover"),
        ("failover within 1s { otherwise drop }", "failover within 1s", "failover"),
        ("failover within 1s { latency <= 9ms }", "failover within 1s", "failover"),
        ("bandwidth 1Mbps", "", "policing"),
        ("bandwidth 1Mbps ceiling 2Mbps", "bandwidth 1Mbps", "policing"),
        ("bandwidth 1Mbps per pair", "bandwidth 1Mbps total", "choice of replica or unit of rate"),
    ],
)
def test_equal_matches_with_different_treatment_contradict(a, b, aspect):
    found = two(a, b)
    assert found.errors == ["E0401"]
    assert found.finding("E0401").message.endswith(f"different {aspect}")


def test_a_replica_of_choice_and_a_fixed_one_contradict():
    found = run("intent a { from site muc  to db }\nintent b { from site muc  to any of db }")
    assert found.errors == ["E0401"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("match tcp/443", "match tcp/80"),
        ("match tcp/443", "match udp/443"),
        ("match dscp EF", "match dscp AF41"),
        ("match tcp/443 prefix 10.2.0.0/25 to 10.30.0.0/24", "match tcp/443 prefix 10.2.0.128/25 to 10.30.0.0/24"),
        ("match tcp/1-100, udp/7 except tcp/50-60", "match tcp/50-60, udp/8"),
    ],
)
def test_what_does_not_overlap_does_not_contradict(a, b):
    found = two(f"{a}  priority high  unidirectional", f"{b}  priority low  unidirectional")
    assert found.codes == []


def test_the_same_packets_from_elsewhere_are_other_packets():
    text = "intent a { from site muc  to db  priority high }\nintent b { from site ber  to db  priority low }"
    assert run(text).codes == []


@pytest.mark.parametrize(
    ("a", "b", "winner"),
    [
        ("match tcp/443", "match tcp/400-500", "a"),
        ("match any", "match tcp/443", "b"),
        ("match tcp/443 dscp EF", "match tcp/443", "a"),
        ("match tcp/1-9 except tcp/5", "match tcp/1-9", "a"),
        ("match tcp/443, tcp/444", "match tcp/443, tcp/444, tcp/445", "a"),
        ("match tcp/443-444", "match tcp/443, tcp/444, tcp/445", "a"),
    ],
)
def test_the_narrower_match_wins_with_a_note(a, b, winner):
    found = two(f"{a}  priority high  unidirectional", f"{b}  priority low  unidirectional")
    assert found.codes == ["N0402"]
    assert found.finding("N0402").intent == winner
    assert order(found)[0].startswith(winner)


def test_narrower_in_ingress_is_narrower():
    found = run("intent a { from branches  to db  priority high }\nintent b { from site muc  to db  priority low }")
    assert found.codes == ["N0402"]
    assert order(found)[0] == "b/muc>fra"


def test_a_chain_of_narrower_matches_is_tried_from_the_inside():
    text = "\n".join(
        f"intent {name} {{ from site muc  to db  match tcp/1-{last}  priority {priority}  unidirectional }}"
        for name, last, priority in (("a", 900, "high"), ("b", 90, "low"), ("c", 9, "normal"))
    )
    found = run(text)
    assert order(found) == ["c/muc>fra", "b/muc>fra", "a/muc>fra"]


def test_overriding_settles_an_overlap():
    found = two("match tcp/443, tcp/80  priority high", "match tcp/443, udp/443  priority low  overrides a")
    assert found.codes == []
    assert order(found)[0] == "b/muc>fra"


def test_overriding_beats_a_narrower_match():
    found = two("match tcp/443  priority high", "match any  priority low  overrides a")
    assert found.codes == ["W0407"]
    assert order(found)[0] == "b/muc>fra"


def test_an_exception_settles_an_overlap():
    assert (
        two("match tcp/443, tcp/80  priority high", "match tcp/443, udp/443 except tcp/443  priority low").errors == []
    )


def test_overriding_each_other_is_a_circle():
    found = two("overrides b  priority high", "overrides a  priority low")
    assert found.errors == ["E0405"]
    assert found.finding("E0405").intent == "b"
    assert found.intent("b").is_rejected
    assert found.intent("a").demands


def test_an_override_against_two_narrower_matches_is_a_circle():
    text = """
    intent a { from site muc  to db  match tcp/1-9  priority high }
    intent b { from site muc  to db  match tcp/1-99  priority low  overrides c }
    intent c { from site muc  to db  match tcp/1-5  priority normal }
    """
    found = run(text)
    assert found.errors == ["E0405"]
    assert found.finding("E0405").intent == "b"
    assert {label.message for label in found.finding("E0405").related} == {
        "`a` is in the circle",
        "`c` is in the circle",
    }


def test_an_intent_does_not_override_itself():
    assert run("intent a { from site muc  to db  overrides a }").errors == ["E0227"]


def test_a_contradiction_can_be_waived():
    waiver = 'waive E0401 until 2027-06-30 because "being split"'
    found = two("match tcp/443, tcp/80  priority high", f"match tcp/443, udp/443  priority low  {waiver}")
    assert found.codes == ["E0401"]
    assert found.intent("b").demands
    assert order(found)[:2] == ["a/muc>fra", "b/muc>fra"]


def test_one_finding_names_all_that_an_intent_contradicts():
    intents = [
        f"intent {name} {{ from site muc  to db  match tcp/{low}-{low + 9}  priority {priority} }}"
        for name, low, priority in (("a", 10, "high"), ("b", 20, "low"), ("c", 15, "normal"))
    ]
    found = run("\n".join(intents))
    assert found.errors == ["E0401"]
    finding = found.finding("E0401")
    assert "`c` contradicts `a` (and 1 more)" in finding.message
    assert [label.message for label in finding.related] == ["`a` matches it too", "`b` matches it too"]


def test_forward_traffic_wins_over_replies_with_a_note():
    found = run("intent a { from site muc  to db }\nintent b { from db  to site muc  match any  priority high }")
    assert found.codes == ["N0403", "N0403"]
    assert order(found)[:2] == ["a/muc>fra", "b/fra>muc"]


def test_alike_replies_and_forward_traffic_need_no_note():
    assert run("intent a { from site muc  to db  match any }\nintent b { from db  to site muc  match any }").codes == []


def test_replies_come_after_forward_traffic():
    keys = order(run("intent a { from branches  to db  match tcp/1 }\nintent b { from branches  to db  match tcp/2 }"))
    assert [key.endswith("/reply") for key in keys] == [False] * 6 + [True] * 6


def test_precedence_is_a_total_order():
    found = run("intent a { from branches  to db }\nintent b { from site muc  to db  priority high }")
    assert sorted(demand.precedence for demand in found.model.demands.values()) == list(range(8))


# -- never in effect -----------------------------------------------------------------------------------------------------


def test_an_intent_whose_packets_all_go_to_others_is_never_in_effect():
    text = "\n".join(
        f"intent {name} {{ from site muc  to db  match tcp/{ports}  priority {priority}  unidirectional }}"
        for name, ports, priority in (("a", "1-9", "high"), ("b", "1-4", "low"), ("c", "5-9", "low"))
    )
    found = run(text)
    assert found.codes == ["W0407", "N0402", "N0402"]
    finding = found.finding("W0407")
    assert finding.message == (
        "`a` is never in effect: `b` and 1 more win over all that it matches,"
        " as tcp 10.2.0.1:1024 -> 10.30.0.1:4, dscp 0 entering at `muc-br1`"
    )
    assert (finding.intent, [label.span.line for label in finding.related]) == ("a", [2, 3])


@pytest.mark.parametrize(
    ("ports", "more"),
    [("tcp/1-3", ""), ("tcp/1-4 dscp EF", ""), ("tcp/1-4", "except tcp/2")],
    ids=["a port", "a code point", "an exception"],
)
def test_one_packet_left_is_enough_to_be_in_effect(ports, more):
    text = f"""
    intent a {{ from site muc  to db  match tcp/1-9  priority high  unidirectional }}
    intent b {{ from site muc  to db  match {ports} {more}  priority low  unidirectional }}
    intent c {{ from site muc  to db  match tcp/5-9  priority low  unidirectional }}
    """
    assert set(run(text).codes) == {"N0402"}


def test_one_ingress_left_is_enough_to_be_in_effect():
    text = "intent a { from ber, muc  to db  priority high }\nintent b { from muc  to db  priority low }"
    assert run(text).codes == ["N0402"]


# -- rates that cannot add up --------------------------------------------------------------------------------------------


def test_rates_of_matches_that_only_overlap_do_not_add_up():
    found = two("match tcp/1-9  bandwidth 1Mbps", "match tcp/5-20  bandwidth 2Mbps", ends="from site muc  to db")
    assert found.errors == ["E0401"]
    assert "tcp 10.2.0.1:1024 -> 10.30.0.1:9, dscp 0" in found.finding("E0401").message
    assert found.finding("E0401").message.endswith("different rate (what both match cannot count for both)")


@pytest.mark.parametrize(("a", "b"), [("bandwidth 1Mbps", ""), ("", "bandwidth 1Mbps")])
def test_a_rate_beside_none_is_other_policing(a, b):
    found = two(f"match tcp/1-9  {a}", f"match tcp/5-20  {b}")
    assert found.finding("E0401").message.endswith("different policing")


def test_a_narrower_rate_is_taken_out_of_the_wider_with_a_note():
    found = two("match tcp/1-9  bandwidth 1Mbps", "match tcp/1-20  bandwidth 2Mbps")
    assert [found.codes[0], found.errors, found.finding("N0402").intent] == ["N0402", [], "a"]
    assert found.demand("a/muc>fra").precedence < found.demand("b/muc>fra").precedence


# -- joined rates ------------------------------------------------------------------------------------------------------


def test_equal_matches_with_equal_treatment_add_their_rates():
    found = two("bandwidth 2Mbps ceiling 5Mbps burst 20KB  failover within 1s { bandwidth 1Mbps }",
                "bandwidth 3Mbps ceiling 6Mbps burst 30KB  failover within 1s { bandwidth 2Mbps }")  # fmt: skip
    assert found.codes == ["N0404"]
    assert found.finding("N0404").intent == "b"
    assert list(found.model.demands) == ["a/muc>fra", "a/muc>fra/reply"]
    assert found.intent("b").demands == found.intent("a").demands == ("a/muc>fra", "a/muc>fra/reply")
    demand = found.demand("a/muc>fra")
    assert (demand.bandwidth_bps, demand.pool_bps, demand.ceiling_bps) == (5_000_000, 5_000_000, 11_000_000)
    assert (demand.burst_bytes, demand.shared_with) == (50_000, ("b",))
    assert (demand.failover.bandwidth_bps, demand.failover.pool_bps) == (3_000_000, 3_000_000)


def test_three_equal_intents_are_one():
    text = "\n".join(f"intent {name} {{ from site muc  to db  bandwidth 1Mbps }}" for name in "cab")
    found = run(text)
    assert found.codes == ["N0404", "N0404"]
    assert found.demand("a/muc>fra").bandwidth_bps == 3_000_000
    assert found.demand("a/muc>fra").shared_with == ("b", "c")
    assert found.intent("c").demands == ("a/muc>fra", "a/muc>fra/reply")


def test_only_the_direction_that_is_equal_joins():
    found = two("", "unidirectional")
    assert list(found.model.demands) == ["a/muc>fra", "a/muc>fra/reply"]
    assert found.intent("b").demands == ("a/muc>fra",)
    reverse = two("unidirectional", "")
    assert reverse.demand("b/muc>fra/reply").reply_to == "a/muc>fra"
    assert reverse.intent("b").demands == ("a/muc>fra", "b/muc>fra/reply")


def test_who_carries_does_not_hang_on_the_order():
    texts = ["intent a { from site muc  to db  bandwidth 1Mbps }", "intent b { from site muc  to db  bandwidth 2Mbps }"]
    first, second = (run("\n".join(order)) for order in (texts, texts[::-1]))
    assert plain(first.demand("a/muc>fra")) == plain(second.demand("a/muc>fra"))


def test_equal_treatment_of_overlapping_matches_is_fine():
    assert two("match tcp/443, tcp/80  priority high", "match tcp/443, udp/443  priority high").codes == []


def test_of_joined_intents_the_one_that_wins_carries_the_traffic():
    """`a` and `c` match the same packets; `b` wins over `a` by its word, `c` over `b` as the narrower one."""
    found = run(
        "intent a { from muc  to db  unidirectional  match tcp/1  priority low }\n"
        "intent b { from muc  to db  unidirectional  match tcp/1-9  priority high  overrides a }\n"
        "intent c { from muc  to db  unidirectional  match tcp/1  priority low }"
    )
    assert order(found) == ["c/muc>fra", "b/muc>fra"]
    assert found.finding("N0404").related[0].message == "`c` carries the traffic of both"
    assert found.demand("c/muc>fra").traffic_class == "low"
