"""Primaries and spares that are sought together where one after the other gets trapped."""

import json
from itertools import combinations

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.place import attempt

LANES = {"sa": ("s", "a", 1), "ab": ("a", "b", 1), "bt": ("b", "t", 1), "sb": ("s", "b", 5), "at": ("a", "t", 5)}
THIRD = {"sc": ("s", "c", 20), "ct": ("c", "t", 20)}
RISKS = {"sb": "r", "at": "r", "ab": "q", "ct": "q"}  # of each trap: s a t and s c t are a pair, s a t and s b t none


def links_of(lanes, traps):
    """Return traps one behind the other, and a direct link that the IGP likes best and the intent avoids.

    In each the shortest way is s a b t, and no other way is left off all of its links: s a t and s b t are a pair.
    """
    found = {"direct": ("n0", f"n{traps}", 1)}
    for at in range(traps):
        names = {"s": f"n{at}", "t": f"n{at + 1}"}
        for name, (a, b, cost) in lanes.items():
            found[f"{name}{at}"] = (names.get(a, f"{a}{at}"), names.get(b, f"{b}{at}"), cost)
    return found


def topology_of(links, risks):
    nodes = sorted({end for a, b, _ in links.values() for end in (a, b)})
    lines = ["name: trap", "routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}"]
    lines += ["defaults: {platform: sr-bench}", "nodes:"]
    for at, name in enumerate(nodes):
        routing = f"segment_routing: {{index: {at + 1}, srgb: [16000, 23999], max_sid_depth: 40}}"
        rest = f"loopback: 10.255.0.{at + 1}/32, attached: [10.{at}.0.0/24], {routing}"
        lines.append(f"  {name}: {{release: '1.0', {rest}}}")
    lines.append("links:")
    for name, (a, b, cost) in links.items():
        risk = f", srlg: [{risks[name]}]" if name in risks else ""
        rest = f"capacity: 1Gbps, latency: {cost}ms, igp_metric: {cost}, crosses: []{risk}"
        lines.append(f"  - {{id: {name}, a: {a}, b: {b}, {rest}}}")
    return "\n".join(lines) + "\n"


CASES = {  # what there is of each trap, how many traps, the risk groups of links, what is promised
    "links": (LANES, 6, {}, "any 1 link"),
    "two links": (LANES | THIRD, 3, {}, "any 2 link"),
    "risk groups": (LANES | THIRD, 6, RISKS, "any 1 srlg"),
}


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request):
    lanes, traps, risks, promise = CASES[request.param]
    links = links_of(lanes, traps)
    shared = {f"{name}{at}": f"{risk}{at}" for name, risk in risks.items() for at in range(traps)}
    ends = f"from node n0 to node n{traps} unidirectional match tcp/1"
    text = f"intent t {{ {ends} avoid link direct failover within 9s {{ survive {promise} }} }}"
    return links, shared, promise, text, topology_of(links, shared)


def built(case):
    return build(case[3], case[4], stages_with_all_targets())


def test_a_list_is_found_where_the_shortest_way_leaves_none(case):
    found = built(case)
    assert found.statuses == {"t": "placed"}
    assert found.codes() == set()


def test_it_is_not_found_one_after_the_other(case, monkeypatch):
    monkeypatch.setattr(attempt, "find_cover", lambda *_: None)
    found = built(case)
    assert [item.code for item in found.run.findings.items] == ["E0509"]


def test_one_path_is_whole_whatever_fails(case):
    links, shared, promise, *_ = case
    (intent,) = json.loads(built(case).text)["intents"]
    (demand,) = intent["demands"]
    ways = [set(path["links"]) for item in demand["alternatives"] for path in item["paths"]]
    own = set(links) - {"direct"}
    failures = [{name} for name in own] + [
        {name for name in own if shared.get(name) == risk} for risk in shared.values()
    ]
    failures += [set(pair) for pair in combinations(own, 2)] if promise == "any 2 link" else []
    assert [failed for failed in failures if all(way & failed for way in ways)] == []
