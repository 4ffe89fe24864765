"""A site whose routers have different prefixes: what hangs on the same routers starts and ends there, within one rate."""

import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_gateways import NET, starts

from intentc.pipeline import STAGES

PARTED = NET.replace(
    "attached: [{prefix: 10.1.0.0/24, interface: eth9}]}\n  b2",
    "attached: [{prefix: 10.1.0.0/24, interface: eth9}, {prefix: 10.7.0.0/24, interface: eth8}]}\n  b2",
)
INTENT = """
intent shop {
  from br to dc priority high bandwidth 100Mbps burst 64KB latency <= 20ms
  failover within 500ms { survive any 1 link except access survive any 1 node except access }
}
"""


@cache
def built(platform):
    if platform == "frr":
        return build(INTENT, PARTED, STAGES)
    net = PARTED.replace('platform: frr, release: "8.4"', 'platform: sr-bench, release: "1.0"')
    return build(INTENT, net, stages_with_all_targets())


def demands(platform):
    return {item["id"]: item for item in json.loads(built(platform).text)["intents"][0]["demands"]}


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_what_one_router_has_alone_starts_there_and_the_rest_at_either(platform):
    assert built(platform).statuses == {"shop": "placed"}
    found = demands(platform)
    assert sorted(found) == [
        "shop/br@b1+b2>dc",
        "shop/br@b1+b2>dc/reply",
        "shop/br@b1>dc",
        "shop/br@b1>dc/reply",
    ]
    alone, either = found["shop/br@b1>dc"], found["shop/br@b1+b2>dc"]
    assert [flow["source"] for flow in alone["match"]] == ["10.7.0.0/24"]
    assert [flow["source"] for flow in either["match"]] == ["10.1.0.0/24"]
    assert set(starts(alone).values()) <= {"b1"}
    assert {state for state, start in starts(either).items() if start == "b2"} == {"link:w1", "node:b1", "node:p1"}
    assert found["shop/br@b1>dc/reply"]["primary"]["paths"][0]["path"][-1] == "b1"


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_the_prover_agrees(platform):
    assert built(platform).codes() == set()


def demand(whole, name):
    return next(item for item in whole["intents"][0]["demands"] if item["id"] == name)


def swap_names(whole):
    one, other = demand(whole, "shop/br@b1>dc"), demand(whole, "shop/br@b1+b2>dc")
    one["id"], other["id"] = other["id"], one["id"]


def leave_a_part_out(whole):
    demands = whole["intents"][0]["demands"]
    demands[:] = [item for item in demands if not item["id"].startswith("shop/br@b1>dc")]


def widen(whole):
    for flow in demand(whole, "shop/br@b1>dc")["match"]:
        flow["source"] = "10.1.0.0/24"


@pytest.mark.parametrize(("change", "code"), [(swap_names, "E0565"), (leave_a_part_out, "E0564"), (widen, "E0565")])
def test_the_prover_knows_the_parts(change, code):
    assert code in built("frr").codes(change)


def test_routers_mark_what_they_have_and_meter_it_as_one_rate():
    devices = built("frr").run.fleet.devices
    one, other = devices["b1"], devices["b2"]
    sources = [{rule.flow.source for rule in device.marking} for device in (one, other)]
    assert sources == [{"10.1.0.0/24", "10.7.0.0/24"}, {"10.1.0.0/24"}]
    assert one.meters == other.meters
    assert [meter.committed_bps for meter in one.meters] == [100_000_000]


def test_links_hold_the_rate_of_the_site_once():
    links = {item["id"]: item for item in json.loads(built("frr").text)["links"]}
    assert links["w1"]["reserved_bps"]["ab"] == 100_000_000
