"""The worst state of each demand by what is counted of its journeys, over all states that can matter to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.assertions.behaviour import Behaviour
from intentc.assertions.chunks import Chunk, Series, chunks_of, count_of
from intentc.assertions.context import Context
from intentc.assertions.journey import Journey
from intentc.assertions.model import NORMAL_STATE, Worst
from intentc.assertions.packing import (
    PlainNetwork,
    PlainOutage,
    PlainSingles,
    PlainTrack,
    PlainViews,
    pack_network,
    pack_outage,
    pack_singles,
    pack_track,
    pack_views,
    unpack_network,
    unpack_outage,
    unpack_singles,
    unpack_track,
    unpack_views,
)
from intentc.assertions.states import Order, Single, State, States, orders_of, touching
from intentc.executor.model import Job
from intentc.forwarding.outage import NORMAL, Outage
from intentc.resolve.assertion_model import Assertion
from intentc.values import frozen

Forbidden = tuple[frozenset[int], frozenset[int]]  # nodes and links
_Subject = tuple[
    str, int, tuple[int, ...]
]  # a demand, what its normal journey rests on, promised states that touch that
_Shared = tuple[
    PlainNetwork,
    PlainViews,
    tuple[PlainTrack, ...],
    tuple[_Subject, ...],
    tuple[Order, ...],
    PlainSingles,
    tuple[tuple[str, PlainOutage], ...],  # promised states
    Forbidden | None,
]
_Answer = tuple[int, int, str, PlainOutage]  # a subject, its largest count, and in which state
_Order = tuple[int, bool, str, str]  # how bad, then the normal state, the first id and key


@frozen
class Finding:
    """The worst state of one demand, and what is counted in it."""

    key: str
    worst: Worst
    outage: Outage

    @property
    def order(self) -> _Order:
        """Return the place among findings, the worst first."""
        return -self.worst.value, self.worst.state != NORMAL_STATE, self.worst.state, self.key


def count(journey: Journey, forbidden: Forbidden | None) -> int:
    """Return how many forbidden elements packets touch; without any, how many links the longest path has."""
    if forbidden is None:
        return journey.most_links
    nodes, links = forbidden
    return len(nodes & journey.nodes) + len({arc >> 1 for arc in journey.arcs} & links)


def find_worst_journeys(
    context: Context, assertion: Assertion, keys: list[str], forbidden: Forbidden | None, *, is_promised: bool
) -> list[Finding]:
    """Return the worst state of each demand: of the normal one, those of the assertion and, if `is_promised`, its promised ones."""
    behaviour, network = context.behaviour, context.behaviour.network
    orders = orders_of(assertion.under)
    singles = {kind: context.singles.of_kind(kind) for order in orders for kind in order}
    promises = _Promises(context) if is_promised else None
    subjects = tuple(_subject(behaviour, key, promises) for key in keys)
    series = [one for at, subject in enumerate(subjects) for one in _series(at, subject, orders, singles)]
    shared: _Shared = (
        pack_network(network),
        pack_views(behaviour.views),
        tuple(pack_track(behaviour.track(key)) for key in _with_requests(behaviour, keys)) if series else (),
        subjects,
        orders,
        pack_singles(orders, singles),
        promises.packed if promises is not None else (),
        forbidden,
    )
    units = count_of(series) * (len(network.nodes) + len(network.links))
    chunks = chunks_of(series, context.states_per_chunk)
    answers = [answer for found in context.executor.run(SWEEP, shared, chunks, units) for answer in found]
    best = [Finding(key, Worst(NORMAL_STATE, count(behaviour.journey(key, NORMAL), forbidden)), NORMAL) for key in keys]
    for at, value, state, down in answers:
        found = Finding(keys[at], Worst(state, value), unpack_outage(down, network))
        best[at] = min(best[at], found, key=lambda item: item.order)
    return best


class _Promises:
    """The states that demands are promised to survive, each once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._places: dict[str, int] = {}
        self._states: list[tuple[str, PlainOutage]] = []

    @property
    def packed(self) -> tuple[tuple[str, PlainOutage], ...]:
        return tuple(self._states)

    def of(self, key: str, mask: int) -> tuple[int, ...]:
        """Return the places of the promised states of a demand that touch a mask."""
        failover = self._context.realised.demands[key].demand.failover
        states = failover.states if failover is not None else ()
        outages = ((state.id, self._context.outages.of(state)) for state in states)
        return tuple(self._place(name, outage) for name, outage in outages if outage.touches(mask))

    def _place(self, name: str, outage: Outage) -> int:
        if name not in self._places:
            self._places[name] = len(self._states)
            self._states.append((name, pack_outage(outage)))
        return self._places[name]


def _subject(behaviour: Behaviour, key: str, promises: _Promises | None) -> _Subject:
    mask = behaviour.journey(key, NORMAL).dependence
    return key, mask, promises.of(key, mask) if promises is not None else ()


def _series(
    at: int, subject: _Subject, orders: tuple[Order, ...], singles: Mapping[str, tuple[Single, ...]]
) -> Iterator[Series]:
    """Yield the series of a demand: one per order, and then its promised states."""
    _, mask, promised = subject
    for place, order in enumerate(orders):
        sizes = [len(touching(singles[kind], mask)) for kind in order]
        yield Series(at, place, sizes[0], 1 if len(sizes) == 1 else 1 + sizes[1])
    if promised:
        yield Series(at, len(orders), len(promised), 1)


def _with_requests(behaviour: Behaviour, keys: Sequence[str]) -> list[str]:
    """Return the demands with those that they answer, which decide where replies start."""
    requests = [behaviour.track(key).reply_to for key in keys]
    return sorted({*keys, *(key for key in requests if key is not None and behaviour.is_placed(key))})


@frozen
class _Ready:
    behaviour: Behaviour
    states: States
    orders: tuple[Order, ...]
    subjects: tuple[_Subject, ...]
    promised: tuple[State, ...]
    forbidden: Forbidden | None


def prepare_journeys(shared: _Shared) -> _Ready:
    """Return what the states of one assertion are looked at with."""
    plain, views, tracks, subjects, orders, singles, promised, forbidden = shared
    network = unpack_network(plain)
    known = {track.key: track for track in map(unpack_track, tracks)}
    return _Ready(
        Behaviour(unpack_views(views, network), known.get),
        States(unpack_singles(singles, network), orders),
        orders,
        subjects,
        tuple(State(name, unpack_outage(down, network, name)) for name, down in promised),
        forbidden,
    )


def find_worst_of_chunk(ready: _Ready, chunk: Chunk) -> tuple[_Answer, ...]:
    """Return for every demand of a chunk its largest count in the states of the chunk, in the first of them by id."""
    found: list[_Answer] = []
    for at, place, low, high in chunk:
        key = ready.subjects[at][0]
        answers = (
            (-count(ready.behaviour.journey(key, state.outage), ready.forbidden), state.id, state.outage)
            for state in _states(ready, at, place, slice(low, high))
        )
        worst = min(answers, key=lambda answer: answer[:2], default=None)
        if worst is not None:
            found.append((at, -worst[0], worst[1], pack_outage(worst[2])))
    return tuple(found)


def _states(ready: _Ready, at: int, place: int, span: slice) -> Iterator[State]:
    key, mask, promised = ready.subjects[at]
    if place == len(ready.orders):
        return (ready.promised[state] for state in promised[span])

    def masks(outage: Outage) -> int:
        return ready.behaviour.journey(key, outage).dependence

    return ready.states.that_matter(place, mask, masks, span)


SWEEP = Job(prepare_journeys, find_worst_of_chunk)
