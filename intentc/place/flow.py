"""Whether a rate could go through at all if it were split as one likes: a maximum flow, whose minimum cut proves that it cannot."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from intentc.place.check import Terms
from intentc.place.context import Context
from intentc.values import replace

_WHOLE_PPB = 1_000_000_000


def can_flow(context: Context, terms: Terms, start: int) -> bool:
    """Return whether the room on the links that a demand may use lets its rate through, over however many paths.

    A link that has no room for the whole rate takes no more of it than its room without the imbalance of hashing: with too
    little of that on some cut no splitting helps (Ford and Fulkerson 1956; augmented by shortest paths, Edmonds and Karp
    1972). Latency, waypoints and what devices can do are left out, so that a yes promises nothing.
    """
    network, wanted = context.network, terms.task.claim_in(terms.outage).own_bps
    targets, stops = terms.group.targets - terms.outage.nodes, terms.group.stops
    closed = terms.task.barred | terms.outage.links
    room: dict[int, int] = {}

    def left(arc: int) -> int:
        if arc not in room:
            is_on_way = network.tail[arc] == start or network.has_transit[network.tail[arc]]
            is_open = arc >> 1 not in closed and is_on_way and network.tail[arc] not in stops
            room[arc] = _room_bps(context, terms, arc) if is_open else 0
        return room[arc]

    flow = 0
    while flow < wanted and (way := _augmenting(network.leaving, network.head, start, targets, left)) is not None:
        step = min(wanted - flow, *(left(arc) for arc in way))
        for arc in way:
            room[arc] -= step
            room[arc ^ 1] = left(arc ^ 1) + step  # what went one way may be taken back
        flow += step
    return flow >= wanted


def _augmenting(
    leaving: tuple[tuple[int, ...], ...],
    head: tuple[int, ...],
    start: int,
    targets: frozenset[int],
    left: Callable[[int], int],
) -> list[int] | None:
    """Return a path with the fewest links on which something is left, None where there is none."""
    came: dict[int, int] = {}
    seen, pending = {start}, deque([start])
    while pending:
        node = pending.popleft()
        if node in targets:
            return _path(came, head, start, node)
        for arc in leaving[node]:
            if head[arc] not in seen and left(arc) > 0:
                seen.add(head[arc])
                came[head[arc]] = arc
                pending.append(head[arc])
    return None


def _path(came: Mapping[int, int], head: tuple[int, ...], start: int, end: int) -> list[int]:
    found: list[int] = []
    while end != start:
        found.append(came[end])
        end = head[came[end] ^ 1]
    return found[::-1]


def _room_bps(context: Context, terms: Terms, arc: int) -> int:
    """Return how much of the demand an arc can carry in a state, beside what others have reserved; no bit too little."""
    claim = terms.task.claim_in(terms.outage)
    low, high = 0, claim.own_bps
    imbalance_ppb = context.network.topology.routing.hash_imbalance_ppb
    while low < high:
        middle = (low + high + 1) // 2
        if context.ledger.shortage(arc, terms.outage, replace(claim, rate_bps=middle)) is None:
            low = middle
        else:
            high = middle - 1
    return low if low == claim.own_bps else -(-low * _WHOLE_PPB // (_WHOLE_PPB + imbalance_ppb))
