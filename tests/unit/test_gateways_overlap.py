"""A site with a prefix at one router within that of another one: the longest match says which of them carries what."""

import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_gateways import NET
from test_gateways_parts import demand

from intentc.pipeline import STAGES

WIDE = "10.0.0.0/14"
LEFT = ["10.0.0.0/16", "10.1.1.0/24", "10.1.128.0/17", "10.1.16.0/20", "10.1.2.0/23", "10.1.32.0/19", "10.1.4.0/22"]
LEFT += ["10.1.64.0/18", "10.1.8.0/21", "10.2.0.0/15"]  # of it without 10.1.0.0/24
OVERLAPPING = NET.replace("10.2.0.0/24", "10.20.0.0/24").replace(
    "attached: [{prefix: 10.1.0.0/24, interface: eth9}]}\n  b2",
    f"attached: [{{prefix: {WIDE}, interface: eth8}}]}}\n  b2",
)
INTENT = """
intent shop {
  from br to dc priority high bandwidth 100Mbps burst 64KB latency <= 20ms isolate
  failover within 500ms { survive any 1 link except access survive any 1 node except access }
}
"""
# the way from b1 to b2 is direct, and there is another one over x
PASSED = OVERLAPPING.replace("  d: {site: dc", "  x: {region: eu, loopback: 10.255.0.7/32}\n  d: {site: dc") + (
    "  - {id: bb, a: b1, b: b2, capacity: 1Gbps, latency: 1ms, igp_metric: 15, crosses: []}\n"
    "  - {id: bx, a: b1, b: x, capacity: 1Gbps, latency: 1ms, crosses: []}\n"
    "  - {id: xb, a: x, b: b2, capacity: 1Gbps, latency: 1ms, crosses: []}\n"
)


@cache
def built(platform):
    if platform == "frr":
        return build(INTENT, OVERLAPPING, STAGES)
    net = OVERLAPPING.replace('platform: frr, release: "8.4"', 'platform: sr-bench, release: "1.0"')
    return build(INTENT, net, stages_with_all_targets())


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_each_router_carries_what_the_longest_match_gives_it(platform):
    assert built(platform).statuses == {"shop": "placed"}
    whole = json.loads(built(platform).text)
    names = [item["id"] for item in whole["intents"][0]["demands"]]
    assert sorted(names) == ["shop/br@b1>dc", "shop/br@b1>dc/reply", "shop/br@b2>dc", "shop/br@b2>dc/reply"]
    wide, narrow = demand(whole, "shop/br@b1>dc"), demand(whole, "shop/br@b2>dc")
    assert [flow["source"] for flow in wide["match"]] == LEFT
    assert [flow["source"] for flow in narrow["match"]] == ["10.1.0.0/24"]
    assert (wide["source"], narrow["source"]) == ("b1", "b2")
    ends = {
        name: {path["path"][-1] for item in [found["primary"], *found["states"]] for path in item["paths"]}
        for name in names
        if name.endswith("reply") and (found := demand(whole, name))
    }
    assert ends == {"shop/br@b1>dc/reply": {"b1"}, "shop/br@b2>dc/reply": {"b2"}}


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_the_prover_agrees(platform):
    assert built(platform).codes() == set()


def take_the_whole_prefix(whole):
    found = demand(whole, "shop/br@b1>dc")
    found["match"] = [found["match"][0] | {"source": WIDE}]


def take_what_the_other_router_draws(whole):
    found = demand(whole, "shop/br@b1>dc")
    found["match"].append(found["match"][0] | {"source": "10.1.0.0/24"})


def leave_a_piece_out(whole):
    demand(whole, "shop/br@b1>dc")["match"].pop(3)


def leave_the_narrow_part_out(whole):
    demands = whole["intents"][0]["demands"]
    demands[:] = [item for item in demands if not item["id"].startswith("shop/br@b2>dc")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (take_the_whole_prefix, "E0565"),
        (take_what_the_other_router_draws, "E0565"),
        (leave_a_piece_out, "E0565"),
        (leave_the_narrow_part_out, "E0564"),
    ],
)
def test_the_prover_knows_what_each_router_draws(change, code):
    assert code in built("frr").codes(change)


def test_routers_mark_what_enters_at_their_ports_and_meter_it_as_one_rate():
    one, other = (built("frr").run.fleet.devices[name] for name in ("b1", "b2"))
    assert {(rule.flow.source, rule.interfaces) for rule in one.marking} == {(prefix, ("eth8",)) for prefix in LEFT}
    assert {(rule.flow.source, rule.interfaces) for rule in other.marking} == {("10.1.0.0/24", ("eth9",))}
    assert one.meters == other.meters


def test_replies_pass_the_isolation_of_the_other_end_alone():
    devices = built("frr").run.fleet.devices
    assert [rule.prefix for rule in devices["d"].isolation] == ["10.20.0.0/24"]
    assert {flow.source for rule in devices["d"].isolation for flow in rule.allowed} == {*LEFT, "10.1.0.0/24"}


def test_what_is_for_a_longer_prefix_elsewhere_is_steered_on():
    """A router that has a prefix around the destination is no end of packets to the longer one of another router."""
    intent = "intent t { from dc to br match prefix 10.20.0.0/24 to 10.1.0.0/24 unidirectional via node b1, node x }"
    found = build(intent, PASSED, STAGES)
    assert found.statuses == {"t": "placed"}
    assert found.codes() == set()
    (carried,) = json.loads(found.text)["intents"][0]["demands"]
    assert carried["primary"]["paths"][0]["path"][-3:] == ["b1", "x", "b2"]
    rules = found.run.fleet.devices["b1"].steering
    assert [(rule.flow.destination, rule.waypoints[0]) for rule in rules] == [("10.1.0.0/24", "x")]
