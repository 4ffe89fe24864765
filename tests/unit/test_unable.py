"""What devices cannot express is placed no more: chains, shared demands, assertions, waivers, and who was refused before; so is who shares what is refused."""

import json

import pytest
from support_lacking import obstacles, stages_lacking, without
from support_verify import build

from intentc.pipeline import STAGES

SMALL = "intent s { from ber to fra2 match tcp/99 priority normal bandwidth 2Mbps }\n"
BIG = "intent b { from muc to fra2 match tcp/81 priority high bandwidth 60Mbps }\n"  # over a link of 100 Mbps, then where `s` goes
CHAIN = """
service app { at ber, muc  prefix 10.1.0.0/24, 10.2.0.0/24  port tcp/80 }
service vec { at fra, ams  prefix 10.30.0.0/24, 10.40.0.0/24  port tcp/99 }
service emb { at fra2  prefix 10.50.0.0/24  port tcp/5432 }
chain t {
  latency <= 400ms
  bandwidth 5Mbps
  priority high
  step app -> any of vec  processing 6ms
  step vec -> emb
}
"""


def built(text, **lacking):
    """Compile for devices that lack things, and see that the manifest is proved."""
    found = build(text, stages=stages_lacking(STAGES, lambda known: without(known, lacking)))
    assert found.prove().findings == ()
    return found


def codes(found, intent):
    return [item.code for item in found.run.findings.sorted() if item.intent == intent]


def listed(found, intent):
    (entry,) = [entry for entry in json.loads(found.text)["intents"] if entry["name"] == intent]
    return entry["demands"]


def chains(found):
    return json.loads(found.text)["chains"]


def test_nothing_that_is_told_of_others_counts_it():
    alone, beside = build(SMALL), built(BIG + SMALL, muc1=["marking"])
    assert beside.statuses == {"b": "unsupported", "s": "placed"}
    assert codes(beside, "b") == ["E0610"]
    assert listed(beside, "b") == []
    assert listed(beside, "s") == listed(alone, "s")
    for key in ("links", "objective"):
        assert json.loads(beside.text)[key] == json.loads(alone.text)[key]
    assert json.loads(beside.text)["objective"]["lower_bound"] is not None


def test_a_chain_goes_whole():
    found = built(SMALL + CHAIN, fra1=["marking"])  # where one of its steps begins, and not the others
    assert found.statuses == {"s": "placed", "t": "unsupported"}
    whole = json.loads(found.text)
    assert whole["chains"] == []
    assert listed(found, "t") == []
    assert whole["links"] == json.loads(build(SMALL).text)["links"]


def test_chains_that_stay_are_summed_up_anew():
    chain = CHAIN.replace("at ber, muc  prefix 10.1.0.0/24, 10.2.0.0/24", "at muc  prefix 10.2.0.0/24")
    other = BIG.replace("from muc to fra2", "from ber to fra1 avoid node p3")
    alone, beside = chains(build(chain)), built(chain + other, ber1=["marking"])
    assert beside.statuses == {"t": "placed", "b": "unsupported"}
    assert chains(beside) == alone != chains(build(chain + other))


def test_who_shares_its_demand_goes_too_and_says_so():
    one = "intent {} {{ from muc to fra2 match tcp/81 priority high bandwidth 6Mbps }}\n"
    found = built(SMALL + one.format("a") + one.format("b"), muc1=["marking"])
    assert found.statuses == {"s": "placed", "a": "unsupported", "b": "infeasible"}
    assert codes(found, "a") == ["E0610"]
    assert codes(found, "b") == ["E0539", "N0404"]


@pytest.mark.parametrize(("limit", "holds"), [("40", True), ("0.1", False)])
def test_an_assertion_is_judged_by_what_is_left(limit, holds):
    found = built(f"assert headroom {{ utilization <= {limit}% }}\n{BIG}{SMALL}", muc1=["marking"])
    (result,) = json.loads(found.text)["assertions"]
    assert result["holds"] is holds
    assert codes(found, "headroom") == [] if holds else ["E0703"]


def test_what_a_waiver_accepts_stays_and_counts():
    waived = BIG.replace("}", 'waive E0610 until 2026-12-10 because "known" }')
    found = built(waived + SMALL, muc1=["marking"])
    assert found.statuses == {"b": "waived", "s": "placed"}
    assert listed(found, "b")
    assert json.loads(found.text)["objective"]["max_utilisation"] >= 0.6


def test_who_was_refused_beside_it_stays_refused():
    lower = BIG.replace("intent b", "intent c").replace("high", "normal").replace("tcp/81", "tcp/82 avoid node p2")
    found = built(BIG + lower, muc1=["marking"])
    assert found.statuses == {"b": "unsupported", "c": "infeasible"}


def test_so_it_is_where_only_what_devices_would_be_given_shows_it(monkeypatch):
    monkeypatch.setattr("intentc.render.obstacles.check_obstacles", obstacles(lambda name: name == "b"))
    found = built(f"assert headroom {{ utilization <= 70% }}\n{BIG}{SMALL}")
    alone = build(f"assert headroom {{ utilization <= 70% }}\n{SMALL}")
    assert found.statuses == {"b": "unsupported", "s": "placed"}
    assert codes(found, "b") == ["E0610"]
    for key in ("links", "assertions", "objective"):
        assert json.loads(found.text)[key] == json.loads(alone.text)[key]


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ("latency <= 1ms bandwidth 1Mbps", "E0502"),
        ("bandwidth 80Mbps", "E0527"),
        ("latency <= 9.1ms bandwidth 6Mbps burst 60KB", "E0529"),
    ],
)
def test_who_shares_what_is_refused_says_so_too(clauses, code):
    one = "intent {} {{ from muc to fra2 match tcp/81 {} }}\n"
    found = build(one.format("a", clauses) + one.format("b", clauses) + SMALL)
    assert found.prove().findings == ()
    assert found.statuses == {"a": "infeasible", "b": "infeasible", "s": "placed"}
    assert codes(found, "a") == [code]
    assert codes(found, "b") == ["E0539", "N0404"]
    (guest,) = [item for item in found.run.findings.items if item.code == "E0539"]
    assert guest.span.line == 2
    assert (guest.related[0].span.line, guest.related[0].message) == (1, "this is why `a` is not")


def test_that_cannot_be_waived():
    found = build(BIG.replace("}", 'waive E0539 until 2026-12-10 because "known" }') + SMALL)
    assert found.statuses == {"b": "rejected", "s": "placed"}
    assert codes(found, "b") == ["E0229"]


def test_of_who_shares_what_is_refused_nothing_else_is_left_either():
    """Its replies are its own, as the other one asks for none."""
    one = "intent {} {{ from muc to fra2 match tcp/81 priority high latency <= 1ms bandwidth 6Mbps {} }}\n"
    text = SMALL + one.format("a", "unidirectional") + one.format("b", "")
    found = build(text)
    assert found.prove().findings == ()
    assert found.statuses == {"s": "placed", "a": "infeasible", "b": "infeasible"}
    assert json.loads(found.text)["links"] == json.loads(build(SMALL).text)["links"]


def test_who_is_refused_alone_leaves_what_another_one_carries_for_it():
    """Only the replies of `b` find no way in time; `a` has none."""
    text = SMALL + "".join(
        f"intent {name} {{ from muc to fra2 match tcp/81 priority high bandwidth 6Mbps {rest} }}\n"
        for name, rest in (("a", "unidirectional"), ("b", ""))
    )
    assert build(text).statuses == {"s": "placed", "a": "placed", "b": "placed"}
