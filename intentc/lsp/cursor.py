"""Where a point is in the grammar: in which block and clause, and which tokens could come next."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.language.engine import BLOCKS
from intentc.language.lexer import END, Token, line_starts
from intentc.language.machine import Unexpected
from intentc.language.parser import load_engine
from intentc.language.split import split
from intentc.values import frozen

_OPENING, _CLOSING = "LBRACE", "RBRACE"
_INNER = {"FAILOVER": "failover", "PARALLEL": "parallel"}
_TYPED = frozenset("*?#-_.%/:")


@frozen
class Cursor:
    """`typed` is what of a word stands before the point; `clause` the tokens of the clause before it, `block` its block.

    `block` is `declaration` outside of all blocks; `expected` are the terminals that could come where `typed` begins.
    """

    block: str
    clause: tuple[Token, ...]
    typed: str
    expected: frozenset[str]


def cursor_at(text: str, offset: int) -> Cursor:
    """Return what stands at an offset of a text; it need not be sound."""
    start = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in _TYPED):
        start -= 1
    typed = text[start:offset]
    tokens = _tokens_before(text[:start])
    block, opened = _block(tokens)
    clause = _clause(tokens[opened:], block) if block != "declaration" else tuple(tokens)
    return Cursor(block, clause, typed, _expected(tokens, clause, block))


def _tokens_before(text: str) -> list[Token]:
    """Return the tokens of the declaration that a text ends in, without the end."""
    engine = load_engine()
    last = None
    for piece in split(text):
        last = piece
    if last is None or last.keyword is None:
        return []
    tokens = engine.table.lexicon.tokens(text, line_starts(text), last.start, last.end)[:-1]
    return [] if _is_closed(tokens) else tokens


def _is_closed(tokens: Sequence[Token]) -> bool:
    """Return whether a declaration with a block has come to the end of it."""
    depth = 0
    for token in tokens:
        depth += (token.type == _OPENING) - (token.type == _CLOSING)
        if token.type == _CLOSING and depth == 0:
            return True
    return False


def _block(tokens: Sequence[Token]) -> tuple[str, int]:
    """Return the word of the innermost block that is open, and where its clauses begin."""
    found: list[tuple[str, int]] = [("declaration", 0)]
    owner = tokens[0].text if tokens else ""
    inner = ""
    for index, token in enumerate(tokens):
        if token.type in _INNER:
            inner = _INNER[token.type]
        elif token.type == _OPENING:
            found.append((owner if len(found) == 1 else inner, index + 1))
        elif token.type == _CLOSING and len(found) > 1:
            found.pop()
    return found[-1]


def _clause(tokens: Sequence[Token], block: str) -> tuple[Token, ...]:
    """Return the tokens of the last clause of a block that is open, itself included."""
    starters = load_engine().clauses.get(block, frozenset())
    depth = 0
    last = 0
    expected_after = {"ANY", "OF", "TO", "ON", "PREFIX"}  # words behind which a starter is part of the clause
    for index, token in enumerate(tokens):
        depth += (token.type == _OPENING) - (token.type == _CLOSING)
        before = tokens[index - 1].type if index else ""
        if (
            depth == 0
            and token.type in starters
            and before not in expected_after
            and not _goes_on(tokens[last:index], token)
        ):
            last = index
    return tuple(tokens[last:])


def _goes_on(clause: Sequence[Token], token: Token) -> bool:
    """Return whether a `to` or `from` belongs to the `telemetry` or `isolate` on its line."""
    is_open = bool(clause) and clause[0].type in {"TELEMETRY", "ISOLATE"} and clause[-1].line == token.line
    return is_open and token.type in {"TO", "FROM"}


def _expected(tokens: Sequence[Token], clause: Sequence[Token], block: str) -> frozenset[str]:
    """Return what could come next; where an earlier clause is broken, by the last clause alone."""
    engine = load_engine()
    with engine.lock:
        for attempt in (tokens, [*_frame(block), *clause], _frame(block)):
            engine.builder.begin("")
            stacks = engine.machine.start()
            try:
                engine.machine.run(attempt, stacks)
            except Unexpected:
                continue
            return engine.machine.expected(stacks) - {END}
    return frozenset()


def _frame(block: str) -> list[Token]:
    """Return tokens that end where a clause of a block can begin."""
    return [Token(kind, "1ms", 1, 1) for kind in BLOCKS.get(block, "").split()]
