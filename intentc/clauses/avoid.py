from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Avoided, AvoidedAll, Elements, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.clauses.wording import element_text
from intentc.language import ast
from intentc.resolve.model import Exclusion


def read(clause: ast.Avoid, scope: Scope) -> AvoidedAll | Refusal:
    """Return one hard exclusion per element."""
    found = [scope.element(element) for element in clause.elements]
    return worst(*found) or AvoidedAll(
        tuple(
            _avoided(element, elements)
            for element, elements in zip(clause.elements, found, strict=True)
            if isinstance(elements, Elements)
        )
    )


def _avoided(element: ast.Element, elements: Elements) -> Avoided:
    text = f"avoid {element_text(element)}"
    exclusion = Exclusion("avoid", text, elements.nodes, elements.links, element.span)
    return Avoided(exclusion, elements.names if element.kind == "region" else ())


CLAUSE = ClauseKind(
    keyword="avoid",
    syntax=ast.Avoid,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax="avoid KIND X {, KIND X}   (KIND: region node site link provider media srlg label)",
        meaning=(
            "No path uses these elements, in any state. A link is on a region when an end of it or a region that it crosses"
            " is in it. `label KEY = VALUE` names the nodes and links with that label."
        ),
        default="no restriction",
        good="avoid region us, srlg duct-9",
        bad="avoid provider carrier-z",
        why="no link has such a provider",
    ),
)
