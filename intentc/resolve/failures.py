"""Which failure states of the network a demand has to survive."""

from __future__ import annotations

import math
from collections.abc import Sequence

from intentc.clauses.requirement import SurvivedFailures
from intentc.resolve.failure_sets import FailureSet, Line, StateMaker
from intentc.resolve.model import FailureState
from intentc.topology.model import Topology
from intentc.values import frozen, ordered

_NONE: frozenset[str] = frozenset()
Wanted = tuple[tuple[Line, bool], ...]  # `survive` lines, each with whether it says `except access`


@ordered
class Cut:
    """A promised state that leaves these nodes, an end of a demand, without any link."""

    state: str
    nodes: tuple[str, ...]


@frozen
class Survival:
    """The states that a demand survives, sorted by id, and those that it was promised to but cannot."""

    states: Sequence[FailureState]
    cuts: tuple[Cut, ...]


class Failures:
    """Every failure of the topology by kind, single or several at once, with what it does to each node; computed when first asked for."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._maker = StateMaker(topology)
        self._sets: dict[frozenset[Line], FailureSet] = {}
        self._wishes: dict[Wanted, _Wish] = {}
        self._sizes: dict[Line, int] = {}

    def over(self, topology: Topology) -> Failures:
        """Return the same over a topology of which no more is another than figures of links, and which are drained.

        The states are the very same ones. Which of them cut an end off is another matter: a drained link holds nobody.
        """
        found = Failures(topology)
        found._maker, found._sizes = self._maker.over(topology), self._sizes
        found._sets = {lines: item.over(topology) for lines, item in self._sets.items()}
        return found

    def single(self, kind: str) -> tuple[FailureState, ...]:
        """Return every single failure of a kind, sorted by id; those of an SRLG with those of each link."""
        return self._set(frozenset({((kind, 1),)})).states

    def size(self, line: Line) -> int:
        """Return how many states a line names (some may be the same)."""
        if line not in self._sizes:
            sizes = {kind: len(self._maker.of_kind(kind)) for kind, _ in line}
            self._sizes[line] = (
                math.prod(sum(math.comb(sizes[kind], size) for size in range(count + 1)) for kind, count in line) - 1
            )
        return self._sizes[line]

    def survival(
        self,
        lines: Sequence[SurvivedFailures],
        sources: tuple[str, ...],
        destinations: tuple[str, ...],
        *,
        is_any_of: bool,
    ) -> Survival:
        """Return what a demand from one of some nodes to one of others survives.

        The end itself is outside: a state that takes all of the source down, or all of the destination, unless replicas may stand
        for each other. A state that leaves an end up but cuts it off is outside with `except access`, else one of the `cuts`.
        """
        if len(lines) == 1:  # what most promises name
            wanted: Wanted = ((lines[0].failures, lines[0].is_except_access),)
        else:
            wanted = tuple([(line.failures, line.is_except_access) for line in lines])
        wish = self._wishes.get(wanted)
        if wish is None:
            strict = self._set(frozenset([line for line, is_except_access in wanted if not is_except_access]))
            wish = self._wishes[wanted] = _Wish(self._set(frozenset([line for line, _ in wanted])), strict)
        return wish.survival(sources, destinations, is_any_of=is_any_of)

    def _set(self, lines: frozenset[Line]) -> FailureSet:
        if lines not in self._sets:
            self._sets[lines] = FailureSet(self._topology, self._maker.of_lines(lines))
        return self._sets[lines]


class _Wish:
    """What some `survive` lines mean for each pair of ends: all of their states, and those of the lines without `except access`."""

    def __init__(self, states: FailureSet, strict: FailureSet) -> None:
        self._states = states
        self._strict = strict
        self._whole = Survival(states.states, ())  # what ends survive that no state touches
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...], bool], Survival] = {}
        self._fates: dict[tuple[str, ...], tuple[frozenset[str], frozenset[str]]] = {}

    def survival(self, sources: tuple[str, ...], destinations: tuple[str, ...], *, is_any_of: bool) -> Survival:
        key = (sources, destinations, is_any_of)
        if key not in self._known:
            self._known[key] = self._survival(sources, destinations, is_any_of=is_any_of)
        return self._known[key]

    def _survival(self, sources: tuple[str, ...], destinations: tuple[str, ...], *, is_any_of: bool) -> Survival:
        none_starts, no_start = self._of_all(sources)
        all_down, lost = self._of_all(destinations)
        if not (no_start or lost):  # which have the states in which they are down among them
            return self._whole
        outside = none_starts if is_any_of else none_starts | all_down
        cut = (no_start | lost) - outside
        if not cut:
            return Survival(self._states.without(outside), ())
        excused = cut - self._strict.places.keys() - (all_down if is_any_of else _NONE)
        cuts = (Cut(name, sources if name in no_start else destinations) for name in sorted(cut - excused))
        return Survival(self._states.without(outside | cut), tuple(cuts))

    def _of_all(self, nodes: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the states in which all of some nodes are down, and those in which each is down or alone."""
        if nodes not in self._fates:
            fates = [self._states.fate(node) for node in nodes]
            down = frozenset.intersection(*[fate.down for fate in fates])
            self._fates[nodes] = down, frozenset.intersection(*[fate.lost for fate in fates])
        return self._fates[nodes]
