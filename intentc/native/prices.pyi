from collections.abc import Iterable, Sequence

from intentc.native.graph import Graph

FAR: int

def distances(
    graph: Graph,
    prices: Sequence[int],
    closed: bytes,
    goals: Sequence[int],
    *,
    is_transit_kept: bool = False,
) -> list[int]: ...

class Trees:
    groups: int
    def __init__(
        self,
        graph: Graph,
        trees: Iterable[tuple[Sequence[int], bytes, Sequence[tuple[frozenset[int], int]]]],
        *,
        is_transit_kept: bool,
        is_by_hops: bool,
    ) -> None: ...
    def bill(self, prices: Sequence[int]) -> tuple[list[int], list[int]]: ...
    def fares(self, prices: Sequence[int]) -> list[int]: ...

def order(graph: Graph, prices: Sequence[int], closed: bytes, start: int, *, is_backward: bool) -> list[int]: ...
def walks(
    graph: Graph, starts: Sequence[int], ends: frozenset[int], is_usable: bytes, most_steps: int, most_found: int
) -> list[tuple[int, ...]] | None: ...
