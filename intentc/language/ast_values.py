"""Values, expressions and sets of the syntax tree."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from intentc.diagnostics import Span
from intentc.values import acyclic


class Unit(StrEnum):
    """What a quantity measures; the value is an exact integer in the unit named on the right."""

    TIME = "time"  # nanoseconds
    RATE = "rate"  # bits per second
    SIZE = "size"  # bytes
    RATIO = "ratio"  # parts per billion
    NUMBER = "number"  # a bare number, in parts per billion of one (so 0.5 is 500_000_000)


@acyclic
class Name:
    """A name as written, without quotes; `is_quoted` names are literal (never a glob or a keyword)."""

    text: str
    span: Span
    is_quoted: bool = False

    @property
    def is_glob(self) -> bool:
        """Return whether the name is a pattern with `*` or `?`."""
        return not self.is_quoted and ("*" in self.text or "?" in self.text)


@acyclic
class Quantity:
    """A number with its unit, as an exact integer (`unit` says of what)."""

    value: int
    unit: Unit
    text: str
    span: Span


@acyclic
class Text:
    """A quoted string where only text can stand (a title, a reason)."""

    text: str
    span: Span


@acyclic
class Boolean:
    value: bool
    span: Span


@acyclic
class Date:
    value: dt.date
    span: Span


@acyclic
class Prefix:
    """An address or prefix of either family in canonical text (`10.0.0.0/24`, `2001:db8::/64`); host bits are kept for the check."""

    text: str
    span: Span


@acyclic
class Ports:
    """`tcp/443`, `tcp/8000-8100`, `udp/…`, `sctp/…`, `icmp` or `any`; `low`/`high` are None without ports."""

    protocol: str
    low: int | None
    high: int | None
    span: Span


# A quantity, or the name of a const; `resolve` looks the name up and checks the unit.
QuantityOrConst = Quantity | Name


@acyclic
class ValueList:
    items: tuple[Value, ...]
    span: Span


Value = Name | Quantity | Boolean | Date | Prefix | ValueList


@acyclic
class Comparison:
    """`field op value`; `operator` is one of `== != < <= > >= in "not in" like`."""

    field: Name
    operator: str
    value: Value
    span: Span


@acyclic
class And:
    operands: tuple[Expression, ...]
    span: Span


@acyclic
class Or:
    operands: tuple[Expression, ...]
    span: Span


@acyclic
class Not:
    operand: Expression
    span: Span


Expression = Comparison | And | Or | Not


@acyclic
class NameTerm:
    """A name or glob; `kind` is `node site region group service link …` when the user wrote it, else None."""

    name: Name
    kind: str | None
    span: Span


@acyclic
class WhereTerm:
    """`sites where E`, `nodes where E`, `links where E`, `intents where E`; `kind` is the plural keyword."""

    kind: str
    condition: Expression
    span: Span


@acyclic
class Restricted:
    """`base except other` or `base & other`."""

    base: Term
    operator: str
    other: Term
    span: Span


@acyclic
class SetExpression:
    """A comma-separated union of terms."""

    terms: tuple[Term, ...]
    span: Span


Term = NameTerm | WhereTerm | Restricted | SetExpression
