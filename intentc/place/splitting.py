"""Which shares of demands to move to which paths, so that the fullest link is least full: the last rounds of a proposal.

A demand takes up to four ways, each with some sixteenths of its rate; what an arc holds of it counts with the imbalance of
hashing. The best of a few moves (some sixteenths of one way to another one, or to a new one) is made as long as it lowers
Σ (utilisation ÷ worst utilisation)^p, with p growing from round to round; sums are made of products alone, so that they
are the same to the bit everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest

from intentc.forwarding.walk import Arcs
from intentc.forwarding.weighted import MOST_LISTS, WEIGHTS
from intentc.realise.labels import Labels, with_labels
from intentc.values import field, mutable

_DOUBLINGS = (5, 6, 7, 8, 9)  # p = 32, 64, … 512
_MOST_SWEEPS = 12
_HOT = 0.97
_PROBE = 4  # sixteenths for which a further way is sought
_STEPS = (1, 2, 3, 4, 6, 8, 12, WEIGHTS)
_GAIN = 1e-9  # of a sum that the fullest arc alone makes 1: less is noise

Ways = dict[Arcs, int]  # sixteenths by path
Find = Callable[[str, int, float, int], Arcs | None]


@mutable
class Piecework:
    """A demand that may be divided: what an arc holds of it by sixteenths, and its ways by now (none: it has no place yet).

    `labels` tells how many packets have on each arc of a path that a list of theirs takes; `own_way` needs none as the only one.
    """

    key: str
    held: tuple[int, ...]
    labels: Callable[[Arcs], Labels]
    own_way: Arcs | None = None
    ways: Ways = field(default_factory=dict)

    def held_on(self, ways: Ways, mean_packet: int | None) -> dict[int, int]:
        """Return what each arc holds of it with some ways: of several lists over an arc the most labels count (None: no labels)."""
        units, most = dict[int, int](), dict[int, int]()
        is_bare = mean_packet is None or (len(ways) == 1 and self.own_way in ways)
        for arcs, parts in ways.items():
            labels = () if is_bare else self.labels(arcs)
            for arc, count in zip_longest(arcs, labels, fillvalue=0):
                units[arc] = units.get(arc, 0) + parts
                if count:
                    most[arc] = max(most.get(arc, 0), count)
        held = {arc: self.held[parts] for arc, parts in units.items()}
        return held | {arc: with_labels(held[arc], count, mean_packet or 1) for arc, count in most.items()}


class Splitter:
    """Moves shares. `load` is what arcs carry with the ways of all demands (kept up to date); `find` a further way of a demand

    for some more of its rate: by key, rate, the worst utilisation's inverse and the number of times that p doubles.
    """

    def __init__(
        self, load: list[int], inverse: Sequence[float], capacity: Sequence[int], find: Find, mean_packet: int
    ) -> None:
        self._mean_packet = mean_packet
        self._is_labelled = False
        self._load = load
        self._inverse = inverse
        self._capacity = capacity
        self._find = find

    def run(self, demands: Sequence[Piecework]) -> None:
        """Divide demands as long as it helps."""
        for demand in demands:
            if not demand.ways:
                self._seed(demand)
        placed = [demand for demand in demands if demand.ways]
        self._even_out(placed)
        for demand in placed:
            self._post(demand, demand.ways, -1)
        self._is_labelled = True
        for demand in placed:
            self._post(demand, demand.ways, 1)
        self._even_out(placed)

    def _even_out(self, placed: Sequence[Piecework]) -> None:
        for doublings in _DOUBLINGS:
            for _ in range(_MOST_SWEEPS):
                if not self._sweep(placed, doublings):
                    break

    def _seed(self, demand: Piecework) -> None:
        """Give a demand that no link has room for a way for each quarter of it, or none at all."""
        ways: Ways = {}
        for _ in range(WEIGHTS // _PROBE):
            found = self._find(demand.key, demand.held[_PROBE], self._scale(), _DOUBLINGS[0])
            if found is None:
                break
            before = dict(ways)
            ways[found] = ways.get(found, 0) + _PROBE
            self._post(demand, before, -1)
            self._post(demand, ways, 1)
        if sum(ways.values()) == WEIGHTS and not self._is_overfull(ways):
            demand.ways = ways
        else:
            self._post(demand, ways, -1)

    def _is_overfull(self, ways: Ways) -> bool:
        return any(self._load[arc] > self._capacity[arc] for arcs in ways for arc in arcs)

    def _fullest(self) -> float:
        return max((load * inverse for load, inverse in zip(self._load, self._inverse, strict=True)), default=0.0)

    def _scale(self) -> float:
        return 1.0 / max(self._fullest(), 0.05)

    def _sweep(self, demands: Sequence[Piecework], doublings: int) -> bool:
        """Let every demand on a hot arc move once; return whether any did."""
        fullest, has_moved = self._fullest(), False
        scale = 1.0 / max(fullest, 0.05)
        for demand in demands:
            hot = [arcs for arcs in demand.ways if self._is_hot(arcs, fullest)]
            if hot and self._improve(demand, hot, scale, doublings):
                has_moved = True
        return has_moved

    def _is_hot(self, arcs: Arcs, fullest: float) -> bool:
        return any(self._load[arc] * self._inverse[arc] >= _HOT * fullest for arc in arcs)

    def _improve(self, demand: Piecework, hot: Sequence[Arcs], scale: float, doublings: int) -> bool:
        further = self._find(demand.key, demand.held[_PROBE], scale, doublings)
        targets = [*demand.ways, *([further] if further is not None and further not in demand.ways else [])]
        before = self._held(demand, demand.ways)
        best, least = demand.ways, -_GAIN
        bare: list[Ways] = []
        if self._is_labelled and demand.own_way is not None and len(demand.ways) > 1:
            bare.append({demand.own_way: WEIGHTS})
        for ways in (*_moves(demand.ways, hot, targets), *bare):
            gain = self._change(before, self._held(demand, ways), scale, doublings)
            if gain < least:
                best, least = ways, gain
        if best is demand.ways:
            return False
        self._post(demand, demand.ways, -1)
        demand.ways = best
        self._post(demand, best, 1)
        return True

    def _change(self, before: Mapping[int, int], after: Mapping[int, int], scale: float, doublings: int) -> float:
        """Return by how much the sum grows when arcs hold other rates of a demand; a link that is full rules it out."""
        total = 0.0
        for arc in {**before, **after}:
            old, new = before.get(arc, 0), after.get(arc, 0)
            if old == new:
                continue
            load = self._load[arc] - old + new
            if load > self._capacity[arc] and new > old:
                return 1.0
            total += self._power(load, arc, scale, doublings) - self._power(self._load[arc], arc, scale, doublings)
        return total

    def _power(self, load: int, arc: int, scale: float, doublings: int) -> float:
        found = load * self._inverse[arc] * scale
        for _ in range(doublings):
            found *= found
        return found

    def _post(self, demand: Piecework, ways: Ways, sign: int) -> None:
        for arc, bps in self._held(demand, ways).items():
            self._load[arc] += sign * bps

    def _held(self, demand: Piecework, ways: Ways) -> dict[int, int]:
        return demand.held_on(ways, self._mean_packet if self._is_labelled else None)


def _moves(ways: Ways, hot: Sequence[Arcs], targets: Sequence[Arcs]) -> Iterator[Ways]:
    """Yield the ways after some sixteenths have moved from a hot way to another one."""
    for source in hot:
        for target in targets:
            if target == source:
                continue
            for step in dict.fromkeys(min(step, ways[source]) for step in _STEPS):
                found = dict(ways)
                found[target] = found.get(target, 0) + step
                found[source] -= step
                if not found[source]:
                    del found[source]
                if len(found) <= MOST_LISTS:
                    yield found
