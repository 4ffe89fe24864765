"""Certificates from going through all paths: for both directions of a demand at once, or for lists of them over all states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
_ANY = Outage("", frozenset(), frozenset(), 0)  # a failure state, whatever it takes down


def find_walks(context: Context, rooms: Rooms, task: Task, partner: Task, outage: Outage) -> Walks | None:
    """Return the proof that no path keeps the bounds and rates of both directions; None: one does, or they are too many."""
    there, back = (Ground(context.network, each, outage, rooms, is_placed=False) for each in (task, partner))
    ahead, home = there.row(), back.row()
    paths = _paths(there, bytes(is_open and home[arc ^ 1] for arc, is_open in enumerate(ahead)))
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
    is_lone = all(len({*nodes}) == 1 for nodes in _ends_of(task))
    is_plain = is_lone and not (task.via or task.demand.is_symmetric or task.demand.is_spread)
    if not is_plain or not 1 <= len(task.promises) < _MOST_STATES:
        return None
    ends, outages = frozenset().union(*_ends_of(task)), task.outages
    if any(ends & outage.nodes for outage in outages):
        return None
    states = _States(context, rooms, task, outages)
    paths = _paths(states.normally, states.usable())
    kinds = [states.kind(arcs) for arcs in paths or ()]
    able = [kind for kind in kinds if kind[1]]
    if paths is None or _can_list(set(able), states.every):
        return None
    return Lists(LIST_SIZE, len(able))


def _ends_of(task: Task) -> tuple[list[int], list[int]]:
    """Return the nodes where a demand may begin, and where it may end."""
    sources = [node for group in task.groups for node in group.sources]
    return sources, [node for group in task.groups for node in group.accepted]


class _States:
    """The normal state (bit 0) and the failure states (the bits behind) of a demand whose ends none of them takes down.

    In all of these it asks for the same, so that what they differ in is what is down.
    """

    def __init__(self, context: Context, rooms: Rooms, task: Task, outages: Sequence[Outage]) -> None:
        self.normally = Ground(context.network, task, NORMAL, rooms, is_placed=False)
        self._failed = Ground(context.network, task, _ANY, rooms, is_placed=False)
        self.every = (2 << len(outages)) - 1
        self._down: dict[int, int] = {}  # per link the states in which it is down
        for position, outage in enumerate(outages, 1):
            for link in outage.links:
                self._down[link] = self._down.get(link, 0) | 1 << position
        self._bounds_us = task.bound_us(NORMAL), task.bound_us(_ANY)

    def usable(self) -> bytes:
        """Return a byte per arc: whether it can be used in some state."""
        never = {link for link, down in self._down.items() if down | 1 == self.every}
        rows = enumerate(zip(self.normally.row(), self._failed.row(), strict=True))
        return bytes(normally or (failed and arc >> 1 not in never) for arc, (normally, failed) in rows)

    def kind(self, arcs: Arcs) -> tuple[int, int]:
        """Return the states in which a path is whole, and those in which it is right besides."""
        broken = 0
        for arc in arcs:
            broken |= self._down.get(arc >> 1, 0)
        whole = self.every & ~broken
        time = sum(length_ns(self.normally, arc, 0) for arc in arcs)
        is_right, is_right_failed = (
            (bound_us is None or time <= bound_us * _NS_PER_US) and all(ground.row()[arc] for arc in arcs)
            for ground, bound_us in zip((self.normally, self._failed), self._bounds_us, strict=True)
        )
        return whole, whole & ((1 if is_right else 0) | (self.every - 1 if is_right_failed else 0))


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


def _paths(ground: Ground, usable: bytes) -> list[Arcs] | None:
    """Return all paths between a demand's ends over usable arcs that come to no node twice; None: they are too many to tell."""
    network, starts = ground.network, sorted(ground.sources - ground.ends)
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
