"""Room that is made in failure states, too: an intent keeps to one of several equal paths there, where another one needs the rest."""

from __future__ import annotations

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

# Three equal links, each of which has room for one of two intents, whichever link fails.
NET = """
name: small
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: sr-bench}
nodes:
  a: {loopback: 10.255.0.1/32, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 6}, attached: [10.1.0.0/24]}
  b: {loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 6}, attached: [10.2.0.0/24]}
  o: {loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 6}, attached: [10.3.0.0/24]}
links:
  - {id: ab-1, a: a, b: b, capacity: 100Mbps, latency: 1ms, crosses: []}
  - {id: ab-2, a: a, b: b, capacity: 100Mbps, latency: 1ms, crosses: []}
  - {id: ab-3, a: a, b: b, capacity: 100Mbps, latency: 1ms, crosses: []}
  - {id: ob-1, a: o, b: b, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ob-2, a: o, b: b, capacity: 1Gbps, latency: 1ms, crosses: []}
"""
# The same, but that all go over one larger link as long as that is up: only its failure leaves two equal ones.
WIDE = NET.replace("ab-1, a: a, b: b, capacity: 100Mbps", "ab-1, a: a, b: b, capacity: 1Gbps, igp_metric: 5").replace(
    "ob-1, a: o, b: b,", "ob-1, a: o, b: b, igp_metric: 5,"
)
SAFE = "failover within 1s { survive any 1 link }"


@pytest.mark.parametrize("sources", ["node a", "node a, node o"])  # a rate of its own, and one that two sources share
@pytest.mark.parametrize("ways", ["", "unidirectional"])
def test_both_keep_to_one_link_when_another_fails(sources, ways):
    one = f"intent one {{ from {sources} to node b  match tcp/1  bandwidth 60Mbps total  {ways}  {SAFE} }}\n"
    two = f"intent two {{ from node a to node b  match tcp/2  bandwidth 60Mbps  {ways}  {SAFE} }}\n"
    built = build(one + two, NET, stages_with_all_targets())
    assert built.statuses == {"one": "placed", "two": "placed"}
    assert not [item for item in built.prove().findings if item.is_error]


def test_both_keep_to_one_link_where_only_a_failure_leaves_several():
    """They share a rate with another source, so that no plan for all does it."""
    one, two = (
        f"intent {name} {{ from node a, node o to node b  match tcp/{port}  bandwidth 60Mbps total  {SAFE} }}\n"
        for name, port in (("one", 1), ("two", 2))
    )
    built = build(one + two, WIDE, stages_with_all_targets())
    assert built.statuses == {"one": "placed", "two": "placed"}
    assert not [item for item in built.prove().findings if item.is_error]
