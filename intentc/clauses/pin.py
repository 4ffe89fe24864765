from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Pinned, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast
from intentc.resolve.model import Exclusion


def read(clause: ast.Pin, scope: Scope) -> Pinned | Refusal:
    """Return all that lies outside the union of the regions, which no path of the intent may ever use."""
    names = [scope.region(name) for name in clause.regions]
    refusal = worst(*names)
    if refusal is not None:
        return refusal
    regions = tuple(sorted({name for name in names if isinstance(name, str)}))
    outside = scope.outside(frozenset(regions))
    text = "pin region " + ", ".join(name.text for name in clause.regions)
    return Pinned(Exclusion("pin", text, outside.nodes, outside.links, clause.span), regions, outside.unknown_links)


CLAUSE = ClauseKind(
    keyword="pin",
    syntax=ast.Pin,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax="pin region R {, R}",
        meaning=(
            "Every path that can ever carry the traffic lies inside the union of the regions: both ends of each link and all"
            " that it crosses. What has no such path is dropped. A link that does not say what it crosses is left out,"
            " unless both ends are in one region without regions of its own. Several pins intersect."
        ),
        default="no restriction",
        good="pin region eu",
        bad="pin region mars",
        why="the topology has no such region",
    ),
)
