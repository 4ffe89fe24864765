"""The kernel that names what demands do in failure states against walks of them one by one."""

from copy import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels
from test_native_reconverge import asked, found_by_kernel, found_one_by_one

from intentc.forwarding.figures import paths_of, worst_latency
from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import NORMAL, Watch
from intentc.forwarding.promised import Promised
from intentc.forwarding.walk import Packets, walk
from intentc.place.settled import Settled
from intentc.realise.results import Results, SettledResults

pytestmark = needs_kernels

IDS = st.lists(st.text("abc:", min_size=1, max_size=3), min_size=1, max_size=3)


@st.composite
def settled(draw):
    """A demand that a kernel has settled in some states, with those that it is promised by id; some are left out again."""
    of = draw(asked())
    ids = [draw(IDS) for _ in of.watch.all]
    pairs = [
        (f"{name}{at}.{number}", outage)
        for at, outage in enumerate(of.watch.all)
        for number, name in enumerate(ids[at])
    ]
    promised = Promised(pairs)
    of.watch = promised.watch
    of.normal = walk(Igp(of.network), Packets((of.targets,), frozenset(), is_fail_closed=False), {}, of.start, NORMAL)
    of.ways, of.walks = found_by_kernel(of), found_one_by_one(of)
    of.settled = Settled(of.ways, of.watch, of.normal, is_all=True) if of.normal.fault is None else None
    of.promised = promised.without([pair for pair in pairs if draw(st.sampled_from((False, False, True)))])
    return of


def one_by_one(of):
    """The ways that packets take, each with the ids of the states in which they do."""
    ways = {}
    for place, taken in of.walks:
        ways.setdefault(id(taken), (taken, []))[1].extend(of.promised.names(of.watch.all[place]))
    return ways.values()


@settings(max_examples=50, deadline=None)
@given(settled())
def test_results_are_those_of_walks_one_by_one(of):
    results = Results(of.network)
    if of.settled is None or of.promised.watch.whole is not of.watch:
        return  # no path to begin with, or promised anew
    found = results.settled(of.settled, of.promised, of.ahead)
    wanted = results.of(one_by_one(of), of.ahead, {})
    assert (found, repr(found)) == (wanted, repr(wanted))
    view = SettledResults(results, of.settled, of.promised, of.ahead)
    assert view == wanted
    assert wanted == view
    assert view == SettledResults(results, of.settled, of.promised, of.ahead)
    assert (len(view), list(view), view[:1], repr(view), hash(view)) == (
        len(wanted),
        list(wanted),
        wanted[:1],
        repr(wanted),
        hash(wanted),
    )
    assert (type(copy(view)), copy(view)) == (tuple, wanted)  # what is sent elsewhere


@settings(max_examples=30, deadline=None)
@given(settled())
def test_the_only_path_is_named_as_that_of_a_walk(of):
    results, normal = Results(of.network), of.normal
    if len(normal.trails) == 1:
        paths, latency = results.told(normal, of.ahead, None)
        wanted = paths_of(of.network, normal), worst_latency(of.network, normal.trails, of.ahead)
        assert (paths, latency) == wanted
        assert (repr(paths), hash(paths)) == (repr(wanted[0]), hash(wanted[0]))


@settings(max_examples=50, deadline=None)
@given(st.data(), settled())
def test_ways_over_what_is_down_and_states_left_out_are_found(data, of):
    """Looked at with the states in another order than the one they were found in, so that anything may be down."""
    if of.settled is None:
        return
    others = Watch(data.draw(st.permutations(of.watch.all)))
    wrong, left = Results(of.network).teller.check(of.settled.folded, others.states, of.normal.each_arc)
    masks = {way: of.network.mask_of(of.start, of.ways.arcs(way)) for way in range(of.ways.kinds)}
    astray = [place for place, way in of.ways.pairs() if others.all[place].touches(masks[way])]
    assert wrong == (astray[0] if astray else -1)
    told = {place for place, _ in of.ways.pairs()}
    assert left == [place for place in others.places_touching(of.normal.dependence) if place not in told]


@settings(max_examples=20, deadline=None)
@given(settled())
def test_what_is_of_another_network_is_refused(of):
    if of.settled is None or not of.ways.count:
        return
    results = Results(of.network)
    with pytest.raises(IndexError):
        results.teller.results(of.settled.folded, of.ahead, (), frozenset())
    with pytest.raises(IndexError):
        results.teller.check(of.settled.folded, of.watch.states, (len(of.network.head),))
    with pytest.raises(IndexError):
        results.teller.way(of.start, (-1,), of.ahead)
