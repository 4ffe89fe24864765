"""Profiles: restrictions add up, of any other clause one counts, circles and diamonds."""

import pytest
from support_resolve import run

ENDS = "from site ber  to db"


def intent(extends: str, profiles: str, clauses: str = ""):
    return run(f"{profiles}\nintent t extends {extends} {{ {ENDS}  {clauses} }}")


def demand(found):
    return found.demand("t/ber>fra")


def test_a_profiles_clauses_hold():
    found = intent("p", "profile p { priority high  latency <= 15ms  bandwidth 1Mbps }")
    assert (demand(found).traffic_class, demand(found).bound_ns) == ("high", 15_000_000)


def test_an_intents_clause_replaces_its_profiles_whole():
    found = intent("p", "profile p { bandwidth 1Mbps ceiling 5Mbps burst 20KB  failover within 1s { otherwise drop } }",
                   "bandwidth 2Mbps  failover within 2s")  # fmt: skip
    assert (demand(found).bandwidth_bps, demand(found).ceiling_bps, demand(found).burst_bytes) == (
        2_000_000,
        None,
        15_000,
    )
    assert (demand(found).failover.within_ns, demand(found).otherwise) == (2_000_000_000, "best-effort")
    assert found.codes == []


def test_restrictions_add_up():
    profiles = """
    profile a { pin region eu  avoid node p1  encrypt  isolate to }
    profile b extends a { avoid node p2  isolate from  waive W0240 until 2027-06-30 because "x" }
    """
    found = intent("b", profiles, "avoid media lte  encrypt macsec")
    assert [item.text for item in demand(found).exclusions] == [
        "pin region eu", "avoid node p1", "encrypt", "avoid node p2", "avoid media lte", "encrypt macsec",
    ]  # fmt: skip
    assert {(item.prefix, item.direction) for item in found.model.isolations} >= {
        ("10.30.0.0/24", "to"),
        ("10.1.0.0/24", "from"),
    }
    assert [item.code for item in found.model.waivers] == ["W0240"]


def test_of_several_profiles_the_last_wins_with_a_note():
    found = intent("a, b", "profile a { priority high }\nprofile b { priority low }")
    assert demand(found).traffic_class == "low"
    assert found.codes == ["N0212"]
    finding = found.finding("N0212")
    assert "`priority`; that of `b` counts" in finding.message
    assert [label.span.line for label in finding.related] == [2, 1]
    assert finding.intent == "t"


@pytest.mark.parametrize(
    ("profiles", "extends", "clauses", "expected"),
    [
        ("profile a { priority high }\nprofile b { priority low }", "a, b", "priority normal", "normal"),
        ("profile a { priority high }\nprofile b extends a { priority low }", "a, b", "", "low"),
        ("profile a { priority high }\nprofile b extends a { priority low }", "b, a", "", "low"),
        (
            "profile a { priority high }\nprofile b extends a { }\nprofile c extends a { priority low }",
            "c, b",
            "",
            "low",
        ),
        ("profile a { priority high }\nprofile b extends a { }\nprofile c extends a { }", "b, c", "", "high"),
    ],
    ids=["own clause", "refined", "refined, base last", "diamond", "plain diamond"],
)
def test_a_clause_that_was_meant_to_win_needs_no_note(profiles, extends, clauses, expected):
    found = intent(extends, profiles, clauses)
    assert found.codes == []
    assert demand(found).traffic_class == expected


def test_a_diamond_counts_once():
    profiles = "profile base { avoid node p1 }\nprofile a extends base { }\nprofile b extends base { }"
    assert [item.text for item in demand(intent("a, b", profiles)).exclusions] == ["avoid node p1"]


def test_a_profile_named_twice_counts_once():
    found = intent("a, a", "profile a { avoid node p1 }")
    assert found.codes == []
    assert len(demand(found).exclusions) == 1


def test_profiles_in_a_circle_are_one_finding():
    found = intent("a", "profile a extends b { }\nprofile b extends c { }\nprofile c extends a { }")
    assert found.errors == ["E0211"]
    assert found.finding("E0211").intent is None
    assert found.intent("t").is_rejected


def test_a_long_row_of_profiles_is_refused():
    rows = [f"profile p{number} extends p{number + 1} {{ }}" for number in range(300)] + ["profile p300 { }"]
    assert set(run("\n".join(rows)).errors) == {"E0211"}


def test_an_unknown_profile_is_one_finding():
    found = intent("realtim", "profile realtime { }")
    assert found.errors == ["E0201"]
    assert found.finding("E0201").help == ("did you mean `realtime`?",)


def test_a_mistake_in_a_profile_is_reported_once_for_all_who_use_it():
    text = "profile p { pin region mars }\n" + "\n".join(
        f"intent t{number} extends p {{ from site ber to site nyc }}" for number in range(3)
    )
    found = run(text)
    assert found.errors == ["E0201"]
    assert found.finding("E0201").intent is None
    assert all(found.intent(f"t{number}").is_rejected for number in range(3))


def test_an_unsupported_clause_in_a_profile_stops_all_who_use_it():
    found = intent("p", "profile p { failover within 1s { bandwidth 1Mbps burst 2MB } }")
    assert found.errors == ["E0290"]
    assert found.intent("t").is_unsupported


def test_an_unsupported_clause_that_is_replaced_stops_nobody_but_is_still_refused():
    found = intent("p", "profile p { failover within 1s { bandwidth 1Mbps burst 2MB } }", "failover within 1s")
    assert found.errors == ["E0290"]
    assert found.intent("t").demands


def test_an_unused_profile_is_checked_too():
    assert run("profile p { pin region mars  failover within 1s { bandwidth 1Mbps burst 2MB } }").errors == [
        "E0201",
        "E0290",
    ]


@pytest.mark.parametrize(
    "clauses",
    [
        "priority high  priority low",
        "latency <= 1ms  latency <= 2ms",
        "label a = 1  label a = 2",
        "telemetry every 1s  telemetry every 2s",
    ],
)
def test_a_clause_that_stands_twice_is_refused(clauses):
    found = run(f"intent t {{ {ENDS}  {clauses} }}")
    assert found.errors == ["E0213"]
    assert found.finding("E0213").related[0].message == "first written here"
    assert found.intent("t").is_rejected


def test_labels_are_replaced_key_by_key():
    found = intent("p", "profile p { label a = 1  label b = 1 }", "label b = 2  label c = 2")
    assert found.intent("t").labels == {"a": 1, "b": 2, "c": 2}


def test_a_broken_clause_outweighs_an_unsupported_one():
    found = run(f"intent t {{ {ENDS}  failover within 1s {{ bandwidth 1Mbps burst 2MB }}  pin region mars }}")
    assert sorted(found.errors) == ["E0201", "E0290"]
    assert found.intent("t").is_rejected
    assert not found.intent("t").is_unsupported
