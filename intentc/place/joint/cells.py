"""Room per link direction and state at once, and the prices that keep paths off what is nearly full.

A price is (use)^16 ÷ capacity, the slope of a potential that grows steeply towards full links: one path after the other goes
where it adds least (Aspnes, Azar, Fiat, Plotkin & Waarts 1997, on-line routing of virtual circuits). Prices only guide; all
that is decided by them is checked in integers. They are built from products alone, which IEEE 754 fixes to the bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs
from intentc.place.ledger import Ledger
from intentc.values import frozen

_NO_LIMIT = 1 << 62  # of what is down: nothing is asked of it
_FLOOR = 1.0 / 4096.0  # of equally empty ways the one with the fewest links
_MOST_USE = 2.0
_DOUBLINGS = 4
_OVER = 8.0  # times as dear is what lacks room

States = tuple[int, ...]  # by index, the normal one is 0
Cell = tuple[int, int]  # an arc, and a state


@frozen
class Part:
    """What is claimed on each of some arcs (`rates` in bps, in their order) in some states."""

    arcs: Arcs
    rates: tuple[int, ...]
    states: States


class Cells:
    """What is left (`slack`, in bps) of every arc in every state, and its `price` there; `total` sums up an arc's prices.

    `room` is what was left before anything was claimed here, 0 of what is down; `least` the smallest slack of an arc in any state.
    Of several classes each is thought to find what the one finds that finds least: a plan is only a proposal.
    """

    def __init__(self, network: Network, ledger: Ledger, outages: Sequence[Outage], classes: Sequence[str]) -> None:
        self.network = network
        self.outages = (NORMAL, *outages)
        arcs = range(len(network.head))
        down = [outage.links for outage in self.outages]
        self._inverse = [1.0 / rate for rate in network.capacity_bps]
        self.slack = [
            [
                _NO_LIMIT if arc >> 1 in links else min(ledger.left_bps(arc, name, at) for name in classes)
                for links, at in zip(down, self.outages, strict=True)
            ]
            for arc in arcs
        ]
        self.room = [[0 if left >= _NO_LIMIT else max(0, left) for left in row] for row in self.slack]
        self.least = [min(row) for row in self.slack]
        self._dearer: dict[Cell, float] = {}
        self.price = [[self._price(arc, left) for left in self.slack[arc]] for arc in arcs]
        self.total = [sum(row) for row in self.price]
        self.over_bps = 0  # what all arcs lack in all states by what was claimed
        self.hitting: list[States] = [
            tuple(state for state, links in enumerate(down) if link in links) for link in range(len(network.links))
        ]

    def _price(self, arc: int, left: int) -> float:
        if left >= _NO_LIMIT >> 1:
            return 0.0
        capacity = self.network.capacity_bps[arc]
        use = min((capacity - left) * self._inverse[arc], _MOST_USE)
        for _ in range(_DOUBLINGS):
            use *= use
        return (use + _FLOOR) * self._inverse[arc] * (_OVER if left < 0 else 1.0)

    def post(self, parts: Sequence[Part], sign: int) -> None:
        """Claim something, or (`sign` -1) release it."""
        for part in parts:
            for arc, bps in zip(part.arcs, part.rates, strict=True):
                slack, price = self.slack[arc], self.price[arc]
                for state in part.states:
                    before = slack[state]
                    after = slack[state] = before - sign * bps
                    if before < 0 or after < 0:
                        self.over_bps += max(0, -after) - max(0, -before)
                    price[state] = self._price(arc, after)
                    if self._dearer:
                        price[state] *= self._dearer.get((arc, state), 1.0)
                self.least[arc] = min(slack)
                self.total[arc] = sum(price)

    def lacking(self) -> dict[Cell, int]:
        """Return what arcs lack in all states in which more is claimed of them than there is."""
        return {
            (arc, state): -left
            for arc, least in enumerate(self.least)
            if least < 0
            for state, left in enumerate(self.slack[arc])
            if left < 0
        }

    def make_dearer(self, cells: Iterable[Cell]) -> None:
        """Double the prices of some arcs in some states, for now and until all prices are as ever again."""
        for arc, state in cells:
            self._dearer[arc, state] = 2 * self._dearer.get((arc, state), 1.0)
            self.price[arc][state] *= 2
            self.total[arc] = sum(self.price[arc])

    def make_as_ever(self) -> None:
        """Let prices be what the slack alone makes them."""
        for arc, state in self._dearer:
            self.price[arc][state] = self._price(arc, self.slack[arc][state])
            self.total[arc] = sum(self.price[arc])
        self._dearer.clear()

    def has_room(self, arc: int, bps: int, states: Sequence[int]) -> bool:
        """Return whether so much is left of an arc in all of some states."""
        if self.least[arc] >= bps:
            return True
        slack = self.slack[arc]
        return all(slack[state] >= bps for state in states)

    def hit_by(self, arcs: Arcs) -> States:
        """Return the states in which a path is broken, in order."""
        return tuple(sorted({state for arc in arcs for state in self.hitting[arc >> 1]}))

    def overfull(self, parts: Sequence[Part]) -> dict[Cell, int]:
        """Return what arcs lack in states where something is claimed, by arc and state."""
        return {
            (arc, state): -self.slack[arc][state]
            for part in parts
            for arc in part.arcs
            for state in part.states
            if self.slack[arc][state] < 0
        }
