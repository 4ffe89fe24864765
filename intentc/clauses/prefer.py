from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Prefer, scope: Scope) -> Refusal:
    """Refuse the clause: the placement weighs no preferences yet."""
    return worst(*(scope.element(element) for element in clause.elements)) or scope.unsupported(
        "`prefer`", clause.span, "leave it out, or make it hard with `via` or `avoid`"
    )


CLAUSE = ClauseKind(
    keyword="prefer",
    syntax=ast.Prefer,
    repeats=Repeats.NEVER,
    is_supported=False,
    read=read,
    document=Document(
        syntax="prefer KIND X {, KIND X}   (KIND: region node site link provider media srlg label)",
        meaning="A soft preference in order.",
        default="none",
        good="prefer provider carrier-a",
        bad="prefer provider carrier-z",
        why="no link has such a provider",
    ),
)
