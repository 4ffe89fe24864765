from collections.abc import Collection, Sequence

from intentc.native.figures import Figures
from intentc.native.graph import Graph
from intentc.native.igp import Tree

class States:
    count: int
    def __init__(
        self, masks: Sequence[Collection[int]], links: Sequence[Collection[int]], nodes: Sequence[Collection[int]]
    ) -> None: ...
    def touching(self, mask: int) -> list[int]: ...
    def along(self, graph: Graph, start: int, arcs: tuple[int, ...]) -> list[int]: ...

class Ways:
    count: int
    kinds: int
    is_any_several: bool
    def pairs(self) -> list[tuple[int, int]]: ...
    def places(self) -> list[int]: ...
    def arcs(self, way: int) -> tuple[int, ...]: ...
    def paths(self, way: int) -> tuple[tuple[tuple[int, ...], int], ...]: ...
    def latency(self, way: int) -> int: ...
    def is_several(self, way: int) -> bool: ...
    def cut(self, count: int) -> None: ...
    def astray(self, states: States) -> int: ...
    def folded(self, base: tuple[int, ...]) -> bytes: ...

def unfolded(graph: Graph, folded: bytes) -> Ways: ...
def right_way(
    tree: Tree,
    start: int,
    figures: Figures,
    scale: int,
    ahead: int | None,
    bound: int | None,
    accepted: frozenset[int],
    fences: frozenset[int],
    barred: frozenset[int],
) -> tuple[int, ...] | None: ...
def settled(
    tree: Tree,
    states: States,
    places: list[int],
    start: int,
    figures: Figures,
    scale: int,
    ahead: int | None,
    bound: int | None,
    accepted: frozenset[int],
    fences: frozenset[int],
    barred: frozenset[int],
    is_narrow: bool,
) -> Ways | None: ...
