from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Spread, scope: Scope) -> Refusal:
    """Refuse the clause: a demand takes one path."""
    return scope.unsupported(
        "`spread`", clause.span, "leave it out: the demand then takes one path that keeps its bounds"
    )


CLAUSE = ClauseKind(
    keyword="spread",
    syntax=ast.Spread,
    repeats=Repeats.NEVER,
    is_supported=False,
    read=read,
    document=Document(
        syntax="spread",
        meaning="Equal-cost multipath is wanted; each member meets the bounds, load counts by share.",
        default="one path",
        good="spread",
    ),
)
