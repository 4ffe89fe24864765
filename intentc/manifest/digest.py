"""Digests of files, in the two forms of the manifest."""

from __future__ import annotations


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    import hashlib  # noqa: PLC0415  (only files that are written have one: start-up)

    return hashlib.sha256(data).hexdigest()


def input_digest(data: bytes) -> str:
    """Return what `inputs` holds for a file with the bytes `data`."""
    return f"sha256:{sha256(data)}"
