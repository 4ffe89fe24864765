"""Small programs that random ones were reduced to: what was wrong with each is told at its test; `verify` proves all that is said of them."""

import json

from support_verify import build

from intentc.pipeline import STAGES

SITES = "name: t\nsites: {s0: {}, s1: {}, s2: {}, s3: {}}\ndefaults: {platform: frr}\nnodes:\n"


def test_another_router_of_the_site_is_no_way_through_for_what_a_chain_is_proved_by():
    """From `e0` all ways lead through `f0`, which has no transit, but is a source as well: of two routers one can send, so there is one choice for each step."""
    net = (
        SITES
        + """
  e0: {site: s0, loopback: 10.255.0.1/32, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  f0: {site: s0, loopback: 10.255.0.2/32, transit: false, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  e3: {site: s3, loopback: 10.255.0.3/32, attached: [{prefix: 10.3.0.0/24, interface: h}, {prefix: 10.99.0.0/24, interface: i}]}
  c: {loopback: 10.255.0.4/32}
links:
  - {id: x, a: e0, b: f0, capacity: 100Mbps, latency: 1ms}
  - {id: y, a: f0, b: c, capacity: 100Mbps, latency: 1ms}
  - {id: z, a: e3, b: c, capacity: 100Mbps, latency: 4ms}
"""
    )
    text = """
service twin { at s3  prefix 10.99.0.0/24  port tcp/443 }
service own { at s3  prefix 10.3.0.0/24  port udp/4791 }
chain ch { latency <= 20ms bandwidth 2Mbps per pair  step s0 -> any of own  parallel { step s0 -> any of twin  processing 1ms  calls 3 } }
"""
    found = build(text, net, STAGES)
    (refusal,) = json.loads(found.text)["intents"][0]["refused"]
    assert (refusal["finding"], refusal["certificate"]["choices"]) == ("E0530", 1)
    assert found.codes() == set()


def test_a_rule_stays_where_packets_to_several_prefixes_go_apart_in_a_failure_state():
    """`s1` has a service's prefix besides its own, at one router less: without it kinds of packets go apart behind a rule of `e2`. That rule was let go, which ended in status 70."""
    net = (
        SITES
        + """
  e0: {site: s0, loopback: 10.255.0.1/32, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  e1: {site: s1, loopback: 10.255.0.2/32, attached: [{prefix: 10.1.0.0/24, interface: h}, {prefix: 10.99.0.0/24, interface: i}]}
  f1: {site: s1, loopback: 10.255.0.3/32, attached: [{prefix: 10.1.0.0/24, interface: h}, {prefix: 10.99.0.0/24, interface: i}]}
  e2: {site: s2, loopback: 10.255.0.4/32, attached: [{prefix: 10.2.0.0/24, interface: h}]}
  f2: {site: s2, loopback: 10.255.0.5/32, attached: [{prefix: 10.2.0.0/24, interface: h}]}
  e3: {site: s3, loopback: 10.255.0.6/32, attached: [{prefix: 10.3.0.0/24, interface: h}, {prefix: 10.99.0.0/24, interface: i}]}
  c0: {loopback: 10.255.0.7/32}
  c1: {loopback: 10.255.0.8/32}
links:
  - {id: l7, a: e1, b: c0, capacity: 1Gbps}
  - {id: l8, a: f1, b: c1, capacity: 1Gbps, igp_metric: 20}
  - {id: l9, a: f1, b: c0, capacity: 1Gbps}
  - {id: l11, a: e2, b: c0, capacity: 1Gbps}
  - {id: l12, a: f2, b: c1, capacity: 1Gbps}
  - {id: l14, a: f2, b: c1, capacity: 1Gbps, igp_metric: 5}
  - {id: l15, a: e2, b: f2, capacity: 1Gbps, igp_metric: 5}
  - {id: l18, a: e3, b: c1, capacity: 1Gbps}
  - {id: l19, a: c0, b: c1, capacity: 1Gbps}
  - {id: l20, a: e0, b: c1, capacity: 1Gbps}
"""
    )
    text = "intent i { from s0, s2 to s1 failover within 2s { survive any 1 link and any 1 node except access } }\n"
    found = build(text, net, STAGES)
    assert found.codes() == set()


def test_the_worst_state_of_a_link_is_not_told_by_an_id_that_is_left_out_of_all_promises():
    """`i` is promised any two nodes but its own ends: `node:e1` is among the states that were met, but only the site `s1` is promised to anybody."""
    net = (
        SITES
        + """
  e0: {site: s0, loopback: 10.255.0.1/32, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  e1: {site: s1, loopback: 10.255.0.2/32, attached: [{prefix: 10.1.0.0/24, interface: h}, {prefix: 10.99.0.0/24, interface: i}]}
  e2: {site: s2, loopback: 10.255.0.3/32, attached: [{prefix: 10.2.0.0/24, interface: h}]}
  e3: {site: s3, loopback: 10.255.0.4/32, attached: [{prefix: 10.3.0.0/24, interface: h}, {prefix: 10.99.0.0/24, interface: i}]}
  c0: {loopback: 10.255.0.5/32}
  c4: {loopback: 10.255.0.6/32}
links:
  - {id: l4, a: c4, b: c0, capacity: 1Gbps}
  - {id: l5, a: e0, b: c0, capacity: 1Gbps}
  - {id: l6, a: e1, b: c4, capacity: 1Gbps}
  - {id: l9, a: e2, b: c0, capacity: 1Gbps}
  - {id: l10, a: e3, b: c4, capacity: 1Gbps}
"""
    )
    text = """
service twin { at s1, s3  prefix 10.99.0.0/24  port tcp/443 }
intent i { from node e0 to s1 failover within 2s { survive any 2 node except access } }
intent k { from s2 to any of twin bandwidth 18Mbps failover within 9s { survive any 1 site except access } }
"""
    found = build(text, net, STAGES)
    (link,) = (link for link in json.loads(found.text)["links"] if link["id"] == "l10")
    assert link["worst_state"] == {"ab": "site:s1", "ba": "site:s1"}
    assert found.codes() == set()


def test_a_reply_keeps_its_reservation_where_its_own_way_stays_though_its_requests_end_elsewhere():
    """`s1` has two routers: without `v`, which nobody promised `i1`, its requests end at `f`, and nothing happens to the way of its replies from `e`."""
    net = (
        SITES
        + """
  a: {site: s0, loopback: 10.255.0.1/32, attached: [{prefix: 10.0.0.0/24, interface: h}]}
  e: {site: s1, loopback: 10.255.0.2/32, attached: [{prefix: 10.1.0.0/24, interface: h}]}
  f: {site: s1, loopback: 10.255.0.3/32, attached: [{prefix: 10.1.0.0/24, interface: h}]}
  c: {loopback: 10.255.0.4/32}
  d: {site: s2, loopback: 10.255.0.5/32, attached: [{prefix: 10.2.0.0/24, interface: h}]}
  g: {site: s3, loopback: 10.255.0.6/32, attached: [{prefix: 10.3.0.0/24, interface: h}]}
links:
  - {id: u, a: a, b: c, capacity: 1Gbps, igp_metric: {ab: 10, ba: 100}}
  - {id: v, a: c, b: e, capacity: 1Gbps}
  - {id: w, a: c, b: f, capacity: 1Gbps, igp_metric: 20}
  - {id: x, a: e, b: a, capacity: 1Gbps, igp_metric: {ab: 10, ba: 100}}
  - {id: y, a: f, b: a, capacity: 1Gbps, igp_metric: {ab: 50, ba: 100}}
  - {id: z, a: d, b: e, capacity: 1Gbps}
  - {id: k, a: c, b: g, capacity: 1Gbps}
  - {id: l, a: c, b: g, capacity: 1Gbps}
  - {id: n, a: d, b: c, capacity: 1Gbps, igp_metric: 100}
  - {id: m, a: a, b: g, capacity: 1Gbps, igp_metric: {ab: 20, ba: 100}}
"""
    )
    text = """
intent i1 { from s0 to s1 bandwidth 5Mbps per pair }
intent i2 { from s2 to s3 unidirectional bandwidth 9Mbps failover within 500ms { survive any 1 link } }
"""
    found = build(text, net, STAGES)
    (link,) = [link for link in json.loads(found.text)["links"] if link["id"] == "x"]
    assert (link["worst_bps"]["ab"], link["worst_state"]["ab"]) == (14_000_000, "link:v")
    assert found.codes() == set()
