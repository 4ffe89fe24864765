"""Writes a syntax tree as text in one form: what it says, without the comments and the layout it was read from."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.language import ast
from intentc.language.print_clauses import block, clause, dscp, failures
from intentc.language.print_sets import name, names, ports, quantity, set_text, string


def print_file(file: ast.File) -> str:
    """Return the declarations of a file as text; parsing it gives the same declarations at other places."""
    return "\n".join("\n".join(declaration(item)) + "\n" for item in file.declarations)


def declaration(node: ast.Declaration) -> list[str]:
    """Return the lines of a declaration."""
    match node:
        case ast.Import():
            return [f"import {string(node.path.text)}"]
        case ast.Const():
            return [f"const {name(node.name)} = {quantity(node.value)}"]
        case ast.Group():
            return [f"group {name(node.name)} = {set_text(node.set)}"]
        case ast.Service():
            return block(f"service {name(node.name)}", _service(node))
        case ast.ClassDeclaration():
            return block(f"class {name(node.name)}", _class(node))
        case ast.Profile():
            return block(f"profile {name(node.name)}{_extends(node.extends)}", _clauses(node.clauses))
        case ast.Intent():
            return block(f"intent {_titled(node)}", _clauses(node.clauses))
        case ast.Chain():
            return block(f"chain {_titled(node)}", _clauses([*node.clauses, *node.steps]))
        case ast.Assertion():
            return block(f"assert {name(node.name)}", _assertion(node))


def _titled(node: ast.Intent | ast.Chain) -> str:
    title = f" {string(node.title.text)}" if node.title else ""
    return f"{name(node.name)}{title}{_extends(node.extends)}"


def _extends(profiles: tuple[ast.Name, ...]) -> str:
    return f" extends {names(profiles)}" if profiles else ""


def _clauses(nodes: Sequence[ast.Clause | ast.Step | ast.Parallel]) -> list[str]:
    return [line for node in nodes for line in clause(node)]


def _service(node: ast.Service) -> list[str]:
    lines = [f"at {set_text(node.at)}"] if node.at else []
    if node.prefixes:
        lines.append(f"prefix {', '.join(prefix.text for prefix in node.prefixes)}")
    if node.ports:
        lines.append(f"port {', '.join(ports(item) for item in node.ports)}")
    if node.capacity:
        lines.append(f"capacity {quantity(node.capacity.rate)}" + (" per host" if node.capacity.is_per_host else ""))
    if node.health:
        lines.append(f"health {ports(node.health)}")
    return lines


def _class(node: ast.ClassDeclaration) -> list[str]:
    lines = [dscp(node.dscp)] if node.dscp else []
    if node.queue:
        words = ["queue", "strict"] if node.queue.is_strict else ["queue"]
        lines.append(" ".join([*words, *([quantity(node.queue.share)] if node.queue.share is not None else [])]))
    lines += ["ecn"] * node.is_ecn + ["lossless"] * node.is_lossless
    return [*lines, f"drop {node.drop}"] if node.drop else lines


def _assertion(node: ast.Assertion) -> list[str]:
    under = [f"under {failures(node.under)} failure"] if node.under else []
    return [_property(node.property), *under]


def _property(node: ast.Property) -> str:
    match node:
        case ast.Utilization():
            links = f" on {set_text(node.links)}" if node.links else ""
            return f"utilization {node.operator} {quantity(node.bound)}{links}"
        case ast.Connected():
            return f"connected {set_text(node.set)}"
        case ast.NoTraffic():
            return f"no traffic of {set_text(node.intents)} on {set_text(node.links)}"
        case ast.PathLength():
            return f"hops {node.operator} {node.bound} of {set_text(node.intents)}"
