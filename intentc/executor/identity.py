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
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return version, intentc.__version__, digest_of(Path(intentc.__file__).parent)


def digest_of(package: Path) -> str:
    """Return the digest of a package's modules: the same for a checkout and a wheel, which has data files (`_data`) in it."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if not name.startswith("_data/"):
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def difference(theirs: Identity, ours: Identity) -> str | None:
    """Return what others run instead of what we do, in words; None where it is the same."""
    for what, other, own in (("Python", theirs[0], ours[0]), ("intentc", theirs[1], ours[1])):
        if other != own:
            return f"{what} {other} instead of {own}"
    return None if theirs == ours else f"other code of intentc {ours[1]}"
