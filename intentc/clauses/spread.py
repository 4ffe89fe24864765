from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Spreading
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Spread, _scope: Scope) -> Spreading:
    """Return the wish for several paths at once."""
    return Spreading(clause.span)


CLAUSE = ClauseKind(
    keyword="spread",
    syntax=ast.Spread,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="spread",
        meaning="Several paths at once are wanted: equal-cost ones of the IGP, or segment lists with weights where the head-end"
        " has them. Each member meets all bounds, and each link reserves its share of the rate, with the imbalance of hashing"
        " (`routing.hash_imbalance` of the topology, 25% unless it says otherwise) on top.",
        default="the whole rate is reserved on every path that any packet may take",
        good="spread",
    ),
)
