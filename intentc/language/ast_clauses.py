"""Clauses of the syntax tree: what stands in the block of an intent, a profile or a chain."""

from __future__ import annotations

from intentc.diagnostics import Span
from intentc.language.ast_values import (
    Date,
    Expression,
    Name,
    Ports,
    Prefix,
    Quantity,
    QuantityOrConst,
    SetExpression,
    Text,
    Value,
)
from intentc.values import acyclic


@acyclic
class From:
    set: SetExpression
    span: Span


@acyclic
class To:
    set: SetExpression
    is_any_of: bool
    span: Span


@acyclic
class Between:
    left: SetExpression
    right: SetExpression
    span: Span


@acyclic
class Among:
    set: SetExpression
    span: Span


@acyclic
class Unidirectional:
    span: Span


@acyclic
class Symmetric:
    span: Span


@acyclic
class PrefixPair:
    """`prefix P to P` in a flow."""

    source: Prefix
    destination: Prefix
    span: Span


@acyclic
class DscpMatch:
    """`dscp NAME|N` in a flow."""

    value: Name | Quantity
    span: Span


@acyclic
class FlowExpression:
    """All of `parts` hold for a packet of the flow."""

    parts: tuple[Ports | DscpMatch | PrefixPair, ...]
    span: Span


@acyclic
class Match:
    flows: tuple[FlowExpression, ...]
    excepted: tuple[FlowExpression, ...]
    span: Span


@acyclic
class Overrides:
    intents: tuple[Name, ...]
    span: Span


@acyclic
class Priority:
    name: Name
    span: Span


@acyclic
class Latency:
    """`mode` is `one-way` or `rtt`."""

    bound: QuantityOrConst
    mode: str
    span: Span


@acyclic
class Jitter:
    bound: QuantityOrConst
    span: Span


@acyclic
class Loss:
    bound: QuantityOrConst
    span: Span


@acyclic
class Bandwidth:
    """`per` is `pair`, `source`, `total` or None when not written."""

    rate: QuantityOrConst
    reverse: QuantityOrConst | None
    per: str | None
    ceiling: QuantityOrConst | None
    burst: QuantityOrConst | None
    span: Span


@acyclic
class Transfer:
    size: QuantityOrConst
    within: QuantityOrConst
    span: Span


@acyclic
class Pin:
    regions: tuple[Name, ...]
    span: Span


@acyclic
class Element:
    """`KIND X` of avoid, via and prefer; `kind` is `region node site link provider media srlg label` (for `label`, `KEY = VALUE`)."""

    kind: str
    name: Name
    span: Span
    value: Value | None = None


@acyclic
class Avoid:
    elements: tuple[Element, ...]
    span: Span


@acyclic
class Via:
    elements: tuple[Element, ...]
    span: Span


@acyclic
class Prefer:
    elements: tuple[Element, ...]
    span: Span


@acyclic
class FailureCount:
    """`any N KIND`; `kind` is `link node srlg site provider`."""

    count: int
    kind: str
    span: Span


@acyclic
class Survive:
    """One `survive` line: its failures happen at the same time."""

    failures: tuple[FailureCount, ...]
    is_except_access: bool
    span: Span


@acyclic
class SwitchWhen:
    """`switch when latency > T | loss > P [for T]`; `metric` is `latency` or `loss`."""

    metric: str
    threshold: QuantityOrConst
    hold: QuantityOrConst | None
    span: Span


@acyclic
class Revert:
    """`revert after T`; `after` is None for `revert never`."""

    after: QuantityOrConst | None
    span: Span


@acyclic
class Otherwise:
    """`action` is `drop` or `best-effort`."""

    action: str
    span: Span


@acyclic
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


@acyclic
class Encrypt:
    """`method` is `macsec`, `ipsec` or None (either)."""

    method: str | None
    condition: Expression | None
    span: Span


@acyclic
class LabelClause:
    key: Name
    value: Value
    span: Span


@acyclic
class Isolate:
    """`direction` is `to`, `from` or `both`."""

    direction: str
    span: Span


@acyclic
class Spread:
    span: Span


@acyclic
class Telemetry:
    every: QuantityOrConst
    collector: Name | None
    span: Span


@acyclic
class Optimize:
    goal: str
    span: Span


@acyclic
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
