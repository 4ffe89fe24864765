from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import OneWay
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Unidirectional, scope: Scope) -> OneWay:  # noqa: ARG001  (every clause reads alike)
    """Return that there are no replies."""
    return OneWay(clause.span)


CLAUSE = ClauseKind(
    keyword="unidirectional",
    syntax=ast.Unidirectional,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="unidirectional",
        meaning="There are no replies. Otherwise replies (prefixes and ports swapped, `via` reversed) keep every constraint.",
        default="replies are part of the intent",
        good="unidirectional",
        bad="unidirectional  latency <= 20ms rtt",
        why="a round trip needs replies",
    ),
)
