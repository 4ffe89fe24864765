"""Where a refused demand may go in one state, whatever devices can do: the layered graph that certificates are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain, compress
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.native import compiled
from intentc.place.fences import exclude
from intentc.place.ledger import Ledger
from intentc.place.openness import OPEN, SHUT, OpenArcs, to_ask
from intentc.place.plain_search import advance
from intentc.place.potentials import Via
from intentc.place.tasks import Task
from intentc.realise.refusals import Place, Reason

if TYPE_CHECKING:
    from intentc.native.layers import Layers

Spot = int  # a node, and how many waypoints are behind a path there: `passed * nodes + node`
Step = tuple[int, Spot]  # an arc, and where it leads


class Rooms:
    """What is reserved: nothing, and all that a certificate may rest on. `placed` gives the latter when it is first asked for."""

    def __init__(self, empty: Ledger, placed: Callable[[], Ledger]) -> None:
        self.empty = empty
        self._placed = placed

    @cached_property
    def placed(self) -> Ledger:
        """Return the books of all that a certificate may rest on: most rest on nothing."""
        return self._placed()


class Ground:
    """The layered graph of one demand in one state. `rooms` None: room is not looked at; `is_placed`: next to what is placed.

    All ends of the demand count together: it may begin at any of its sources (`start`: at that one alone, the others are nodes like
    any) and end at any of its destinations.
    """

    def __init__(
        self,
        network: Network,
        task: Task,
        outage: Outage,
        rooms: Rooms | None,
        *,
        is_placed: bool,
        start: int | None = None,
    ) -> None:
        self.network = network
        self.task = task
        self.outage = outage
        self._rooms = rooms
        self._is_placed = is_placed
        self._excluded = exclude(network, task.demand.exclusions)
        self._fences = task.fences if _is_known_to_leak(network, task) else self._excluded
        self._reasons: dict[int, Reason | None] = {}
        self._row: bytearray | None = None
        sources = (node for group in task.groups for node in group.sources) if start is None else (start,)
        self.sources = frozenset(sources) - outage.nodes
        self.ends = frozenset([node for group in task.groups for node in group.accepted]) - outage.nodes
        self.stages = len(task.via)

    @property
    def starts(self) -> frozenset[Spot]:
        """Return where a path may begin."""
        return frozenset(map(self.start_at, self.sources))

    def start_at(self, node: int) -> Spot:
        """Return where a path begins that begins at a node."""
        return advance(self.task.via, 0, frozenset(), node) * len(self.network.nodes) + node

    @property
    def goals(self) -> frozenset[Spot]:
        """Return where a path may end."""
        return frozenset(map(self.goal_at, self.ends))

    def goal_at(self, node: int) -> Spot:
        """Return where a path ends that ends at a node."""
        return self.stages * len(self.network.nodes) + node

    @property
    def spots(self) -> int:
        """Return how many places there are."""
        return (self.stages + 1) * len(self.network.nodes)

    @property
    def layers(self) -> Layers | None:
        """Return the same graph for compiled kernels, None where there are none."""
        return _layers(self.network, self.task.via)

    def leaving(self, spot: Spot) -> Iterator[Step]:
        """Yield every arc out of a place, usable or not."""
        passed, node = divmod(spot, len(self.network.nodes))
        for arc in self.network.leaving[node]:
            yield arc, self.after(arc, passed)

    def entering(self, spot: Spot) -> Iterator[Step]:
        """Yield every arc into a place with the place that it comes from."""
        count = len(self.network.nodes)
        passed, node = divmod(spot, count)
        for arc in self.network.entering[node]:
            for before in range(passed + 1):
                if self.after(arc, before) == spot:
                    yield arc, before * count + self.network.tail[arc]

    def after(self, arc: int, passed: int) -> Spot:
        """Return where an arc leads with so many waypoints behind."""
        head = self.network.head[arc]
        if passed < self.stages:
            passed = advance(self.task.via, passed, frozenset({arc >> 1}), head)
        return passed * len(self.network.nodes) + head

    def reason(self, arc: int) -> Reason | None:
        """Return why the demand cannot use an arc, None if it can."""
        if arc not in self._reasons:
            self._reasons[arc] = self._why(arc)
        return self._reasons[arc]

    def row(self) -> bytearray:
        """Return a byte per arc: 0 where there is a reason. All at once that is much cheaper than one by one."""
        if self._row is None:
            network, task = self.network, self.task
            row = self._roomy()
            unknown = task.barred - task.fences
            for link in chain(self.outage.links, network.drained, self._excluded, self._fences, unknown):
                row[2 * link] = row[2 * link + 1] = SHUT
            if not all(network.has_transit):
                for node, has_transit in enumerate(network.has_transit):
                    for arc in network.leaving[node] if not has_transit and node not in self.sources else ():
                        row[arc] = SHUT
            self._row = OpenArcs(row, self._has_room, None).told()
        return self._row

    def _roomy(self) -> bytearray:
        """Return a byte per arc: whether it has room, as far as that can be told of all at once."""
        if self._rooms is None:
            return bytearray((OPEN,)) * len(self.network.head)
        claim = self.task.claim_in(self.outage)
        asked = to_ask(len(self.network.head))
        empty = self._rooms.empty.open_row(claim, NORMAL, is_wary=False) or asked
        if not self._is_placed:
            return empty
        row = self._rooms.placed.open_row(claim, self.outage, is_wary=False) or asked
        if empty.count(OPEN) < len(empty):
            for arc, told in enumerate(empty):
                if told != OPEN:
                    row[arc] = row[arc] and told
        return row

    def _has_room(self, arc: int) -> bool:
        return self._lack(arc) is None

    def _why(self, arc: int) -> Reason | None:
        network, task, link, tail = self.network, self.task, arc >> 1, self.network.tail[arc]
        if link in self.outage.links:
            return "failed"
        if link in network.drained:
            return "drained"
        if link in self._excluded:
            return "excluded"
        if link in self._fences:
            return "fenced"
        if link in task.barred and link not in task.fences:
            return "unknown"
        if not network.has_transit[tail] and tail not in self.sources:
            return "transit"
        return self._lack(arc)

    def _lack(self, arc: int) -> Reason | None:
        """Return whether a link has no room for the demand: even alone, or next to what is placed."""
        if self._rooms is None:
            return None
        claim = self.task.claim_in(self.outage)
        if self._rooms.empty.shortage(arc, NORMAL, claim) is not None:
            return "small"
        is_full = self._is_placed and self._rooms.placed.shortage(arc, self.outage, claim) is not None
        return "full" if is_full else None


def told_places(network: Network, told: Sequence[int], absent: int, *, is_time: bool = False) -> tuple[Place, ...]:
    """Return the places of which something else than `absent` is told, by name; in the order of these, as nodes stand in it."""
    count = len(network.nodes)
    stages = len(told) // count if count else 1
    if stages > 1:
        told = list(
            chain.from_iterable(zip(*(told[at : at + count] for at in range(0, len(told), count)), strict=True))
        )
    if absent:
        spots = [spot for spot, value in enumerate(told) if value != absent]
    else:
        spots = list(compress(range(len(told)), told))
    names = [network.nodes[spot // stages] for spot in spots]
    passed = [spot % stages for spot in spots] if stages > 1 else [0] * len(spots)
    if not is_time:
        return tuple(map(Place, names, passed))
    return tuple(map(Place, names, passed, [told[spot] for spot in spots]))


def _is_known_to_leak(network: Network, task: Task) -> bool:
    """Return whether all nodes that leak a demand's packets are routers that are not configured at all.

    Only of these does everybody know that they cannot drop packets.
    """
    return all(network.topology.nodes[network.nodes[node]].platform == "none" for node in task.leaks)


@lru_cache(maxsize=8)
def _layers(network: Network, via: Via) -> Layers | None:
    kernels, graph = compiled("layers"), network.graph
    if kernels is None or graph is None or (len(via) + 1) * max(graph.arcs, graph.nodes) > kernels.MOST_PLACES:
        return None
    found: Layers = kernels.Layers(graph, via)
    return found
