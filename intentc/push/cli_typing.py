"""Typing at a device's command line within a deadline; what the device says no to is raised in its own words."""

from __future__ import annotations

import time
from collections.abc import Sequence

from intentc.inventory.model import Device
from intentc.push.ssh import connect
from intentc.push.ssh_terminal import Speech, Terminal
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble

_LINES_PER_DEADLINE = 500  # typing a long configuration may take as many deadlines as it has such parts

_MOST_SAID = 600  # characters of a device's words in a finding


class Typist:
    """Commands on one terminal. A call of the driver begins a deadline, which all that it types shares."""

    def __init__(self, terminal: Terminal, speech: Speech, limits: Limits) -> None:
        self._terminal = terminal
        self._speech = speech
        self._limits = limits
        self._deadline = 0.0

    @property
    def mode(self) -> str:
        """Return the mode that the last prompt shows, "" outside configuration."""
        return self._terminal.mode

    @property
    def hostname(self) -> str:
        """Return what the prompt begins with."""
        return self._terminal.hostname

    @property
    def is_privileged(self) -> bool:
        """Return whether the last prompt is one for privileged commands."""
        return self._terminal.is_privileged

    def begin(self, lines: int = 0) -> None:
        """Start the deadline of a call that types so many lines of configuration."""
        self._deadline = time.monotonic() + self._limits.verb_s * (1 + lines // _LINES_PER_DEADLINE)

    def ask(self, command: str) -> str:
        """Return what the device says to `command`, a refusal too."""
        return self._terminal.ask(command, timeout_s=self._left_s)

    def do(self, command: str) -> str:
        """Return what the device says to `command`; raises `REFUSED` where it says no."""
        return self.check(command, self.ask(command))

    def show(self, command: str) -> str:
        """Return a text that the device was asked for, in which words that look like a refusal may stand: only the first line counts."""
        answer = self.ask(command)
        self.check(command, answer.lstrip().partition("\n")[0])
        return answer

    def paste(self, command: str, ready: str, lines: Sequence[str]) -> str:
        """Return what the device says to `command` that reads `lines` to their end (see `Terminal.paste`); raises `REFUSED`."""
        return self.check(command, self._terminal.paste(command, ready, lines, timeout_s=self._left_s))

    def check(self, command: str, answer: str) -> str:
        """Return `answer` unless the device says no in it."""
        found = self._speech.refused.search(answer)
        if found is not None:
            said = answer if len(answer) <= _MOST_SAID else answer[found.start() : found.start() + _MOST_SAID]
            raise SessionError(Trouble.REFUSED, f"it refused `{command}`: `{' '.join(said.split())}`")
        return answer

    def close(self) -> None:
        """End the connection."""
        self._terminal.close()

    @property
    def _left_s(self) -> float:
        return max(self._deadline - time.monotonic(), 0.01)


def open_typist(device: Device, limits: Limits, speech: Speech, login: Sequence[str] = ()) -> Typist:
    """Return what types on a new connection to `device`, after the commands `login`; raises `SessionError`."""
    connection = connect(device, timeout_s=limits.connect_s)
    try:
        typist = Typist(Terminal(connection, timeout_s=limits.connect_s, speech=speech), speech, limits)
        typist.begin()
        for command in login:
            typist.do(command)
    except SessionError:
        connection.close()
        raise
    return typist
