"""Paths past waypoints that may not take a step twice, where none is left."""

from support_model import network, wire

from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL
from intentc.place import search
from intentc.place.model import Hop
from intentc.place.search import Quest, find_path

SIDE = 6


def two_grids():
    """Two square grids, `l` and `r`, joined by one link."""
    links = [
        wire(f"{side}{row}{column}-{side}{row + down}{column + right}")
        for side in "lr"
        for row in range(SIDE)
        for column in range(SIDE)
        for down, right in ((0, 1), (1, 0))
        if row + down < SIDE and column + right < SIDE
    ]
    return build_network(network([*links, wire("l00-r00")]))


def quest(net, *via, stop):
    index = net.node_index
    return Quest(
        network=net,
        outage=NORMAL,
        start=index["l11"],
        targets=frozenset({index[stop]}),
        stops=frozenset({index[stop]}),
        hops=lambda node, _: [Hop((arc,), net.head[arc], is_steered=False) for arc in net.leaving[node]],
        is_by_arrival=False,
        is_open=lambda _: True,
        weigh=lambda hop: net.metric[hop.arcs[0]],
        floor=net.metric.__getitem__,
        via=tuple((frozenset({index[name]}), frozenset()) for name in via),
        bound_us=None,
        ahead=None,
        is_plain=True,
    )


def test_paths_are_told_apart_by_their_steps_without_walking_them_again(monkeypatch):
    """To the right, back to the left, and to the right: that takes the joint twice. Every way there is looked for, up to the effort."""
    walked, steps = [], search._Label.steps
    monkeypatch.setattr(search._Label, "steps", lambda label: walked.append(label) or steps(label))
    assert find_path(quest(two_grids(), "r33", "l44", stop="r55")).hops is None
    assert len(walked) <= 2  # the answers


def test_where_no_step_is_needed_twice_the_path_is_found():
    found = find_path(quest(two_grids(), "l44", "r33", stop="r55"))
    assert len({hop.arcs for hop in found.hops}) == len(found.hops)
