from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Isolated
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Isolate, scope: Scope) -> Isolated:  # noqa: ARG001  (every clause reads alike)
    """Return which side is closed to all that no intent names."""
    return Isolated(clause.direction, clause.span)


CLAUSE = ClauseKind(
    keyword="isolate",
    syntax=ast.Isolate,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax="isolate [to | from | both]",
        meaning=(
            "Deny by default: the `to` prefixes are reached only by flows of intents that name them, from where those say;"
            " with `from` these sources reach only what some intent names. Stateless replies return."
        ),
        default="no restriction; `to` when no side is written",
        good="isolate both",
    ),
)
