"""The one style: which words stand on which line, and in which column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from intentc.formatting.concrete import Word
from intentc.formatting.items import Block, Item
from intentc.formatting.rows import WIDTH, Row, comments_above, filled, has_comment_inside, text_of
from intentc.values import replace

_STEP = 2  # columns that a block is indented by
_HANG = 4  # columns that further lines of a declaration are
_UNALIGNED_BLOCKS = frozenset({"assertion", "parallel"})
_UNALIGNED = frozenset({"STEP", "PARALLEL"})


def file_rows(declarations: Sequence[Item], end: Word) -> list[Row]:
    """Return the lines of a file; `end` has the comments behind the last declaration."""
    rows: list[Row] = []
    was_long = False
    for item in declarations:
        own = _item_rows(item, 0, 0)
        is_long = sum(1 for row in own if row.text) > 1
        rows += _apart(own) if rows and (was_long or is_long) else own
        was_long = is_long
    last = list(comments_above(end, 0))
    return [*rows, *(_apart(last) if was_long else last)]


def _apart(rows: list[Row]) -> list[Row]:
    return [replace(row, has_blank=row.has_blank or index == 0) for index, row in enumerate(rows)]


def _item_rows(item: Item, indent: int, pad: int) -> list[Row]:
    """Return the lines of a declaration or clause, the first word of which takes `pad` columns at least."""
    hang = pad + 1 if pad else (_HANG if indent == 0 else len(item.words[0].text) + 1)
    if item.block is None:
        return filled(item.words, indent, hang, pad)
    line = _one_line(item, pad)
    if line is not None and indent + len(line) <= WIDTH:
        first = item.words[0]
        return [*comments_above(first, indent), Row(indent, line, item.block.closing.comment, first.has_blank)]
    return [*filled([*item.words, item.block.opening], indent, hang, pad), *_block_rows(item.block, indent)]


def _block_rows(block: Block, indent: int) -> Iterator[Row]:
    pad = _pad(block)
    inner = [
        row
        for item in block.items
        for row in _item_rows(item, indent + _STEP, 0 if item.words[0].type in _UNALIGNED else pad)
    ]
    inner += comments_above(block.closing, indent + _STEP)
    for index, row in enumerate(inner):
        yield replace(row, has_blank=row.has_blank and index > 0)
    yield Row(indent, "}", block.closing.comment)


def _pad(block: Block) -> int:
    """Return how many columns the words that begin the clauses of a block take."""
    if block.rule in _UNALIGNED_BLOCKS:
        return 0
    firsts = [item.words[0] for item in block.items if len(item.words) > 1]
    return max((len(word.text) for word in firsts if word.type not in _UNALIGNED), default=0)


def _one_line(item: Item, pad: int) -> str | None:
    """Return a declaration or clause with its block in one line, if that was so and can be."""
    block = item.block
    words = item.words if block is None else (*item.words, block.opening)
    if has_comment_inside(words):
        return None
    head = text_of(item.words[:1]).ljust(pad) + text_of(item.words)[len(item.words[0].text) :]
    if block is None:
        return head
    inner = _inside(block)
    return None if inner is None else f"{head} {{ {inner} }}" if inner else f"{head} {{}}"


def _inside(block: Block) -> str | None:
    is_free = block.opening.comment is None and not block.closing.above
    if not block.items:
        return "" if is_free else None
    if not block.was_on_one_line or not is_free or _would_collect(block.items):
        return None
    texts = []
    for item in block.items:
        last = item.block.closing if item.block else item.words[-1]
        text = _one_line(item, 0)
        if text is None or item.words[0].above or last.comment is not None:
            return None
        texts.append(text)
    return "  ".join(texts)


def _would_collect(items: Sequence[Item]) -> bool:
    """Return whether, on one line, a clause `to` would be read as the collector of the telemetry before it."""
    return any(before.words[0].type == "TELEMETRY" and after.words[0].type == "TO" for before, after in pairwise(items))
