"""How the process of a command ends: with what was compiled still there, as to free it value by value takes some hundredths of all."""

from __future__ import annotations

import gc
import io
import os
import sys


class Ending:
    """The end of the process, where one is expected after a single command; `main` alone (tests, the language server) expects none."""

    def __init__(self) -> None:
        self._kept: list[object] | None = None

    def expect(self) -> None:
        """Keep, from now on, what is said to be needed no more."""
        self._kept = []

    def forget(self) -> None:
        """Keep nothing after all: the process goes on, and does many commands."""
        self._kept = None

    def keep(self, item: object) -> None:
        """Leave what a command has made to the end of the process, if that is near."""
        if self._kept is not None:
            self._kept.append(item)

    def leave(self, status: int) -> None:
        """End the process; at once where something was kept: whoever does so has closed what has to be."""
        if self._kept and _is_flushed():
            os._exit(status)
        gc.freeze()  # on its way out the interpreter would look through all that was made for what is circular
        sys.exit(status)


def open_closed() -> None:
    """Give a process that was started without one of its three standard files the null device there.

    Else the next file that is opened becomes the standard output, and Python's own is None.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def print_utf8() -> None:
    """Have results printed as UTF-8, as all files of a project are: a locale may know fewer characters than a table or JSON holds."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")


def without_output() -> None:
    """Let go of what could not be written to the standard output: on its way out the interpreter would try again."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _is_flushed() -> bool:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads any more: the interpreter knows what to say of it
        return False
    return True


ENDING = Ending()  # there is one process
