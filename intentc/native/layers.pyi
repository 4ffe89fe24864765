from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from intentc.native.graph import Graph

NO_WAY: int
MOST_PLACES: int

_Row: TypeAlias = bytes | bytearray

class Layers:
    graph: Graph
    stages: int
    def __init__(self, graph: Graph, via: Sequence[tuple[AbstractSet[int], AbstractSet[int]]]) -> None: ...
    def times(self, lengths: array[int], row: _Row, goals: Iterable[int], most: int | None = None) -> array[int]: ...
    def least(
        self, lengths: array[int], row: _Row, goals: Iterable[int], starts: Iterable[int], most: int | None = None
    ) -> int: ...
    def reached(self, starts: Iterable[int], row: _Row, *, is_backward: bool) -> bytearray: ...
    def crossing(self, inside: _Row, row: _Row, *, is_into: bool) -> list[int]: ...
