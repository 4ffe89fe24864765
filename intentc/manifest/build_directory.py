"""The build directory: manifest, provenance and every device's files, replaced as a whole or left as it was."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path, PurePosixPath

from intentc.manifest.codec import ManifestError
from intentc.manifest.read import read_manifest
from intentc.manifest.write import Compiled, write_manifest, write_provenance

MANIFEST = "manifest.json"
PROVENANCE = "provenance.jsonl"


def write_build(compiled: Compiled, directory: Path) -> tuple[Path, ...]:
    """Write the compiled result below `directory` and return the paths written; the manifest comes last.

    Files of an earlier build that this one no longer has are removed (those its manifest lists, nothing else).
    Every file is written beside its place and renamed, so a reader never sees half of one.
    """
    earlier = _listed_files(directory)
    written = [_replace(directory / name, text) for name, text in sorted(_texts(compiled).items())]
    for path in sorted(earlier - set(written)):
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # not empty: somebody else's files are in it
            path.parent.rmdir()
    written.append(_replace(directory / MANIFEST, _manifest_text(compiled)))
    return tuple(written)


def _texts(compiled: Compiled) -> dict[str, str]:
    if compiled.bundle is None:
        return {PROVENANCE: ""}
    provenance = io.StringIO()
    write_provenance(compiled.bundle, provenance)
    files = [file for device in compiled.bundle.devices.values() for file in device.files]
    return {PROVENANCE: provenance.getvalue(), **{file.path: file.text for file in files}}


def _manifest_text(compiled: Compiled) -> str:
    stream = io.StringIO()
    write_manifest(compiled, stream)
    return stream.getvalue()


def _replace(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(text.encode())
    os.replace(temporary, path)  # noqa: PTH105  (atomic on POSIX; Path.replace is the same call, this names the guarantee)
    return path


def _listed_files(directory: Path) -> set[Path]:
    try:
        manifest = read_manifest((directory / MANIFEST).read_bytes())
    except (OSError, ManifestError):
        return set()
    names = [PurePosixPath(file.path) for device in manifest.devices for file in device.files]
    return {directory / name for name in names if not name.is_absolute() and ".." not in name.parts}
