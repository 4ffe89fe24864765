"""The fault matrix of the agent transport: every phase × every fault, three devices, none left out.

Phases are the product's own list, faults that of `support_push_wired`; the matrix is their product. A phase without an entry
in `WHERE`, or a fault without one in `FAULTS`, fails. What must hold is one statement for all cases: after the apply, and
after `recover` where it was cut short, every device is old or every device is new, and nothing of ours is left anywhere.
"""

from __future__ import annotations

import time

import pytest
from support_push_wired import FAULTS, OTHER, Killed, Strike, wired
from support_push_worlds import NODES

from intentc.push.findings import PHASES
from intentc.push.report import STATUS, Outcome
from intentc.push.store import Store

# Where a fault strikes in a phase: each verb that the agent is asked in it, and at which call of it in this plan.
WHERE: dict[str, tuple[tuple[str, int], ...]] = {
    "connect": (("open", 1),),
    "lock": (("lock", 1),),
    "read": (("neighbours", 1), ("identify", 1), ("facts", 1), ("read", 1), ("given", 1)),
    "validate": (("stage", 1), ("stage", 3)),
    "commit": (("arm", 1), ("apply", 1), ("arm", 3), ("apply", 3)),
    "extend": (("given", 3), ("arm", 2)),
    "read back": (("read", 2), ("given", 2), ("read", 4)),
    "probe": (("open", 2), ("neighbours", 2)),
    "confirm": (("confirm", 1),),
    "persist": (("persist", 1),),
    "back": (("restore", 1),),
    "unlock": (("unlock", 1),),
}

# The list, in its words; "kill of ours" and "kill of the server" come in two forms each.
ASKED = (
    *("refusal", "error text with success", "hang", "connection drop", "kill of ours", "kill of ours, after"),
    *("kill of the server", "reboot", "expired timer", "lost reply", "lock held", "changed device"),
)

PLACES = [(phase, verb, on) for phase in PHASES for verb, on in WHERE.get(phase, ())]


def victims(phase, number):
    """Return the devices that the fault strikes: each in turn where their order matters, else one, another in each case."""
    return NODES if phase == "lock" else (NODES[number % len(NODES)],)


CASES = [
    pytest.param(*place, fault, node, id="-".join(map(str, (*place, fault, node))))
    for row, place in enumerate(PLACES)
    for column, fault in enumerate(FAULTS)
    for node in victims(place[0], row + column)
]
UNTOUCHED = ("connect", "lock", "read")
BEYOND = {"confirm": Outcome, "persist": Outcome, "unlock": Outcome}  # after the decision nothing goes back


def test_no_case_is_left_out():
    assert tuple(WHERE) == tuple(PHASES)
    assert set(FAULTS) == set(ASKED)
    cases = {case.values[:4] for case in CASES}
    assert {(phase, fault) for phase, _, _, fault in cases} == {(phase, fault) for phase in PHASES for fault in ASKED}
    assert len(cases) == len(PLACES) * len(ASKED)
    assert {case.values[4] for case in CASES} == set(NODES)


def made_for(tmp_path, phase, node):
    made = wired(tmp_path, rests=node if phase == "extend" else "")
    if phase == "back":  # something must have gone wrong before: the last device refuses the second stage
        other = next(name for name in NODES if name != node)
        made.agents[other].strikes.append(Strike("stage", "refusal", 2))
    return made


def carried_out(made):
    try:
        return made.apply()
    except Killed:
        return None


@pytest.mark.parametrize(("phase", "verb", "on", "fault", "node"), CASES)
def test_whatever_happens_all_are_old_or_all_are_new(tmp_path, phase, verb, on, fault, node):
    made = made_for(tmp_path, phase, node)
    made.agents[node].strikes.append(Strike(verb, fault, on))
    began = time.monotonic()
    report = carried_out(made)
    assert made.agents[node].calls.count(verb) >= on, "the fault never struck"
    assert (report is None) == fault.startswith("kill of ours")
    if report is not None:
        judge(made, report, phase, node)
        is_left = report.outcome is Outcome.UNCERTAIN
        assert made.mixed_s <= max(report.mixed_ms / 1000 + 0.001, is_left * 9)
    was_decided = decided(made)
    made.heal()
    reports = made.recover()
    assert all(item.outcome is (Outcome.APPLIED if was_decided else Outcome.BACK) for item in reports)
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()
    assert (made.runs(1), made.runs(2)) == (not was_decided, was_decided)
    assert persisted(made)
    assert time.monotonic() - began < 20


def decided(made):
    (item,) = Store(made.options.state).transactions()
    return item.story.is_decided


def persisted(made):
    return all(agent.state["persisted"] == agent.state["running"] for agent in made.agents.values())


def judge(made, report, phase, node):
    """The status must be the truth at this moment, before anybody helps."""
    assert report.status == STATUS[report.outcome]
    expected = {Outcome.REFUSED, Outcome.BACK} if phase in UNTOUCHED else {Outcome.BACK} - set(BEYOND.get(phase, ()))
    assert report.outcome in expected | {Outcome.APPLIED, Outcome.UNCERTAIN}
    if report.outcome is Outcome.UNCERTAIN:
        assert report.unknown == (node,)
        assert "recover" in report.sentence
    elif report.outcome is Outcome.APPLIED:
        assert made.runs(2)
    else:
        assert made.runs(1)
        assert report.findings
    if report.outcome is not Outcome.UNCERTAIN:
        mine = [item for item in made.leftovers if made.agents[item[0]].state["lock"] != OTHER]
        assert mine == [] or report.outcome is Outcome.REFUSED


@pytest.mark.parametrize("on", [1, 2, 3, 4])
@pytest.mark.parametrize("verb", ["arm", "apply"])
def test_without_anybody_the_devices_own_timers_end_a_mixed_state(tmp_path, verb, on):
    """Killed before the decision and nobody comes: when the timers have ended, every device is where it was."""
    made = wired(tmp_path)
    made.agents[NODES[1]].strikes.append(Strike(verb, "kill of ours, after", on))
    with pytest.raises(Killed):
        made.apply()
    ends = [
        agent.state["pending"]["deadline"] - time.time() for agent in made.agents.values() if agent.state["pending"]
    ]
    assert ends
    assert max(ends) <= made.plan.confirm_s
    made.expire()
    assert made.runs(1)
    assert all(agent.state["pending"] is None for agent in made.agents.values())
