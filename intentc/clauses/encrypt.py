from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Encrypted, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast
from intentc.resolve.model import Exclusion


def read(clause: ast.Encrypt, scope: Scope) -> Encrypted | Refusal:
    """Return the links that are not protected as asked, among those for which the condition holds."""
    links = scope.unprotected(clause.method)
    text = "encrypt" if clause.method is None else f"encrypt {clause.method}"
    if clause.condition is not None:
        concerned = scope.links_where(clause.condition)
        if isinstance(concerned, Refusal):
            return concerned
        links &= concerned
        text += " on links where …"
    return Encrypted(Exclusion("encrypt", text, frozenset(), links, clause.span))


CLAUSE = ClauseKind(
    keyword="encrypt",
    syntax=ast.Encrypt,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax="encrypt [macsec | ipsec] [on links where EXPR]",
        meaning=(
            "Only links so protected, or tunnels that the topology offers. With `on links where` only the links for which"
            " the condition holds have to be."
        ),
        default="no restriction; either method when none is written",
        good="encrypt macsec on links where latency > 1ms",
        bad="encrypt on links where colour == blue",
        why="links have no such field",
    ),
)
