"""Questions where packets go in failure states of random networks, for tests of what finds that."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import strategies as st
from support_native import ends_of, networks

from intentc.forwarding.outage import Outage, Watch


@st.composite
def watches(draw, network):
    """Some failure states of a network, links with those of the nodes that are down."""
    few = st.frozensets(st.integers(0, max(0, len(network.links) - 1)), max_size=2 if network.links else 0)
    downs = draw(
        st.lists(st.tuples(few, st.frozensets(st.integers(0, len(network.nodes) - 1), max_size=1)), max_size=12)
    )
    found = Watch()
    for number, (links, nodes) in enumerate(downs):
        down = links.union(*({arc >> 1 for arc in network.leaving[node]} for node in nodes))
        mask = sum(map(network.link_bit, down)) + sum(map(network.node_bit, nodes))
        found.add(Outage(f"s{number}", nodes, down, mask))
    return found


@st.composite
def asked(draw):
    """A network, states and what is asked of the kernel."""
    network = draw(networks())
    watch, targets = draw(watches(network)), draw(ends_of(network))
    links = st.frozensets(st.integers(0, max(0, len(network.links) - 1)), max_size=2 if network.links else 0)
    fences = draw(st.just(frozenset()) | links)
    return SimpleNamespace(
        network=network,
        watch=watch,
        start=draw(st.integers(0, len(network.nodes) - 1)),
        targets=targets,
        accepted=draw(st.just(targets) | ends_of(network)),
        fences=fences,
        barred=draw(st.just(fences) | links),
        ahead=draw(st.none() | st.integers(0, 40)),
        bound=draw(st.none() | st.integers(0, 90_000)),
        is_narrow=draw(st.booleans()),
        places=draw(st.permutations(range(len(watch.all)))),
    )


def question(of, igp):
    """What a kernel is asked, in its order."""
    return (
        igp.whole(of.targets),
        of.watch.states,
        list(of.places),
        of.start,
        of.network.figures,
        of.network.units_per_us,
        of.ahead,
        of.bound,
        of.accepted,
        of.fences,
        of.barred,
        of.is_narrow,
    )


def told(ways):
    """All that ways say."""
    kinds = range(ways.kinds)
    return ways.pairs(), [(ways.arcs(way), ways.paths(way), ways.latency(way), ways.is_several(way)) for way in kinds]
