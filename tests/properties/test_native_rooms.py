"""Kernels of rooms, loads and cuts along orders against their twins in Python: the same doubles, bit by bit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import ends_of, needs_kernels, networks

from intentc.native import compiled
from intentc.place.certificates.market import Cargo, Gap, Market
from intentc.place.certificates.prices import ROUNDS, mixed_twin, prices_twin, survey

pytestmark = needs_kernels
KERNELS = compiled("rooms")
FINEST = 1 << 30
REFUSED = r"room|no such|rate"
ROOM = st.one_of(st.sampled_from((0, 1, 10**9, 10**11)), st.integers(0, 1 << 40), st.integers(0, 1 << 55))
LOAD = st.one_of(st.sampled_from((0.0, 1.0, 1e9)), st.floats(0, 1e13, allow_nan=False, allow_infinity=False))


@st.composite
def markets(draw):
    network = draw(networks(most_nodes=8, most_links=16))
    rooms = draw(rows_of(network, ROOM))
    cargo = []
    for _ in range(draw(st.integers(0, 8))):
        starts = draw(ends_of(network, most=2))
        goals = draw(ends_of(network, most=2)) - starts
        if goals:
            cargo.append(
                Cargo(draw(st.integers(1, 1 << 40)), starts, goals, frozenset(), is_whole=True, is_direct=True)
            )
    return Market(network, cargo, rooms)


def rows_of(network, values):
    return st.lists(values, min_size=len(network.head), max_size=len(network.head))


@settings(max_examples=50)
@given(st.data(), markets())
def test_cuts_along_an_order_are_those_of_the_twin(data, market):
    nodes = range(len(market.network.nodes))
    order = data.draw(st.permutations(nodes))[: data.draw(st.integers(0, len(nodes)))]
    assert market.kernel.along(order) == market.along_twin(order)


@settings(max_examples=50)
@given(st.data(), markets(), st.sampled_from((0, 3, 5, 6)))
def test_prices_of_a_load_are_those_of_the_twin(data, market, doublings):
    load = data.draw(rows_of(market.network, LOAD))
    assert market.kernel.prices(load, doublings, FINEST) == prices_twin(market.room, load, doublings)


@settings(max_examples=50)
@given(st.data(), markets(), st.sampled_from((3, 5, 6)))
def test_loads_are_mixed_as_by_the_twin(data, market, doublings):
    load = data.draw(rows_of(market.network, LOAD))
    other = data.draw(rows_of(market.network, st.integers(0, 1 << 60)))
    found = market.kernel.mixed(load, other, doublings, 8)
    assert [value.hex() for value in found] == [
        value.hex() for value in mixed_twin(market.room, load, other, doublings)
    ]


@settings(max_examples=50)
@given(markets(), st.sampled_from((0, ROUNDS)))
def test_surveys_are_the_same_without_the_kernel(market, rounds):
    twin = Market(market.network, (), market.room)
    for name in ("_trees", "_out", "_into"):
        setattr(twin, name, getattr(market, name))
    twin.__dict__["kernel"] = None
    assert survey(market, rounds) == survey(twin, rounds)


@settings(max_examples=50)
@given(markets())
def test_cuts_around_nodes_are_those_that_are_the_tightest(market):
    """Counted link by link, of all nodes: the first that are kept, each once."""
    network, every = market.network, frozenset(range(len(market.network.nodes)))
    gaps = set()
    for inside in [frozenset({node}) for node in every] + [every - {node} for node in every]:
        crossing = sum(
            bps
            for (goals, _), rates in market._trees.items()
            for starts, bps in rates.items()
            if len(starts) == len(goals) == 1 and starts <= inside and not goals & inside
        )
        room = sum(
            bps
            for arc, bps in enumerate(market.room)
            if network.tail[arc] in inside and network.head[arc] not in inside
        )
        gaps.add(Gap(inside, crossing, room))
    tight = sorted(gaps, key=lambda gap: (gap.room_bps - gap.crossing_bps, sorted(gap.inside)))
    assert survey(market, 0).gaps == tuple(tight[:48])


@settings(max_examples=20)
@given(networks())
def test_what_would_lead_beyond_an_array_is_refused(network):
    graph, rooms = network.graph, [1] * len(network.head)
    far = len(network.nodes)
    for rows, rates in (
        ([*rooms, 1], []),
        ([*rooms[1:], -1] if rooms else [1], []),
        ([1 << 62, *rooms[1:]] if rooms else [1], []),
        (rooms, [(far, 0, 1)]),
        (rooms, [(0, -1, 1)]),
        (rooms, [(0, 0, -1)]),
        (rooms, [(0, 0, 1 << 61), (0, 0, 1 << 61)]),
    ):
        with pytest.raises(ValueError, match=REFUSED):
            KERNELS.Rooms(graph, rows, rates)
    made = KERNELS.Rooms(graph, rooms, [])
    for order in ([far], [-1]):
        with pytest.raises(ValueError, match="no such"):
            made.along(order)
    for load in ([1.0] * (len(rooms) + 1), [-1.0] * len(rooms) or [1.0]):
        with pytest.raises(ValueError, match="load"):
            made.prices(load, 3, FINEST)
        with pytest.raises(ValueError, match="load"):
            made.mixed(load, load, 3, 8)
