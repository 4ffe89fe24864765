"""Builds the declarations of a long text by shape: those whose tokens are of the same terminals come together.

What comes out is what each of them gives when it is built alone (`shapes`), which is also done with all that holds a mistake.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

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
    pieces: Sequence[Piece], engine: Engine, file: str, text: str, lines: Sequence[int]
) -> Iterator[tuple[int, ast.Declaration]]:
    """Yield declarations that were built together, each with where its piece begins; nothing is said of the others."""
    builder, bulk = engine.builder, BulkClauses(file)
    ahead = iter(pieces)
    while some := list(islice(ahead, _TOGETHER)):
        sheet = engine.table.lexicon.sheet(text, lines, some[0].start, some[-1].end)
        for kinds, members in _by_shape(some, sheet).items():
            plan = engine.shapes.plan((*kinds, END)) if len(members) >= FEWEST else None
            for index in range(0, len(members) if plan else 0, _MOST):
                group = members[index : index + _MOST]
                builder.begin(file)
                built = _build(plan or (), _lanes(kinds, [first for first, _ in group], sheet), bulk, builder)
                if not builder.found:
                    yield from zip([start for _, start in group], built, strict=True)


def _by_shape(pieces: Sequence[Piece], sheet: Sheet) -> dict[Sequence[str], list[tuple[int, int]]]:
    """Return which pieces have which terminals: each by the number of its first token and where it begins.

    A piece is left out if a token reaches over one of its ends: alone it has other tokens.
    """
    found: dict[Sequence[str], list[tuple[int, int]]] = {}
    starts, texts = sheet.starts, sheet.texts
    after = 0
    for piece in pieces:
        first = bisect_left(starts, piece.start, after)
        after = bisect_left(starts, piece.end, first)
        is_cut = first > 0 and starts[first - 1] + len(texts[first - 1]) > piece.start
        if after > first and not is_cut and starts[after - 1] + len(texts[after - 1]) <= piece.end:
            found.setdefault(sheet.kinds[first:after], []).append((first, piece.start))
    return found


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
