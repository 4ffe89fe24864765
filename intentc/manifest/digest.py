"""Digests of files, in the two forms of the manifest."""

from __future__ import annotations

from collections.abc import Iterable


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    import hashlib  # noqa: PLC0415  (only files that are written have one: start-up)

    return hashlib.sha256(data).hexdigest()


def input_digest(data: bytes) -> str:
    """Return what `inputs` holds for a file with the bytes `data`."""
    return f"sha256:{sha256(data)}"


def digest_of(pieces: Iterable[bytes]) -> str:
    """Return what `input_digest` does of a file that is made of these pieces; only one of them is looked at at a time."""
    import hashlib  # noqa: PLC0415  (as above)

    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return f"sha256:{found.hexdigest()}"
