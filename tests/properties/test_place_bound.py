"""The lower bound on the worst utilisation: never above what any routing reaches, and near it where traffic can be split."""

from fractions import Fraction
from itertools import product
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network, wire

from intentc.forwarding.network import build_network
from intentc.place import bound as bound_module
from intentc.place.bound import KnownFares, Traffic, lower_bound
from intentc.topology.model import Directional

PPM = 1_000_000
NAMES = ["a", "b", "c", "d", "e"]


@st.composite
def cases(draw):
    names = NAMES[: draw(st.integers(3, 5))]
    pairs = {(names[index - 1], names[index]) for index in range(1, len(names))}
    pairs |= draw(st.sets(st.sampled_from([(a, b) for a in names for b in names if a < b]), max_size=4))
    rates = st.sampled_from([10, 20, 40])
    links = [
        wire(
            f"{a}-{b}",
            capacity_bps=Directional(draw(rates), draw(rates)),
            background_bps=Directional(draw(st.integers(0, 9)), 0),
        )
        for a, b in sorted(pairs)
    ]
    ends = st.tuples(st.integers(0, len(names) - 1), st.integers(0, len(names) - 1)).filter(
        lambda pair: pair[0] != pair[1]
    )
    demands = draw(st.lists(st.tuples(ends, st.integers(1, 20)), min_size=1, max_size=3))
    return build_network(network(links)), demands


def simple_paths(net, start, stop, seen=()):
    if start == stop:
        yield ()
        return
    for arc in net.leaving[start]:
        head = net.head[arc]
        if head not in (*seen, start):
            yield from ((arc, *rest) for rest in simple_paths(net, head, stop, (*seen, start)))


def worst(net, choice):
    """How full the fullest of the arcs in use gets, background included, and the load of all."""
    load = list(net.background_bps)
    for rate, path in choice:
        for arc in path:
            load[arc] += rate
    used = {arc for _, path in choice for arc in path}
    return max((Fraction(load[arc], net.capacity_bps[arc]) for arc in used), default=Fraction(0)), load


@settings(max_examples=75, deadline=None)
@given(cases())
def test_no_routing_beats_the_bound(case):
    net, demands = case
    ways = [[(rate, path) for path in simple_paths(net, *ends)] for ends, rate in demands]
    best, load = min((worst(net, choice) for choice in product(*ways)), key=lambda found: found[0])
    traffic = [Traffic(rate, frozenset({ends[0]}), frozenset({ends[1]}), frozenset()) for ends, rate in demands]
    for effort, told in ((bound_module._EFFORT, "descent"), (len(net.nodes) * len(demands), "flat"), (1, "flat")):
        with patch.object(bound_module, "_EFFORT", effort):
            bound = lower_bound(net, traffic, load)
        assert bound.effort == told
        assert bound.ppm <= best * PPM
        assert all(price >= 0 for price in bound.prices.values())


@settings(max_examples=40, deadline=None)
@given(cases(), st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=4), min_size=2, max_size=4))
def test_with_what_is_known_it_is_the_same(case, rounds):
    """Demands that come, go, or take another rate; now and then there is effort for one price alone."""
    net, demands = case
    known, load = KnownFares(), [0] * len(net.head)
    for turn, chosen in enumerate(rounds):
        picked = [(demands[at % len(demands)][0], rate) for at, rate in chosen]
        traffic = [Traffic(rate, frozenset({ends[0]}), frozenset({ends[1]}), frozenset()) for ends, rate in picked]
        with patch.object(bound_module, "_EFFORT", 1 if turn == 1 else len(net.nodes) * len(demands)):
            assert lower_bound(net, traffic, load, known) == lower_bound(net, traffic, load)


def test_no_way_is_sought_again_for_another_rate(monkeypatch):
    square = build_network(network([wire("a-b"), wire("a-c"), wire("b-d"), wire("c-d")]))
    other = build_network(network([wire("a-b"), wire("a-c"), wire("b-d"), wire("c-d", mbps=50)]))
    grown, forest = [], bound_module.Forest
    monkeypatch.setattr(bound_module, "_EFFORT", 1)
    monkeypatch.setattr(
        bound_module, "Forest", lambda net, trees, rule: grown.append(len(trees)) or forest(net, trees, rule)
    )
    known, index = KnownFares(), square.node_index

    def sought(net, rate, *pairs):
        grown.clear()
        sent = [Traffic(rate, frozenset({index[a]}), frozenset({index[b]}), frozenset()) for a, b in pairs]
        lower_bound(net, sent, [0] * len(net.head), known)
        return sum(grown)

    assert sought(square, 5, "ad", "ab") == 2
    assert sought(square, 9, "ad", "ab") == 0
    assert sought(square, 9, "ad", "ac") == 1
    assert sought(other, 9, "ad", "ac") == 2


@settings(max_examples=60, deadline=None)
@given(cases())
def test_it_is_near_for_traffic_that_has_one_way_only(case):
    """On a chain nothing can be chosen: the bound is the utilisation itself."""
    _net, demands = case
    chain = build_network(network([wire("a-b", mbps=10), wire("b-c", mbps=20), wire("c-d", mbps=5)]))
    ends = [(min(pair[0], 3), min(pair[1], 3)) for pair, _ in demands]
    traffic = [
        Traffic(rate * 100_000, frozenset({start}), frozenset({stop}), frozenset())
        for (start, stop), (_, rate) in zip(ends, demands, strict=True)
        if start != stop
    ]
    choice = [(item.rate_bps, next(simple_paths(chain, min(item.starts), min(item.targets)))) for item in traffic]
    reached, load = worst(chain, choice)
    if traffic:
        assert reached * PPM * Fraction(99, 100) <= lower_bound(chain, traffic, load).ppm + 1 <= reached * PPM + 1


def test_it_is_that_of_the_tightest_cut_wherever_the_search_begins():
    """Four nodes in a square, cut in the middle: no prices are better than 1 on both links across."""
    square = build_network(network([wire("a-b", mbps=50), wire("a-c"), wire("b-d"), wire("c-d", mbps=50)]))
    index, ends = square.node_index, (("a", "b"), ("a", "d"), ("c", "b"), ("c", "d"))
    rates = (20, 10, 15, 30)
    traffic = [
        Traffic(rate * 1_000_000, frozenset({index[start]}), frozenset({index[stop]}), frozenset())
        for (start, stop), rate in zip(ends, rates, strict=True)
    ]
    for load in ([0] * len(square.head), [sum(rates) * 1_000_000] * len(square.head)):
        assert lower_bound(square, traffic, load).ppm == sum(rates) * PPM // 100


def test_background_traffic_that_no_routing_can_move_hides_no_cut():
    """A square of two ways, of which one link is nearly full of what nobody declared: both ways out bound what is sent."""
    side = wire("b-d", background_bps=Directional(90_000_000, 90_000_000), mbps=100)
    square = build_network(network([wire("a-b", mbps=10), wire("a-c", mbps=30), side, wire("c-d", mbps=100)]))
    index, rate = square.node_index, 8_000_000
    traffic = [Traffic(rate, frozenset({index["a"]}), frozenset({index["d"]}), frozenset())]
    assert lower_bound(square, traffic, [0] * len(square.head)).ppm == rate * PPM // 40_000_000


def test_where_a_descent_would_take_too_much_the_mean_utilisation_is_proved(monkeypatch):
    """Around a ring of four links of equal size everything goes two links far: half of what is sent, on each."""
    ring = build_network(network([wire("a-b"), wire("b-c"), wire("c-d"), wire("d-a")]))
    index, rate_bps = ring.node_index, 10_000_000
    traffic = [
        Traffic(rate_bps, frozenset({index[start]}), frozenset({index[stop]}), frozenset())
        for start, stop in ("ac", "ca", "bd", "db")
    ]
    monkeypatch.setattr(bound_module, "_EFFORT", 1)
    bound = lower_bound(ring, traffic, [0] * len(ring.head))
    assert (bound.effort, set(bound.prices.values())) == ("flat", {1})
    assert bound.ppm == 4 * 2 * rate_bps * PPM // sum(ring.capacity_bps)
