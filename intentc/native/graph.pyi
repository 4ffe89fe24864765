from collections.abc import Collection, Sequence

FAR: int

def bits_of(mask: int) -> list[int]: ...

class Graph:
    nodes: int
    arcs: int
    numbers: tuple[int, ...]
    def __init__(
        self,
        tail: Sequence[int],
        head: Sequence[int],
        metric: Sequence[int],
        leaving: Sequence[Sequence[int]],
        entering: Sequence[Sequence[int]],
        has_transit: Sequence[bool],
        has_overload: Sequence[bool],
    ) -> None: ...
    def distances(self, targets: Collection[int]) -> list[int]: ...
