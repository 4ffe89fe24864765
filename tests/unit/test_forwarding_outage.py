"""Failure states told by what they touch, and what is kept of them."""

from hypothesis import given
from hypothesis import strategies as st
from support_model import failed, network, wire

from intentc.forwarding import igp as igp_module
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import Outage, Outages, Watch, bits_of
from intentc.forwarding.walk import OWN_PORTS, Packets, walk

MASKS = st.integers(0, (1 << 40) - 1)
RING = [wire("a-b"), wire("b-c"), wire("c-d"), wire("d-e"), wire("e-f"), wire("a-f", metric=25)]


@given(MASKS)
def test_the_bits_of_a_mask_make_the_mask(mask):
    found = list(bits_of(mask))
    assert sum(1 << bit for bit in found) == mask
    assert found == sorted(found)


@given(st.lists(MASKS, max_size=12), MASKS)
def test_states_that_touch_something_are_told_in_their_order(masks, mask):
    outages = [Outage(str(number), frozenset(), frozenset(), item) for number, item in enumerate(masks)]
    watch = Watch([*outages, *outages])
    assert watch.touching(mask) == [outage for outage in outages if outage.mask & mask]
    assert watch.outages == tuple(outages)
    assert all(outage in watch for outage in outages)


def test_trees_of_failure_states_that_were_forgotten_are_made_again(monkeypatch):
    net = build_network(network(RING))
    outages = Outages(net)
    states = [outages.of(failed("link", name)) for name in net.links]
    ample, scarce = Igp(net), Igp(net)

    def hops(igp):
        return [igp.towards_node(node, state).next_arcs(0) for _ in range(2) for state in states for node in range(6)]

    expected = hops(ample)
    monkeypatch.setattr(igp_module, "_MOST_KEPT", 3)
    assert hops(scarce) == expected


def test_a_single_path_tells_its_decisions_like_any_walk():
    net = build_network(network(RING))
    packets = Packets((frozenset({3}),), frozenset(), is_fail_closed=False)
    igp, state = Igp(net), Outages(net).of(failed("link", "b-c"))
    straight = walk(igp, packets, {}, 0, state)
    traced = walk(
        igp, packets, {(2, OWN_PORTS): (3,)}, 0, state
    )  # a rule elsewhere, so that every step is decided by itself
    assert dict(straight.decisions) == dict(traced.decisions)
    assert len(straight.decisions) == len(straight.trails[0].arcs)
    assert straight.is_like(traced)
