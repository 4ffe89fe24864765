"""Which code a process runs: workers that have another one could return other results."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import intentc

Identity = tuple[str, str, str]  # version of Python, version of intentc, digest of the code


@cache
def identity() -> Identity:
    """Return the version of Python (major.minor), that of intentc, and the digest of intentc's modules."""
    root = Path(intentc.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{sys.version_info.major}.{sys.version_info.minor}", intentc.__version__, digest.hexdigest()


def difference(theirs: Identity, ours: Identity) -> str | None:
    """Return what others run instead of what we do, in words; None where it is the same."""
    for what, other, own in (("Python", theirs[0], ours[0]), ("intentc", theirs[1], ours[1])):
        if other != own:
            return f"{what} {other} instead of {own}"
    return None if theirs == ours else f"other code of intentc {ours[1]}"
