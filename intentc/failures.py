"""What the outside world refuses: the one exception that the command line turns into a message and a status."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  (it is an answer, not a fault of the program)
    """The command cannot go on: `message` says why in one line, `help` what to do, `status` is the exit status."""

    def __init__(self, message: str, *help_lines: str, status: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.help = help_lines
        self.status = status
