"""What a demand that nothing steers does in failure states, as a kernel has found it: in a kilobyte, told in full when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage, Watch
from intentc.forwarding.walk import Walk, trails_of, walk_along
from intentc.native import compiled
from intentc.place.model import Carried

if TYPE_CHECKING:
    from intentc.native.ways import Ways


class Settled:
    """Where a demand's packets go from `start` in some states of a watch; `is_all`: these are all in which anything happens to it.

    Nothing of a network is kept, so that what stays from one to the next keeps none of them.
    """

    __slots__ = ("count", "folded", "is_all", "start", "watch")

    def __init__(self, ways: Ways, watch: Watch, normal: Walk, *, is_all: bool) -> None:
        self.folded = ways.folded(normal.each_arc)
        self.count = ways.count
        self.watch = watch
        self.start = normal.start
        self.is_all = is_all

    def over(self, network: Network) -> Ways:
        """Return the ways over the network, as kernels take them: made anew each time."""
        kernels = compiled("ways")
        if kernels is None or network.graph is None:
            raise RuntimeError("what a kernel has found is told by it")
        found: Ways = kernels.unfolded(network.graph, self.folded)
        return found

    def outages(self, network: Network) -> list[Outage]:
        """Return the states."""
        return self.watch.at(self.over(network).places())

    def walks(self, ways: Ways, head: Sequence[int]) -> list[Walk]:
        """Return the ways as walks; `head` of the network's arcs."""
        return [walk_along(self.start, trails_of(ways.paths(way)), head) for way in range(ways.kinds)]


class SettledStates(Sequence[Carried]):
    """What a demand does in these states, by the number of its course: as a tuple of that, made when somebody goes through it."""

    __slots__ = ("_network", "course", "settled")

    def __init__(self, settled: Settled, network: Network, course: int) -> None:
        self.settled = settled
        self.course = course
        self._network = network

    def on(self, network: Network) -> SettledStates:
        """Return the same over another network in which the demand stays."""
        return self if network is self._network else SettledStates(self.settled, network, self.course)

    def is_like(self, other: Sequence[Carried]) -> bool:
        """Return whether both are surely the same."""
        return self is other or (
            isinstance(other, SettledStates) and (self.settled, self.course) == (other.settled, other.course)
        )

    def ways(self) -> Ways:
        """Return the ways alone."""
        return self.settled.over(self._network)

    def arcs(self) -> frozenset[int]:
        """Return the arcs of all ways."""
        ways = self.ways()
        return frozenset().union(*map(ways.arcs, range(ways.kinds)))

    def __iter__(self) -> Iterator[Carried]:
        ways, outages = self.ways(), self.settled.watch.all
        walks = self.settled.walks(ways, self._network.head)
        return (Carried(outages[place], self.course, walks[way]) for place, way in ways.pairs())

    def __len__(self) -> int:
        return self.settled.count

    @overload
    def __getitem__(self, index: int) -> Carried: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Carried]: ...

    def __getitem__(self, index: int | slice) -> Carried | Sequence[Carried]:
        return tuple(self)[index]


def by_outage(states: SettledStates) -> dict[Outage, Carried]:
    """Return the same by state."""
    return {carried.outage: carried for carried in states}
