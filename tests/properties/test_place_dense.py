"""Ties and dense fabrics cost no more than sparse wide-area networks of as many links: functions called by `place`, counted.

In a fat-tree all paths between two pods are equal, (k ÷ 2)² of them; were they told apart one by one, work would grow with their
number. Under failover each state in which a link of a demand's paths fails is looked at: 6 of a single path, 40 of the 16
equal ones with k = 8, so that work goes with these states, not with all pairs of paths and states. The kernels' twins are counted: what a
kernel does is no call.
"""

import random
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.native import SWITCH

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import workload

DEMANDS = 12
PLAIN = "latency <= 90ms"
EVEN = "optimize utilization"
PROTECTED = "latency <= 90ms failover within 9s { survive any 1 link except access }"


def fat_tree(k):
    """Return nodes, links (with µs) and the nodes where hosts are: k pods, (k ÷ 2)² core switches."""
    half = k // 2
    links = []
    for pod in range(k):
        for at in range(half):
            links += [(f"a{pod}-{at}", f"e{pod}-{edge}", 1000) for edge in range(half)]
            links += [(f"a{pod}-{at}", f"c{at * half + core}", 1000) for core in range(half)]
    return links, [f"e{pod}-{edge}" for pod in range(k) for edge in range(half)]


def wide_area(count):
    """Return the same of a Gabriel graph, whose metrics follow distance: hardly two paths are equal."""
    wan = workload.gabriel(count, 3)
    links = [(f"n{a}", f"n{b}", wan.latency_us(at)) for at, (a, b) in enumerate(wan.links)]
    return links, [f"n{at}" for at in range(count)]


def topology(links):
    nodes = sorted({end for a, b, _ in links for end in (a, b)})
    lines = ["name: dense", "routing: {igp: isis}", "defaults: {platform: sr-bench}", "nodes:"]
    for at, name in enumerate(nodes):
        routing = f"segment_routing: {{index: {at + 1}, srgb: [16000, 23999], max_sid_depth: 8}}"
        lines.append(f"  {name}: {{loopback: 10.255.0.{at}/32, attached: [10.0.{at}.0/24], {routing}}}")
    lines.append("links:")
    for at, (a, b, us) in enumerate(links):
        rest = f"capacity: 10Gbps, latency: {us}us, igp_metric: {us // 10 + 1}, crosses: []"
        lines.append(f"  - {{id: l{at}, a: {a}, b: {b}, {rest}}}")
    return "\n".join(lines) + "\n"


def intents(ends, clauses):
    source = random.Random(7)  # noqa: S311  (a workload, no secret)
    pairs = [source.sample(ends, 2) for _ in range(DEMANDS)]
    return "\n".join(
        f"intent i{at} {{ from {a} to {b} unidirectional match tcp/{1000 + at} bandwidth 100Mbps {clauses} }}"
        for at, (a, b) in enumerate(pairs)
    )


@dataclass(frozen=True)
class Work:
    """A network's links, its placed demands, the links on all of their paths (with repetition), and functions called."""

    links: int
    placed: int
    used: int
    called: int


@cache
def work(kind, size, clauses):
    """Return what `place` did for some demands over a network."""
    links, ends = fat_tree(size) if kind == "fat-tree" else wide_area(size)
    called = 0

    def count(_frame, event, _argument):
        nonlocal called
        called += event == "call"

    def counted(run):
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            stages[-1](run)
        finally:
            sys.setprofile(before)

    every = stages_with_all_targets()
    stages = every[: next(at for at, stage in enumerate(every) if stage.__name__ == "place") + 1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SWITCH, "0")
        built = build(intents(ends, clauses), topology(links), (*stages[:-1], counted))
    placed = built.run.realised.demands.values()
    assert len(placed) > DEMANDS // 2
    used = sum(len({link for path in item.primary for link in path.links}) for item in placed)
    return Work(len(links), len(placed), used, called)


def test_equal_paths_cost_no_more_for_each_link_on_them():
    """All 9 equal paths of a demand carry it, with four times the links of a single one."""
    dense, sparse = work("fat-tree", 6, PLAIN), work("wide-area", 63, PLAIN)
    assert abs(dense.links - sparse.links) < 5
    assert dense.placed == sparse.placed == DEMANDS
    assert dense.used > 3 * sparse.used
    assert dense.called / dense.used < sparse.called / sparse.used


def test_equal_paths_cost_no_more_than_different_ones_where_links_are_to_be_used_evenly():
    dense, sparse = work("fat-tree", 6, EVEN), work("wide-area", 63, EVEN)
    assert dense.placed == sparse.placed == DEMANDS
    assert dense.called < 1.3 * sparse.called


def test_what_is_protected_costs_no_more_for_each_link_whose_failure_it_meets():
    dense, sparse = work("fat-tree", 6, PROTECTED), work("wide-area", 63, PROTECTED)
    assert dense.used > 2 * sparse.used
    assert dense.called / dense.used < 1.3 * sparse.called / sparse.used


def test_work_does_not_grow_with_the_number_of_equal_paths():
    """From 4 to 9 paths between pods, and from 32 to 108 links."""
    small, large = work("fat-tree", 4, PLAIN), work("fat-tree", 6, PLAIN)
    assert large.called / small.called < large.links / small.links
