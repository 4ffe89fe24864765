"""The concrete syntax of a declaration: every word in its place, also those that the syntax tree has no use for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from intentc.language.lexer import END, Token
from intentc.language.machine import Machine
from intentc.language.parser import load_engine
from intentc.values import frozen

SEMICOLON, COMMA, CLOSING = "SEMICOLON", "COMMA", "RPAR"


class Word(Token):
    """A token with what the layout of the source says of it.

    `gap` is the text between it and the word before; `above` are the comments on lines of their own before it, `comment` the one
    behind it on its line; `has_blank`: an empty line stands before it (after the last comment above).
    """

    __slots__ = ("above", "comment", "gap", "has_blank", "is_dropped")

    def __init__(self, token: Token, gap: str) -> None:
        super().__init__(token.type, token.text, token.line, token.column)
        self.gap = gap
        self.above: tuple[Comment, ...] = ()
        self.comment: str | None = None
        self.has_blank = False
        self.is_dropped = False


@frozen
class Comment:
    """A comment on a line of its own; `has_blank`: an empty line stands before it."""

    text: str
    has_blank: bool


@frozen
class Node:
    """What one rule of the grammar made of its words and parts."""

    rule: str
    children: tuple[Node | Word, ...]

    def words(self) -> Iterator[Word]:
        """Yield the words in order."""
        for child in self.children:
            if isinstance(child, Node):
                yield from child.words()
            else:
                yield child


class _Trees:
    """In place of a builder: whatever the rule, its children stay as they are."""

    def __getattr__(self, rule: str) -> Callable[[list[Any]], Node]:
        return lambda children: Node(rule, tuple(children))


@cache
def _machine() -> Machine:
    return Machine(load_engine().table, _Trees())


def concrete(words: Sequence[Word]) -> Node:
    """Return the tree of a sound declaration, which these words are; words that the one style leaves out are marked."""
    root: Node = _machine().run([*words, Token(END, "", 0, 0)])
    _mark(root)
    return root


def _mark(node: Node) -> None:
    """Mark what says nothing: every `;`, and the commas behind the last item of a list."""
    for index, child in enumerate(node.children):
        if isinstance(child, Node):
            _mark(child)
            continue
        after = node.children[index + 1] if index + 1 < len(node.children) else None
        is_last = after is None or (isinstance(after, Word) and after.type == CLOSING)
        child.is_dropped = child.type == SEMICOLON or (child.type == COMMA and is_last)
