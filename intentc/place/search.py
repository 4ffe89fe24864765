"""Exact constrained shortest paths over the steps that devices can be made to take (label setting)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    given arcs (`is_by_arrival` False: whatever arcs they came over), `is_open` the arcs that may be used, `weigh` a step's
    cost (compared as tuples, added up, smallest first). `bound_us` None: no bound on the latency; `ahead` as in
    `latency_parts`.
    """

    network: Network
    outage: Outage
    start: int
    targets: frozenset[int]
    stops: frozenset[int]
    hops: Callable[[int, Arcs], Sequence[Hop]]
    is_by_arrival: bool
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


@dataclass(slots=True, eq=False)
class _Label:
    """A partial path to `node`, by its last step and what came `before`; sums of propagation in ns and of packet times."""

    node: int
    hop: Hop | None
    before: _Label | None
    stage: int
    cost: tuple[int, ...]
    propagation_ns: int
    units: int

    @property
    def arrival(self) -> Arcs:
        return self.hop.arcs if self.hop is not None else ()

    def steps(self) -> Iterator[Hop]:
        """Yield the steps, the last one first."""
        label: _Label | None = self
        while label is not None and label.hop is not None:
            yield label.hop
            label = label.before


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
            self._push(_Label(quest.start, None, None, stage, (), 0, 0))
        while self._heap:
            _, _, label = heappop(self._heap)
            if label.node in quest.stops:
                if label.node in quest.targets and label.stage == len(quest.via):
                    return Answer(tuple(label.steps())[::-1])
                continue
            if self._is_dominated(label):
                continue
            self._kept.setdefault(self._place(label), []).append(label)
            if self._made > MOST_LABELS:
                return Answer(None, has_given_up=True)
            if label.hop is None or quest.network.has_transit[label.node]:
                self._extend(label)
        return Answer(None)

    def _place(self, label: _Label) -> tuple[int, Arcs, int]:
        return label.node, label.arrival if self._quest.is_by_arrival else (), label.stage

    def _is_dominated(self, label: _Label) -> bool:
        """Return whether a path that was extended before, and so costs no more, is as good in all that matters."""
        is_free = self._quest.bound_us is None
        for other in self._kept.get(self._place(label), ()):
            is_faster = is_free or (other.propagation_ns <= label.propagation_ns and other.units <= label.units)
            if is_faster and (not self._quest.via or _arrivals(other) <= _arrivals(label)):
                return True
        return False

    def _extend(self, label: _Label) -> None:
        quest, network = self._quest, self._quest.network
        for hop in quest.hops(label.node, label.arrival):
            if self._to_go_ns[hop.head] == _FAR or not all(quest.is_open(arc) for arc in hop.arcs):
                continue
            if quest.via and hop.arcs in _arrivals(label):
                continue  # the same place twice is a loop: what was decided there is decided again
            weight = quest.weigh(hop)
            longer = _Label(
                node=hop.head,
                hop=hop,
                before=label,
                stage=self._stage(label, hop),
                cost=tuple(map(sum, zip(label.cost, weight, strict=True))) if label.cost else weight,
                propagation_ns=label.propagation_ns + max(network.propagation_ns[arc] or 0 for arc in hop.arcs),
                units=label.units + max(network.packet_units[arc] for arc in hop.arcs),
            )
            if not self._is_dominated(longer):
                self._push(longer)

    def _stage(self, label: _Label, hop: Hop) -> int:
        if label.stage == len(self._quest.via):
            return label.stage
        return advance(self._quest.via, label.stage, frozenset(arc >> 1 for arc in hop.arcs), hop.head)

    def _push(self, label: _Label) -> None:
        quest = self._quest
        to_go_ns, to_go_units = self._to_go_ns[label.node], self._to_go_units[label.node]
        if to_go_ns == _FAR:
            return
        slow = 0
        if quest.bound_us is not None:
            slow = label.propagation_ns
            least = latency_parts(quest.network, slow + to_go_ns, label.units + to_go_units, quest.ahead)
            if least.total > quest.bound_us:
                return
        self._made += 1
        heappush(self._heap, ((*label.cost, slow), self._made, label))


def _arrivals(label: _Label) -> set[Arcs]:
    return {hop.arcs for hop in label.steps()}


def _potentials(quest: Quest) -> tuple[list[int], list[int]]:
    """Return per node the least propagation and the least packet time to a target over open arcs, waypoints aside."""
    network = quest.network
    entering: list[list[int]] = [[] for _ in network.nodes]
    wrong = quest.stops - quest.targets
    for arc, head in enumerate(network.head):
        if arc >> 1 not in quest.outage.links and head not in wrong and quest.is_open(arc):
            entering[head].append(arc)
    by_delay = _distances(quest, entering, lambda arc: network.propagation_ns[arc] or 0)
    if quest.bound_us is None or quest.ahead is None:
        return by_delay, [0] * len(network.nodes)
    return by_delay, _distances(quest, entering, lambda arc: network.packet_units[arc])


def _distances(quest: Quest, entering: Sequence[Iterable[int]], length: Callable[[int], int]) -> list[int]:
    network = quest.network
    distance = [_FAR] * len(network.nodes)
    targets = sorted(quest.targets - quest.outage.nodes)
    for target in targets:
        distance[target] = 0
    heap = [(0, target) for target in targets]
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
