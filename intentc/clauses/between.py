from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import BothWays, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Between, scope: Scope) -> BothWays | Refusal:
    """Return both sides of traffic that either may start."""
    left, right = scope.select(clause.left), scope.select(clause.right)
    if isinstance(left, Refusal):
        return left
    return right if isinstance(right, Refusal) else BothWays(left, right, clause.span)


CLAUSE = ClauseKind(
    keyword="between",
    syntax=ast.Between,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="between SET and SET",
        meaning="Both directions, each a forward demand with its replies; one rate per direction covers both.",
        default="none; it stands in place of `from` and `to`",
        good="between site ber and site fra",
        bad="between site ber and site ber",
        why="the two sides are the same site: nothing crosses the network",
    ),
)
