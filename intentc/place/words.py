"""A network in machine words, as compiled searches take it; only where no sum over a way can outgrow them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from intentc.native import compiled
from intentc.place.model import Hop

if TYPE_CHECKING:
    from intentc.forwarding.network import Network
    from intentc.forwarding.walk import Arcs
    from intentc.native.field import Field

FAR = 1 << 62  # no way, in a row of words
MOST_STAGES = 8  # waypoints, and one more
MOST_AHEAD = 63  # packets that are waited for at each hop
_BOUND_US = 1 << 50


class _Kernels(NamedTuple):
    field: ModuleType
    search: ModuleType
    paths: ModuleType
    rows: ModuleType


class Words:
    """The kernels for a network: `field` is the network, `rows` has what is made of rows over all arcs, the others search."""

    def __init__(self, network: Network, kernels: _Kernels) -> None:
        self.rows = kernels.rows
        self.cheapest: Callable[..., tuple[list[int] | None, bool]] = kernels.search.cheapest
        self.loop_free: Callable[..., tuple[list[int] | None, bool]] = kernels.search.loopless
        self.by_arrival: Callable[..., tuple[list[Hop] | None, bool]] = kernels.search.by_arrival
        self.augmenting: Callable[..., list[int] | None] = kernels.paths.augmenting
        self.loopless: Callable[..., Iterator[Arcs]] = kernels.paths.Loopless
        self._network = network
        self._nodes = len(network.nodes)
        delays = array("q", [delay or 0 for delay in network.propagation_ns])
        packets = max(network.packet_units, default=0) * (MOST_AHEAD + 1)
        is_timed = self.holds(packets, MOST_STAGES) and network.units_per_us < FAR
        self.sizes = array("q", network.packet_units) if is_timed else None
        scale = network.units_per_us if is_timed else 1
        self.field: Field = kernels.field.Field(network.graph, delays, self.sizes, scale)

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        """The step over each arc alone that nothing steers, which all paths share."""
        graph, head = self._network.graph, self._network.head
        own = range(len(head)) if graph is None else graph.numbers
        return tuple([Hop((arc,), after, is_steered=False) for arc, after in zip(own, head, strict=True)])

    def holds(self, most: int, stages: int) -> bool:
        """Return whether sums of lengths of at most so much fit: a search comes to no place twice, and looks as far ahead again."""
        return stages <= MOST_STAGES and 2 * (self._nodes + 1) * stages * most < FAR

    def lengths(self, length: Callable[[int], int]) -> tuple[array[int], int] | None:
        """Return the lengths of all arcs, and the largest; None where they are no words."""
        found = [length(arc) for arc in range(len(self.field.delays))]
        most = max(found, default=0)
        return (array("q", found), most) if min(found, default=0) >= 0 and self.holds(most, 1) else None

    def is_timely(self, bound_us: int | None, ahead: int | None) -> bool:
        """Return whether a search under a bound can be made with words."""
        if bound_us is None:
            return True
        return self.sizes is not None and -FAR < bound_us < _BOUND_US and (ahead is None or 0 <= ahead <= MOST_AHEAD)


def words_of(network: Network) -> Words | None:
    """Return a network in words; None where there are no kernels, or a network's delays are none."""
    field, search, paths, rows = map(compiled, ("field", "search", "paths", "rows"))
    if network.graph is None or field is None or search is None or paths is None or rows is None:
        return None
    slowest = max((delay or 0 for delay in network.propagation_ns), default=0)
    is_small = 2 * (len(network.nodes) + 1) * MOST_STAGES * slowest < FAR
    return Words(network, _Kernels(field, search, paths, rows)) if is_small else None
