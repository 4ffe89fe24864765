"""Many origins merged many times over: what each of them names is brought into its order once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, cast

from intentc.diagnostics import Span
from intentc.ir.model import Origin
from intentc.native import compiled

Gather = Callable[[dict[Any, list[Any]], tuple[Any, ...], Any], None]
Merger = Callable[[list[Any]], tuple[tuple[Any, ...], tuple[Any, ...]]]


def gatherer() -> Gather:
    """Return what adds an item to the list of each of some places; those that have none yet get one."""
    kernels = compiled("rolls")
    return gather_twin if kernels is None else cast("Gather", kernels.gather)


def gather_twin(into: dict[Any, list[Any]], places: tuple[Any, ...], item: Any) -> None:
    """Do what `native.rolls.gather` does, without a kernel."""
    for place in places:
        into.setdefault(place, []).append(item)


class Roll:
    """The intents and spans that some origins name, numbered in their order, intents first: numbers are sorted far sooner than spans."""

    def __init__(self, origins: Iterable[Origin]) -> None:
        self._known = {id(origin): origin for origin in origins}  # held, so that no other gets its identity
        intents: list[str] = sorted({name for origin in self._known.values() for name in origin.intents})
        spans: list[Span] = sorted({span for origin in self._known.values() for span in origin.spans})
        first, named = len(intents), (*intents, *spans)
        at_intent = {name: at for at, name in enumerate(intents)}
        at_span = {span: at for at, span in enumerate(spans, first)}
        numbers = {
            key: (*map(at_intent.__getitem__, origin.intents), *map(at_span.__getitem__, origin.spans))
            for key, origin in self._known.items()
        }
        kernels = compiled("rolls")
        self._merged: Merger = (RollTwin if kernels is None else kernels.Roll)(named, first, numbers).merged

    def merged(self, origins: list[Origin]) -> Origin:
        """Return what `ground.merged` returns; the origins are some of those that the roll was made of, the very same ones."""
        return Origin(*self._merged(origins))


class RollTwin:
    """What `native.rolls.Roll` does, without a kernel."""

    def __init__(self, named: tuple[Any, ...], first: int, numbers: Mapping[int, tuple[int, ...]]) -> None:
        self._named, self._first, self._numbers = named, first, numbers

    def merged(self, items: list[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Return what some of the objects name, each once and in its order: those of the one kind, and those of the other."""
        found = chain.from_iterable(map(self._numbers.__getitem__, map(id, items)))
        numbers = sorted(dict.fromkeys(found))  # not a set: they come nearly sorted
        first, named = bisect_left(numbers, self._first), self._named.__getitem__
        return tuple(map(named, numbers[:first])), tuple(map(named, numbers[first:]))
