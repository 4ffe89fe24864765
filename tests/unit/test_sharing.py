"""Routers that share their links by weights: of classes that are not strict nothing is proved there, and users are told why."""

import json
import re

import pytest
from support_verify import NET, build

from intentc.cli.explain_assumed import assumed_lines
from intentc.manifest.build import intent_entries

CORE = re.sub(
    r'(p[123]: \{region: .., )release: "8.4"', r'\1platform: openconfig, release: "5.9"', NET.replace("50ms", "300ms")
)
SHAPING = re.sub(
    r'(p[123]: \{region: .., )release: "8.4"',
    r'\1platform: eos, chassis: 7280R3, release: "4.34"',
    NET.replace("50ms", "300ms"),
)
FOREIGN = re.sub(r'(p[123]: \{region: .., )release: "8.4"', r"\1platform: none", NET)


def built(name, clauses="", net=CORE):
    found = build(f"intent x {{ from ber to fra2 priority {name} bandwidth 10Mbps {clauses} }}", net)
    assert not found.prove().findings
    return found


def bases(found):
    return {entry["primary"]["basis"] for entry in json.loads(found.text)["intents"][0]["demands"]}


def told(found, name):
    (entry,) = intent_entries(found.run.model, found.run.realised, ())
    return [line for demand in entry.demands for line in assumed_lines(demand, name, found.run)]


@pytest.mark.parametrize(
    ("name", "net", "basis"),
    [
        ("critical", CORE, "proved"),
        ("high", CORE, "assumed"),
        ("high", NET, "proved"),
        ("critical", FOREIGN, "assumed"),
        ("critical", SHAPING, "assumed"),
    ],
)
def test_only_strict_classes_are_proved_where_others_share_and_they_where_caps_let_bursts_pass(name, net, basis):
    assert bases(built(name, net=net)) == {basis}


def test_it_is_told_at_which_nodes_and_why():
    there, back = told(built("high"), "high")
    assert re.fullmatch(
        r"    the wait in queues is assumed, not proved: classes share by weights, .* at p\d \(openconfig\)", there
    )
    assert re.search(r" at p\d \(openconfig\)$", back)
    assert all(re.search("nobody configures p[0-9]$", line) for line in told(built("high", net=FOREIGN), "high"))
    assert told(built("critical"), "critical") == told(built("high", net=NET), "high") == []


def test_of_a_strict_class_it_is_told_where_its_cap_may_hold_bursts_back():
    for line in told(built("critical", net=SHAPING), "critical"):
        assert re.search(r": the class is capped by a shaper .* what burst it lets pass, at p\d \(eos\)$", line)
    assert [item.code for item in built("critical", "loss <= 1%", SHAPING).run.findings.items if item.is_error] == [
        "E0512"
    ]


def test_no_loss_can_be_promised_where_nothing_is_proved():
    found = [item for item in built("high", "loss <= 1%").run.findings.items if item.is_error]
    assert [item.code for item in found] == ["E0512"]
    assert "is assumed, not proved" in found[0].message
    assert "strict" in found[0].help[0]
    assert not built("critical", "loss <= 1%").run.findings.has_errors
    assert not built("high", "loss <= 1%", NET).run.findings.has_errors


def test_a_manifest_that_calls_it_proved_is_refuted():
    def proved(whole):
        for entry in whole["intents"][0]["demands"]:
            entry["primary"]["basis"] = "proved"

    assert built("high").codes(proved) == {"E0568"}
