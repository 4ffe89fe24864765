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
from support_push_blend import CONFIRM_S, NODES, Blend, Strike, blend
from support_push_matrix import FAULTS, ROADS, cases, check_cell, check_denial, check_places, made_for

from intentc.plan.make import SPOKEN
from intentc.push.findings import PHASES

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
CASES = cases(WHERE)
PRIOR = {"ber-pe1": 2, "fra-pe1": 8, "par-sw1": 60}


def test_no_cell_is_left_out():
    """The product of the product's own phases and roads and of the issue's faults, less nothing; other roads have matrices of their own."""
    assert set(WHERE) == {"agent", "netconf", "eos"}
    assert set(ROADS.values()) == {(transport, commit) for transport, commits in SPOKEN.items() for commit in commits}
    cells = {(transport, phase, fault) for transport, phase, _, fault in (case.values for case in CASES)}
    assert cells == set(itertools.product(WHERE, PHASES, FAULTS))


@pytest.mark.parametrize("transport", WHERE)
def test_each_place_is_a_message_that_is_sent_without_any_fault(tmp_path, monkeypatch, transport):
    node = NODES[transport]
    for phase in ("extend", "back", "connect"):  # in the last of which all other phases are met, too
        made = made_for(Blend, tmp_path / phase, phase, node, PRIOR)
        with monkeypatch.context() as patch:
            made.apply(patch)
        check_places(made, WHERE[transport], node, phase)


@pytest.mark.parametrize(("transport", "phase", "on", "fault"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, monkeypatch, transport, phase, on, fault):
    node = NODES[transport]
    made = made_for(Blend, tmp_path, phase, node, PRIOR)
    check_cell(made, monkeypatch, Strike(node, phase, fault, on))


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
    """What sudo, NACM or a role of the device denies."""
    strike = Strike(NODES[transport], phase, "denied", WHERE[transport][phase][-1])
    check_denial(blend(tmp_path), monkeypatch, strike, *DENIALS[transport])
