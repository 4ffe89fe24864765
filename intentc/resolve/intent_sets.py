"""Sets of intents, as assertions name them: names, globs and `intents where` terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from intentc.clauses.requirement import Labelled, Pinned, Refusal, Treatment, worst
from intentc.language import ast
from intentc.resolve.draft import Draft
from intentc.resolve.expressions import Expressions, glob
from intentc.resolve.fields import Field, FieldKind, FieldTable
from intentc.resolve.scope import ProgramScope
from intentc.topology.model import LabelValue
from intentc.values import frozen


@frozen
class IntentView:
    """An intent as `intents where` sees it; `regions` are those that it is pinned to."""

    name: str
    priority: str | None
    regions: tuple[str, ...]
    labels: Mapping[str, LabelValue]
    is_refused: bool


class IntentSets:
    """Evaluates sets over the intents of one program."""

    def __init__(self, drafts: Mapping[str, Draft], scope: ProgramScope) -> None:
        self._drafts = drafts
        self._scope = scope

    @cached_property
    def _table(self) -> FieldTable[IntentView]:
        return _table({name: _view(draft, self._scope) for name, draft in self._drafts.items()})

    def select(self, terms: ast.SetExpression, owner: str) -> tuple[str, ...] | Refusal:
        """Return the names of the set, sorted; every unknown name, other kind of set and empty term is a finding."""
        found = self._term(terms, self._scope.of(owner))
        return found if isinstance(found, Refusal) else tuple(sorted(found))

    def _term(self, term: ast.Term, scope: ProgramScope) -> frozenset[str] | Refusal:
        match term:
            case ast.NameTerm():
                return self._named(term, scope)
            case ast.WhereTerm():
                return self._where(term, scope)
            case ast.Restricted():
                return self._restricted(term, scope)
            case ast.SetExpression():
                found = [self._term(item, scope) for item in term.terms]
                return worst(*found) or frozenset[str]().union(*(_known(found)))

    def _restricted(self, term: ast.Restricted, scope: ProgramScope) -> frozenset[str] | Refusal:
        base, other = self._term(term.base, scope), self._term(term.other, scope)
        if isinstance(base, Refusal):
            return base
        if isinstance(other, Refusal):
            return other
        kept = base & other if term.operator == "&" else base - other
        return kept or self._empty(f"`{term.operator}` leaves no intent", term, scope)

    def _named(self, term: ast.NameTerm, scope: ProgramScope) -> frozenset[str] | Refusal:
        if term.kind is not None:
            return _wrong_kind(term, f"a {term.kind} is no intent", scope)
        views = self._table.elements
        if not term.name.is_glob:
            name = term.name.text
            return frozenset({name}) if name in views else scope.unknown(term.name, "intent", views)
        names = frozenset(name for name in views if glob(term.name.text).fullmatch(name))
        return names or self._empty(f"no intent matches `{term.name.text}`", term, scope)

    def _where(self, term: ast.WhereTerm, scope: ProgramScope) -> frozenset[str] | Refusal:
        if term.kind != "intents":
            return _wrong_kind(term, f"`{term.kind} where` names no intents", scope)
        names = Expressions(self._table, scope).names_where(term.condition)
        if isinstance(names, Refusal):
            return names
        return frozenset(names) or self._empty("no intent is like this", term, scope)

    def _empty(self, message: str, term: ast.Term, scope: ProgramScope) -> Refusal:
        """Report an empty set, unless an intent that could not be read may be what would fill it."""
        if any(view.is_refused for view in self._table.elements.values()):
            return Refusal.BROKEN
        return scope.empty(message, term.span)


def _known(found: Iterable[frozenset[str] | Refusal]) -> list[frozenset[str]]:
    return [item for item in found if not isinstance(item, Refusal)]


def _wrong_kind(term: ast.Term, message: str, scope: ProgramScope) -> Refusal:
    return scope.report("E0711", message, term.span, help=("write names of intents, or `intents where …`",))


def _view(draft: Draft, scope: ProgramScope) -> IntentView:
    treatment = draft.requirements.one(Treatment)
    return IntentView(
        name=draft.name,
        priority=treatment.traffic_class if treatment is not None else None,
        regions=_pinned(draft.requirements.all(Pinned), scope),
        labels={item.key: item.value for item in draft.requirements.all(Labelled)},
        is_refused=draft.refusal is not None,
    )


def _pinned(pins: Iterable[Pinned], scope: ProgramScope) -> tuple[str, ...]:
    """Return the regions that several pins leave: of two the inner one, where one lies within the other."""
    found: tuple[str, ...] | None = None
    for pin in pins:
        if found is None:
            found = pin.regions
            continue
        pairs = [(one, other) for one in found for other in pin.regions]
        inner = [one if scope.is_within(one, other) else other for one, other in pairs if _overlap(one, other, scope)]
        found = tuple(sorted(set(inner)))
    return found or ()


def _overlap(one: str, other: str, scope: ProgramScope) -> bool:
    return scope.is_within(one, other) or scope.is_within(other, one)


def _table(views: Mapping[str, IntentView]) -> FieldTable[IntentView]:
    fields: dict[str, Field[IntentView]] = {
        "name": Field(FieldKind.TEXT, lambda view: (view.name,)),
        "priority": Field(FieldKind.TEXT, lambda view: () if view.priority is None else (view.priority,)),
        "region": Field(FieldKind.REGION, lambda view: view.regions),
    }
    keys = frozenset(key for view in views.values() for key in view.labels)
    return FieldTable("intent", views, fields, lambda view, key: view.labels.get(key), keys)
