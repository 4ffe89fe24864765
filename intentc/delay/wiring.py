"""How the queues hang together: which share a link's end, which depend on which, and in which order they are best looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from intentc.delay.service import Share
from intentc.delay.streams import Web
from intentc.values import mutable

Siblings = dict[tuple[str, str], dict[str, int]]  # link end -> class -> queue


def find_siblings(web: Web) -> Siblings:
    """Return the queues at each link's end by class."""
    found: Siblings = {}
    for number, (link, node, name) in enumerate(web.keys):
        found.setdefault((link, node), {})[name] = number
    return found


def steps_of(web: Web) -> list[dict[int, list[tuple[int, int]]]]:
    """Return of each queue, by the queue before it, the ways that come from there: the way, and the one before it."""
    found: list[dict[int, list[tuple[int, int]]]] = [{} for _ in web.keys]
    for way, before in enumerate(web.before):
        if before >= 0:
            found[web.queue_of[way]].setdefault(web.queue_of[before], []).append((way, before))
    return found


def next_on_ways(web: Web) -> list[tuple[int, ...]]:
    """Return the queues that come next on a way after each queue."""
    found: list[set[int]] = [set() for _ in web.keys]
    for way, before in enumerate(web.before):
        if before >= 0:
            found[web.queue_of[before]].add(web.queue_of[way])
    return [tuple(sorted(queues)) for queues in found]


def beside(shares: Mapping[str, Share], name: str, siblings: Mapping[str, int]) -> tuple[int, ...]:
    """Return the queues at the same link's end that the bursts of class `name` delay: a held strict class waits for strict ones."""
    return tuple([number for other, number in siblings.items() if is_beside(shares, name, other)])


def is_beside(shares: Mapping[str, Share], name: str, other: str) -> bool:
    """Return whether the bursts of class `name` delay another one."""
    return other != name and (shares[name].is_strict or not (shares[other].is_strict and shares[other].is_held))


def order_of(web: Web) -> list[int]:
    """Return the queues in an order in which few paths lead backwards, so that most of what lies before a queue is known.

    The greedy one of Eades, Lin & Smyth 1993 for feedback arcs, from its first end alone: always the queue with the
    smallest surplus of paths that come from queues not yet in the order.
    """
    coming: list[Counter[int]] = [Counter() for _ in web.keys]
    going: list[Counter[int]] = [Counter() for _ in web.keys]
    for way, before in enumerate(web.before):
        if before >= 0:
            going[web.queue_of[before]][web.queue_of[way]] += web.taken[way]
            coming[web.queue_of[way]][web.queue_of[before]] += web.taken[way]
    balance = [_Balance(sum(coming[queue].values()), sum(going[queue].values())) for queue in range(len(web.keys))]
    waiting = [(balance[queue].rank, queue) for queue in range(len(web.keys))]
    heapify(waiting)
    found: list[int] = []
    done = [False] * len(web.keys)
    while waiting:
        rank, queue = heappop(waiting)
        if done[queue] or rank != balance[queue].rank:
            continue
        done[queue] = True
        found.append(queue)
        for ways, is_coming in ((going[queue], True), (coming[queue], False)):
            for other, count in ways.items():
                if not done[other]:
                    balance[other].lose(count, is_coming=is_coming)
                    heappush(waiting, (balance[other].rank, other))
    return found


@mutable
class _Balance:
    """Paths that come to a queue from others, and go on to others, that are not in the order yet."""

    coming: int
    going: int

    @property
    def rank(self) -> tuple[bool, int]:
        return self.coming > 0, self.coming - self.going

    def lose(self, count: int, *, is_coming: bool) -> None:
        if is_coming:
            self.coming -= count
        else:
            self.going -= count


LoadsInStates = dict[tuple[str, str], dict[int, dict[str, int]]]  # link end -> state -> class -> bps


def loads_in_states(web: Web, siblings: Siblings) -> LoadsInStates:
    """Return what the classes bring to each link's end, in the normal state (0) and where a failure brings something else."""
    found: LoadsInStates = {}
    for key, queues in siblings.items():
        normal = {name: sum(stream.rate_bps for stream in web.normal[queue]) for name, queue in queues.items()}
        found[key] = {0: normal}
        for name, queue in queues.items():
            for change in web.changes[queue]:
                for state in change.states:
                    loads = found[key].setdefault(state, dict(normal))
                    loads[name] = normal[name] + change.growth_bps
    return found
