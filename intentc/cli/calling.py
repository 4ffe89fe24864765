"""What a command and the process of `intentc serve` say to each other: one line each, over a socket below the project's `.intentc`."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import intentc
from intentc import resources
from intentc.values import from_json, frozen, json_text

_TOLD = ("NO_COLOR", "SOURCE_DATE_EPOCH", "TERM")  # of the environment: all that these commands look at
_MOST_ASKED = 1 << 20  # bytes of a call
_BLOCK = 1 << 16
_CREDENTIALS = struct.Struct("3i")  # `struct ucred` of unix(7): process, user, group

FileMark = tuple[str, int, int]  # path, time of the last change (ns), size (bytes)


@frozen
class Call:
    """A command: its words, and all of its process that bears on what it does. `terminals`: whether its outputs are some."""

    program: str
    words: tuple[str, ...]
    folder: str
    environment: dict[str, str]
    mask: int
    terminals: tuple[bool, bool]


@frozen
class Answer:
    """What a command printed, and its exit status; no status: it was not done, and why."""

    status: int | None
    out: str = ""
    err: str = ""
    why: str = ""


def call_of(words: tuple[str, ...]) -> Call:
    """Return the call that does what this process was asked to do."""
    environment = {name: os.environ[name] for name in _TOLD if name in os.environ}
    mask = os.umask(0o077)
    os.umask(mask)
    terminals = sys.stdout.isatty(), sys.stderr.isatty()
    return Call(program(), words, str(Path.cwd()), environment, mask, terminals)


def in_place_of(call: Call) -> None:
    """Make this process work as the one that called: in its folder, with its mask and what it was told by the environment."""
    os.chdir(call.folder)
    os.umask(call.mask)
    for name in _TOLD:
        os.environ.pop(name, None)
    os.environ.update({name: call.environment[name] for name in _TOLD if name in call.environment})


def program() -> str:
    """Return what tells this copy of intentc from others that may be installed."""
    return f"{intentc.__version__} {Path(intentc.__file__).resolve().parent}"


def code_marks() -> tuple[FileMark, ...]:
    """Return the marks of all files that this copy of intentc consists of, its targets too."""
    folders = (Path(intentc.__file__).resolve().parent, resources.grammar_path(), *resources.targets_paths())
    return tuple(sorted(mark for folder in folders for mark in marks_below(folder)))


def marks_below(folder: Path) -> Iterator[FileMark]:
    """Yield the mark of every file below a folder, in no order; none of what Python has compiled, or of what cannot be read."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from marks_below(Path(entry.path))
        elif entry.is_file():
            about = entry.stat()
            yield entry.path, about.st_mtime_ns, about.st_size


def peer_of(connection: socket.socket) -> tuple[int, int]:
    """Return process and user at the other end, as the kernel tells them."""
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    process, user, _ = _CREDENTIALS.unpack(said)
    return process, user


def send(connection: socket.socket, value: Call | Answer) -> None:
    """Say something."""
    connection.sendall(json_text(value).encode() + b"\n")


def receive_call(connection: socket.socket) -> Call | None:
    """Return what somebody asks for, None for nothing; raises `ValueError` for what is no call, `OSError` where the connection or its patience ends."""
    said = _line(connection, _MOST_ASKED)
    return from_json(Call, said) if said else None


def receive_answer(connection: socket.socket) -> Answer:
    """Return what has come of a call; raises as `receive_call` does, `ValueError` also where the other end has gone without a word."""
    return from_json(Answer, _line(connection, sys.maxsize))


def _line(connection: socket.socket, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while size < most and (piece := connection.recv(_BLOCK)):
        pieces.append(piece)
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return b"".join(pieces)
