"""Many origins merged many times over: what each of them names is brought into its order once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain
from typing import Any

from intentc.diagnostics import Span
from intentc.ir.model import Origin


class Roll:
    """The intents and spans that some origins name, numbered in their order, intents first: numbers are sorted far sooner than spans."""

    def __init__(self, origins: Iterable[Origin]) -> None:
        self._known = {id(origin): origin for origin in origins}  # held, so that no other gets its identity
        intents: list[str] = sorted({name for origin in self._known.values() for name in origin.intents})
        spans: list[Span] = sorted({span for origin in self._known.values() for span in origin.spans})
        self._first = len(intents)  # of the spans
        self._named: tuple[Any, ...] = (*intents, *spans)
        at_intent = {name: at for at, name in enumerate(intents)}
        at_span = {span: at for at, span in enumerate(spans, len(intents))}
        self._numbers = {
            key: (*map(at_intent.__getitem__, origin.intents), *map(at_span.__getitem__, origin.spans))
            for key, origin in self._known.items()
        }

    def merged(self, origins: Iterable[Origin]) -> Origin:
        """Return what `ground.merged` returns; the origins are some of those that the roll was made of, the very same ones."""
        found = chain.from_iterable(map(self._numbers.__getitem__, map(id, origins)))
        numbers = sorted(dict.fromkeys(found))  # not a set: they come nearly sorted
        first, named = bisect_left(numbers, self._first), self._named.__getitem__
        return Origin(tuple(map(named, numbers[:first])), tuple(map(named, numbers[first:])))
