"""Sets of links and nodes, as assertions name them: names, globs and `where` terms of all kinds of elements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intentc.clauses.requirement import Elements, Refusal, worst
from intentc.language import ast
from intentc.resolve.expressions import Expressions, glob
from intentc.resolve.scope import ProgramScope

_NONE: frozenset[str] = frozenset()
_BARE = ("link", "node", "site", "region", "srlg", "provider", "media")  # what a name without a kind may mean
_GLOBBED = ("link", "node", "site")


def select_elements(terms: ast.Term, scope: ProgramScope) -> Elements | Refusal:
    """Return the union of the terms; what is `planned` does not exist yet and is left out."""
    found = _term(terms, scope)
    return found if isinstance(found, Refusal) else _existing(found, scope)


def _term(term: ast.Term, scope: ProgramScope) -> Elements | Refusal:
    match term:
        case ast.NameTerm():
            return _named(term, scope)
        case ast.WhereTerm():
            return _where(term, scope)
        case ast.Restricted():
            return _restricted(term, scope)
        case ast.SetExpression():
            found = [_term(item, scope) for item in term.terms]
            return worst(*found) or _union(item for item in found if isinstance(item, Elements))


def _union(found: Iterable[Elements]) -> Elements:
    items = list(found)
    return Elements(_NONE.union(*(item.nodes for item in items)), _NONE.union(*(item.links for item in items)))


def _restricted(term: ast.Restricted, scope: ProgramScope) -> Elements | Refusal:
    base, other = _term(term.base, scope), _term(term.other, scope)
    if isinstance(base, Refusal):
        return base
    if isinstance(other, Refusal):
        return other
    cut: Callable[[frozenset[str], frozenset[str]], frozenset[str]] = (
        frozenset.intersection if term.operator == "&" else frozenset.difference
    )
    found = Elements(cut(base.nodes, other.nodes), cut(base.links, other.links))
    return found if found.nodes or found.links else scope.empty(f"`{term.operator}` leaves nothing", term.span)


def _where(term: ast.WhereTerm, scope: ProgramScope) -> Elements | Refusal:
    ground = scope.ground
    names: tuple[str, ...] | Refusal
    if term.kind == "links":
        names = Expressions(ground.link_table, scope).names_where(term.condition)
        found = Elements(_NONE, _NONE if isinstance(names, Refusal) else frozenset(names))
    elif term.kind == "nodes":
        names = Expressions(ground.node_table, scope).names_where(term.condition)
        found = Elements(_NONE if isinstance(names, Refusal) else frozenset(names), _NONE)
    elif term.kind == "sites":
        names = Expressions(ground.site_table, scope).names_where(term.condition)
        sites = () if isinstance(names, Refusal) else names
        found = Elements(frozenset(node for site in sites for node in scope.topology.nodes_of_site[site]), _NONE)
    else:
        return scope.report("E0711", "traffic runs on links and nodes, not on intents", term.span)
    if isinstance(names, Refusal):
        return names
    is_empty = not found.nodes and not found.links
    return scope.empty(f"no {term.kind[:-1]} is like this", term.span) if is_empty else found


def _named(term: ast.NameTerm, scope: ProgramScope) -> Elements | Refusal:
    if term.kind in {"group", "service"}:
        selection = scope.select(ast.SetExpression((term,), term.span))
        return selection if isinstance(selection, Refusal) else Elements(selection.nodes, _NONE)
    kinds = (term.kind,) if term.kind is not None else _GLOBBED if term.name.is_glob else _BARE
    named = {kind: scope.ground.named_elements(kind) for kind in kinds}
    if term.kind is None and "srlg" in named:
        named["srlg"] = _written_srlgs(scope)
    if term.name.is_glob:
        return _globbed(term, named, scope)
    found = {kind: meanings[term.name.text] for kind, meanings in named.items() if term.name.text in meanings}
    if not found and term.kind is None and term.name.text in scope.ground.program.groups:
        selection = scope.group(term.name.text)
        return selection if isinstance(selection, Refusal) else Elements(selection.nodes, _NONE)
    if not found:
        known = [name for meanings in named.values() for name in meanings]
        return scope.unknown(term.name, term.kind or "link, node, site or region", known)
    return _only(term, found, scope)


def _written_srlgs(scope: ProgramScope) -> Mapping[str, Elements]:
    """Return the risk groups that somebody named: a link without one is one of its own, and goes by its own name anyway."""
    written = {name for link in scope.topology.links.values() for name in link.srlgs}
    return {name: found for name, found in scope.ground.named_elements("srlg").items() if name in written}


def _globbed(
    term: ast.NameTerm, named: Mapping[str, Mapping[str, Elements]], scope: ProgramScope
) -> Elements | Refusal:
    pattern = glob(term.name.text)
    found = [item for meanings in named.values() for name, item in meanings.items() if pattern.fullmatch(name)]
    if not found:
        return scope.empty(f"no {' or '.join(named)} matches `{term.name.text}`", term.span)
    return _union(found)


def _only(term: ast.NameTerm, found: Mapping[str, Elements], scope: ProgramScope) -> Elements | Refusal:
    """Return the one meaning of a name; several are fine as long as they are the same elements."""
    first, *others = ((item.nodes, item.links) for item in found.values())
    if any(other != first for other in others):
        return scope.report(
            "E0202",
            f"`{term.name.text}` is a {' and a '.join(found)}",
            term.span,
            help=tuple(f"write `{kind} {term.name.text}`" for kind in found),
        )
    if not any(first):
        return scope.empty(f"`{term.name.text}` has no nodes and no links", term.span)
    return Elements(*first)


def _existing(found: Elements, scope: ProgramScope) -> Elements:
    nodes, links = scope.topology.nodes, scope.topology.links
    return Elements(
        frozenset(name for name in found.nodes if nodes[name].state != "planned"),
        frozenset(name for name in found.links if links[name].state != "planned"),
    )
