"""Projects with SR Linux routers, from their sources to payloads: what they get, and what they are refused."""

import datetime as dt
from pathlib import Path

import pytest
from support_srlinux import CODE

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.run import Request

TOPOLOGY = """\
name: fabric
regions: [eu, us]
defaults: {platform: srlinux, release: "25.3", chassis: "7220 IXR-D3"}
routing: {igp: isis, bfd: {interval: 100ms, multiplier: 3}}
sites:
  fra: {region: eu}
  ams: {region: eu}
  par: {region: eu}
  nyc: {region: us}
nodes:
  r1: {site: fra, loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: ethernet-1/10}]}
  r2: {site: ams, loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: ethernet-1/10}]}
  r3: {site: par, loopback: 10.255.0.3/32}
  r4: {site: nyc, loopback: 10.255.0.4/32, attached: [{prefix: 10.4.0.0/24, interface: ethernet-1/10}]}
links:
  - {id: L1, a: "r1:ethernet-1/1", b: "r2:ethernet-1/1", capacity: 10Gbps, latency: 2ms}
  - {id: L2, a: "r1:ethernet-1/2", b: "r3:ethernet-1/1", capacity: 25Gbps, latency: 2ms, igp_metric: 20}
  - {id: L3, a: "r3:ethernet-1/2", b: "r2:ethernet-1/2", capacity: 25Gbps, latency: 2ms, igp_metric: 20}
  - {id: L4, a: "r1:ethernet-1/3", b: "r4:ethernet-1/1", capacity: 10Gbps, latency: 40ms, igp_metric: 100}
"""
INTENTS = """\
class tokens { dscp 34 queue 20% ecn }
intent voice {
  from fra to ams
  match udp/5060
  priority critical
  latency <= 10ms
  bandwidth 100Mbps
  failover within 1s
}
intent chat {
  from fra to ams
  match tcp/8443
  priority tokens
  pin region eu
  telemetry every 10s
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


def errors(run):
    return [(item.code, item.span.file, item.span.line) for item in run.findings.sorted() if item.is_error]


def test_a_project_is_compiled_from_end_to_end():
    run = compiled()
    assert errors(run) == []
    assert {node: [file.path for file in one.files] for node, one in run.bundle.devices.items()} == {
        name: [f"{name}/itc.xml"] for name in ("r1", "r2", "r3", "r4")
    }
    for bundle in run.bundle.devices.values():
        assert CODE.differences(bundle, bundle.files[0].text) == ()


def test_every_intent_has_lines_of_its_own():
    run = compiled()
    (file,) = run.bundle.devices["r1"].files
    lines = file.text.splitlines()
    asked = {intent: [] for intent in ("voice", "chat", "sync")}
    for origin in run.bundle.devices["r1"].provenance:
        for intent in origin.intents:
            asked[intent].append(lines[origin.line - 1].strip())
    assert "<set-dscp>46</set-dscp>" in asked["voice"]
    assert "<set-dscp>34</set-dscp>" in asked["chat"]
    assert "<drop/>" in asked["chat"], "the fence of its pin"
    assert "<drop/>" in asked["sync"], "its isolation"


# what is changed in the project, and where the refusal stands
REFUSED = {
    "an unknown chassis": ((), (('chassis: "7220 IXR-D3"', 'chassis: "7220 IXR-Z1"'),), "E0631", "t.yaml"),
    "no chassis": ((), ((', chassis: "7220 IXR-D3"', ""),), "E0631", "t.yaml"),
    "a port of another platform": ((), (("r1:ethernet-1/3", "r1:eth3"),), "E0632", "t.yaml"),
    "marking on another chassis": ((), (("r1: {", "r1: {chassis: 7250 IXR-6e, "),), "E0610", "a.intent"),
    "queueing in a container": (
        (),
        (("r3: {", "r3: {chassis: container, bfd: {interval: 1s, multiplier: 3}, "),),
        "E0610",
        "a.intent",
    ),
    "a capacity that is no speed": ((), (("capacity: 10Gbps", "capacity: 3Gbps"),), "E0610", "a.intent"),
    "re-marking above a rate": ((("priority tokens", "priority high bandwidth 10Mbps"),), (), "E0610", "a.intent"),
    "a lossless class": ((("queue 20% ecn", "queue 20% lossless"),), (), "E0610", "a.intent"),
    "two classes too many": (
        (
            ("intent sync", "".join(f"class c{n} {{ dscp {n + 40} queue 5% }}\n" for n in range(4)) + "intent sync"),
            (
                "intent voice",
                "".join(f"intent x{n} {{ from fra to ams match udp/{n + 9} priority c{n} }}\n" for n in range(4))
                + "intent voice",
            ),
        ),
        (),
        "E0633",
        "t.yaml",
    ),
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


def test_a_way_that_is_not_the_igps_own_finds_no_place():
    text = INTENTS.replace("pin region eu", "via node r3")
    run = compiled(text)
    assert run.bundle is None
    assert any(item.intent == "chat" and item.is_error for item in run.findings.items)


def payloads(intents=INTENTS, topology=TOPOLOGY):
    run = compiled(intents, topology)
    assert errors(run) == [], [item.message for item in run.findings.sorted()]
    return {node: CODE.read_back(one.files[0].text) for node, one in run.bundle.devices.items()}


def test_a_lossless_class_is_paused_at_every_port_that_it_uses():
    text = INTENTS.replace("queue 20% ecn", "queue 20% lossless").replace("pin region eu\n", "")
    found = payloads(text, TOPOLOGY.replace("7220 IXR-D3", "7220 IXR-D5"))
    paused = {node: [port.name for port in own.qos_ports if port.is_pausing] for node, own in found.items()}
    assert {"ethernet-1/1", "ethernet-1/10"} <= set(paused["r1"])
    assert {"ethernet-1/1", "ethernet-1/10"} <= set(paused["r2"])
    assert paused["r4"] == []
    (mapping,) = found["r1"].pause_mappings
    assert [one.priority for one in mapping.sent] == [34 >> 3]


@pytest.mark.parametrize(("process", "has_bfd"), [(", process: core", True), ("", False)], ids=["named", "unnamed"])
def test_sessions_are_told_to_a_process_that_has_a_name(process, has_bfd):
    network = TOPOLOGY.replace(", bfd: {interval: 100ms, multiplier: 3}", process)
    run = compiled(INTENTS, network)
    if not has_bfd:
        assert ("E0610", "a.intent") in {(code, path) for code, path, _ in errors(run)}
        assert run.bundle is None
        return
    found = payloads(INTENTS, network)
    assert [(port.name, port.send_us) for port in found["r3"].bfd] == [
        ("ethernet-1/1.0", 100_000),
        ("ethernet-1/2.0", 100_000),
    ]
    (instance,) = found["r3"].instances
    assert [igp.name for igp in instance.igps] == ["core"]
