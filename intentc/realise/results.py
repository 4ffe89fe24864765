"""What demands do in failure states, by name; of those that the IGP carries by itself it is made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
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

Told = tuple[tuple[Path, ...], LatencyParts]  # paths, and the latency of the slowest one
_WORD = 1 << 62


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

    def _several(self, start: int, ways: Iterable[tuple[tuple[int, ...], int]], ahead: int | None) -> Told:
        taken = walk_along(start, trails_of(tuple(ways)), self._network.head)
        return paths_of(self._network, taken), worst_latency(self._network, taken.trails, ahead)

    def told(self, taken: Walk, ahead: int | None, known: KnownPaths | None) -> Told:
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


class SettledResults(Sequence[StateResult]):
    """What a demand that nothing steers does in failure states: a tuple of that, made when somebody looks into it."""

    __slots__ = ("_made",)

    def __init__(self, results: Results, settled: Settled, promised: Promised, ahead: int | None) -> None:
        self._made = Later(partial(results.settled, settled, promised, ahead))

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
        if not isinstance(other, SettledResults | tuple):
            return NotImplemented
        return self is other or tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return repr(self._made())

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, (self._made(),)


def _first_of(result: StateResult) -> str:
    return result.when[0]
