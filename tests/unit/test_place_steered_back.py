"""A failure state in which steering brings packets back to the path of the normal state: there is nothing else about it."""

import json

from support_verify import build

# The IGP's own way past `c0` leads over `l3`; rules lead over `e2` and `c1` to `f1`. Where `l3` fails a rule more is made, which keeps
# packets on that very path.
NET = """
name: back
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: frr}
sites: {left: {}, right: {}, other: {}}
nodes:
  e0: {site: left, release: "8.4", loopback: 10.255.0.1/32, attached: [10.0.0.0/24]}
  e1: {site: right, release: "8.4", loopback: 10.255.0.2/32, attached: [10.1.0.0/24]}
  f1: {site: right, release: "8.4", loopback: 10.255.0.3/32, attached: [10.1.0.0/24]}
  e2: {site: other, release: "8.4", loopback: 10.255.0.4/32, attached: [10.2.0.0/24]}
  c0: {release: "8.4", loopback: 10.255.0.5/32}
  c1: {release: "8.4", loopback: 10.255.0.6/32}
links:
  - {id: l0, a: c0, b: c1, capacity: 10Mbps, latency: 1ms, mtu: 9000}
  - {id: l1, a: e0, b: c1, capacity: 10Mbps, latency: 1ms, mtu: 9000, igp_metric: 20}
  - {id: l3, a: e1, b: c0, capacity: 10Mbps, latency: 1ms, mtu: 9000, igp_metric: 5}
  - {id: l4, a: e1, b: c1, capacity: 10Mbps, latency: 1ms, mtu: 9000}
  - {id: l6, a: f1, b: c1, capacity: 10Mbps, latency: 1ms, mtu: 9000, igp_metric: 5}
  - {id: l8, a: e2, b: c1, capacity: 10Mbps, latency: 1ms, mtu: 9000, igp_metric: 5}
  - {id: l9, a: c0, b: e0, capacity: 10Mbps, latency: 1ms, mtu: 9000}
  - {id: l10, a: c0, b: e2, capacity: 10Mbps, latency: 1ms, mtu: 9000, igp_metric: 5}
"""


def test_it_keeps_the_normal_rate_and_is_no_state_of_its_own():
    built = build(
        """intent back { from left to right unidirectional match tcp/8002 bandwidth 3Mbps per pair burst 9KB priority high via node c0
                         failover within 9s { survive any 1 link except access  bandwidth 1Mbps } }""",
        NET,
    )
    (demand,) = json.loads(built.text)["intents"][0]["demands"]
    assert {link for path in demand["primary"]["paths"] for link in path["links"]}.isdisjoint({"l3"})
    assert all(item["paths"] != demand["primary"]["paths"] for item in demand["states"])
    assert "link:l3" not in {name for item in demand["states"] for name in item["when"]}
    assert built.codes() == set()
