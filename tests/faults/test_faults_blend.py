"""The fault matrix: every phase × every fault × every transport, in a transaction over one device of each. No case is left out.

Phases are the product's own list, faults the issue's, transports those of `support_push_blend`; the matrix is their product, and
`test_no_cell_is_left_out` holds it to that. Each cell strikes a message that the device is really sent in that phase (a clean
run says which there are). What must hold is one statement for all: after the apply, and after `recover` where it was cut short,
every device is old or every device is new, and nothing of ours is left anywhere.
"""

from __future__ import annotations

import itertools
import time

import pytest
from support_push_blend import CONFIRM_S, NODES, Strike, blend

from intentc.plan.make import SPOKEN
from intentc.push.findings import PHASES
from intentc.push.report import STATUS, Outcome
from intentc.push.store import Store

FAULTS = (
    *("refusal", "error text with success", "hang", "connection drop", "kill of ours", "kill of ours, after"),
    *("kill of the server", "reboot", "expired timer", "lost reply", "lock held", "changed device"),
)
# Of the messages of a phase (from 1): one that changes something where there is one, and the last where that is another kind.
WHERE = {
    "agent": {
        "connect": (2,),
        "lock": (1,),
        "read": (1,),
        "validate": (4,),
        "commit": (4,),
        "extend": (2,),
        "read back": (4,),
        "probe": (1,),
        "confirm": (1,),
        "persist": (1,),
        "back": (1,),
        "unlock": (1,),
    },
    "netconf": {
        "connect": (1,),
        "lock": (2,),
        "read": (1,),
        "validate": (3, 17),
        "commit": (1, 4),
        "extend": (2,),
        "read back": (4,),
        "probe": (1,),
        "confirm": (2,),
        "persist": (1,),
        "back": (1,),
        "unlock": (2,),
    },
    "eos": {
        "connect": (1,),
        "lock": (3,),
        "read": (3,),
        "validate": (7, 109),
        "commit": (6, 22),
        "extend": (1,),
        "read back": (3,),
        "probe": (1,),
        "confirm": (3,),
        "persist": (1,),
        "back": (1,),
        "unlock": (2,),
    },
}
CASES = [
    pytest.param(transport, phase, on, fault, id=f"{transport}-{phase}-{on}-{fault}")
    for transport, phases in WHERE.items()
    for phase, places in phases.items()
    for on in places
    for fault in FAULTS
]
UNTOUCHED = ("connect", "lock", "read")
BEYOND = ("confirm", "persist", "unlock")  # after the decision nothing goes back


def made_for(root, phase, node):
    made = blend(root, rests=node if phase == "extend" else "")
    if phase == "back":  # something must have gone wrong before: another device refuses its second stage
        other = next(name for name in NODES.values() if name != node)
        made.strikes.append(Strike(other, "validate", "refusal", {"ber-pe1": 2, "fra-pe1": 8, "par-sw1": 60}[other]))
    return made


def test_no_cell_is_left_out():
    """The product of the product's own phases and transports and of the issue's faults, less nothing."""
    assert set(WHERE) == {"agent", "netconf", "eos"}
    ways = {(transport, commit) for transport, commits in SPOKEN.items() for commit in commits}
    assert ways == {("ssh", "restore-timer"), ("ssh", "config-session"), ("netconf", "confirmed-commit")}
    cells = {(transport, phase, fault) for transport, phase, _, fault in (case.values for case in CASES)}
    assert cells == set(itertools.product(WHERE, PHASES, FAULTS))


@pytest.mark.parametrize("transport", WHERE)
def test_each_place_is_a_message_that_is_sent_without_any_fault(tmp_path, monkeypatch, transport):
    node = NODES[transport]
    for phase in ("extend", "back", "connect"):  # in the last of which all other phases are met, too
        made = made_for(tmp_path / phase, phase, node)
        with monkeypatch.context() as patch:
            made.apply(patch)
        for met in (phase,) if phase != "connect" else [one for one in PHASES if one not in {"extend", "back"}]:
            assert made.counts[node, met] >= max(WHERE[transport][met]), met


@pytest.mark.parametrize(("transport", "phase", "on", "fault"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, monkeypatch, transport, phase, on, fault):
    node = NODES[transport]
    made = made_for(tmp_path, phase, node)
    strike = Strike(node, phase, fault, on)
    made.strikes.append(strike)
    began = time.monotonic()
    report = made.apply(monkeypatch)
    assert strike.seen, "the fault never struck"
    assert (report is None) == fault.startswith("kill of ours")
    if report is not None:
        judge(made, report, phase, node, fault)
    (item,) = Store(made.options.state).transactions()
    was_decided = item.story.is_decided
    reports = made.recover()
    assert all(one.outcome is (Outcome.APPLIED if was_decided else Outcome.BACK) for one in reports), reports
    assert (made.runs(1), made.runs(2)) == (not was_decided, was_decided)
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()
    assert made.is_saved
    assert time.monotonic() - began < 60


def judge(made, report, phase, node, fault):
    """The status must be the truth at this moment, before anybody helps; and the time between two states is measured and bounded."""
    assert report.status == STATUS[report.outcome]
    early = {Outcome.REFUSED, Outcome.BACK} if phase in UNTOUCHED else {Outcome.BACK} if phase not in BEYOND else set()
    assert report.outcome in early | {Outcome.APPLIED, Outcome.UNCERTAIN}
    assert report.outcome is Outcome.APPLIED or report.findings
    if report.outcome is Outcome.UNCERTAIN:
        assert (report.status, report.unknown) == (4, (node,))
        assert "recover" in report.sentence
    elif fault != "changed device":  # what somebody did by hand is there until somebody takes it back
        assert made.runs(2 if report.outcome is Outcome.APPLIED else 1)
    if report.outcome in {Outcome.BACK, Outcome.APPLIED}:
        assert report.mixed_ms > 0 or phase in {*UNTOUCHED, "validate"}
        assert report.mixed_bound_ms <= 1000 * 60


@pytest.mark.parametrize("node", NODES.values())
@pytest.mark.parametrize("fault", ["kill of ours", "kill of ours, after"])
def test_without_anybody_the_devices_own_timers_end_a_mixed_state(tmp_path, monkeypatch, node, fault):
    """Killed in the first commit, and nobody comes: when the timers have ended every device is where it was."""
    made = blend(tmp_path)
    made.strikes.append(Strike(node, "commit", fault, {"par-sw1": 6}.get(node, 1)))
    assert made.apply(monkeypatch) is None
    ends = [
        made.wires["fra-pe1"].router.pending and made.wires["fra-pe1"].router.pending.ends,
        made.wires["par-sw1"].fake.timer_ends,
    ]
    assert all(end - time.monotonic() <= CONFIRM_S for end in ends if end)
    for wire in made.wires.values():
        wire.hang_up()
        wire.expire()
    assert made.runs(1)


DENIALS = {
    "agent": ("E0819", "sudo: a password is required"),
    "netconf": ("E0811", "access-denied"),
    "eos": ("E0811", "Authorization denied"),
}


@pytest.mark.parametrize("phase", ["lock", "read", "validate", "commit"])
@pytest.mark.parametrize("transport", DENIALS)
def test_an_account_without_the_rights_aborts_everything(tmp_path, monkeypatch, transport, phase):
    """What sudo, NACM or a role of the device denies on one takes all others back, and the finding says who denied what."""
    made = blend(tmp_path)
    made.strikes.append(Strike(NODES[transport], phase, "denied", WHERE[transport][phase][-1]))
    report = made.apply(monkeypatch)
    assert report.outcome is (Outcome.REFUSED if phase in UNTOUCHED else Outcome.BACK)
    code, words = DENIALS[transport]
    assert [(item.code, item.node) for item in report.findings] == [(code, NODES[transport])]
    assert words in report.findings[0].message
    assert made.runs(1)
    assert made.leftovers == []
