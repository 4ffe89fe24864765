"""The failure states that an assertion speaks of, and which of them can matter at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage, Outages
from intentc.resolve.assertion_model import FailureCount
from intentc.resolve.failures import Failures
from intentc.resolve.model import FailureState

Under = tuple[FailureCount, ...]
Masks = Callable[[Outage], int]  # what the answer in a state rests on


@dataclass(frozen=True, slots=True)
class Single:
    """One failure of one kind, with the bits of all that it takes down."""

    state: FailureState
    mask: int


@dataclass(frozen=True, slots=True)
class State:
    """One state by its id in the manifest (simultaneous failures joined by `+` in sorted order)."""

    id: str
    outage: Outage


class States:
    """The states of one network: every set of so many failures of each kind that is named, at most two in all.

    With L failures of a kind there are L states of one failure and L² / 2 of two; none is kept that nobody asks for.
    """

    def __init__(self, network: Network, outages: Outages) -> None:
        self._outages = outages
        self._failures = Failures(network.topology)
        self._singles: dict[str, tuple[Single, ...]] = {}

    def that_matter(self, under: Under, masks: Masks) -> Iterator[State]:
        """Yield states such that every state of `under` has the answer of the normal state or of one that is yielded.

        `masks` gives the elements that the answer in a state rests on: it is the same with any further failure that takes
        none of them down. So of single failures those count that touch the mask M of the normal state; of two, the pairs
        of a failure that touches M with each failure that touches the mask in that state, and with one that does not
        (which stands for all of these). That is as many states as paths have elements, or their square, and not as
        many as the network has.
        """
        kinds = [item.kind for item in under for _ in range(item.count)]
        base = masks(NORMAL)
        if len(kinds) == 1:
            yield from (State(one.state.id, self._outage(one)) for one in self._touching(kinds[0], base))
        elif kinds:
            yield from self._pairs(kinds, masks, base)

    def _pairs(self, kinds: Sequence[str], masks: Masks, base: int) -> Iterator[State]:
        seen: set[str] = set()
        for first, second in dict.fromkeys(((kinds[0], kinds[1]), (kinds[1], kinds[0]))):
            for one in self._touching(first, base):
                after = masks(self._outage(one))
                for other in self._partners(one, second, after, is_same_kind=first == second):
                    name = _name(one, other)
                    if name not in seen:
                        seen.add(name)
                        yield State(name, self._outage(one, other))

    def _partners(self, one: Single, kind: str, mask: int, *, is_same_kind: bool) -> Iterator[Single]:
        """Yield the failures beside `one` that touch a mask, and the first one that does not."""
        has_other = False
        for other in self._of_kind(kind):
            if is_same_kind and other is one:
                continue
            if other.mask & mask:
                yield other
            elif not has_other:
                has_other = True
                yield other

    def named(self, under: Under, wanted: frozenset[int]) -> Mapping[int, str]:
        """Return the ids of those states of `under` whose elements are one of the masks `wanted`, the first id of each."""
        kinds = [item.kind for item in under for _ in range(item.count)]
        found: dict[int, str] = {}
        if not kinds or not wanted:
            return found
        for name, mask in self._all(kinds):
            if mask in wanted and (mask not in found or name < found[mask]):
                found[mask] = name
        return found

    def _all(self, kinds: Sequence[str]) -> Iterator[tuple[str, int]]:
        if len(kinds) == 1:
            yield from ((one.state.id, one.mask) for one in self._of_kind(kinds[0]))
            return
        second = self._of_kind(kinds[1])
        for position, one in enumerate(self._of_kind(kinds[0])):
            others = second[position + 1 :] if kinds[0] == kinds[1] else second
            yield from ((_name(one, other), one.mask | other.mask) for other in others)

    def _touching(self, kind: str, mask: int) -> list[Single]:
        return [one for one in self._of_kind(kind) if one.mask & mask]

    def _of_kind(self, kind: str) -> tuple[Single, ...]:
        if kind not in self._singles:
            states = self._failures.single(kind)
            self._singles[kind] = tuple(Single(state, self._outages.of(state).mask) for state in states)
        return self._singles[kind]

    def _outage(self, one: Single, other: Single | None = None) -> Outage:
        if other is None:
            return self._outages.of(one.state)
        both = (one.state, other.state)
        nodes = frozenset[str]().union(*(state.nodes for state in both))
        links = frozenset[str]().union(*(state.links for state in both))
        return self._outages.of(FailureState(_name(one, other), nodes, links))


def _name(one: Single, other: Single) -> str:
    return "+".join(sorted({one.state.id, other.state.id}))
