"""Declarations that stand elsewhere than they were parsed: the same syntax tree, its lines with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from intentc.diagnostics import Span
from intentc.values import parts

Node = TypeVar("Node")
_PLACELESS = frozenset({str, int, bool, type(None)})
_NODE = type(Span)  # of all that `values.frozen` makes


def moved(node: Node, lines: int) -> Node:
    """Return a syntax tree as it is parsed from the same text so many lines further down."""
    return renumbered(node, lines.__add__)


def renumbered(node: Node, number_of: Callable[[int], int]) -> Node:
    """Return a syntax tree whose lines have other numbers."""
    found: Node = _moved((node,), number_of)[0]
    return found


def _moved(values: Iterable[Any], at: Callable[[int], int]) -> list[Any]:
    found = []
    for value in values:
        kind = type(value)
        if kind is Span:
            value = Span(value.file, at(value.line), value.column, at(value.end_line), value.end_column)  # noqa: PLW2901
        elif kind is tuple:
            value = tuple(_moved(value, at)) if value else value  # noqa: PLW2901
        elif kind not in _PLACELESS and type(kind) is _NODE:  # else it is a unit or a day
            value = kind(*_moved(parts(value), at))  # noqa: PLW2901
        found.append(value)
    return found
