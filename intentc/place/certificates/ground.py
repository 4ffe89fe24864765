"""Where a refused demand may go in one state, whatever devices can do: the layered graph that certificates are about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.fences import exclude
from intentc.place.ledger import Ledger
from intentc.place.plain_search import advance
from intentc.place.tasks import Task
from intentc.realise.refusals import Reason
from intentc.values import frozen

Spot = tuple[int, int]  # a node, and how many waypoints are behind a path there
Step = tuple[int, Spot]  # an arc, and where it leads


@frozen
class Rooms:
    """What is reserved: nothing, and all that a certificate may rest on."""

    empty: Ledger
    placed: Ledger


class Ground:
    """The layered graph of one demand in one state. `rooms` None: room is not looked at; `is_placed`: next to what is placed.

    All ends of the demand count together: it may begin at any of its sources and end at any of its destinations.
    """

    def __init__(self, network: Network, task: Task, outage: Outage, rooms: Rooms | None, *, is_placed: bool) -> None:
        self.network = network
        self.task = task
        self.outage = outage
        self._rooms = rooms
        self._is_placed = is_placed
        self._excluded = exclude(network, task.demand.exclusions)
        # Only of a router that is not configured at all does everybody know that it cannot drop packets.
        nodes = (network.topology.nodes[network.nodes[node]] for node in task.leaks)
        self._fences = task.fences if all(node.platform == "none" for node in nodes) else self._excluded
        self._reasons: dict[int, Reason | None] = {}
        self._closed: bytes | None = None
        self.sources = frozenset(node for group in task.groups for node in group.sources) - outage.nodes
        self.ends = frozenset(node for group in task.groups for node in group.accepted) - outage.nodes
        self.stages = len(task.via)

    @property
    def starts(self) -> frozenset[Spot]:
        """Return where a path may begin."""
        return frozenset((node, advance(self.task.via, 0, frozenset(), node)) for node in self.sources)

    @property
    def goals(self) -> frozenset[Spot]:
        """Return where a path may end."""
        return frozenset((node, self.stages) for node in self.ends)

    def leaving(self, spot: Spot) -> Iterator[Step]:
        """Yield every arc out of a place, usable or not."""
        node, passed = spot
        for arc in self.network.leaving[node]:
            yield arc, (self.network.head[arc], self._after(arc, passed))

    def entering(self, spot: Spot) -> Iterator[Step]:
        """Yield every arc into a place with the place that it comes from."""
        node, passed = spot
        for arc in self.network.entering[node]:
            for before in range(passed + 1):
                if self._after(arc, before) == passed:
                    yield arc, (self.network.tail[arc], before)

    def _after(self, arc: int, passed: int) -> int:
        if passed == self.stages:
            return passed
        return advance(self.task.via, passed, frozenset({arc >> 1}), self.network.head[arc])

    def reason(self, arc: int) -> Reason | None:
        """Return why the demand cannot use an arc, None if it can."""
        if arc not in self._reasons:
            self._reasons[arc] = self._why(arc)
        return self._reasons[arc]

    def closed(self) -> bytes:
        """Return a byte per arc: 1 where there is a reason. All at once that is much cheaper than one by one."""
        if self._closed is None:
            network, task = self.network, self.task
            shut = bytearray(len(network.head))
            unknown = task.barred - task.fences
            for link in chain(self.outage.links, network.drained, self._excluded, self._fences, unknown):
                shut[2 * link] = shut[2 * link + 1] = 1
            for node, has_transit in enumerate(network.has_transit):
                if not has_transit and node not in self.sources:
                    for arc in network.leaving[node]:
                        shut[arc] = 1
            if self._rooms is not None:
                self._close(shut, self._rooms.empty, NORMAL)
                if self._is_placed:
                    self._close(shut, self._rooms.placed, self.outage)
            self._closed = bytes(shut)
        return self._closed

    def _close(self, shut: bytearray, ledger: Ledger, outage: Outage) -> None:
        """Close the arcs that lack room in a state of some books."""
        claim = self.task.claim_in(self.outage)
        is_open = ledger.open_to(claim, outage) if ledger.is_outlined(claim) else None
        for arc, is_shut in enumerate(shut):
            if not is_shut and not (is_open is not None and is_open(arc)):
                shut[arc] = ledger.shortage(arc, outage, claim) is not None

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
        if self._rooms is None:
            return None
        claim = task.claim_in(self.outage)
        if self._rooms.empty.shortage(arc, NORMAL, claim) is not None:
            return "small"
        is_full = self._is_placed and self._rooms.placed.shortage(arc, self.outage, claim) is not None
        return "full" if is_full else None
