"""Sets of sites and nodes: names, globs and `where` terms, united, restricted and cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from intentc.clauses.requirement import EVERYTHING, Refusal, Selection, worst
from intentc.language import ast
from intentc.resolve.expressions import Expressions, glob

if TYPE_CHECKING:
    from intentc.resolve.scope import Ground, ProgramScope

_ALL = frozenset({EVERYTHING})
KINDS = ("node", "site", "region", "group", "service")


def select(terms: ast.SetExpression, scope: ProgramScope) -> Selection | Refusal:
    """Return the union of the terms; every unknown name, unlike comparison and empty term is a finding."""
    first = terms.terms[0]
    if isinstance(first, ast.NameTerm) and first.kind is None and len(terms.terms) == 1:  # what most ends are
        known = scope.ground.named.get(first.name.text)
        if known is not None:
            return known
        found = _term(first, scope)
        if isinstance(found, Selection) and not first.name.is_quoted and not first.name.is_glob:
            scope.ground.named[first.name.text] = found
        return found
    return _term(terms, scope)


def _term(term: ast.Term, scope: ProgramScope) -> Selection | Refusal:
    match term:
        case ast.NameTerm():
            return _glob(term, scope) if term.name.is_glob else _name(term, scope)
        case ast.WhereTerm():
            return _where(term, scope)
        case ast.Restricted():
            return _restricted(term, scope)
        case ast.SetExpression():
            if len(term.terms) == 1:
                return _term(term.terms[0], scope)
            found = [_term(item, scope) for item in term.terms]
            return worst(*found) or _union(item for item in found if isinstance(item, Selection))


def _union(selections: Iterable[Selection]) -> Selection:
    members: dict[str, frozenset[str]] = {}
    for selection in selections:
        for node, services in selection.members.items():
            members[node] = members.get(node, frozenset()) | services
    return Selection(members)


def _restricted(term: ast.Restricted, scope: ProgramScope) -> Selection | Refusal:
    base, other = _term(term.base, scope), _term(term.other, scope)
    if isinstance(base, Refusal):
        return base
    if isinstance(other, Refusal):
        return other
    is_kept = term.operator == "&"
    members = {node: found for node, found in base.members.items() if (node in other.members) is is_kept}
    if not members:
        verb = "have nothing in common" if is_kept else "leave nothing"
        return scope.empty(f"the two sides of `{term.operator}` {verb}", term.span)
    return Selection(members)


def _where(term: ast.WhereTerm, scope: ProgramScope) -> Selection | Refusal:
    names: tuple[str, ...] | Refusal
    if term.kind == "sites":
        names = Expressions(scope.ground.site_table, scope).names_where(term.condition)
    elif term.kind == "nodes":
        names = Expressions(scope.ground.node_table, scope).names_where(term.condition)
    else:
        return scope.report(
            "E0220", f"`{term.kind} where` cannot be an end of traffic", term.span, help=("use sites or nodes here",)
        )
    if isinstance(names, Refusal):
        return names
    nodes = names if term.kind == "nodes" else _nodes_of(names, scope)
    return _everything(nodes) if nodes else scope.empty(f"no {term.kind[:-1]} is like this", term.span)


def _nodes_of(sites: Iterable[str], scope: ProgramScope) -> tuple[str, ...]:
    return tuple(node for site in sites for node in scope.topology.nodes_of_site[site])


def _everything(nodes: Iterable[str]) -> Selection:
    return Selection(dict.fromkeys(nodes, _ALL))


def _glob(term: ast.NameTerm, scope: ProgramScope) -> Selection | Refusal:
    """Return what a pattern matches: nodes and sites, or names of the kind that was written."""
    kinds = ("node", "site") if term.kind is None else (term.kind,)
    pattern = glob(term.name.text)
    found: list[Selection | Refusal] = []
    for kind in kinds:
        names = names_of(kind, scope.ground)
        if names is None:
            return _not_an_end(term, scope)
        found += [_denoted(kind, name, scope) for name in names if pattern.fullmatch(name)]
    refusal = worst(*found)
    if refusal is not None:
        return refusal
    union = _union(item for item in found if isinstance(item, Selection))
    what = " or ".join(kinds)
    return union if union.members else scope.empty(f"no {what} matches `{term.name.text}`", term.span)


def _name(term: ast.NameTerm, scope: ProgramScope) -> Selection | Refusal:
    name = term.name.text
    if term.kind is not None:
        names = names_of(term.kind, scope.ground)
        if names is None:
            return _not_an_end(term, scope)
        if name not in names:
            return scope.unknown(term.name, term.kind, names)
        return _some(_denoted(term.kind, name, scope), term.kind, term.name, scope)
    kinds = scope.ground.kinds_of_names.get(name)
    if not kinds:
        known = [known for kind in KINDS for known in names_of(kind, scope.ground) or ()]
        return scope.unknown(term.name, "node, site, region, group or service", known)
    if len(kinds) == 1:
        return _some(_denoted(kinds[0], name, scope), kinds[0], term.name, scope)
    found = {kind: _some(_denoted(kind, name, scope), kind, term.name, scope) for kind in kinds}
    return worst(*found.values()) or _only(term, {k: s for k, s in found.items() if isinstance(s, Selection)}, scope)


def _only(term: ast.NameTerm, found: Mapping[str, Selection], scope: ProgramScope) -> Selection | Refusal:
    """Return the one meaning of a name; several are fine as long as they are the same nodes with the same traffic."""
    first, *others = found.values()
    if any(other.members != first.members for other in others):
        kinds = list(found)
        return scope.report(
            "E0202",
            f"`{term.name.text}` is a {' and a '.join(kinds)}",
            term.span,
            help=tuple(f"write `{kind} {term.name.text}`" for kind in kinds),
        )
    return first


def _some(found: Selection | Refusal, kind: str, name: ast.Name, scope: ProgramScope) -> Selection | Refusal:
    if isinstance(found, Selection) and not found.members:
        return scope.empty(f"{kind} `{name.text}` has no nodes", name.span)
    return found


def _not_an_end(term: ast.NameTerm, scope: ProgramScope) -> Refusal:
    return scope.report(
        "E0220", f"a {term.kind} cannot be an end of traffic", term.span, help=(f"use one of {', '.join(KINDS)}",)
    )


def names_of(kind: str, ground: Ground) -> Mapping[str, object] | None:
    """Return the names of a kind that can stand in a set, or None for another kind."""
    topology, program = ground.topology, ground.program
    match kind:
        case "node":
            return topology.nodes
        case "site":
            return topology.sites
        case "region":
            return topology.regions
        case "group":
            return program.groups
        case "service":
            return program.services
        case _:
            return None


def _denoted(kind: str, name: str, scope: ProgramScope) -> Selection | Refusal:
    """Return the nodes that a known name of a kind stands for; maybe none. Equal names have the very same selection."""
    known = scope.ground.selections
    if (kind, name) not in known:
        known[kind, name] = _selection(kind, name, scope)
    return known[kind, name]


def _selection(kind: str, name: str, scope: ProgramScope) -> Selection | Refusal:
    match kind:
        case "node":
            return _everything((name,))
        case "site":
            return _everything(_nodes_of((name,), scope))
        case "region":
            return _everything(sorted(scope.ground.regions.on(name).nodes))
        case "group":
            return scope.group(name)
        case _:
            return scope.service_selection(name)
