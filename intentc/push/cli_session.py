"""Devices whose changes are configuration sessions of their command line (EOS): the driver in the words that one types.

Facts that it rests on (see `cli_words` for where they are published):
- a session is a copy of what ran when it was opened, and committing it overwrites what others changed since: so what it would
  change is read again right before the commit
- a line that the device refuses does not end the session: each answer is looked at, and the session aborted
- one commit timer runs at a time, and no other session can be committed meanwhile: a further stage confirms the one before
- a timer that ends, or is cancelled, puts the whole configuration back, changes of others included
- sessions outlive connections: one that is never committed, `ITC-…-0-owner-reason`, is the lock that others see
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from intentc.plan.promises import Guarantees
from intentc.push.cli_neighbours import NEIGHBOURS
from intentc.push.cli_words import (
    Sessions,
    body,
    check,
    clock,
    is_denied,
    is_mark,
    mark_name,
    next_name,
    prefix_of,
    read_document,
    read_facts,
    read_sessions,
    read_version,
    typed,
)
from intentc.push.driver import Identity
from intentc.push.platforms import NO_MARKS, Marks, find_platform
from intentc.push.ssh_terminal import Terminal
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble
from intentc.values import frozen

GUARANTEES = Guarantees(
    name="ssh, configuration session with a commit timer",
    is_staged=True,
    is_checked=True,
    has_timer=True,
    survives_session=True,
    is_stackable=False,
    has_lasting_lock=True,
    has_neighbours=True,
)
_LINES_PER_DEADLINE = 500  # typing a long configuration may take as many deadlines as it has such parts
_SESSIONS = "show configuration sessions detail | json"
_MODE = "config-s"  # how the prompt shows a session


@frozen
class _Staged:
    """A session with a change, and what the device says that it would change."""

    name: str
    diffs: str


class CliSessionDriver:
    """The driver protocol over one terminal, which stands outside configuration between calls."""

    def __init__(self, terminal: Terminal, limits: Limits, expected: str = "", marks: Marks = NO_MARKS) -> None:
        self._terminal = terminal
        self._expected = expected  # the platform that is looked for there
        self._marks = marks
        self._limits = limits
        self._deadline = 0.0
        self._staged: dict[str, _Staged] = {}
        self._committed: dict[str, tuple[str, ...]] = {}  # what ran right after the commit, by token
        self._running = ""

    @property
    def guarantees(self) -> Guarantees:
        """Return what configuration sessions promise."""
        return GUARANTEES

    def identify(self) -> Identity:
        """Return platform, release and hostname."""
        self._begin()
        words, release = read_version(self._do("show version | json"))
        return Identity(find_platform(words, self._expected, self._marks), release, self._terminal.hostname)

    def read(self) -> str:
        """Return what `show running-config` prints."""
        self._begin()
        self._running = self._show("show running-config")
        return self._running

    def facts(self) -> tuple[str, ...]:
        """Return interfaces and addresses of what was read last."""
        return read_facts(self._running or self.read())

    def neighbours(self) -> tuple[str, ...]:
        """Return adjacencies and sessions that are up; a protocol that does not run has none, one that may not be shown is refused."""
        self._begin()
        found: list[str] = []
        for command, up in NEIGHBOURS.items():
            answer = self._ask(command)
            if is_denied(answer):
                check(command, answer)
            found += () if answer.startswith("% ") else up(read_document(answer))
        return tuple(sorted(found))

    def lock(self, token: str, words: str) -> None:
        """Open a session that shows who is at work, and stay away when somebody else has one: of two at once both do."""
        self._begin()
        self._check_alone(token)
        sessions, _ = self._sessions()
        if any(is_mark(name) for name in sessions.of(token)):
            return
        try:
            self._enter(mark_name(token, words))
            self._leave()
            self._check_alone(token)
        except SessionError as error:
            if not error.is_transient:
                self._abort_open(token)
            raise

    def unlock(self, token: str) -> None:
        """Abort every session of `token` that is open: what was staged, and the lock; evidence is the list of sessions."""
        self._begin()
        self._staged.pop(token, None)
        self._abort_open(token)
        left = self._sessions()[0].of(token)
        if left:
            raise SessionError(Trouble.MISMATCH, f"it says that it aborted session `{left[0]}`, but still has it")

    def stage(self, token: str, documents: Sequence[str]) -> None:
        """Type `documents` into a session of their own."""
        commands = [command for document in documents for command in typed(document)]
        self._begin(len(commands))
        self._staged.pop(token, None)
        self._abort_open(token, but_mark=True)
        name = next_name(token, self._sessions()[1])
        self._enter(name)
        try:
            for command in commands:
                self._do(command)
                self._check_mode(command)
            diffs = self._show("show session-config diffs")
        except SessionError as error:
            if error.trouble is Trouble.REFUSED:
                self._ask("abort" if self._terminal.mode else f"configure session {name} abort")
            raise
        self._leave()
        self._staged[token] = _Staged(name, diffs)

    def commit(self, token: str, seconds: int | None, *, is_further: bool = False) -> None:  # noqa: ARG002  (what runs tells)
        """Commit what is staged; a timer of ours that runs is stopped just before, for there can be one only."""
        self._begin()
        staged = self._staged.pop(token, None)
        if staged is None:
            raise SessionError(Trouble.REFUSED, "nothing is staged on it in this session")
        self._check_unchanged(staged)
        timed = self._timed(token)
        if timed:
            self._do(f"configure session {timed} commit")
        self._enter(staged.name)
        try:
            self._do("commit" if seconds is None else f"commit timer {clock(seconds)}")
        except SessionError as error:
            if error.trouble is Trouble.REFUSED:
                self._leave()
            raise
        self._committed[token] = self._body("running")

    def extend(self, token: str, seconds: int) -> bool:  # noqa: ARG002  (the protocol's signature)
        """Return False: nothing published says that a timer can be started anew."""
        return False

    def confirm(self, token: str) -> None:
        """Stop the timer."""
        self._begin()
        self._end_timer(token, "commit")

    def cancel(self, token: str) -> None:
        """Go back now; but the device puts back the whole configuration, so not where others have changed it meanwhile."""
        self._begin()
        if self._committed.get(token) not in {None, self._body("running")}:
            self._end_timer(token, "commit")
            raise SessionError(
                Trouble.REFUSED, "somebody changed its configuration meanwhile, which going back as a whole would undo"
            )
        self._end_timer(token, "abort")

    def is_pending(self, token: str) -> bool | None:
        """Return whether a timer of `token` runs."""
        self._begin()
        return bool(self._timed(token))

    def persist(self) -> None:
        """Save what runs; evidence is the start-up configuration."""
        self._begin()
        self._do("write memory")
        if self._body("startup") != self._body("running"):
            raise SessionError(
                Trouble.MISMATCH, "it says that it saved the configuration, but would start with another one"
            )

    def close(self) -> None:
        """End the connection."""
        self._terminal.close()

    def _body(self, which: str) -> tuple[str, ...]:
        return body(self._show(f"show {which}-config"))

    def _end_timer(self, token: str, how: str) -> None:
        timed = self._timed(token)
        if not timed:
            raise SessionError(Trouble.REFUSED, "no commit timer of this change runs on it")
        self._do(f"configure session {timed} {how}")
        if self._timed(token):
            raise SessionError(Trouble.MISMATCH, f"it says that it did `{how}`, but the commit timer still runs")

    def _check_unchanged(self, staged: _Staged) -> None:
        """Raise unless the session still changes what it did when it was staged, and nothing that others have changed since."""
        self._enter(staged.name)
        diffs = self._show("show session-config diffs")
        self._leave()
        if diffs != staged.diffs:
            raise SessionError(
                Trouble.MISMATCH,
                "somebody changed its configuration since the change was staged, and a commit would undo that",
            )

    def _check_alone(self, token: str) -> None:
        holder = self._sessions()[0].held_by(token)
        if holder:
            raise SessionError(Trouble.LOCKED, f"it is being changed in {holder}")

    def _abort_open(self, token: str, *, but_mark: bool = False) -> None:
        self._leave()
        for name in self._sessions()[0].of(token):
            if not (but_mark and is_mark(name)):
                self._do(f"configure session {name} abort")

    def _timed(self, token: str) -> str:
        """Return the session of `token` whose timer runs, or ""."""
        timed = self._sessions()[0].timed
        return timed if timed.startswith(prefix_of(token)) else ""

    def _sessions(self) -> tuple[Sessions, tuple[str, ...]]:
        return read_sessions(self._do(_SESSIONS))

    def _enter(self, name: str) -> None:
        command = f"configure session {name}"
        self._do(command)
        self._check_mode(command)

    def _check_mode(self, command: str) -> None:
        """Raise unless the prompt shows a session: what is typed outside would run at once."""
        if not self._terminal.mode.startswith(_MODE):
            raise SessionError(Trouble.LOST, f"it left the configuration session after `{command}`")

    def _leave(self) -> None:
        """Leave a session as it is."""
        if self._terminal.mode:
            self._do("end")

    def _show(self, command: str) -> str:
        return check(command, self._ask(command), is_text=True)

    def _do(self, command: str) -> str:
        return check(command, self._ask(command))

    def _ask(self, command: str) -> str:
        return self._terminal.ask(command, timeout_s=max(self._deadline - time.monotonic(), 0.01))

    def _begin(self, lines: int = 0) -> None:
        """Start the deadline of a call."""
        self._deadline = time.monotonic() + self._limits.verb_s * (1 + lines // _LINES_PER_DEADLINE)
