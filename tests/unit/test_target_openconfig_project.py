"""Projects with devices that follow the OpenConfig models, from their sources to payloads: what they get, and what they are refused."""

import datetime as dt
import re
from pathlib import Path

import pytest
from support_openconfig import CODE, bundle, config
from test_target_openconfig_golden import judged

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.run import Request

TOPOLOGY = """\
name: core
regions: [eu, us]
defaults: {platform: openconfig, release: "5.9"}
routing: {igp: isis, bfd: {interval: 300ms, multiplier: 3}}
sites:
  fra: {region: eu}
  ams: {region: eu}
  par: {region: eu}
  nyc: {region: us}
nodes:
  r1: {site: fra, platform: junos, release: "24.4", chassis: mx204, loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: ge-0/0/9}]}
  r2: {site: ams, loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: Ethernet10}]}
  r3: {site: par, loopback: 10.255.0.3/32}
  r4: {site: nyc, loopback: 10.255.0.4/32}
collectors: {otel: {address: 192.0.2.9, region: eu}}
links:
  - {id: L1, a: "r1:xe-0/0/1", b: "r2:Ethernet1", capacity: 10Gbps, latency: 20ms}
  - {id: L2, a: "r1:xe-0/0/2", b: "r3:Ethernet1", capacity: 10Gbps, latency: 2ms, igp_metric: 20}
  - {id: L3, a: "r3:Ethernet2", b: "r2:Ethernet2", capacity: 10Gbps, latency: 2ms, igp_metric: 20}
  - {id: L4, a: "r3:Ethernet3", b: "r4:Ethernet1", capacity: 10Gbps, latency: 40ms, igp_metric: 100}
"""
INTENTS = """\
class high { dscp 34 ecn }
intent chat {
  from fra to ams
  match tcp/8443
  priority high
  bandwidth 100Mbps
  latency <= 10ms
  pin region eu
  telemetry every 10s to otel
  unidirectional
}
intent sync {
  from fra to ams
  match tcp/2049
  priority background
  isolate to
  unidirectional
}
"""


def compiled(intents=INTENTS, topology=TOPOLOGY):
    request = Request(
        Project("core", Path(), (), ()),
        (Source("a.intent", intents),),
        (Source("t.yaml", topology),),
        dt.date(2026, 11, 21),
        lambda _: None,
    )
    return compile_request(request, Findings())


def errors(run):
    return [(item.code, item.span.line, item.message) for item in run.findings.sorted() if item.is_error]


def test_a_project_is_compiled_from_end_to_end():
    run = compiled()
    assert errors(run) == []
    files = {node: [file.path for file in one.files] for node, one in run.bundle.devices.items() if node != "r1"}
    assert files == {name: [f"{name}/itc.xml"] for name in ("r2", "r3", "r4")}


@pytest.mark.parametrize(
    ("node", "parts"),
    [
        ("r2", ("ITC-OUT4-Ethernet10", "ITC-CONTROL", "ITC-IN4-Ethernet10", "<destination-address>192.0.2.9<")),
        ("r3", ("ITC-OUT4-Ethernet3", "<enable-ecn>true", "ITC-high", "<priority>STRICT<")),
    ],
)
def test_a_device_gets_what_the_intents_ask_of_it(node, parts):
    (file,) = compiled().bundle.devices[node].files
    assert [part for part in parts if part not in file.text] == []


@pytest.mark.parametrize("node", ["r2", "r3"])
def test_the_published_models_accept_it(node, tmp_path):
    (file,) = compiled().bundle.devices[node].files
    assert judged(file.text, tmp_path) == []
    assert judged(CODE.removal(bundle(config()), file.text), tmp_path) == []


REFUSED = {
    "hosts whose packets have to be marked": (
        (INTENTS.replace("  unidirectional\n", "", 1), TOPOLOGY),
        "E0610",
        "terms of a classifier have no order",
    ),
    "a link that is no port": (
        (INTENTS, TOPOLOGY.replace("10Gbps, latency: 2ms", "3Gbps, latency: 2ms")),
        "E0610",
        "no speed of a port",
    ),
    "a subinterface": ((INTENTS, TOPOLOGY.replace("r2:Ethernet2", "r2:Ethernet2.7")), "E0610", "share a port"),
    "a port of another form": ((INTENTS, TOPOLOGY.replace("r2:Ethernet2", "r2:7/2")), "E0632", "7/2"),
    "a rate at the edge": (
        (INTENTS.replace("  unidirectional\n", "", 1), TOPOLOGY),
        "E0610",
        "packets of a port a policer",
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_it_cannot_do_is_a_finding(case):
    sources, code, part = REFUSED[case]
    found = errors(compiled(*sources))
    assert code in {one for one, _, _ in found}
    assert any(re.search(part, message) for _, _, message in found)
