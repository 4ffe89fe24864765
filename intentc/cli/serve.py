"""`intentc serve`: hold a project in memory, and do what `check` and `compile` in it ask for."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import select
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import FrameType

from intentc.cli import check
from intentc.cli import compile as compile_
from intentc.cli.arguments import read_arguments
from intentc.cli.asking import SOCKET
from intentc.cli.calling import (
    Answer,
    Call,
    code_marks,
    in_place_of,
    peer_of,
    program,
    receive_call,
    send,
)
from intentc.cli.compilation import open_project
from intentc.cli.console import Console
from intentc.cli.desk import Desk
from intentc.cli.dispatch import answered
from intentc.cli.ending import ENDING
from intentc.cli.exits import Exit
from intentc.failures import Refusal
from intentc.project import Project

_WORK = {"check": check.run_at, "compile": compile_.run_at}
_PATIENCE_S = (
    10.0  # for what is said over the socket: a call comes at once, and nothing of a command waits for its caller
)
_WAITING = 16  # calls that may wait for their turn


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Answer calls, one after the other, until Ctrl-C, SIGTERM, or until this program's own files are others than it has loaded."""
    project = open_project(arguments)
    ENDING.forget()
    with _listening(project) as listener, contextlib.suppress(KeyboardInterrupt), _until_told_to_end():
        console.out(f"serving `{project.name}`: `intentc check` and `intentc compile` in it are done here; Ctrl-C ends")
        sys.stdout.flush()
        _serve(listener, project.root, console)
    console.out("ended; commands do their work themselves again")
    return Exit.DONE


def _serve(listener: socket.socket, root: Path, console: Console) -> None:
    code, desk = code_marks(), Desk()
    while True:
        connection, _ = listener.accept()
        with connection:
            is_same = code_marks() == code
            _answer(connection, desk if is_same else None, root, console)
        desk.rest()
        if not is_same:
            console.err("the files of intentc have changed since this was started: start it again")
            return


def _answer(connection: socket.socket, desk: Desk | None, root: Path, console: Console) -> None:
    """Answer one call; whoever calls without sense, or no longer listens, gets nothing."""
    connection.settimeout(_PATIENCE_S)
    try:
        if peer_of(connection)[1] != os.geteuid():
            return
        call = receive_call(connection)
        if call is None:  # somebody has only looked whether this is there
            return
        if desk is None or call.program != program():
            answer = Answer(None, why="it was started from other files of intentc; start it again")
        else:
            desk.is_wanted = partial(_is_there, connection)
            answer = _done(call, desk, root)
            console.log("served", words=list(call.words), status=answer.status)
        send(connection, answer)
    except (OSError, ValueError) as error:
        console.err(f"note: a call was left: {error}")


class _Printed(io.StringIO):
    """What a command prints, which its caller may show on a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def _done(call: Call, desk: Desk, root: Path) -> Answer:
    """Do what was asked for, as the process that calls would."""
    out, err = (_Printed(is_terminal) for is_terminal in call.terminals)
    in_place_of(call)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            arguments = read_arguments(call.words)
        except SystemExit:
            return Answer(None, why="it does not know this command")
        work = _WORK.get(arguments.command)
        if work is None or not _is_in(root, arguments):
            return Answer(None, why="it does not do this")
        status = answered(arguments, partial(work, desk))
    return Answer(int(status), out.getvalue(), err.getvalue())


def _is_in(root: Path, arguments: argparse.Namespace) -> bool:
    """Return whether a command is about the project that is served; whoever asks is told by its own process if there is none."""
    try:
        return open_project(arguments).root == root
    except Refusal:
        return False


def _is_there(connection: socket.socket) -> bool:
    """Return whether the other end still waits: it says no more, so all that could be read is its end."""
    return not select.select([connection], [], [], 0)[0]


@contextlib.contextmanager
def _listening(project: Project) -> Iterator[socket.socket]:
    """Listen below the project, for this user alone; raise `Refusal` (status 6) where another process does so already."""
    path = project.root / SOCKET
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            path.parent.mkdir(exist_ok=True)
            _remove_what_is_dead(path)
            mask = os.umask(0o177)
            try:
                listener.bind(str(path))
            finally:
                os.umask(mask)
            listener.listen(_WAITING)
        except OSError as error:
            raise Refusal(f"cannot listen at `{path}`: {error.strerror or error}") from error
        ours = path.stat().st_ino
        try:
            yield listener
        finally:
            with contextlib.suppress(OSError):
                if path.stat().st_ino == ours:
                    path.unlink()


def _remove_what_is_dead(path: Path) -> None:
    """Remove the socket of a process that was killed; nothing else is removed, and who answers is left alone."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(0, "there is something else", str(path))
        with socket.socket(socket.AF_UNIX) as other:
            try:
                other.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
                return
            raise Refusal(f"process {peer_of(other)[0]} serves this project already", status=Exit.REFUSED)


@contextlib.contextmanager
def _until_told_to_end() -> Iterator[None]:
    """Have SIGTERM end this as Ctrl-C does, and that also where a shell started it with `&`."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
