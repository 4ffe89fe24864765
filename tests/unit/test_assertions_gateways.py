"""Assertions about traffic of sites with several routers: the one that stands in carries it, also where the other one is only cut off."""

import json

import pytest
from support_verify import build
from test_gateways import NET

from intentc.pipeline import STAGES

INTENT = "intent shop { from br to dc unidirectional failover within 500ms { survive any 1 link } }\n"


@pytest.mark.parametrize(
    ("under", "worst"),
    [
        ("any 1 link", "link:w1"),
        ("any 1 node", "link:w1"),  # which is promised, so it counts
        ("any 2 link", "link:pp+link:w1"),
        ("any 1 link and any 1 node", "link:pp+node:b1"),
    ],
)
def test_what_stands_in_for_a_router_without_links_is_seen(under, worst):
    """`b1` has one link, `w1`: without it the hosts turn to `b2`, whose packets run over `w2`."""
    text = f"{INTENT}assert quiet {{ no traffic of shop on link w2 under {under} failure }}"
    found = build(text, NET, STAGES)
    assert found.codes() == set()
    (quiet,) = json.loads(found.text)["assertions"]
    assert quiet == {"name": "quiet", "holds": False, "worst": {"state": worst, "value": 1}}


REPLICAS = """
name: t
sites: {br: {}, dc: {}, dr: {}}
nodes:
  b1: {site: br, platform: none, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  b2: {site: br, platform: none, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  dc1: {site: dc, platform: none, attached: [{prefix: 10.1.0.0/24, interface: h}]}
  dr1: {site: dr, platform: none, attached: [{prefix: 10.2.0.0/24, interface: h}]}
links:
  - {id: w1, a: b1, b: dc1, capacity: 1Gbps, latency: 9ms, igp_metric: 50}
  - {id: w2, a: b2, b: dc1, capacity: 1Gbps, latency: 1ms, igp_metric: 10}
  - {id: x1, a: b1, b: dr1, capacity: 1Gbps, latency: 9ms, igp_metric: 10}
  - {id: x2, a: b2, b: dr1, capacity: 1Gbps, latency: 9ms, igp_metric: 10}
"""
SERVICE = "service api { at dc, dr  prefix 10.1.0.0/24, 10.2.0.0/24 }\n"


@pytest.mark.parametrize(("link", "holds"), [("x1", True), ("x2", False)])
def test_hosts_have_one_gateway_whichever_replica_they_talk_to(link, holds):
    """`b2` carries, as it is nearer; without `dc1` the packets for the other replica come to it, too, and not to the first router by name."""
    text = f"{SERVICE}intent shop {{ from br to any of api unidirectional latency <= 20ms }}\nassert quiet {{ no traffic of shop on link {link} under any 1 node failure }}"
    found = build(text, REPLICAS, STAGES)
    (shop,) = json.loads(found.text)["intents"]
    assert [demand["source"] for demand in shop["demands"]] == ["b2"]
    (quiet,) = json.loads(found.text)["assertions"]
    assert quiet["holds"] is holds
    assert found.codes() == set()
