"""What is left of the way at least: lower bounds that keep the search for a path on its course."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, partial
from heapq import heapify, heappop, heappush
from itertools import islice

from intentc.forwarding.igp import UNREACHABLE, Igp
from intentc.forwarding.network import Network
from intentc.place import words
from intentc.place.words import Words, words_of
from intentc.values import frozen

_FEW_GUIDES, _MOST_PLACES = 64, 1_500_000  # kept at a time: as many as there is room for, by the nodes of the network
_WORD = 1 << 62
FAR = 1 << 256  # sums are exact: packet times over one denominator outgrow a machine word
Via = tuple[tuple[frozenset[int], frozenset[int]], ...]  # per waypoint of the intent, in order: nodes, links


class Potentials:
    """Least sums over open arcs (`is_open`) from every node to a target, past the waypoints that are still ahead.

    `targets` are those in service, `stops` the nodes where packets end, rightly or not: no path runs through them, or where it `passes_ends`
    only before its last waypoint.
    """

    def __init__(
        self,
        network: Network,
        is_open: Sequence[int],
        targets: frozenset[int],
        stops: frozenset[int],
        via: Via,
        *,
        passes_ends: bool = False,
    ) -> None:
        self.network = network
        self._targets = targets
        self._through = bytearray(network.has_transit)
        for node in stops:
            self._through[node] = False
        self._before = bytearray(network.has_transit) if passes_ends else self._through  # while waypoints are ahead
        self.via = via
        self._is_open = is_open

    def least(self, length: Callable[[int], int]) -> list[list[int]]:
        """Return per number of waypoints behind, and node, the least sum of `length` to a target; `FAR`: there is no way."""
        lengths = [length(arc) if is_open else FAR for arc, is_open in enumerate(self._is_open)]
        found = [self._spread(dict.fromkeys(self._targets, 0), lengths, self._through)]
        for stage in reversed(range(len(self.via))):
            found.append(self._spread(self._seeds(stage, found[::-1], length, FAR), lengths, self._before))
        return found[::-1]

    def least_words(self, kernels: Words, lengths: array[int]) -> list[array[int]]:
        """Return the same by a kernel, for lengths that are words; `words.FAR`: there is no way."""

        def spread(seeds: dict[int, int], through: bytearray) -> array[int]:
            return kernels.field.spread(seeds, self._targets, lengths, row, through)

        row = self._is_open if isinstance(self._is_open, bytes | bytearray) else bytes(self._is_open)
        found = [spread(dict.fromkeys(self._targets, 0), self._through)]
        for stage in reversed(range(len(self.via))):
            found.append(spread(self._seeds(stage, found[::-1], lengths.__getitem__, words.FAR), self._before))
        return found[::-1]

    def _seeds(
        self, stage: int, after: Sequence[Sequence[int]], length: Callable[[int], int], far: int
    ) -> dict[int, int]:
        """Return what is left at the places where a waypoint is passed: at its nodes, and before its links.

        `after` has what is left per further waypoint behind; a link passes all in a row that name it, at once.
        """
        network, (nodes, links) = self.network, self.via[stage]
        seeds = {node: after[0][node] for node in nodes}
        for arc in (arc for link in links for arc in (2 * link, 2 * link + 1)):
            tail, head = network.tail[arc], network.head[arc]
            more = next((n for n, (_, others) in enumerate(self.via[stage + 1 :]) if arc >> 1 not in others), None)
            through = self._through if more is None else self._before
            if self._is_open[arc] and (head in self._targets or through[head]):
                left = after[len(after) - 1 if more is None else more][head]
                seeds[tail] = min(seeds.get(tail, far), length(arc) + left)
        return {node: seed for node, seed in seeds.items() if seed < far}

    def _spread(self, seeds: dict[int, int], lengths: Sequence[int], through: bytearray) -> list[int]:
        """Return the least sums of `lengths` by node; those of closed arcs are `FAR`."""
        tail, entering = self.network.tail, self.network.entering
        distance = [FAR] * len(self.network.nodes)
        for node, seed in seeds.items():
            distance[node] = seed
        heap = [(seed, node) for node, seed in seeds.items()]
        heapify(heap)
        while heap:
            so_far, node = heappop(heap)
            if so_far > distance[node] or not (through[node] or (node in seeds and node in self._targets)):
                continue
            for arc in entering[node]:
                longer, before = so_far + lengths[arc], tail[arc]
                if longer < distance[before]:
                    distance[before] = longer
                    heappush(heap, (longer, before))
        return distance


@frozen
class Prices:
    """What arcs cost at least, as words, with the kernels that count with them."""

    kernels: Words
    row: array[int]


class Guide:
    """Least sums from every node to a target, per number of waypoints behind: of costs, propagation and packet times.

    Costs are at least `floor`; the sums hold for the network, targets and waypoints of the potentials alone. `prices` are the
    same as words: where there are any, so are all sums, and where there is no way they are `far`.
    """

    def __init__(
        self,
        potentials: Potentials,
        floor: Callable[[int], int],
        cost: Callable[[], list[Sequence[int]]] | None = None,
        prices: Prices | None = None,
    ) -> None:
        self._potentials = potentials
        self._find_cost = cost
        self.floor = floor
        self.prices = prices
        self.far = FAR if prices is None else words.FAR

    def prices_of(self, network: Network, via: Via, floor: Callable[[int], int]) -> Prices | None:
        """Return the prices where they are those of a search past no more waypoints."""
        is_same = self.floor is floor and self._potentials.network is network
        return self.prices if is_same and len(via) <= len(self._potentials.via) else None

    def fits(self, network: Network, via: Via, floor: Callable[[int], int]) -> bool:
        """Return whether the sums are those of a search (its targets and stops aside)."""
        return self.floor is floor and self._potentials.network is network and self._potentials.via == via

    @cached_property
    def cost(self) -> list[Sequence[int]]:
        """Return the least sums of the floor of an arc's cost."""
        if self._find_cost is not None:
            return self._find_cost()
        if self.prices is not None:
            return [*self._potentials.least_words(self.prices.kernels, self.prices.row)]
        return [*self._potentials.least(self.floor)]

    @cached_property
    def propagation_ns(self) -> list[Sequence[int]]:
        """Return the least sums of propagation; arcs of unknown latency count nothing. Where `cost` is `far` they are `words.FAR` or more."""
        if self.prices is not None:
            return [*self._potentials.least_words(self.prices.kernels, self.prices.kernels.field.delays)]
        delays = self._potentials.network.propagation_ns
        return _packed(self._potentials.least(lambda arc: delays[arc] or 0))

    @cached_property
    def packet_units(self) -> list[Sequence[int]]:
        """Return the least sums of packet times. Where `cost` is `far` they say nothing."""
        if self.prices is not None and self.prices.kernels.sizes is not None:
            return [*self._potentials.least_words(self.prices.kernels, self.prices.kernels.sizes)]
        return _packed(self._potentials.least(self._potentials.network.packet_units.__getitem__))

    @cached_property
    def nothing(self) -> list[Sequence[int]]:
        """Return sums that promise nothing."""
        return [_nothing(len(self._potentials.network.nodes))] * (len(self._potentials.via) + 1)


@lru_cache(maxsize=4)
def _nothing(nodes: int) -> array[int]:
    """Return a row of zeros that all guides share; nobody writes into it."""
    return array("q", bytes(8 * nodes))


def _packed(rows: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """Return sums in a fifth of the space, where those that are finite fit a machine word; the others become the largest word."""
    if any(_WORD <= item < FAR for row in rows for item in row):
        return list(rows)
    return [array("q", [min(item, _WORD) for item in row]) for row in rows]


class Guides:
    """Guides over all links, whether they can be used or not: never more than what is left, so never wrong."""

    def __init__(self, igp: Igp) -> None:
        self.network = igp.network
        self.kernels = words_of(igp.network)
        self._igp = igp
        self._everything = bytes((1,)) * len(self.network.head)
        self._known: dict[tuple[frozenset[int], frozenset[int], Via, object, bool], Guide] = {}
        self._lengths: dict[object, tuple[array[int], int] | None] = {}

    def by_metric(
        self, targets: frozenset[int], stops: frozenset[int], via: Via, *, passes_ends: bool = False
    ) -> Guide:
        """Return the guide for costs that are at least the IGP's metric."""
        return self.by(targets, stops, via, None, self.network.metric.__getitem__, passes_ends=passes_ends)

    def by(
        self,
        targets: frozenset[int],
        stops: frozenset[int],
        via: Via,
        measure: object,
        floor: Callable[[int], int],
        *,
        passes_ends: bool = False,
    ) -> Guide:
        """Return the guide for costs that are at least `floor`; `measure` tells one such function from others."""
        key = (targets, stops, via, measure, passes_ends)
        found = self._known.pop(key, None)
        if found is None:
            most = max(_FEW_GUIDES, _MOST_PLACES // max(1, len(self.network.nodes)))
            if len(self._known) >= most:  # those that nobody has asked for for the longest time go
                for oldest in list(islice(self._known, most // 4)):
                    del self._known[oldest]
            is_known = floor == self.network.metric.__getitem__ and not via and targets == stops
            prices = self.prices(measure, floor, len(via) + 1)
            cost = partial(self._distances, targets, prices) if is_known else None
            potentials = Potentials(self.network, self._everything, targets, stops, via, passes_ends=passes_ends)
            found = Guide(potentials, floor, cost, prices)
        self._known[key] = found
        return found

    def rest(self) -> None:
        """Let go of all guides: hardly any is asked for when all is placed."""
        self._known.clear()

    def prices(self, measure: object, floor: Callable[[int], int], stages: int = 1) -> Prices | None:
        """Return a measure's least costs as words, None where there are no kernels or sums past so many waypoints may outgrow them."""
        if self.kernels is None:
            return None
        if measure not in self._lengths:
            self._lengths[measure] = self.kernels.lengths(floor)
        found = self._lengths[measure]
        return Prices(self.kernels, found[0]) if found is not None and self.kernels.holds(found[1], stages) else None

    def _distances(self, targets: frozenset[int], prices: Prices | None) -> list[Sequence[int]]:
        """Return the IGP's distances, which are known: it goes where others may not (through stubs), never farther."""
        found = self._igp.towards(targets).distances()
        return [[FAR if way == UNREACHABLE else way for way in found] if prices is None else array("q", found)]
