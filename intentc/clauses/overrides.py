from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Overriding, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Overrides, scope: Scope) -> Overriding | Refusal:
    """Return the intents that this one wins over."""
    names = [scope.intent(name) for name in clause.intents]
    return worst(*names) or Overriding(tuple(name for name in names if isinstance(name, str)), clause.span)


CLAUSE = ClauseKind(
    keyword="overrides",
    syntax=ast.Overrides,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="overrides INTENT {, INTENT}",
        meaning="This intent wins where their matches overlap.",
        default="the narrower match wins; other overlaps with different treatment are an error",
        good="overrides other",
        bad="overrides nobody",
        why="no intent has this name",
    ),
)
