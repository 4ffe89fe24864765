from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Exported, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Telemetry, scope: Scope) -> Exported | Refusal:
    """Return how often the intent is measured, and for which collector."""
    every = scope.quantity(clause.every, ast.Unit.TIME, "telemetry")
    collector = None if clause.collector is None else scope.collector(clause.collector)
    if isinstance(every, Refusal):
        return every
    return collector if isinstance(collector, Refusal) else Exported(every, collector, clause.span)


CLAUSE = ClauseKind(
    keyword="telemetry",
    syntax=ast.Telemetry,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="telemetry every T [to NAME]",
        meaning=(
            "Counters, path and delay measurement for this intent, with its DSCP, exported to a collector of the topology by"
            " the same region rules."
        ),
        default="no measurement of its own",
        good="telemetry every 10s to otel-eu",
        bad="telemetry every 10s to nobody",
        why="the topology has no such collector",
    ),
)
