from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Labelled, Refusal
from intentc.clauses.scope import Scope
from intentc.language import ast
from intentc.topology.model import LabelValue

_BILLION = 1_000_000_000


def read(clause: ast.LabelClause, scope: Scope) -> Labelled | Refusal:
    """Return the label: a text, a whole number or a truth value."""
    value = _value(clause.value)
    if value is None:
        return scope.report(
            "E0206",
            "a label is a word, a whole number, or `true` or `false`",
            clause.value.span,
            help=("quote it to make it a text",),
        )
    return Labelled(clause.key.text, value, clause.span)


def _value(value: ast.Value) -> LabelValue | None:
    match value:
        case ast.Name() | ast.Prefix():
            return value.text
        case ast.Boolean():
            return value.value
        case ast.Date():
            return value.value.isoformat()
        case ast.Quantity(unit=ast.Unit.NUMBER) if value.value % _BILLION == 0:
            return value.value // _BILLION
        case _:
            return None


CLAUSE = ClauseKind(
    keyword="label",
    syntax=ast.LabelClause,
    repeats=Repeats.PER_KEY,
    is_supported=True,
    read=read,
    document=Document(
        syntax="label KEY = VALUE",
        meaning="For selection (`intents where …`), reports and cost per tenant. Each key once; an intent's replaces its profile's.",
        default="no labels",
        good="label tenant = acme",
        bad="label tenant = 5ms",
        why="a label has no unit",
    ),
)
