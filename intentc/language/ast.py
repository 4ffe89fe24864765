"""The syntax tree of the intent language: one frozen node per construct, each with the span it was written at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from intentc.diagnostics import Source, Span


class Unit(StrEnum):
    """What a quantity measures; the value is an exact integer in the unit named on the right."""

    TIME = "time"  # nanoseconds
    RATE = "rate"  # bits per second
    SIZE = "size"  # bytes
    RATIO = "ratio"  # parts per billion
    NUMBER = "number"  # a bare number, in parts per billion of one (so 0.5 is 500_000_000)


# -- values ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, without quotes; `is_quoted` names are literal (never a glob or a keyword)."""

    text: str
    span: Span
    is_quoted: bool = False

    @property
    def is_glob(self) -> bool:
        """Return whether the name is a pattern with `*` or `?`."""
        return not self.is_quoted and ("*" in self.text or "?" in self.text)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as an exact integer (`unit` says of what)."""

    value: int
    unit: Unit
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string where only text can stand (a title, a reason)."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Date:
    value: dt.date
    span: Span


@dataclass(frozen=True, slots=True)
class Prefix:
    """An address or prefix of either family in canonical text (`10.0.0.0/24`, `2001:db8::/64`); host bits are kept for the check."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ports:
    """`tcp/443`, `tcp/8000-8100`, `udp/…`, `sctp/…`, `icmp` or `any`; `low`/`high` are None without ports."""

    protocol: str
    low: int | None
    high: int | None
    span: Span


# A quantity, or the name of a const; `resolve` looks the name up and checks the unit.
QuantityOrConst = Quantity | Name

# -- expressions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ValueList:
    items: tuple[Value, ...]
    span: Span


Value = Name | Quantity | Boolean | Date | Prefix | ValueList


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field op value`; `operator` is one of `== != < <= > >= in "not in" like`."""

    field: Name
    operator: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression
    span: Span


Expression = Comparison | And | Or | Not

# -- sets --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NameTerm:
    """A name or glob; `kind` is `node site region group service link …` when the user wrote it, else None."""

    name: Name
    kind: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class WhereTerm:
    """`sites where E`, `nodes where E`, `links where E`, `intents where E`; `kind` is the plural keyword."""

    kind: str
    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Restricted:
    """`base except other` or `base & other`."""

    base: Term
    operator: str
    other: Term
    span: Span


@dataclass(frozen=True, slots=True)
class SetExpression:
    """A comma-separated union of terms."""

    terms: tuple[Term, ...]
    span: Span


Term = NameTerm | WhereTerm | Restricted | SetExpression

# -- clauses -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class From:
    set: SetExpression
    span: Span


@dataclass(frozen=True, slots=True)
class To:
    set: SetExpression
    is_any_of: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Between:
    left: SetExpression
    right: SetExpression
    span: Span


@dataclass(frozen=True, slots=True)
class Among:
    set: SetExpression
    span: Span


@dataclass(frozen=True, slots=True)
class Unidirectional:
    span: Span


@dataclass(frozen=True, slots=True)
class Symmetric:
    span: Span


@dataclass(frozen=True, slots=True)
class PrefixPair:
    """`prefix P to P` in a flow."""

    source: Prefix
    destination: Prefix
    span: Span


@dataclass(frozen=True, slots=True)
class DscpMatch:
    """`dscp NAME|N` in a flow."""

    value: Name | Quantity
    span: Span


@dataclass(frozen=True, slots=True)
class FlowExpression:
    """All of `parts` hold for a packet of the flow."""

    parts: tuple[Ports | DscpMatch | PrefixPair, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Match:
    flows: tuple[FlowExpression, ...]
    excepted: tuple[FlowExpression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Overrides:
    intents: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Priority:
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Latency:
    """`mode` is `one-way` or `rtt`."""

    bound: QuantityOrConst
    mode: str
    span: Span


@dataclass(frozen=True, slots=True)
class Jitter:
    bound: QuantityOrConst
    span: Span


@dataclass(frozen=True, slots=True)
class Loss:
    bound: QuantityOrConst
    span: Span


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """`per` is `pair`, `source`, `total` or None when not written."""

    rate: QuantityOrConst
    reverse: QuantityOrConst | None
    per: str | None
    ceiling: QuantityOrConst | None
    burst: QuantityOrConst | None
    span: Span


@dataclass(frozen=True, slots=True)
class Transfer:
    size: QuantityOrConst
    within: QuantityOrConst
    span: Span


@dataclass(frozen=True, slots=True)
class Pin:
    regions: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Element:
    """`KIND X` of avoid, via and prefer; `kind` is `region node site link provider media srlg label` (for `label`, `KEY = VALUE`)."""

    kind: str
    name: Name
    span: Span
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Avoid:
    elements: tuple[Element, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Via:
    elements: tuple[Element, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Prefer:
    elements: tuple[Element, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FailureCount:
    """`any N KIND`; `kind` is `link node srlg site provider`."""

    count: int
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Survive:
    """One `survive` line: its failures happen at the same time."""

    failures: tuple[FailureCount, ...]
    is_except_access: bool
    span: Span


@dataclass(frozen=True, slots=True)
class SwitchWhen:
    """`switch when latency > T | loss > P [for T]`; `metric` is `latency` or `loss`."""

    metric: str
    threshold: QuantityOrConst
    hold: QuantityOrConst | None
    span: Span


@dataclass(frozen=True, slots=True)
class Revert:
    """`revert after T`; `after` is None for `revert never`."""

    after: QuantityOrConst | None
    span: Span


@dataclass(frozen=True, slots=True)
class Otherwise:
    """`action` is `drop` or `best-effort`."""

    action: str
    span: Span


@dataclass(frozen=True, slots=True)
class Failover:
    """`within` is None for `failover none`."""

    within: QuantityOrConst | None
    survive: tuple[Survive, ...]
    latency: Latency | None
    bandwidth: Bandwidth | None
    switch: tuple[SwitchWhen, ...]
    revert: Revert | None
    otherwise: Otherwise | None
    span: Span


@dataclass(frozen=True, slots=True)
class Encrypt:
    """`method` is `macsec`, `ipsec` or None (either)."""

    method: str | None
    condition: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class LabelClause:
    key: Name
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Isolate:
    """`direction` is `to`, `from` or `both`."""

    direction: str
    span: Span


@dataclass(frozen=True, slots=True)
class Spread:
    span: Span


@dataclass(frozen=True, slots=True)
class Telemetry:
    every: QuantityOrConst
    collector: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Optimize:
    goal: str
    span: Span


@dataclass(frozen=True, slots=True)
class Waive:
    code: Name
    until: Date
    because: Text
    span: Span


Clause = (
    From
    | To
    | Between
    | Among
    | Unidirectional
    | Symmetric
    | Match
    | Overrides
    | Priority
    | Latency
    | Jitter
    | Loss
    | Bandwidth
    | Transfer
    | Pin
    | Avoid
    | Via
    | Prefer
    | Failover
    | Encrypt
    | LabelClause
    | Isolate
    | Spread
    | Telemetry
    | Optimize
    | Waive
)

# -- declarations ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import:
    path: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Const:
    name: Name
    value: Quantity
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    name: Name
    set: SetExpression
    span: Span


@dataclass(frozen=True, slots=True)
class Capacity:
    rate: QuantityOrConst
    is_per_host: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Service:
    """`at`, `prefixes` and `ports` hold all lines of their kind; `health` is a tcp port."""

    name: Name
    at: SetExpression | None
    prefixes: tuple[Prefix, ...]
    ports: tuple[Ports, ...]
    capacity: Capacity | None
    health: Ports | None
    span: Span


@dataclass(frozen=True, slots=True)
class Queue:
    """`queue N%` (`strict` False) or `queue strict [N%]`; `share` is a ratio or None."""

    is_strict: bool
    share: QuantityOrConst | None
    span: Span


@dataclass(frozen=True, slots=True)
class ClassDeclaration:
    """`drop` is `low`, `medium` or `high`; `dscp` a name or number."""

    name: Name
    dscp: DscpMatch | None
    queue: Queue | None
    is_ecn: bool
    is_lossless: bool
    drop: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Profile:
    name: Name
    extends: tuple[Name, ...]
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Intent:
    name: Name
    title: Text | None
    extends: tuple[Name, ...]
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """`step A -> [any of] B [processing T] [calls N]`."""

    source: SetExpression
    destination: SetExpression
    is_any_of: bool
    processing: QuantityOrConst | None
    calls: int
    span: Span


@dataclass(frozen=True, slots=True)
class Parallel:
    steps: tuple[Step, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    name: Name
    title: Text | None
    extends: tuple[Name, ...]
    clauses: tuple[Clause, ...]
    steps: tuple[Step | Parallel, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Utilization:
    """`utilization <= P on SET`; the set is of links."""

    operator: str
    bound: QuantityOrConst
    links: SetExpression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Connected:
    set: SetExpression
    span: Span


@dataclass(frozen=True, slots=True)
class NoTraffic:
    """`no traffic of SET on SET`: a set of intents, a set of links."""

    intents: SetExpression
    links: SetExpression
    span: Span


@dataclass(frozen=True, slots=True)
class PathLength:
    """`hops <= N of SET`: no path of these intents is longer than so many links."""

    operator: str
    bound: int
    intents: SetExpression
    span: Span


Property = Utilization | Connected | NoTraffic | PathLength


@dataclass(frozen=True, slots=True)
class Assertion:
    """`under any N KIND failure [and …]`; `under` is empty for the normal state alone."""

    name: Name
    property: Property
    under: tuple[FailureCount, ...]
    span: Span


Declaration = Import | Const | Group | Service | ClassDeclaration | Profile | Intent | Chain | Assertion


@dataclass(frozen=True, slots=True)
class Broken:
    """A declaration that did not parse, as far as it is known: a name that it declares is not an unknown name."""

    keyword: str
    name: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class File:
    """One parsed file; declarations that did not parse are in `broken` only and have their findings."""

    source: Source
    declarations: tuple[Declaration, ...]
    broken: tuple[Broken, ...] = ()
