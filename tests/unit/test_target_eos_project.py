"""Projects with Arista switches, from their sources to lines of a session: what they get, and what they are refused."""

import datetime as dt
import re
from pathlib import Path

import pytest
from support_eos import CODE, judged

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.run import Request

PROJECT = '[project]\nname = "fabric"\nlanguage = 1\ntopology = ["*.yaml"]\nintents = ["*.intent"]\noutput = "build"\n'
TOPOLOGY = """\
name: fabric
regions: [eu, us]
defaults: {platform: eos, release: "4.32", chassis: DCS-7280CR3-32P4}
routing: {igp: isis, process: CORE}
sites:
  fra: {region: eu}
  ams: {region: eu}
  par: {region: eu}
  nyc: {region: us}
nodes:
  r1: {site: fra, loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: Ethernet10/1}]}
  r2: {site: ams, loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: Ethernet10/1}]}
  r3: {site: par, loopback: 10.255.0.3/32}
  r4: {site: nyc, loopback: 10.255.0.4/32, attached: [{prefix: 10.4.0.0/24, interface: Ethernet10/1}]}
links:
  - {id: L1, a: "r1:Ethernet1/1", b: "r2:Ethernet1/1", capacity: 10Gbps, latency: 2ms}
  - {id: L2, a: "r1:Ethernet2/1", b: "r3:Ethernet1/1", capacity: 3Gbps, latency: 1ms, igp_metric: 20}
  - {id: L3, a: "r3:Ethernet2/1", b: "r2:Ethernet2/1", capacity: 25Gbps, latency: 1ms, igp_metric: 20}
  - {id: L4, a: "r1:Ethernet3/1", b: "r4:Ethernet1/1", capacity: 10Gbps, latency: 40ms, igp_metric: 100}
"""
INTENTS = """\
class tokens { dscp 34 queue 20% ecn }
intent voice {
  from fra to ams
  match udp/5060
  priority critical
  latency <= 10ms
  bandwidth 100Mbps ceiling 200Mbps
  failover within 3s
}
intent chat {
  from fra to ams
  match tcp/8443
  priority tokens
  pin region eu
  telemetry every 10s
}
intent detour {
  from fra to ams
  match tcp/9000
  priority low
  via node r3
}
intent sync {
  between fra and ams
  match tcp/2049
  priority background
  isolate to
}
"""


def compiled(intents=INTENTS, topology=TOPOLOGY):
    request = Request(
        Project("fabric", Path(), (), ()),
        (Source("a.intent", intents),),
        (Source("t.yaml", topology),),
        dt.date(2026, 11, 21),
        lambda _: None,
    )
    return compile_request(request, Findings())


@pytest.fixture(scope="module")
def run():
    return compiled()


def errors(run):
    return [(item.code, item.span.file, item.message) for item in run.findings.sorted() if item.is_error]


def text_of(run, node):
    (file,) = run.bundle.devices[node].files
    return file.text


def test_a_project_is_compiled_from_end_to_end(run):
    assert errors(run) == []
    assert {node: [file.path for file in one.files] for node, one in run.bundle.devices.items()} == {
        name: [f"{name}/itc.cfg"] for name in ("r1", "r2", "r3", "r4")
    }


@pytest.mark.parametrize("node", ["r1", "r2", "r3", "r4"])
def test_the_grammar_accepts_every_device(run, node):
    assert judged(text_of(run, node)) == ()
    bundle = run.bundle.devices[node]
    assert CODE.differences(bundle, text_of(run, node)) == ()
    assert (bundle.transport, bundle.commit) == ("ssh", "config-session")


def test_every_intent_has_lines_of_its_own(run):
    lines = text_of(run, "r1").splitlines()
    asked = {}
    for origin in run.bundle.devices["r1"].provenance:
        for intent in origin.intents:
            asked.setdefault(intent, []).append(lines[origin.line - 1].strip())
    assert "set dscp 46" in asked["voice"]
    assert any(line.startswith("police rate 100000 kbps") for line in asked["voice"])
    assert "set dscp 34" in asked["chat"]
    assert any(" deny tcp " in line for line in asked["chat"]), "the fence of its pin"
    assert any(line.startswith("set nexthop recursive 198.1") for line in asked["detour"])
    assert any(" deny ip " in line for line in asked["sync"]), "its isolation"


def test_a_detour_goes_to_the_loopback_of_its_waypoint(run):
    text = text_of(run, "r1")
    (hop,) = set(re.findall(r"set nexthop recursive (\S+)", text))
    assert f"ip route {hop}/32 10.255.0.3 10 name ITC-r3" in text


def test_bfd_is_what_the_chassis_can_do(run):
    text = text_of(run, "r1")
    assert text.count("bfd interval 50 min-rx 50 multiplier 3") == 3
    assert text.count("isis bfd") == 3
    slower = compiled(
        topology=TOPOLOGY.replace("r1: {", "r1: {chassis: 7050SX3-48YC8, "),
        intents=INTENTS.replace("  telemetry every 10s\n", ""),
    )
    assert errors(slower) == []
    assert text_of(slower, "r1").count("bfd interval 300 min-rx 300 multiplier 3") == 3


def test_telemetry_is_counters_only_and_says_so(run):
    assert {item.code for item in run.findings.items if not item.is_error} >= {"W0616"}
    (warning,) = [item for item in run.findings.items if item.code == "W0616"]
    assert "gNMI" in " ".join(warning.help) + warning.message


# what is changed in the project, and where the refusal stands
REFUSED = {
    "an unknown chassis": ((), (("DCS-7280CR3-32P4", "DCS-7280SE-64"),), "E0631", "t.yaml"),
    "no chassis": ((), ((", chassis: DCS-7280CR3-32P4", ""),), "E0631", "t.yaml"),
    "a port of another platform": ((), (("r1:Ethernet3/1", "r1:et-0/0/3"),), "E0632", "t.yaml"),
    "a subinterface as a link": ((), (("r1:Ethernet3/1", "r1:Ethernet3/1.100"),), "E0610", "t.yaml"),
    "an older release": ((), (('"4.32"', '"4.20"'),), "E0602", "t.yaml"),
    "marking in a container": ((), (("r1: {", "r1: {chassis: cEOSLab, "),), "E0610", "a.intent"),
    "queueing in a container": ((), (("r3: {", "r3: {chassis: cEOSLab, "),), "E0610", "a.intent"),
    "queues of a bundle": ((), (("r1:Ethernet1/1", "r1:Port-Channel1"),), "E0610", "a.intent"),
    "a revert timer": (
        (("failover within 3s", "failover within 3s { revert after 60s }"),),
        (),
        "E0610",
        "a.intent",
    ),
    "a lossless class over long lines": ((("queue 20% ecn", "queue 20% lossless"),), (), "E0610", "a.intent"),
    "a rate over two ports": (
        (),
        (
            (
                "attached: [{prefix: 10.1.0.0/24, interface: Ethernet10/1}]",
                "attached: [{prefix: 10.1.0.0/24, interface: Ethernet10/1}, {prefix: 10.1.1.0/24, interface: Ethernet11/1}]",
            ),
        ),
        "E0634",
        "a.intent",
    ),
    "BFD over OSPF": ((), (("igp: isis", "igp: ospf"),), "E0610", "a.intent"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_it_cannot_do_is_refused_where_it_was_asked_for(case):
    intents, topology, code, path = REFUSED[case]
    text, network = INTENTS, TOPOLOGY
    for one, other in intents:
        assert one in text
        text = text.replace(one, other)
    for one, other in topology:
        assert one in network
        network = network.replace(one, other)
    run = compiled(text, network)
    assert (code, path) in {(found, where) for found, where, _ in errors(run)}
    assert run.bundle is None


def test_a_failover_that_the_igp_is_too_slow_for_is_repaired_locally():
    """BFD sees it within 150 ms, the repair takes 50: less than 300, which the IGP's second is not."""
    network = TOPOLOGY
    for node in range(1, 5):
        routing = f"segment_routing: {{index: {node}, srgb: [900000, 965535], max_sid_depth: 5}}"
        network = network.replace(f"loopback: 10.255.0.{node}/32", f"loopback: 10.255.0.{node}/32, {routing}")
    intents = (
        "intent voice { from fra to ams match udp/5060 bandwidth 1Mbps failover within 300ms { survive any 1 link } }"
    )
    run = compiled(intents, network)
    assert errors(run) == []
    assert {node: bool(config.repairs) for node, config in run.fleet.devices.items()} == {
        "r1": True,
        "r2": True,
        "r3": False,
        "r4": False,
    }
    assert "router isis CORE\n   address-family ipv4 unicast\n      fast-reroute ti-lfa mode link" in text_of(run, "r1")
    assert "router isis" not in text_of(run, "r3")


FABRIC = """\
name: gpus
defaults: {platform: eos, release: "4.32", chassis: 7060DX5-64S}
routing: {igp: isis, process: CORE, bfd: {interval: 300ms, multiplier: 3}}
nodes:
  leaf1: {loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: Ethernet10/1, trust: fabric}]}
  leaf2: {loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: Ethernet10/1, trust: fabric}]}
  spine: {loopback: 10.255.0.3/32}
links:
  - {id: L1, a: "leaf1:Ethernet1/1", b: "spine:Ethernet1/1", capacity: 400Gbps, latency: 400ns, mtu: 9000}
  - {id: L2, a: "leaf2:Ethernet1/1", b: "spine:Ethernet2/1", capacity: 400Gbps, latency: 400ns, mtu: 9000}
"""
TRAINING = """\
class roce { dscp 26 queue 50% ecn lossless }
intent training { between node leaf1 and node leaf2  match udp/4791  priority roce  bandwidth 100Gbps }
"""


def test_a_lossless_class_is_paused_at_every_port_on_its_way():
    run = compiled(TRAINING, FABRIC)
    assert errors(run) == []
    for node, ports in (("leaf1", 2), ("leaf2", 2), ("spine", 2)):
        text = text_of(run, node)
        assert judged(text) == ()
        assert text.count("priority-flow-control priority 3 no-drop") == ports
        assert re.search(
            r"uc-tx-queue 3\n      no priority\n      bandwidth percent \d+\n(?:      shape rate .*\n)?      random-detect ecn",
            text,
        )
    assert "set dscp 26\n      set traffic-class 3" in text_of(run, "leaf1")


def test_a_lossless_class_whose_priority_is_taken_is_refused():
    run = compiled(TRAINING.replace("dscp 26", "dscp 10"), FABRIC)
    assert [(code, where) for code, where, _ in errors(run)] == [("E0610", "a.intent")] * len(errors(run))
    assert any("priority 1" in message for _, _, message in errors(run))
