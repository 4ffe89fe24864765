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
from intentc.values import frozen


@frozen
class From:
    set: SetExpression
    span: Span


@frozen
class To:
    set: SetExpression
    is_any_of: bool
    span: Span


@frozen
class Between:
    left: SetExpression
    right: SetExpression
    span: Span


@frozen
class Among:
    set: SetExpression
    span: Span


@frozen
class Unidirectional:
    span: Span


@frozen
class Symmetric:
    span: Span


@frozen
class PrefixPair:
    """`prefix P to P` in a flow."""

    source: Prefix
    destination: Prefix
    span: Span


@frozen
class DscpMatch:
    """`dscp NAME|N` in a flow."""

    value: Name | Quantity
    span: Span


@frozen
class FlowExpression:
    """All of `parts` hold for a packet of the flow."""

    parts: tuple[Ports | DscpMatch | PrefixPair, ...]
    span: Span


@frozen
class Match:
    flows: tuple[FlowExpression, ...]
    excepted: tuple[FlowExpression, ...]
    span: Span


@frozen
class Overrides:
    intents: tuple[Name, ...]
    span: Span


@frozen
class Priority:
    name: Name
    span: Span


@frozen
class Latency:
    """`mode` is `one-way` or `rtt`."""

    bound: QuantityOrConst
    mode: str
    span: Span


@frozen
class Jitter:
    bound: QuantityOrConst
    span: Span


@frozen
class Loss:
    bound: QuantityOrConst
    span: Span


@frozen
class Bandwidth:
    """`per` is `pair`, `source`, `total` or None when not written."""

    rate: QuantityOrConst
    reverse: QuantityOrConst | None
    per: str | None
    ceiling: QuantityOrConst | None
    burst: QuantityOrConst | None
    span: Span


@frozen
class Transfer:
    size: QuantityOrConst
    within: QuantityOrConst
    span: Span


@frozen
class Pin:
    regions: tuple[Name, ...]
    span: Span


@frozen
class Element:
    """`KIND X` of avoid, via and prefer; `kind` is `region node site link provider media srlg label` (for `label`, `KEY = VALUE`)."""

    kind: str
    name: Name
    span: Span
    value: Value | None = None


@frozen
class Avoid:
    elements: tuple[Element, ...]
    span: Span


@frozen
class Via:
    elements: tuple[Element, ...]
    span: Span


@frozen
class Prefer:
    elements: tuple[Element, ...]
    span: Span


@frozen
class FailureCount:
    """`any N KIND`; `kind` is `link node srlg site provider`."""

    count: int
    kind: str
    span: Span


@frozen
class Survive:
    """One `survive` line: its failures happen at the same time."""

    failures: tuple[FailureCount, ...]
    is_except_access: bool
    span: Span


@frozen
class SwitchWhen:
    """`switch when latency > T | loss > P [for T]`; `metric` is `latency` or `loss`."""

    metric: str
    threshold: QuantityOrConst
    hold: QuantityOrConst | None
    span: Span


@frozen
class Revert:
    """`revert after T`; `after` is None for `revert never`."""

    after: QuantityOrConst | None
    span: Span


@frozen
class Otherwise:
    """`action` is `drop` or `best-effort`."""

    action: str
    span: Span


@frozen
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


@frozen
class Encrypt:
    """`method` is `macsec`, `ipsec` or None (either)."""

    method: str | None
    condition: Expression | None
    span: Span


@frozen
class LabelClause:
    key: Name
    value: Value
    span: Span


@frozen
class Isolate:
    """`direction` is `to`, `from` or `both`."""

    direction: str
    span: Span


@frozen
class Spread:
    span: Span


@frozen
class Telemetry:
    every: QuantityOrConst
    collector: Name | None
    span: Span


@frozen
class Optimize:
    goal: str
    span: Span


@frozen
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
