"""The build directory: manifest, provenance and every device's files, replaced as a whole or left as it was."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TextIO

from intentc.manifest.codec import ManifestError
from intentc.manifest.opening import Opening
from intentc.manifest.read import read_devices
from intentc.manifest.write import Compiled, write_manifest, write_provenance

MANIFEST = "manifest.json"
PROVENANCE = "provenance.jsonl"
Writer = Callable[[TextIO], object]


def write_build(compiled: Compiled, directory: Path, opening: Opening | None = None) -> tuple[Path, ...]:
    """Write the compiled result below `directory` and return the paths written; the manifest comes last, from its `opening` if that still holds.

    Files of an earlier build that this one no longer has are removed (those its manifest lists, nothing else).
    Every file is written beside its place and renamed, so a reader never sees half of one.
    """
    earlier = _listed_files(directory)
    written = [_replace(directory / name, write) for name, write in sorted(_writers(compiled).items())]
    for path in sorted(earlier - set(written)):
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # not empty: somebody else's files are in it
            path.parent.rmdir()
    written.append(_write_manifest(compiled, directory / MANIFEST, opening))
    return tuple(written)


def _write_manifest(compiled: Compiled, path: Path, opening: Opening | None) -> Path:
    if opening is None or not opening.become(compiled, _beside(path)):
        return _replace(path, partial(write_manifest, compiled))
    return _put_in_place(path)


def _writers(compiled: Compiled) -> dict[str, Writer]:
    """Return what writes each file but the manifest, by its path."""
    bundle = compiled.bundle
    if bundle is None:
        return {PROVENANCE: _nothing}
    files = [file for device in bundle.devices.values() for file in device.files]
    return {PROVENANCE: partial(write_provenance, bundle), **{file.path: _text_writer(file.text) for file in files}}


def _nothing(_stream: TextIO) -> None:
    """Write nothing: without devices no line has come from anywhere."""


def _text_writer(text: str) -> Writer:
    return lambda stream: stream.write(text)


def _replace(path: Path, write: Writer) -> Path:
    with _opened(_beside(path)) as stream:
        write(stream)
    return _put_in_place(path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _put_in_place(path: Path) -> Path:
    os.replace(_beside(path), path)  # noqa: PTH105  (atomic on POSIX; Path.replace is the same call, this names the guarantee)
    return path


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", newline="")
    except FileNotFoundError:  # most folders are there from the last time
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", newline="")


def _listed_files(directory: Path) -> set[Path]:
    try:
        devices = read_devices((directory / MANIFEST).read_bytes())
    except (OSError, ManifestError):
        return set()
    names = [PurePosixPath(file.path) for device in devices for file in device.files]
    return {directory / name for name in names if not name.is_absolute() and ".." not in name.parts}
