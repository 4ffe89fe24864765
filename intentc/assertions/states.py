"""The failure states that an assertion speaks of, and which of them can matter at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import permutations

from intentc.forwarding.outage import Outage, Outages
from intentc.resolve.assertion_model import FailureCount
from intentc.resolve.failures import Failures
from intentc.topology.model import Topology
from intentc.values import frozen, unique

Under = tuple[FailureCount, ...]
Order = tuple[str, ...]  # kinds of failures, in the order in which they are looked at
Masks = Callable[[Outage], int]  # what the answer in a state rests on
_MOST_PAIRS = 20_000  # states of two failures that are kept as one object each, for what is worked out of them


@unique
class Single:
    """One failure of one kind, at its place among those of its kind."""

    place: int
    id: str
    outage: Outage


@frozen
class State:
    """One state by its id in the manifest (simultaneous failures joined by `+` in sorted order)."""

    id: str
    outage: Outage


def orders_of(under: Under) -> tuple[Order, ...]:
    """Return the orders in which the failures of a state are looked at: each of two kinds comes first once; none without failures."""
    kinds = tuple(item.kind for item in under for _ in range(item.count))
    return tuple(dict.fromkeys(permutations(kinds))) if kinds else ()


class Singles:
    """The single failures of a network by kind, looked up when they are first asked for."""

    def __init__(self, topology: Topology, outages: Outages) -> None:
        self._outages = outages
        self._failures = Failures(topology)
        self._known: dict[str, tuple[Single, ...]] = {}

    def of_kind(self, kind: str) -> tuple[Single, ...]:
        """Return the failures of a kind, sorted by id."""
        if kind not in self._known:
            states = self._failures.single(kind)
            self._known[kind] = tuple(
                Single(place, state.id, self._outages.of(state)) for place, state in enumerate(states)
            )
        return self._known[kind]

    def named(self, under: Under, wanted: frozenset[int]) -> Mapping[int, str]:
        """Return the ids of those states of `under` whose elements are one of the masks `wanted`, the first id of each."""
        found: dict[int, str] = {}
        orders = orders_of(under)
        if not orders or not wanted:
            return found
        for name, mask in self._all(orders[0]):
            if mask in wanted and (mask not in found or name < found[mask]):
                found[mask] = name
        return found

    def _all(self, order: Order) -> Iterator[tuple[str, int]]:
        firsts = self.of_kind(order[0])
        if len(order) == 1:
            yield from ((one.id, one.outage.mask) for one in firsts)
            return
        second = self.of_kind(order[1])
        for place, one in enumerate(firsts):
            others = second[place + 1 :] if order[0] == order[1] else second
            yield from ((_name(one, other), one.outage.mask | other.outage.mask) for other in others)


class States:
    """The states of one network, by the single failures that they are made of, at most two; none is made that nobody asks for.

    With L failures of a kind there are L states of one failure and L² / 2 of two.
    """

    def __init__(self, singles: Mapping[str, tuple[Single, ...]], orders: tuple[Order, ...]) -> None:
        self._singles = singles
        self._orders = orders
        self._pairs: dict[tuple[Single, Single], Outage] = {}

    def that_matter(self, at: int, base: int, masks: Masks, span: slice) -> Iterator[State]:
        """Yield states of the order `at`; those of all orders stand for all: each has the answer of one of them, or the normal one.

        `masks` gives the elements that the answer in a state rests on: it is the same with any further failure that takes
        none of them down. So of single failures those count that touch the mask `base` of the normal state; of two, the
        pairs of a failure that touches `base` with each failure that touches the mask in that state, and with one that
        does not (which stands for all of these). That is as many states as paths have elements, or their square, and not
        as many as the network has. `span` says which of the failures that touch `base` are looked at.
        """
        order = self._orders[at]
        for one in touching(self._singles[order[0]], base)[span]:
            if len(order) == 1:
                yield State(one.id, one.outage)
                continue
            for other in self._partners(one, at, base, masks(one.outage)):
                yield State(_name(one, other), self._together(one, other))

    def _partners(self, one: Single, at: int, base: int, after: int) -> Iterator[Single]:
        """Yield the failures beside `one` that touch the mask `after`, and the first one that does not.

        Of a pair both of which touch `base` only the one that comes first looks at the other: if the other does not touch
        its mask, then the pair is as the first one alone.
        """
        has_other = False
        order = self._orders[at]
        is_same_kind = order[0] == order[1]
        for other in self._singles[order[1]]:
            if other is one:
                continue
            if other.outage.mask & after:
                is_later = other.place < one.place if is_same_kind else at > 0
                if not (is_later and other.outage.mask & base):
                    yield other
            elif not has_other:
                has_other = True
                yield other

    def _together(self, one: Single, other: Single) -> Outage:
        known = self._pairs.get((one, other))
        if known is None:
            if len(self._pairs) >= _MOST_PAIRS:
                self._pairs.clear()
            first, second = one.outage, other.outage
            known = Outage("", first.nodes | second.nodes, first.links | second.links, first.mask | second.mask)
            self._pairs[one, other] = known
        return known


def touching(singles: tuple[Single, ...], mask: int) -> list[Single]:
    """Return the failures that take something of a mask down."""
    return [one for one in singles if one.outage.mask & mask]


def _name(one: Single, other: Single) -> str:
    return "+".join(sorted({one.id, other.id}))
