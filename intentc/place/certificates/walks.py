"""Certificates from going through all paths: for both directions of a demand at once, or for lists of them over all states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs
from intentc.native import compiled
from intentc.place.certificates.ground import Ground, Rooms
from intentc.place.certificates.potential import length_ns
from intentc.place.context import Context
from intentc.place.tasks import Task
from intentc.realise.refusals import Lists, Walks

_MOST_WALKS, _MOST_STEPS = 2_000, 20_000  # paths, and links gone over, that are looked at
_MOST_STATES, _MOST_LEFT = 400, 5_000  # states, and sets of states that lists leave open
LIST_SIZE = 4  # `realise.sr_course.MOST_CANDIDATES`
_NS_PER_US = 1000


def find_walks(context: Context, rooms: Rooms, task: Task, partner: Task, outage: Outage) -> Walks | None:
    """Return the proof that no path keeps the bounds and rates of both directions; None: one does, or they are too many."""
    there, back = (Ground(context.network, each, outage, rooms, is_placed=False) for each in (task, partner))
    paths = _paths(there, lambda arc: there.reason(arc) is None and back.reason(arc ^ 1) is None)
    if paths is None or task.via:
        return None
    bounds = (task.bound_us(outage), partner.bound_us(outage), task.round_trip_us(outage))
    for queueing in dict.fromkeys((0, task.ahead or 0)):
        if not any(_is_in_time(_times(there, back, arcs, queueing), bounds) for arcs in paths):
            return Walks(queueing, len(paths))
    return None


def _times(there: Ground, back: Ground, arcs: Arcs, queueing: int) -> tuple[int, int, int]:
    """Return what a path takes one way, the other way, and both together, in ns."""
    ahead = sum(length_ns(there, arc, queueing) for arc in arcs)
    home = sum(length_ns(back, arc ^ 1, queueing) for arc in arcs)
    return ahead, home, ahead + home


def _is_in_time(times_ns: Sequence[int], bounds_us: Sequence[int | None]) -> bool:
    pairs = zip(times_ns, bounds_us, strict=True)
    return all(bound is None or time <= bound * _NS_PER_US for time, bound in pairs)


def find_lists(context: Context, rooms: Rooms, task: Task) -> Lists | None:
    """Return the proof that no list of fixed paths does in all promised states; None: one does, or nobody knows."""
    states = (NORMAL, *task.outages)
    grounds = [Ground(context.network, task, outage, rooms, is_placed=False) for outage in states]
    is_plain = len(grounds[0].sources) == len(grounds[0].ends) == 1 and not (task.via or task.demand.is_symmetric)
    ends = grounds[0].sources | grounds[0].ends
    if not is_plain or task.demand.is_spread or not 1 < len(states) <= _MOST_STATES:
        return None
    if any(ends & outage.nodes for outage in task.outages):
        return None
    closed = grounds[0].closed()
    paths = _paths(grounds[0], lambda arc: not closed[arc] or any(item.reason(arc) is None for item in grounds))
    kinds = [_kind(grounds, arcs) for arcs in paths or ()]
    able = [kind for kind in kinds if kind[1]]
    if paths is None or _can_list(set(able), (1 << len(states)) - 1):
        return None
    return Lists(LIST_SIZE, len(able))


def _kind(grounds: Sequence[Ground], arcs: Arcs) -> tuple[int, int]:
    """Return the states in which a path is whole, and those in which it is right besides, as bits."""
    whole, right = 0, 0
    for position, ground in enumerate(grounds):
        if any(arc >> 1 in ground.outage.links for arc in arcs):
            continue
        whole |= 1 << position
        bound_us = ground.task.bound_us(ground.outage)
        time = sum(length_ns(ground, arc, 0) for arc in arcs)
        is_open = all(ground.reason(arc) is None for arc in arcs)
        right |= (is_open and (bound_us is None or time <= bound_us * _NS_PER_US)) << position
    return whole, right


def _can_list(kinds: set[tuple[int, int]], every: int) -> bool:
    """Return whether a list serves every state, or nobody knows: what lists leave open is kept in sight, path by path."""
    left = {every}
    for _ in range(LIST_SIZE):
        left = {
            states & ~whole
            for states in left
            for whole, right in kinds
            if states & whole and not states & whole & ~right
        }
        if 0 in left or len(left) > _MOST_LEFT:
            return True
    return False


def _paths(ground: Ground, is_usable: Callable[[int], bool]) -> list[Arcs] | None:
    """Return all paths between a demand's ends that come to no node twice; None: they are too many to tell."""
    network, starts = ground.network, sorted(ground.sources - ground.ends)
    usable = bytes(map(is_usable, range(len(network.head))))
    kernels = compiled("prices")
    if kernels is None or network.graph is None:
        return paths_twin(network, starts, ground.ends, usable)
    found: list[Arcs] | None = kernels.walks(network.graph, starts, ground.ends, usable, _MOST_STEPS, _MOST_WALKS)
    return found


def paths_twin(network: Network, starts: Sequence[int], ends: frozenset[int], usable: bytes) -> list[Arcs] | None:
    """Do the same without the kernel: `usable` has a byte per arc."""
    found: list[Arcs] = []
    for steps, arcs in enumerate(beginnings(network, starts, ends, usable)):
        found += [arcs] if network.head[arcs[-1]] in ends else []
        if steps > _MOST_STEPS or len(found) > _MOST_WALKS:
            return None
    return found


def beginnings(network: Network, starts: Sequence[int], ends: frozenset[int], usable: bytes) -> Iterator[Arcs]:
    """Yield every beginning of a path, none that goes on beyond an end."""
    pending: list[Arcs] = [(arc,) for start in starts for arc in network.leaving[start] if usable[arc]]
    while pending:
        arcs = pending.pop()
        yield arcs
        here = network.head[arcs[-1]]
        if here not in ends:
            seen = {network.tail[arc] for arc in arcs}
            pending += [(*arcs, arc) for arc in network.leaving[here] if network.head[arc] not in seen and usable[arc]]
