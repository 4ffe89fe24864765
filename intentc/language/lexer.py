"""Text to tokens: one regular expression made from the grammar's terminals, and a dictionary for its words and marks."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from operator import add, sub
from typing import Any, NamedTuple

from intentc.diagnostics.model import LINE_BREAK
from intentc.values import frozen

END = "$END"
BAD = "BAD"  # a character that begins no token
BAD_STRING = "BAD_STRING"  # a string with something in it that may not be there, or without an end
_Part = tuple[
    str, str, int, int, int
]  # terminal, text, line breaks before it, characters between the last of them and it, its own
_MOST_PARTS = 16_384  # that are remembered; keywords come early
_MOST_BEFORE = frozenset({"", " "})  # what stands before most tokens: no line ends in it
_IGNORED = ("BLANK", "COMMENT")
_NAME = "NAME"
_IS_WORD = re.compile(r"[a-z][a-z-]*\Z")


class Token:
    """A word, mark or literal: `type` is the grammar's terminal, line and column count from 1, columns in characters.

    A plain class with slots, not a frozen value: the formatter's words are tokens that know more.
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
    if "\r" in text:
        return [first, *[match.end() for match in LINE_BREAK.finditer(text)], sys.maxsize]
    lengths = [len(line) + 1 for line in text.split("\n")]
    return [first, *list(accumulate(lengths))[:-1], sys.maxsize]


class Sheet(NamedTuple):
    """The tokens of a long stretch of text, one list for each of what a `Token` knows, and the offsets at which they begin."""

    kinds: Sequence[str]
    texts: Sequence[str]
    lines: Sequence[int]
    columns: Sequence[int]
    end_columns: Sequence[int]
    starts: Sequence[int]


@frozen
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
    def _scan(self) -> tuple[re.Pattern[str], re.Pattern[str], tuple[Mapping[str, str], ...], tuple[str, ...]]:
        """One pattern for any token with the blanks before it, without groups and with them, and what the groups stand for: by
        text, and else.

        The second group is a shortcut for most tokens: a name that `/` or `:` does not go on is no other literal.
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
        before = f"(?>{blank}?(?:{comment}{blank}?)*)"
        plain = re.compile(f"{before}(?:{'|'.join(pattern for _, pattern in groups)})")
        grouped = re.compile(f"({before})(?:{'|'.join(f'({pattern})' for _, pattern in groups)})")
        by_text = {_NAME: self.words, "MARK": self.marks}
        names = [name for name, _ in groups]
        return plain, grouped, ({}, {}, *(by_text.get(name, {}) for name in names)), ("", "", *names)

    @cached_property
    def _known(self) -> dict[str, _Part]:
        """Tokens with the blanks before them as they were read already: of a hundred there are hardly ten new ones."""
        return {}

    def tokens(self, text: str, lines: Sequence[int], start: int, end: int) -> list[Token]:
        """Return the tokens of a stretch of text, `END` last; what is no token comes as `BAD` or `BAD_STRING`."""
        known = self._known
        line = bisect_right(lines, start)
        column = start - lines[line - 1] + 1
        found: list[Token] = []
        for written in self._scan[0].findall(text, start, end):
            part = known.get(written)
            if part is None:
                part = self._read(text, lines[line - 1] + column - 1, end)
            kind, word, breaks, skipped, width = part
            if breaks:
                line += breaks
                column = 1
            column += skipped
            found.append(Token(kind, word, line, column))
            if kind == END:  # it is found behind the last blanks, and once more
                break
            column += width
        return found

    def first(self, text: str, lines: Sequence[int], start: int, end: int) -> Token:
        """Return the first token of a stretch of text that is no `;`, without a look at what follows."""
        _, pattern, kinds_by_text, kinds = self._scan
        word = ";"
        while word == ";":
            match = pattern.match(text, start, end)
            assert match is not None  # what is no token is `BAD`  # noqa: S101
            index = match.lastindex or 0
            word, begun, start = match[index], match.start(index), match.end()
        line = bisect_right(lines, begun)
        return Token(kinds_by_text[index].get(word, kinds[index]), word, line, begun - lines[line - 1] + 1)

    def sheet(self, text: str, lines: Sequence[int], start: int, end: int) -> Sheet:
        """Return what `tokens` returns, for a stretch with many of them."""
        written = self._scan[0].findall(text, start, end)
        ends = list(accumulate(map(len, written), initial=start))
        parts: list[_Part] = self._parts(written, ends, text, end)
        del ends[0]
        kinds, texts, breaks, _, widths = zip(*parts, strict=True)
        starts = list(map(sub, ends, widths))
        numbers = list(accumulate(breaks, initial=bisect_right(lines, start)))
        del numbers[0]
        before = [0, *[offset - 1 for offset in lines[: numbers[-1]]]]
        columns = list(map(sub, starts, map(before.__getitem__, numbers)))
        return Sheet(kinds, texts, numbers, columns, list(map(add, columns, widths)), starts)

    def _parts(self, written: Sequence[str], starts: Sequence[int], text: str, end: int) -> list[_Part]:
        parts: list[Any] = list(map(self._known.get, written))
        index = -1
        for _ in range(parts.count(None)):
            index = parts.index(None, index + 1)
            parts[index] = self._read(text, starts[index], end)
        return parts

    def _read(self, text: str, start: int, end: int) -> _Part:
        """Return what the token is that begins, with the blanks before it, at `start`.

        Its text alone says so, but for a `#`: whether that begins a comment depends on what stands before it.
        """
        _, pattern, kinds_by_text, kinds = self._scan
        match = pattern.match(text, start, end)
        assert match is not None  # what is no token is `BAD`  # noqa: S101
        index = match.lastindex or 0
        before, word = match[1], match[index]
        kind = kinds_by_text[index].get(word, kinds[index])
        breaks = last = 0
        if before not in _MOST_BEFORE:
            for found in LINE_BREAK.finditer(before):
                breaks, last = breaks + 1, found.end()
        part = (kind, word, breaks, len(before) - last, len(word))
        if len(self._known) < _MOST_PARTS and "#" not in before and word != "#" and kind != BAD_STRING:
            self._known[match[0]] = part
        return part


def is_word(text: str) -> bool:
    """Return whether a fixed text of the grammar is a keyword rather than a mark."""
    return _IS_WORD.match(text) is not None
