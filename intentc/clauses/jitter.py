from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Jitter, scope: Scope) -> Refusal:
    """Refuse the clause: no queueing model bounds the variation of delay yet."""
    bound = scope.quantity(clause.bound, ast.Unit.TIME, "jitter")
    if isinstance(bound, Refusal):
        return bound
    return scope.unsupported("`jitter`", clause.span, "leave it out, and bound `latency` instead")


CLAUSE = ClauseKind(
    keyword="jitter",
    syntax=ast.Jitter,
    repeats=Repeats.NEVER,
    is_supported=False,
    read=read,
    document=Document(
        syntax="jitter <= T",
        meaning="A bound on the variation of one-way delay.",
        default="no bound",
        good="jitter <= 2ms",
        bad="jitter <= 2Mbps",
        why="jitter is a time",
    ),
)
