"""The fault matrix of the command lines of routers: every phase × every fault × each of them, in mixed transactions.

As `test_faults_blend`, whose statement holds for each cell (`support_push_matrix`).
"""

from __future__ import annotations

import itertools
import time

import pytest
from support_push_blend import CONFIRM_S, Strike, blend
from support_push_matrix import FAULTS, cases, check_cell, check_denial, check_places, made_for
from support_push_typed_blend import SHORTEST_XR_S, WORLDS

from intentc.push.findings import PHASES

NODES = {name: world.nodes[name] for name, world in WORLDS.items()}
# Of the messages of a phase (from 1): one that changes something where there is one, and the last where that is another kind.
WHERE = {
    "iosxe": {
        "connect": (1,),
        "lock": (3,),
        "read": (2,),
        "validate": (4,),
        "commit": (2, 6),
        "extend": (3,),
        "read back": (1,),
        "probe": (1,),
        "confirm": (3,),
        "persist": (1,),
        "back": (4,),
        "unlock": (1,),
    },
    "iosxr": {
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
    },
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
# Which of the messages of the agent validates its second stage
PRIOR = {"iosxe": {"ber-pe1": 2}, "iosxr": {"ber-pe1": 2}, "junos": {"ber-pe1": 3}, "srlinux": {"ber-pe1": 3}}


def test_no_cell_is_left_out():
    cells = {(transport, phase, fault) for transport, phase, _, fault in (case.values for case in CASES)}
    assert cells == set(itertools.product(NODES, PHASES, FAULTS))


@pytest.mark.parametrize("transport", WHERE)
def test_each_place_is_a_message_that_is_sent_without_any_fault(tmp_path, monkeypatch, transport):
    node = NODES[transport]
    for phase in ("extend", "back", "connect"):  # in the last of which all other phases are met, too
        made = made_for(WORLDS[transport], tmp_path / phase, phase, node, PRIOR[transport])
        with monkeypatch.context() as patch:
            made.apply(patch)
        check_places(made, WHERE[transport], node, phase)


@pytest.mark.parametrize(("transport", "phase", "on", "fault"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, monkeypatch, transport, phase, on, fault):
    node = NODES[transport]
    made = made_for(WORLDS[transport], tmp_path, phase, node, PRIOR[transport])
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


LONGEST_S = {
    "iosxe": 60,
    "iosxr": SHORTEST_XR_S,
    "junos": 60,
    "srlinux": CONFIRM_S,
}  # a minute is the least that two of them count
DENIALS = {
    "iosxe": ("E0811", "authorization failed"),
    "iosxr": ("E0811", "not authorized"),
    "junos": ("E0811", "permission denied"),
    "srlinux": ("E0811", "Access denied"),
}


WITH_CANDIDATE = ("junos", "srlinux")


@pytest.mark.parametrize("phase", ["lock", "read", "validate", "commit"])
@pytest.mark.parametrize("transport", DENIALS)
def test_an_account_without_the_rights_aborts_everything(tmp_path, monkeypatch, transport, phase):
    """What a class, role, task group or authorization server denies takes all others back, and the finding says who denied what."""
    strike = Strike(
        NODES[transport], phase, "denied", WHERE[transport][phase][-1 if transport in WITH_CANDIDATE else 0]
    )
    check_denial(blend(tmp_path, world=WORLDS[transport]), monkeypatch, strike, *DENIALS[transport])
