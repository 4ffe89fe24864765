"""The kernel that names what demands do in failure states against walks of them one by one."""

from array import array
from copy import copy
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels
from test_native_reconverge import asked, found_by_kernel, found_one_by_one

from intentc.delay.rows import kernels
from intentc.forwarding.figures import paths_of, worst_latency
from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import NORMAL, Watch
from intentc.forwarding.promised import Promised
from intentc.forwarding.walk import Packets, walk
from intentc.place.settled import Settled
from intentc.realise.results import QueuedResults, Results, SettledResults, whens

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
    unmade = SettledResults(results, of.settled, of.promised, of.ahead)
    assert whens(unmade) == whens(wanted) == whens(view) == [result.when for result in wanted]
    assert (unmade.told() is None, view.told()) == (False, None)


def _careers(network, count):
    arcs = range(len(network.head))
    routes = kernels("routes").Routes(
        network.tail, network.head, list(arcs), [3 * arc for arc in arcs], len(network.nodes), 7
    )
    ports = {(network.nodes[network.tail[arc]], network.links[arc >> 1]): arc for arc in arcs}
    return routes, kernels("careers").Careers(kernels("roads").Roads(routes, ports), 1, count + 1)


FLAGS, AMOUNTS = (False, True, True, False, False), (0, 0, 1, 1, 1, 1)


@settings(max_examples=50, deadline=None)
@given(settled(), st.integers(0, 90_000), st.booleans())
def test_careers_are_the_same_whether_results_are_made_or_not(of, bound_us, is_wide):
    """Paths, which of them are taken in which states, what bounds leave, and what is told of latencies with queueing."""
    results = Results(of.network)
    if of.settled is None or of.promised.watch.whole is not of.watch:
        return
    view = SettledResults(results, of.settled, of.promised, of.ahead)
    made = results.of(one_by_one(of), of.ahead, {})
    primary, latency = results.told(of.normal, of.ahead, None)
    item = SimpleNamespace(primary=primary, latency=latency, states=made)
    names = [name for result in made for name in result.when]
    numbers, without = {name: 1 + at for at, name in enumerate(names[1:])}, frozenset(names[2:3])
    found = []
    for told in (None, view.told()):
        routes, careers = _careers(of.network, len(names))
        entered = careers.enter(0, 0, 0, *FLAGS, *AMOUNTS, bound_us, bound_us, item, numbers, without, told)
        amounts = kernels("routes").Amounts(routes, 1)
        for port in range(len(of.network.head)):
            amounts.put(port, 0, (1 << 33) * is_wide + 10 * port, port % 3)
        left = kernels("shares").Shares(careers)
        left.add([entered], 1)
        words, is_long = careers.latencies(entered, careers.figures(entered, amounts))
        assert is_long == (is_wide and len(primary[0].links) + sum(len(result.paths[0].links) for result in made) > 0)
        queued = QueuedResults(made, latency, array("q" if is_long else "i", words), ("a", "b", "c"))
        assert whens(queued) == whens(made)
        paths, slots = careers.paths_of(entered), careers.slots_of(entered)
        routes_told = [routes.fixed(number) for number in range(len(routes))]
        lowered = [left.get(port, 0) for port in range(len(of.network.head))]
        found.append((paths, slots, routes_told, lowered, careers.is_in_time(entered, amounts), words, tuple(queued)))
    assert found[0] == found[1]
    for result, before in zip(found[1][-1], made, strict=True):
        waits = [sum((1 << 33) * is_wide + 10 * port for port in _ports(of, path)) for path in result.paths]
        assert (result.paths, result.when, result.destination) == (before.paths, before.when, before.destination)
        assert result.latency.queueing in waits
        if len(result.paths) == 1 and result.paths != primary:
            assert (result.latency.propagation, result.latency.serialisation) == (
                before.latency.propagation,
                before.latency.serialisation,
            )


def _ports(of, path):
    """The arcs of a path."""
    found = []
    for node, link in zip(path.nodes, path.links, strict=False):
        number = of.network.links.index(link)
        is_ab = of.network.nodes[of.network.tail[2 * number]] == node
        found.append(2 * number + (not is_ab))
    return found


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
