"""Prices that show how tight a state is, found within a stated effort.

Any prices y >= 0 per bit prove that demands cannot be carried together when all of them, each on its cheapest way, pay
more than Σ y × room: linear-programming duality for multi-commodity flow (Shahrokhi and Matula 1990). They are the gradient
of Σ (load ÷ room)^p, while the load moves to the cheapest ways (Frank and Wolfe 1956); the nodes in order of their distance
at these prices suggest cuts, which are prices too: 1 on every link out of a set of nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from operator import not_

from intentc.forwarding.network import Network
from intentc.native import compiled
from intentc.place.certificates.market import Bill, Gap, Market
from intentc.place.cheapest import is_countable
from intentc.values import frozen

_FINEST = 1 << 30
_DOUBLINGS = (3, 5, 6)  # prices follow (load ÷ room) to the power of 8, 32, 64
ROUNDS = 2  # per power
_STEPS = 8
_GOLDEN = 0.6180339887498949
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
    gaps = {gap.inside: gap for gap in market.lone_gaps()}
    load: list[float] = []
    fitting: tuple[float, ...] | None = None
    for doublings in _DOUBLINGS:
        for _ in range(rounds):
            bill = market.bill(_prices(market.room, load, doublings) if load else [_FINEST] * len(market.room))
            bills.append(bill)
            gaps |= {gap.inside: gap for gap in _swept(market, bill.prices)}
            load = _mixed(market.room, load, bill.load, doublings) if load else [float(bps) for bps in bill.load]
            is_fitting = bill.is_whole and all(bps <= room for bps, room in zip(load, market.room, strict=True))
            fitting = tuple(load) if is_fitting else fitting
    for level in _LEVELS if bills else ():
        flat = market.bill(_flattened(bills[-1].prices, level))
        bills.append(flat)
        gaps |= {gap.inside: gap for gap in _swept(market, flat.prices)}
    bills.sort(key=lambda bill: -bill.paid / (bill.worth or 1))
    tight = sorted(gaps.values(), key=lambda gap: (gap.room_bps - gap.crossing_bps, sorted(gap.inside)))
    return Survey(tuple(bills[:_MOST_BILLS]), tuple(tight[:_MOST_GAPS]), len(_DOUBLINGS) * rounds, fitting)


def cut_prices(network: Network, gap: Gap) -> tuple[int, ...]:
    """Return the prices that a cut comes to: 1 on every arc out of it."""
    return tuple(
        int(network.tail[arc] in gap.inside and network.head[arc] not in gap.inside) for arc in range(len(network.head))
    )


def _flattened(prices: Sequence[int], level: int) -> list[int]:
    """Return 1 for each price within a factor of the dearest: what is scarce, without the noise of how scarce it is."""
    most = max(prices, default=0)
    return [int(price * level >= most > 0) for price in prices]


def _swept(market: Market, prices: Sequence[int]) -> Iterator[Gap]:
    """Yield the cuts around the ends of the dearest arc, and towards them, by growing distance."""
    network = market.network
    dearest = max(range(len(prices)), key=lambda arc: (prices[arc], -arc), default=None)
    if dearest is None:
        return
    everything = range(len(network.nodes))
    start, goal = network.tail[dearest], network.head[dearest]
    for node in (start, goal):
        ahead = _by_distance(network, prices, node, market.room, back=False)
        yield from market.gaps(ahead)
        behind = _by_distance(network, prices, node, market.room, back=True)
        known = set(behind)
        yield from market.gaps([*(other for other in everything if other not in known), *reversed(behind)])


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


def _prices(room: Sequence[int], load: Sequence[float], doublings: int) -> list[int]:
    powers, _ = _powers(room, load, doublings)
    pull = [part / (rate or 1) for part, rate in zip(powers, room, strict=True)]
    most = max(pull, default=0.0) or 1.0
    return [int(part / most * _FINEST) for part in pull]


def _mixed(room: Sequence[int], load: Sequence[float], other: Sequence[int], doublings: int) -> list[float]:
    """Return the load between two where the sum of powers is least."""

    def at(share: float) -> list[float]:
        return [old + share * (new - old) for old, new in zip(load, other, strict=True)]

    def total(share: float) -> float:
        powers, most = _powers(room, at(share), doublings)
        size = min(most, 1e3)
        for _ in range(doublings):
            size *= size
            if size > _HUGE:
                return size * most
        return sum(powers) * size

    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if total(left) <= total(right):
            high = right
        else:
            low = left
    return at((low + high) / 2)
