from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import JitterBound, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Jitter, scope: Scope) -> JitterBound | Refusal:
    """Return the bound on the variation of one-way delay, in nanoseconds."""
    bound = scope.quantity(clause.bound, ast.Unit.TIME, "jitter")
    return bound if isinstance(bound, Refusal) else JitterBound(bound, clause.span)


CLAUSE = ClauseKind(
    keyword="jitter",
    syntax=ast.Jitter,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="jitter <= T",
        meaning=(
            "A bound on how much the one-way delays of packets of one size differ: the worst queueing of the class, and what the"
            " links themselves vary. It holds in the normal state and in those that `failover` names, and needs `bandwidth`."
        ),
        default="no bound",
        good="jitter <= 2ms",
        bad="jitter <= 2Mbps",
        why="jitter is a time",
    ),
)
