"""Natural order: `ge-0/0/2` before `ge-0/0/10`."""

from __future__ import annotations

from intentc.patterns import pattern

_DIGITS = pattern(r"([0-9]+)")


def natural_key(text: str) -> tuple[tuple[str | int, ...], str]:
    """Return a sort key that compares runs of digits as numbers; different texts never have equal keys."""
    parts = _DIGITS.split(text)
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), text
