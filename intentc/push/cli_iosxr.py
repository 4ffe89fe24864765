"""IOS XR at its command line: a target configuration behind an exclusive lock, committed on trial.

Facts that it rests on. Those marked [seen] were measured by others on XRv9k 24.3.1 and published as a transcript
(https://github.com/ansible-collections/cisco.iosxr/issues/260 has the same of the question at `end`); the rest is Cisco's "System Management
Configuration Guide" (configuration sessions, `commit`) and what netmiko and napalm rest on (`netmiko/cisco/cisco_xr.py`).
- `configure exclusive` locks the whole configuration; who holds it is printed with the refusal [seen]
- the target configuration has changes only: what is not typed stays as it runs; a line that is refused does not end the session [seen]
- `commit confirmed SECONDS` (30 to 65535) frees the exclusive lock, but until it is confirmed no other session commits, or locks [seen]
- only the session that committed confirms: by `commit`, which says so; `end` asks, and goes back at once [seen]; when the connection is
  lost the timer goes back [seen], so nobody else has to
- a commit that changes nothing is no trial [seen]
- a trial is told in `show configuration sessions detail` by its client, `commit-confirm` [seen]; whose it is, is not
- a commit fails as a whole, and `show configuration failed` says why; it asks where another session has committed meanwhile
- nothing published says what a trial on top of a trial does: a further stage confirms the one before
- `commit` is what survives a reboot; there is nothing to save
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from intentc.inventory.model import Device
from intentc.plan.promises import Guarantees
from intentc.push.cli_changing import ChangingDriver
from intentc.push.cli_typing import Typist, open_typist
from intentc.push.cli_words import prefix_of
from intentc.push.platforms import NO_MARKS, Marks
from intentc.push.ssh_terminal import Speech
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.kit import ChangingLines
from intentc.values import frozen

GUARANTEES = Guarantees(
    name="ssh, exclusive target configuration with a commit on trial",
    is_staged=True,
    is_checked=False,
    has_timer=True,
    survives_session=False,
    is_stackable=False,
    has_lasting_lock=False,
)
SPEECH = Speech(
    first="terminal length 0",
    prompt=re.compile(r"\A(?P<base>[^\n]{1,80}?)(?P<mode>\(config[^()\n]*\))?[>#] ?\Z"),
    refused=re.compile(
        r"(?m)^% (?!WARNING|Confirming commit for trial session).*$|^Can ?not enter exclusive mode\..*$"
    ),
    replies=(
        (re.compile(r".*Do you wish to proceed with this commit anyway\? ?\[no\]: ?"), "no"),
        (re.compile(r".*Do you wish to exit\? ?\[no\]: ?"), "yes"),
        (re.compile(r".*commit them before exiting ?\(yes/no/cancel\)\? ?\[cancel\]: ?"), "no"),
    ),
)
_LOGIN = ("terminal width 511", "terminal exec prompt no-timestamp")
_SHORTEST_S, _LONGEST_S = 30, 65_535
_SESSIONS = "show configuration sessions detail"
_TRIAL = "commit-confirm"
_CONFIRMED = "Confirming commit for trial session"
_NOTHING = "No configuration changes to commit"
_OVERTAKEN = "Do you wish to proceed with this commit anyway"
_FAILED = "Failed to commit"
_LOCKED = re.compile(r"(?i)exclusive mode|locked by another|trial commit is underway")
_HOLDER = re.compile(r"(?m)^[0-9a-f]{8}(?:-[0-9a-f]{8}){2}\s+(?P<line>\S+)\s+(?P<user>\S+)\s")


@frozen
class _Trial:
    """A commit of this session that is still to be confirmed; `is_empty`: it changed nothing, so the router has none."""

    token: str
    is_empty: bool = False


class IosXrDriver(ChangingDriver):
    """The driver protocol over one terminal, which stands in configuration from the lock to the end."""

    promises = GUARANTEES

    def __init__(self, typist: Typist, lines: ChangingLines, expected: str = "", marks: Marks = NO_MARKS) -> None:
        super().__init__(typist, lines, expected, marks)
        self._is_typed = False
        self._is_exclusive = False
        self._trial: _Trial | None = None

    def lock(self, token: str, words: str) -> None:  # noqa: ARG002  (the lock is the connection's: nobody sees words)
        """Enter an exclusive session; a trial of others is a lock, too."""
        self._typist.begin()
        if self._is_exclusive or self._trial is not None:
            self._check_inside()
            return
        if self._has_trial():
            raise SessionError(Trouble.LOCKED, "a commit of another session is still to be confirmed on it")
        self._enter()

    def unlock(self, token: str) -> None:  # noqa: ARG002  (see `lock`)
        """Leave configuration with nothing kept; a trial that nobody confirmed goes back."""
        self._typist.begin()
        self._leave()

    def stage(self, token: str, documents: Sequence[str]) -> None:  # noqa: ARG002  (the target is the connection's)
        """Type what the documents change into an empty target; while a trial runs it is kept until that is confirmed."""
        self._typist.begin()
        self._staged = None
        lines = self._changes(documents)
        self._typist.begin(len(lines))
        self._check_inside()
        if self._trial is None:
            self._type(lines)
        self._staged = lines

    def commit(self, token: str, seconds: int | None, *, is_further: bool = False) -> None:  # noqa: ARG002  (the trial tells)
        """Commit what is staged; a trial of ours is confirmed just before, for there is one point of return only."""
        lines = self._take_staged()
        self._typist.begin(len(lines))
        self._check_inside()
        if self._trial is not None:
            self._confirm()
            self._leave()
            self._enter()
            self._type(lines)
        self._is_typed = False
        has_changed = bool(lines) and self._commit(token, seconds)
        if seconds is not None:
            self._trial = _Trial(token, is_empty=not has_changed)
            self._is_exclusive = not has_changed

    def extend(self, token: str, seconds: int) -> bool:  # noqa: ARG002  (the protocol's signature)
        """Return False: nothing published says that a trial can be made longer."""
        return False

    def confirm(self, token: str) -> None:
        """Make the trial stay, which only this session can if it is its own."""
        self._typist.begin()
        self._check_mine(token)
        self._confirm()

    def cancel(self, token: str) -> None:
        """Go back now: the router does when the session that committed leaves configuration."""
        self._typist.begin()
        trial = self._check_mine(token)
        self._leave()
        if not trial.is_empty and self._has_trial():
            raise SessionError(Trouble.MISMATCH, "it says that it goes back, but the commit on trial still runs")

    def is_pending(self, token: str) -> bool | None:
        """Return whether a commit on trial runs; whose it is the router does not tell, but there is one at a time."""
        self._typist.begin()
        if self._trial == _Trial(token, is_empty=True):
            return False
        return self._has_trial()

    def persist(self) -> None:
        """Do nothing: what is committed survives a reboot."""

    def _enter(self) -> None:
        """Enter the exclusive session."""
        try:
            self._typist.do("configure exclusive")
        except SessionError as error:
            if error.trouble is Trouble.REFUSED and _LOCKED.search(error.text):
                holder = _HOLDER.search(self._show("show configuration sessions"))
                who = f" of `{holder['user']}` on {holder['line']}" if holder else ""
                raise SessionError(Trouble.LOCKED, f"its configuration is locked by a session{who}") from None
            raise
        self._check_inside()
        self._is_exclusive = True

    def _leave(self) -> None:
        """Leave configuration and drop what was typed; leaving a trial, the router asks, is told yes, and goes back."""
        if self._typist.mode:
            self._typist.do("end" if self._trial is not None and not self._trial.is_empty else "abort")
            if self._typist.mode:
                raise SessionError(Trouble.LOST, "it says that it left configuration, but is still in it")
        self._staged, self._trial, self._is_typed, self._is_exclusive = None, None, False, False

    def _type(self, lines: Sequence[str]) -> None:
        """Type lines into an empty target; what is refused leaves it empty, and locked."""
        if self._is_typed:
            self._start_anew()
        self._is_typed = True
        try:
            self._type_each(lines)
        except SessionError as error:
            if error.trouble is Trouble.REFUSED:
                self._start_anew()
            raise

    def _start_anew(self) -> None:
        self._leave()
        self._enter()

    def _commit(self, token: str, seconds: int | None) -> bool:
        """Commit the target; return whether that changed anything."""
        command = "commit"
        if seconds is not None:
            command = f"commit label {prefix_of(token)}{secrets.token_hex(3)} confirmed {_timer_s(seconds)}"
        answer = self._typist.ask(command)
        if _OVERTAKEN in answer:
            self._start_anew()
            raise SessionError(
                Trouble.MISMATCH, "another session has committed since this one was opened: nothing was committed"
            )
        if _NOTHING in answer:
            return False
        if _FAILED in answer:
            said = " ".join(self._typist.ask("show configuration failed").split())
            self._start_anew()
            raise SessionError(Trouble.REFUSED, f"it refused `{command}`: `{said}`")
        try:
            self._typist.check(command, answer)
        except SessionError:
            if self._has_trial():  # it says no, and did it
                self._trial = _Trial(token)
            self._start_anew()
            raise
        return True

    def _confirm(self) -> None:
        """Confirm the trial of this session; evidence are the router's words for it, and that no trial runs any more."""
        if self._trial is not None and not self._trial.is_empty:
            answer = self._typist.do("commit")
            if self._has_trial():
                raise SessionError(Trouble.MISMATCH, "it says that the commit stays, but it is still on trial")
            if _CONFIRMED not in answer:
                self._trial = None
                raise SessionError(Trouble.REFUSED, "no commit on trial runs in this session any more")
        self._trial = None

    def _check_mine(self, token: str) -> _Trial:
        if self._trial is None or self._trial.token != token:
            raise SessionError(
                Trouble.REFUSED, "only the session that committed could confirm or end the trial, and it is gone"
            )
        return self._trial

    def _has_trial(self) -> bool:
        return _TRIAL in self._show(_SESSIONS)


def _timer_s(seconds: int) -> int:
    """Return how long a trial takes; raises `REFUSED` for less than there is: the change would wait longer than anybody thinks."""
    if seconds < _SHORTEST_S:
        raise SessionError(
            Trouble.REFUSED,
            f"its timer takes {_SHORTEST_S} s at least, and {seconds} s were asked for",
            f'write `confirm_timeout = "{_SHORTEST_S}s"` or more under `[apply]` in intentc.toml',
        )
    return min(seconds, _LONGEST_S)


def open_iosxr(device: Device, limits: Limits, lines: ChangingLines, marks: Marks = NO_MARKS) -> IosXrDriver:
    """Return a driver to `device`; raises `SessionError`. `marks` tell whose software answers."""
    return IosXrDriver(open_typist(device, limits, SPEECH, _LOGIN), lines, device.platform, marks)
