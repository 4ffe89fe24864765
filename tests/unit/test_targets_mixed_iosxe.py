"""A network of IOS XE and IOS XR: SR policies that live by probes of one vendor's own and by S-BFD, labels of each node's SRGB, one proof."""

import re

import pytest
from support_verify import build
from support_yang import yang_findings

NET = """\
name: mixed
regions: {eu: [de, nl]}
routing: {igp: isis, process: CORE, bfd: {interval: 300ms, multiplier: 3}}
nodes:
  a: {platform: iosxe, release: "17.18", chassis: c8500-12x, loopback: 10.255.0.1/32, region: de, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 5},
      attached: [{prefix: 10.1.0.0/24, interface: GigabitEthernet0/0/5}]}
  b: {platform: iosxr, release: "25.2", chassis: asr9901, loopback: 10.255.0.2/32, region: nl, segment_routing: {index: 2, srgb: [17000, 24999], max_sid_depth: 5},
      attached: [{prefix: 10.2.0.0/24, interface: GigabitEthernet0/0/0/5}]}
  c: {platform: iosxe, release: "17.18", chassis: asr1006-x, loopback: 10.255.0.3/32, region: de, segment_routing: {index: 3, srgb: [18000, 25999], max_sid_depth: 5}}
links:
  - {id: ab, a: "a:TenGigabitEthernet0/1/0", b: "b:GigabitEthernet0/0/0/0", addresses: [10.0.0.0/31, 10.0.0.1/31], capacity: 1Gbps, latency: 9ms, crosses: []}
  - {id: ac, a: "a:TenGigabitEthernet0/1/1", b: "c:TenGigabitEthernet0/1/1", addresses: [10.0.0.2/31, 10.0.0.3/31], capacity: 1Gbps, latency: 2ms, crosses: []}
  - {id: cb, a: "c:TenGigabitEthernet0/1/2", b: "b:GigabitEthernet0/0/0/2", addresses: [10.0.0.4/31, 10.0.0.5/31], capacity: 1Gbps, latency: 2ms, crosses: []}
"""
INTENTS = """\
intent chat { from node a to node b  priority critical  latency <= 6ms  bandwidth 20Mbps
  failover within 4s { survive any 1 link  latency <= 15ms } }
intent bulk { from node a to node b  match tcp/873  priority low  bandwidth 100Mbps }
"""
TARGETS = {"a": "iosxe", "b": "iosxr", "c": "iosxe"}


@pytest.fixture(scope="module")
def built():
    return build(INTENTS, NET)


def payload(built, node):
    (text,) = [
        file.text for device in built.run.bundle.devices.values() if device.node == node for file in device.files
    ]
    return text


def test_it_is_placed_and_proved(built):
    assert built.statuses == {"bulk": "placed", "chat": "placed"}
    assert built.codes() == set()
    assert {name: config.platform for name, config in built.run.fleet.devices.items()} == TARGETS


def test_each_label_is_read_by_the_srgb_of_the_node_that_reads_it(built):
    """Trap: SRGBs differ by node; c is 3 in that of a, and b is 2 in that of c."""
    text = payload(built, "a")
    assert re.findall(r"<label>(\d+)</label>", text)[:2] == ["16003", "18002"]


def test_a_policy_that_begins_on_ios_xe_needs_no_answers_of_its_end(built):
    text = payload(built, "a")
    assert "<measurement-mode-v2>loopback</measurement-mode-v2>" in text
    assert "sbfd" not in text


def test_the_code_points_of_a_class_are_the_same_on_both_platforms(built):
    """Queues of both see what the edge wrote: EF, and the traffic class field 5 where packets have labels."""
    xe, xr = payload(built, "c"), payload(built, "b")
    assert ">ITC-DSCP-46-MPLS-5<" in xe
    assert ">ITC-DSCP-46-MPLS-5<" in xr


@pytest.mark.parametrize("node", TARGETS)
def test_the_vendors_models_accept_every_payload(built, node, tmp_path):
    path = tmp_path / "config.xml"
    path.write_text(payload(built, node))
    assert yang_findings(TARGETS[node], path) == []
