"""Sums along paths, and what a demand may not use, as a kernel has them against the twins."""

import copy
import pickle
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network as model
from support_model import wire
from support_native import needs_kernels, networks

from intentc.forwarding.figures import latency_of, named_twin, sums_twin
from intentc.forwarding.network import build_network, mask_twin
from intentc.forwarding.walk import mask_along
from intentc.native import compiled
from intentc.place.check import flaw_twin
from intentc.realise.path import Path, Told, directions, directions_twin

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


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_paths_have_the_names_and_masks_of_the_twin(data, network):
    start = data.draw(st.integers(0, len(network.nodes) - 1))
    some = st.integers(0, max(0, len(network.head) - 1))
    arcs = tuple(data.draw(st.lists(some, max_size=9 if network.head else 0)))
    for names in (network.names, copy.deepcopy(network.names)):
        assert names.along(start, arcs) == named_twin(network, start, arcs)
        line = names.line(start, arcs)
        assert (line.nodes, line.links) == named_twin(network, start, arcs)
        assert names.mask(start, arcs) == names.mask(start, frozenset(arcs)) == mask_twin(network, start, arcs)
    along = compiled("figures").mask_along
    assert along(start, arcs, network.head) == mask_along(start, arcs, network.head) == mask_twin(network, start, arcs)


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_paths_from_end_to_end_have_the_names_of_the_twin(data, network):
    start = node = data.draw(st.integers(0, len(network.nodes) - 1))
    arcs = ()
    while network.leaving[node] and len(arcs) < 9 and data.draw(st.booleans()):
        arcs += (data.draw(st.sampled_from(network.leaving[node])),)
        node = network.head[arcs[-1]]
    line = network.names.line(start, arcs)
    for one in (line, copy.deepcopy(line)):
        assert (one.nodes, one.links) == named_twin(network, start, arcs)
        assert (one.mark(), one) == (Told(*named_twin(network, start, arcs)).mark(), line)
    assert line.__sizeof__() - network.names.line(start, ()).__sizeof__() == len(arcs)  # a byte each


def test_paths_past_nodes_with_many_links_have_the_names_of_the_twin():
    """A byte does not tell more than 256 links of one node."""
    network = build_network(model([wire(f"hub-{number:03}") for number in range(300)]))
    out = network.leaving[network.node_index["hub"]]
    arcs = [(out[0] ^ 1, arc) for arc in out[250:]]
    lines = [network.names.line(network.tail[pair[0]], pair) for pair in arcs]
    for line, pair in zip(lines, arcs, strict=True):
        assert (line.nodes, line.links) == named_twin(network, network.tail[pair[0]], pair)
        assert [other for other in lines if other == line] == [line]


@settings(max_examples=40, deadline=None)
@given(st.data(), networks())
def test_paths_are_equal_and_in_order_as_their_names_are(data, network):
    """However they are kept: as names, or as arcs, of one network object or another."""
    some = st.integers(0, max(0, len(network.head) - 1))
    lines = st.lists(some, max_size=3 if network.head else 0).map(tuple)
    given_ = [(data.draw(st.integers(0, len(network.nodes) - 1)), data.draw(lines)) for _ in range(2)]
    again = copy.deepcopy(network.names)
    paths = [
        [
            Path(*named_twin(network, start, arcs), 1000, (7,)),
            Path.of(network.names.line(start, arcs), 1000, (7,)),
            Path.of(again.line(start, arcs), 1000, (7,)),
        ]
        for start, arcs in given_
    ]
    told = [(path.nodes, path.links) for path, *_ in paths]
    for one in paths[0]:
        for other in paths[1]:
            assert (one == other, one < other) == (told[0] == told[1], told[0] < told[1])
        for same in (*paths[0], copy.deepcopy(one), pickle.loads(pickle.dumps(one))):  # noqa: S301  (its own)
            assert (one == same, hash(one), repr(one)) == (True, hash(same), repr(same))
            assert (one == same.bare, one.bare == same.bare, same.bare.labels) == (False, True, ())


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
    net = build_network(model([wire("a-b")]))
    figures, names = net.figures, net.names
    looks = (
        figures.sums,
        lambda arcs: figures.flaw(arcs, frozenset()),
        partial(names.along, 0),
        partial(names.mask, 0),
    )
    for look in looks:
        with pytest.raises(IndexError):
            look((0, arc))


@pytest.mark.parametrize("node", [-1, 2])
def test_a_node_that_no_network_has_is_refused(node):
    names = build_network(model([wire("a-b")])).names
    for look in (names.along, names.line, names.mask):
        with pytest.raises(IndexError):
            look(node, ())


@pytest.mark.parametrize(
    ("start", "arcs", "head"), [(-1, (), ()), (0, (-1,), (1, 0)), (0, (2,), (1, 0)), (0, (0,), (-1, 0))]
)
def test_a_mask_is_of_what_there_is(start, arcs, head):
    with pytest.raises(IndexError):
        compiled("figures").mask_along(start, arcs, head)


@pytest.mark.parametrize("names", [(("a",), ("a-b",)), (("a", "b"), ())])
def test_names_that_do_not_fit_a_network_are_refused(names):
    with pytest.raises(ValueError, match="a name for each"):
        compiled("figures").Names(build_network(model([wire("a-b")])).graph, *names)


@pytest.mark.parametrize("figures", [((1,), (1, 1)), ((1, 1), (1,)), ((-1, 1), (1, 1)), ((1, 1), (1, -1))])
def test_figures_that_are_none_are_refused(figures):
    net = build_network(model([wire("a-b")]))
    with pytest.raises(ValueError, match="figure"):
        compiled("figures").Figures(net.graph, *figures)


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_paths_lead_over_the_directions_of_the_twin(data, network):
    lines = [_walk(data, network) for _ in range(data.draw(st.integers(0, 5)))]
    for names in (network.names, copy.deepcopy(network.names)):
        same = [names.line(start, arcs) for start, arcs in lines]
        told = [Told(*named_twin(network, start, arcs)) for start, arcs in lines]
        for _ in range(2):  # nothing stays from the last time
            assert directions(map(Path.of, same)) == directions_twin(told) == directions(map(Path.of, told))
            assert directions(map(Path.of, (*same, *told))) == directions_twin(told)


def _walk(data, network):
    """Return a node, and arcs that lead on from it one by one."""
    node = start = data.draw(st.integers(0, len(network.nodes) - 1))
    arcs = []
    while network.leaving[node] and data.draw(st.integers(0, 5)):
        arcs.append(data.draw(st.sampled_from(network.leaving[node])))
        node = network.head[arcs[-1]]
    return start, tuple(arcs)


def test_one_direction_is_one_object():
    network = build_network(model([wire("a-b"), wire("b-c")]))
    one, other = (directions([Path.of(network.names.line(at, arcs))]) for at, arcs in ((0, (0, 2)), (1, (2,))))
    assert one[1] == ("b-c", "b")
    assert one[1] is other[0]


def test_lines_of_two_networks_are_told_by_their_names():
    one, other = (build_network(model([wire("a-b")])) for _ in range(2))
    assert compiled("figures").directions([net.names.line(0, (0,)) for net in (one, other)]) is None
    assert compiled("figures").directions([]) is None
