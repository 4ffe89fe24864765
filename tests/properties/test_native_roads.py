"""Paths by number: each once, whoever tells it, by names or as arcs."""

import copy
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels, networks

from intentc.delay.rows import kernels
from intentc.realise.path import Path

pytestmark = needs_kernels


def _roads(network):
    """A port is an arc here; one takes as many ns as its number says, and a packet thrice as many parts of a µs, of which there are seven."""
    arcs = range(len(network.head))
    routes = kernels("routes").Routes(
        network.tail, network.head, list(arcs), [3 * arc for arc in arcs], len(network.nodes), 7
    )
    ports = {(network.nodes[network.tail[arc]], network.links[arc >> 1]): arc for arc in arcs}
    return kernels("roads").Roads(routes, ports)


@settings(max_examples=60, deadline=None)
@given(st.data(), networks())
def test_paths_that_are_equal_have_one_number_and_all_others_their_own(data, network):
    roads, known = _roads(network), {}
    told = [network.names, *(copy.deepcopy(network.names) for _ in range(data.draw(st.sampled_from((1, 10)))))]
    for _ in range(data.draw(st.integers(1, 12))):
        node, arcs = data.draw(st.integers(0, len(network.nodes) - 1)), ()
        start = node
        while network.leaving[node] and len(arcs) < 6 and data.draw(st.booleans()):
            arcs += (data.draw(st.sampled_from(network.leaving[node])),)
            node = network.head[arcs[-1]]
        share = data.draw(st.sampled_from((1_000_000, 500_000)))
        labels = data.draw(st.sampled_from([(), (0,) * len(arcs), (1,) * len(arcs)]))
        for names in told:
            path = Path.of(names.line(start, arcs), share, labels)
            number = roads.number(path)
            assert number == roads.number(Path(path.nodes, path.links, share, labels))
            assert known.setdefault((arcs, share, labels), number) == number
        assert roads.routes.fixed(number) == (sum(arcs), 3 * sum(arcs))
    assert sorted(known.values()) == list(range(len(roads.routes)))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 12))
def test_a_path_told_by_the_normal_one_is_the_very_same(data, count):
    """Detours at several places, paths that come by a node twice, and normal ones that are told by others themselves."""
    ports = {(f"n{number}", f"L{number}"): number for number in range(2 * count)}
    sums = [3**number for number in range(2 * count)]
    nodes = [number % count for number in range(2 * count)]
    routes = kernels("routes").Routes(nodes, [*nodes[1:], 0], sums, sums, count, 1)
    careers = kernels("careers").Careers(kernels("roads").Roads(routes, ports), 1, 1)
    hops = st.lists(st.integers(0, 2 * count - 1), max_size=12)
    known = {}
    for _ in range(data.draw(st.integers(1, 4))):
        normal = data.draw(hops | st.sampled_from(list(known.values()) or [[]]))
        others = [normal[:at] + data.draw(hops) + normal[at + data.draw(st.integers(0, 4)) :] for at in range(4)]
        lists = [[_path(each)] for each in (normal, *others)]
        latency = SimpleNamespace(propagation=0, serialisation=0)
        states = [SimpleNamespace(paths=paths, latency=latency, when=()) for paths in lists[1:]]
        item = SimpleNamespace(primary=lists[0], latency=latency, states=states)
        number = careers.enter(0, 0, 0, False, True, True, False, False, 0, 0, 1, 1, 1, 1, -1, -1, item, {}, ())
        first, found = careers.paths_of(number)
        slots = careers.slots_of(number)
        for each, (path,) in [(normal, first), *zip(others, (found[slot] for slot in slots), strict=True)]:
            assert known.setdefault(path, each) == each
    for path, each in known.items():
        assert routes.fixed(path) == (sum(sums[hop] for hop in each), sum(sums[hop] for hop in each))
        shares = kernels("shares").Shares(careers)
        shares.add_rows([path, 0, 1], 1)
        assert [shares.get(port, 0)[0] == 1 for port in range(2 * count)] == [port in each for port in range(2 * count)]


def _path(hops):
    """A path over ports, each a link of its own, with the node that sends there."""
    return Path((*[f"n{hop}" for hop in hops], "end"), tuple([f"L{hop}" for hop in hops]))


def test_thousands_of_paths_keep_their_numbers():
    ports = {("a", f"L{number}"): 2 * number for number in range(3000)}
    routes = kernels("routes").Routes([0, 1] * 3000, [1, 0] * 3000, [0] * 6000, [0] * 6000, 2, 1)
    roads = kernels("roads").Roads(routes, ports)
    paths = [Path(("a", "b"), (f"L{number}",)) for number in range(3000)]
    assert [roads.number(path) for path in paths] == [roads.number(path) for path in paths] == list(range(3000))


def test_what_leads_over_no_port_is_refused():
    routes = kernels("routes").Routes([0, 1], [1, 0], [0, 0], [0, 0], 2, 1)
    with pytest.raises(IndexError):
        kernels("roads").Roads(routes, {("a", "L"): 2})
    with pytest.raises(ValueError, match="0"):
        kernels("routes").Routes([0, 1], [1, 0], [0, 0], [0, 0], 2, 0)
    roads = kernels("roads").Roads(routes, {("a", "L"): 0})
    with pytest.raises(KeyError):
        roads.number(Path(("b", "a"), ("L",)))
    with pytest.raises(ValueError, match="1, 2"):
        roads.number(Path(("a", "b"), ("L",), labels=(1, 2)))
    assert roads.number(Path(("a", "b"), ("L",))) == 0
