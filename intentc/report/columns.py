"""Plain-text tables for the terminal: columns that line up whatever script their text is in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Self

from intentc.diagnostics.text import TextStyle, printable
from intentc.values import frozen

_ELLIPSIS = "…"


@frozen
class Cell:
    """A cell's text, with an ANSI colour (`32`, `31;1`) for those who want it."""

    text: str
    colour: str | None = None


@frozen
class Column:
    """A column: its head, whether it is set flush right, and the most characters it may take."""

    head: str
    is_right: bool = False
    most: int = 60


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], style: TextStyle) -> str:
    """Return the rows below a head and a rule, two blanks between columns, no blanks at line ends; empty without rows."""
    if not rows:
        return ""
    cells = [[_Fitted.of(cell, column) for column, cell in zip(columns, row, strict=True)] for row in rows]
    widths = [max(width(column.head), *[row[at].width for row in cells]) for at, column in enumerate(columns)]
    heads = [_Fitted(column.head, "1", width(column.head)) for column in columns]
    rule = [_Fitted("─" * size, "2", size) for size in widths]
    return "".join(_line(columns, row, widths, style) + "\n" for row in (heads, rule, *cells))


@frozen
class _Fitted:
    """A cell as it is shown, and the terminal cells that it takes."""

    text: str
    colour: str | None
    width: int

    @classmethod
    def of(cls, cell: Cell, column: Column) -> Self:
        text = fitted(printable(cell.text), column.most)
        return cls(text, cell.colour, width(text))


def width(text: str) -> int:
    """Return how many terminal cells `text` takes: wide characters two, combining ones none (UAX 11)."""
    return len(text) if text.isascii() and text.isprintable() else sum(_cells(character) for character in text)


def fitted(text: str, most: int) -> str:
    """Return `text`, cut with an ellipsis where it takes more than `most` cells."""
    if width(text) <= most:
        return text
    kept = ""
    for character in text:
        if width(kept) + _cells(character) > most - 1:
            break
        kept += character
    return kept + _ELLIPSIS


def _line(columns: Sequence[Column], row: Sequence[_Fitted], widths: Sequence[int], style: TextStyle) -> str:
    parts = []
    for at, (column, cell, size) in enumerate(zip(columns, row, widths, strict=True)):
        blank = " " * (size - cell.width)
        is_last = at == len(columns) - 1
        shown = style.paint(cell.text, cell.colour) if cell.colour and cell.text else cell.text
        parts.append(blank + shown if column.is_right else shown + ("" if is_last else blank))
    return "  ".join(parts).rstrip()


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
