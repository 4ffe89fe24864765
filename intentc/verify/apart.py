"""How many pairs of nodes are apart in the worst of many states, looked at by whatever runs jobs."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.executor.model import Executor, Job
from intentc.manifest.elements import Elements
from intentc.values import frozen
from intentc.verify.atoms import Counts, Named, together, touches
from intentc.verify.failures import State
from intentc.verify.islands import Islands, Live

_STATES_PER_CHUNK = 256  # half a second of work on some hundred nodes
_PlainElements = tuple[tuple[str, ...], tuple[str, ...]]  # nodes and links, sorted
_PlainKinds = tuple[tuple[str, tuple[tuple[str, _PlainElements], ...]], ...]
_Shared = tuple[Live, tuple[str, ...], Counts, _PlainKinds, _PlainElements]


@frozen
class _Ready:
    live: Live
    members: tuple[str, ...]
    named: Named
    firsts: list[tuple[int, State]]
    places: dict[int, int]  # of each first failure, by the identity of its object


def find_most_apart(executor: Executor, live: Live, members: Iterable[str], named: Named, relied: Elements) -> int:
    """Return how many pairs are apart in the worst of the states that take something of `relied` down; 0 without any."""
    count = len(named.firsts(relied))
    step = max(1, _STATES_PER_CHUNK // named.per_first())
    kinds = tuple((kind, tuple((x.id, _plain(x.failed)) for x in found.states)) for kind, found in named.kinds.items())
    shared: _Shared = (live, tuple(sorted(members)), named.counts, kinds, _plain(relied))
    chunks = [(low, min(low + step, count)) for low in range(0, count, step)]
    units = count * named.per_first() * (len(live[0]) + len(live[1]))
    return max(executor.run(SWEEP, shared, chunks, units), default=0)


def prepare_apart(shared: _Shared) -> _Ready:
    """Return what the states are looked at with."""
    live, members, counts, kinds, relied = shared
    states = {kind: tuple(State(name, _elements(failed)) for name, failed in found) for kind, found in kinds}
    named = Named(counts, states)
    firsts = named.firsts(_elements(relied))
    return _Ready(live, members, named, firsts, {id(first): place for place, (_, first) in enumerate(firsts)})


def find_worst_of_chunk(ready: _Ready, chunk: tuple[int, int]) -> int:
    """Return how many pairs are apart in the worst state that the failures of a chunk are part of."""
    return max((_most_apart(ready, place) for place in range(*chunk)), default=0)


def _most_apart(ready: _Ready, place: int) -> int:
    """Return how many pairs are apart in the worst state that one failure is part of.

    States that an earlier failure is part of were looked at with that one. Where the others of a state spare the ways that
    join all members after this failure, nothing is apart.
    """
    at, first = ready.firsts[place]
    joining = Islands(ready.live, first.failed).relied(ready.members)
    worst = 0
    for parts in ready.named.with_first(at, first):
        others = parts[1:]
        is_known = any(ready.places.get(id(part), place) < place for part in others)
        is_joined = joining is not None and not touches(together(others), joining)
        if not is_known and not is_joined:
            worst = max(worst, Islands(ready.live, together(parts)).apart(ready.members))
    return worst


SWEEP = Job(prepare_apart, find_worst_of_chunk)


def _plain(elements: Elements) -> _PlainElements:
    return tuple(sorted(elements.nodes)), tuple(sorted(elements.links))


def _elements(plain: _PlainElements) -> Elements:
    return Elements(frozenset(plain[0]), frozenset(plain[1]))
