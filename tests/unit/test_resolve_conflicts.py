"""Where intents match the same packets: contradictions, precedence, joined rates; equal to brute force on sampled packets."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_resolve import PATIENT, PRELUDE, Resolved, plain, run

from intentc.resolve.packets import box


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
    assert found.codes == []
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


# -- against brute force -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """An intent of the random programs: ports, code point, source site and class; all to the same service."""

    low: int
    high: int
    dscp: int | None
    source: str
    priority: str
    hole: int | None

    def text(self, name: str) -> str:
        dscp = "" if self.dscp is None else f" dscp {self.dscp}"
        hole = "" if self.hole is None else f" except tcp/{self.hole}"
        return (
            f"intent {name} {{ from {self.source}  to db  unidirectional"
            f"  match tcp/{self.low}-{self.high}{dscp}{hole}  priority {self.priority} }}"
        )

    def packets(self) -> frozenset[tuple[str, int, int]]:
        """Return all (ingress, port, code point) that the intent matches, of a small universe."""
        sites = ["ber", "ham", "muc"] if self.source == "branches" else [self.source]
        return frozenset(
            (site, port, dscp)
            for site in sites
            for port in range(self.low, self.high + 1)
            for dscp in (0, 1, 2)
            if port != self.hole and self.dscp in {None, dscp}
        )


@st.composite
def written(draw) -> Written:
    low = draw(st.integers(1, 6))
    high = draw(st.integers(low, 6))
    return Written(
        low,
        high,
        draw(st.sampled_from([None, 0, 1])),
        draw(st.sampled_from(["ber", "muc", "branches"])),
        draw(st.sampled_from(["high", "low"])),
        draw(st.sampled_from([None, 2, 3])) if low < high else None,
    )


@settings(PATIENT, max_examples=150)
@given(st.lists(written(), min_size=2, max_size=5))
def test_contradictions_and_winners_equal_brute_force(intents):
    names = [f"i{number}" for number in range(len(intents))]
    by_name = dict(zip(names, intents, strict=True))
    found = run("\n".join(item.text(name) for name, item in by_name.items()), prelude=PRELUDE)
    sets = {name: item.packets() for name, item in by_name.items()}
    rejected = {
        later
        for number, later in enumerate(names)
        for earlier in names[:number]
        if sets[later] & sets[earlier]
        and by_name[later].priority != by_name[earlier].priority
        and not (sets[later] < sets[earlier] or sets[earlier] < sets[later])
    }
    assert {item.intent for item in found.findings if item.code == "E0401"} == rejected
    kept = [name for name in names if name not in rejected]
    for packet in sorted(frozenset().union(*(sets[name] for name in kept))):
        matching = [name for name in kept if packet in sets[name]]
        narrowest = [name for name in matching if not any(sets[other] < sets[name] for other in matching)]
        assert first_match(found, packet) in {by_name[name].priority for name in narrowest}


def first_match(found: Resolved, packet: tuple[str, int, int]) -> str:
    """Return the class of the first demand that matches a packet, by going through all of them."""
    site, port, dscp = packet
    for demand in sorted(found.model.demands.values(), key=lambda demand: demand.precedence):
        for candidate in demand.candidates:
            if candidate.source.site == site and any(
                has(flow, port, dscp) and not any(has(hole, port, dscp) for hole in candidate.excepted)
                for flow in candidate.flows
            ):
                return demand.traffic_class
    return "nothing"


def has(flow, port: int, dscp: int) -> bool:
    whole = box(flow)
    return whole[4] <= 0 <= whole[5] and whole[8] <= port <= whole[9] and whole[10] <= dscp <= whole[11]
