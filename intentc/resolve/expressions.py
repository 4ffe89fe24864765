"""`where` expressions: checked once against the table of fields, then asked of every element."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from intentc.clauses.requirement import Refusal, worst
from intentc.clauses.wording import value_text
from intentc.diagnostics import Edit, Label, Span
from intentc.language import ast
from intentc.resolve.fields import Field, FieldKind, FieldTable, Values
from intentc.resolve.suggest import certain_fix, did_you_mean
from intentc.topology.model import LabelValue

E = TypeVar("E")
Test = Callable[[E], bool]

_BILLION = 1_000_000_000
_UNITS = {
    FieldKind.TIME: ast.Unit.TIME,
    FieldKind.RATE: ast.Unit.RATE,
    FieldKind.SIZE: ast.Unit.SIZE,
    FieldKind.RATIO: ast.Unit.RATIO,
}
_EQUALITY = {"==", "!=", "in", "not in"}
_ORDER = {"<", "<=", ">", ">="}
_OPERATORS = {
    FieldKind.TEXT: _EQUALITY | {"like"},
    FieldKind.RELEASE: _EQUALITY | _ORDER | {"like"},
    FieldKind.REGION: _EQUALITY,
    FieldKind.BOOLEAN: {"==", "!="},
}


class Lookup(Protocol):
    """What an expression may ask of the program and the network."""

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        help: Sequence[str] = (),  # noqa: A002  (the name of the field of a finding)
        related: Sequence[Label] = (),
        fix: Sequence[Edit] = (),
    ) -> Refusal: ...

    def quantity(self, value: ast.QuantityOrConst, unit: ast.Unit, what: str, *, minimum: int = 1) -> int | Refusal: ...

    def region(self, name: ast.Name) -> str | Refusal: ...

    def is_within(self, region: LabelValue, ancestor: LabelValue) -> bool: ...


class Expressions(Generic[E]):
    """Turns the expressions over one kind of element into tests."""

    def __init__(self, table: FieldTable[E], lookup: Lookup) -> None:
        self._table = table
        self._lookup = lookup

    def names_where(self, condition: ast.Expression) -> tuple[str, ...] | Refusal:
        """Return the names of the elements for which the condition holds."""
        test = self.test(condition)
        if isinstance(test, Refusal):
            return test
        return tuple(name for name, element in self._table.elements.items() if test(element))

    def test(self, expression: ast.Expression) -> Test[E] | Refusal:
        """Return the test that an expression means, or a refusal after every mistake in it was reported."""
        if isinstance(expression, ast.Comparison):
            return self._comparison(expression)
        if isinstance(expression, ast.Not):
            inner = self.test(expression.operand)
            return inner if isinstance(inner, Refusal) else lambda element: not inner(element)
        found = [self.test(operand) for operand in expression.operands]
        tests = [test for test in found if not isinstance(test, Refusal)]
        refusal = worst(*found)
        if refusal is not None:
            return refusal
        if isinstance(expression, ast.And):
            return lambda element: all(test(element) for test in tests)
        return lambda element: any(test(element) for test in tests)

    def _comparison(self, comparison: ast.Comparison) -> Test[E] | Refusal:
        found = self._field(comparison.field)
        if isinstance(found, Refusal):
            return found
        if isinstance(found, str):
            return self._label_comparison(comparison, found)
        if comparison.operator not in _OPERATORS.get(found.kind, _EQUALITY | _ORDER):
            return self._wrong_operator(comparison, found.kind.value)
        operands = self._operands(comparison, found.kind)
        if isinstance(operands, Refusal):
            return operands
        return self._compiled(found, comparison.operator, operands)

    def _field(self, name: ast.Name) -> Field[E] | str | Refusal:
        """Return the field, or the key of the label, that a name means."""
        if name.text in self._table.fields:
            return self._table.fields[name.text]
        key = name.text.removeprefix("labels.")
        if key in self._table.label_keys:
            return key
        known = [*self._table.fields, *sorted(self._table.label_keys)]
        return self._lookup.report(
            "E0205",
            f"no {self._table.noun} has a field or label `{key}`",
            name.span,
            help=did_you_mean(key, known) or (f"the fields are {', '.join(sorted(self._table.fields))}",),
            fix=certain_fix(name, known),
        )

    def _operands(self, comparison: ast.Comparison, kind: FieldKind) -> list[LabelValue] | Refusal:
        items = _items(comparison)
        if isinstance(items, Refusal):
            return self._wrong_operator(comparison, kind.value)
        found = [self._operand(item, comparison, kind) for item in items]
        return worst(*found) or [value for value in found if not isinstance(value, Refusal)]

    def _operand(self, value: ast.Value, comparison: ast.Comparison, kind: FieldKind) -> LabelValue | Refusal:
        match kind, value:
            case ((FieldKind.TEXT | FieldKind.RELEASE), ast.Name()):
                return value.text
            case FieldKind.REGION, ast.Name():
                return self._lookup.region(value)
            case FieldKind.BOOLEAN, ast.Boolean():
                return value.value
            case FieldKind.NUMBER, ast.Quantity(unit=ast.Unit.NUMBER):
                return value.value
            case ((FieldKind.TIME | FieldKind.RATE | FieldKind.SIZE | FieldKind.RATIO), (ast.Quantity() | ast.Name())):
                return self._lookup.quantity(value, _UNITS[kind], comparison.field.text, minimum=0)
            case _:
                return self._unlike(comparison.field, value, kind.value)

    def _compiled(self, field: Field[E], operator: str, operands: list[LabelValue]) -> Test[E]:
        if field.kind is FieldKind.REGION:
            within = self._lookup.is_within
            return _membership(field.values, operator, lambda value: any(within(value, region) for region in operands))
        if operator == "like":
            patterns = [glob(str(operand)) for operand in operands]
            return lambda element: any(
                pattern.fullmatch(str(value)) for value in field.values(element) for pattern in patterns
            )
        scale = _BILLION if field.kind is FieldKind.NUMBER else 1
        if operator in _EQUALITY:
            return _membership(field.values, operator, lambda value: _scaled(value, scale) in operands)
        if field.kind is FieldKind.RELEASE:
            return _ordering(field.values, operator, release_key, release_key(operands[0]))
        return _ordering(field.values, operator, lambda value: _scaled(value, scale), operands[0])

    def _label_comparison(self, comparison: ast.Comparison, key: str) -> Test[E] | Refusal:
        """Return the test on a label: its values decide what may stand on the right; one of another type never matches."""
        items = _items(comparison)
        if isinstance(items, Refusal):
            return self._wrong_operator(comparison, f"the label `{key}`")
        operands = [label_operand(item) for item in items]
        present = [self._table.label(element, key) for element in self._table.elements.values()]
        types = {type(value) for value in present if value is not None}
        for item, operand in zip(items, operands, strict=True):
            if type(operand) not in types:
                return self._unlike(comparison.field, item, " or ".join(sorted(_TYPE_WORDS[known] for known in types)))
        known = [operand for operand in operands if operand is not None]

        def values(element: E) -> Values:
            value = self._table.label(element, key)
            return () if value is None else (value,)

        if comparison.operator in _EQUALITY:
            return _membership(values, comparison.operator, lambda value: any(is_same(value, one) for one in known))
        if comparison.operator == "like" and isinstance(known[0], str):
            pattern = glob(known[0])
            return lambda element: any(pattern.fullmatch(str(value)) for value in values(element))
        if comparison.operator in _ORDER and type(known[0]) is int:
            return _ordering(
                lambda element: tuple(value for value in values(element) if type(value) is int),
                comparison.operator,
                lambda value: value,
                known[0],
            )
        return self._wrong_operator(comparison, f"the label `{key}`")

    def _wrong_operator(self, comparison: ast.Comparison, what: str) -> Refusal:
        return self._lookup.report(
            "E0206",
            f"`{comparison.field.text} {comparison.operator}` does not compare {what} with `{value_text(comparison.value)}`",
            comparison.span,
            help=("`in` takes a list, `like` a pattern, `<` and `>` a number or quantity",),
        )

    def _unlike(self, field: ast.Name, value: ast.Value, wanted: str) -> Refusal:
        return self._lookup.report(
            "E0206",
            f"`{field.text}` is compared with {wanted}, not with `{value_text(value)}`",
            value.span,
            help=(f'write `"{value_text(value)}"` if it is a text',) if "text" in wanted or "release" in wanted else (),
        )


_TYPE_WORDS: dict[type, str] = {str: "a word or text", int: "a whole number", bool: "`true` or `false`"}


def _items(comparison: ast.Comparison) -> list[ast.Value] | Refusal:
    """Return the values on the right: those of a list after `in`, else one; other operators take no list."""
    if not isinstance(comparison.value, ast.ValueList):
        return [comparison.value]
    return list(comparison.value.items) if comparison.operator in {"in", "not in"} else Refusal.BROKEN


def label_operand(value: ast.Value) -> LabelValue | None:
    """Return a value as labels have them, or None for one that no label can have."""
    match value:
        case ast.Name():
            return value.text
        case ast.Boolean():
            return value.value
        case ast.Quantity(unit=ast.Unit.NUMBER) if value.value % _BILLION == 0:
            return value.value // _BILLION
        case _:
            return None


def is_same(value: LabelValue, operand: LabelValue | None) -> bool:
    """Return whether two labels are equal and of one type (`1` is not `true`)."""
    return type(value) is type(operand) and value == operand


def _scaled(value: LabelValue, scale: int) -> LabelValue:
    return value * scale if type(value) is int else value


def _membership(values: Callable[[E], Values], operator: str, is_match: Callable[[LabelValue], bool]) -> Test[E]:
    """Return `==`, `in` and their opposites; a missing value is not equal, and neither in nor not in anything."""
    if operator in {"==", "in"}:
        return lambda element: any(is_match(value) for value in values(element))
    if operator == "!=":
        return lambda element: not any(is_match(value) for value in values(element))
    return lambda element: bool(found := values(element)) and not any(is_match(value) for value in found)


def _ordering(
    values: Callable[[E], Values], operator: str, key: Callable[[LabelValue], object], bound: object
) -> Test[E]:
    def holds(value: LabelValue) -> bool:
        left, right = key(value), bound
        is_equal = left == right
        is_less = not is_equal and left < right  # type: ignore[operator]  # both come from the same key
        return {"<": is_less, "<=": is_less or is_equal, ">": not is_less and not is_equal, ">=": not is_less}[operator]

    return lambda element: any(holds(value) for value in values(element))


def release_key(value: LabelValue) -> tuple[tuple[int, int, str], ...]:
    """Return a key that orders releases number by number: 8.4 before 10.1, 24.4R1 before 24.4R2."""
    parts = re.findall(r"\d+|[^\d.]+", str(value))
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)


@lru_cache(maxsize=1024)
def glob(pattern: str) -> re.Pattern[str]:
    """Return the pattern with `*` for any text and `?` for any character, and nothing else special."""
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)
