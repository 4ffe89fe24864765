"""The syntax tree of the intent language: one frozen node per construct, each with the span it was written at.

This is the whole tree; values and sets, and clauses, stand in modules of their own.
"""

from __future__ import annotations

from intentc.diagnostics import Source, Span
from intentc.language.ast_clauses import (
    Among,
    Avoid,
    Bandwidth,
    Between,
    Clause,
    DscpMatch,
    Element,
    Encrypt,
    Failover,
    FailureCount,
    FlowExpression,
    From,
    Isolate,
    Jitter,
    LabelClause,
    Latency,
    Loss,
    Match,
    Optimize,
    Otherwise,
    Overrides,
    Pin,
    Prefer,
    PrefixPair,
    Priority,
    Revert,
    Spread,
    Survive,
    SwitchWhen,
    Symmetric,
    Telemetry,
    To,
    Transfer,
    Unidirectional,
    Via,
    Waive,
)
from intentc.language.ast_values import (
    And,
    Boolean,
    Comparison,
    Date,
    Expression,
    Name,
    NameTerm,
    Not,
    Or,
    Ports,
    Prefix,
    Quantity,
    QuantityOrConst,
    Restricted,
    SetExpression,
    Term,
    Text,
    Unit,
    Value,
    ValueList,
    WhereTerm,
)
from intentc.values import acyclic

__all__ = [
    "Among",
    "And",
    "Assertion",
    "Avoid",
    "Bandwidth",
    "Between",
    "Boolean",
    "Broken",
    "Capacity",
    "Chain",
    "ClassDeclaration",
    "Clause",
    "Comparison",
    "Connected",
    "Const",
    "Date",
    "Declaration",
    "DscpMatch",
    "Element",
    "Encrypt",
    "Expression",
    "Failover",
    "FailureCount",
    "File",
    "FlowExpression",
    "From",
    "Group",
    "Import",
    "Intent",
    "Isolate",
    "Jitter",
    "LabelClause",
    "Latency",
    "Loss",
    "Match",
    "Name",
    "NameTerm",
    "NoTraffic",
    "Not",
    "Optimize",
    "Or",
    "Otherwise",
    "Overrides",
    "Parallel",
    "PathLength",
    "Pin",
    "Ports",
    "Prefer",
    "Prefix",
    "PrefixPair",
    "Priority",
    "Profile",
    "Property",
    "Quantity",
    "QuantityOrConst",
    "Queue",
    "Restricted",
    "Revert",
    "Service",
    "SetExpression",
    "Spread",
    "Step",
    "Survive",
    "SwitchWhen",
    "Symmetric",
    "Telemetry",
    "Term",
    "Text",
    "To",
    "Transfer",
    "Unidirectional",
    "Unit",
    "Utilization",
    "Value",
    "ValueList",
    "Via",
    "Waive",
    "WhereTerm",
]


@acyclic
class Import:
    path: Text
    span: Span


@acyclic
class Const:
    name: Name
    value: Quantity
    span: Span


@acyclic
class Group:
    name: Name
    set: SetExpression
    span: Span


@acyclic
class Capacity:
    rate: QuantityOrConst
    is_per_host: bool
    span: Span


@acyclic
class Service:
    """`at`, `prefixes` and `ports` hold all lines of their kind; `health` is a tcp port."""

    name: Name
    at: SetExpression | None
    prefixes: tuple[Prefix, ...]
    ports: tuple[Ports, ...]
    capacity: Capacity | None
    health: Ports | None
    span: Span


@acyclic
class Queue:
    """`queue N%` (`strict` False) or `queue strict [N%]`; `share` is a ratio or None."""

    is_strict: bool
    share: QuantityOrConst | None
    span: Span


@acyclic
class ClassDeclaration:
    """`drop` is `low`, `medium` or `high`; `dscp` a name or number."""

    name: Name
    dscp: DscpMatch | None
    queue: Queue | None
    is_ecn: bool
    is_lossless: bool
    drop: str | None
    span: Span


@acyclic
class Profile:
    name: Name
    extends: tuple[Name, ...]
    clauses: tuple[Clause, ...]
    span: Span


@acyclic
class Intent:
    name: Name
    title: Text | None
    extends: tuple[Name, ...]
    clauses: tuple[Clause, ...]
    span: Span


@acyclic
class Step:
    """`step A -> [any of] B [processing T] [calls N]`."""

    source: SetExpression
    destination: SetExpression
    is_any_of: bool
    processing: QuantityOrConst | None
    calls: int
    span: Span


@acyclic
class Parallel:
    steps: tuple[Step, ...]
    span: Span


@acyclic
class Chain:
    name: Name
    title: Text | None
    extends: tuple[Name, ...]
    clauses: tuple[Clause, ...]
    steps: tuple[Step | Parallel, ...]
    span: Span


@acyclic
class Utilization:
    """`utilization <= P on SET`; the set is of links."""

    operator: str
    bound: QuantityOrConst
    links: SetExpression | None
    span: Span


@acyclic
class Connected:
    set: SetExpression
    span: Span


@acyclic
class NoTraffic:
    """`no traffic of SET on SET`: a set of intents, a set of links."""

    intents: SetExpression
    links: SetExpression
    span: Span


@acyclic
class PathLength:
    """`hops <= N of SET`: no path of these intents is longer than so many links."""

    operator: str
    bound: int
    intents: SetExpression
    span: Span


Property = Utilization | Connected | NoTraffic | PathLength


@acyclic
class Assertion:
    """`under any N KIND failure [and …]`; `under` is empty for the normal state alone."""

    name: Name
    property: Property
    under: tuple[FailureCount, ...]
    span: Span


Declaration = Import | Const | Group | Service | ClassDeclaration | Profile | Intent | Chain | Assertion


@acyclic
class Broken:
    """A declaration that did not parse, as far as it is known: a name that it declares is not an unknown name."""

    keyword: str
    name: Name | None
    span: Span


@acyclic
class File:
    """One parsed file; declarations that did not parse are in `broken` only and have their findings."""

    source: Source
    declarations: tuple[Declaration, ...]
    broken: tuple[Broken, ...] = ()
