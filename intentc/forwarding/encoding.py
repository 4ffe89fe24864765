"""The shortest segment list that reproduces a path, as kernels make it (`native.segments.Router.encode`): the twin in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.forwarding.igp import Igp
from intentc.forwarding.planes import Plane
from intentc.forwarding.walk import Arcs


def ends_along(
    planes: Mapping[int, Plane],
    nodes: tuple[int, ...],
    arcs: Arcs,
    *,
    pinned: frozenset[int],
    stops: frozenset[int],
    numbers: Sequence[int],
) -> list[tuple[int, int]] | None:
    """Return where segments end along a path, which leads over `nodes`, by how many arcs are behind, and their algorithms, -1 for adjacency segments."""
    if not all(planes[0].can_route[node] for node in nodes):
        return None
    found: list[tuple[int, int]] = []
    position = 0
    while position < len(arcs):
        reached, algo = position, -1
        limit = _limit(nodes, arcs, position, pinned, stops)
        for number in numbers:
            farthest = _reach(nodes, arcs, position, limit, planes[number].igp)
            reached, algo = (farthest, number) if farthest > reached else (reached, algo)
        position = max(reached, position + 1)
        found.append((position, algo))
    return found


def _reach(nodes: tuple[int, ...], arcs: Arcs, position: int, last: int, igp: Igp) -> int:
    """Return the farthest position, up to `last`, that one node segment leads to along a path, `position` itself if there is none."""
    first = position  # halving: a part of an only shortest path is one
    while first < last:
        end = (first + last + 1) // 2
        if igp.whole_to(nodes[end]).is_only(arcs, position, end):
            first = end
        else:
            last = end - 1
    return first


def _limit(nodes: tuple[int, ...], arcs: Arcs, position: int, pinned: frozenset[int], stops: frozenset[int]) -> int:
    """Return the position up to which one segment may lead from another one: over no pinned link, and past no stop."""
    last = position
    while last < len(arcs) and arcs[last] >> 1 not in pinned:
        last += 1
        if nodes[last] in stops:
            break
    return last
