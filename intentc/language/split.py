"""Cuts a file into its declarations by a scan of the text, so that each can be parsed, fail and be cached alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intentc.values import frozen

KEYWORDS = ("import", "const", "group", "service", "class", "profile", "intent", "chain", "assert")
_BRACELESS = frozenset({"import", "const", "group"})

_COMMENT = r"(?<![^ \t\r\n{};\ufeff])#[^\r\n]*"
_STRING = r'"(?:[^"\\\r\n]++|\\[^\r\n])*+"?+'  # to its end, or that of the line: no part of one is another
_NAME = r"[A-Za-z_*?][A-Za-z0-9_.*?#-]*+"
_GAP = rf"(?>(?:[ \t\r\n]+|{_COMMENT})*)"
_OF_A_NAME = "A-Za-z0-9_.*?#-"
# What looks behind does so after the word: one that begins with letters is ruled out quickly.
_WORDS = "|".join(f"{word}(?<![{_OF_A_NAME}]{word})" for word in KEYWORDS)
_KEYWORD = rf"(?:{_WORDS})(?![{_OF_A_NAME}/])"
# A landmark with all that stands before it, which is passed over in long strides: each character is looked at once. A text ends
# in an empty one, so that what stands before it is not looked at from each of its characters.
_LANDMARK = re.compile(
    rf"""(?:[^"#{{}}a-z]++|(?!{_KEYWORD})[a-z]++|#(?<=[^ \t\r\n{{}};\ufeff]#))*+"""
    rf"({_STRING}|#[^\r\n]*|\{{[^{{}}\"#\r\n]*+\}}|[{{}}]|[a-z]++|\Z)"
)
_NOTHING = re.compile(rf"(?>(?:[ \t\r\n;]+|{_COMMENT})*)")
_SEPARATORS = re.compile(r"(?>[ \t;]*)")
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# What follows the keyword of a declaration. In the first column of a block a likely beginning is enough (but a field of an
# expression may have any name); `group` and `service` are also words of sets, so they need a whole header.
_HEADER = re.compile(rf"{_GAP}(?:{_NAME}|{_STRING})?{_GAP}(?:{_STRING}{_GAP})?(?:extends(?![A-Za-z0-9_.-])|\{{|=(?!=))")
_PATH = re.compile(rf'{_GAP}"')
_LIKELY = re.compile(rf'{_GAP}(?!(?:in|not|like)[ \t(])[A-Za-z_"{{]')


@frozen
class Piece:
    """A stretch of text from one offset to another: one declaration, or (`keyword` None) something that begins like none."""

    start: int
    end: int
    keyword: str | None


def split(text: str, begin: int = 0) -> Iterator[Piece]:
    """Yield the declarations of a file in order, and what stands between them if it is more than blanks and comments.

    A declaration begins at its keyword outside of braces, or, should a brace be missing, at the keyword in column 1. `begin`: where
    the block of one has closed, behind which the others are asked for.
    """
    return _Splitter(text, begin).pieces()


def hidden_in_comments(text: str) -> Iterator[int]:
    """Yield the offset of the first hidden character of every comment that has one."""
    if _HIDDEN.search(text) is None:
        return
    for match in _LANDMARK.finditer(text):
        if match[1].startswith("#") and (hidden := _HIDDEN.search(match[1])) is not None:
            yield match.start(1) + hidden.start()


class _Splitter:
    """The scan and where it is: in which declaration, how deep in its braces."""

    def __init__(self, text: str, begin: int) -> None:
        self.text = text
        self.start = begin or (1 if text.startswith("\ufeff") else 0)
        self.keyword: str | None = None
        self.keyword_end = 0
        self.depth = 0

    def pieces(self) -> Iterator[Piece]:
        for match in _LANDMARK.finditer(self.text, self.start):
            mark = match[1]
            if mark == "{":
                self.depth += 1
            elif not mark:
                break
            elif mark[-1] == "}" and mark[0] in "{}":
                self.depth += mark[0] == "{"  # a block on one line: no word in it begins a declaration
                if self.depth == 1 and self.keyword is not None:
                    yield self._cut(_end_of(_SEPARATORS, self.text, match.end()))
                self.depth = max(self.depth - 1, 0)
            elif mark[0] not in '"#' and self._begins(mark, match.start(1), match.end()):
                yield from self._flush(match.start(1))
                self.keyword, self.keyword_end, self.depth = mark, match.end(), 0
        yield from self._flush(len(self.text))

    def _cut(self, end: int) -> Piece:
        piece = Piece(self.start, end, self.keyword)
        self.start, self.keyword = end, None
        return piece

    def _flush(self, end: int) -> Iterator[Piece]:
        """Yield what was begun, unless it is nothing."""
        if self.keyword is not None or _end_of(_NOTHING, self.text, self.start, end) < end:
            yield self._cut(end)
        self.start = end

    def _begins(self, keyword: str, start: int, end: int) -> bool:
        """Return whether the keyword at `start` begins a declaration rather than stands in one."""
        is_first_in_line = start == 0 or self.text[start - 1] in "\r\n\ufeff"
        if self.depth:
            follows = _HEADER if keyword in {"group", "service"} else _LIKELY
            return is_first_in_line and follows.match(self.text, end) is not None
        if self.keyword is None:
            return True
        has_header = (_PATH if keyword == "import" else _HEADER).match(self.text, end) is not None
        if self.keyword == "group" and keyword in {"group", "service"}:
            return has_header
        if is_first_in_line:
            return True
        return self.keyword in _BRACELESS and has_header and not self._is_in_place_of_a_name(start)

    def _is_in_place_of_a_name(self, start: int) -> bool:
        """Return whether the keyword was written where a name or value has to follow, as in `const group = 5ms`."""
        before = self.text[max(start - 40, self.keyword_end) : start].rstrip(" \t")
        return not before or before[-1] in "=&("


def _end_of(pattern: re.Pattern[str], text: str, start: int, end: int | None = None) -> int:
    match = pattern.match(text, start, len(text) if end is None else end)
    return match.end() if match else start
