"""The build directory: manifest, provenance and every device's files, replaced as a whole or left as it was."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Self

from intentc.manifest.again import Again
from intentc.manifest.codec import ManifestError
from intentc.manifest.opening import Opening, Provenance
from intentc.manifest.read import read_devices
from intentc.manifest.write import Compiled, manifest_pieces, provenance_pieces, write_manifest, write_provenance
from intentc.render.model import Bundle
from intentc.values import frozen

MANIFEST = "manifest.json"
PROVENANCE = "provenance.jsonl"
LONG = 1 << 22  # bytes: to read a manifest of so many takes longer than to have a copy of the process do it
Begin = Callable[[Callable[[], Sequence[str]]], Callable[[], Sequence[str]]]
_BUFFER = 1 << 18  # bytes
OnWait = Callable[[int | None], None]  # is told which process is waited for, None where that is not known
_LOOKS, _PAUSE_S = 20, 0.05  # at a lock that another process has, until that is told
_NEW = 0o666  # less what the user's mask takes away


class Listed:
    """The files that the manifest of an earlier build lists, looked up before they are asked for."""

    def __init__(self, directory: Path, begin: Begin) -> None:
        self._directory = directory
        self._mark = _mark(directory)
        self._names = begin(partial(_listed_names, directory))

    @classmethod
    def begun(cls, directory: Path, begin: Begin) -> Self | None:
        """Begin to look them up; None where that takes no time, or there is no build."""
        found = _mark(directory)
        return None if found is None or found.st_size < LONG else cls(directory, begin)

    def names(self) -> Sequence[str]:
        """Return their paths below the directory; those of the manifest that is there now."""
        before, now = self._mark, _mark(self._directory)
        is_same = before is not None and now is not None and _told_by(before) == _told_by(now)
        return self._names() if is_same else _listed_names(self._directory)


@frozen
class Repeated:
    """The long files of a build that are written again and again by one process."""

    manifest: Again
    provenance: Again


@frozen
class Begun:
    """What copies of the process have begun to write of a build, and to read of the one before (None: nothing).

    `repeated`: what this process has written of builds before.
    """

    opening: Opening | None = None
    provenance: Provenance | None = None
    listed: Listed | None = None
    repeated: Repeated | None = None


NOTHING_BEGUN = Begun()


def write_build(
    compiled: Compiled, directory: Path, begun: Begun = NOTHING_BEGUN, on_wait: OnWait = lambda _: None
) -> tuple[Path, ...]:
    """Write the compiled result below `directory` and return the paths written; the manifest comes last. What is `begun` is used if it still holds.

    Files of an earlier build that this one no longer has are removed (those its manifest lists, nothing else).
    Every file is written beside its place and renamed, so a reader never sees half of one; a device's file that says the same already is left alone.
    Of several processes that write the same directory one waits for the other: it holds the files of one build. After a second `on_wait` is told.
    """
    with _alone_in(directory, on_wait):
        return _write_build(compiled, directory, begun)


def _write_build(compiled: Compiled, directory: Path, begun: Begun) -> tuple[Path, ...]:
    names = _listed_names(directory) if begun.listed is None else begun.listed.names()
    earlier = {directory / name for name in names}
    written = [_put(directory / path, text) for path, text in _files(compiled)]
    is_complete = begun.opening is not None and begun.opening.complete(compiled)  # while the provenance is written
    written.append(_write_provenance(compiled.bundle, directory / PROVENANCE, begun))
    for path in sorted(earlier - set(written)):
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # not empty: somebody else's files are in it
            path.parent.rmdir()
    written.append(_write_manifest(compiled, directory / MANIFEST, begun, is_begun=is_complete))
    return tuple(written)


@contextlib.contextmanager
def _alone_in(directory: Path, on_wait: OnWait) -> Iterator[None]:
    """Make the directory and hold its lock, which the system lets go with the process; where its file system has no locks, go without."""
    directory.mkdir(parents=True, exist_ok=True)
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            _lock(file, on_wait)
        yield
    finally:
        with contextlib.suppress(OSError):  # a copy of the process may have the descriptor as well
            fcntl.flock(file, fcntl.LOCK_UN)
        os.close(file)


def _lock(file: int, on_wait: OnWait) -> None:
    for _ in range(_LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        else:
            return
    on_wait(_holder(file))
    fcntl.flock(file, fcntl.LOCK_EX)


def _holder(file: int) -> int | None:
    """Return the process that took the lock, as far as the system tells."""
    number = f":{os.fstat(file).st_ino}"
    try:
        locks = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
    except (OSError, UnicodeDecodeError):
        return None
    held = (int(words[4]) for words in locks if words[1] == "FLOCK" and words[5].endswith(number))
    return next((process for process in held if process > 0), None)


def _files(compiled: Compiled) -> list[tuple[str, str]]:
    """Return path and text of every file of a device."""
    devices = compiled.bundle.devices.values() if compiled.bundle is not None else ()
    return sorted((file.path, file.text) for device in devices for file in device.files)


def _write_manifest(compiled: Compiled, path: Path, begun: Begun, *, is_begun: bool) -> Path:
    with _whole(path) as beside:
        if is_begun and begun.opening is not None and begun.opening.become(beside):
            pass
        elif begun.repeated is not None:
            begun.repeated.manifest.write(manifest_pieces(compiled), beside)
        else:
            with beside.open("wb", _BUFFER) as stream:
                write_manifest(compiled, stream)
    return path


def _write_provenance(bundle: Bundle | None, path: Path, begun: Begun) -> Path:
    """Write where lines have come from; without devices none has come from anywhere."""
    devices = Bundle({}) if bundle is None else bundle
    with _whole(path) as beside:
        if begun.provenance is not None and begun.provenance.become(devices, beside):
            pass
        elif begun.repeated is not None:
            begun.repeated.provenance.write(provenance_pieces(devices), beside)
        else:
            with beside.open("wb") as stream:
                write_provenance(devices, stream)
    return path


def _put(path: Path, text: str) -> Path:
    """Put a text in its place, unless it is there."""
    data = text.encode()
    if _is_there(path, data):
        return path
    with _whole(path) as beside:
        file = _created(beside)
        try:
            while data := data[os.write(file, data) :]:
                pass
        finally:
            os.close(file)
    return path


def _is_there(path: Path, data: bytes) -> bool:
    """Return whether a file holds just this: to read it takes a third of what it takes to write it."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return os.fstat(file).st_size == len(data) and os.read(file, len(data)) == data
    except OSError:
        return False
    finally:
        os.close(file)


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give where to write a file, which then takes its place; of one that could not be written whole nothing is left."""
    beside = path.with_name(f".{path.name}.new")
    try:
        yield beside
        os.replace(beside, path)  # noqa: PTH105  (atomic on POSIX; Path.replace is the same call, this names the guarantee)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _created(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        return os.open(path, flags, _NEW)
    except FileNotFoundError:  # most folders are there from the last time
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, _NEW)


def _listed_names(directory: Path) -> Sequence[str]:
    try:
        devices = read_devices((directory / MANIFEST).read_bytes())
    except (OSError, ManifestError):
        return ()
    names = [PurePosixPath(file.path) for device in devices for file in device.files]
    return [str(name) for name in names if not name.is_absolute() and ".." not in name.parts]


def _mark(directory: Path) -> os.stat_result | None:
    """Return what tells the manifest that is there from any other, and its size; None where there is none."""
    try:
        return (directory / MANIFEST).stat()
    except OSError:
        return None


def _told_by(found: os.stat_result) -> tuple[int, int, int]:
    """Return which file it is, when it was written, and its size: a manifest is never written in place."""
    return found.st_ino, found.st_mtime_ns, found.st_size
