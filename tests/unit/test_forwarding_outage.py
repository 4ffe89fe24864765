"""Failure states told by what they touch, and what is kept of them."""

import pickle
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import failed, network, wire
from support_native import networks

from intentc.forwarding import igp as igp_module
from intentc.forwarding import outage as outage_module
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network, kept_of
from intentc.forwarding.outage import NORMAL, Outage, Outages, Watch, bits_of
from intentc.forwarding.promised import Promised
from intentc.forwarding.walk import OWN_PORTS, Packets, walk
from intentc.resolve.model import FailureState

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


def test_states_that_were_sent_elsewhere_are_told_alike():
    watch = Watch(Outage(str(number), frozenset(), frozenset(), number) for number in range(1, 9))
    told = [outage.name for outage in watch.touching(2)]
    assert [outage.name for outage in pickle.loads(pickle.dumps(watch)).touching(2)] == told  # noqa: S301  (our own)


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_states_of_large_networks_touch_what_those_touch_whose_masks_are_kept(data, network):
    """What has a mask that is too long to be kept says the same as if it was kept."""
    links = st.frozensets(st.sampled_from(network.links)) if network.links else st.just(frozenset())
    states = [
        FailureState(
            str(number),
            data.draw(st.frozensets(st.sampled_from(network.nodes), max_size=2)),
            data.draw(links),
        )
        for number in range(3)
    ]
    kept = [Outages(network).of(state) for state in states]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outage_module, "_SHORT", -1)
        made = [Outages(network).of(state) for state in states]
    mask = data.draw(st.integers(0, (1 << (len(network.links) + len(network.nodes))) - 1))
    for one, other in zip(kept, made, strict=True):
        assert (one.mask, one.bits, one.links, one.nodes) == (other.mask, other.bits, other.links, other.nodes)
        assert one.touches(mask) == other.touches(mask) == bool(one.mask & mask)
    assert [outage.told for outage in made if outage is not NORMAL] == [None] * len(
        [each for each in made if each is not NORMAL]
    )


def test_states_are_told_alike_without_kernels(monkeypatch):
    net = build_network(network(RING))
    outages, others = Outages(net), Outages(net)
    states = [outages.of(failed("link", name)) for name in net.links]
    told = [[outage.name for outage in outages.touching(state.mask)] for state in states]
    monkeypatch.setattr(outage_module, "compiled", lambda _name: None)
    for at, name in enumerate(net.links):  # those that come later are told as well
        others.of(failed("link", name))
        assert [outage.name for outage in others.touching(states[at].mask)] == told[at] == [states[at].name]


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
    assert len(scarce._failed) <= 3 < len(ample._failed)


@pytest.mark.parametrize(("nodes", "kept"), [(0, 1600), (1_000, 1600), (2_000, 800), (100_000, 100)])
def test_large_networks_keep_fewer_trees(nodes, kept):
    assert kept_of(SimpleNamespace(nodes=range(nodes)), 1600) == kept


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["a-b", "a-c", "b-d", "c-d", "b-c", "d-e", "d-f", "e-g", "f-g"]), max_size=14), st.data()
)
def test_what_nothing_steers_goes_as_if_each_step_were_decided_by_itself(pairs, data):
    links = [wire(f"{pair}#{number}") for number, pair in enumerate(pairs)]
    net = build_network(network(links, prefixes=dict.fromkeys("abcdefg", ())))
    fences = frozenset(data.draw(st.sets(st.integers(0, 14), max_size=1)))
    targets = frozenset(data.draw(st.sets(st.integers(0, 6), min_size=1, max_size=2)))
    packets = Packets((targets,), fences, is_fail_closed=False)
    igp, outages = Igp(net), Outages(net)
    states = [NORMAL, *(outages.of(failed("link", name)) for name in net.links), outages.of(failed("node", "b"))]
    for state in states:
        found = walk(igp, packets, {}, 0, state)
        traced = walk(igp, packets, {(0, -2): ()}, 0, state)  # a rule for packets that there are none of
        assert (found.trails, found.fault) == (traced.trails, traced.fault)
        assert found.dependence == traced.dependence
        assert found.fault is not None or dict(found.decisions) == dict(traced.decisions)
        assert found.fault is not None or len(found.decisions) == len(dict(traced.decisions))


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


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=12), MASKS)
def test_states_that_a_demand_leaves_out_are_as_if_they_had_never_been_there(items, mask):
    outages = [Outage(str(number), frozenset(), frozenset(), 1 << number | 1 << (39 - number)) for number in range(8)]
    pairs = [(f"{place}", outages[number]) for place, (number, _) in enumerate(items)]
    gone = [pair for pair, (_, is_gone) in zip(pairs, items, strict=True) if is_gone]
    left = Promised(pairs).without(gone)
    expected = Promised([pair for pair in pairs if pair not in gone])
    assert list(left) == list(expected)
    assert (len(left), len(left.watch)) == (len(expected), len(expected.watch))
    assert left.watch.outages == expected.watch.outages
    assert left.watch.touching(mask) == expected.watch.touching(mask)
    assert [left.names(outage) for outage in outages] == [expected.names(outage) for outage in outages]
    assert [outage in left.watch for outage in outages] == [outage in expected.watch for outage in outages]


def test_a_demand_that_leaves_out_few_states_has_no_copy_of_the_others():
    outages = [Outage(str(number), frozenset(), frozenset(), 1 << number) for number in range(4)]
    whole = Promised((outage.name, outage) for outage in outages)
    left = whole.without([("2", outages[2])])
    assert left._pairs is whole._pairs
    assert left.watch.all is whole.watch.all
    assert left.watch.whole is whole.watch
    assert whole.without([]) is whole


def test_states_that_were_met_in_the_run_before_are_met_again_as_the_same():
    net = build_network(network(RING))
    before = Outages(net)
    pairs = [(state.id, before.of(state)) for state in (failed("link", name) for name in net.links)]
    now = before.anew()
    assert now.meet_again(pairs)
    assert now.is_like(before)
    assert now.touching(pairs[2][1].mask) == [pairs[2][1]]


def test_a_state_that_was_met_under_another_id_is_not_met_again():
    net = build_network(network(RING))
    before = Outages(net)
    outage = before.of(failed("link", net.links[0]))
    assert not before.anew().meet_again([("another", outage)])
    now = Outages(net)
    now.of(failed("link", net.links[0]))
    assert not now.meet_again([(outage.name, outage)])


def test_states_that_were_met_last_can_be_forgotten():
    net = build_network(network(RING))
    outages = Outages(net)
    first, second = (outages.of(failed("link", name)) for name in net.links[:2])
    outages.back_to(1)
    assert len(outages) == 1
    assert outages.touching(first.mask | second.mask) == [first]
    assert outages.of(failed("link", net.links[1])) is not second
