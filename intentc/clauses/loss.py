from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import LossBound, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Loss, scope: Scope) -> LossBound | Refusal:
    """Return the bound on the share of packets that are lost, in parts per billion."""
    bound = scope.quantity(clause.bound, ast.Unit.RATIO, "loss", minimum=0)
    return bound if isinstance(bound, Refusal) else LossBound(bound, clause.span)


CLAUSE = ClauseKind(
    keyword="loss",
    syntax=ast.Loss,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="loss <= P",
        meaning=(
            "A bound on the share of packets within the committed rate that are lost: what the links of the path lose by"
            " themselves (`loss` in the topology), and nothing in queues, which has to be proved: every queue on the path holds"
            " all that may come. It holds in the normal state and in those that `failover` names, and needs `bandwidth`."
        ),
        default="no bound",
        good="loss <= 0.01%",
        bad="loss <= 10ms",
        why="loss is a ratio",
    ),
)
