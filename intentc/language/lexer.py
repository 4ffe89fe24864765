"""Text to tokens: one regular expression made from the grammar's terminals, and a dictionary for its words and marks."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from intentc.diagnostics.model import LINE_BREAK

END = "$END"
BAD = "BAD"  # a character that begins no token
BAD_STRING = "BAD_STRING"  # a string with something in it that may not be there, or without an end
_IGNORED = ("BLANK", "COMMENT")
_NAME = "NAME"
_IS_WORD = re.compile(r"[a-z][a-z-]*\Z")


class Token:
    """A word, mark or literal: `type` is the grammar's terminal, line and column count from 1, columns in characters.

    A plain class with slots, not a frozen dataclass: half a million of them are made for a large program.
    """

    __slots__ = ("column", "line", "text", "type")

    def __init__(self, kind: str, text: str, line: int, column: int) -> None:
        self.type = kind
        self.text = text
        self.line = line
        self.column = column

    def __repr__(self) -> str:
        return f"{self.type} {self.text!r} at {self.line}:{self.column}"


def line_starts(text: str) -> list[int]:
    """Return the offsets at which the lines begin, and an end beyond all; LF, CR LF and CR break a line.

    A byte order mark is no part of the first line.
    """
    first = 1 if text.startswith("\ufeff") else 0
    return [first, *[match.end() for match in LINE_BREAK.finditer(text)], sys.maxsize]


@dataclass(frozen=True)
class Lexicon:
    """The terminals of the grammar: texts of words and marks, and patterns of literals in the order they are tried."""

    words: Mapping[str, str]  # text → terminal
    marks: Mapping[str, str]
    patterns: tuple[tuple[str, str], ...]  # terminal, pattern

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of every word and mark by its terminal."""
        return {terminal: text for texts in (self.words, self.marks) for text, terminal in texts.items()}

    @cached_property
    def _scan(self) -> tuple[re.Pattern[str], tuple[Mapping[str, str], ...], tuple[str, ...]]:
        """One pattern for any token with the blanks before it, and what its groups stand for: by text, and else.

        The first group is a shortcut for most tokens: a name that `/` or `:` does not go on is no other literal.
        """
        literals = dict(self.patterns)
        groups = [
            (_NAME, f"(?>{literals[_NAME]})(?![/:])"),
            ("MARK", "|".join(re.escape(mark) for mark in sorted(self.marks, key=len, reverse=True))),
            *(item for item in self.patterns if item[0] not in _IGNORED),
            (BAD_STRING, r'"(?:[^"\\\r\n]++|\\[^\r\n])*+(?:"|\\)?'),
            (BAD, r"[^ \t\r\n]"),
            (END, r"\Z"),
        ]
        blank, comment = (f"(?:{literals[name]})" for name in _IGNORED)
        pattern = f"(?>{blank}?(?:{comment}{blank}?)*)(?:" + "|".join(f"({pattern})" for _, pattern in groups) + ")"
        by_text = {_NAME: self.words, "MARK": self.marks}
        names = [name for name, _ in groups]
        return re.compile(pattern), ({}, *(by_text.get(name, {}) for name in names)), ("", *names)

    def tokens(self, text: str, lines: Sequence[int], start: int, end: int) -> list[Token]:
        """Return the tokens of a stretch of text, `END` last; what is no token comes as `BAD` or `BAD_STRING`."""
        pattern, kinds_by_text, kinds = self._scan
        line = bisect_right(lines, start)
        begin, until = lines[line - 1], lines[line]
        found: list[Token] = []
        for match in pattern.finditer(text, start, end):
            index = match.lastindex or 0
            value = match[index]
            offset = match.start(index)
            if offset >= until:
                line = bisect_right(lines, offset, line) if offset >= lines[line + 1] else line + 1
                begin, until = lines[line - 1], lines[line]
            found.append(Token(kinds_by_text[index].get(value, kinds[index]), value, line, offset - begin + 1))
            if index == len(kinds) - 1:
                break
        return found


def is_word(text: str) -> bool:
    """Return whether a fixed text of the grammar is a keyword rather than a mark."""
    return _IS_WORD.match(text) is not None
