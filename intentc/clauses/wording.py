"""Clauses in the user's words, for findings and reports."""

from __future__ import annotations

from intentc.language import ast
from intentc.language.units import canonical


def element_text(element: ast.Element) -> str:
    """Return `KIND X` as it was written."""
    if element.value is None:
        return f"{element.kind} {element.name.text}"
    return f"{element.kind} {element.name.text} = {value_text(element.value)}"


def value_text(value: ast.Value) -> str:
    """Return a value as it was written, a quantity as it is best written: a tab before its unit is nothing to show."""
    match value:
        case ast.Boolean():
            return "true" if value.value else "false"
        case ast.Date():
            return value.value.isoformat()
        case ast.ValueList():
            return f"({', '.join(value_text(item) for item in value.items)})"
        case ast.Quantity():
            return canonical(value.text)
        case _:
            return value.text
