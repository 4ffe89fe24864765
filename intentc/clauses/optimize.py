from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Objective, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast

SUPPORTED = "stability"


def read(clause: ast.Optimize, scope: Scope) -> Objective | Refusal:
    """Return the objective; the placement knows only the default one."""
    if clause.goal != SUPPORTED:
        return scope.unsupported(
            f"`optimize {clause.goal}`", clause.span, f"leave it out: `optimize {SUPPORTED}` is the default"
        )
    return Objective(clause.goal, clause.span)


CLAUSE = ClauseKind(
    keyword="optimize",
    syntax=ast.Optimize,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="optimize stability | latency | cost | utilization",
        meaning="What to minimise among feasible placements. `stability`: the previous path, else the IGP's own.",
        default="stability",
        good="optimize stability",
        bad="optimize cost",
        why="not supported yet",
    ),
)
