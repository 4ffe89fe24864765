"""The first phase: connect to all, take the locks, read, and make sure that the plan still fits. Nothing is changed."""

from __future__ import annotations

from intentc.diagnostics import Diagnostic
from intentc.plan.facts import relied_on
from intentc.plan.make import held_finding
from intentc.plan.model import RunningState
from intentc.push.findings import stale_finding, trouble_finding
from intentc.push.team import Member, Team
from intentc.push.trouble import SessionError

Found = tuple[Diagnostic, ...]


def connect(team: Team) -> Found:
    """Open a session to every device; all failures are returned."""

    def dial(member: Member) -> None:
        team.reopen(member)

    answers = team.ask("connect", dial)
    return tuple(trouble_finding(member.node, "connect", error) for member, error in answers.failed)


_ABREAST = 16  # locks that are asked for at a time


def lock(team: Team) -> Found:
    """Take the locks in the order of names; those that are held end it, and nothing further is asked for.

    Nobody waits while holding, so none can wait for another for ever. The first device is asked alone, then some abreast: of two who
    are at work at once on the same devices one is stopped at the first of them.
    """

    def take(member: Member) -> None:
        member.is_locked = (
            True  # before the answer: a lost reply may have left a lock behind, so it must be freed as well
        )
        try:
            member.live.lock(member.ticket, team.owner, team.reason)
        except SessionError as error:
            member.is_locked = error.is_transient
            raise

    done = 0
    while done < len(team.members):
        some = team.members[done : done + _ABREAST] if done else team.members[:1]
        answers = team.ask("lock", take, some, before=done)
        if answers.failed or answers.not_asked:
            return tuple(trouble_finding(member.node, "lock", error) for member, error in answers.failed)
        done += len(some)
    return ()


def read(team: Team) -> Found:
    """Read every device and return where the plan does not fit any more."""

    def look(member: Member) -> list[Diagnostic]:
        member.neighbours = member.live.neighbours()
        return _stale(member, member.live.read(member.plan.after))  # what was read is let go at once

    answers = team.ask("read", look)
    found = [trouble_finding(member.node, "read", error) for member, error in answers.failed]
    return (*found, *(item for _, stale in answers.given for item in stale))


def release(team: Team) -> Found:
    """Free every lock that was taken; return where that failed (the lock is then freed by `recover`)."""

    def free(member: Member) -> None:
        team.persevere(member, lambda session: session.unlock(member.ticket), team.now() + team.limits.patience_s)
        member.is_locked = False

    answers = team.ask("unlock", free, [member for member in team.members if member.is_locked], can_stop=False)
    return tuple(trouble_finding(member.node, "unlock", error) for member, error in answers.failed)


def _stale(member: Member, state: RunningState) -> list[Diagnostic]:
    if state.platform != member.plan.platform:
        return [stale_finding(member.node, f"its platform (it is `{state.platform}` now)")]
    if state.held:
        return [held_finding(member.node, state.held)]
    if state.digest != member.plan.digest:
        return [stale_finding(member.node, "its owned configuration")]
    before, after = member.plan.before, member.plan.after
    now = relied_on(state.facts, before.config if before else after.config, after.config)
    changed = sorted(set(now) ^ set(member.plan.facts))
    return [stale_finding(member.node, f"`{changed[0]}`, which the configuration relies on,")] if changed else []
