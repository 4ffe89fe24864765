"""Equal parts of a whole, each the very same object whenever it is asked for: shares are compared and hashed far more often than made."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

_MOST_KEPT = 4096


class _Part(Fraction):
    """A fraction that is hashed once; what is reckoned with it are plain fractions, which are equal where they are."""

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:  # type: ignore[override]  # typeshed has no hash of fractions
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return part, (self.denominator,)


@lru_cache(maxsize=_MOST_KEPT)
def part(parts: int) -> Fraction:
    """Return one of so many equal parts of a whole."""
    found = _Part(1, parts)
    found._hash = Fraction.__hash__(found)  # noqa: SLF001  (its own)
    return found


WHOLE = part(1)
