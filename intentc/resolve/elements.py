"""`KIND X` of avoid, via and prefer: the nodes and links that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from intentc.clauses.requirement import Elements, Refusal
from intentc.clauses.wording import element_text
from intentc.language import ast
from intentc.resolve.expressions import glob, is_same, label_operand
from intentc.resolve.fields import FieldTable
from intentc.resolve.regions import Regions
from intentc.resolve.suggest import certain_fix, did_you_mean
from intentc.topology.model import LabelValue, Link, Topology

if TYPE_CHECKING:
    from intentc.resolve.scope import ProgramScope

E = TypeVar("E")
_NONE: frozenset[str] = frozenset()


def find_element(element: ast.Element, scope: ProgramScope) -> Elements | Refusal:
    """Return what an element names; an unknown or empty one is a finding."""
    found = _labelled(element, scope) if element.kind == "label" else _named(element, scope)
    if isinstance(found, Elements) and not found.nodes and not found.links:
        return scope.empty(f"`{element_text(element)}` names no node and no link", element.span)
    return found


def _named(element: ast.Element, scope: ProgramScope) -> Elements | Refusal:
    named = scope.ground.named_elements(element.kind)
    names = _meant(element.name, named)
    if not names:
        return scope.unknown(element.name, element.kind, named)
    found = [named[name] for name in names]
    nodes, links = (item.nodes for item in found), (item.links for item in found)
    return Elements(_NONE.union(*nodes), _NONE.union(*links), tuple(sorted(names)))


def _meant(name: ast.Name, named: Mapping[str, Elements]) -> list[str]:
    if not name.is_glob:
        return [name.text] if name.text in named else []
    pattern = glob(name.text)
    return [known for known in named if pattern.fullmatch(known) is not None]


def elements_by_name(kind: str, topology: Topology, regions: Regions) -> Mapping[str, Elements]:
    """Return every name that may stand after a kind with what it means."""
    match kind:
        case "node":
            return {name: Elements(frozenset({name}), _NONE) for name in topology.nodes}
        case "link":
            return {name: Elements(_NONE, frozenset({name})) for name in topology.links}
        case "site":
            return {name: Elements(frozenset(nodes), _NONE) for name, nodes in topology.nodes_of_site.items()}
        case "region":
            return {name: regions.on(name) for name in topology.regions}
        case "srlg":
            return {name: Elements(_NONE, frozenset(links)) for name, links in topology.srlgs.items()}
        case "provider":
            return _by(topology, lambda link: link.provider)
        case _:
            return _by(topology, lambda link: link.media)


def _by(topology: Topology, key: Callable[[Link], str | None]) -> Mapping[str, Elements]:
    found: dict[str, set[str]] = {}
    for link in topology.links.values():
        name = key(link)
        if name is not None:
            found.setdefault(name, set()).add(link.id)
    return {name: Elements(_NONE, frozenset(links)) for name, links in found.items()}


def _labelled(element: ast.Element, scope: ProgramScope) -> Elements | Refusal:
    """Return the nodes (their own labels, then their site's) and links whose label has the value."""
    key = element.name.text.removeprefix("labels.")
    nodes, links = scope.ground.node_table, scope.ground.link_table
    known = nodes.label_keys | links.label_keys
    if key not in known:
        return scope.report(
            "E0205",
            f"no node and no link has a label `{key}`",
            element.name.span,
            help=did_you_mean(key, known),
            fix=certain_fix(element.name, known),
        )
    wanted = label_operand(element.value) if element.value is not None else None
    return Elements(_with_label(nodes, key, wanted), _with_label(links, key, wanted))


def _with_label(table: FieldTable[E], key: str, wanted: LabelValue | None) -> frozenset[str]:
    values = ((name, table.label(element, key)) for name, element in table.elements.items())
    return frozenset(name for name, value in values if value is not None and is_same(value, wanted))
