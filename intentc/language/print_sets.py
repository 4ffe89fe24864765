"""Writes names, values, sets and expressions of the syntax tree."""

from __future__ import annotations

from intentc.language import ast
from intentc.language.units import canonical


def string(text: str) -> str:
    """Return a text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def name(node: ast.Name) -> str:
    return string(node.text) if node.is_quoted else node.text


def names(nodes: tuple[ast.Name, ...]) -> str:
    return ", ".join(name(node) for node in nodes)


def quantity(node: ast.QuantityOrConst) -> str:
    """Return a quantity without a blank and with its unit in the usual case, or the name of a const."""
    if isinstance(node, ast.Name):
        return name(node)
    return canonical(node.text)


def ports(node: ast.Ports) -> str:
    if node.low is None:
        return node.protocol
    return f"{node.protocol}/{node.low}" + ("" if node.high == node.low else f"-{node.high}")


def value(node: ast.Value) -> str:
    match node:
        case ast.Name():
            return name(node)
        case ast.Quantity():
            return quantity(node)
        case ast.Boolean():
            return "true" if node.value else "false"
        case ast.Date():
            return node.value.isoformat()
        case ast.Prefix():
            return node.text
        case ast.ValueList():
            return f"({', '.join(value(item) for item in node.items)})"


def term(node: ast.Term) -> str:
    match node:
        case ast.NameTerm():
            return f"{node.kind} {name(node.name)}" if node.kind else name(node.name)
        case ast.WhereTerm():
            return f"{node.kind} where {expression(node.condition)}"
        case ast.Restricted():
            return f"{term(node.base)} {node.operator} {_operand(node.other)}"
        case ast.SetExpression():
            return f"({set_text(node)})"


def _operand(node: ast.Term) -> str:
    """Return what stands on the right of `except` and `&`, which go from left to right."""
    return f"({term(node)})" if isinstance(node, ast.Restricted) else term(node)


def set_text(node: ast.SetExpression) -> str:
    """Return a set as it stands after a keyword."""
    return ", ".join(term(item) for item in node.terms)


def closed_set(node: ast.SetExpression) -> str:
    """Return a set as it stands before `and`: a `where` that would go on is in parentheses."""
    return ", ".join(f"({term(item)})" if _is_open(item) else term(item) for item in node.terms)


def _is_open(node: ast.Term) -> bool:
    if isinstance(node, ast.Restricted):
        return _is_open(node.other) or _is_open(node.base)
    return isinstance(node, ast.WhereTerm)


def expression(node: ast.Expression) -> str:
    match node:
        case ast.Comparison():
            return f"{name(node.field)} {node.operator} {value(node.value)}"
        case ast.Not():
            return f"not {_factor(node.operand)}"
        case ast.And():
            return " and ".join(_factor(operand) for operand in node.operands)
        case ast.Or():
            return " or ".join(
                f"({expression(item)})" if isinstance(item, ast.Or) else expression(item) for item in node.operands
            )


def _factor(node: ast.Expression) -> str:
    return f"({expression(node)})" if isinstance(node, ast.And | ast.Or) else expression(node)
