"""How full the fullest link of a way has to get at least, whatever else is asked of the way."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from intentc.place.check import Terms
from intentc.place.context import Context
from intentc.place.openness import fills_of, open_arcs_of
from intentc.place.words import FAR


def least_fill(
    context: Context,
    terms: Terms,
    start: int,
    is_open: Callable[[int], bool],
    *,
    fill: Callable[[int], int],
    floor: int,
) -> int | None:
    """Return the least fill (ppm, `floor` at least) below which no way over open arcs leads to a target; None: none leads there.

    Dijkstra's algorithm with the larger in place of the sum (the widest path); of ways that fill links alike the one goes first
    that is nearer to a target by the IGP's metric. Waypoints, bounds and what devices can do are left out: what keeps them
    fills no less.
    """
    group = terms.group
    guide = context.guides.by_metric(group.targets, group.stops, ())
    if guide.prices is None or not 0 <= floor < FAR:
        return least_fill_twin(context, terms, start, is_open, fill=fill, floor=floor)
    count = len(context.network.head)
    arcs, fills = open_arcs_of(is_open, count), fills_of(fill, count)
    return guide.prices.kernels.field.widest(
        start,
        group.stops,
        group.targets,
        guide.cost[0],
        arcs.row,
        arcs.ask,
        terms.outage.links,
        fills.row,
        fills.ask,
        floor,
    )


def least_fill_twin(
    context: Context,
    terms: Terms,
    start: int,
    is_open: Callable[[int], bool],
    *,
    fill: Callable[[int], int],
    floor: int,
) -> int | None:
    """Return the same without a kernel."""
    network, group = context.network, terms.group
    head, leaving, transit, down = network.head, network.leaving, network.has_transit, terms.outage.links
    to_go = context.guides.by_metric(group.targets, group.stops, ()).cost[0]
    heap, done = [(floor, to_go[start], start)], set[int]()
    while heap:
        level, _, node = heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node in group.stops:
            if node in group.targets:
                return level
            continue
        if not transit[node] and node != start:
            continue
        for arc in leaving[node]:
            after = head[arc]
            if after not in done and arc >> 1 not in down and is_open(arc):
                heappush(heap, (max(level, fill(arc)), to_go[after], after))
    return None
