"""Chains whose steps start at sites with several routers: one carries, the next one stands in, within one budget in every state."""

import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_gateways import NET, starts

from intentc.pipeline import STAGES

PROGRAM = """
service web { at b1, b2  prefix 10.1.0.0/24  port tcp/80 }
service db { at d  prefix 10.2.0.0/24  port tcp/5432 }
service app { at d  prefix 10.3.0.0/24 }
chain order {
  priority high bandwidth 10Mbps burst 64KB latency <= 60ms
  failover within 500ms { survive any 1 link survive any 1 node except access latency <= 90ms }
  step app -> any of web calls 2 processing 1ms
  parallel { step web -> db  step web -> any of web processing 3ms }
  step web -> db
}
"""


NET = NET.replace(
    "{prefix: 10.2.0.0/24, interface: eth9}",
    "{prefix: 10.2.0.0/24, interface: eth9}, {prefix: 10.3.0.0/24, interface: eth8}",
)


@cache
def built(platform):
    if platform == "frr":
        return build(PROGRAM, NET, STAGES)
    net = NET.replace('platform: frr, release: "8.4"', 'platform: sr-bench, release: "1.0"')
    return build(PROGRAM, net, stages_with_all_targets())


def demand(whole, key):
    return next(item for item in whole["intents"][0]["demands"] if item["id"] == key)


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_one_router_carries_the_steps_and_the_other_stands_in(platform):
    assert built(platform).statuses == {"order": "placed"}
    whole = json.loads(built(platform).text)
    forward, reply = demand(whole, "order/web@br>db@dc"), demand(whole, "order/web@br>db@dc/reply")
    assert (forward["source"], forward["unprotected"], reply["unprotected"]) == ("b1", [], [])
    assert {state for state, start in starts(forward).items() if start == "b2"} == {"link:w1", "node:b1", "node:p1"}
    back = demand(whole, "order/app@dc>web@br/reply")
    assert {state for state, start in starts(back).items() if start == "b2"} == {"link:w1", "node:b1", "node:p1"}


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_the_prover_comes_to_the_same_sums(platform):
    assert built(platform).codes() == set()


def test_the_worst_state_is_one_in_which_the_other_router_carries():
    (entry,) = json.loads(built("frr").text)["chains"]
    assert (entry["source_site"], entry["steps"][2]["replica"], entry["steps"][2]["network_us"]) == ("dc", "br", 0)
    found = build(PROGRAM, NET.replace("latency: 4ms", "latency: 6ms"))
    (further,) = json.loads(found.text)["chains"]
    assert further["slack_us"] == entry["slack_us"]
    assert further["worst"]["state"] == "link:w1"
    assert found.codes() == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda entry: entry["worst"].update(state="link:v2"), "E0591"),
        (lambda entry: entry.update(slack_us=entry["slack_us"] + 1), "E0591"),
        (lambda entry: entry["steps"][2].update(replica="dc"), "E0591"),
    ],
)
def test_the_prover_notices_other_sums(change, code):
    assert code in built("frr").codes(lambda whole: change(whole["chains"][0]))


def test_both_routers_mark_and_meter_the_steps():
    devices = built("frr").run.fleet.devices
    assert devices["b1"].marking == devices["b2"].marking != ()
    assert devices["b1"].meters == devices["b2"].meters != ()


def test_the_router_with_which_the_budget_holds_carries():
    """From `b1` everything leads over what is slow; a plain demand without a bound would not mind."""
    slow = NET.replace("b: p1, capacity: 1Gbps, latency: 3ms", "b: p1, capacity: 1Gbps, latency: 50ms")
    program = "chain x { latency <= 30ms bandwidth 1Mbps priority high  step br -> dc }"
    found = build(program, slow)
    assert (found.statuses, found.codes()) == ({"x": "placed"}, set())
    assert json.loads(found.text)["intents"][0]["demands"][0]["source"] == "b2"


def test_a_budget_that_neither_router_keeps_has_a_certificate():
    found = build("chain x { latency <= 8ms bandwidth 1Mbps priority high  step br -> dc }", NET)
    (item,) = json.loads(found.text)["intents"][0]["refused"]
    assert (item["finding"], item["certificate"]["kind"], item["certificate"]["choices"]) == ("E0530", "exhausted", 2)
    assert found.codes() == set()


def test_a_budget_that_the_router_that_stands_in_misses_is_told_of_its_state():
    program = PROGRAM.replace("latency <= 90ms", "")
    slow = NET.replace("b: p2, capacity: 1Gbps, latency: 4ms", "b: p2, capacity: 1Gbps, latency: 40ms")
    found = build(program, slow)
    assert found.statuses == {"order": "infeasible"}
    (item,) = json.loads(found.text)["intents"][0]["refused"]
    assert (item["finding"], item["state"]) == ("E0531", "link:w1")
    assert found.codes() == set()


# From `e` the nearest router of `two` is `t1`, and of the chain's choice `t2`, whose way back is short; `one` has the other replica.
ELSEWHERE = """
name: small
regions: {de: []}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
sites: {home: {region: de}, one: {region: de}, two: {region: de}}
nodes:
  e: {site: home, attached: [{prefix: 10.0.0.0/24, interface: eth9}], SR: 1}
  o: {site: one, attached: [{prefix: 10.1.0.0/24, interface: eth9}], SR: 2}
  t1: {site: two, attached: [{prefix: 10.2.0.0/24, interface: eth9}], SR: 3}
  t2: {site: two, attached: [{prefix: 10.2.0.0/24, interface: eth9}], SR: 4}
  c: {region: de, SR: 5}
links:
  - {id: ec, a: "e:eth0", b: "c:eth0", capacity: 1Gbps, latency: 1ms}
  - {id: oc, a: "o:eth0", b: "c:eth1", capacity: 1Gbps, latency: 3ms}
  - {id: t1c, a: "t1:eth0", b: "c:eth2", capacity: 1Gbps, latency: 5ms, igp_metric: 5}
  - {id: t2c, a: "t2:eth0", b: "c:eth3", capacity: 1Gbps, latency: 1ms}
"""
TIGHT = """
service app { at home  prefix 10.0.0.0/24 }
service db { at one, two  prefix 10.1.0.0/24, 10.2.0.0/24  port tcp/5432 }
chain order {
  latency <= 4ms
  failover within 9s { survive any 1 node except access latency <= 12ms }
  step app -> any of db
}
"""


def test_under_failure_requests_end_at_a_router_that_they_leave_out_normally():
    net = ELSEWHERE
    for number in range(1, 6):
        routing = f"segment_routing: {{index: {number}, srgb: [16000, 23999], max_sid_depth: 12}}"
        device = f"platform: sr-bench, release: '1.0', loopback: 10.255.0.{number}/32, {routing}"
        net = net.replace(f"SR: {number}}}", f"{device}}}")
    found = build(TIGHT, net, stages_with_all_targets())
    assert found.statuses == {"order": "placed"}
    forward = demand(json.loads(found.text), "order/app@home>db@two")
    assert forward["destination"] == "t2"
    assert {name: state["destination"] for state in forward["states"] for name in state["when"]} == {"node:t2": "t1"}
    assert found.codes() == set()
