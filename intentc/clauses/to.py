from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import EVERYTHING, Destinations, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.To, scope: Scope) -> Destinations | Refusal:
    """Return the nodes that traffic goes to, with the service whose replicas are alternatives."""
    selection = scope.select(clause.set)
    if isinstance(selection, Refusal):
        return selection
    if not clause.is_any_of:
        return Destinations(selection, None, clause.span)
    services = selection.services
    if len(services) != 1 or EVERYTHING in services:
        return scope.report(
            "E0219",
            "`any of` takes one service",
            clause.set.span,
            help=("declare a `service` with the hosts that may answer, and name it here",),
        )
    return Destinations(selection, min(services), clause.span)


CLAUSE = ClauseKind(
    keyword="to",
    syntax=ast.To,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="to SET | to any of SERVICE",
        meaning="Who answers. `any of` lets the compiler choose the best feasible replica, and another one on failure.",
        default="none; it belongs to `from`",
        good="to any of api",
        bad="to any of site fra",
        why="only the replicas of a service can stand for each other",
    ),
)
