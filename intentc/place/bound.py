"""How low the worst utilisation could be at best: a bound from link prices, which anybody can check.

For any prices y ≥ 0 per bit on the arcs: whatever way the traffic is routed, split as one likes, it pays at least
Σ rate × cheapest path, and the arcs that it uses take in at most utilisation × Σ y × capacity. Hence worst utilisation ≥
Σ rate × cheapest path ÷ Σ y × capacity: linear-programming duality for the maximum concurrent flow problem (Shahrokhi and
Matula 1990). Latency bounds, regions and integrality only raise it, and so does background traffic: that of links which a
routing leaves alone does not count in its utilisation, so it is left out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal

from intentc.forwarding.network import Network
from intentc.place.cheapest import Forest, Rule, Tree
from intentc.place.descent import FINEST, mixed, prices
from intentc.values import frozen

PPM = 1_000_000
_DOUBLINGS = (3, 5, 7)  # prices follow utilisation to the power of 8, 32, 128
_MOST_ROUNDS = 12  # per power
_EFFORT = 8_000_000  # nodes visited in all
_NEAR = 0.99
_ENOUGH = 4  # rounds per power, below which a descent ends long before it proves anything
_LEVELS = (2, 8, 64, 1024)
_REST = 3  # so many rounds, then flat prices are asked: the fullest links are mostly a cut, and flat prices on a cut are what it proves
_Trip = tuple[frozenset[int], frozenset[int], frozenset[int]]  # goals, closed arcs, starts
Effort = Literal["descent", "flat"]
_RULE = Rule(is_transit_kept=False, is_by_hops=True)  # transit is nobody's concern here


@frozen
class Traffic:
    """Rate in bps from any of `starts` to any of `targets`; an arc of a link in `barred` is closed to it."""

    rate_bps: int
    starts: frozenset[int]
    targets: frozenset[int]
    barred: frozenset[int]


@frozen
class Bound:
    """No routing has a worst utilisation below `ppm` (rounded down); `prices` per arc prove it, arcs left out cost nothing.

    `effort`: whether prices were sought by a descent, or only flat ones were asked (1 on every arc, and by capacity).
    """

    ppm: int
    prices: Mapping[int, int]
    effort: Effort = "descent"


class KnownFares:
    """What a bit pays at least at the flat prices of a network, whatever its rate: of the last program, for the next one over the very same network."""

    def __init__(self) -> None:
        self._network: Network | None = None
        self._count = 0  # of prices
        self._known: dict[_Trip, tuple[int, ...]] = {}

    def of(self, network: Network, trees: Sequence[Tree], asked: Sequence[Sequence[int]]) -> list[list[int]]:
        """Return the fares of all rates of some trees at each of the flat prices: as many of a network are always the same."""
        if network is not self._network or len(asked) != self._count:
            self._network, self._count, self._known = network, len(asked), {}
        known = self._known
        trips = [trip for tree in trees for trip in _trips(tree)]
        new = [tree for tree in trees if any(trip not in known for trip in _trips(tree))]
        if new:
            forest = Forest(network, new, _RULE)
            found = zip(*map(forest.fares, asked), strict=True)
            known.update(zip([trip for tree in new for trip in _trips(tree)], found, strict=True))
        if len(known) > 2 * len(trips):
            self._known = {trip: known[trip] for trip in trips}
        return [[known[trip][at] for trip in trips] for at in range(len(asked))]


def _trips(tree: Tree) -> list[_Trip]:
    return [(tree.goals, tree.closed, starts) for starts, _ in tree.rates]


def lower_bound(
    network: Network, traffic: Iterable[Traffic], load_bps: Sequence[int], known: KnownFares | None = None
) -> Bound:
    """Return the best bound found, starting from the loads of a placement (without background traffic), within a fixed effort.

    The prices are the gradient of Σ utilisation^p. Each round moves some of the load to the paths that are cheapest at
    these prices, as much as lowers the sum most (Frank and Wolfe 1956): loads near the optimum give prices near it.
    Now and then, and in the end, the same is asked of flat prices, 1 on the dearest links: those of a cut. Where the bound is not near
    what the placement reaches, it is sought once more from the loads of the shortest ways. Where the effort is not enough for
    descents, prices are asked that need none: those of the mean utilisation; what is `known` of these is not sought again.
    """
    search = _Search(network, list(traffic))
    if not search.is_any:
        return Bound(0, {})
    rounds = search.rounds
    if rounds < _ENOUGH:
        return _undescended(search, network, known)
    best = _descended(search, network, [float(bps) for bps in load_bps], rounds)
    if best.ppm >= _NEAR * _worst(network, load_bps) * PPM:
        return best
    _, anew = search.judge([FINEST // rate for rate in network.capacity_bps])
    return max(best, _descended(search, network, [float(bps) for bps in anew], rounds), key=lambda bound: bound.ppm)


def _undescended(search: _Search, network: Network, known: KnownFares | None) -> Bound:
    """Return the better of two bounds: of a price of 1 on every arc and, within the effort, of prices by capacity."""
    asked = [[1] * len(network.capacity_bps)]
    if search.visits <= _EFFORT:
        asked.append([FINEST // rate for rate in network.capacity_bps])
    best = max(search.proved_by_flat(asked, known or KnownFares()), key=lambda bound: bound.ppm)
    return Bound(best.ppm, best.prices, "flat")


def _worst(network: Network, load: Sequence[float]) -> float:
    return max((bps / rate for bps, rate in zip(load, network.capacity_bps, strict=True)), default=0.0)


def _descended(search: _Search, network: Network, load: list[float], rounds: int) -> Bound:
    """Return the best bound met on the way from some loads to ones that are spread more evenly."""
    best = Bound(0, {})
    for doublings in _DOUBLINGS:
        for turn in range(1, rounds + 1):
            steep = prices(network, load, doublings)
            found, cheapest = search.judge(steep)
            flat = _best_flat(search, steep) if turn % _REST == 0 else best
            best = max(best, found, flat, key=lambda bound: bound.ppm)
            load = mixed(network, load, cheapest, doublings)
    for doublings in (_DOUBLINGS[0], _DOUBLINGS[-1]):
        best = max(best, _best_flat(search, prices(network, load, doublings)), key=lambda bound: bound.ppm)
    return best


def _best_flat(search: _Search, steep: Sequence[int]) -> Bound:
    """Return the best bound that prices prove once they are made flat, at one of some levels."""
    flats = (search.proved(_flattened(steep, level)) for level in _LEVELS)
    return max(flats, key=lambda bound: bound.ppm)


def _flattened(steep: Sequence[int], level: int) -> list[int]:
    """Return 1 for each price within a factor of the dearest."""
    most = max(steep, default=0)
    return [int(price * level >= most > 0) for price in steep]


class _Search:
    def __init__(self, network: Network, traffic: list[Traffic]) -> None:
        self._network = network
        merged: dict[tuple[frozenset[int], frozenset[int], frozenset[int]], int] = {}
        for item in traffic:
            if item.rate_bps and not item.starts & item.targets:
                place = item.targets, item.barred, item.starts
                merged[place] = merged.get(place, 0) + item.rate_bps
        by_tree: dict[tuple[frozenset[int], frozenset[int]], list[tuple[frozenset[int], int]]] = {}
        for (targets, barred, starts), rate_bps in merged.items():
            by_tree.setdefault((targets, barred), []).append((starts, rate_bps))
        self._trees = [Tree(targets, _arcs_of(barred), rates) for (targets, barred), rates in by_tree.items()]
        self._rates = [rate_bps for tree in self._trees for _, rate_bps in tree.rates]

    @cached_property
    def _forest(self) -> Forest:
        return Forest(self._network, self._trees, _RULE)

    @property
    def is_any(self) -> bool:
        return bool(self._trees)

    @property
    def rounds(self) -> int:
        return min(_MOST_ROUNDS, _EFFORT // (self.visits * len(_DOUBLINGS) * (1 + len(_LEVELS) // _REST)))

    @property
    def visits(self) -> int:
        """Return how many nodes one set of prices takes."""
        return len(self._trees) * max(1, len(self._network.nodes))

    def judge(self, asked: Sequence[int]) -> tuple[Bound, list[int]]:
        """Return the bound that some prices prove, and the load if all traffic took the cheapest paths."""
        fares, load = self._forest.bill(asked)
        return self._bound(asked, fares), load

    def proved(self, asked: Sequence[int]) -> Bound:
        """Return the bound alone."""
        return self._bound(asked, self._forest.fares(asked))

    def proved_by_flat(self, asked: Sequence[Sequence[int]], known: KnownFares) -> list[Bound]:
        """Return the bounds that the flat prices of the network prove."""
        return list(map(self._bound, asked, known.of(self._network, self._trees, asked)))

    def _bound(self, asked: Sequence[int], fares: Sequence[int]) -> Bound:
        paid = sum(fare * bps for fare, bps in zip(fares, self._rates, strict=True) if fare > 0)
        worth = sum(price * rate for price, rate in zip(asked, self._network.capacity_bps, strict=True))
        used = {arc: price for arc, price in enumerate(asked) if price}
        return Bound(paid * PPM // worth if worth else 0, used)


def _arcs_of(links: Iterable[int]) -> frozenset[int]:
    return frozenset(arc for link in links for arc in (2 * link, 2 * link + 1))
