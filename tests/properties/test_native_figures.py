"""Sums along paths, and what a demand may not use, as a kernel has them against the twins."""

import copy
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network as model
from support_model import wire
from support_native import needs_kernels, networks

from intentc.forwarding.figures import latency_of, sums_twin
from intentc.forwarding.network import build_network
from intentc.native import compiled
from intentc.place.check import flaw_twin

pytestmark = needs_kernels


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_paths_have_the_sums_and_flaws_of_the_twin(data, network):
    some = st.integers(0, max(0, len(network.head) - 1))
    arcs = tuple(data.draw(st.lists(some, max_size=9 if network.head else 0)))
    barred = data.draw(st.frozensets(some.map(lambda arc: arc >> 1), max_size=2))
    for figures in (network.figures, copy.deepcopy(network.figures)):
        assert figures.sums(arcs) == sums_twin(network, arcs)
        assert figures.flaw(arcs, barred) == flaw_twin(network, arcs, barred)


def test_times_that_outgrow_words_are_left_to_the_twin():
    rates = (999_983, 999_979, 999_961, 999_959)  # Mbps, primes
    net = build_network(model([wire(f"{a}-{b}", mbps=rate) for a, b, rate in zip("abcd", "bcde", rates, strict=True)]))
    assert net.figures is None
    exact = sum(Fraction(12_000, rate) for rate in rates)  # µs of a 1500-byte packet
    assert latency_of(net, (0, 2, 4, 6), 1).serialisation == -(-exact.numerator // exact.denominator)


def test_a_sum_that_may_outgrow_words_is_left_to_the_twin():
    net = build_network(model([wire("a-b")]))
    figures = compiled("figures").Figures(net.graph, (1 << 60, 0), (1, 1))
    assert figures.sums((0, 0, 0, 0)) == (1 << 62, 4)
    assert figures.sums((0, 0, 0, 0, 0)) is None


@pytest.mark.parametrize("arc", [-1, 2])
def test_an_arc_that_no_network_has_is_refused(arc):
    figures = build_network(model([wire("a-b")])).figures
    for look in (figures.sums, lambda arcs: figures.flaw(arcs, frozenset())):
        with pytest.raises(IndexError):
            look((0, arc))


@pytest.mark.parametrize("figures", [((1,), (1, 1)), ((1, 1), (1,)), ((-1, 1), (1, 1)), ((1, 1), (1, -1))])
def test_figures_that_are_none_are_refused(figures):
    net = build_network(model([wire("a-b")]))
    with pytest.raises(ValueError, match="figure"):
        compiled("figures").Figures(net.graph, *figures)
