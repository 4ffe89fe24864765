"""What the shared state remembers of devices that keep no copy of what they were given: one file per device.

    STATE/devices/NODE.json     given payload, what was there before, what is pending, who holds the lease

Each file is replaced as a whole and is on disk before `write` returns; it is readable by its owner only. The one secret in it is
the ticket by which a pending change is confirmed or taken back.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from intentc.ir.codec import CodecError, decode_config, encode_config
from intentc.plan.model import Payload
from intentc.push.prior import Prior
from intentc.push.trouble import SessionError, Trouble
from intentc.render.model import RenderedFile
from intentc.values import frozen

SCHEMA = 1
FOLDER = "devices"  # below the state directory
_TAKE_STATE_BACK = "restore the state directory from a backup; without one, `intentc drift` shows what the device has"


@frozen
class Lease:
    """Who has the device; it outlives sessions and processes, and only the ticket's owner or `recover` ends it."""

    ticket: str
    owner: str
    reason: str
    since: str  # UTC, ISO 8601


@frozen
class Pending:
    """A change that is not confirmed yet, written before it is sent.

    `before` and `origin` (a digest) are the point of return: what was given and what ran when the lock was taken. `ends_at` is
    when (seconds since 1970) the device's own timer ends at the latest. `is_armed`: it has such a timer. `priors`: see `Remembered`.
    """

    ticket: str
    payload: Payload
    before: Payload | None
    origin: str
    ends_at: float
    is_armed: bool
    priors: tuple[Prior, ...] = ()


@frozen
class Remembered:
    """One device. `given` is what was confirmed last (None: nothing of ours is there); `confirmed` is the ticket of that.

    `replaced` is what was given before that, until the lease ends: a device that starts anew before it has saved runs it again.
    `priors` is what stood in the places that cannot bear a name before anything of ours did; it comes back when they are given up.
    Of those that `replaced` had it is there as well.
    """

    node: str
    given: Payload | None = None
    confirmed: str = ""
    lease: Lease | None = None
    pending: Pending | None = None
    replaced: Payload | None = None
    priors: tuple[Prior, ...] = ()


class Memory:
    """The files of all devices below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, node: str) -> Remembered:
        """Return what is remembered of a device; raises `SessionError` for a file that this version did not write."""
        path = self._path(node)
        try:
            return _decode(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Remembered(node)
        except (OSError, ValueError, KeyError, TypeError, CodecError) as error:
            raise SessionError(
                Trouble.STATE, f"what the state directory remembers of it cannot be read (`{path}`)", _TAKE_STATE_BACK
            ) from error

    def write(self, remembered: Remembered) -> None:
        """Replace what is remembered of a device; it is on disk when this returns."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._replace(self._path(remembered.node), json.dumps(_encode(remembered), ensure_ascii=False))
        except OSError as error:
            raise self._unwritable(error) from error

    @contextlib.contextmanager
    def alone(self, node: str) -> Iterator[None]:
        """Keep every other process from changing what is remembered of a device, for as long as it takes to decide and write."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder / f".{node}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _path(self, node: str) -> Path:
        return self._folder / f"{node}.json"

    def _replace(self, path: Path, text: str) -> None:
        fresh = path.with_name(f".{path.name}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        directory = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def _unwritable(self, error: OSError) -> SessionError:
        return SessionError(
            Trouble.STATE,
            f"the state directory cannot be written (`{self._folder}`: {error.strerror})",
            "make it writable, or name another one as `state` under `[apply]` in intentc.toml",
        )


def take(memory: Memory, node: str, lease: Lease) -> Remembered:
    """Return what is remembered of a device whose lease is now `lease`'s; raises `LOCKED` naming who else has it."""
    with memory.alone(node):
        found = memory.read(node)
        if found.lease is not None and found.lease.ticket != lease.ticket:
            held = found.lease
            raise SessionError(Trouble.LOCKED, f"{held.owner} holds it since {held.since}: {held.reason}")
        if found.lease is None:
            found = replace(found, lease=lease)
            memory.write(found)
        return found


def free(memory: Memory, node: str, ticket: str) -> None:
    """End the lease of `ticket`; that somebody else has it, or nobody, is fine."""
    with memory.alone(node):
        found = memory.read(node)
        if found.lease is not None and found.lease.ticket == ticket:
            memory.write(replace(found, lease=None, replaced=None))


def _encode(remembered: Remembered) -> dict[str, Any]:
    pending = remembered.pending
    return {
        "schema": SCHEMA,
        "node": remembered.node,
        "given": _encode_payload(remembered.given),
        "confirmed": remembered.confirmed,
        "replaced": _encode_payload(remembered.replaced),
        "priors": _encode_priors(remembered.priors),
        "lease": None if remembered.lease is None else asdict(remembered.lease),
        "pending": None
        if pending is None
        else {
            "ticket": pending.ticket,
            "payload": _encode_payload(pending.payload),
            "before": _encode_payload(pending.before),
            "origin": pending.origin,
            "ends_at": pending.ends_at,
            "is_armed": pending.is_armed,
            "priors": _encode_priors(pending.priors),
        },
    }


def _decode(document: Mapping[str, Any]) -> Remembered:
    if document["schema"] != SCHEMA:
        raise ValueError("written by another version")
    pending = document["pending"]
    return Remembered(
        node=str(document["node"]),
        given=_decode_payload(document["given"]),
        confirmed=str(document["confirmed"]),
        lease=None if document["lease"] is None else Lease(**document["lease"]),
        pending=None if pending is None else _decode_pending(pending),
        replaced=_decode_payload(document["replaced"]),
        priors=_decode_priors(document),
    )


def _decode_pending(document: Mapping[str, Any]) -> Pending:
    payload = _decode_payload(document["payload"])
    if payload is None:
        raise ValueError("nothing is pending")
    before, priors = _decode_payload(document["before"]), _decode_priors(document)
    return Pending(**{**document, "payload": payload, "before": before, "priors": priors})


def _encode_priors(priors: tuple[Prior, ...]) -> list[dict[str, str]]:
    return [{"place": prior.place, "document": prior.document} for prior in priors]


def _decode_priors(document: Mapping[str, Any]) -> tuple[Prior, ...]:
    """Return what stood in places before us; states written before this was remembered have none."""
    return tuple(Prior(str(item["place"]), str(item["document"])) for item in document.get("priors", ()))


def _encode_payload(payload: Payload | None) -> dict[str, Any] | None:
    if payload is None:
        return None
    files = [{"path": file.path, "text": file.text} for file in payload.files]
    return {"config": encode_config(payload.config), "files": files}


def _decode_payload(document: Mapping[str, Any] | None) -> Payload | None:
    if document is None:
        return None
    files = tuple(RenderedFile(str(file["path"]), str(file["text"])) for file in document["files"])
    return Payload(decode_config(document["config"]), files)
