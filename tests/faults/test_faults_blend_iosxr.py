"""The fault matrix of the command line of IOS XR: every phase × every fault, in a transaction with an agent and a NETCONF server.

See `test_faults_blend`. Here the timers have ended before `recover` runs: only the session that committed can confirm or go back.
"""

from __future__ import annotations

import itertools
import time

import pytest
from support_push_blend import Strike
from support_push_blend_xr import CONFIRM_S, NODES, blend
from test_faults_blend import BEYOND, FAULTS, UNTOUCHED

from intentc.push.findings import PHASES
from intentc.push.report import STATUS, Outcome
from intentc.push.store import Store

NODE = NODES["iosxr"]
# Of the messages of a phase (from 1): one that changes something where there is one, and the last where that is another kind.
WHERE = {
    "connect": (1,),
    "lock": (2,),
    "read": (2,),
    "validate": (4,),
    "commit": (1, 2),
    "extend": (1,),
    "read back": (1,),
    "probe": (1,),
    "confirm": (2,),
    "persist": (1,),
    "back": (1,),
    "unlock": (1,),
}
CASES = [
    pytest.param(phase, on, fault, id=f"{phase}-{on}-{fault}")
    for phase, places in WHERE.items()
    for on in places
    for fault in FAULTS
]


def made_for(root, phase):
    made = blend(root, rests=NODE if phase == "extend" else "")
    if phase == "back":  # something must have gone wrong before: another device refuses its second stage
        made.strikes.append(Strike(NODES["agent"], "validate", "refusal", 2))
    return made


def test_no_cell_is_left_out():
    cells = {(phase, fault) for phase, _, fault in (case.values for case in CASES)}
    assert cells == set(itertools.product(PHASES, FAULTS))


def test_each_place_is_a_message_that_is_sent_without_any_fault(tmp_path, monkeypatch):
    for phase in ("extend", "back", "connect"):  # in the last of which all other phases are met, too
        made = made_for(tmp_path / phase, phase)
        with monkeypatch.context() as patch:
            made.apply(patch)
        for met in (phase,) if phase != "connect" else [one for one in PHASES if one not in {"extend", "back"}]:
            assert made.counts[NODE, met] >= max(WHERE[met]), met


@pytest.mark.parametrize(("phase", "on", "fault"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, monkeypatch, phase, on, fault):
    made = made_for(tmp_path, phase)
    strike = Strike(NODE, phase, fault, on)
    made.strikes.append(strike)
    began = time.monotonic()
    report = made.apply(monkeypatch)
    assert strike.seen, "the fault never struck"
    assert (report is None) == fault.startswith("kill of ours")
    if report is not None:
        judge(made, report, phase, fault)
    (item,) = Store(made.options.state).transactions()
    was_decided = item.story.is_decided
    reports = made.recover()
    assert all(one.outcome is (Outcome.APPLIED if was_decided else Outcome.BACK) for one in reports), reports
    assert (made.runs(1), made.runs(2)) == (not was_decided, was_decided)
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()
    assert time.monotonic() - began < 60


def judge(made, report, phase, fault):
    """The status must be the truth at this moment, before anybody helps; and the time between two states is measured and bounded."""
    assert report.status == STATUS[report.outcome]
    early = {Outcome.REFUSED, Outcome.BACK} if phase in UNTOUCHED else {Outcome.BACK} if phase not in BEYOND else set()
    assert report.outcome in early | {Outcome.APPLIED, Outcome.UNCERTAIN}
    assert report.outcome is Outcome.APPLIED or report.findings
    if report.outcome is Outcome.UNCERTAIN:
        assert (report.status, report.unknown) == (4, (NODE,))
        assert "recover" in report.sentence
    elif fault != "changed device":  # what somebody did by hand is there until somebody takes it back
        assert made.runs(2 if report.outcome is Outcome.APPLIED else 1)
    if report.outcome in {Outcome.BACK, Outcome.APPLIED}:
        assert report.mixed_ms > 0 or phase in {*UNTOUCHED, "validate"}
        assert report.mixed_bound_ms <= 1000 * (CONFIRM_S + 60)


@pytest.mark.parametrize("fault", ["kill of ours", "kill of ours, after"])
def test_without_anybody_the_devices_own_timers_end_a_mixed_state(tmp_path, monkeypatch, fault):
    """Killed in the first commit, and nobody comes: when the timers have ended every device is where it was."""
    made = blend(tmp_path)
    made.strikes.append(Strike(NODE, "commit", fault, 1))
    assert made.apply(monkeypatch) is None
    for wire in made.wires.values():
        wire.hang_up()
        wire.expire()
    assert made.runs(1)


@pytest.mark.parametrize("phase", ["lock", "read", "validate", "commit"])
def test_an_account_without_the_rights_aborts_everything(tmp_path, monkeypatch, phase):
    """What a task group does not let the account do takes all others back, and the finding says who denied what."""
    made = blend(tmp_path)
    made.strikes.append(Strike(NODE, phase, "denied", WHERE[phase][0]))
    report = made.apply(monkeypatch)
    assert report.outcome is (Outcome.REFUSED if phase in UNTOUCHED else Outcome.BACK)
    assert [(item.code, item.node) for item in report.findings] == [("E0811", NODE)]
    assert "not authorized" in report.findings[0].message
    assert made.runs(1)
    assert made.leftovers == []
