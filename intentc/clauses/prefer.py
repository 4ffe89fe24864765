from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Elements, Preferred, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.clauses.wording import element_text
from intentc.language import ast
from intentc.resolve.model import Preference

_PLACES = frozenset({"node", "site", "link"})  # that a path passes or not; of all else it has more or less


def read(clause: ast.Prefer, scope: Scope) -> Preferred | Refusal:
    """Return the preferences, the one that comes first first."""
    found = [scope.element(element) for element in clause.elements]
    return worst(*found) or Preferred(
        tuple(
            _preference(element, elements, scope)
            for element, elements in zip(clause.elements, found, strict=True)
            if isinstance(elements, Elements)
        )
    )


def _preference(element: ast.Element, elements: Elements, scope: Scope) -> Preference:
    text = f"prefer {element_text(element)}"
    if element.kind in _PLACES or (element.kind == "label" and not elements.links):
        return Preference(text, elements.nodes, elements.links, is_place=True, span=element.span)
    links = elements.links
    if element.kind == "region":
        links -= scope.outside(frozenset(elements.names)).links
    return Preference(text, frozenset(), links, is_place=False, span=element.span)


CLAUSE = ClauseKind(
    keyword="prefer",
    syntax=ast.Prefer,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="prefer KIND X {, KIND X}   (KIND: region node site link provider media srlg label)",
        meaning=(
            "A soft preference, the first one first: among the paths of the normal state that do all else, and before what `optimize`"
            " says. A `node`, `site`, `link` or a `label` of nodes is to be passed; of a `provider`, `media`, `srlg` or a"
            " `label` of links a path has as few links as can be that are not of it, of a `region` as few as can be that do not"
            " lie inside. It never keeps an intent from being placed; the manifest says what was met, and why not."
        ),
        default="none",
        good="prefer provider carrier-a",
        bad="prefer provider carrier-z",
        why="no link has such a provider",
    ),
)
