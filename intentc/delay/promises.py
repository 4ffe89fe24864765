"""The failure states that demands are promised, for the books: most are promised all but a few of the same many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from intentc.delay.courses import together
from intentc.realise.model import RealisedDemand
from intentc.resolve.model import Demand, FailureState
from intentc.resolve.remaining import Remaining

Elements = tuple[frozenset[str], frozenset[str]]  # nodes, links
Promised = Mapping[int, Sequence[FailureState]]  # by identity


def promised_by(demands: Mapping[str, RealisedDemand]) -> Promised:
    """Return what the failover of any demand promises, each sequence of states once."""
    failovers = (item.demand.failover for item in demands.values())
    return {id(failover.states): failover.states for failover in failovers if failover is not None}


def names_of(promised: Promised) -> dict[Elements, str]:
    """Return the promised states by what fails in them, each with the first of its ids."""
    found: dict[Elements, str] = {}
    for states in together(promised.values()):
        for state in states:
            elements = (state.nodes, state.links)
            found[elements] = min(state.id, found.get(elements, state.id))
    return found


class Whole:
    """The numbers of failure states by their ids, in order."""

    def __init__(self, states: Iterable[FailureState], number: Mapping[Elements, int]) -> None:
        found = {state.id: number.get((state.nodes, state.links)) for state in states}
        self.numbers = {name: number for name, number in found.items() if number is not None}
        self.has_twins = len(set(self.numbers.values())) < len(self.numbers)

    @cached_property
    def places(self) -> Mapping[str, int] | None:
        """The places of the ids, where the same fails in several states; else None."""
        return {name: place for place, name in enumerate(self.numbers)} if self.has_twins else None


class Promise:
    """What a demand is promised: the states of a whole but for some (`without`, their ids)."""

    def __init__(self, whole: Whole, without: frozenset[str]) -> None:
        self._whole, self._without = whole, without

    @property
    def has_twins(self) -> bool:
        """Return whether the same fails in several states of the whole."""
        return self._whole.has_twins

    def numbers(self) -> list[int]:
        """Return the numbers of the states."""
        return [number for name, number in self._whole.numbers.items() if name not in self._without]

    def moved(self, slots: Iterable[tuple[int, tuple[str, ...]]]) -> list[tuple[int, list[int]]]:
        """Return which paths are taken in which states; of states in which the same fails the last one that is promised counts."""
        numbers, without, places = self._whole.numbers, self._without, self._whole.places
        if places is None:
            return [
                (slot, [numbers[name] for name in names if name in numbers and name not in without])
                for slot, names in slots
            ]
        taken = {name: slot for slot, names in slots for name in names if name in numbers and name not in without}
        return [(taken[name], [numbers[name]]) for name in sorted(taken, key=places.__getitem__)]


class Promises:
    """What each demand is promised, in the numbers of states that are given."""

    def __init__(self, number: Mapping[Elements, int]) -> None:
        self._number = number
        self._known: dict[int, Promise] = {}  # by identity of the states
        self._wholes: dict[int, Whole] = {}  # by identity of what they are a part of

    def of(self, demand: Demand) -> Promise:
        """Return what a demand is promised."""
        states = demand.failover.states if demand.failover is not None else ()
        found = self._known.get(id(states))
        if found is None:
            whole, left_out = (states.whole, states.left_out) if isinstance(states, Remaining) else (states, ())
            if id(whole) not in self._wholes:
                self._wholes[id(whole)] = Whole(whole, self._number)
            without = frozenset([whole[place].id for place in left_out])
            found = self._known[id(states)] = Promise(self._wholes[id(whole)], without)
        return found
