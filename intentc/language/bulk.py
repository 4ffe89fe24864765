"""Builds the declarations of a long text by shape: those whose tokens are of the same terminals come together.

What comes out is what each of them gives when it is built alone (`shapes`), which is also done with all that holds a mistake.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from intentc.diagnostics.model import LINE_BREAK
from intentc.language import ast
from intentc.language.bulk_clauses import BulkClauses
from intentc.language.lanes import Placed, Words, unlooked
from intentc.language.lexer import END, Sheet
from intentc.language.split import Piece

if TYPE_CHECKING:
    from intentc.language.builder import Builder
    from intentc.language.engine import Engine
    from intentc.language.shapes import Plan

FEWEST = 8  # declarations of one shape for which lanes are worth their while
_MOST = 512  # that are built together: one mistake among them costs them all
_TOGETHER = 4_096  # pieces whose tokens are in memory at once


def build_many(
    pieces: Sequence[Piece], engine: Engine, file: str, text: str, starts: Sequence[int]
) -> Iterator[tuple[int, ast.Declaration]]:
    """Yield declarations that were built together, each with where its piece begins; nothing is said of the others.

    `starts` are where the lines of the text begin (`lexer.line_starts`).
    """
    builder, bulk = engine.builder, BulkClauses(file)
    known: dict[str, Any] = {}
    ahead = iter(pieces)
    while some := list(islice(ahead, _TOGETHER)):
        line = bisect_right(starts, some[0].start)
        stretch = " " * (some[0].start - starts[line - 1]) + text[some[0].start : some[-1].end]
        sheet = engine.table.lexicon.sheet(_lines(stretch), line, known)
        for kinds, members in _by_shape(some, starts, sheet).items():
            plan = engine.shapes.plan((*kinds, END)) if len(members) >= FEWEST else None
            for index in range(0, len(members) if plan else 0, _MOST):
                group = members[index : index + _MOST]
                builder.begin(file)
                built = _build(plan or (), _lanes(kinds, [first for first, _ in group], sheet), bulk, builder)
                if not builder.found:
                    yield from zip([start for _, start in group], built, strict=True)


def _lines(text: str) -> list[str]:
    return LINE_BREAK.split(text) if "\r" in text else text.split("\n")


def _by_shape(
    pieces: Sequence[Piece], starts: Sequence[int], sheet: Sheet
) -> dict[tuple[str, ...], list[tuple[int, int]]]:
    """Return which pieces have which terminals: each by the number of its first token and where it begins.

    A piece is left out if a token reaches over one of its ends: alone it has other tokens.
    """
    found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for piece in pieces:
        first, is_cut = _token_at(piece.start, starts, sheet)
        after, reaches_over = _token_at(piece.end, starts, sheet)
        if after > first and not is_cut and not reaches_over:
            found.setdefault(tuple(sheet.kinds[first:after]), []).append((first, piece.start))
    return found


def _token_at(offset: int, starts: Sequence[int], sheet: Sheet) -> tuple[int, bool]:
    """Return which token is the first from an offset on, and whether the one before it reaches over the offset."""
    line = bisect_right(starts, offset)
    column = offset - starts[line - 1] + 1
    number = sheet.number(line, column)
    return number, number > 0 and sheet.lines[number - 1] == line and sheet.end_columns[number - 1] > column


def _lanes(kinds: Sequence[str], firsts: Sequence[int], sheet: Sheet) -> list[Placed]:
    """Return the tokens of declarations that begin at some of a sheet, place by place."""
    size = len(kinds)
    texts, lines, columns, end_columns = (
        zip(*[part[first : first + size] for first in firsts], strict=True) for part in sheet[1:5]
    )
    return list(map(Words, kinds, texts, lines, columns, end_columns))


def _build(plan: Plan, made: list[Placed], bulk: BulkClauses, builder: Builder) -> Sequence[Any]:
    """Return the declarations that the last step of a plan makes of the tokens in `made`."""
    made.append(Words(END, (), (), (), ()))
    for name, numbers in plan:
        children = [made[number] for number in numbers]
        rule = getattr(bulk, name, None)
        found = rule(children) if rule is not None else None
        if found is None:
            build = getattr(builder, name)
            found = unlooked([build(list(row)) for row in zip(*[child.values for child in children], strict=True)])
        made.append(found)
    return made[-1].values
