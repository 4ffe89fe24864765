"""Lanes: what stands in one place of many declarations of one shape, so that all of it is built in one go.

The values of a lane are what the builder makes for each declaration alone; `map` makes them without a step of the interpreter.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from intentc.diagnostics import Span
from intentc.language import ast
from intentc.language.lexer import Token

Places = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int]]  # lines, columns, end lines, end columns


class Words:
    """A lane of tokens, all of one terminal."""

    __slots__ = ("columns", "end_columns", "kind", "lines", "texts")

    def __init__(
        self,
        kind: str,
        texts: Sequence[str],
        lines: Sequence[int],
        columns: Sequence[int],
        end_columns: Sequence[int],
    ) -> None:
        self.kind = kind
        self.texts = texts
        self.lines = lines
        self.columns = columns
        self.end_columns = end_columns

    @property
    def end_lines(self) -> Sequence[int]:
        """Return the lines that the tokens end on: no token has a line break in it."""
        return self.lines

    @property
    def values(self) -> Sequence[Token]:
        """Return the tokens themselves."""
        return list(map(Token, repeat(self.kind), self.texts, self.lines, self.columns))


class Lane:
    """A lane of what a rule has made. `kind` is the class of all its values, or None where nobody looked.

    `word` and `inner` are those of all values that are a `Part`; `texts` are names as written; `units` are those of quantities.
    """

    __slots__ = (
        "columns",
        "end_columns",
        "end_lines",
        "inner",
        "kind",
        "lines",
        "spans",
        "texts",
        "units",
        "values",
        "word",
    )

    def __init__(self, kind: type | None, values: Sequence[Any], spans: Sequence[Span], places: Places) -> None:
        self.kind = kind
        self.values = values
        self.spans = spans
        self.lines, self.columns, self.end_lines, self.end_columns = places
        self.word = ""
        self.inner: Sequence[Any] = ()
        self.texts: Sequence[str] = ()
        self.units: frozenset[ast.Unit] = frozenset()


def unlooked(values: Sequence[Any]) -> Lane:
    """Return the lane of what the builder has made one by one."""
    return Lane(None, values, (), ((), (), (), ()))


Placed = Words | Lane
