"""Names of owned objects that no text of a user can shape: plain letters, digits and `-`, unique and stable."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from intentc.patterns import pattern

_UNSAFE = pattern(r"[^a-z0-9]+")
_MOST_WORDS = 40
_MOST_DIGEST = 8
_MOST_KNOWN = 1 << 17  # names of pools are asked for by several passes
_LEAST_COLOR, _COLORS = 1 << 30, 1 << 31  # small colors are what people write themselves


@lru_cache(maxsize=_MOST_KNOWN)
def object_name(*parts: str) -> str:
    """Return a name for what `parts` identify: readable words of them and a digest, so that different parts differ.

    It starts with a letter, has at most 50 characters of `[a-z0-9-]`, and does not change when other objects come or go.
    """
    words = _UNSAFE.sub("-", "-".join(parts).lower()).strip("-")[:_MOST_WORDS].strip("-")
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_MOST_DIGEST]
    return f"{words}-{digest}" if words[:1].isalpha() else f"x{words}-{digest}"


def color_of(name: str) -> int:
    """Return a color (RFC 9256, section 2.1: 32 bits, not 0) for an SR policy by its name; equal names have equal colors."""
    return _LEAST_COLOR + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % _COLORS
