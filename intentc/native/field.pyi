from array import array
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from intentc.native.graph import Graph

FAR: int
UNKNOWN: int

_Words: TypeAlias = array[int]

class Field:
    graph: Graph
    delays: _Words
    sizes: _Words | None
    scale: int
    def __init__(self, graph: Graph, delays: _Words, sizes: _Words | None, scale: int) -> None: ...
    def spread(
        self,
        seeds: dict[int, int],
        targets: AbstractSet[int],
        lengths: _Words,
        row: bytes | bytearray,
        through: bytes | bytearray,
    ) -> _Words: ...
    def widest(
        self,
        start: int,
        stops: Collection[int],
        targets: Collection[int],
        to_go: Sequence[int],
        row: bytearray,
        ask: Callable[[int], bool],
        down: Collection[int],
        fills: _Words,
        fill: Callable[[int], int],
        floor: int,
    ) -> int | None: ...
