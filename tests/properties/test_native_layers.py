"""Kernels of layers, one per number of waypoints behind a path, against their twins in Python."""

from array import array
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import ends_of, needs_kernels, networks

from intentc.forwarding.outage import NORMAL
from intentc.native import compiled
from intentc.place.certificates.cut import crossing_twin, reached_twin
from intentc.place.certificates.ground import Ground
from intentc.place.certificates.potential import NO_WAY, is_in_time, least_twin, length_ns, times_twin

pytestmark = needs_kernels
KERNELS = compiled("layers")
US = 1000
REFUSED = r"a byte per|an array of"


@st.composite
def grounds(draw, most_waypoints=3):
    """Make a demand's layers: waypoints that are nodes, links or both, some of them twice, and links that it may not use."""
    network = draw(networks(most_nodes=8, most_links=16))
    links = st.frozensets(st.integers(0, max(0, len(network.links) - 1)), max_size=3)
    links = links if network.links else st.just(frozenset())
    waypoints = st.one_of(
        st.tuples(ends_of(network), st.just(frozenset())),
        st.tuples(st.just(frozenset()), links),
        st.tuples(ends_of(network), links),
    )
    task = SimpleNamespace(
        demand=SimpleNamespace(exclusions=()),
        groups=(SimpleNamespace(sources=tuple(draw(ends_of(network))), accepted=draw(ends_of(network))),),
        fences=frozenset(),
        leaks=(),
        barred=draw(links),
        via=tuple(draw(st.lists(waypoints, max_size=most_waypoints))),
        ahead=draw(st.sampled_from((None, 0, 2))),
    )
    return Ground(network, task, NORMAL, None, is_placed=False)


def words(values):
    return array("q", values)


def lengths_of(ground, queueing):
    return [length_ns(ground, arc, queueing) for arc in range(len(ground.network.head))]


@settings(max_examples=60)
@given(grounds(), st.sampled_from((0, 2)), st.one_of(st.none(), st.integers(0, 60_000_000)))
def test_times_are_those_of_the_twin(ground, queueing, limit_ns):
    lengths = words(lengths_of(ground, queueing))
    found = ground.layers.times(lengths, ground.row(), ground.goals, limit_ns)
    assert list(found) == times_twin(ground, queueing, limit_ns, ground.goals)
    least = ground.layers.least(lengths, ground.row(), ground.goals, ground.starts, limit_ns)
    assert least == least_twin(ground, queueing, limit_ns, ground.goals, ground.starts)
    if limit_ns is not None:
        assert is_in_time(ground, queueing, limit_ns // US) == (
            least_twin(ground, queueing, limit_ns // US * US, ground.goals, ground.starts) != NO_WAY
        )


@settings(max_examples=60)
@given(grounds(), st.booleans())
def test_what_is_reached_is_what_the_twin_reaches(ground, back):
    ends = ground.goals if back else ground.starts
    inside = ground.layers.reached(ends, ground.row(), is_backward=back)
    assert inside == reached_twin(ground, ends, back=back)
    crossing = ground.layers.crossing(inside, ground.row(), is_into=back)
    assert crossing == crossing_twin(ground, inside, into=back)


@settings(max_examples=60)
@given(grounds())
def test_an_arc_passes_as_many_waypoints_as_a_step_does(ground):
    """From one place over one arc that alone is open."""
    for arc, head in enumerate(ground.network.head):
        row = bytearray(len(ground.network.head))
        row[arc] = 1
        for passed in range(ground.stages + 1):
            start = passed * len(ground.network.nodes) + ground.network.tail[arc]
            found = ground.layers.reached([start], row, is_backward=False)
            assert {spot for spot, is_in in enumerate(found) if is_in} == {start, ground.after(arc, passed)}
            assert ground.after(arc, passed) % len(ground.network.nodes) == head


@settings(max_examples=20)
@given(grounds())
def test_what_would_lead_beyond_an_array_is_refused(ground):
    layers, row, lengths = ground.layers, ground.row(), words(lengths_of(ground, 0))
    for spot in (-1, ground.spots):
        for call in (
            lambda spot=spot: layers.times(lengths, row, [spot]),
            lambda spot=spot: layers.least(lengths, row, [spot], [0]),
            lambda spot=spot: layers.least(lengths, row, [0], [spot]),
            lambda spot=spot: layers.reached([spot], row, is_backward=False),
        ):
            with pytest.raises(IndexError):
                call()
    for call in (
        lambda: layers.times(lengths, row + b"\1", [0]),
        lambda: layers.times(lengths + words([1]), row, [0]),
        lambda: layers.reached([0], row + b"\1", is_backward=True),
        lambda: layers.crossing(bytes(ground.spots), row + b"\1", is_into=False),
        lambda: layers.crossing(bytes(ground.spots + 1), row, is_into=False),
    ):
        with pytest.raises(ValueError, match=REFUSED):
            call()
    for via in (
        [(frozenset({len(ground.network.nodes)}), frozenset())],
        [(frozenset(), frozenset({len(ground.network.links)}))],
        [(frozenset({-1}), frozenset())],
    ):
        with pytest.raises(IndexError):
            KERNELS.Layers(ground.network.graph, via)


@settings(max_examples=50)
@given(grounds(), st.sampled_from((-1, -(1 << 63), (1 << 63) - 1)))
def test_lengths_below_zero_or_beyond_words_end_a_search(ground, length):
    found = ground.layers.times(words([length] * len(ground.network.head)), ground.row(), ground.goals)
    assert all(found[goal] == 0 for goal in ground.goals)
    assert set(found) <= {0, NO_WAY}
