"""Traffic from a site with several routers: one carries, the next one stands in; placed, configured and proved for either."""

import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.pipeline import STAGES

NET = """
name: dual
regions: {eu: [], ch: []}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: frr, release: "8.4"}
sites:
  br: {region: eu}
  dc: {region: eu}
nodes:
  b1: {site: br, loopback: 10.255.0.1/32, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 6},
       attached: [{prefix: 10.1.0.0/24, interface: eth9}]}
  b2: {site: br, loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 6},
       attached: [{prefix: 10.1.0.0/24, interface: eth9}]}
  p1: {region: eu, loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 6}}
  p2: {region: eu, loopback: 10.255.0.4/32, segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 6}}
  p3: {region: ch, loopback: 10.255.0.6/32, segment_routing: {index: 6, srgb: [16000, 23999], max_sid_depth: 6}}
  d: {site: dc, loopback: 10.255.0.5/32, segment_routing: {index: 5, srgb: [16000, 23999], max_sid_depth: 6},
      attached: [{prefix: 10.2.0.0/24, interface: eth9}]}
links:
  - {id: w1, a: b1, b: p1, capacity: 1Gbps, latency: 3ms, crosses: []}
  - {id: w2, a: b2, b: p2, capacity: 1Gbps, latency: 4ms, igp_metric: 40, crosses: []}
  - {id: pp, a: p1, b: p2, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: v1, a: p1, b: d, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: v2, a: p2, b: d, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: s1, a: p1, b: p3, capacity: 1Gbps, latency: 1ms, igp_metric: 50, crosses: []}
  - {id: s2, a: p3, b: d, capacity: 1Gbps, latency: 1ms, igp_metric: 50, crosses: []}
"""
INTENTS = """
intent shop {
  from br to dc priority high bandwidth 100Mbps burst 64KB latency <= 20ms
  failover within 500ms { survive any 1 link survive any 1 node except access }
}
intent home {
  from br to dc match tcp/1 priority critical bandwidth 10Mbps burst 64KB pin region eu
  failover within 500ms { survive any 1 srlg }
}
"""


@cache
def built(platform):
    if platform == "frr":
        return build(INTENTS, NET, STAGES)
    net = NET.replace('platform: frr, release: "8.4"', 'platform: sr-bench, release: "1.0"')
    return build(INTENTS, net, stages_with_all_targets())


def demands(platform, name):
    whole = json.loads(built(platform).text)
    return next(intent for intent in whole["intents"] if intent["name"] == name)["demands"]


def starts(demand):
    return {name: state["paths"][0]["path"][0] for state in demand["states"] for name in state["when"]}


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
@pytest.mark.parametrize("name", ["shop", "home"])
def test_one_router_carries_and_the_other_stands_in(platform, name):
    assert set(built(platform).statuses.values()) == {"placed"}
    forward, reply = demands(platform, name)
    assert forward["source"] == "b1"
    assert forward["unprotected"] == reply["unprotected"] == []
    found = starts(forward)
    lost = {"link:w1"} | ({"node:b1", "node:p1"} if name == "shop" else set())
    assert {state for state, start in found.items() if start == "b2"} == lost
    assert {state["paths"][0]["path"][-1] for state in reply["states"] if set(state["when"]) & lost} == {"b2"}


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_the_prover_agrees(platform):
    assert built(platform).codes() == set()


def change_state(whole, wanted, change):
    forward = whole["intents"][1]["demands"][0]
    assert whole["intents"][1]["name"] == "shop"
    (state,) = (state for state in forward["states"] if wanted in state["when"])
    change(forward, state)


def leave_unprotected(forward, state):
    state["when"].remove("node:b1")
    forward["unprotected"].append("node:b1")


def begin_where_nobody_is(forward, state):
    state["paths"] = forward["primary"]["paths"]


@pytest.mark.parametrize("change", [leave_unprotected, begin_where_nobody_is])
def test_the_prover_knows_where_packets_come_in(change):
    assert built("frr").codes(lambda whole: change_state(whole, "node:b1", change)) & {"E0572", "E0573"}


@pytest.mark.parametrize("name", ["b1", "b2"])
def test_the_prover_wants_both_to_mark(name):
    def leave_out(whole):
        whole["devices"] = [entry for entry in whole["devices"] if entry["node"] != name]

    assert "E0578" in built("frr").codes(leave_out)


def test_all_routers_of_the_site_mark_meter_and_fence_alike():
    devices = built("frr").run.fleet.devices
    one, other = devices["b1"], devices["b2"]
    assert [rule.origin.intents for rule in one.marking] == [("home",), ("shop",)]
    assert one.marking == other.marking
    assert one.meters == other.meters


def test_the_router_that_can_do_it_carries():
    """From `b1` everything leads over what is slow, so the other one has to be the hosts' gateway."""
    net = NET.replace(
        "{id: w1, a: b1, b: p1, capacity: 1Gbps, latency: 3ms", "{id: w1, a: b1, b: p1, capacity: 1Gbps, latency: 30ms"
    )
    found = build("intent x { from br to dc priority high bandwidth 1Mbps latency <= 9ms }", net)
    assert found.statuses == {"x": "placed"}
    assert found.codes() == set()
    forward, reply = json.loads(found.text)["intents"][0]["demands"]
    assert (forward["source"], reply["primary"]["paths"][0]["path"][-1]) == ("b2", "b2")


def test_a_failure_that_takes_the_way_of_both_is_said():
    """`b1` keeps a link, so hosts stay there, although no way leads on."""
    net = NET.replace("links:\n", "links:\n  - {id: bb, a: b1, b: b2, capacity: 1Mbps, latency: 1ms, crosses: []}\n")
    found = build("intent x { from br to dc bandwidth 9Mbps burst 9KB failover within 9s { survive any 1 link } }", net)
    assert found.statuses == {"x": "infeasible"}
    assert found.codes() == set()


def test_a_link_to_a_drained_node_is_one_that_a_router_keeps():
    """`b1` still has a link that is up, so hosts stay there, although nothing is carried over it: so `b2` has to carry."""
    more = "  p4: {region: eu, state: drained, loopback: 10.255.0.7/32}\nlinks:\n  - {id: k1, a: b1, b: p4, capacity: 1Gbps, latency: 1ms, crosses: []}\n"
    more += "  - {id: k2, a: p4, b: d, capacity: 1Gbps, latency: 1ms, crosses: []}\n"
    found = build("intent x { from br to dc failover within 9s { survive any 1 link } }", NET.replace("links:\n", more))
    assert found.statuses == {"x": "placed"}
    assert json.loads(found.text)["intents"][0]["demands"][0]["source"] == "b2"
    assert found.codes() == set()
