"""The kernel that finds where packets go in failure states against walks of them one by one, and the books that take what it found."""

from array import array
from contextlib import suppress
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network as model
from support_model import wire
from support_native import needs_kernels, networks
from support_reconverge import asked, question, told, watches

from intentc.forwarding.figures import ends_of as landings
from intentc.forwarding.figures import worst_latency
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import Outage, Watch
from intentc.forwarding.walk import Packets, trails_of, walk, walk_along
from intentc.native import compiled
from intentc.place.check import flaw_twin
from intentc.place.reconverged import Reconverged
from intentc.place.sums import Sums

pytestmark = needs_kernels

FAR = 1 << 40
RATES = st.integers(0, 9_000_000)


def found_by_kernel(of):
    return compiled("reconverge").settled(*question(of, Igp(of.network)))


def is_plain(of, taken):
    """Whether a walk is one that the kernel may take, in the words of what judges walks one by one."""
    landed = landings(of.network, taken)
    if len(landed) > 1 or not of.accepted.issuperset(landed) or (of.is_narrow and len(taken.trails) > 1):
        return False
    if any(flaw_twin(of.network, trail.arcs, of.barred) != (-1, -1) for trail in taken.trails):
        return False
    return of.bound is None or worst_latency(of.network, taken.trails, of.ahead).total <= of.bound


def found_one_by_one(of):
    igp, task = Igp(of.network), SimpleNamespace(fences=of.fences)
    group = SimpleNamespace(addresses=(of.targets,), accepted=of.accepted)
    walks, found = Reconverged(igp, task, group, of.start), []
    normal = walk(
        igp,
        Packets((of.targets,), frozenset(), is_fail_closed=False),
        {},
        of.start,
        Outage("", frozenset(), frozenset(), 0),
    )
    for place in of.places:
        taken = walks.walk(of.watch.all[place])
        if taken is None or taken.is_like(normal) or not is_plain(of, taken):
            break
        found.append((place, taken))
    return found


@settings(max_examples=150, deadline=None)
@given(asked())
def test_packets_go_where_walks_one_by_one_lead(of):
    ways, walks = found_by_kernel(of), found_one_by_one(of)
    assert ways.places() == [place for place, _ in walks]
    head = of.network.head
    for (place, way), (_, taken) in zip(ways.pairs(), walks, strict=True):
        made = walk_along(of.start, trails_of(ways.paths(way)), head)
        assert (made.trails, dict(made.decisions)) == (taken.trails, dict(taken.decisions)), place
        assert ways.arcs(way) == taken.each_arc
        assert ways.latency(way) == worst_latency(of.network, taken.trails, of.ahead).total
        assert ways.is_several(way) == (len(taken.trails) > 1)
    taken = {id(walk): walk for _, walk in walks}
    assert ways.is_any_several == any(len(walk.trails) > 1 for walk in taken.values())
    assert ways.kinds == len(taken)  # equal paths are one


@settings(max_examples=150, deadline=None)
@given(asked())
def test_the_way_of_the_normal_state_is_the_only_one_if_it_is_right(of):
    network = of.network
    tree = Igp(network).whole(of.targets)
    judged_by = of.accepted, of.fences, of.barred
    found = compiled("reconverge").right_way(
        tree, of.start, network.figures, network.units_per_us, of.ahead, of.bound, *judged_by
    )
    arcs = tree.only_way(of.start)
    taken = walk_along(of.start, trails_of(((arcs, 1),)), network.head) if arcs else None
    is_fenced = arcs is not None and not of.fences.isdisjoint(arc >> 1 for arc in arcs)
    assert found == (arcs if taken is not None and is_plain(of, taken) and not is_fenced else None)


@settings(max_examples=100, deadline=None)
@given(st.data(), networks())
def test_states_along_a_way_are_those_that_touch_its_mask(data, network):
    watch = data.draw(watches(network))
    start = data.draw(st.integers(0, len(network.nodes) - 1))
    arcs = tuple(data.draw(st.lists(st.integers(0, len(network.head) - 1), max_size=6))) if network.head else ()
    watch = watch.without(frozenset(watch.all[::3])) if data.draw(st.booleans()) else watch
    assert watch.places_along(network, start, arcs) == watch.places_touching(network.mask_of(start, arcs))
    for wrong in (-1, len(network.head)):
        with pytest.raises(IndexError):
            watch.states.along(network.graph, start, (wrong,))


def ladder(rungs, slower=0):
    """What is asked where a link fails, and a chain of so many pairs of parallel links is left: 2 to the power of that many paths.

    One link of each pair takes `slower` ms longer.
    """
    links = [wire("s-t", metric=1)]
    names = ["s", *(f"n{number}" for number in range(1, rungs)), "t"]
    for one, other in pairwise(names):
        links += [wire(f"{one}-{other}#1"), wire(f"{one}-{other}#2", ms=1 + slower)]
    network, watch = build_network(model(links)), Watch()
    down = frozenset({network.link_index["s-t"]})
    watch.add(Outage("link:s-t", frozenset(), down, sum(map(network.link_bit, down))))
    start, end = (network.node_index[name] for name in "st")
    return SimpleNamespace(
        network=network,
        watch=watch,
        start=start,
        targets=frozenset({end}),
        accepted=frozenset({end}),
        fences=frozenset(),
        barred=frozenset(),
        ahead=2,
        bound=None,
        is_narrow=False,
        places=[0],
    )


@pytest.mark.parametrize(("rungs", "states"), [(1, 1), (6, 1), (7, 0), (40, 0)])
def test_packets_are_followed_on_up_to_64_paths(rungs, states):
    of = ladder(rungs)
    ways = found_by_kernel(of)
    assert ways.count == len(found_one_by_one(of)) == states
    assert [len(ways.paths(way)) for way in range(ways.kinds)] == [2**rungs] * states


def test_nothing_of_one_state_is_left_in_the_next():
    """Where a search finds no way at all, nodes do not go on where the last search had led them."""
    links = [wire("a-s"), wire("a-b"), wire("s-b", metric=90), wire("b-t"), wire("c-t", metric=99)]
    network, watch = build_network(model(links)), Watch()
    for names in (["a-b"], ["a-b", "s-b"], ["a-s", "s-b"]):
        down = frozenset(map(network.link_index.__getitem__, names))
        watch.add(Outage(" ".join(names), frozenset(), down, sum(map(network.link_bit, down))))
    start, end = (network.node_index[name] for name in "st")
    of = ladder(1)
    of.network, of.watch, of.start, of.targets, of.accepted = network, watch, start, frozenset({end}), frozenset({end})
    for of.places in ([0, 1], [0, 2], [0, 1, 0], [1]):
        ways = found_by_kernel(of)
        assert ways.places() == [place for place, _ in found_one_by_one(of)] == [0][: of.places[0] == 0]


def test_of_several_paths_the_slowest_keeps_the_bound_or_none():
    of = ladder(5, slower=3)
    (walk,) = (taken for _, taken in found_one_by_one(of))
    slowest_us = found_by_kernel(of).latency(0)
    assert slowest_us == worst_latency(of.network, walk.trails, of.ahead).total > 5 * 4000
    for of.bound, states in ((slowest_us, 1), (slowest_us - 1, 0)):
        assert found_by_kernel(of).count == len(found_one_by_one(of)) == states


@settings(max_examples=60, deadline=None)
@given(st.data(), asked())
def test_what_is_folded_is_the_same_again(data, of):
    ways, kernels, graph = found_by_kernel(of), compiled("ways"), of.network.graph
    base = tuple(sorted(data.draw(st.frozensets(st.integers(0, graph.arcs - 1))))) if graph.arcs else ()
    for arcs in {base, tuple(reversed(base)), *(ways.arcs(way) for way in range(ways.kinds))}:
        folded = ways.folded(arcs)
        assert told(kernels.unfolded(graph, folded)) == told(ways)
    ways.cut(ways.count // 2)
    again = kernels.unfolded(graph, ways.folded(base))
    assert (told(again), again.count) == (told(ways), ways.count)
    wrong = bytearray(folded)
    for _ in range(data.draw(st.integers(1, 3))):
        wrong[data.draw(st.integers(0, len(wrong) - 1))] = data.draw(st.integers(0, 255))
    for each in (bytes(wrong), bytes(wrong[: len(wrong) // 2]), b"", data.draw(st.binary(max_size=40))):
        with suppress(ValueError):
            told(kernels.unfolded(graph, each))


@settings(max_examples=60, deadline=None)
@given(st.data(), asked())
def test_ways_lead_astray_where_something_on_them_is_down(data, of):
    ways, network = found_by_kernel(of), of.network
    assert ways.astray(of.watch.states) == -1
    others = data.draw(watches(network))
    for _ in range(len(of.watch.all) - len(others.all)):
        others.add(Outage("up", frozenset(), frozenset(), 0))
    if len(others.all) < len(of.watch.all):
        return
    masks = [network.mask_of(of.start, ways.arcs(way)) for way in range(ways.kinds)]
    touched = [bool(masks[way] & others.all[place].mask) for place, way in ways.pairs()]
    assert ways.astray(others.states) == (touched.index(True) if True in touched else -1)


@settings(max_examples=100, deadline=None)
@given(st.data(), networks())
def test_states_are_told_by_what_they_touch(data, network):
    watch = data.draw(watches(network))
    gone = data.draw(st.frozensets(st.sampled_from(watch.all))) if watch.all else frozenset()
    few = watch.without(gone)
    mask = data.draw(st.integers(0, (1 << (len(network.links) + len(network.nodes) + 9)) - 1))
    assert watch.touching(mask) == [outage for outage in watch.outages if outage.mask & mask]
    assert few.touching(mask) == [outage for outage in watch.outages if outage.mask & mask and outage not in gone]
    assert few.at(few.places_touching(mask)) == few.touching(mask)
    others = [*watch.all, Outage("new", frozenset(), frozenset(), 1)]
    assert few.without_any(others) == [outage for outage in others if outage not in few]
    watch.add(others[-1])
    assert others[-1] in watch.touching(1)


def books(network, watch, sharing=(True, True)):
    """The kernel and its twin, which know the states of a watch by a number one more than their place."""
    capacity = [rate + 2048 for rate in network.capacity_bps]
    pair = [kind(capacity, network.background_bps, sharing, ()) for kind in (compiled("books").Sums, Sums)]
    for sums in pair:
        for outage in watch.all:
            sums.add_state(sorted(outage.links))
    return pair


def said(sums, network):
    arcs = range(len(network.head))
    return [(sums.left(arc), sums.used_bps(arc), sorted(sums.rows(arc))) for arc in arcs]


@settings(max_examples=100, deadline=None)
@given(st.data(), asked(), RATES, RATES, st.integers(0, 1))
def test_what_is_entered_for_ways_is_what_a_reservation_enters(data, of, normal, failed, other):
    ways, network = found_by_kernel(of), of.network
    numbers = {outage: place + 1 for place, outage in enumerate(of.watch.all)}
    arcs = tuple(data.draw(st.permutations(range(len(network.head))))[:4]) if network.head else ()
    taken, outages = {of.watch.all[place]: ways.arcs(way) for place, way in ways.pairs()}, of.watch.all
    freed = [outage for outage in outages if outage not in taken and data.draw(st.booleans())]
    states = {**taken, **dict.fromkeys(freed, ())}
    kernel, twin = books(network, of.watch)
    by_place = array("i", [place + 1 for place in range(len(outages))])
    for sign in (1, 1, -1):
        of_freed = [numbers[outage] for outage in freed]
        assert kernel.enter_ways((0, normal), (other, failed), arcs, ways, by_place, of_freed, sign)
        twin.enter((0, normal, ()), (other, failed, ()), arcs, states, numbers, {}, None, sign)
        assert said(kernel, network) == said(twin, network)
    unknown = array("i", [-1 if data.draw(st.booleans()) else number for number in by_place])
    bps = data.draw(RATES | st.just(FAR))
    fits = [
        all(twin.fits(arc, other, unknown[place], bps) == 1 for arc in ways.arcs(way)) for place, way in ways.pairs()
    ]
    assert kernel.fitting_ways(ways, unknown, other, bps) == (fits.index(False) if False in fits else len(fits))
    every = {*arcs, *(arc for way in range(ways.kinds) for arc in ways.arcs(way))}
    assert kernel.are_enough(arcs, ways) == (not twin.tight(every, 0))
    ways.cut(0)
    assert kernel.fitting_ways(ways, unknown, other, FAR) == 0


def ring():
    return build_network(model([wire("a-b"), wire("b-c"), wire("a-c", metric=25)]))


def test_what_does_not_belong_together_is_refused():
    """Nobody asks that, but nothing is read beyond its end where somebody did."""
    kernels, empty, network = compiled("reconverge"), frozenset(), ring()
    of_states = compiled("states").States
    tree = Igp(network).whole(frozenset({2}))
    direct = network.link_index["a-c"]
    links = [link for link in range(3) if link != direct]
    states = of_states([[link] for link in links], [[link] for link in links], [[], []])

    def settled(places, states=states, start=0, figures=network.figures):
        return kernels.settled(tree, states, places, start, figures, 1, None, None, frozenset({2}), empty, empty, False)

    for wrong in ([2], [-1]):
        with pytest.raises(IndexError):
            settled(wrong)
    for start in (-1, 3):
        with pytest.raises(IndexError):
            settled([0], start=start)
    for others in (of_states([[0]], [[3]], [[]]), of_states([[0]], [[]], [[3]])):
        with pytest.raises(IndexError):
            settled([0], states=others)
    with pytest.raises(ValueError, match="another network"):
        settled([0], figures=ring().figures)
    with pytest.raises(IndexError):
        of_states([[-1]], [[]], [[]])
    ways = settled([1, 0])
    assert (ways.count, ways.kinds) == (2, 1)
    for ask in (ways.arcs, ways.paths, ways.latency, ways.is_several):
        for way in (1, -1):
            with pytest.raises(IndexError):
                ask(way)
    with pytest.raises(IndexError):
        ways.cut(3)
    sums = compiled("books").Sums([5000] * 6, [0] * 6, [True], ())
    sums.add_state([])
    known, wrong = array("i", [1, 1]), [array("i"), array("i", [1, 2]), array("i", [0, 1])]
    for arcs, numbers, freed in [((6,), known, []), *(((0,), each, []) for each in wrong), ((0,), known, [2])]:
        with pytest.raises(IndexError):
            sums.enter_ways((0, 1), (0, 1), arcs, ways, numbers, freed, 1)
    with pytest.raises(IndexError):
        sums.fitting_ways(ways, array("i"), 0, 1)
    small = compiled("books").Sums([5000] * 2, [0] * 2, [True], ())
    small.add_state([])
    for ask in (lambda: small.enter_ways((0, 1), (0, 1), (0,), ways, known, [], 1), lambda: small.are_enough((), ways)):
        with pytest.raises(IndexError):
            ask()
    assert sums.used_arcs() == small.used_arcs() == []
    assert not sums.enter_ways((0, 1 << 60), (0, 1), (0,), ways, known, [], 1)  # for the twin
