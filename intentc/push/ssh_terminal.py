"""A device's own command line over SSH: one command at a time, each with the device's words and the mode it is left in.

For devices that have nothing else. What is typed is echoed, what is answered ends with a prompt, and only the prompt tells
that the device is done; banners, colours, line breaks in the echo of long lines and a new hostname are all part of the day.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import paramiko

from intentc.push.ssh import Connection
from intentc.push.trouble import SessionError, Trouble
from intentc.values import frozen

_WIDTH = 511  # the widest that line editors of devices take; wider lines are broken in the echo
_CHUNK = 65536
_SETTLED_S = 0.3  # a prompt that nobody knows yet counts once nothing follows it for so long
_NOISE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\x07]")  # colours, cursor, bells
_END_OF_FILE = "\x04"  # Ctrl-D
_CUT = re.compile(r"\x1b\[?[0-9;?]*$")  # noise whose end has not arrived
_QUESTION = re.compile(r"[^\n]*[Pp]assword: ?")


@frozen
class Speech:
    """How one kind of command line speaks.

    - `first` is the first command, which ends paging; its echo tells the prompt from whatever else looks like one.
    - `prompt` is searched at the end of what was printed, in its last `rows` lines: the group `base` (the hostname) is the same all
      day, `mode` says where one is, None or "" outside configuration. Lines before the last one that belong to the prompt are in it.
    - `refused` finds a line by which the device says no.
    - `replies` are questions that take more than a prompt, as patterns of the last line, and what is typed then.
    - `notices` are what the device says of its own accord, in the middle of anything else; they are left out.
    """

    first: str
    prompt: re.Pattern[str]
    refused: re.Pattern[str]
    rows: int = 1
    replies: tuple[tuple[re.Pattern[str], str], ...] = ()
    notices: re.Pattern[str] | None = None


EOS = Speech(
    first="terminal length 0",
    prompt=re.compile(r"\A(?P<base>[^\n]{1,80}?)(?P<mode>\(config[^()\n]*\))?[>#] ?\Z"),
    refused=re.compile(r"(?m)^% .*$"),
)


class Terminal:
    """One interactive shell. After any error it is unknown what the device did, and the terminal is good for nothing."""

    def __init__(self, connection: Connection, *, timeout_s: float, speech: Speech = EOS) -> None:
        self._connection = connection
        self._speech = speech
        self._seen = self._cut = ""
        self._base = ""
        self._mode = ""
        self._is_privileged = False
        deadline = time.monotonic() + timeout_s
        self._channel = connection.shell(_WIDTH, timeout_s=timeout_s)
        self._greet(deadline, timeout_s)

    @property
    def hostname(self) -> str:
        """Return what the prompt begins with: the hostname, as devices are delivered."""
        return self._base.partition("(")[0]

    @property
    def mode(self) -> str:
        """Return the mode that the last prompt shows, "" outside configuration."""
        return self._mode

    @property
    def is_privileged(self) -> bool:
        """Return whether the last prompt is one for privileged commands."""
        return self._is_privileged

    def ask(self, command: str, *, timeout_s: float) -> str:
        """Return what the device says to `command`, its lines ended by newlines, "" where it just does it.

        Raises `TIMEOUT` when no prompt comes in `timeout_s` (it may ask something), `LOST` when the connection ends first.
        """
        self._send(command, timeout_s)
        text = self._until_prompt(time.monotonic() + timeout_s, timeout_s)
        return _without_echo(text, command)

    def paste(self, command: str, ready: str, lines: Sequence[str], *, timeout_s: float) -> str:
        """Return what the device says to `command`, which takes `lines` up to an end of file once it has said `ready`.

        The echo of the lines is in the answer. Raises as `ask` does.
        """
        deadline = time.monotonic() + timeout_s
        self._send(command, timeout_s)
        while ready not in self._seen:
            if self._prompt() is not None and not self._has_more(deadline):
                return _without_echo(self._until_prompt(deadline, timeout_s), command)  # it took no lines
            self._more(deadline, timeout_s)
        self._seen = self._seen.partition(ready)[2]
        self._send("\n".join((*lines, _END_OF_FILE)), timeout_s, end="")
        return self._until_prompt(deadline, timeout_s)

    def _greet(self, deadline: float, timeout_s: float) -> None:
        """Read banners up to something like a prompt, then learn the prompt from the echo of the first command."""
        while self._prompt() is None:
            self._more(deadline, timeout_s)
        self._send(self._speech.first, timeout_s)
        # the prompt, the echo of the first command, what is answered to it, and the same prompt again
        greeting = re.compile(
            rf"(?:^|\n)(?P<prompt>[^\n]{{1,80}}[>#]) ?{re.escape(self._speech.first)}\n(?P<answer>(?:[^\n]*\n)*?)(?P=prompt) ?$"
        )
        while (found := greeting.search(self._seen)) is None or (last := self._prompt()) is None:
            self._more(deadline, timeout_s)
        self._base, self._is_privileged, self._seen = last["base"], found["prompt"].endswith("#"), ""
        refused = self._speech.refused.search(found["answer"])
        if refused is not None:
            raise SessionError(Trouble.REFUSED, f"it refused `{self._speech.first}`: `{refused[0].strip()}`")

    def _until_prompt(self, deadline: float, timeout_s: float) -> str:
        while True:
            found = self._prompt()
            if found is not None and found["base"] == self._base:
                break
            is_question = _QUESTION.fullmatch(self._last_line) is not None
            if found is None and not is_question:
                if not self._reply(deadline, timeout_s):
                    self._more(deadline, timeout_s)
            elif self._has_more(deadline):
                continue
            elif found is not None:
                break
            else:
                raise SessionError(Trouble.AUTHENTICATION, "it asks for a password, and there is none to give")
        self._base, self._mode = found["base"], (found["mode"] or "").strip("() ")
        self._is_privileged = found[0].rstrip().endswith("#")
        text, self._seen = self._seen[: len(self._seen) - len(found[0])], ""
        return text

    def _reply(self, deadline: float, timeout_s: float) -> bool:
        """Answer a question that the device is known to ask; return whether it did."""
        for question, answer in self._speech.replies:
            if question.fullmatch(self._last_line) is not None and not self._has_more(deadline):
                self._send(answer, timeout_s)
                self._seen += "\n"
                return True
        return False

    def _prompt(self) -> re.Match[str] | None:
        """Return the prompt at the end of what was printed, if it is there."""
        at = len(self._seen)
        for _ in range(self._speech.rows):
            at = self._seen.rfind("\n", 0, max(at, 0))
        return self._speech.prompt.search(self._seen[at + 1 :])

    @property
    def _last_line(self) -> str:
        return self._seen[self._seen.rfind("\n") + 1 :]

    def _has_more(self, deadline: float) -> bool:
        """Return whether something follows within a moment; it is kept."""
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        try:
            self._receive(min(_SETTLED_S, left))
        except TimeoutError:
            return False
        return True

    def _more(self, deadline: float, timeout_s: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:  # not even for a device that never stops talking
            raise _late(timeout_s)
        try:
            self._receive(left)
        except TimeoutError as error:
            raise _late(timeout_s) from error

    def _receive(self, seconds: float) -> None:
        try:
            self._channel.settimeout(seconds)
            part = self._channel.recv(_CHUNK)
        except TimeoutError:
            raise
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise _lost() from error
        if not part:
            raise _lost()
        fresh = self._cut + part.decode("utf-8", "replace")
        cut = _CUT.search(fresh)
        self._cut, fresh = (fresh[cut.start() :], fresh[: cut.start()]) if cut else ("", fresh)
        self._seen += _NOISE.sub("", fresh)
        if self._speech.notices is not None:
            self._seen = self._speech.notices.sub("", self._seen)

    def _send(self, command: str, timeout_s: float, end: str = "\n") -> None:
        try:
            self._channel.settimeout(timeout_s)
            self._channel.sendall(f"{command}{end}".encode())
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise _lost() from error

    def close(self) -> None:
        """End the connection without waiting for the peer."""
        self._connection.close()


def _late(timeout_s: float) -> SessionError:
    return SessionError(Trouble.TIMEOUT, f"no answer within {round(timeout_s, 1):g} s")


def _lost() -> SessionError:
    return SessionError(Trouble.LOST, "the connection was lost")


def _without_echo(text: str, command: str) -> str:
    """Return `text` after the echo of `command`, in which line editors break lines and go back over what they wrote."""
    at, wanted = 0, iter(command)
    expected = next(wanted, None)
    while expected is not None and at < len(text):
        if text[at] == expected:
            expected = next(wanted, None)
        elif text[at] not in "\n \x08":
            return text  # no echo
        at += 1
    return text[at:].lstrip(" ").removeprefix("\n")
