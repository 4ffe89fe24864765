from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Symmetric, scope: Scope) -> Refusal:
    """Refuse the clause: replies are placed by themselves."""
    return scope.unsupported(
        "`symmetric`", clause.span, "leave it out, or name the way with `via` and `avoid`, which replies keep"
    )


CLAUSE = ClauseKind(
    keyword="symmetric",
    syntax=ast.Symmetric,
    repeats=Repeats.ADDS,
    is_supported=False,
    read=read,
    document=Document(
        syntax="symmetric",
        meaning="Replies take the same links.",
        default="replies keep every constraint but choose their own path",
        good="symmetric",
    ),
)
