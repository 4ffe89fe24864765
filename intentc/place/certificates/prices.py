"""Prices that show how tight a state is, found within a stated effort.

Any prices y >= 0 per bit prove that demands cannot be carried together when all of them, each on its cheapest way, pay
more than Σ y × room: linear-programming duality for multi-commodity flow (Shahrokhi and Matula 1990). They are the gradient
of Σ (load ÷ room)^p, while the load moves to the cheapest ways (Frank and Wolfe 1956); the nodes in order of their distance
at these prices suggest cuts, which are prices too: 1 on every link out of a set of nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from heapq import heappop, heappush
from itertools import groupby
from operator import add, itemgetter, le, not_

from intentc.forwarding.network import Network
from intentc.native import compiled
from intentc.place.certificates.market import Along, Bill, Gap, Market
from intentc.place.cheapest import is_countable
from intentc.place.golden import least_share
from intentc.values import frozen

_FINEST = 1 << 30
_DOUBLINGS = (3, 5, 6)  # prices follow (load ÷ room) to the power of 8, 32, 64
ROUNDS = 2  # per power
_STEPS = 8
_LEVELS = (2, 8, 64, 1024)
_MOST_BILLS, _MOST_GAPS = 6, 48  # the tightest ones are kept
_HUGE = 1e280


@frozen
class Survey:
    """The tightest prices and cuts met in `rounds`; `load` per arc of a routing with split paths that fits (None: none was met)."""

    bills: tuple[Bill, ...]
    gaps: tuple[Gap, ...]
    rounds: int
    load: tuple[float, ...] | None


def survey(market: Market, rounds: int) -> Survey:
    """Return what a market comes to within so many rounds per power; 0 looks at the cuts around single nodes alone."""
    bills: list[Bill] = []
    sweeps = _Sweeps(market)
    load: list[float] = []
    fitting: tuple[float, ...] | None = None
    for doublings in _DOUBLINGS:
        for _ in range(rounds):
            bill = market.bill(_prices(market, load, doublings) if load else [_FINEST] * len(market.room))
            bills.append(bill)
            sweeps.sweep(bill.prices)
            load = _mixed(market, load, bill.load, doublings) if load else [float(bps) for bps in bill.load]
            is_fitting = bill.is_whole and all(map(le, load, market.room))
            fitting = tuple(load) if is_fitting else fitting
    for level in _LEVELS if bills else ():
        flat = market.bill(_flattened(bills[-1].prices, level))
        bills.append(flat)
        sweeps.sweep(flat.prices)
    bills.sort(key=lambda bill: -bill.paid / (bill.worth or 1))
    return Survey(tuple(bills[:_MOST_BILLS]), sweeps.tightest(), len(_DOUBLINGS) * rounds, fitting)


def cut_prices(network: Network, gap: Gap) -> tuple[int, ...]:
    """Return the prices that a cut comes to: 1 on every arc out of it."""
    return tuple(
        int(network.tail[arc] in gap.inside and network.head[arc] not in gap.inside) for arc in range(len(network.head))
    )


def _flattened(prices: Sequence[int], level: int) -> list[int]:
    """Return 1 for each price within a factor of the dearest: what is scarce, without the noise of how scarce it is."""
    most = max(prices, default=0)
    return [int(price * level >= most > 0) for price in prices]


class _Sweeps:
    """The cuts that were met in a market: around each node, around all but it, and along orders of nodes."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._orders: list[Sequence[int]] = []
        self._met: list[
            tuple[int, int, Along]
        ] = []  # the room that is not needed, which order (~: all others), the cut
        for node, (around, apart) in enumerate(market.lone()):
            self._orders.append([node])
            self._met += [(around[2] - around[1], node, around), (apart[2] - apart[1], ~node, apart)]

    def sweep(self, prices: Sequence[int]) -> None:
        """Meet the cuts around the ends of the dearest arc, and towards them, by growing distance."""
        if not prices:
            return
        network, room = self._market.network, self._market.room
        dearest = prices.index(max(prices))
        for node in (network.tail[dearest], network.head[dearest]):
            ahead = _by_distance(network, prices, node, room, back=False)
            behind = _by_distance(network, prices, node, room, back=True)
            known = set(behind)
            others = [other for other in range(len(network.nodes)) if other not in known]
            for order in (ahead, [*others, *reversed(behind)]):
                self._met += [(found[2] - found[1], len(self._orders), found) for found in self._market.along(order)]
                self._orders.append(order)

    def tightest(self) -> tuple[Gap, ...]:
        """Return the tightest cuts, each once; their nodes are told apart only where that matters."""
        gaps: dict[frozenset[int], Gap] = {}
        self._met.sort(key=itemgetter(0))
        for _, group in groupby(self._met, itemgetter(0)):
            for _, order, (count, crossing, room) in group:
                inside = self._inside(order, count)
                gaps[inside] = Gap(inside, crossing, room)
            if len(gaps) >= _MOST_GAPS:
                break
        tight = sorted(gaps.values(), key=lambda gap: (gap.room_bps - gap.crossing_bps, sorted(gap.inside)))
        return tuple(tight[:_MOST_GAPS])

    def _inside(self, order: int, count: int) -> frozenset[int]:
        if order >= 0:
            return frozenset(self._orders[order][:count])
        return frozenset(range(len(self._market.network.nodes))).difference(self._orders[~order])


def _by_distance(network: Network, prices: Sequence[int], start: int, room: Sequence[int], *, back: bool) -> list[int]:
    """Return the nodes by their distance over arcs that have any room; only those that can be reached."""
    kernels = compiled("prices")
    if kernels is None or network.graph is None or not is_countable(network, prices):
        return by_distance_twin(network, prices, start, room, back=back)
    found: list[int] = kernels.order(network.graph, prices, bytes(map(not_, room)), start, is_backward=back)
    return found


def by_distance_twin(
    network: Network, prices: Sequence[int], start: int, room: Sequence[int], *, back: bool
) -> list[int]:
    """Do the same without the kernel."""
    arcs, far = (network.entering, network.tail) if back else (network.leaving, network.head)
    distance: dict[int, int] = {}
    heap = [(0, start)]
    while heap:
        length, node = heappop(heap)
        if node not in distance:
            distance[node] = length
            for arc in arcs[node]:
                if far[arc] not in distance and room[arc]:
                    heappush(heap, (length + prices[arc], far[arc]))
    return list(distance)


def _powers(room: Sequence[int], load: Sequence[float], doublings: int) -> tuple[list[float], float]:
    """Return use ÷ worst use to a power of two, and the worst use; arcs without room count with one bit of it."""
    use = [bps / (rate or 1) for bps, rate in zip(load, room, strict=True)]
    most = max(use, default=0.0) or 1.0
    found = []
    for part in use:
        value = part / most
        for _ in range(doublings):
            value *= value
        found.append(value)
    return found, most


def _prices(market: Market, load: Sequence[float], doublings: int) -> list[int]:
    """Return the prices of all arcs under a load: the gradient of the sum of powers, in whole numbers."""
    if market.kernel is None:
        return prices_twin(market.room, load, doublings)
    return market.kernel.prices(load, doublings, _FINEST)


def prices_twin(room: Sequence[int], load: Sequence[float], doublings: int) -> list[int]:
    """Do the same without the kernel."""
    powers, _ = _powers(room, load, doublings)
    pull = [part / (rate or 1) for part, rate in zip(powers, room, strict=True)]
    most = max(pull, default=0.0) or 1.0
    return [int(part / most * _FINEST) for part in pull]


def _mixed(market: Market, load: Sequence[float], other: Sequence[int], doublings: int) -> list[float]:
    """Return the load between two where the sum of powers is least."""
    if market.kernel is None:
        return mixed_twin(market.room, load, other, doublings)
    return market.kernel.mixed(load, other, doublings, _STEPS)


def mixed_twin(room: Sequence[int], load: Sequence[float], other: Sequence[int], doublings: int) -> list[float]:
    """Do the same without the kernel."""

    def at(share: float) -> list[float]:
        return [old + share * (new - old) for old, new in zip(load, other, strict=True)]

    def total(share: float) -> float:
        powers, most = _powers(room, at(share), doublings)
        size = min(most, 1e3)
        for _ in range(doublings):
            size *= size
            if size > _HUGE:
                return size * most
        return reduce(add, powers, 0.0) * size  # one after the other: how `sum` rounds depends on Python's version

    return at(least_share(total, _STEPS))
