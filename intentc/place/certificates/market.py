"""Demands that have to be carried together in one state, the room that they share, and what they pay at prices per bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.native import compiled
from intentc.place.cheapest import FAR, Forest, Rule, Tree, fares
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.rooms import Rooms

_RULE = Rule(is_transit_kept=True, is_by_hops=False)
_MOST_WAYS = 12  # that a rate is split over where it is looked for whether it fits at all
_TIGHT = 2  # a set is of interest where that many times what leaves it would be too much
Along = tuple[int, int, int]  # how many nodes, the rate that has to leave them, and the room of the links out of them
_Ends = tuple[frozenset[int], frozenset[int]]  # goals, and arcs that are closed


@frozen
class Cargo:
    """A rate in bps from any of `starts` to any of `goals`, never over an arc of `closed`.

    `is_whole`: wherever it runs it reserves this rate at least, never a share of it, and alone. `is_direct`: no waypoint takes
    it past its own ends.
    """

    rate_bps: int
    starts: frozenset[int]
    goals: frozenset[int]
    closed: frozenset[int]
    is_whole: bool
    is_direct: bool


@frozen
class Bill:
    """What prices come to: all cargo pays `paid` at least, all room is worth `worth`.

    `load` per arc is that of the cheapest ways; `is_whole`: every cargo has one.
    """

    prices: tuple[int, ...]
    paid: int
    worth: int
    load: Sequence[int]
    is_whole: bool


@frozen
class Gap:
    """A set of nodes, the rate that has to leave it, and the room of the links out of it."""

    inside: frozenset[int]
    crossing_bps: int
    room_bps: int


class Market:
    """Some cargo over the arcs of a network, each with `room` bps left; equal cargo is counted together."""

    def __init__(self, network: Network, cargo: Iterable[Cargo], room: Sequence[int]) -> None:
        self.network = network
        self.room = room
        self._trees: dict[_Ends, dict[frozenset[int], int]] = {}
        self._out: dict[int, dict[int, int]] = {}  # rates by start and goal, of cargo with one of each
        self._into: dict[int, dict[int, int]] = {}  # the same by goal and start
        self._fares: dict[tuple[tuple[int, ...], _Ends], Sequence[int]] = {}
        self._forest: Forest | None = None
        self._rates: list[int] = []  # in the order of the forest
        for item in cargo:
            tree = self._trees.setdefault((item.goals, item.closed), {})
            tree[item.starts] = tree.get(item.starts, 0) + item.rate_bps
            if len(item.starts) == len(item.goals) == 1:
                _count(self._out, min(item.starts), min(item.goals), item.rate_bps)
                _count(self._into, min(item.goals), min(item.starts), item.rate_bps)

    @property
    def visits(self) -> int:
        """Return how many nodes the searches of one bill visit."""
        return len(self._trees) * len(self.network.nodes)

    def bill(self, prices: Sequence[int]) -> Bill:
        """Return what the cargo pays at some prices per arc."""
        forest = self._forest
        if forest is None:
            trees = [Tree(goals, closed, list(rates.items())) for (goals, closed), rates in self._trees.items()]
            forest = self._forest = Forest(self.network, trees, _RULE)
            self._rates = [bps for tree in trees for _, bps in tree.rates]
        paid_per_bit, load = forest.bill(prices)
        paid = sum(fare * bps for fare, bps in zip(paid_per_bit, self._rates, strict=True) if fare > 0)
        worth = sum(price * bps for price, bps in zip(prices, self.room, strict=True) if price)
        return Bill(tuple(prices), paid, worth, load, min(paid_per_bit, default=0) >= 0)

    def fare(self, prices: tuple[int, ...], item: Cargo) -> int:
        """Return what a bit of some other cargo pays at least, 0 where it has no way."""
        key = (prices, (item.goals, item.closed))
        if key not in self._fares:
            self._fares[key] = fares(self.network, prices, item.goals, item.closed, _RULE)
        known = self._fares[key]
        return max(0, min((known[start] for start in item.starts if known[start] >= 0), default=0))

    @cached_property
    def kernel(self) -> Rooms | None:
        """Return the room of all arcs for compiled kernels; None where there are none, or figures outgrow them."""
        kernels, graph = compiled("rooms"), self.network.graph
        rates = [(start, goal, bps) for start, row in self._out.items() for goal, bps in row.items()]
        if kernels is None or graph is None or min(self.room, default=0) < 0:
            return None
        if max(sum(self.room), sum(bps for _, _, bps in rates)) >= kernels.MOST:
            return None
        made: Rooms = kernels.Rooms(graph, self.room, rates)
        return made

    def along(self, order: Sequence[int]) -> list[Along]:
        """Return the tight ones of the sets of the first nodes of an order; cargo with several ends is left out."""
        return self.along_twin(order) if self.kernel is None else self.kernel.along(order)

    def along_twin(self, order: Sequence[int]) -> list[Along]:
        """Do the same without the kernel."""
        network, inside, found = self.network, set[int](), []
        crossing = room = 0
        for count, node in enumerate(order, 1):
            crossing += sum(bps for goal, bps in self._out.get(node, {}).items() if goal not in inside)
            crossing -= sum(bps for start, bps in self._into.get(node, {}).items() if start in inside)
            room += sum(self.room[arc] for arc in network.leaving[node] if network.head[arc] not in inside)
            room -= sum(self.room[arc] for arc in network.entering[node] if network.tail[arc] in inside)
            inside.add(node)
            if crossing * _TIGHT > room:
                found.append((count, crossing, room))
        return found

    def lone(self) -> Iterator[tuple[Along, Along]]:
        """Yield the cuts around each node, and around all but that node."""
        network = self.network
        for node in range(len(network.nodes)):
            out, into = (sum(cargo.get(node, {}).values()) for cargo in (self._out, self._into))
            leaving, entering = (
                sum([self.room[arc] for arc in arcs[node]]) for arcs in (network.leaving, network.entering)
            )
            yield (1, out, leaving), (len(network.nodes) - 1, into, entering)

    def has_flow(self, load: Sequence[float], cargo: Iterable[Cargo]) -> bool:
        """Return whether further cargo, split over the widest ways that are left, surely fits beside a load."""
        left = [rate - bps for rate, bps in zip(self.room, load, strict=True)]
        for item in cargo:
            missing = float(item.rate_bps)
            for _ in range(_MOST_WAYS):
                way = self._widest(left, item)
                width = min((left[arc] for arc in way), default=0.0)
                if missing <= 0 or width <= 0:
                    break
                for arc in way:
                    left[arc] -= min(width, missing)
                missing -= width
            if missing > 0:
                return False
        return True

    def _widest(self, left: Sequence[float], item: Cargo) -> list[int]:
        """Return the arcs of the way whose fullest link has most left."""
        network, best = self.network, dict.fromkeys(item.starts, FAR * 1.0)
        came: dict[int, int] = {}
        heap = [(-FAR * 1.0, node) for node in sorted(item.starts)]
        done = set[int]()
        while heap:
            width, node = heappop(heap)
            if node in item.goals:
                return self._way_to(node, came)
            if node in done or not (network.has_transit[node] or node in item.starts):
                continue
            done.add(node)
            for arc in network.leaving[node]:
                wide, head = min(-width, left[arc]), network.head[arc]
                if arc not in item.closed and wide > best.get(head, 0.0):
                    best[head], came[head] = wide, arc
                    heappush(heap, (-wide, head))
        return []

    def _way_to(self, node: int, came: Mapping[int, int]) -> list[int]:
        found = []
        while node in came:
            found.append(came[node])
            node = self.network.tail[came[node]]
        return found


def _count(rates: dict[int, dict[int, int]], one: int, other: int, bps: int) -> None:
    row = rates.setdefault(one, {})
    row[other] = row.get(other, 0) + bps
