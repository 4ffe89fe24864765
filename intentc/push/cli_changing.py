"""What the command lines have in common that take changes to what runs, not documents: whoever types there has to know what is there.

Lines come from the target's own code (`ChangingLines`), and each answer is looked at. How a change comes to stay, or goes, is what such
command lines differ in: `cli_iosxr`, `cli_iosxe`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from intentc.plan.promises import Guarantees
from intentc.push.cli_told import ask_neighbours, watched
from intentc.push.cli_typing import Typist
from intentc.push.driver import Identity
from intentc.push.platforms import NO_MARKS, Marks, find_platform
from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.kit import ChangingLines
from intentc.values import replace

_RELEASE = re.compile(r"Version\s+(?P<major>\d+)\.(?P<minor>\d+)")
_Read = TypeVar("_Read")


class ChangingDriver:
    """The part of the driver protocol that asks, and what types; over one terminal."""

    promises: Guarantees

    def __init__(self, typist: Typist, lines: ChangingLines, expected: str = "", marks: Marks = NO_MARKS) -> None:
        self._typist = typist
        self._lines = lines
        self._expected = expected  # the platform that is looked for there
        self._marks = marks
        self._staged: tuple[str, ...] | None = None

    @property
    def guarantees(self) -> Guarantees:
        """Return what this kind of command line promises, and of which sessions it tells."""
        told = watched(self._expected)
        return replace(self.promises, has_neighbours=bool(told), watched=told)

    def identify(self) -> Identity:
        """Return platform, release and hostname."""
        self._typist.begin()
        answer = self._show("show version")
        found = _RELEASE.search(answer)
        release = f"{int(found['major'])}.{int(found['minor'])}" if found else ""
        words = [line.strip() for line in answer.splitlines()]
        return Identity(find_platform(words, self._expected, self._marks), release, self._hostname(answer))

    def read(self) -> str:
        """Return what runs, as the target's document."""
        self._typist.begin()
        return read_answer(self._lines.configuration, self._show(self._lines.READ))

    def facts(self) -> tuple[str, ...]:
        """Return how the router takes changes: a plan that was made for another way does not fit any more."""
        return (f"commit={self.promises.name}",)

    def neighbours(self) -> tuple[str, ...]:
        """Return adjacencies and sessions that are up, of the protocols that there are words for (see `guarantees`)."""
        self._typist.begin()
        return ask_neighbours(self._expected, self._show)

    def close(self) -> None:
        """End the connection."""
        self._typist.close()

    def _hostname(self, version: str) -> str:  # noqa: ARG002  (what some say there)
        """Return what the router calls itself, by its prompt."""
        return self._typist.hostname.rpartition(":")[2]

    def _changes(self, documents: Sequence[str]) -> tuple[str, ...]:
        """Return the lines that make of what runs what the documents ask for; raises `REFUSED` where nobody knows them."""
        answer = self._show(self._lines.READ)
        try:
            return self._lines.changes(documents, answer)
        except ValueError as error:
            reason = " ".join(str(error).split())
            help_ = "leave `transport: ssh` under `management` out: over NETCONF it can be given"
            raise SessionError(Trouble.REFUSED, f"the change cannot be typed: {reason}", help_) from error

    def _type_each(self, lines: Sequence[str]) -> None:
        """Type lines of configuration; the first that is refused ends it."""
        for line in lines:
            self._typist.do(line)
            self._check_inside()

    def _take_staged(self) -> tuple[str, ...]:
        if self._staged is None:
            raise SessionError(Trouble.REFUSED, "nothing is staged on it in this session")
        lines, self._staged = self._staged, None
        return lines

    def _check_inside(self) -> None:
        """Raise unless the prompt shows configuration: what is typed outside could mean something else."""
        if not self._typist.mode:
            raise SessionError(Trouble.LOST, "it is not in configuration any more")

    def _show(self, command: str) -> str:
        return self._typist.show(self._outside(command))

    def _outside(self, command: str) -> str:
        """Return a command that is none of configuration as it is typed where one is."""
        return f"{'do ' if self._typist.mode else ''}{command}"


def read_answer(reader: Callable[[str], _Read], answer: str) -> _Read:
    """Return what `reader` makes of an answer; raises `MISMATCH` for what it cannot read."""
    try:
        return reader(answer)
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise SessionError(Trouble.MISMATCH, f"its configuration cannot be read: {reason}") from error
