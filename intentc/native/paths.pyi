from array import array
from collections.abc import Callable, Collection, Iterator

from intentc.native.field import Field
from intentc.native.graph import Graph

def augmenting(
    graph: Graph,
    start: int,
    target: int,
    stops: Collection[int],
    prices: array[int],
    row: bytearray,
    ask: Callable[[int], bool],
    flow: Collection[int],
    is_by_node: bool,
) -> list[int] | None: ...

class Loopless(Iterator[tuple[int, ...]]):
    def __init__(
        self,
        field: Field,
        start: int,
        target: int,
        stops: Collection[int],
        prices: array[int],
        barred: Collection[int],
        bound_us: int,
        ahead: int | None,
        most: int,
    ) -> None: ...
    def __next__(self) -> tuple[int, ...]: ...
