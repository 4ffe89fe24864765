"""A device's own command line over SSH: one command at a time, each with the device's words and the mode it is left in.

For devices that have nothing else. What is typed is echoed, what is answered ends with a prompt, and only the prompt tells
that the device is done; banners, colours, line breaks in the echo of long lines and a new hostname are all part of the day.
"""

from __future__ import annotations

import re
import time

import paramiko

from intentc.push.ssh import Connection
from intentc.push.trouble import SessionError, Trouble

_WIDTH = 511  # the widest that line editors of devices take; wider lines are broken in the echo
_CHUNK = 65536
_SETTLED_S = 0.3  # a prompt that nobody knows yet counts once nothing follows it for so long
_NOISE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\x07]")  # colours, cursor, bells
_CUT = re.compile(r"\x1b\[?[0-9;?]*$")  # noise whose end has not arrived
_PROMPT = re.compile(r"(?P<base>[^\n]{1,80}?)(?P<mode>\(config[^()\n]*\))?[>#] ?")
_QUESTION = re.compile(r"[^\n]*[Pp]assword: ?")
_FIRST = "terminal length 0"  # no paging; its echo tells the prompt from whatever else looks like one
# the prompt, the echo of the first command, what is answered to it, and the same prompt again
_GREETING = re.compile(rf"(?:^|\n)(?P<prompt>[^\n]{{1,80}}[>#]) ?{_FIRST}\n(?P<answer>(?:[^\n]*\n)*?)(?P=prompt) ?$")


class Terminal:
    """One interactive shell. After any error it is unknown what the device did, and the terminal is good for nothing."""

    def __init__(self, connection: Connection, *, timeout_s: float) -> None:
        self._connection = connection
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

    def _greet(self, deadline: float, timeout_s: float) -> None:
        """Read banners up to something like a prompt, then learn the prompt from the echo of the first command."""
        while not _PROMPT.fullmatch(self._last_line):
            self._more(deadline, timeout_s)
        self._send(_FIRST, timeout_s)
        while True:
            found = _GREETING.search(self._seen)
            if found is not None:
                break
            self._more(deadline, timeout_s)
        prompt = found["prompt"]
        self._base, self._is_privileged, self._seen = prompt[:-1], prompt.endswith("#"), ""
        refused = re.search(r"(?m)^% .*$", found["answer"])
        if refused is not None:
            raise SessionError(Trouble.REFUSED, f"it refused `{_FIRST}`: `{refused[0]}`")

    def _until_prompt(self, deadline: float, timeout_s: float) -> str:
        while True:
            found = _PROMPT.fullmatch(self._last_line)
            if found is not None and found["base"] == self._base:
                break
            is_question = _QUESTION.fullmatch(self._last_line) is not None
            if found is None and not is_question:
                self._more(deadline, timeout_s)
            elif self._has_more(deadline):
                continue
            elif found is not None:
                break
            else:
                raise SessionError(Trouble.AUTHENTICATION, "it asks for a password, and there is none to give")
        self._base, self._mode = found["base"], (found["mode"] or "").strip("()")
        self._is_privileged = found[0].rstrip().endswith("#")
        text, self._seen = self._seen[: len(self._seen) - len(found[0])], ""
        return text

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

    def _send(self, command: str, timeout_s: float) -> None:
        try:
            self._channel.settimeout(timeout_s)
            self._channel.sendall(f"{command}\n".encode())
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
