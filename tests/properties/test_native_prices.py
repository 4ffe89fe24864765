"""Kernels of prices and ways against their twins in Python."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import ends_of, needs_kernels, networks

from intentc.native import compiled
from intentc.place.certificates.prices import by_distance_twin
from intentc.place.certificates.walks import beginnings, paths_twin
from intentc.place.cheapest import FAR, Forest, Rule, Tree, fares, flags, grown

pytestmark = needs_kernels
KERNELS = compiled("prices")
REFUSED = r"no such|one flag|one price|a rate"
RULES = [Rule(is_transit_kept=kept, is_by_hops=hops) for kept in (False, True) for hops in (False, True)]


def prices_of(network, most=3):
    """Make prices per arc; few of them, so that many ways cost the same, or nothing."""
    count = len(network.head)
    return st.lists(st.one_of(st.integers(0, most), st.just(1 << 50)), min_size=count, max_size=count)


def arcs_of(network):
    count = len(network.head)
    return st.frozensets(st.integers(0, count - 1), max_size=4) if count else st.just(frozenset())


@st.composite
def forests(draw, network):
    rates = st.lists(st.tuples(ends_of(network), st.integers(0, 1 << 40)), min_size=1, max_size=4)
    return [Tree(draw(ends_of(network)), draw(arcs_of(network)), draw(rates)) for _ in range(draw(st.integers(0, 4)))]


@settings(max_examples=200)
@given(st.data(), networks(), st.sampled_from(RULES))
def test_bills_are_those_of_the_twin(data, network, rule):
    forest = Forest(network, data.draw(forests(network)), rule)
    for _ in range(3):
        prices = data.draw(prices_of(network))
        assert forest.bill(prices) == forest.bill_twin(prices)


@settings(max_examples=200)
@given(st.data(), networks(), st.sampled_from(RULES))
def test_what_rates_pay_is_that_of_the_bill_at_flat_prices_too(data, network, rule):
    forest = Forest(network, data.draw(forests(network)), rule)
    for most in (1, 1, 3):
        count = len(network.head)
        prices = data.draw(st.lists(st.integers(0, most), min_size=count, max_size=count))
        assert forest.fares(prices) == forest.bill_twin(prices)[0]


@settings(max_examples=100)
@given(st.data(), networks(), st.booleans())
def test_fares_are_those_of_the_twin(data, network, is_transit_kept):
    prices, goals, closed = data.draw(prices_of(network)), data.draw(ends_of(network)), data.draw(arcs_of(network))
    rule = Rule(is_transit_kept=is_transit_kept, is_by_hops=False)
    distance, _ = grown(network, prices, Tree(goals, closed, ()), rule)
    assert list(fares(network, prices, goals, closed, rule)) == [-1 if paid == FAR else paid for paid in distance]


@settings(max_examples=100)
@given(st.data(), networks(), st.booleans())
def test_the_order_of_nodes_is_that_of_the_twin(data, network, back):
    prices, shut = data.draw(prices_of(network)), data.draw(arcs_of(network))
    start = data.draw(st.integers(0, len(network.nodes) - 1))
    room = [int(arc not in shut) for arc in range(len(network.head))]
    found = KERNELS.order(network.graph, prices, flags(len(room), shut), start, is_backward=back)
    assert found == by_distance_twin(network, prices, start, room, back=back)


@settings(max_examples=100)
@given(st.data(), networks(most_nodes=7, most_links=12))
def test_all_paths_are_those_of_the_twin(data, network):
    ends, usable = data.draw(ends_of(network)), flags(len(network.head), data.draw(arcs_of(network)))
    open_arcs = bytes(1 - flag for flag in usable)
    starts = sorted(data.draw(ends_of(network)) - ends)
    assert KERNELS.walks(network.graph, starts, ends, open_arcs, 20_000, 2_000) == paths_twin(
        network, starts, ends, open_arcs
    )


@settings(max_examples=50)
@given(st.data(), networks(most_nodes=6, most_links=12))
def test_too_many_paths_are_none_at_the_same_number(data, network):
    ends = data.draw(ends_of(network))
    starts, shut = sorted(data.draw(ends_of(network)) - ends), bytes([1]) * len(network.head)
    found = KERNELS.walks(network.graph, starts, ends, shut, 20_000, 2_000)
    if found:
        assert KERNELS.walks(network.graph, starts, ends, shut, 20_000, len(found)) == found
        assert KERNELS.walks(network.graph, starts, ends, shut, 20_000, len(found) - 1) is None
        steps = sum(1 for _ in beginnings(network, starts, ends, shut))
        assert KERNELS.walks(network.graph, starts, ends, shut, steps - 1, 2_000) == found
        assert KERNELS.walks(network.graph, starts, ends, shut, steps - 2, 2_000) is None


@given(networks())
@settings(max_examples=20)
def test_what_would_lead_beyond_an_array_is_refused(network):
    count = len(network.head)
    shut, far = bytes(count), len(network.nodes)
    for prices, flag, node in (
        ([0] * (count + 1), shut, 0),
        ([0] * count, shut + b"\0", 0),
        ([0] * count, shut, far),
        ([0] * count, shut, -1),
        ([-1] * count, shut, 0),
        ([1 << 61] * count, shut, 0),
    ):
        if count:
            with pytest.raises(ValueError, match=REFUSED):
                KERNELS.distances(network.graph, prices, flag, [node])
            with pytest.raises(ValueError, match=REFUSED):
                KERNELS.order(network.graph, prices, flag, node, is_backward=False)
    with pytest.raises(ValueError, match="no such"):
        KERNELS.walks(network.graph, [0], frozenset({far}), shut, 1, 1)
    for row in (([far], shut, ()), ([0], shut, [(frozenset({far}), 1)]), ([0], shut, [(frozenset({0}), 1 << 62)])):
        with pytest.raises(ValueError, match=REFUSED):
            KERNELS.Trees(network.graph, [row], is_transit_kept=False, is_by_hops=False)


@given(st.data(), networks())
@settings(max_examples=20)
def test_what_cannot_be_counted_in_64_bits_is_for_the_twin(data, network):
    forest = Forest(network, data.draw(forests(network)), RULES[0])
    prices = [1 << 70] * len(network.head)
    assert forest.bill(prices) == forest.bill_twin(prices)
    large = Forest(network, [Tree(frozenset({0}), frozenset(), [(frozenset({0}), 1 << 63)])], RULES[0])
    assert large.bill(prices) == large.bill_twin(prices)
