"""Lines of the output, before their comments are brought into columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from intentc.formatting.concrete import Comment, Word
from intentc.language.units import canonical
from intentc.values import frozen

WIDTH = 100  # columns, comments apart
_BREAK_BEFORE = frozenset(
    {"AND", "OR", "EXCEPT", "AMPERSAND", "EXTENDS", "UNDER", "ON", "BECAUSE", "UNTIL", "PROCESSING", "CALLS"}
    | {"PER", "TOTAL", "REVERSE", "CEILING", "BURST"}
)
_FARTHEST = 60  # comments behind longer lines stand by themselves


@frozen
class Row:
    """One line: `comment` stands behind the text, or alone where there is none."""

    indent: int
    text: str
    comment: str | None = None
    has_blank: bool = False  # an empty line before it


def text_of(words: Sequence[Word]) -> str:
    """Return words in one line."""
    if not words:
        return ""
    parts = [_spelled(words[0])]
    for before, word in pairwise(words):
        parts.append(_space(before, word) + _spelled(word))
    return "".join(parts)


def _spelled(word: Word) -> str:
    return canonical(word.text) if word.type == "QUANTITY" else word.text


def _space(before: Word, word: Word) -> str:
    return "" if word.type in {"COMMA", "RPAR"} or before.type == "LPAR" else " "


def comments_above(word: Word, indent: int) -> Iterator[Row]:
    """Yield the comments on lines of their own before a word."""
    for comment in word.above:
        yield comment_row(comment, indent)


def comment_row(comment: Comment, indent: int) -> Row:
    """Return a comment as a line."""
    return Row(indent, "", comment.text, comment.has_blank)


def has_comment_inside(words: Sequence[Word]) -> bool:
    """Return whether words cannot stand in one line because a comment stands between them."""
    return any(word.comment is not None for word in words[:-1]) or any(word.above for word in words[1:])


def filled(words: Sequence[Word], indent: int, hang: int, pad: int = 0) -> list[Row]:
    """Return words in as few lines as they need; lines after the first hang by `hang` columns.

    The first word takes `pad` columns at least. Lines break after commas and before the words that begin a part of a clause.
    """
    rows = list(comments_above(words[0], indent))
    column, text, has_blank = indent, _spelled(words[0]).ljust(pad), words[0].has_blank
    comment = words[0].comment
    for chunk, before in _chunks(words):
        first = chunk[0]
        joined = text + _space(before, first) + text_of(chunk)
        is_over = column + len(joined) > WIDTH and text.strip() != _spelled(words[0])
        if comment is not None or first.above or is_over:
            rows += [Row(column, text.rstrip(), comment, has_blank), *comments_above(first, indent + hang)]
            column, text, has_blank = indent + hang, text_of(chunk), False
        else:
            text = joined
        comment = chunk[-1].comment
    rows.append(Row(column, text.rstrip(), comment, has_blank))
    return rows


def _chunks(words: Sequence[Word]) -> Iterator[tuple[list[Word], Word]]:
    """Yield the words after the first, in parts that no line break parts, each with the word before it."""
    chunk: list[Word] = []
    start = words[0]
    for before, word in pairwise(words):
        may_break = before.type == "COMMA" or word.type in _BREAK_BEFORE
        if chunk and (may_break or before.comment is not None or word.above):
            yield chunk, start
            chunk, start = [], before
        chunk.append(word)
    if chunk:
        yield chunk, start


def text_of_rows(rows: Sequence[Row]) -> str:
    """Return the lines as text; comments behind lines that follow each other stand in one column."""
    lines: list[str] = []
    for run in _runs(rows):
        column = max((row.indent + len(row.text) for row in run if row.text), default=0) + 2
        for row in run:
            if row.has_blank and lines:
                lines.append("")
            line = " " * row.indent + row.text
            lines.append((line.ljust(column) if row.text else line) + row.comment if row.comment else line)
    return "".join(f"{line}\n" for line in lines)


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows in groups; one with several has comments behind all of its rows."""
    run: list[Row] = []
    for row in rows:
        is_aligned = bool(row.text and row.comment) and row.indent + len(row.text) <= _FARTHEST
        if run and not (is_aligned and not row.has_blank and run[-1].comment and run[-1].text):
            yield run
            run = []
        run.append(row)
        if not is_aligned:
            yield run
            run = []
    if run:
        yield run
