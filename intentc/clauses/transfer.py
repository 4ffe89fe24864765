from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Transfer, scope: Scope) -> Refusal:
    """Refuse the clause: its rate depends on the latency of a path that is not chosen yet."""
    size = scope.quantity(clause.size, ast.Unit.SIZE, "transfer")
    within = scope.quantity(clause.within, ast.Unit.TIME, "within")
    return worst(size, within) or scope.unsupported(
        "`transfer`",
        clause.span,
        "write the rate as `bandwidth`: the size over the time that is left after the latency",
    )


CLAUSE = ClauseKind(
    keyword="transfer",
    syntax=ast.Transfer,
    repeats=Repeats.NEVER,
    is_supported=False,
    read=read,
    document=Document(
        syntax="transfer S within T",
        meaning="A bulk piece gets through in T: a committed rate of S over T per pair after the path's latency.",
        default="none",
        good="transfer 200MB within 5s",
        bad="transfer 200Mbps within 5s",
        why="a piece has a size, not a rate",
    ),
)
