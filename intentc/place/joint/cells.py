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
        self._capacity = network.capacity_bps
        self._inverse = [1.0 / rate for rate in network.capacity_bps]
        self.hitting: list[States] = [
            tuple(state for state, links in enumerate(down) if link in links) for link in range(len(network.links))
        ]
        self.slack = [self._left(ledger, arc, classes) for arc in arcs]
        self.room = [[0 if left >= _NO_LIMIT else max(0, left) for left in row] for row in self.slack]
        self.least = [min(row) for row in self.slack]
        self._dearer: dict[Cell, float] = {}
        self.price = [self._prices(arc, self.slack[arc]) for arc in arcs]
        self.total = [sum(row) for row in self.price]
        self.over_bps = 0  # what all arcs lack in all states by what was claimed
        self._broken: dict[Arcs, tuple[States, int]] = {}

    def _left(self, ledger: Ledger, arc: int, classes: Sequence[str]) -> list[int]:
        """Return what is left of an arc in all states; most of them are like the normal one."""
        lefts = [self._left_to(ledger, arc, name) for name in classes]
        found = lefts[0] if len(lefts) == 1 else [min(each) for each in zip(*lefts, strict=True)]
        for state in self.hitting[arc >> 1]:
            found[state] = _NO_LIMIT
        return found

    def _left_to(self, ledger: Ledger, arc: int, name: str) -> list[int]:
        known = ledger.lefts(arc, name)
        if known is None:
            return [ledger.left_bps(arc, name, at) for at in self.outages]
        normally, unlike = known
        return [unlike.get(at, normally) for at in self.outages]

    def _price(self, arc: int, left: int) -> float:
        if left >= _NO_LIMIT >> 1:
            return 0.0
        inverse = self._inverse[arc]
        use = min((self._capacity[arc] - left) * inverse, _MOST_USE)
        use *= use  # four times: to the 16th power
        use *= use
        use *= use
        use *= use
        return (use + _FLOOR) * inverse * (_OVER if left < 0 else 1.0)

    def _prices(self, arc: int, row: Sequence[int]) -> list[float]:
        """Return the prices of an arc where so much is left of it; in most states that is the same."""
        known = {left: self._price(arc, left) for left in set(row)}
        return [known[left] for left in row]

    def post(self, parts: Sequence[Part], sign: int) -> None:
        """Claim something, or (`sign` -1) release it."""
        for part in parts:
            for arc, bps in zip(part.arcs, part.rates, strict=True):
                slack, price, claimed = self.slack[arc], self.price[arc], sign * bps
                if self.least[arc] < 0 or self.least[arc] < claimed:
                    self.over_bps += sum(max(0, claimed - slack[at]) - max(0, -slack[at]) for at in part.states)
                known: dict[int, float] = {}  # in most states as much is left
                for state in part.states:
                    left = slack[state] = slack[state] - claimed
                    cost = known.get(left)
                    if cost is None:
                        cost = known[left] = self._price(arc, left)
                    price[state] = cost
                if self._dearer:
                    for state in part.states:
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
        return self._hitting(arcs)[0]

    def mask_of_hit(self, arcs: Arcs) -> int:
        """Return the same as a number: bit k for the state k."""
        return self._hitting(arcs)[1]

    def _hitting(self, arcs: Arcs) -> tuple[States, int]:
        found = self._broken.get(arcs)
        if found is None:
            states = tuple(sorted({state for arc in arcs for state in self.hitting[arc >> 1]}))
            found = self._broken[arcs] = states, mask_of(states)
        return found

    def overfull(self, parts: Sequence[Part]) -> dict[Cell, int]:
        """Return what arcs lack in states where something is claimed, by arc and state."""
        return {
            (arc, state): -self.slack[arc][state]
            for part in parts
            for arc in part.arcs
            for state in part.states
            if self.slack[arc][state] < 0
        }


def mask_of(states: Iterable[int]) -> int:
    """Return states as a number: bit k for the state k."""
    found = 0
    for state in states:
        found |= 1 << state
    return found
