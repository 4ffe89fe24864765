"""The journal of one transaction: append-only lines, each on disk before the step it announces is taken.

It holds no secret but the tickets with which pending changes on the devices are confirmed or taken back; its file is
readable by its owner only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from enum import StrEnum
from pathlib import Path

from intentc.diagnostics import Diagnostic
from intentc.push.refusal import RefusalError
from intentc.values import frozen

SCHEMA = 1


class Event(StrEnum):
    """What is about to be done, or is done; see `recovery` for what each means after a crash."""

    BEGIN = "begin"  # locks are about to be taken
    COMMIT = "commit"  # the nodes are about to change, to be confirmed
    DECIDED = "decided"  # the commit point: before it everything goes back, after it forward
    CONFIRMED = "confirmed"  # the nodes will not go back by themselves any more
    BACK = "back"  # going back has begun, for the reason in `note`
    ENDED = "ended"  # nothing is pending anywhere; `note` is the outcome


@frozen
class Record:
    """One line. `at` is UTC in ISO form; `stage` is set for `commit`; `nodes` are those the event is about."""

    event: Event
    at: str
    nodes: tuple[str, ...] = ()
    stage: str = ""
    note: str = ""


@frozen
class Opening:
    """The journal's first line: who does what to which devices, and the ticket of each.

    `undoes` is the id of the apply that a rollback takes back, `about` names the intents that are withdrawn. `seconds` is the confirm timer on the devices.
    """

    id: str
    doing: str  # apply | rollback | repair | withdraw
    who: str
    host: str
    commit: str
    plan_hash: str
    seconds: int
    tickets: tuple[tuple[str, str], ...]  # node, ticket
    undoes: str = ""
    about: tuple[str, ...] = ()
    schema: int = SCHEMA


@frozen
class Story:
    """A journal as read: its opening, when it began, and what happened since."""

    opening: Opening
    began_at: str
    records: tuple[Record, ...]

    @property
    def is_ended(self) -> bool:
        """Return whether nothing of the transaction is pending."""
        return any(record.event is Event.ENDED for record in self.records)

    @property
    def is_decided(self) -> bool:
        """Return whether the transaction must go forward (a decision that could not be synced was followed by `back`)."""
        choices = [record.event for record in self.records if record.event in (Event.DECIDED, Event.BACK)]
        return bool(choices) and choices[-1] is Event.DECIDED

    @property
    def outcome(self) -> str:
        """Return the outcome of an ended transaction (see `report.Outcome`), else ""."""
        return next((record.note for record in self.records if record.event is Event.ENDED), "")

    @property
    def touched(self) -> frozenset[str]:
        """Return the nodes on which a change was begun."""
        return frozenset(node for record in self.records if record.event is Event.COMMIT for node in record.nodes)


class JournalError(Exception):
    """The journal cannot be written (disk full, gone): what it should have announced must not be done."""


class Journal:
    """An open journal; `write` returns when the line is on disk."""

    def __init__(
        self, path: Path, opening: Opening | None = None, *, publish: Callable[[str], None] | None = None
    ) -> None:
        self._path = path
        self._publish = publish  # makes the line known where other machines look; raises `OSError`
        self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._length = _cut_torn_line(self._descriptor)
        self._is_torn = False  # whether a line that failed may have left a part of itself
        if opening is not None:
            self._line({"event": Event.BEGIN, "at": _now(), **asdict(opening)})
            _sync_directory(path.parent)

    def write(self, event: Event, nodes: Iterable[str] = (), *, stage: str = "", note: str = "") -> None:
        """Append a record and wait until it is on disk; raises `JournalError`."""
        record = asdict(Record(event, _now(), tuple(nodes), stage, note))
        try:
            self._line({key: value for key, value in record.items() if value})
        except OSError as error:
            raise JournalError(error.strerror) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _line(self, content: dict[str, object]) -> None:
        """Append a line whole and synced, or raise `OSError` and leave nothing of it that a later line could run into."""
        data = (json.dumps(content, ensure_ascii=False) + "\n").encode()
        try:
            if self._is_torn:
                os.ftruncate(self._descriptor, self._length)
            self._is_torn = True
            _write_all(self._descriptor, data)
            os.fsync(self._descriptor)
            if self._publish is not None:
                self._publish(f"{self._path.parent.name}: {content['event']}")
        except OSError:
            with contextlib.suppress(OSError):  # else before the next line
                os.ftruncate(self._descriptor, self._length)
            raise
        self._is_torn = False
        self._length += len(data)


def read_journal(path: Path) -> Story | None:
    """Return what `path` tells; None when it was never begun (the crash came before its first line was complete).

    A torn last line is ignored: the step it would have announced was not taken. Raises `RefusalError` for anything else
    that is not a journal.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = text.split("\n")[:-1]  # what stands after the last newline was never synced
    try:
        contents = [json.loads(line) for line in lines]
        if not contents:
            return None
        return Story(_opening(contents[0]), str(contents[0]["at"]), tuple(_record(item) for item in contents[1:]))
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError(_damaged(path)) from error


def _damaged(path: Path) -> Diagnostic:
    return Diagnostic(
        "E0822",
        f"the journal `{path}` was changed or damaged after it was written",
        help=(
            "restore it from a backup",
            "without one, look at the devices with `intentc drift`, then move the transaction's directory away by hand",
        ),
    )


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def _cut_torn_line(descriptor: int) -> int:
    """Return the length of the whole lines. Half a line that a crash has left announced nothing, and is cut off."""
    size = os.fstat(descriptor).st_size
    whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
    os.ftruncate(descriptor, whole)
    return whole


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`: a disk that fills up takes a part and says so only at the next write."""
    written = 0
    while written < len(data):
        taken = os.write(descriptor, data[written:])
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written += taken


def _opening(content: dict[str, object]) -> Opening:
    names = {field.name for field in fields(Opening)}
    values = {key: value for key, value in content.items() if key in names}
    if values["schema"] != SCHEMA:
        raise ValueError("written by another version")
    values["tickets"] = tuple((str(node), str(ticket)) for node, ticket in values["tickets"])  # type: ignore[attr-defined]
    values["about"] = tuple(str(name) for name in values.get("about", ()))  # type: ignore[attr-defined]
    return Opening(**values)  # type: ignore[arg-type]


def _record(content: dict[str, object]) -> Record:
    values = {**content, "event": Event(str(content["event"])), "nodes": tuple(content.get("nodes", ()))}  # type: ignore[arg-type]
    return Record(**values)  # type: ignore[arg-type]


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
