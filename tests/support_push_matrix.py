"""What every fault matrix has: the faults of the issue, where a fault strikes, and the one statement that must hold of each cell.

A world is that of `support_push_blend` or one like it. After an apply, and after `recover` where it was cut short, every device is
old or every device is new, and nothing of ours is left anywhere.
"""

from __future__ import annotations

import time

import pytest
from support_push_blend import LIMITS, Strike, blend

from intentc.plan.make import BACK_STEP_S
from intentc.push.findings import PHASES
from intentc.push.report import STATUS, Outcome
from intentc.push.store import Store

FAULTS = (
    *("refusal", "error text with success", "hang", "connection drop", "kill of ours", "kill of ours, after"),
    *("kill of the server", "reboot", "expired timer", "lost reply", "lock held", "changed device"),
)
# The roads that some matrix goes through, by its name there: together all that can be spoken.
ROADS = {
    "agent": ("ssh", "restore-timer"),
    "netconf": ("netconf", "confirmed-commit"),
    "eos": ("ssh", "config-session"),
    "iosxe": ("ssh", "revert-timer"),
    "iosxr": ("ssh", "commit-on-trial"),
    "junos": ("ssh", "commit-confirmed"),
    "srlinux": ("ssh", "confirmed-accept"),
}
LATER_S = 2 * BACK_STEP_S  # timers end in reverse order
UNTOUCHED = ("connect", "lock", "read")
BEYOND = ("confirm", "persist", "unlock")  # after the decision nothing goes back


def cases(where):
    """Return a case for each place of a message and each fault; `where` has the places by transport and phase."""
    return [
        pytest.param(transport, phase, on, fault, id=f"{transport}-{phase}-{on}-{fault}")
        for transport, phases in where.items()
        for phase, places in phases.items()
        for on in places
        for fault in FAULTS
    ]


def made_for(world, root, phase, node, prior):
    """Return a world in which `phase` is met on `node`; `prior` has where another device refuses its second stage."""
    made = blend(root, rests=node if phase == "extend" else "", world=world)
    if phase == "back":  # something must have gone wrong before
        other = next(name for name in world.nodes.values() if name != node)
        made.strikes.append(Strike(other, "validate", "refusal", prior[other]))
    return made


def check_places(made, where, node, phase):
    """Raise unless the messages that faults strike in are sent where nothing goes wrong; in `connect` all phases but two are met."""
    for met in (phase,) if phase != "connect" else [one for one in PHASES if one not in {"extend", "back"}]:
        assert made.counts[node, met] >= max(where[met]), (met, made.counts[node, met])


def check_cell(made, monkeypatch, strike):
    """Strike, and hold what happens to the statement."""
    made.strikes.append(strike)
    began = time.monotonic()
    report = made.apply(monkeypatch)
    assert strike.seen, "the fault never struck"
    assert (report is None) == strike.fault.startswith("kill of ours")
    if report is not None:
        judge(made, report, strike)
        check_mixed(report, time.monotonic() - began, max(longest_s(made.plan, device) for device in made.plan.devices))
    for device in made.plan.devices:  # whoever nobody comes back to goes back by itself, and soon
        assert made.wires[device.node].armed_s <= longest_s(made.plan, device), device.node
    (item,) = Store(made.options.state).transactions()
    was_decided = item.story.is_decided
    reports = made.recover()
    assert all(one.outcome is (Outcome.APPLIED if was_decided else Outcome.BACK) for one in reports), reports
    assert (made.runs(1), made.runs(2)) == (not was_decided, was_decided)
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()
    assert made.is_saved
    assert time.monotonic() - began < 60


def longest_s(plan, device):
    """Return how long a device's own timer may run from when it was asked for: some count minutes, and an answer may come late."""
    asked = plan.confirm_s + LATER_S
    return LIMITS.verb_s + (asked if device.promises is None else device.promises.timer_s(asked))


def judge(made, report, strike):
    """The status must be the truth at this moment, before anybody helps; and the time between two states is measured and bounded."""
    phase = strike.phase
    assert report.status == STATUS[report.outcome]
    early = {Outcome.REFUSED, Outcome.BACK} if phase in UNTOUCHED else {Outcome.BACK} if phase not in BEYOND else set()
    assert report.outcome in early | {Outcome.APPLIED, Outcome.UNCERTAIN}
    assert report.outcome is Outcome.APPLIED or report.findings
    if report.outcome is Outcome.UNCERTAIN:
        assert (report.status, report.unknown) == (4, (strike.node,))
        assert "recover" in report.sentence
    elif strike.fault != "changed device":  # what somebody did by hand is there until somebody takes it back
        assert made.runs(2 if report.outcome is Outcome.APPLIED else 1)
    if report.outcome in {Outcome.BACK, Outcome.APPLIED}:
        assert report.mixed_ms > 0 or phase in {*UNTOUCHED, "validate"}


def check_mixed(report, took_s, longest):
    """The time between two states is measured, within the bound that is told, and that is what the timers come to.

    A device that did not answer is bounded by its own timer alone.
    """
    if report.outcome is not Outcome.UNCERTAIN:
        assert report.mixed_ms <= 1000 * took_s + 1
    assert report.mixed_bound_ms <= 1000 * (took_s + longest) + 1


def check_denial(made, monkeypatch, strike, code, words):
    """What an account may not do on one device takes all others back, and the finding says who denied what."""
    made.strikes.append(strike)
    report = made.apply(monkeypatch)
    assert report.outcome is (Outcome.REFUSED if strike.phase in UNTOUCHED else Outcome.BACK)
    assert [(item.code, item.node) for item in report.findings] == [(code, strike.node)]
    assert words in report.findings[0].message
    assert made.runs(1)
    assert made.leftovers == []
