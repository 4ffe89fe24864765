"""Text to tokens: one regular expression made from the grammar's terminals, and a dictionary for its words and marks."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, repeat
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
_LONGEST_KNOWN = 200  # characters of a line that is remembered
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
    """The tokens of some lines, one list for each of what a `Token` knows."""

    kinds: Sequence[str]
    texts: Sequence[str]
    lines: Sequence[int]
    columns: Sequence[int]
    end_columns: Sequence[int]
    firsts: Sequence[int]  # of each line: which token is the first on it, or behind it
    line: int  # the first

    def number(self, line: int, column: int) -> int:
        """Return which token is the first that begins at a place or behind it."""
        first, behind = self.firsts[line - self.line : line - self.line + 2]
        return bisect_left(self.columns, column, first, behind)


_Line = tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...], tuple[int, ...]]  # terminals, texts, columns, ends
_NOTHING: _Line = ((), (), (), ())


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

    def sheet(self, lines: Sequence[str], line: int, known: dict[str, _Line]) -> Sheet:
        """Return the tokens of some lines without `END`; `line` is the number of the first.

        No token has a line break in it, so that equal lines hold equal tokens: those in `known` are not read again.
        """
        found: list[Any] = list(map(known.get, lines))
        index = -1
        for _ in range(found.count(None)):
            index = found.index(None, index + 1)
            text = lines[index]
            found[index] = known.get(text) or self._line(text)
            if len(text) <= _LONGEST_KNOWN and len(known) < _MOST_PARTS:
                known[text] = found[index]
        kinds, texts, columns, end_columns = (list(chain.from_iterable(parts)) for parts in zip(*found, strict=True))
        counts = [len(parts[0]) for parts in found]
        numbers = list(chain.from_iterable(map(repeat, range(line, line + len(lines)), counts)))
        return Sheet(kinds, texts, numbers, columns, end_columns, list(accumulate(counts, initial=0)), line)

    def _line(self, text: str) -> _Line:
        """Return the tokens of one line."""
        written = self._scan[0].findall(text)
        parts: list[Any] = list(map(self._known.get, written))
        if None in parts:
            starts = accumulate(map(len, written), initial=0)
            parts = [part or self._read(text, start, len(text)) for part, start in zip(parts, starts, strict=False)]
        while parts and parts[-1][0] == END:  # it is found behind the last blanks, and once more
            del parts[-1]
        if not parts:
            return _NOTHING
        kinds, texts, _, skipped, widths = zip(*parts, strict=True)
        ends = tuple(accumulate(map(add, skipped, widths), initial=1))[1:]
        return kinds, texts, tuple(map(sub, ends, widths)), ends

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
