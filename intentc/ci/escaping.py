"""Text of users as it may stand in Markdown."""

from __future__ import annotations

from intentc.diagnostics.text import printable
from intentc.patterns import pattern

_SPECIAL = pattern(r"([\\`*_\[\]#|~$])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}


def escaped(text: str) -> str:
    """Return text that stands for itself: no markup, no mention of people, one line; what is in back-ticks stays code."""
    parts = printable(" ".join(text.split())).split("`")
    if len(parts) % 2 == 0:  # one back-tick has no partner
        return _plain("`".join(parts))
    return "".join(_code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    escaped = text.replace("|", "\\|")  # also in code, since tables are cut first
    return f"`{escaped}`" if text.strip() else _plain(f"`{text}`")


def _plain(text: str) -> str:
    special = _SPECIAL.sub(r"\\\1", text)
    return "".join(_ENTITIES.get(character, character) for character in special)
