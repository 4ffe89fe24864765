"""What demands do in failure states, by name; of those that the IGP carries by itself it is made when somebody asks for it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter, is_
from typing import TYPE_CHECKING, overload

from intentc.forwarding.figures import KnownPaths, paths_of, worst_latency
from intentc.forwarding.network import Network
from intentc.forwarding.promised import Promised
from intentc.forwarding.walk import Walk, trails_of, walk_along
from intentc.native import compiled
from intentc.place.settled import Settled
from intentc.realise.derived import Way
from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.values import Later

if TYPE_CHECKING:
    from intentc.native.results import Teller

Paths = tuple[tuple[Path, ...], LatencyParts]  # paths, and the latency of the slowest one
if TYPE_CHECKING:
    # what tells the results, what is folded of them, packets ahead, the ids of states by place, and the places that do not count
    Told = tuple[Teller, bytes, int | None, tuple[tuple[str, ...], ...], frozenset[int]]
    # the same, four numbers of the normal state and of each result, the latency of the normal state, and what bases are called
    Queued = tuple[Told, array[int], LatencyParts, Sequence[str]]
_WORD = 1 << 62
_PATHS = attrgetter("paths")
_FIGURES, _AS_BEFORE, _AS_NORMALLY = 4, -1, -2  # of a result


class Results:
    """Names what demands do on one network. `teller`: the kernel that does so for demands that nothing steers; None where there is none."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}  # ids of states: many demands have the same
        self.teller = self._teller()

    def _teller(self) -> Teller | None:
        network, kernels = self._network, compiled("results")
        if kernels is None or network.names is None or network.figures is None or network.units_per_us > _WORD:
            return None
        parts = network.names, network.figures, network.units_per_us, tuple.__new__, Path, LatencyParts, StateResult
        found: Teller = kernels.Teller(*parts, self._several, self._same)
        return found

    def _several(self, start: int, ways: Iterable[tuple[tuple[int, ...], int]], ahead: int | None) -> Paths:
        taken = walk_along(start, trails_of(tuple(ways)), self._network.head)
        return paths_of(self._network, taken), worst_latency(self._network, taken.trails, ahead)

    def told(self, taken: Walk, ahead: int | None, known: KnownPaths | None) -> Paths:
        """Return the paths of a walk, and the latency of the slowest one; paths that are `known` are the very same ones."""
        trails = taken.trails
        if self.teller is not None and known is None and len(trails) == 1 and not trails[0].labels:
            return self.teller.way(taken.start, trails[0].arcs, ahead)
        return paths_of(self._network, taken, known), worst_latency(self._network, taken.trails, ahead)

    def of(self, ways: Iterable[Way], ahead: int | None, known: KnownPaths | None) -> tuple[StateResult, ...]:
        """Return what happens in failure states, by the first id of each result; of ways without any there is none."""
        found: list[StateResult] = []
        for taken, when in ways:
            if when:
                paths, latency = self.told(taken, ahead, known)
                ids = tuple(sorted(when))
                found.append(StateResult(self._same.setdefault(ids, ids), paths[0].nodes[-1], paths, latency))
        return tuple(sorted(found, key=_first_of))

    def settled(self, settled: Settled, promised: Promised, ahead: int | None) -> tuple[StateResult, ...]:
        """Return the same of what the kernel that follows packets has found."""
        if self.teller is None:
            raise RuntimeError("what a kernel has found is told by it")
        return tuple(self.teller.results(settled.folded, ahead, promised.ids, promised.watch.gone_places))


class LaterResults(Sequence[StateResult]):
    """What a demand does in failure states: a tuple of that, made when somebody looks into it."""

    __slots__ = ("_made",)

    def __init__(self, make: Callable[[], tuple[StateResult, ...]]) -> None:
        self._made = Later(make)

    def whens(self) -> Sequence[tuple[str, ...]]:
        """Return the ids of the states of each result alone."""
        return [result.when for result in self._made()]

    def __iter__(self) -> Iterator[StateResult]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())

    @overload
    def __getitem__(self, index: int) -> StateResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[StateResult]: ...

    def __getitem__(self, index: int | slice) -> StateResult | Sequence[StateResult]:
        return self._made()[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LaterResults | tuple):
            return NotImplemented
        return self is other or tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return repr(self._made())

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, (self._made(),)


class _OfSettled:
    """Makes what a demand does that nothing steers of what a kernel has found."""

    __slots__ = ("_ahead", "_promised", "_results", "_settled")

    def __init__(self, results: Results, settled: Settled, promised: Promised, ahead: int | None) -> None:
        self._results, self._settled, self._promised, self._ahead = results, settled, promised, ahead

    def __call__(self) -> tuple[StateResult, ...]:
        return self._results.settled(self._settled, self._promised, self._ahead)

    def told(self) -> Told:
        teller, promised = self._results.teller, self._promised
        if teller is None:
            raise RuntimeError("what a kernel has found is told by it")
        return teller, self._settled.folded, self._ahead, promised.ids, promised.watch.gone_places


class SettledResults(LaterResults):
    """The same of a demand that nothing steers: what a kernel has found of it tells the most without any results."""

    __slots__ = ()

    def __init__(self, results: Results, settled: Settled, promised: Promised, ahead: int | None) -> None:
        super().__init__(_OfSettled(results, settled, promised, ahead))

    def told(self) -> Told | None:
        """Return what these are made of, for kernels; None once they have been made."""
        maker = self._made.maker
        return maker.told() if isinstance(maker, _OfSettled) else None

    def whens(self) -> Sequence[tuple[str, ...]]:
        """Return the ids of the states of each result alone."""
        told = self.told()
        if told is None:
            return super().whens()
        teller, folded, _, ids, gone = told
        return teller.whens(folded, ids, gone)


class _OfQueued:
    """Makes results of others and their latencies."""

    __slots__ = ("bases", "before", "normally", "words")

    def __init__(
        self, before: Sequence[StateResult], normally: LatencyParts, words: Sequence[int], bases: Sequence[str]
    ) -> None:
        self.before, self.normally, self.words, self.bases = before, normally, words, bases

    def __call__(self) -> tuple[StateResult, ...]:
        known: dict[tuple[int, ...], LatencyParts] = {}  # many are the same
        found: list[StateResult] = []
        for result, place in zip(self.before, range(_FIGURES, len(self.words), _FIGURES), strict=True):
            figures = self.words[place : place + _FIGURES]
            latency = parts_of(result.latency, figures, self.bases, self.normally, known)
            found.append(StateResult(result.when, result.destination, result.paths, latency))
        return tuple(found)


class QueuedResults(LaterResults):
    """Results with other latencies: four numbers of each result in `words`, as `native.careers` tells them, after those of the normal state."""

    __slots__ = ()

    def __init__(
        self, before: Sequence[StateResult], normally: LatencyParts, words: Sequence[int], bases: Sequence[str]
    ) -> None:
        super().__init__(_OfQueued(before, normally, words, bases))

    @property
    def led(self) -> Sequence[StateResult]:
        """Results of the same paths: those that these are made of, until they are."""
        maker = self._made.maker
        return maker.before if isinstance(maker, _OfQueued) else self

    def queued(self) -> Queued | None:
        """Return what these are made of, for kernels; None once they have been made, or where it is not what a kernel has found."""
        maker = self._made.maker
        told = (
            maker.before.told() if isinstance(maker, _OfQueued) and isinstance(maker.before, SettledResults) else None
        )
        if told is None or not isinstance(maker, _OfQueued) or not isinstance(maker.words, array):
            return None
        return told, maker.words, maker.normally, maker.bases

    def whens(self) -> Sequence[tuple[str, ...]]:
        """Return the ids of the states of each result alone."""
        maker = self._made.maker
        return whens(maker.before) if isinstance(maker, _OfQueued) else super().whens()


def whens(results: Sequence[StateResult]) -> Sequence[tuple[str, ...]]:
    """Return the ids of the states of each result alone: nothing is made for that."""
    return results.whens() if isinstance(results, LaterResults) else [result.when for result in results]


def ways_of(results: Sequence[StateResult]) -> Iterator[tuple[Path, ...]]:
    """Yield the paths of each result; none with other latencies is made for that."""
    return map(_PATHS, led(results))


def lead_alike(one: Sequence[StateResult], other: Sequence[StateResult]) -> bool:
    """Return whether as many results have the very same paths, one by one; none with other latencies is made for that."""
    mine, its = led(one), led(other)
    return mine is its or (len(mine) == len(its) and all(map(is_, map(_PATHS, mine), map(_PATHS, its))))


def led(results: Sequence[StateResult]) -> Sequence[StateResult]:
    """Return what has the paths of some results that are not made yet, of which those take them."""
    return results.led if isinstance(results, QueuedResults) else results


def parts_of(
    before: LatencyParts,
    figures: Sequence[int],
    bases: Sequence[str],
    normally: LatencyParts,
    known: dict[tuple[int, ...], LatencyParts],
) -> LatencyParts:
    """Return the latency that four numbers tell; those that are `known` are the very same ones."""
    propagation, serialisation, queueing, basis = figures
    if propagation == _AS_NORMALLY:
        return normally
    if propagation == _AS_BEFORE:
        propagation, serialisation = before.propagation, before.serialisation
    key = propagation, serialisation, queueing, basis
    found = known.get(key)
    if found is None:
        found = known[key] = LatencyParts(propagation, serialisation, queueing, bases[basis])
    return found


def _first_of(result: StateResult) -> str:
    return result.when[0]
