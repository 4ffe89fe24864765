"""What a steered demand does in failure states, equal ways as one object: on a large network each takes kilobytes, and there are dozens."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.walk import Arcs, Decision, Fault, Key, Trail, Unsteered, Walk

LARGE = 4096  # nodes of a network on which that is done, and what can be made anew is let go of: elsewhere it takes longer than it is worth

_NO_DECISIONS: dict[Key, Decision] = {}


class Ways:
    """Walks in failure states, each once; `head` of the network's arcs."""

    def __init__(self, head: Sequence[int]) -> None:
        self._head = head
        self._arcs: dict[Arcs, Arcs] = {}
        self._trails: dict[object, Trail] = {}
        self._walks: dict[object, Walk] = {}

    def one(self, taken: Walk) -> Walk:
        """Return the one walk that is equal to this; what rules decided hop by hop is left as it is."""
        is_unsteered = isinstance(taken.decisions, Unsteered)
        if taken.decisions and not is_unsteered:
            return taken
        trails = tuple([self._trail(trail) for trail in taken.trails])
        key: tuple[int, tuple[int, ...], bool, int | None, Fault | None]
        key = taken.start, tuple(map(id, trails)), is_unsteered, taken.seen, taken.fault  # the trails are kept here
        found = self._walks.get(key)
        if found is None:
            ways = [trail.arcs for trail in trails]
            decisions = Unsteered(taken.start, ways, self._head) if is_unsteered else _NO_DECISIONS
            found = self._walks[key] = Walk(taken.start, trails, decisions, taken.seen, taken.fault)
        return found

    def _trail(self, trail: Trail) -> Trail:
        arcs, labels = self._arcs.setdefault(trail.arcs, trail.arcs), self._arcs.setdefault(trail.labels, trail.labels)
        key = id(arcs), id(labels), trail.share
        found = self._trails.get(key)
        if found is None:
            found = self._trails[key] = Trail(arcs, trail.share, labels)
        return found


def is_large(network: Network) -> bool:
    """Return whether a network is large enough for that."""
    return len(network.nodes) > LARGE
