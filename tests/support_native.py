"""For tests of compiled kernels: why they are skipped where there are none, and networks to hold them against their twins on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st
from support_model import network, wire

from intentc.forwarding.network import Network, build_network
from intentc.native import compiled
from intentc.topology.model import Directional

needs_kernels = pytest.mark.skipif(
    compiled("graph") is None,
    reason="the kernels are not built: there is no C compiler, no header of Python's or no Cython",
)


@contextmanager
def two_cpus() -> Iterator[None]:
    """Have another CPU, whatever the machine has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1}, raising=False)
        compiled("aside").pause()
        compiled("aside").resume()
        yield
        compiled("aside").pause()
    compiled("aside").resume()


@contextmanager
def at_once() -> Iterator[None]:
    """Have everything done before anything else is."""
    compiled("aside").pause()
    yield
    compiled("aside").resume()


@st.composite
def networks(draw: st.DrawFn, most_nodes: int = 12, most_links: int = 30) -> Network:
    """Make small networks: parallel links, metrics and delays of each direction, nodes without transit, drained links, both IGPs."""
    names = [f"n{number}" for number in range(draw(st.integers(1, most_nodes)))]
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] < pair[1])
    pairs = draw(st.lists(ends, max_size=most_links)) if len(names) > 1 else []
    few, sides = st.integers(1, 5), st.integers(0, 20_000_000)
    links = [
        wire(
            f"{a}-{b}#{number}",
            igp_metric=Directional(draw(few), draw(few)),
            latency_ns=Directional(draw(sides), draw(sides)),
            mbps=draw(st.sampled_from((10, 100, 1000))),
            state=draw(st.sampled_from(("up", "up", "up", "drained"))),
        )
        for number, (a, b) in enumerate(pairs)
    ]
    nodes = {name: {"transit": False} for name in draw(st.sets(st.sampled_from(names), max_size=2))}
    igp = draw(st.sampled_from(("isis", "ospf")))
    return build_network(network(links, prefixes=dict.fromkeys(names, ()), nodes=nodes, igp=igp))


def ends_of(network: Network, most: int = 3) -> st.SearchStrategy[frozenset[int]]:
    """Make sets of nodes, by index."""
    return st.frozensets(st.integers(0, len(network.nodes) - 1), min_size=1, max_size=most)
