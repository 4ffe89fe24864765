from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal, Sources
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.From, scope: Scope) -> Sources | Refusal:
    """Return the nodes that traffic comes from."""
    selection = scope.select(clause.set)
    return selection if isinstance(selection, Refusal) else Sources(selection, clause.span)


CLAUSE = ClauseKind(
    keyword="from",
    syntax=ast.From,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="from SET",
        meaning="Who starts the traffic: one demand per source site and destination site. A node without a site is its own.",
        default="none; an intent has `from` and `to`, or `between`, or `among`",
        good="from site ber, muc",
        bad="from site atlantis",
        why="no site has this name",
    ),
)
