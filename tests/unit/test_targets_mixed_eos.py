"""A network of Arista, Juniper and Linux routers: one path, the same treatment at each hop in each one's own words."""

import re

import pytest
from support_eos import CODE, judged
from support_verify import build
from support_yang import yang_findings

NET = """\
name: mixed
regions: {eu: [de, nl]}
routing: {igp: isis, process: CORE, bfd: {interval: 300ms, multiplier: 3}}
nodes:
  a: {platform: eos, release: "4.32", chassis: DCS-7280CR3-32P4, loopback: 10.255.0.1/32, region: de, segment_routing: {index: 1, srgb: [900000, 965535], max_sid_depth: 5},
      attached: [{prefix: 10.1.0.0/24, interface: Ethernet5/1}]}
  b: {platform: junos, release: "24.4", chassis: mx204, loopback: 10.255.0.2/32, region: nl, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 5},
      attached: [{prefix: 10.2.0.0/24, interface: ge-0/0/5.0}]}
  c: {platform: eos, release: "4.32", chassis: 7280SR3-48YC8, loopback: 10.255.0.3/32, region: de, segment_routing: {index: 3, srgb: [900000, 965535], max_sid_depth: 5}}
  d: {platform: frr, release: "8.4", loopback: 10.255.0.4/32, region: de, attached: [{prefix: 10.4.0.0/24, interface: eth9}]}
links:
  - {id: ab, a: "a:Ethernet1/1", b: "b:ge-0/0/0.0", addresses: [10.0.0.0/31, 10.0.0.1/31], capacity: 1Gbps, latency: 9ms, crosses: []}
  - {id: ac, a: "a:Ethernet2/1", b: "c:Ethernet1", addresses: [10.0.0.2/31, 10.0.0.3/31], capacity: 1Gbps, latency: 2ms, crosses: []}
  - {id: cb, a: "c:Ethernet2", b: "b:ge-0/0/2.0", addresses: [10.0.0.4/31, 10.0.0.5/31], capacity: 1Gbps, latency: 2ms, crosses: []}
  - {id: cd, a: "c:Ethernet3", b: "d:eth1", addresses: [10.0.0.6/31, 10.0.0.7/31], capacity: 1Gbps, latency: 1ms, crosses: []}
"""
INTENTS = """\
intent chat { from node b to node a  match tcp/443  priority critical  latency <= 6ms  bandwidth 20Mbps
  failover within 5s { survive any 1 link  latency <= 25ms } }
intent bulk { from node a to node b  match tcp/873  priority low  bandwidth 100Mbps }
intent notes { from node d to node a  match tcp/25  priority normal }
"""
TARGETS = {"a": "eos", "b": "junos", "c": "eos", "d": "frr"}


@pytest.fixture(scope="module")
def built():
    return build(INTENTS, NET)


def texts(built, node):
    return [file.text for file in built.run.bundle.devices[node].files]


def test_it_is_placed_and_proved(built):
    assert built.statuses == {"bulk": "placed", "chat": "placed", "notes": "placed"}
    assert built.codes() == set()
    assert {name: config.platform for name, config in built.run.fleet.devices.items()} == TARGETS


@pytest.mark.parametrize("node", ["a", "c"])
def test_each_arista_is_accepted_by_the_grammar_and_reads_back(built, node):
    (text,) = texts(built, node)
    assert judged(text) == ()
    assert CODE.differences(built.run.bundle.devices[node], text) == ()


def test_the_other_vendors_models_accept_theirs(built, tmp_path):
    path = tmp_path / "config.xml"
    path.write_text(texts(built, "b")[0])
    assert yang_findings("junos", path) == []


def test_an_arista_answers_the_s_bfd_of_the_policy_that_ends_there(built):
    """The Juniper at the head-end sends to the loopback of the end point as a number; Arista writes that number as an address."""
    assert any(policy.end_point == "a" for policy in built.run.fleet.devices["b"].policies)
    (text,) = texts(built, "a")
    assert "      reflector local-discriminator 10.255.0.1\n" in text
    discriminators = {policy.discriminator for policy in built.run.fleet.devices["b"].policies}
    assert {0x0AFF0001} == discriminators


def test_labels_are_read_by_the_srgb_of_the_node_that_reads_them(built):
    """Trap: the SRGB of EOS begins at 900000, that of the Juniper at 16000."""
    text = "\n".join(texts(built, "b"))
    labels = {int(label) for label in re.findall(r"<label>(\d+)</label>", text)}
    assert labels
    assert labels & {900001, 16003, 16001}


def test_labelled_packets_have_the_same_class_at_every_hop(built):
    """The traffic class field that the head-end writes finds the strict queue of the class that code points find."""
    critical = next(
        queue.tc
        for port in built.run.fleet.devices["c"].queueing
        for queue in port.queues
        if queue.traffic_class == "critical"
    )
    (text,) = texts(built, "c")
    assert f"qos map exp {critical} to traffic-class 5" in text
    assert "class ITC-DSCP-46-4\n      set traffic-class 5" in text
    assert re.search(r"tx-queue 5\n      priority strict\n", text)


def test_the_same_code_points_on_every_platform(built):
    for device in built.run.fleet.devices.values():
        for port in device.queueing:
            for queue in port.queues:
                if queue.traffic_class == "critical":
                    assert queue.dscps == (46,)
    assert "set dscp 46" not in texts(built, "c")[0], "only where hosts hang"
    assert "set dscp" in texts(built, "a")[0]
