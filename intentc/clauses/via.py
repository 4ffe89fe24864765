from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Elements, Refusal, Through, worst
from intentc.clauses.scope import Scope
from intentc.clauses.wording import element_text
from intentc.language import ast
from intentc.resolve.model import Waypoint


def read(clause: ast.Via, scope: Scope) -> Through | Refusal:
    """Return the waypoints in the order that paths pass them."""
    found = [scope.element(element) for element in clause.elements]
    return worst(*found) or Through(
        tuple(
            Waypoint(f"via {element_text(element)}", elements.nodes, elements.links, element.span)
            for element, elements in zip(clause.elements, found, strict=True)
            if isinstance(elements, Elements)
        )
    )


CLAUSE = ClauseKind(
    keyword="via",
    syntax=ast.Via,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax="via KIND X {, KIND X}   (KIND: region node site link provider media srlg label)",
        meaning="Required waypoints in order; replies pass them in reverse. Those of profiles come first.",
        default="no restriction",
        good="via site ams",
        bad="via node nowhere",
        why="no node has this name",
    ),
)
