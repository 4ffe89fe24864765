"""The single failures that the states of an assertion are made of, found by the elements that they take down."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations

from intentc.language import ast
from intentc.manifest.elements import NOTHING, Elements
from intentc.values import frozen
from intentc.verify.failures import Failures, State

Combination = tuple[State, ...]


def touches(failed: Elements, relied: Elements) -> bool:
    """Return whether a failure takes down something that an answer relies on."""
    return not (failed.nodes.isdisjoint(relied.nodes) and failed.links.isdisjoint(relied.links))


def together(parts: Iterable[State]) -> Elements:
    """Return what is down when several failures happen at once (each already with its consequences)."""
    found = [part.failed for part in parts]
    if not found:
        return NOTHING
    return Elements(
        frozenset[str]().union(*(part.nodes for part in found)), frozenset[str]().union(*(part.links for part in found))
    )


def name_of(parts: Iterable[State]) -> str:
    """Return the id of the state in which several failures happen at once."""
    return "+".join(sorted({part.id for part in parts}))


@frozen
class Kind:
    """All single failures of one kind."""

    states: tuple[State, ...]

    @cached_property
    def _by_element(self) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = {}
        for at, state in enumerate(self.states):
            for what, names in (("node", state.failed.nodes), ("link", state.failed.links)):
                for name in names:
                    found.setdefault((what, name), []).append(at)
        return found

    def touching(self, relied: Elements) -> list[State]:
        """Return the failures that take down something of `relied`."""
        keys = [("node", name) for name in relied.nodes] + [("link", name) for name in relied.links]
        hit = {at for key in keys for at in self._by_element.get(key, ())}
        return [self.states[at] for at in sorted(hit)]

    def within(self, failed: Elements) -> list[State]:
        """Return the failures that take down nothing beyond `failed`."""
        near = self.touching(failed)
        return [x for x in near if x.failed.nodes <= failed.nodes and x.failed.links <= failed.links]


Counts = tuple[tuple[str, int], ...]  # of each kind, how many fail at the same time


class Named:
    """The states that an assertion names: so many failures of each kind at the same time."""

    def __init__(self, counts: Counts, kinds: Mapping[str, tuple[State, ...]]) -> None:
        self.counts = counts
        self.kinds = {kind: Kind(kinds[kind]) for kind, _ in counts}

    def has(self, failed: Elements) -> bool:
        """Return whether exactly these elements are down in one of the states."""
        near = {kind: found.within(failed) for kind, found in self.kinds.items()}
        return any(together(parts) == failed for parts in self._combined(near))

    def touching(self, relied: Elements) -> Iterator[Combination]:
        """Yield the states at least one of whose failures takes down something of `relied`."""
        for at, first in self.firsts(relied):
            yield from self.with_first(at, first)

    def firsts(self, relied: Elements) -> list[tuple[int, State]]:
        """Return the single failures that take down something of `relied`, with the place of their kind among the counts."""
        return [(at, first) for at, (kind, _) in enumerate(self.counts) for first in self.kinds[kind].touching(relied)]

    def with_first(self, at: int, first: State) -> Iterator[Combination]:
        """Yield the states that one failure of the kind at `at` is part of."""
        return ((first, *rest) for rest in self._completed(at, self.counts[at][1], first))

    def per_first(self) -> int:
        """Return about how many states each single failure is part of."""
        sizes = [math.comb(len(self.kinds[kind].states), count) for kind, count in self.counts]
        most = max((len(found.states) for found in self.kinds.values()), default=1)
        return max(1, math.prod(sizes) // max(1, most))

    def _completed(self, at: int, count: int, first: State) -> Iterator[Combination]:
        """Yield what can fail beside `first`, which is one failure of the kind at `at`."""
        own = [state for state in self.kinds[self.counts[at][0]].states if state is not first]
        for same in combinations(own, count - 1):
            others = {kind: list(found.states) for kind, found in self.kinds.items()}
            for rest in self._combined(others, without=at):
                yield (*same, *rest)

    def _combined(self, choices: dict[str, list[State]], without: int | None = None) -> Iterator[Combination]:
        """Yield the states made of these failures; one kind may be left out."""
        found: list[Combination] = [()] if self.counts else []
        for at, (kind, count) in enumerate(self.counts):
            if at != without:
                found = [(*parts, *chosen) for parts in found for chosen in combinations(choices[kind], count)]
        yield from found


def named_by(under: Iterable[ast.FailureCount], failures: Failures) -> Named:
    """Return the states that the counts of an assertion name."""
    counts = tuple((item.kind, item.count) for item in under)
    return Named(counts, {kind: failures.single(kind) for kind, _ in counts})
