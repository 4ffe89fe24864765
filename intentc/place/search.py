"""Exact constrained shortest paths over the steps that devices can be made to take (label setting)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from intentc.forwarding.figures import latency_parts
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Arcs
from intentc.place.model import Hop

MOST_LABELS = 20_000
_FAR = 1 << 62
Via = tuple[tuple[frozenset[int], frozenset[int]], ...]  # per waypoint of the intent, in order: nodes, links


@dataclass(frozen=True, slots=True)
class Quest:
    """What is sought: a path from `start` to one of `targets` in the state `outage`.

    `stops` are all nodes where packets end, rightly or not. `hops` gives the steps at a node for packets that came over
    given arcs, `is_open` the arcs that may be used, `weigh` a step's cost (compared as tuples, added up, smallest first).
    `bound_us` None: no bound on the latency; `ahead` as in `latency_parts`.
    """

    network: Network
    outage: Outage
    start: int
    targets: frozenset[int]
    stops: frozenset[int]
    hops: Callable[[int, Arcs], Sequence[Hop]]
    is_open: Callable[[int], bool]
    weigh: Callable[[Hop], tuple[int, ...]]
    via: Via
    bound_us: int | None
    ahead: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The cheapest path as its steps, or None: there is none, unless `has_given_up` after `MOST_LABELS` partial paths."""

    hops: tuple[Hop, ...] | None
    has_given_up: bool = False


@dataclass(frozen=True, slots=True)
class _Label:
    """A partial path to `node`; sums of propagation in ns and of packet times in units. `seen`: where it has been."""

    node: int
    arrival: Arcs
    stage: int
    cost: tuple[int, ...]
    propagation_ns: int
    units: int
    seen: frozenset[tuple[int, Arcs]]
    hops: tuple[Hop, ...]


def advance(via: Via, stage: int, links: frozenset[int], node: int) -> int:
    """Return how many waypoints are behind a path that had passed `stage` and now took `links` (in parallel) to `node`."""
    while stage < len(via) and links and links <= via[stage][1]:
        stage += 1
    while stage < len(via) and node in via[stage][0]:
        stage += 1
    return stage


def find_path(quest: Quest) -> Answer:
    """Return the cheapest path that keeps the bound and passes the waypoints in order; exact unless it gives up.

    A partial path is dropped when another one of the same place costs no more and is no slower in either part of the
    latency. Parallel links that are used together count with the slowest of them.
    """
    return _Search(quest).run()


class _Search:
    def __init__(self, quest: Quest) -> None:
        self._quest = quest
        self._to_go_ns, self._to_go_units = _potentials(quest)
        self._kept: dict[tuple[int, Arcs, int], list[_Label]] = {}
        self._heap: list[tuple[tuple[int, ...], int, _Label]] = []
        self._made = 0

    def run(self) -> Answer:
        quest = self._quest
        stage = advance(quest.via, 0, frozenset(), quest.start)
        if quest.start not in quest.outage.nodes:
            self._push(_Label(quest.start, (), stage, (), 0, 0, frozenset(), ()))
        while self._heap:
            _, _, label = heappop(self._heap)
            if label.node in quest.stops:
                if label.node in quest.targets and label.stage == len(quest.via):
                    return Answer(label.hops)
                continue
            if not quest.network.has_transit[label.node] and label.hops:
                continue
            if self._is_dominated(label):
                continue
            if self._made > MOST_LABELS:
                return Answer(None, has_given_up=True)
            self._extend(label)
        return Answer(None)

    def _is_dominated(self, label: _Label) -> bool:
        kept = self._kept.setdefault((label.node, label.arrival, label.stage), [])
        for other in kept:  # each was taken from the heap earlier, so none costs more
            if (
                other.propagation_ns <= label.propagation_ns
                and other.units <= label.units
                and (not self._quest.via or other.seen <= label.seen)
            ):
                return True
        kept.append(label)
        return False

    def _extend(self, label: _Label) -> None:
        quest = self._quest
        seen = label.seen | {(label.node, label.arrival)}
        for hop in quest.hops(label.node, label.arrival):
            if (hop.head, hop.arcs) in seen or not all(quest.is_open(arc) for arc in hop.arcs):
                continue
            slowest_ns = max(quest.network.propagation_ns[arc] or 0 for arc in hop.arcs)
            units = max(quest.network.packet_units[arc] for arc in hop.arcs)
            weight = quest.weigh(hop)
            self._push(
                _Label(
                    hop.head,
                    hop.arcs,
                    advance(quest.via, label.stage, frozenset(arc >> 1 for arc in hop.arcs), hop.head),
                    tuple(map(sum, zip(label.cost, weight, strict=True))) if label.cost else weight,
                    label.propagation_ns + slowest_ns,
                    label.units + units,
                    seen,
                    (*label.hops, hop),
                )
            )

    def _push(self, label: _Label) -> None:
        to_go_ns, to_go_units = self._to_go_ns[label.node], self._to_go_units[label.node]
        if to_go_ns == _FAR:
            return
        quest = self._quest
        if quest.bound_us is not None:
            least = latency_parts(
                quest.network, label.propagation_ns + to_go_ns, label.units + to_go_units, quest.ahead
            )
            if least.total > quest.bound_us:
                return
        self._made += 1
        slow = 0 if quest.bound_us is None else label.propagation_ns
        if quest.bound_us is None:
            label = _without_latency(label)
        heappush(self._heap, ((*label.cost, slow), self._made, label))


def _without_latency(label: _Label) -> _Label:
    """Return a label that is never dropped, and never kept, for its latency."""
    return _Label(label.node, label.arrival, label.stage, label.cost, 0, 0, label.seen, label.hops)


def _potentials(quest: Quest) -> tuple[list[int], list[int]]:
    """Return per node the least propagation and the least packet time to a target over open arcs, waypoints aside."""
    network = quest.network
    arcs = [
        arc
        for arc in range(len(network.tail))
        if arc >> 1 not in quest.outage.links
        and network.head[arc] not in quest.stops - quest.targets
        and quest.is_open(arc)
    ]
    entering: list[list[int]] = [[] for _ in network.nodes]
    for arc in arcs:
        entering[network.head[arc]].append(arc)
    by_delay = _distances(quest, entering, lambda arc: network.propagation_ns[arc] or 0)
    if quest.bound_us is None or quest.ahead is None:
        return by_delay, [0] * len(network.nodes)
    return by_delay, _distances(quest, entering, lambda arc: network.packet_units[arc])


def _distances(quest: Quest, entering: Sequence[Iterable[int]], length: Callable[[int], int]) -> list[int]:
    network = quest.network
    distance = [_FAR] * len(network.nodes)
    for target in quest.targets - quest.outage.nodes:
        distance[target] = 0
    heap = [(0, target) for target in sorted(quest.targets - quest.outage.nodes)]
    heapify(heap)
    while heap:
        so_far, node = heappop(heap)
        if so_far > distance[node] or (not network.has_transit[node] and node not in quest.targets):
            continue
        for arc in entering[node]:
            longer = so_far + length(arc)
            if longer < distance[network.tail[arc]]:
                distance[network.tail[arc]] = longer
                heappush(heap, (longer, network.tail[arc]))
    return distance
