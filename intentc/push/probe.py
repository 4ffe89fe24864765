"""The proof before the decision: every device lets us in anew, and has the neighbours that it had."""

from __future__ import annotations

import time

from intentc.diagnostics import Diagnostic
from intentc.push.findings import trouble_finding
from intentc.push.session import Session
from intentc.push.team import Member, Team
from intentc.push.trouble import SessionError, Trouble


def probe(team: Team) -> tuple[Diagnostic, ...]:
    """Return which devices cannot be entered by a new authenticated session, or lack a neighbour of before."""

    def enter(member: Member) -> None:
        session = team.dial(member)
        try:
            _await_neighbours(team, member, session)
        finally:
            session.close()

    answers = team.ask("probe", enter)
    return tuple(trouble_finding(member.node, "probe", error) for member, error in answers.failed)


def _await_neighbours(team: Team, member: Member, session: Session) -> None:
    """A session that was told new timers may take a moment to come back; it must be there within `neighbours_s`."""
    until = team.now() + team.limits.neighbours_s
    while missing := sorted(set(member.neighbours) - set(session.neighbours())):
        if team.interrupt.is_asked:
            return
        if team.now() >= until:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise SessionError(Trouble.NEIGHBOUR, f"the neighbour `{missing[0]}`{more} of before is not up any more")
        time.sleep(team.limits.pause_s)
