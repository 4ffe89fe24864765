from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Mesh, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Among, scope: Scope) -> Mesh | Refusal:
    """Return the nodes that all talk to each other."""
    selection = scope.select(clause.set)
    return selection if isinstance(selection, Refusal) else Mesh(selection, clause.span)


CLAUSE = ClauseKind(
    keyword="among",
    syntax=ast.Among,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="among SET",
        meaning="One forward demand per ordered pair of sites; no replies are added, since each is a pair of its own.",
        default="none; it stands in place of `from` and `to`",
        good="among site ber, muc, fra",
        bad="among site ber",
        why="one site has nobody to talk to",
    ),
)
