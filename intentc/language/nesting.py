"""Bounds how deep a program nests, so that nothing that walks its tree can run out of stack."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from intentc.language.lexer import Token

DEEPEST = 50
_NESTING = ("(", "not", "except", "&")
_STEPS = frozenset({"LPAR", "NOT", "EXCEPT", "AMPERSAND"})
_FRESH = frozenset({"COMMA", "AND", "OR", "LBRACE", "RBRACE", "SEMICOLON", "ARROW", "IS"})


def may_be_deep(text: str, start: int, end: int) -> bool:
    """Return whether a stretch of text has enough of what nests to be looked at closely."""
    return end - start > DEEPEST and sum([text.count(word, start, end) for word in _NESTING]) > DEEPEST


def too_deep(tokens: Iterable[Token], starters: Collection[str]) -> Token | None:
    """Return the token that nests deeper than `DEEPEST`, or None.

    Parentheses and `not` nest to the right, `except` and `&` to the left; a comma or a clause (`starters`) begins anew.
    """
    depth = 0
    before: list[int] = []  # the depth before each open parenthesis
    for token in tokens:
        kind = token.type
        if kind in _STEPS:
            if kind == "LPAR":
                before.append(depth)
            depth += 1
            if depth > DEEPEST:
                return token
        elif kind == "RPAR":
            depth = before.pop() if before else 0
        elif kind in _FRESH or kind in starters:
            depth = before[-1] + 1 if before else 0
    return None
