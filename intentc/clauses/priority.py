from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal, Treatment
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Priority, scope: Scope) -> Treatment | Refusal:
    """Return the traffic class that packets get."""
    name = scope.traffic_class(clause.name)
    return name if isinstance(name, Refusal) else Treatment(name, clause.span)


CLAUSE = ClauseKind(
    keyword="priority",
    syntax=ast.Priority,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="priority critical | high | normal | low | background | CLASS",
        meaning="Treatment at every hop: marking at the edge, queueing in the core, re-marking at trust borders.",
        default="DF: what no intent names, promised only what is left",
        good="priority high",
        bad="priority urgent",
        why="no class has this name",
    ),
)
