"""`assert NAME { … }`: what the declarations ask, held against the network and the intents."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.clauses.requirement import Elements, Refusal
from intentc.diagnostics import Label
from intentc.language import ast
from intentc.language.units import canonical
from intentc.resolve.assertion_model import (
    Assertion,
    Connection,
    FailureCount,
    LengthBound,
    Property,
    TrafficBan,
    UtilisationBound,
)
from intentc.resolve.element_sets import select_elements
from intentc.resolve.failures import Failures
from intentc.resolve.intent_sets import IntentSets
from intentc.resolve.scope import ProgramScope

MOST_FAILURES = 2  # at the same time: what all states can still be looked at for
_PLURALS = {"link": "links", "node": "nodes", "srlg": "risk groups", "site": "sites", "provider": "providers"}


def read_assertions(intents: IntentSets, failures: Failures, scope: ProgramScope) -> tuple[Assertion, ...]:
    """Return the sound assertions by name; what is wrong with the others is a finding that carries the assertion's name."""
    reader = _Reader(intents, failures, scope)
    return tuple(reader.read_all())


class _Reader:
    def __init__(self, intents: IntentSets, failures: Failures, scope: ProgramScope) -> None:
        self._intents = intents
        self._failures = failures
        self._scope = scope

    def read_all(self) -> Iterator[Assertion]:
        for name, declared in self._scope.ground.program.assertions.items():
            scope = self._scope.of(name)
            found, under = self._property(declared, scope), self._under(declared, scope)
            if not isinstance(found, Refusal) and not isinstance(under, Refusal):
                text, asserted = found
                yield Assertion(name, asserted, under, text, declared.name.span, declared.property.span)

    def _property(self, declared: ast.Assertion, scope: ProgramScope) -> tuple[str, Property] | Refusal:
        match declared.property:
            case ast.Utilization() as asserted:
                return _utilisation(asserted, scope)
            case ast.Connected() as asserted:
                return _connection(asserted, scope)
            case ast.NoTraffic() as asserted:
                return self._ban(asserted, scope)
            case ast.PathLength() as asserted:
                return self._length(asserted, scope)

    def _ban(self, asserted: ast.NoTraffic, scope: ProgramScope) -> tuple[str, Property] | Refusal:
        intents = self._intents.select(asserted.intents, scope.owner or "")
        elements = select_elements(asserted.links, scope)
        if isinstance(intents, Refusal):
            return intents
        if isinstance(elements, Refusal):
            return elements
        ban = TrafficBan(intents, tuple(sorted(elements.nodes)), tuple(sorted(elements.links)))
        return ("no traffic", ban) if ban.nodes or ban.links else _nothing(asserted.links, scope)

    def _length(self, asserted: ast.PathLength, scope: ProgramScope) -> tuple[str, Property] | Refusal:
        intents = self._intents.select(asserted.intents, scope.owner or "")
        text = f"hops {asserted.operator} {asserted.bound}"
        most = asserted.bound - (asserted.operator == "<")
        if most < 0:
            return scope.report("E0209", "no path has fewer than 0 links", asserted.span)
        return intents if isinstance(intents, Refusal) else (text, LengthBound(intents, most))

    def _under(self, declared: ast.Assertion, scope: ProgramScope) -> tuple[FailureCount, ...] | Refusal:
        """Return the failures in the order of their kinds; those that cannot be are refused."""
        first: dict[str, ast.FailureCount] = {}
        for item in declared.under:
            if item.count < 1:
                return scope.report("E0209", "at least 1 failure has to be named", item.span)
            if item.kind in first:
                return _refuse_repeated(first[item.kind], item, scope)
            first[item.kind] = item
        if sum(item.count for item in declared.under) > MOST_FAILURES:
            return scope.unsupported(
                f"an assertion over more than {MOST_FAILURES} failures at the same time",
                declared.under[0].span.to(declared.under[-1].span),
                f"name {MOST_FAILURES} at most, as in `under any 2 link failure`",
            )
        for item in declared.under:
            if len(self._failures.single(item.kind)) < item.count:
                return _refuse_impossible(item, scope)
        return tuple(FailureCount(kind, first[kind].count) for kind in sorted(first))


def _refuse_repeated(first: ast.FailureCount, second: ast.FailureCount, scope: ProgramScope) -> Refusal:
    total = first.count + second.count
    return scope.report(
        "E0712",
        f"failures of a {second.kind} are named twice",
        second.span,
        related=(Label(first.span, "first named here"),),
        help=(f"write `any {total} {second.kind}`",),
    )


def _refuse_impossible(item: ast.FailureCount, scope: ProgramScope) -> Refusal:
    if not scope.ground.is_network_whole:
        return Refusal.BROKEN  # they may be missing for a reason that has its finding
    few = f"fewer than {item.count} {_PLURALS[item.kind]}" if item.count > 1 else f"no {_PLURALS[item.kind]}"
    return scope.report(
        "E0712",
        f"the network has {few}, so there is no such failure",
        item.span,
        help=("name another kind of failure",),
    )


def _utilisation(asserted: ast.Utilization, scope: ProgramScope) -> tuple[str, Property] | Refusal:
    bound = scope.quantity(asserted.bound, ast.Unit.RATIO, "utilization")
    links = _links(asserted, scope)
    if isinstance(bound, Refusal):
        return bound
    if isinstance(links, Refusal):
        return links
    bound_text = asserted.bound.text if isinstance(asserted.bound, ast.Name) else canonical(asserted.bound.text)
    text = f"utilization {asserted.operator} {bound_text}"
    return text, UtilisationBound(tuple(sorted(links)), bound, asserted.operator == "<")


def _links(asserted: ast.Utilization, scope: ProgramScope) -> frozenset[str] | Refusal:
    """Return the links that are bound: those of the set, else all that exist."""
    if asserted.links is None:
        links = frozenset(link.id for link in scope.topology.links.values() if link.state != "planned")
        return links or scope.empty("the network has no links", asserted.span)
    found = select_elements(asserted.links, scope)
    if isinstance(found, Refusal):
        return found
    return found.links or _no_links(found, asserted.links, scope)


def _no_links(found: Elements, terms: ast.SetExpression, scope: ProgramScope) -> Refusal:
    if not found.nodes:
        return _nothing(terms, scope)
    return scope.report(
        "E0711", "only links have a utilization", terms.span, help=("write names of links, or `links where …`",)
    )


def _nothing(terms: ast.SetExpression, scope: ProgramScope) -> Refusal:
    return scope.empty("nothing of this exists yet: it is planned", terms.span)


def _connection(asserted: ast.Connected, scope: ProgramScope) -> tuple[str, Property] | Refusal:
    wrong = next(_not_nodes(asserted.set), None)
    if wrong is not None:
        return scope.report(
            "E0711", "nodes and sites are connected, nothing else", wrong.span, help=("write nodes or sites here",)
        )
    selection = scope.select(asserted.set)
    if isinstance(selection, Refusal):
        return selection
    nodes = tuple(sorted(name for name in selection.nodes if scope.topology.nodes[name].state != "planned"))
    if not nodes:
        return _nothing(asserted.set, scope)
    if len(nodes) == 1:
        scope.report(
            "W0714",
            f"`{nodes[0]}` is all that has to be connected, so this always holds",
            asserted.set.span,
            help=("name what it has to be connected with",),
        )
    return "connected", Connection(nodes)


def _not_nodes(term: ast.Term) -> Iterator[ast.Term]:
    """Yield the terms that do not name nodes, sites or what stands for them."""
    match term:
        case ast.SetExpression():
            for item in term.terms:
                yield from _not_nodes(item)
        case ast.Restricted():
            yield from _not_nodes(term.base)
            yield from _not_nodes(term.other)
        case ast.WhereTerm() if term.kind not in {"sites", "nodes"}:
            yield term
        case ast.NameTerm() if term.kind in {"link", "provider", "media", "srlg"}:
            yield term
        case _:
            return
