from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Objective
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Optimize, _scope: Scope) -> Objective:
    """Return the objective."""
    return Objective(clause.goal, clause.span)


CLAUSE = ClauseKind(
    keyword="optimize",
    syntax=ast.Optimize,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="optimize stability | latency | cost | utilization",
        meaning="What to minimise among feasible placements. `stability`: the previous path, else the IGP's own."
        " `latency`: the fastest. `cost`: the least sum of the links' `cost`. `utilization`: the fullest link of all is"
        " as empty as can be.",
        default="stability",
        good="optimize utilization",
    ),
)
