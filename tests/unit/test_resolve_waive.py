"""Waivers: which findings they accept, and until when."""

import datetime as dt

import pytest
from support_resolve import TODAY, one, run

from intentc.diagnostics import Diagnostic
from intentc.resolve.waive import apply_waivers


def waive(code: str, until: str, today: dt.date = TODAY):
    return one(f'waive {code} until {until} because "agreed"', today=today)


def test_a_waiver_is_in_the_model():
    found = waive("E0520", "2027-06-30")
    assert found.codes == []
    (waiver,) = found.model.waivers
    assert (waiver.intent, waiver.code, waiver.until, waiver.because) == ("t", "E0520", "2027-06-30", "agreed")


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-11-19", ["E0230"]),
        ("2026-11-20", ["W0230"]),
        ("2026-12-04", ["W0230"]),
        ("2026-12-05", []),
    ],
)
def test_an_expired_waiver_is_an_error_and_one_near_its_end_a_warning(until, codes):
    assert waive("E0520", until).codes == codes


def test_an_expired_waiver_stops_its_intent():
    assert waive("E0520", "2020-01-01").intent("t").is_rejected


@pytest.mark.parametrize("code", ["E0201", "E0101", "E9999", "nonsense"])
def test_what_leaves_nothing_cannot_be_waived(code):
    assert waive(code, "2027-06-30").errors == ["E0229"]


def test_a_near_code_is_proposed():
    assert waive("E0401x", "2027-06-30").finding("E0229").help == ("did you mean `E0401`?",)


def finding(code: str, intent: str | None) -> Diagnostic:
    return Diagnostic(code, "x", None, intent=intent)


@pytest.mark.parametrize(
    ("code", "intent", "day", "is_waived"),
    [
        ("E0520", "t", "2027-06-30", True),
        ("E0520", "t", "2027-07-01", False),
        ("E0520", "u", "2027-06-30", False),
        ("E0520", None, "2027-06-30", False),
        ("E0401", "t", "2027-06-30", False),
    ],
)
def test_a_waiver_accepts_one_code_of_one_intent_up_to_its_day(code, intent, day, is_waived):
    waivers = waive("E0520", "2027-06-30").model.waivers
    (found,) = apply_waivers([finding(code, intent)], waivers, dt.date.fromisoformat(day))
    assert found.waived is is_waived
    assert found.is_error is not is_waived


def test_findings_keep_their_order_and_the_rest_of_them():
    findings = [finding("E0401", "t"), finding("E0520", "t"), finding("W0240", "t")]
    found = apply_waivers(findings, waive("E0520", "2027-06-30").model.waivers, TODAY)
    assert [(item.code, item.waived) for item in found] == [("E0401", False), ("E0520", True), ("W0240", False)]


def test_warnings_can_be_waived():
    found = one('latency <= 15ms  waive W0240 until 2027-06-30 because "rates to come"')
    (warning,) = apply_waivers(found.findings, found.model.waivers, TODAY)
    assert warning.waived


def test_a_profiles_waiver_is_each_intents_own():
    text = 'profile p { waive E0520 until 2027-06-30 because "x" }\n' + "\n".join(
        f"intent {name} extends p {{ from site muc to site nyc }}" for name in "ba"
    )
    assert [item.intent for item in run(text).model.waivers] == ["a", "b"]
