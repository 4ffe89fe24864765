"""One wave of a stage: checked on all devices, then made to run on all, to be confirmed, then read back from all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from intentc.diagnostics import Diagnostic
from intentc.plan.model import Payload, RunningState, Wave
from intentc.push.findings import trouble_finding
from intentc.push.team import Member, Team
from intentc.push.trouble import SessionError, Trouble

Found = tuple[Diagnostic, ...]


def validate(team: Team, wave: Wave) -> Found:
    """Copy the wave's payload to every device that changes in it and let the device check it."""

    def check(member: Member) -> None:
        member.live.validate(member.ticket, _payload(member, wave))

    return _failures("validate", team, check, changing(team, wave))


def commit(team: Team, wave: Wave, seconds: int) -> Found:
    """Make the wave run everywhere, to be confirmed; devices that changed before get their timer started anew."""

    def change(member: Member) -> None:
        own = _timer_s(member, seconds)
        try:
            with _timer(team, member, own):
                member.live.commit(member.ticket, own)
        finally:
            member.changed_at = team.now()

    waiting = [member for member in team.members if member.is_touched and member.step(wave) is None]
    return extend(team, seconds, waiting) or _failures("commit", team, change, changing(team, wave))


def extend(team: Team, seconds: int, members: Sequence[Member]) -> Found:
    """Start the confirm timers of `members` anew."""

    def wind(member: Member) -> None:
        own = _timer_s(member, seconds)
        with _timer(team, member, own):
            member.live.extend(member.ticket, own)

    return _failures("extend", team, wind, members)


def _timer_s(member: Member, seconds: int) -> int:
    """Return how long the timer of a device runs: so long that it goes back after those that depend on it, in steps of its own."""
    own, promises = seconds + member.plan.more_s, member.plan.promises
    return own if promises is None else promises.timer_s(own)


def read_back(team: Team, wave: Wave) -> Found:
    """Return where what runs is not what the wave gave."""

    def look(member: Member) -> None:
        expect(member.live.read_back(), _payload(member, wave), is_pending=True)

    return _failures("read back", team, look, changing(team, wave))


def changing(team: Team, wave: Wave) -> list[Member]:
    """Return the devices that change in `wave`."""
    return [member for member in team.members if member.step(wave) is not None]


def expect(state: RunningState, payload: Payload, *, is_pending: bool) -> None:
    """Raise `MISMATCH` unless `state` is `payload` made to run, with (`is_pending`) or without a confirm timer.

    `EXPIRED` where the timer was meant to run and has taken the device back.
    """
    has_other = (state.given.texts if state.given else {}) != payload.texts
    if has_other and is_pending and not state.is_pending:
        raise SessionError(Trouble.EXPIRED, "its timer ended before all was confirmed, and it went back by itself")
    if has_other:
        raise SessionError(Trouble.MISMATCH, "it runs something else than what it was given")
    if state.drift:
        more = f" (and {len(state.drift) - 1} more lines)" if len(state.drift) > 1 else ""
        raise SessionError(
            Trouble.MISMATCH, f"it took the configuration but runs something else: `{state.drift[0]}`{more}"
        )
    if state.is_pending is not is_pending:
        text = (
            "it runs the new configuration without a timer that would take it back"
            if is_pending
            else "it said that the new configuration stays, but its timer still runs"
        )
        raise SessionError(Trouble.MISMATCH, text)


def _payload(member: Member, wave: Wave) -> Payload:
    step = member.step(wave)
    if step is None:
        raise AssertionError(f"{member.node} does not change in {wave.words}")
    return step.payload


@contextmanager
def _timer(team: Team, member: Member, seconds: int) -> Iterator[None]:
    """Bound the end of the device's timer: with an answer it has started; without one it starts within the verb's deadline."""
    member.timer_ends = team.now() + team.limits.verb_s + seconds
    try:
        yield
    except SessionError as error:
        if error.is_outcome_unknown:
            raise
        member.timer_ends = team.now() + seconds
        raise
    member.timer_ends = team.now() + seconds


def _failures(phase: str, team: Team, deed: Callable[[Member], None], members: Sequence[Member]) -> Found:
    answers = team.ask(phase, deed, members)
    return tuple(trouble_finding(member.node, phase, error) for member, error in answers.failed)
