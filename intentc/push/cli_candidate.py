"""Devices whose command line has a candidate and a commit that is to be confirmed: one driver, and a `Dialect` for what each types.

What is rendered, compared and remembered is the target's document; it becomes lines, and what is printed a document again, only here
(`CommandLine`). What holds for all of them:
- an exclusive session is the lock: it is of this connection, and a candidate that somebody else has touched is not entered
- answers that mean success have known words; anything else is no success, whatever it says
- whether a commit waits to be confirmed, and whose it is, is asked of the device each time: its comment or name has our mark
- going back as a whole would undo what others did since: only while the pending commit is the newest, and ours
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from intentc.inventory.model import Device
from intentc.plan.promises import Guarantees
from intentc.push.cli_dialect import Dialect, Step, Waiting
from intentc.push.cli_told import ask_neighbours, watched
from intentc.push.cli_typing import Typist, open_typist
from intentc.push.cli_words import prefix_of
from intentc.push.driver import Identity
from intentc.push.platforms import NO_MARKS, Marks, find_platform
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.kit import CommandLine
from intentc.values import replace

_Read = TypeVar("_Read")


class CliCandidateDriver:
    """The driver protocol over one terminal, which stands in the exclusive session while the locks are held."""

    def __init__(
        self, typist: Typist, dialect: Dialect, lines: CommandLine, expected: str = "", marks: Marks = NO_MARKS
    ) -> None:
        self._typist = typist
        self._dialect = dialect
        self._lines = lines
        self._expected = expected  # the platform that is looked for there
        self._marks = marks
        self._is_staged = False

    @property
    def guarantees(self) -> Guarantees:
        """Return what this kind of command line promises, and of which sessions it tells."""
        told = watched(self._expected)
        return replace(self._dialect.guarantees, has_neighbours=bool(told), watched=told)

    def identify(self) -> Identity:
        """Return platform, release and hostname, as the device told."""
        self._typist.begin()
        told = self._read(self._dialect.read_version, self._show(self._dialect.version))
        return Identity(find_platform(told.words, self._expected, self._marks), told.release, told.hostname)

    def read(self) -> str:
        """Return what runs, as the target's document."""
        self._typist.begin()
        return self._read(self._lines.configuration, self._show(self._lines.READ))

    def facts(self) -> tuple[str, ...]:
        """Return how the device takes changes: a plan that was made for another way does not fit any more."""
        return (f"commit={self._dialect.guarantees.name}",)

    def neighbours(self) -> tuple[str, ...]:
        """Return adjacencies and sessions that are up, of the protocols that there are words for (see `guarantees`)."""
        self._typist.begin()
        return ask_neighbours(self._expected, self._show)

    def lock(self, token: str, words: str) -> None:  # noqa: ARG002  (these locks are the connection's: nobody sees words)
        """Enter an exclusive session with a clean candidate; a commit of others that waits is a lock, too."""
        self._typist.begin()
        if self._typist.mode:
            return
        mark = prefix_of(token)
        self._check_alone(mark)
        self._enter(mark)
        try:
            self._step(self._dialect.clear)
            self._check_alone(mark)
        except SessionError as error:
            if not error.is_transient:
                self._leave()
            raise

    def unlock(self, token: str) -> None:
        """Empty the candidate and leave the session; a candidate that outlived an earlier session of ours goes, too."""
        self._typist.begin()
        self._is_staged = False
        is_left = self._dialect.is_left
        if not self._typist.mode and is_left is not None:
            mark, answer = prefix_of(token), self._show(self._dialect.waiting)
            if self._read(lambda text: is_left(text, mark), answer):
                self._enter(mark)
        if self._typist.mode:
            self._leave()

    def stage(self, token: str, documents: Sequence[str]) -> None:
        """Empty the candidate, type what the documents mean, and let the device check it."""
        commands = [line for document in documents for line in self._read(self._lines.commands, document)]
        self._typist.begin(len(commands))
        self._is_staged = False
        self._make_way(token)
        self._step(self._dialect.clear)
        try:
            self._load(commands)
            self._step(self._dialect.check)
        except SessionError as error:
            if not error.is_transient:
                self._step(self._dialect.clear)
            raise
        self._is_staged = True

    def commit(self, token: str, seconds: int | None, *, is_further: bool = False) -> None:  # noqa: ARG002  (the device is asked)
        """Commit what is staged. For good: also where a commit of ours waits, which is confirmed by it."""
        self._typist.begin()
        if not self._is_staged:
            raise SessionError(Trouble.REFUSED, "nothing is staged on it in this session")
        self._check_inside()
        self._is_staged = False
        self._step(self._dialect.commit(seconds, prefix_of(token)))

    def extend(self, token: str, seconds: int) -> bool:
        """Start the timer anew where the device can."""
        self._typist.begin()
        if self._dialect.extend is None:
            return False
        self._check_waiting(token)
        self._inside(token, [self._dialect.extend(seconds, prefix_of(token))])
        return True

    def confirm(self, token: str) -> None:
        """Stop the timer; evidence is that nothing waits any more."""
        self._typist.begin()
        self._check_waiting(token)
        self._inside(token, self._dialect.confirm(prefix_of(token)))
        self._check_ended()

    def cancel(self, token: str) -> None:
        """Go back now."""
        self._typist.begin()
        self._check_waiting(token)
        self._inside(token, self._dialect.cancel(prefix_of(token)))
        self._check_ended()

    def is_pending(self, token: str) -> bool | None:
        """Return whether a commit of `token` waits."""
        self._typist.begin()
        waiting = self._waiting()
        return waiting is not None and waiting.mark == prefix_of(token)

    def persist(self) -> None:
        """Save what runs, where a commit does not."""
        self._typist.begin()
        if self._dialect.save is not None:
            self._do(self._dialect.save, self._dialect.outside)

    def close(self) -> None:
        """End the connection."""
        self._typist.close()

    def _check_alone(self, mark: str) -> None:
        answer = self._show(self._dialect.waiting)
        waiting = self._read(self._dialect.read_waiting, answer)
        if waiting is not None and waiting.mark != mark:
            who = f" of `{waiting.who}`" if waiting.who else ""
            raise SessionError(Trouble.LOCKED, f"a commit{who} is still to be confirmed on it")
        find = self._dialect.find_holder
        holder = "" if find is None else self._read(lambda text: find(text, mark), answer)
        if holder:
            raise SessionError(Trouble.LOCKED, f"it is being changed in {holder}")

    def _make_way(self, token: str) -> None:
        """Stand in the exclusive session, and with nothing waiting where the device takes no change then."""
        waiting = self._waiting() if self._dialect.is_single else None
        if waiting is not None:
            self._check_waiting(token)
            self._inside(token, self._dialect.confirm(prefix_of(token)))
            self._check_ended()
        if self._dialect.is_single and not self._typist.mode:
            self._enter(prefix_of(token))
        self._check_inside()

    def _enter(self, mark: str) -> None:
        step = self._dialect.enter(mark)
        answer = self._typist.ask(step.command)
        try:
            self._check_done(step, self._typist.check(step.command, answer))
        except SessionError as error:
            if self._dialect.locked.search(answer):
                raise SessionError(
                    Trouble.LOCKED, f"somebody else is changing its configuration: {error.text}"
                ) from None
            raise
        self._check_inside()

    def _leave(self) -> None:
        self._step(self._dialect.clear)
        self._step(self._dialect.leave)
        if self._typist.mode:
            raise SessionError(Trouble.LOST, "it says that it left configuration, but is still in it")

    def _load(self, commands: Sequence[str]) -> None:
        load = self._dialect.load
        if load is not None:
            self._check_done(load, self._typist.paste(load.command, self._dialect.ready, commands))
            return
        for command in commands:
            self._type(command)
            self._check_inside()

    def _type(self, command: str) -> None:
        """Type a line of configuration; that what it takes away is not there is no refusal."""
        answer, absent = self._typist.ask(command), self._dialect.absent
        if absent is None or not command.startswith("delete ") or absent.search(answer) is None:
            self._typist.check(command, answer)

    def _inside(self, token: str, steps: Sequence[Step]) -> None:
        """Do `steps` where the device takes them; a session that was opened for them is left again."""
        was_inside = bool(self._typist.mode)
        if self._dialect.is_inside:
            if not was_inside:
                self._enter(prefix_of(token))
            self._step(self._dialect.clear)
        for step in steps:
            self._do(step, "" if self._dialect.is_inside else self._dialect.outside)
        if self._typist.mode and not was_inside:
            self._leave()

    def _check_waiting(self, token: str) -> None:
        waiting = self._waiting()
        if waiting is None or waiting.mark != prefix_of(token):
            raise SessionError(Trouble.REFUSED, "no commit of this change waits on it to be confirmed")

    def _check_ended(self) -> None:
        if self._waiting() is not None:
            raise SessionError(Trouble.MISMATCH, "it says that it is done, but a commit still waits to be confirmed")

    def _waiting(self) -> Waiting | None:
        return self._read(self._dialect.read_waiting, self._show(self._dialect.waiting))

    def _check_inside(self) -> None:
        """Raise unless the prompt shows configuration: what is typed outside could mean something else."""
        if not self._typist.mode:
            raise SessionError(Trouble.LOST, "it is not in the exclusive session any more")

    def _show(self, command: str) -> str:
        return self._typist.show(f"{self._dialect.outside if self._typist.mode else ''}{command}")

    def _step(self, step: Step) -> None:
        self._do(step, "")

    def _do(self, step: Step, outside: str) -> None:
        command = f"{outside if self._typist.mode else ''}{step.command}"
        self._check_done(step, self._typist.do(command))

    @staticmethod
    def _check_done(step: Step, answer: str) -> None:
        if step.done and not any(words in answer for words in step.done):
            said = " ".join(answer.split()[-40:])
            raise SessionError(Trouble.REFUSED, f"it refused `{step.command}`: `{said}`")

    @staticmethod
    def _read(reader: Callable[[str], _Read], answer: str) -> _Read:
        try:
            return reader(answer)
        except ValueError as error:
            reason = " ".join(str(error).split())
            raise SessionError(Trouble.MISMATCH, f"its answer cannot be read: {reason}") from error


def open_candidate(
    device: Device, limits: Limits, dialect: Dialect, lines: CommandLine, marks: Marks = NO_MARKS
) -> CliCandidateDriver:
    """Return a driver to `device` that speaks `dialect`; raises `SessionError`. `marks` tell whose software answers."""
    typist = open_typist(device, limits, dialect.speech, dialect.login)
    return CliCandidateDriver(typist, dialect, lines, device.platform, marks)
