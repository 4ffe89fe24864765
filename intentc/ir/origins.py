"""Many origins merged many times over: what each of them names is brought into its order once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, cast

from intentc.ir.model import Origin
from intentc.native import compiled

Gather = Callable[[dict[Any, list[Any]], tuple[Any, ...], Any], None]
Merger = Callable[[list[Any]], tuple[tuple[Any, ...], tuple[Any, ...], list[Any]]]


def gatherer() -> Gather:
    """Return what adds an item to the list of each of some places; those that have none yet get one."""
    kernels = compiled("rolls")
    return gather_twin if kernels is None else cast("Gather", kernels.gather)


def gather_twin(into: dict[Any, list[Any]], places: tuple[Any, ...], item: Any) -> None:
    """Do what `native.rolls.gather` does, without a kernel."""
    for place in places:
        into.setdefault(place, []).append(item)


_FEW = 32  # of so many one: to find its place among what is merged takes less than to number all anew
_INTENTS, _SPANS = attrgetter("intents"), attrgetter("spans")


class Roll:
    """The intents and spans that some origins name, numbered in their order, intents first: numbers are sorted far sooner than spans."""

    def __init__(self, origins: Iterable[Origin]) -> None:
        self._known = {id(origin): origin for origin in origins}  # held, so that no other gets its identity
        known = self._known.values()
        intents, at_intent = _numbered(_in_order(map(_INTENTS, known)), 0)
        spans, at_span = _numbered(_in_order(map(_SPANS, known)), len(intents))
        numbers = {
            key: (
                *map(at_intent.__getitem__, map(id, origin.intents)),
                *map(at_span.__getitem__, map(id, origin.spans)),
            )
            for key, origin in self._known.items()
        }
        kernels = compiled("rolls")
        made = (RollTwin if kernels is None else kernels.Roll)((*intents, *spans), len(intents), numbers)
        self._merged: Merger = made.merged

    def admits(self, origins: Iterable[Origin], count: int) -> bool:
        """Return whether the roll serves to merge some more origins, where `count` are merged in all, each of these or on the roll.

        False: those that are not on it are many, or most on it are none of all these; a new one is due.
        """
        strangers = {id(origin) for origin in origins if id(origin) not in self._known}
        return len(strangers) * _FEW <= count and len(self._known) <= 2 * count

    def merged(self, origins: list[Origin]) -> Origin:
        """Return what `ground.merged` returns; origins that are not on the roll, the very same ones, are merged one by one."""
        intents, spans, others = self._merged(origins)
        if not others:
            return Origin(intents, spans)
        return Origin(_with(intents, map(_INTENTS, others)), _with(spans, map(_SPANS, others)))


def _with(ordered: tuple[Any, ...], named: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return what is in order and some more, each once and in order."""
    found = list(ordered)
    for item in chain.from_iterable(named):
        at = bisect_left(found, item)
        if at == len(found) or found[at] != item:
            found.insert(at, item)
    return tuple(found)


def _in_order(named: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Return all that is named, each object once, in its order."""
    return sorted({id(item): item for item in chain.from_iterable(named)}.values())


def _numbered(ordered: Sequence[Any], first: int) -> tuple[list[Any], dict[int, int]]:
    """Return what is in order, of equals one, and the number of each object by its identity, from `first` on."""
    found: list[Any] = []
    at: dict[int, int] = {}
    for item in ordered:
        if not found or item != found[-1]:
            found.append(item)
        at[id(item)] = first + len(found) - 1
    return found, at


class RollTwin:
    """What `native.rolls.Roll` does, without a kernel."""

    def __init__(self, named: tuple[Any, ...], first: int, numbers: Mapping[int, tuple[int, ...]]) -> None:
        self._named, self._first, self._numbers = named, first, numbers

    def merged(self, items: list[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...], list[Any]]:
        """Return what some objects name, each once and in its order: those of the one kind, those of the other; and the objects that are not known."""
        rows = list(map(self._numbers.get, map(id, items)))
        strangers = [item for item, row in zip(items, rows, strict=True) if row is None]
        found = chain.from_iterable(row for row in rows if row is not None)
        numbers = sorted(dict.fromkeys(found))  # not a set: they come nearly sorted
        first, named = bisect_left(numbers, self._first), self._named.__getitem__
        return tuple(map(named, numbers[:first])), tuple(map(named, numbers[first:])), strangers
