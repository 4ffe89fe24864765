"""Text of users as it may stand in Markdown, and no more of it than a comment holds."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.diagnostics.text import printable
from intentc.patterns import pattern

_SPECIAL = pattern(r"([\\`*_\[\]#|~$])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}

_LONGEST = 60_000  # characters; GitHub takes 65 536 in a comment


def within_comment(lines: Sequence[str], where: str) -> str:
    """Return the lines as far as a comment holds them; what is left out is counted, and `where` says where it stands."""
    text = "\n".join(lines) + "\n"
    if len(text) <= _LONGEST:
        return text
    kept: list[str] = []
    length = 0
    for line in lines:
        length += len(line) + 1
        if length > _LONGEST:
            break
        kept.append(line)
    return "\n".join([*kept, "", f"… and {len(lines) - len(kept)} more lines: see {where}."]) + "\n"


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
