"""`connected SET`: which nodes that are up reach each other, in every state."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.assertions.chunks import Chunk, Series, chunks_of, count_of
from intentc.assertions.context import Context
from intentc.assertions.model import NORMAL_STATE, Worst
from intentc.assertions.packing import (
    PlainNetwork,
    PlainSingles,
    pack_network,
    pack_singles,
    unpack_network,
    unpack_singles,
)
from intentc.assertions.reach import Survey
from intentc.assertions.states import Order, States, orders_of, touching
from intentc.executor.model import Job
from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL
from intentc.resolve.assertion_model import Assertion, Connection
from intentc.values import frozen

_Shared = tuple[PlainNetwork, tuple[int, ...], tuple[Order, ...], PlainSingles, int]
Answer = tuple[int, str, tuple[str, str] | None]  # how many pairs, in which state, and the first of them


@frozen
class Divided:
    worst: Worst
    example: tuple[str, str] | None


def find_division(context: Context, assertion: Assertion, connection: Connection) -> Divided:
    """Return the state of the assertion in which the most pairs do not reach each other.

    A tree of shortest ways shows that nodes reach each other, and only failures of its elements can change that: so a state
    costs one search of the network, and there are as many states of one failure as the tree has elements, and about
    their square of two.
    """
    network = context.behaviour.network
    members = _members(network, connection.nodes)
    survey = Survey(network, members)
    normal = survey.division(NORMAL)
    orders = orders_of(assertion.under)
    base = survey.mask(NORMAL) if orders else 0
    singles = {kind: context.singles.of_kind(kind) for order in orders for kind in order}
    series = [_series(at, [len(touching(singles[kind], base)) for kind in order]) for at, order in enumerate(orders)]
    shared = (pack_network(network), members, orders, pack_singles(orders, singles), base)
    chunks = chunks_of(series, context.states_per_chunk)
    units = count_of(series) * (len(network.nodes) + len(network.links))
    found = context.executor.run(SWEEP, shared, chunks, units)
    return _worst([(normal.pairs, NORMAL_STATE, normal.example), *(answer for answer in found if answer is not None)])


def _worst(answers: list[Answer]) -> Divided:
    pairs, state, example = min(answers, key=_order)
    return Divided(Worst(state, pairs), example)


def _order(answer: Answer) -> tuple[int, bool, str]:
    return -answer[0], answer[1] != NORMAL_STATE, answer[1]


def _series(at: int, sizes: list[int]) -> Series:
    """Return the series of one order: about as many failures touch the tree of a state as the normal one."""
    return Series(0, at, sizes[0], 1 if len(sizes) == 1 else 1 + sizes[1])


def _members(network: Network, names: Iterable[str]) -> tuple[int, ...]:
    nodes = network.topology.nodes
    return tuple(network.node_index[name] for name in names if nodes[name].state == "up")


@frozen
class _Ready:
    survey: Survey
    states: States
    base: int


def prepare_division(shared: _Shared) -> _Ready:
    """Return what the states of one assertion are looked at with."""
    plain, members, orders, singles, base = shared
    network = unpack_network(plain)
    return _Ready(Survey(network, members), States(unpack_singles(singles, network), orders), base)


def find_worst_division(ready: _Ready, chunk: Chunk) -> Answer | None:
    """Return the answer in the worst state of a chunk, None where it has no state."""
    survey, found = ready.survey, list[Answer]()
    for _, at, low, high in chunk:
        for state in ready.states.that_matter(at, ready.base, survey.mask, slice(low, high)):
            division = survey.division(state.outage)
            found.append((division.pairs, state.id, division.example))
    return min(found, key=_order, default=None)


SWEEP = Job(prepare_division, find_worst_division)
