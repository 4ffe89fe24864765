"""After the decision everything goes forward: confirmed, made persistent, read back, unlocked, tried again where needed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from intentc.diagnostics import Diagnostic
from intentc.plan.model import RunningState
from intentc.push.findings import trouble_finding, uncertain_finding
from intentc.push.journal import Event, Journal, JournalError
from intentc.push.report import DeviceReport, Standing
from intentc.push.session import Session
from intentc.push.stages import expect
from intentc.push.team import Member, Team
from intentc.push.trouble import SessionError, Trouble

Deed = Callable[[Team, Session, Member, int], None]


def go_forward(team: Team, journal: Journal, seconds: int) -> tuple[tuple[DeviceReport, ...], tuple[Diagnostic, ...]]:
    """Return where each device is, and a finding for each that is not known to run the new configuration for good.

    Whatever a device answers, it is asked again until `patience_s` have passed: there is no way back any more.
    """
    lost: dict[str, tuple[str, SessionError]] = {}

    def on_all(phase: str, deed: Deed) -> None:
        def persevere(member: Member) -> None:
            until = team.now() + team.limits.patience_s
            team.persevere(member, lambda session: deed(team, session, member, seconds), until, has_choice=False)

        asked = [member for member in team.members if member.node not in lost]
        answers = team.ask(phase, persevere, asked, can_stop=False)
        lost.update({member.node: (phase, error) for member, error in answers.failed})

    on_all("confirm", _confirm)
    with contextlib.suppress(
        JournalError
    ):  # `decided` is written: whoever reads the journal goes forward again, which is harmless
        journal.write(Event.CONFIRMED, [member.node for member in team.members if member.node not in lost])
    on_all("persist", _persist)
    on_all("unlock", _unlock)
    return _reports(team, lost), _findings(lost)


def _confirm(team: Team, session: Session, member: Member, seconds: int) -> None:
    """Confirm; a device that has gone back by itself meanwhile gets the change again, in one step."""
    if not member.is_locked:
        session.lock(member.ticket, team.owner, team.reason)
        member.is_locked = True
    try:
        session.confirm(member.ticket)
    except SessionError as error:
        if error.trouble is not Trouble.EXPIRED:
            raise
        has_gone_back = not _is_new(session.read_back(), member)
    else:
        has_gone_back = False  # what runs is looked at once it is persistent
    if has_gone_back:
        session.lock(member.ticket, team.owner, team.reason)
        session.validate(member.ticket, member.plan.after)
        session.commit(member.ticket, seconds)
        member.changed_at = team.now()
        expect(session.read_back(), member.plan.after, is_pending=True)
        session.confirm(member.ticket)
        expect(session.read_back(), member.plan.after, is_pending=False)


def _persist(team: Team, session: Session, member: Member, seconds: int) -> None:
    if not _has_persisted(session, member):  # it restarted, or went back while it confirmed: once more, from what it is
        _confirm(team, session, member, seconds)
        session.persist(member.ticket)
        expect(session.read_back(), member.plan.after, is_pending=False)


def _has_persisted(session: Session, member: Member) -> bool:
    try:
        session.persist(member.ticket)
    except SessionError as error:
        if error.trouble is not Trouble.EXPIRED:
            raise
        return False
    return _is_new(session.read_back(), member)


def _is_new(state: RunningState, member: Member) -> bool:
    try:
        expect(state, member.plan.after, is_pending=False)
    except SessionError:
        return False
    return True


def _unlock(_team: Team, session: Session, member: Member, _seconds: int) -> None:
    session.unlock(member.ticket)
    member.is_locked = False


def _reports(team: Team, lost: dict[str, tuple[str, SessionError]]) -> tuple[DeviceReport, ...]:
    reports = []
    for member in team.members:
        phase, error = lost.get(member.node, ("", None))
        if error is None:
            reports.append(DeviceReport(member.node, Standing.NEW))
        elif phase == "unlock":
            text = f"it runs the new configuration, but its lock may be left: {error.text}"
            reports.append(DeviceReport(member.node, Standing.UNKNOWN, text))
        else:
            reports.append(DeviceReport(member.node, Standing.UNKNOWN, error.text))
    return tuple(reports)


def _findings(lost: dict[str, tuple[str, SessionError]]) -> tuple[Diagnostic, ...]:
    return tuple(
        trouble_finding(node, phase, error) if phase == "unlock" else uncertain_finding(node, "forward", error.text)
        for node, (phase, error) in lost.items()
    )
