"""How parsers of commands are made: only that of the command that is asked for, and without modules that take longer to import than all of it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

_USUAL_COLUMNS = 80


class _Unasked:
    """Stands for the parser of a command that is not asked for: takes all that is said of it, and keeps nothing."""

    def __getattr__(self, name: str) -> Callable[..., _Unasked]:
        return lambda *_, **__: self


class Help(argparse.HelpFormatter):
    """As wide as the terminal, which argparse asks a module for that takes longer to import than all of this."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    try:
        return int(given) if given.isdecimal() and int(given) else os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]  # None has no `fileno`: caught
    except (AttributeError, ValueError, OSError):
        return _USUAL_COLUMNS


class Commands:
    """The commands below a parser: all, or the one that is asked for. To make all takes as long as to parse fifty intents.

    `is_brief`: nothing but their names and what they are for.
    """

    def __init__(
        self, parser: argparse.ArgumentParser, dest: str, asked: str | None = None, *, is_brief: bool = False
    ) -> None:
        # `prog` is given, else the usage is set, for which argparse asks for the size of the terminal
        self._parsers = parser.add_subparsers(dest=dest, metavar=dest.upper(), required=True, prog=parser.prog)
        self._asked = asked
        self.names: list[str] = []
        self._is_brief = is_brief

    def add(self, name: str, summary: str) -> argparse.ArgumentParser:
        """Return the parser of a command."""
        self.names.append(name)
        if self._asked not in {None, name}:
            return _Unasked()  # type: ignore[return-value]  # `typing` takes longer to import than all of this
        if self._is_brief:
            self._parsers.add_parser(name, help=summary, add_help=False)
            return _Unasked()  # type: ignore[return-value]  # as above
        return self._parsers.add_parser(name, help=summary, description=summary, formatter_class=Help)
