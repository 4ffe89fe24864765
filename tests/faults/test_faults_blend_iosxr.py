"""The fault matrix of the command line of IOS XR: every phase × every fault, in a transaction with an agent and a NETCONF server.

See `test_faults_blend`. Here the timers have ended before `recover` runs: only the session that committed can confirm or go back.
"""

from __future__ import annotations

import itertools

import pytest
from support_push_blend import Strike, blend
from support_push_blend_xr import NODES, XrBlend
from support_push_matrix import FAULTS, cases, check_cell, check_denial, check_places, made_for

from intentc.push.findings import PHASES

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
CASES = cases({"iosxr": WHERE})
PRIOR = {NODES["agent"]: 2}


def test_no_cell_is_left_out():
    cells = {(phase, fault) for _, phase, _, fault in (case.values for case in CASES)}
    assert cells == set(itertools.product(PHASES, FAULTS))


def test_each_place_is_a_message_that_is_sent_without_any_fault(tmp_path, monkeypatch):
    for phase in ("extend", "back", "connect"):  # in the last of which all other phases are met, too
        made = made_for(XrBlend, tmp_path / phase, phase, NODE, PRIOR)
        with monkeypatch.context() as patch:
            made.apply(patch)
        check_places(made, WHERE, NODE, phase)


@pytest.mark.parametrize(("transport", "phase", "on", "fault"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, monkeypatch, transport, phase, on, fault):
    assert transport == "iosxr"
    check_cell(made_for(XrBlend, tmp_path, phase, NODE, PRIOR), monkeypatch, Strike(NODE, phase, fault, on))


@pytest.mark.parametrize("fault", ["kill of ours", "kill of ours, after"])
def test_without_anybody_the_devices_own_timers_end_a_mixed_state(tmp_path, monkeypatch, fault):
    """Killed in the first commit, and nobody comes: when the timers have ended every device is where it was."""
    made = blend(tmp_path, world=XrBlend)
    made.strikes.append(Strike(NODE, "commit", fault, 1))
    assert made.apply(monkeypatch) is None
    for wire in made.wires.values():
        wire.hang_up()
        wire.expire()
    assert made.runs(1)


@pytest.mark.parametrize("phase", ["lock", "read", "validate", "commit"])
def test_an_account_without_the_rights_aborts_everything(tmp_path, monkeypatch, phase):
    """What a task group does not let the account do takes all others back, and the finding says who denied what."""
    strike = Strike(NODE, phase, "denied", WHERE[phase][0])
    check_denial(blend(tmp_path, world=XrBlend), monkeypatch, strike, "E0811", "not authorized")
