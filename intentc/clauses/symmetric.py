from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Mirrored
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Symmetric, _scope: Scope) -> Mirrored:
    """Return that replies take the links of the requests."""
    return Mirrored(clause.span)


CLAUSE = ClauseKind(
    keyword="symmetric",
    syntax=ast.Symmetric,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax="symmetric",
        meaning=(
            "Replies take the same links, in the normal state and in each that `failover` names. Both directions have one path"
            " in each state: packets of one flow would not meet on several. It does not go with `unidirectional`, `among` or `spread`."
        ),
        default="replies keep every constraint but choose their own path",
        good="symmetric",
        bad="symmetric  unidirectional",
        why="there are no replies",
    ),
)
