"""The matrix of targets as text: for a terminal of 100 columns, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from intentc.render.matrix import LEGEND, Column, Matrix, Remark, Row

WIDTH = 100  # columns of a terminal
_GAP = 2


def plain_text(matrix: Matrix) -> str:
    """Return the matrix for a terminal: the table, in parts where it is too wide, then what stands behind the cells."""
    blocks = ["\n".join(lines) for lines in _tables(matrix)]
    blocks += ["\n".join(wrap(LEGEND, WIDTH)), *("\n".join(_paragraphs(column)) for column in matrix.columns)]
    return "\n\n".join(blocks) + "\n"


def markdown(matrix: Matrix) -> str:
    """Return the matrix in Markdown: the table, then a list per target. It has no headings."""
    head = ["|  | " + " | ".join(f"`{column.name}`" for column in matrix.columns) + " |"]
    head += ["| --- |" + " --- |" * len(matrix.columns)]
    table = [f"| {' | '.join((row.label, *row.cells))} |" for row in matrix.rows]
    lists = ["\n".join(_items(column)) for column in matrix.columns]
    return "\n\n".join(["\n".join((*head, *table)), f"{LEGEND}.", *lists]) + "\n"


def _tables(matrix: Matrix) -> Iterator[list[str]]:
    """Yield tables that fit the width, each with as many whole columns as it has room for."""
    first = max((len(row.label) for row in matrix.rows), default=0)
    widths = [_width(index, matrix) for index in range(len(matrix.columns))]
    begin = 0
    while begin < len(widths):
        end = begin + 1
        while end < len(widths) and first + sum(widths[begin : end + 1]) <= WIDTH:
            end += 1
        head = Row("", tuple(column.name for column in matrix.columns))
        yield [_line(row, first, widths, begin, end) for row in (head, *matrix.rows)]
        begin = end


def _width(index: int, matrix: Matrix) -> int:
    return _GAP + max(len(matrix.columns[index].name), *(len(row.cells[index]) for row in matrix.rows))


def _line(row: Row, first: int, widths: list[int], begin: int, end: int) -> str:
    cells = (f"{' ' * _GAP}{row.cells[index]:<{widths[index] - _GAP}}" for index in range(begin, end))
    return f"{row.label:<{first}}{''.join(cells)}".rstrip()


def _paragraphs(column: Column) -> Iterator[str]:
    yield f"{column.name}: {column.title}"
    for text in (*column.facts, *(_remark(remark) for remark in column.remarks)):
        yield from wrap(
            text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
        )


def _items(column: Column) -> Iterator[str]:
    yield f"**`{column.name}`: {column.title}**"
    yield ""
    for text in (*column.facts, *(_remark(remark) for remark in column.remarks)):
        yield f"- {text.replace('*', chr(92) + '*')}"


def _remark(remark: Remark) -> str:
    return f"{remark.mark} {', '.join(remark.labels)}: {remark.text}"
