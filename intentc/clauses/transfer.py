from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import BulkTransfer, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Transfer, scope: Scope) -> BulkTransfer | Refusal:
    """Return the piece and its time; the rate follows when the other clauses are known."""
    size = scope.quantity(clause.size, ast.Unit.SIZE, "transfer")
    within = scope.quantity(clause.within, ast.Unit.TIME, "within")
    if isinstance(size, Refusal) or isinstance(within, Refusal):
        return worst(size, within) or Refusal.BROKEN
    return BulkTransfer(size, within, clause.span)


CLAUSE = ClauseKind(
    keyword="transfer",
    syntax=ast.Transfer,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="transfer S within T",
        meaning=(
            "A bulk piece (a study, a checkpoint) gets through in T, also when a failure interrupts it: per pair a committed"
            " rate of S over what is left of T after the latency (the bound, else a tenth of T, at most 1 s, which every path"
            " then keeps) and after the time of `failover within`. Replies reserve nothing."
        ),
        default="none",
        good="transfer 200MB within 5s",
        bad="transfer 200Mbps within 5s",
        why="a piece has a size, not a rate",
    ),
)
