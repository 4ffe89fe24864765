"""The single failures that the states of an assertion are made of, found by the elements that they take down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from intentc.language import ast
from intentc.manifest.elements import NOTHING, Elements
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


@dataclass(frozen=True)
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


class Named:
    """The states that an assertion names: so many failures of each kind at the same time."""

    def __init__(self, under: Iterable[ast.FailureCount], failures: Failures) -> None:
        self._counts = tuple((item.kind, item.count) for item in under)
        self._kinds = {kind: Kind(failures.single(kind)) for kind, _ in self._counts}

    def has(self, failed: Elements) -> bool:
        """Return whether exactly these elements are down in one of the states."""
        near = {kind: found.within(failed) for kind, found in self._kinds.items()}
        return any(together(parts) == failed for parts in self._combined(near))

    def touching(self, relied: Elements) -> Iterator[Combination]:
        """Yield the states at least one of whose failures takes down something of `relied`."""
        for at, (kind, count) in enumerate(self._counts):
            for first in self._kinds[kind].touching(relied):
                for rest in self._completed(at, count, first):
                    yield (first, *rest)

    def _completed(self, at: int, count: int, first: State) -> Iterator[Combination]:
        """Yield what can fail beside `first`, which is one failure of the kind at `at`."""
        own = [state for state in self._kinds[self._counts[at][0]].states if state is not first]
        for same in combinations(own, count - 1):
            others = {kind: list(found.states) for kind, found in self._kinds.items()}
            for rest in self._combined(others, without=at):
                yield (*same, *rest)

    def _combined(self, choices: dict[str, list[State]], without: int | None = None) -> Iterator[Combination]:
        """Yield the states made of these failures; one kind may be left out."""
        found: list[Combination] = [()] if self._counts else []
        for at, (kind, count) in enumerate(self._counts):
            if at != without:
                found = [(*parts, *chosen) for parts in found for chosen in combinations(choices[kind], count)]
        yield from found
