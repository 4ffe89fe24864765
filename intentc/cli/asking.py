"""A command that has the process of `intentc serve` do its work, where there is one for its project."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from intentc.cli.console import Console
from intentc.project import Project

SOCKET = Path(".intentc", "serve.sock")  # below a project
_DONE_HERE = ("alone", "files", "fix", "workers", "scheduler")  # options with which a command does its work itself


def ask(project: Project, arguments: argparse.Namespace, console: Console) -> int | None:
    """Have a command done by the process that serves its project, print what it printed, and return its exit status.

    None: there is no such process, it is another user's, or it does not do this.
    """
    words: tuple[str, ...] | None = getattr(arguments, "words", None)
    path = project.root / SOCKET
    if words is None or not _is_there(path) or not _may_be_served(arguments):
        return None
    return _asked(path, words, console)


def _asked(path: Path, words: tuple[str, ...], console: Console) -> int | None:
    import socket  # noqa: PLC0415  (start-up: nobody serves most projects)

    from intentc.cli.calling import Answer, call_of, peer_of, receive_answer, send  # noqa: PLC0415  (as above)

    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
            process, user = peer_of(connection)
        except OSError:  # left behind by one that was killed
            return None
        if user != os.geteuid():
            return None
        console.progress(f"asking `intentc serve` (process {process}) …")
        try:
            send(connection, call_of(words))
            answer = receive_answer(connection)
        except (OSError, ValueError):
            answer = Answer(None, why="it ended before it answered")
    console.clear()
    if answer.status is None:
        console.err(f"note: done here, and not by `intentc serve` (process {process}): {answer.why}")
    sys.stdout.write(answer.out)
    sys.stdout.flush()
    sys.stderr.write(answer.err)
    return answer.status


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # what may not even be looked for is another user's
        return False


def _may_be_served(arguments: argparse.Namespace) -> bool:
    if getattr(arguments, "state", None) == "live":  # devices are asked with what this process knows of them
        return False
    return not any(getattr(arguments, name, None) for name in _DONE_HERE)
