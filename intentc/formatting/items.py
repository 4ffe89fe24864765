"""What a layout is made of: declarations and clauses as rows of words, and the blocks that some of them have."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.formatting.concrete import Node, Word
from intentc.values import frozen

_OPENING, _CLOSING = "LBRACE", "RBRACE"
_SPLIT = frozenset({"telemetry", "isolate"})  # rules that may have taken in the clause behind them


@frozen
class Item:
    """A declaration or clause: its words up to the brace, and the block."""

    words: tuple[Word, ...]
    block: Block | None


@frozen
class Block:
    """What stands in braces. `rule` is that of its owner."""

    rule: str
    opening: Word
    items: tuple[Item, ...]
    closing: Word

    @property
    def was_on_one_line(self) -> bool:
        """Whether the source had it so."""
        return self.opening.line == self.closing.line


def item_of(node: Node) -> Item:
    """Return a declaration as the item it is."""
    if node.rule == "declaration":  # with semicolons behind it
        node = next(child for child in node.children if isinstance(child, Node))
    (item,) = _items(node)
    return item


def _items(node: Node) -> Iterator[Item]:
    """Yield the item of a node, or the two that it stands for."""
    braces = [i for i, child in enumerate(node.children) if isinstance(child, Word) and child.type == _OPENING]
    if braces:
        yield Item(_kept(node, 0, braces[0]), _block(node, braces[0]))
        return
    cut = _clause_behind(node)
    yield Item(_kept(node, 0, cut), None)
    if cut is not None:
        yield Item(_kept(node, cut, None), None)


def _block(node: Node, brace: int) -> Block:
    opening, *inner = node.children[brace:]
    closing = next(child for child in reversed(inner) if isinstance(child, Word) and child.type == _CLOSING)
    items = [item for child in inner if isinstance(child, Node) for item in _items(child)]
    assert isinstance(opening, Word)  # it was looked for  # noqa: S101
    return Block(node.rule, opening, tuple(items), closing)


def _kept(node: Node, start: int, end: int | None) -> tuple[Word, ...]:
    part = Node(node.rule, node.children[start:end])
    return tuple(word for word in part.words() if not word.is_dropped)


def _clause_behind(node: Node) -> int | None:
    """Return where a clause `to` or `from` begins that the grammar reads as part of `telemetry` or `isolate`.

    The collector of `telemetry` is a single name on the line of the interval; behind `isolate to` stands no set of its own.
    """
    if node.rule not in _SPLIT or not isinstance(node.children[-1], Node):
        return None
    cut = len(node.children) - 2
    word = node.children[cut]
    if not isinstance(word, Word) or word.type not in {"TO", "FROM"}:
        return None
    if node.rule == "telemetry":
        *_, last = Node("", node.children[:cut]).words()
        is_collector = word.line == last.line and len(list(node.children[-1].words())) == 1
        return None if is_collector else cut
    return cut
