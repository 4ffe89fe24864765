"""Writes the clauses of the syntax tree, each without its indentation; a block comes as several lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from intentc.language import ast
from intentc.language.print_sets import (
    closed_set,
    expression,
    name,
    names,
    ports,
    quantity,
    set_text,
    string,
    value,
)

INDENT = "  "


def clause(node: ast.Clause | ast.Step | ast.Parallel) -> list[str]:
    """Return the lines of a clause."""
    return _WRITERS[type(node)](node)


def block(head: str, lines: list[str]) -> list[str]:
    """Return a block, its lines indented by one step."""
    return [f"{head} {{", *(INDENT + line for line in lines), "}"]


def _end(node: ast.SetExpression, is_any_of: bool) -> str:
    return ("any of " if is_any_of else "") + set_text(node)


def _between(node: ast.Between) -> list[str]:
    return [f"between {closed_set(node.left)} and {set_text(node.right)}"]


def _match(node: ast.Match) -> list[str]:
    matched = ", ".join(_flow(flow) for flow in node.flows)
    excepted = ", ".join(_flow(flow) for flow in node.excepted)
    return [f"match {matched}" + (f" except {excepted}" if excepted else "")]


def _flow(node: ast.FlowExpression) -> str:
    return " ".join(_flow_part(part) for part in node.parts)


def _flow_part(node: ast.Ports | ast.DscpMatch | ast.PrefixPair) -> str:
    match node:
        case ast.Ports():
            return ports(node)
        case ast.DscpMatch():
            return dscp(node)
        case ast.PrefixPair():
            return f"prefix {node.source.text} to {node.destination.text}"


def dscp(node: ast.DscpMatch) -> str:
    return f"dscp {quantity(node.value)}"


def _latency(node: ast.Latency) -> list[str]:
    return [f"latency <= {quantity(node.bound)}" + ("" if node.mode == "one-way" else f" {node.mode}")]


def _bandwidth(node: ast.Bandwidth) -> list[str]:
    per = {None: None, "total": "total"}.get(node.per, f"per {node.per}")
    options = [
        None if node.reverse is None else f"reverse {quantity(node.reverse)}",
        per,
        None if node.ceiling is None else f"ceiling {quantity(node.ceiling)}",
        None if node.burst is None else f"burst {quantity(node.burst)}",
    ]
    return [" ".join(["bandwidth", quantity(node.rate), *(option for option in options if option)])]


def _elements(word: str) -> Callable[[ast.Avoid | ast.Via | ast.Prefer], list[str]]:
    return lambda node: [f"{word} {', '.join(_element(element) for element in node.elements)}"]


def _element(node: ast.Element) -> str:
    return f"{node.kind} {name(node.name)}" + (f" = {value(node.value)}" if node.value is not None else "")


def _failover(node: ast.Failover) -> list[str]:
    if node.within is None:
        return ["failover none"]
    parts: list[Any] = [*node.survive, node.latency, node.bandwidth, *node.switch, node.revert, node.otherwise]
    lines = [line for part in parts if part is not None for line in _WRITERS[type(part)](part)]
    head = f"failover within {quantity(node.within)}"
    return block(head, lines) if lines else [head]


def failures(nodes: tuple[ast.FailureCount, ...]) -> str:
    return " and ".join(f"any {node.count} {node.kind}" for node in nodes)


def _survive(node: ast.Survive) -> list[str]:
    return [f"survive {failures(node.failures)}" + (" except access" if node.is_except_access else "")]


def _switch(node: ast.SwitchWhen) -> list[str]:
    hold = f" for {quantity(node.hold)}" if node.hold is not None else ""
    return [f"switch when {node.metric} > {quantity(node.threshold)}{hold}"]


def _revert(node: ast.Revert) -> list[str]:
    return ["revert never" if node.after is None else f"revert after {quantity(node.after)}"]


def _encrypt(node: ast.Encrypt) -> list[str]:
    method = f" {node.method}" if node.method else ""
    return [f"encrypt{method}" + (f" on links where {expression(node.condition)}" if node.condition else "")]


def _telemetry(node: ast.Telemetry) -> list[str]:
    collector = f" to {name(node.collector)}" if node.collector else ""
    return [f"telemetry every {quantity(node.every)}{collector}"]


def _waive(node: ast.Waive) -> list[str]:
    return [f"waive {name(node.code)} until {node.until.value.isoformat()} because {string(node.because.text)}"]


def _step(node: ast.Step) -> list[str]:
    processing = f" processing {quantity(node.processing)}" if node.processing is not None else ""
    calls = f" calls {node.calls}" if node.calls != 1 else ""
    return [f"step {set_text(node.source)} -> {_end(node.destination, node.is_any_of)}{processing}{calls}"]


def _parallel(node: ast.Parallel) -> list[str]:
    return block("parallel", [line for step in node.steps for line in _step(step)])


_WRITERS: Mapping[type, Callable[[Any], list[str]]] = {
    ast.From: lambda node: [f"from {set_text(node.set)}"],
    ast.To: lambda node: [f"to {_end(node.set, node.is_any_of)}"],
    ast.Between: _between,
    ast.Among: lambda node: [f"among {set_text(node.set)}"],
    ast.Unidirectional: lambda _: ["unidirectional"],
    ast.Symmetric: lambda _: ["symmetric"],
    ast.Match: _match,
    ast.Overrides: lambda node: [f"overrides {names(node.intents)}"],
    ast.Priority: lambda node: [f"priority {name(node.name)}"],
    ast.Latency: _latency,
    ast.Jitter: lambda node: [f"jitter <= {quantity(node.bound)}"],
    ast.Loss: lambda node: [f"loss <= {quantity(node.bound)}"],
    ast.Bandwidth: _bandwidth,
    ast.Transfer: lambda node: [f"transfer {quantity(node.size)} within {quantity(node.within)}"],
    ast.Pin: lambda node: [f"pin region {names(node.regions)}"],
    ast.Avoid: _elements("avoid"),
    ast.Via: _elements("via"),
    ast.Prefer: _elements("prefer"),
    ast.Failover: _failover,
    ast.Survive: _survive,
    ast.SwitchWhen: _switch,
    ast.Revert: _revert,
    ast.Otherwise: lambda node: [f"otherwise {node.action}"],
    ast.Encrypt: _encrypt,
    ast.LabelClause: lambda node: [f"label {name(node.key)} = {value(node.value)}"],
    ast.Isolate: lambda node: ["isolate" if node.direction == "to" else f"isolate {node.direction}"],
    ast.Spread: lambda _: ["spread"],
    ast.Telemetry: _telemetry,
    ast.Optimize: lambda node: [f"optimize {node.goal}"],
    ast.Waive: _waive,
    ast.Step: _step,
    ast.Parallel: _parallel,
}
