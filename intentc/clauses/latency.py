from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import LatencyBound, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast

_TIME = ast.Unit.TIME  # a member is sought through its class, which takes longer than a name


def read(clause: ast.Latency, scope: Scope) -> LatencyBound | Refusal:
    """Return the bound that every path keeps, in nanoseconds."""
    bound = scope.quantity(clause.bound, _TIME, "latency")
    return bound if isinstance(bound, Refusal) else LatencyBound(bound, clause.mode == "rtt", clause.span)


CLAUSE = ClauseKind(
    keyword="latency",
    syntax=ast.Latency,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="latency <= T [one-way | rtt]",
        meaning=(
            "A bound that every path used meets: propagation, serialisation and the worst queueing of the class. With `rtt` the"
            " sum of both directions keeps it. Without `bandwidth` only propagation is promised."
        ),
        default="no bound; `one-way` when nothing else is written",
        good="latency <= 15ms one-way",
        bad="latency <= 50Mbps",
        why="a latency is a time",
    ),
)
