from collections.abc import Collection

from intentc.native.graph import Graph

MOST_ARCS: int

def first_hops(
    graph: Graph, start: int, links: Collection[int]
) -> tuple[dict[tuple[int, ...], int], int, int] | None: ...
