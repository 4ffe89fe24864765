from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Loss, scope: Scope) -> Refusal:
    """Refuse the clause: no model bounds loss yet."""
    bound = scope.quantity(clause.bound, ast.Unit.RATIO, "loss", minimum=0)
    if isinstance(bound, Refusal):
        return bound
    return scope.unsupported("`loss`", clause.span, "leave it out; committed `bandwidth` keeps a class from overload")


CLAUSE = ClauseKind(
    keyword="loss",
    syntax=ast.Loss,
    repeats=Repeats.NEVER,
    is_supported=False,
    read=read,
    document=Document(
        syntax="loss <= P",
        meaning="A bound on the share of packets that are lost.",
        default="no bound",
        good="loss <= 0.01%",
        bad="loss <= 10ms",
        why="loss is a ratio",
    ),
)
