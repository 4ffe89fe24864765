"""What random mutations found (`test_verify_oracle`): each of these was once judged wrong by the prover, and is not again."""

import json
from copy import deepcopy

import pytest
from oracle_subjects import subject
from support_manifest import DIAMOND, INTENT, files, sample, topology
from support_verify import TODAY, build

from intentc.manifest.read import read_manifest
from intentc.verify.prove import prove

SPARE = 365  # a program in which an alternative leads in a promised state
WHOLE = json.loads(sample().text)


def found(change, intent=INTENT):
    """Return (code, state) of all findings after a change of the diamond's manifest, or of its intent."""
    whole = deepcopy(WHOLE)
    change(whole)
    proof = prove(files(intent), topology(), read_manifest(json.dumps(whole)), TODAY)
    return {(item.code, item.state) for item in proof.findings}


def demand(whole, at=0):
    return whole["intents"][0]["demands"][at]


# -- states --------------------------------------------------------------------------------------------------------------


def test_nothing_can_be_told_of_a_state_that_is_not_promised():
    def change(whole):
        demand(whole)["states"][0]["when"].append("node:b")

    assert ("E0572", "node:b") in found(change)


def test_an_entry_that_stands_for_no_promised_state_is_noticed():
    def change(whole):
        entry = deepcopy(demand(whole)["states"][0])
        demand(whole)["states"].append({**entry, "when": ["any"]})

    assert found(change) == {("E0572", "any")}


def test_a_path_that_is_kept_under_failure_meets_the_bound_of_the_failover_block():
    intent = INTENT.replace("survive any 1 link", "survive any 1 link latency <= 3ms")
    assert ("E0569", "link:ac") in found(dict.copy, intent)


def test_shares_are_exact():
    built = build(
        "intent x { from sa to sd priority high bandwidth 10Mbps per pair }",
        DIAMOND.replace(", igp_metric: 20", ""),
    )

    def change(whole):
        one, other = demand(whole)["primary"]["paths"]
        one["share_ppm"] -= 1
        other["share_ppm"] += 1

    assert built.codes() == set()
    assert built.codes(change) == {"E0570"}


def test_a_promised_state_that_cuts_an_end_off_needs_a_waiver():
    net = DIAMOND.replace("a: a, b: c", "a: b, b: c")  # `a` hangs on one link
    text = "intent x {{ from sa to sd failover within 1s {{ survive any 1 link {} }} }}"
    built = build(text.format("except access"), net)
    assert built.statuses == {"x": "placed"}
    promised = prove(files(text.format("")), topology(net), read_manifest(built.text), TODAY)
    assert ("E0573", "link:ab") in {(item.code, item.state) for item in promised.findings}


# -- statuses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "codes"), [("unsupported", {"E0563"}), ("rejected", {"E0563", "E0594"})])
def test_a_status_needs_a_finding_of_its_own_kind(status, codes):
    built = build("intent x { from sa to sd latency <= 1ms }", DIAMOND)
    assert built.statuses == {"x": "infeasible"}
    assert built.codes() == set()
    assert built.codes(lambda whole: whole["intents"][0].update(status=status)) == codes


def test_nothing_is_degraded_without_a_state_overlay():
    assert found(lambda whole: whole["intents"][0].update(status="degraded")) == {("E0563", None)}


def test_the_class_of_an_intent_that_is_not_placed_is_noticed():
    built = build("intent x { from sa to sd priority high latency <= 1ms }", DIAMOND)
    assert built.codes(lambda whole: whole["intents"][0].update({"class": "low"})) == {"E0565"}


WAIVE = 'waive {} until 2026-12-10 because "known"'


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ("latency <= 1ms", "E0502"),
        ("latency <= 1ms rtt", "E0502"),
        ("jitter <= 1us", "E0510"),
        ("failover within 50ms { survive any 1 link }", "E0620"),
        ("avoid node b, node c", "E0503"),
    ],
)
def test_what_a_waiver_accepts_is_true(clauses, code):
    built = build(
        f"intent x {{ from sa to sd bandwidth 1Mbps per pair priority high {clauses} {WAIVE.format(code)} }}", DIAMOND
    )
    assert built.statuses == {"x": "waived"}
    assert built.codes() == set()
    assert built.codes(lambda whole: whole["findings"].clear()) >= {"E0579"}


def test_a_waiver_of_a_bound_does_not_excuse_a_state_without_a_path():
    clauses = "latency <= 1ms failover within 1s { survive any 1 link latency <= 50ms }"
    built = build(f"intent x {{ from sa to sd {clauses} {WAIVE.format('E0502')} }}", DIAMOND)

    def change(whole):
        for at in (0, 1):
            for state in demand(whole, at)["states"]:
                demand(whole, at)["unprotected"] += state["when"]
            demand(whole, at)["states"] = []

    assert built.statuses == {"x": "waived"}
    assert built.codes() == set()
    assert "E0573" in built.codes(change)


# -- sums ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [-1, 1])
def test_the_worst_utilisation_is_exact(step):
    def change(whole):
        objective = whole["objective"]
        objective["max_utilisation"] = round(objective["max_utilisation"] + step / 1_000_000, 6)

    assert found(change) == {("E0577", None)}


def test_a_lower_bound_is_no_higher_than_its_prices_prove():
    built = build("intent x { from sa to sd priority high bandwidth 10Mbps per pair }", DIAMOND)

    def change(whole):
        whole["objective"]["lower_bound"] = round(whole["objective"]["lower_bound"] + 0.000001, 6)

    assert built.codes() == set()
    assert built.codes(change) == {"E0577"}


def test_a_link_that_is_used_without_a_reservation_is_listed():
    built = build("intent x { from sa to sd }", DIAMOND)
    assert built.codes() == set()
    assert built.codes(lambda whole: whole["links"].pop()) == {"E0577"}


# -- protection, steering ------------------------------------------------------------------------------------------------


def test_repair_takes_no_less_than_no_time():
    """Also where no promised failure breaks the path."""
    intent = INTENT.replace("survive any 1 link", "survive any 1 site except access")

    def change(repair_ms):
        def told(whole):
            for at in (0, 1):
                demand(whole, at)["states"] = []
                demand(whole, at)["protection"]["repair_ms"] = repair_ms

        return told

    assert ("E0574", None) in found(change(-1), intent) - found(change(0), intent)


def test_no_time_to_repair_is_told_where_nothing_is_promised():
    built = build("intent x { from sa to sd }", DIAMOND)
    told = {"detector": "bfd", "detect_ms": 150, "repair_ms": 100, "basis": "topology", "switches": []}
    assert built.codes(lambda whole: demand(whole).update(protection=told)) == {"E0574"}


def test_paths_of_an_alternative_are_not_left_out():
    given = subject(SPARE)
    draft = given.draft.copy()
    items = [item for each in draft.demands() for item in each["alternatives"][1:] if item["paths"]]
    assert items
    items[0]["paths"] = []
    why, said = given.hear(draft)
    assert why == "paths that the alternative does not take"
    assert [text[:5] for text in said] == ["E0570"]


# -- chains, assertions, devices -----------------------------------------------------------------------------------------

CHAIN = """
service own { at d prefix 10.9.0.0/24 port udp/4791 }
chain c { latency <= 100ms failover within 5s { survive any 1 link } step sa -> any of own }
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state["paths"][0]["links"].__setitem__(0, "nowhere"),
        lambda state: state["paths"].clear(),
    ],
    ids=["unknown link", "no path"],
)
def test_a_chain_over_what_is_no_path_is_a_finding(change):
    built = build(CHAIN, DIAMOND)
    assert built.codes() == set()
    assert "E0566" in built.codes(lambda whole: change(demand(whole)["states"][0]))


def test_that_an_assertion_does_not_hold_is_no_reason_to_leave_it_out():
    built = build("intent x { from sa to sd } assert a { hops <= 1 of x }", DIAMOND)
    assert built.codes() == set()
    assert built.codes(lambda whole: whole["assertions"].clear()) == {"E0721"}


def test_a_device_stands_once_and_has_its_own_files():
    def rename(whole):
        whole["devices"][1]["node"] = whole["devices"][0]["node"]

    def move(whole):
        whole["devices"][0]["files"], whole["devices"][1]["files"] = (
            whole["devices"][1]["files"],
            whole["devices"][0]["files"],
        )

    assert ("E0578", None) in found(rename)
    assert found(move) == {("E0578", None)}
