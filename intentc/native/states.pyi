from collections.abc import Collection, Sequence

from intentc.native.graph import Graph

class States:
    count: int
    def __init__(
        self, masks: Sequence[Collection[int]], links: Sequence[Collection[int]], nodes: Sequence[Collection[int]]
    ) -> None: ...
    def touching(self, mask: int) -> list[int]: ...
    def along(self, graph: Graph, start: int, arcs: tuple[int, ...]) -> list[int]: ...
