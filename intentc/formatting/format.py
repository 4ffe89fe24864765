"""The one formatting of intent files: comments kept, the meaning unchanged, and done again it changes nothing."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from intentc.diagnostics import Findings, Source, Span
from intentc.formatting.concrete import Word, concrete
from intentc.formatting.items import item_of
from intentc.formatting.layout import file_rows
from intentc.formatting.rows import text_of_rows
from intentc.formatting.trivia import place_trivia
from intentc.language import ast
from intentc.language.lexer import Token, line_starts
from intentc.language.parser import load_engine, parse
from intentc.language.split import split


def format_source(source: Source, findings: Findings) -> str | None:
    """Return the text of a file in the one style: LF, two columns per block, words of a block's clauses in one column.

    A text with mistakes of syntax gives these as findings, and None.
    """
    found = Findings()
    before = parse(source, found)
    if found.sorted():
        for item in found.sorted():
            findings.add(item)
        return None
    text = _formatted(source.text)
    if text != source.text:
        _require_same(before, parse(Source(source.path, text), found))
    return text


def _formatted(text: str) -> str:
    words = _words(text)
    items = []
    index = 0
    lines = line_starts(text)
    for piece in split(text):
        start = index
        while index < len(words) - 1 and _offset(words[index], lines) < piece.end:
            index += 1
        first = next(i for i in range(start, index) if words[i].type != "SEMICOLON")
        items.append(concrete(words[first:index]))
    for word in words:
        word.is_dropped = word.is_dropped or word.type == "SEMICOLON"
    place_trivia(words)
    return text_of_rows(file_rows([item_of(node) for node in items], words[-1]))


def _words(text: str) -> list[Word]:
    """Return all tokens of a text, the end of it last, each with what stands before it."""
    lines = line_starts(text)
    tokens = load_engine().table.lexicon.tokens(text, lines, lines[0], len(text))
    words, at = [], lines[0]
    for token in tokens:
        start = _offset(token, lines)
        words.append(Word(token, text[at:start]))
        at = start + len(token.text)
    return words


def _offset(token: Token, lines: list[int]) -> int:
    return lines[token.line - 1] + token.column - 1


def _require_same(before: ast.File, after: ast.File) -> None:
    """Refuse to go on if the text would say something else: then this module is wrong."""
    if after.broken or _bare(before.declarations) != _bare(after.declarations):
        raise AssertionError(f"formatting {before.source.path} would change what it says; it was left alone")


def _bare(value: Any) -> Any:
    """Return a tree as tuples, without places and without the spelling of quantities."""
    if isinstance(value, tuple):
        return tuple(_bare(item) for item in value)
    if isinstance(value, ast.Quantity):
        return (value.value, value.unit)
    if is_dataclass(value):
        parts = (getattr(value, field.name) for field in fields(value))
        return (type(value).__name__, *(_bare(part) for part in parts if not isinstance(part, Span)))
    return value
