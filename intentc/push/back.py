"""Everything back: each device goes to what ran before, by us or by its own timer, and is looked at."""

from __future__ import annotations

import time

from intentc.diagnostics import Diagnostic
from intentc.push.findings import uncertain_finding
from intentc.push.report import DeviceReport, Standing
from intentc.push.session import Session
from intentc.push.team import Member, Team
from intentc.push.trouble import SessionError, Trouble


def go_back(team: Team) -> tuple[tuple[DeviceReport, ...], tuple[Diagnostic, ...]]:
    """Return where each device is, and a finding for each that is not known to be where it was.

    A device that does not answer is asked again until its own timer has certainly ended and `patience_s` more. Devices
    that were never touched only have their locks freed. One that others depend on is asked once those are back: its timer ends
    later, too.
    """
    reports: list[DeviceReport] = []
    findings: list[Diagnostic] = []
    for group in _in_turn(team):
        answers = team.ask("back", lambda member: _bring_back(team, member), group, can_stop=False)
        reports += [DeviceReport(member.node, Standing.OLD) for member, _ in answers.given]
        for member, error in answers.failed:
            reports.append(DeviceReport(member.node, Standing.UNKNOWN, error.text))
            findings.append(uncertain_finding(member.node, "back", error.text))
    return tuple(sorted(reports, key=lambda report: report.node)), tuple(findings)


def _in_turn(team: Team) -> list[list[Member]]:
    """Return the members in groups that go back one after the other."""
    ranks = sorted({member.plan.more_s for member in team.members})
    return [[member for member in team.members if member.plan.more_s == rank] for rank in ranks]


def _bring_back(team: Team, member: Member) -> None:
    if not member.is_touched:
        if member.is_locked:
            _unlock(team, member)
        return
    until = max(member.timer_ends, team.now()) + team.limits.patience_s
    while True:
        try:
            _restore(team.reopen(member), member)
        except SessionError as error:
            if error.is_transient:
                member.drop()
            if team.now() >= until:
                raise
            if error.trouble is Trouble.MISMATCH:  # no timer will change that; only a device still at work
                until = min(until, team.now() + team.limits.patience_s)
            time.sleep(min(team.limits.pause_s, max(0.0, until - team.now())))
        else:
            member.changed_at = team.now()
            _unlock(team, member)
            return


def _restore(session: Session, member: Member) -> None:
    """Raise unless the device runs what it ran before; what it says of its own restore is not evidence."""
    refused: SessionError | None = None
    try:
        session.restore(member.ticket)
    except SessionError as error:
        if error.is_outcome_unknown:
            raise
        refused = error
    if session.read_back().digest != member.plan.digest:
        raise refused or SessionError(
            Trouble.MISMATCH, "it says that it went back, but runs something else than before"
        )


def _unlock(team: Team, member: Member) -> None:
    try:
        team.persevere(member, lambda session: session.unlock(member.ticket), team.now() + team.limits.patience_s)
    except SessionError as error:
        where = "it is back where it was" if member.is_touched else "it was not touched"
        raise SessionError(error.trouble, f"{where}, but its lock may be left: {error.text}") from error
    member.is_locked = False
