"""Text to tokens: one regular expression made from the grammar's terminals, and a dictionary for its words and marks."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, islice, repeat
from operator import itemgetter, sub
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
_MOST_GAPS = 256  # that are remembered: how lines are indented, and not what comments say
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


_Line = tuple[Sequence[str], Sequence[str], Sequence[int], Sequence[int]]  # terminals, texts, columns, end columns


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

    @cached_property
    def _gaps(self) -> dict[str, tuple[int, int]]:
        """What stood before tokens: how many lines end in it, and how many characters follow the last of them."""
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
        if None in found:
            new = list(dict.fromkeys([text for text, parts in zip(lines, found, strict=True) if parts is None]))
            read = dict(zip(new, self._lines(new), strict=True))
            found = [parts or read[text] for text, parts in zip(lines, found, strict=True)]
            short = (item for item in read.items() if len(item[0]) <= _LONGEST_KNOWN)
            known.update(islice(short, max(_MOST_PARTS - len(known), 0)))
        kinds, texts, columns, end_columns = (list(chain.from_iterable(parts)) for parts in zip(*found, strict=True))
        counts = [len(parts[0]) for parts in found]
        numbers = list(chain.from_iterable(map(repeat, range(line, line + len(lines)), counts)))
        return Sheet(kinds, texts, numbers, columns, end_columns, list(accumulate(counts, initial=0)), line)

    def _lines(self, lines: Sequence[str]) -> Iterator[_Line]:
        """Yield the tokens of each of some lines, which are read as one text."""
        text = "\n".join(lines)
        known, end = self._known, len(text)
        written = self._scan[0].findall(text)
        ends = list(accumulate(map(len, written)))
        parts: list[Any] = list(map(known.get, written))
        parts = [
            part or known.get(word) or self._read(text, after - len(word), end)
            for part, word, after in zip(parts, written, ends, strict=True)
        ]
        while parts and parts[-1][0] == END:  # it is found behind the last blanks, and once more
            del parts[-1]
        kinds, texts, breaks, widths = (list(map(itemgetter(number), parts)) for number in (0, 1, 2, 4))
        numbers = list(accumulate(breaks))  # of the line that each token stands on
        before = list(accumulate([len(line) + 1 for line in lines], initial=-1))
        end_columns = list(map(sub, ends, map(before.__getitem__, numbers)))
        columns = list(map(sub, end_columns, widths))
        first = 0
        for number in range(len(lines)):
            after = bisect_right(numbers, number, first)
            yield kinds[first:after], texts[first:after], columns[first:after], end_columns[first:after]
            first = after

    def _read(self, text: str, start: int, end: int) -> _Part:
        """Return what the token is that begins, with the blanks before it, at `start`.

        Its text alone says so, but for a `#`: whether that begins a comment depends on what stands before it.
        """
        _, pattern, kinds_by_text, kinds = self._scan
        match = pattern.match(text, start, end)
        assert match is not None  # what is no token is `BAD`  # noqa: S101
        index = match.lastindex or 0
        before, word = match.group(1, index)
        kind = kinds_by_text[index].get(word, kinds[index])
        breaks, skipped = self._gaps.get(before) or self._gap(before)
        part = (kind, word, breaks, skipped, len(word))
        if len(self._known) < _MOST_PARTS and "#" not in before and word != "#" and kind != BAD_STRING:
            self._known[match[0]] = part
        return part

    def _gap(self, before: str) -> tuple[int, int]:
        """Return how many lines end in what stands before a token, and how many characters follow the last of them."""
        breaks = last = 0
        for found in LINE_BREAK.finditer(before):
            breaks, last = breaks + 1, found.end()
        gap = (breaks, len(before) - last)
        if len(self._gaps) < _MOST_GAPS:
            self._gaps[before] = gap
        return gap


def is_word(text: str) -> bool:
    """Return whether a fixed text of the grammar is a keyword rather than a mark."""
    return _IS_WORD.match(text) is not None
