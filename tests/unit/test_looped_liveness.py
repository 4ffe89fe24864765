"""SR policies whose probes come back by themselves: they end wherever labels are spoken, and nobody has to answer."""

import pytest
from support_verify import build
from support_yang import yang_findings

from intentc.diagnostics import Findings
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

NET = """\
name: looped
regions: {{eu: [de, nl]}}
routing: {{igp: isis, process: CORE, bfd: {{interval: 300ms, multiplier: 3}}}}
nodes:
  a: {{{head}, loopback: 10.255.0.1/32, region: de, segment_routing: {{index: 1, srgb: [16000, 23999], max_sid_depth: 5}},
      attached: [{{prefix: 10.1.0.0/24, interface: {port}0/0/0/5}}]}}
  b: {{{end}, loopback: 10.255.0.2/32, region: nl, {labels}
      attached: [{{prefix: 10.2.0.0/24, interface: GigabitEthernet0/0/5}}]}}
  c: {{platform: iosxe, release: "17.18", chassis: asr1006-x, loopback: 10.255.0.3/32, region: de, segment_routing: {{index: 3, srgb: [18000, 25999], max_sid_depth: 5}}}}
links:
  - {{id: ab, a: "a:{port}0/0/0/0", b: "b:GigabitEthernet0/0/0", addresses: [10.0.0.0/31, 10.0.0.1/31], capacity: 1Gbps, latency: 9ms, crosses: []}}
  - {{id: ac, a: "a:{port}0/0/0/1", b: "c:TenGigabitEthernet0/1/1", addresses: [10.0.0.2/31, 10.0.0.3/31], capacity: 1Gbps, latency: 2ms, crosses: []}}
  - {{id: cb, a: "c:TenGigabitEthernet0/1/2", b: "b:GigabitEthernet0/0/2", addresses: [10.0.0.4/31, 10.0.0.5/31], capacity: 1Gbps, latency: 2ms, crosses: []}}
"""
INTENT = """\
intent chat { from node a to node b  priority critical  latency <= 6ms  bandwidth 20Mbps
  failover within 4s { survive any 1 link  latency <= 15ms } }
"""
XE = 'platform: iosxe, release: "17.18", chassis: c8500-12x'
XR = 'platform: iosxr, release: "25.2", chassis: asr9901'
LABELS = "segment_routing: {index: 2, srgb: [17000, 24999], max_sid_depth: 5},"


def placed(head=XE, end=XE, labels=LABELS):
    text = NET.format(head=head, end=end, labels=labels, port="GigabitEthernet")
    return build(INTENT, text if head == XR else text.replace("GigabitEthernet0/0/0/", "GigabitEthernet0/0/"))


@pytest.fixture(scope="module")
def alike():
    return placed()


def test_a_policy_between_two_such_routers_is_placed_and_proved(alike):
    assert alike.statuses == {"chat": "placed"}
    assert alike.codes() == set()
    devices = alike.run.fleet.devices
    assert [policy.end_point for policy in devices["a"].policies] == ["b"]
    assert {name for name, device in devices.items() if device.reflectors} == set()


@pytest.mark.parametrize("node", ["a", "b", "c"])
def test_the_published_models_accept_what_they_get(alike, node, tmp_path):
    (text,) = [file.text for file in alike.run.bundle.devices[node].files]
    path = tmp_path / "config.xml"
    path.write_text(text)
    assert yang_findings("iosxe", path) == []


def test_a_head_end_that_waits_for_answers_sends_no_policy_there():
    built = placed(head=XR)
    assert built.run.fleet.devices["a"].policies == ()
    assert built.run.fleet.devices["b"].reflectors == ()


def test_no_policy_ends_where_no_labels_are_spoken():
    built = placed(labels="")
    assert built.run.fleet.devices["a"].policies == ()


def test_only_head_ends_of_policies_have_the_feature():
    targets = load_targets(targets_paths(), Findings())
    looped = {name for name, target in targets.items() if "looped-liveness" in target.features}
    assert looped == {"iosxe"}
    assert all(targets[name].features["sr-policy"].since for name in looped)
