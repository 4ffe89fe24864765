"""Prices and loads of a descent: the kernel against its twin, to the bit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels, networks

from intentc.native import compiled
from intentc.place.descent import FINEST, mixed, mixed_twin, prices, prices_twin

pytestmark = needs_kernels
KERNELS = compiled("descent")
DOUBLINGS = st.integers(0, 7)
AMOUNTS = st.one_of(st.just(0.0), st.floats(0, 1e13), st.integers(0, 1 << 60).map(float))


def loads_of(network, amounts):
    count = len(network.head)
    return st.lists(amounts, min_size=count, max_size=count)


@settings(max_examples=200)
@given(st.data(), networks(), DOUBLINGS)
def test_prices_are_those_of_the_twin(data, network, doublings):
    load = data.draw(loads_of(network, AMOUNTS))
    assert prices(network, load, doublings) == prices_twin(network, load, doublings)


@settings(max_examples=200)
@given(st.data(), networks(), DOUBLINGS)
def test_loads_between_are_those_of_the_twin(data, network, doublings):
    if network.head:
        load, other = data.draw(loads_of(network, AMOUNTS)), data.draw(loads_of(network, st.integers(0, 1 << 60)))
        assert mixed(network, load, other, doublings) == mixed_twin(network, load, other, doublings)


def test_the_sum_of_powers_is_rounded_term_by_term():
    """2^53 + 1 + 1 is 2^53 when each sum is rounded, and 2^53 + 2 with the `sum` of later Pythons."""
    many = [2.0**53, *[1.0] * 64]
    assert KERNELS.mixed([1] * 65, many, [int(one) for one in many], 0, 1)[0] == 2.0**53


@pytest.mark.parametrize("rates", [[1], [1, 0], [1, -1], [1, 2, 3]])
def test_what_would_lead_beyond_an_array_is_refused(rates):
    with pytest.raises(ValueError, match="one rate per arc"):
        KERNELS.prices(rates, [0.0, 0.0], 3, FINEST)
    with pytest.raises(ValueError, match="one rate per arc"):
        KERNELS.mixed(rates, [0.0, 0.0], [0, 0], 3, 12)
    with pytest.raises(ValueError, match="two loads"):
        KERNELS.mixed([1, 1], [0.0, 0.0], [0], 3, 12)
