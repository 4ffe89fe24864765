"""Requests that split over several ends in a state that nobody promised them: both sides count what replies reserve there alike."""

from support_targets import stages_with_all_targets
from support_verify import build

NET = """
name: n
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: sr-bench, capacity: 100Mbps}
regions: {eu: []}
sites: {s0: {region: eu}, s1: {region: eu}, s3: {region: eu}, s4: {region: eu}}
nodes:
  e0: {site: s0, release: "1.0", segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 5}, loopback: 10.255.0.1/32, attached: [10.0.0.0/24]}
  e1: {site: s1, release: "1.0", segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 5}, loopback: 10.255.0.2/32, attached: [10.1.0.0/24, 10.99.0.0/24]}
  e3: {site: s3, release: "1.0", segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 5}, loopback: 10.255.0.3/32, attached: [10.3.0.0/24, 10.99.0.0/24]}
  z: {region: eu, release: "1.0", segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 5}, loopback: 10.255.0.4/32}
links:
  - {id: l1, a: e0, b: e1, latency: 1ms, igp_metric: {ab: 10, ba: 50}}
  - {id: l2, a: e1, b: z, latency: 3ms, igp_metric: {ab: 10, ba: 10}}
  - {id: l3, a: z, b: e0, latency: 1ms, igp_metric: {ab: 5, ba: 10}}
  - {id: l4, a: e0, b: e3, latency: 1ms, igp_metric: 15}
"""
INTENTS = """
intent i0 { from s0 to s1 match tcp/8000 bandwidth 5Mbps per pair }
intent i1 { from s3 to s0 match tcp/8001 bandwidth 5Mbps per pair unidirectional failover within 5s { survive any 1 link except access bandwidth 9Mbps} }
intent i2 { from s1 to s0 match tcp/8002 bandwidth 5Mbps per pair optimize latency unidirectional failover within 5s { survive any 1 link except access bandwidth 9Mbps} }
"""


def test_replies_keep_what_they_reserve_as_long_as_requests_end_where_they_did():
    """Without `l1` requests of `i0` end at e1 and e3 in equal parts; its replies still come from e1 as well."""
    built = build(INTENTS, NET, stages_with_all_targets())
    assert set(built.statuses.values()) == {"placed"}
    assert built.codes() == set()
