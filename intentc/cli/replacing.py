"""Files of the user that a command rewrites."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from intentc.failures import Refusal


def read_bytes(path: Path) -> bytes:
    """Return what a file holds; a file that cannot be read is a `Refusal`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path}: cannot be read: {error.strerror}") from error


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; what it links to is written, its mode stays."""
    place = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(place.stat().st_mode & 0o7777)
        Path(name).replace(place)
    except OSError as error:
        with suppress(OSError, UnboundLocalError):
            Path(name).unlink()
        raise Refusal(f"{path}: cannot be written: {error.strerror}", "it was left as it is") from error


def write_file(path: Path, data: bytes) -> None:
    """Write a file that may be there already, whole or not at all."""
    if path.exists():
        replace_file(path, data)
        return
    is_made = False
    try:
        with path.open("xb") as file:
            is_made = True
            file.write(data)
    except OSError as error:
        if is_made:
            with suppress(OSError):
                path.unlink()
        raise Refusal(f"{path}: cannot be written: {error.strerror}") from error
