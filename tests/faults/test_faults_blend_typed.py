"""The fault matrix of the command lines of Junos and SR Linux: every phase × every fault × both, in mixed transactions.

As `test_faults_blend`, whose statement holds for each cell (`support_push_matrix`).
"""

from __future__ import annotations

import itertools
import time

import pytest
from support_push_blend import CONFIRM_S, Strike, blend
from support_push_matrix import FAULTS, cases, check_cell, check_denial, check_places, made_for
from support_push_typed_blend import WORLDS

from intentc.push.findings import PHASES

NODES = {name: world.nodes[name] for name, world in WORLDS.items()}
# Of the messages of a phase (from 1): one that changes something where there is one, and the last where that is another kind.
WHERE = {
    "junos": {
        "connect": (1,),
        "lock": (2,),
        "read": (1,),
        "validate": (3, 12),
        "commit": (1,),
        "extend": (4,),
        "read back": (3,),
        "probe": (1,),
        "confirm": (4,),
        "persist": (1,),
        "back": (1,),
        "unlock": (2,),
    },
    "srlinux": {
        "connect": (1,),
        "lock": (2,),
        "read": (1,),
        "validate": (12,),
        "commit": (1,),
        "extend": (1,),
        "read back": (3,),
        "probe": (1,),
        "confirm": (3,),
        "persist": (1,),
        "back": (1,),
        "unlock": (2,),
    },
}
CASES = cases(WHERE)
PRIOR = {"ber-pe1": 3}


def test_no_cell_is_left_out():
    cells = {(transport, phase, fault) for transport, phase, _, fault in (case.values for case in CASES)}
    assert cells == set(itertools.product(NODES, PHASES, FAULTS))


@pytest.mark.parametrize("transport", WHERE)
def test_each_place_is_a_message_that_is_sent_without_any_fault(tmp_path, monkeypatch, transport):
    node = NODES[transport]
    for phase in ("extend", "back", "connect"):  # in the last of which all other phases are met, too
        made = made_for(WORLDS[transport], tmp_path / phase, phase, node, PRIOR)
        with monkeypatch.context() as patch:
            made.apply(patch)
        check_places(made, WHERE[transport], node, phase)


@pytest.mark.parametrize(("transport", "phase", "on", "fault"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, monkeypatch, transport, phase, on, fault):
    node = NODES[transport]
    made = made_for(WORLDS[transport], tmp_path, phase, node, PRIOR)
    check_cell(made, monkeypatch, Strike(node, phase, fault, on))


@pytest.mark.parametrize("transport", NODES)
@pytest.mark.parametrize("fault", ["kill of ours", "kill of ours, after"])
def test_without_anybody_the_devices_own_timers_end_a_mixed_state(tmp_path, monkeypatch, transport, fault):
    """Killed in the first commit, and nobody comes: when the timers have ended every device is where it was."""
    made = blend(tmp_path, world=WORLDS[transport])
    made.strikes.append(Strike(NODES[transport], "commit", fault, 1))
    assert made.apply(monkeypatch) is None
    waiting = made.wires[NODES[transport]].fake.pending
    assert waiting is None or waiting.ends - time.monotonic() <= LONGEST_S[transport]
    for wire in made.wires.values():
        wire.hang_up()
        wire.expire()
    assert made.runs(1)


LONGEST_S = {"junos": 60, "srlinux": CONFIRM_S}  # a minute is the least that Junos counts
DENIALS = {"junos": ("E0811", "permission denied"), "srlinux": ("E0811", "Access denied")}


@pytest.mark.parametrize("phase", ["lock", "read", "validate", "commit"])
@pytest.mark.parametrize("transport", DENIALS)
def test_an_account_without_the_rights_aborts_everything(tmp_path, monkeypatch, transport, phase):
    """What a class or role of the device denies."""
    strike = Strike(NODES[transport], phase, "denied", WHERE[transport][phase][-1])
    check_denial(blend(tmp_path, world=WORLDS[transport]), monkeypatch, strike, *DENIALS[transport])
