"""Comments and empty lines: to which word each belongs."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.formatting.concrete import COMMA, Comment, Word
from intentc.patterns import pattern

_TRIVIA = pattern(r"#[^\r\n]*|\r\n|\r|\n")
_LINES_OF_A_GAP = 2  # line breaks that leave an empty line


def place_trivia(words: Iterable[Word]) -> None:
    """Give all comments and empty lines between the words of a file to words that stay; none is lost."""
    before: Word | None = None
    gap = ""
    for word in words:
        gap += word.gap
        if word.is_dropped:
            continue
        if word.type == COMMA and "#" in gap:
            before = word  # a comment before a comma goes behind it
            continue
        _give(gap, before, word)
        before, gap = word, ""


def _give(gap: str, before: Word | None, word: Word) -> None:
    found: list[Comment] = []
    lines = 0
    for match in _TRIVIA.finditer(gap):
        if not match[0].startswith("#"):
            lines += 1
            continue
        text = match[0].rstrip()
        if lines == 0 and not found and before is not None and before.comment is None:
            before.comment = text
        else:
            found.append(Comment(text, has_blank=lines >= _LINES_OF_A_GAP))
        lines = 0
    word.above = tuple(found)
    word.has_blank = lines >= _LINES_OF_A_GAP
