"""Parsing texts, and trees without places, for tests of the room `language`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from unittest.mock import patch

from intentc.diagnostics import Diagnostic, Findings, Source, Span
from intentc.language import ast, bulk, parser
from intentc.language.parser import parse

NOWHERE = Span("", 0, 0, 0, 0)


def read(text: str) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """Return what a text parses to, and its findings in order."""
    findings = Findings()
    file = parse(Source("a.intent", text), findings)
    return file, findings.sorted()


def parsed_alone(source: Source) -> tuple[ast.File, list[Diagnostic]]:
    """Return what a text parses to when each declaration is built by itself, and its findings as they were made."""
    findings = Findings()
    with patch.object(parser, "FEWEST", 1 << 30):
        return parse(source, findings), findings.items


def parsed_together(source: Source) -> tuple[ast.File, list[Diagnostic]]:
    """Return what a text parses to when all declarations of one shape are built together, were it a single one."""
    findings = Findings()
    with patch.object(parser, "FEWEST", 1), patch.object(bulk, "FEWEST", 1):
        return parse(source, findings), findings.items


def sound(text: str) -> tuple[ast.Declaration, ...]:
    """Return the declarations of a text without a finding, without their places."""
    file, findings = read(text)
    assert findings == ()
    assert file.broken == ()
    return tuple(bare(item) for item in file.declarations)


def only(text: str) -> ast.Declaration:
    """Return the one declaration of a text."""
    (item,) = sound(text)
    return item


def clauses(text: str) -> tuple[ast.Clause, ...]:
    """Return the clauses of an intent with this block."""
    return only(f"intent it {{\n{text}\n}}").clauses


def found(text: str) -> list[str]:
    """Return the codes of a text's findings with their places, as in `E0101 2:5`."""
    return [f"{item.code} {item.span.line}:{item.span.column}" for item in read(text)[1]]


def bare(node):
    """Return a tree with every place left out, and quantities by their values."""
    if isinstance(node, Span):
        return NOWHERE
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    if is_dataclass(node) and not isinstance(node, Source):
        return replace(node, **{field.name: bare(getattr(node, field.name)) for field in fields(node)})
    return node


# -- building trees by hand ---------------------------------------------------------------------------------------------


def name(text: str, *, quoted: bool = False) -> ast.Name:
    return ast.Name(text, NOWHERE, is_quoted=quoted)


def term(text: str, kind: str | None = None) -> ast.NameTerm:
    return ast.NameTerm(name(text), kind, NOWHERE)


def these(*terms: str | ast.Term) -> ast.SetExpression:
    return ast.SetExpression(tuple(term(item) if isinstance(item, str) else item for item in terms), NOWHERE)


def time(text: str, value_ns: int) -> ast.Quantity:
    return ast.Quantity(value_ns, ast.Unit.TIME, text, NOWHERE)


def rate(text: str, value_bps: int) -> ast.Quantity:
    return ast.Quantity(value_bps, ast.Unit.RATE, text, NOWHERE)


def size(text: str, value_bytes: int) -> ast.Quantity:
    return ast.Quantity(value_bytes, ast.Unit.SIZE, text, NOWHERE)


def ratio(text: str, value_ppb: int) -> ast.Quantity:
    return ast.Quantity(value_ppb, ast.Unit.RATIO, text, NOWHERE)


def number(text: str, value_ppb: int) -> ast.Quantity:
    return ast.Quantity(value_ppb, ast.Unit.NUMBER, text, NOWHERE)


def ports(protocol: str, low: int | None = None, high: int | None = None) -> ast.Ports:
    return ast.Ports(protocol, low, low if high is None else high, NOWHERE)


def prefix(text: str) -> ast.Prefix:
    return ast.Prefix(text, NOWHERE)


def compare(field: str, operator: str, value: ast.Value) -> ast.Comparison:
    return ast.Comparison(name(field), operator, value, NOWHERE)
