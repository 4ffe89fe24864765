"""A site with two routers at equal distance: the IGP may split what goes there over both, and replies leave by one of them."""

import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.pipeline import STAGES

NET = """
name: split
regions: {eu: []}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: frr, release: "8.4"}
sites: {br: {region: eu}, dc: {region: eu}, far: {region: eu}}
nodes:
  b: {site: br, loopback: 10.255.0.1/32, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 6},
      attached: [{prefix: 10.1.0.0/24, interface: eth9}]}
  p: {region: eu, loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 6}}
  d1: {site: dc, loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 6},
       attached: [{prefix: 10.2.0.0/24, interface: eth9}]}
  d2: {site: dc, loopback: 10.255.0.4/32, segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 6},
       attached: [{prefix: 10.2.0.0/24, interface: eth9}]}
links:
  - {id: u, a: b, b: p, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: v1, a: p, b: d1, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: v2, a: p, b: d2, capacity: 1Gbps, latency: 2ms, crosses: []}
"""
INTENT = """
intent shop {
  from br to dc priority high bandwidth 100Mbps burst 64KB latency <= 20ms rtt
  failover within 500ms { survive any 1 link except access survive any 1 node except access }
}
"""


def on(platform, intent=INTENT, net=NET):
    if platform == "frr":
        return build(intent, net, STAGES)
    net = net.replace('platform: frr, release: "8.4"', 'platform: sr-bench, release: "1.0"')
    return build(intent, net, stages_with_all_targets())


@cache
def built(platform):
    return on(platform)


def demands(found):
    return json.loads(found.text)["intents"][0]["demands"]


def ways(entry):
    return [path["path"] for path in entry["paths"]]


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_nothing_steers_what_may_go_to_either_router(platform):
    assert built(platform).statuses == {"shop": "placed"}
    forward, reply = demands(built(platform))
    assert (forward["mechanism"], forward["steering"], forward["policies"]) == ("igp", [], [])
    assert ways(forward["primary"]) == [["b", "p", "d1"], ["b", "p", "d2"]]
    assert forward["destination"] == "d1"
    assert forward["primary"]["latency_us"]["propagation"] == 3000  # that of the slower way
    assert (reply["source"], ways(reply["primary"])) == ("d1", [["d1", "p", "b"]])


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_when_one_router_is_gone_the_other_one_takes_all_and_answers(platform):
    forward, reply = demands(built(platform))
    assert {name: ways(state) for state in forward["states"] for name in state["when"]} == {
        "link:v1": [["b", "p", "d2"]],
        "link:v2": [["b", "p", "d1"]],
        "node:d1": [["b", "p", "d2"]],
        "node:d2": [["b", "p", "d1"]],
    }
    assert {name: ways(state) for state in reply["states"] for name in state["when"]} == {
        "link:v1": [["d2", "p", "b"]],
        "node:d1": [["d2", "p", "b"]],
    }
    assert forward["unprotected"] == reply["unprotected"] == []


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_the_prover_agrees(platform):
    assert built(platform).codes() == set()


def answer_from_the_other(there, back):
    back["source"] = "d2"
    back["primary"]["paths"][0].update(path=["d2", "p", "b"], links=["v2", "u"])


def leave_a_way_out(there, back):
    there["primary"]["paths"] = [{**there["primary"]["paths"][0], "share_ppm": 1_000_000}]


def end_elsewhere(there, back):
    there["primary"]["paths"][1].update(path=["b", "p"], links=["u"])


@pytest.mark.parametrize(
    ("change", "code"), [(answer_from_the_other, "E0568"), (leave_a_way_out, "E0570"), (end_elsewhere, "E0566")]
)
def test_the_prover_knows_where_packets_end_and_answers_begin(change, code):
    """Replies may be told to leave by either; then all that follows is another matter: here the latency."""
    assert code in built("frr").codes(lambda whole: change(*whole["intents"][0]["demands"]))


def test_both_routers_mark_and_meter_replies():
    devices = built("frr").run.fleet.devices
    assert devices["d1"].marking == devices["d2"].marking != ()
    assert devices["d1"].meters == devices["d2"].meters != ()


def test_where_one_way_is_too_slow_all_goes_to_the_other_router():
    text = "intent x { from br to dc priority high bandwidth 1Mbps latency <= 20ms }"
    found = on("frr", text, NET.replace("latency: 2ms", "latency: 30ms"))
    forward, _ = demands(found)
    assert ways(forward["primary"]) == [["b", "p", "d1"]]
    assert forward["steering"]
    assert found.codes() == set()


def test_replies_leave_by_the_router_that_has_room_for_them():
    net = NET.replace("a: p, b: d1, capacity: 1Gbps", "a: p, b: d1, capacity: {ab: 1Gbps, ba: 10Mbps}")
    found = on("frr", "intent x { from br to dc priority high bandwidth 100Mbps burst 64KB }", net)
    forward, reply = demands(found)
    assert ways(forward["primary"]) == [["b", "p", "d1"], ["b", "p", "d2"]]
    assert ways(reply["primary"]) == [["d2", "p", "b"]]
    assert found.codes() == set()


def test_two_sites_at_equal_distance_are_two_replicas():
    """Which of them answers is one choice for a whole conversation, whatever the IGP would do."""
    net = NET.replace("d2: {site: dc", "d2: {site: far")
    text = "service api { at d1, d2  prefix 10.2.0.0/24  port tcp/443 }\nintent x { from br to any of api bandwidth 1Mbps }"
    found = on("frr", text, net)
    forward, _ = demands(found)
    assert ways(forward["primary"]) == [["b", "p", "d1"]]
    assert forward["steering"]
    assert found.codes() == set()
