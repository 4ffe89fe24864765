"""Projects whose devices run IOS XE, from source to payload; and what such devices cannot be given, refused at its place."""

import contextlib
import io
import json

import pytest
from support_frr import H1, MBPS, flow, meter
from support_iosxe import (
    CODE,
    HARDWARE,
    LEFT,
    bfd,
    config,
    edge,
    fleet,
    full_config,
    isolate,
    mark,
    port,
    queue,
    steer,
)
from support_yang import yang_findings

from intentc.cli import main
from intentc.diagnostics import Findings
from intentc.render.obstacles import check_obstacles
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

PROJECT = '[project]\nname = "xe"\nlanguage = 1\ntopology = ["*.yaml"]\nintents = ["*.intent"]\noutput = "build"\n'
TOPOLOGY = """
name: xe
regions: {{eu: [de, fr]}}
defaults: {{platform: iosxe, release: "17.18", chassis: {chassis}}}
routing: {{igp: isis{routing}}}
nodes:
  r1: {{region: de, loopback: 10.0.0.1/32, loopback6: "fd00::1/128", segment_routing: {{index: 1, srgb: [16000, 23999], max_sid_depth: 8}},
       attached: [{{prefix: 10.10.1.0/24, interface: {hosts}}}, {{prefix: "fd10:1::/64", interface: {hosts}}}]}}
  r2: {{region: fr, loopback: 10.0.0.2/32, loopback6: "fd00::2/128", segment_routing: {{index: 2, srgb: [16000, 23999], max_sid_depth: 8}}}}
  r3: {{region: de, loopback: 10.0.0.3/32, loopback6: "fd00::3/128", segment_routing: {{index: 3, srgb: [20000, 27999], max_sid_depth: 8}}}}
  r4: {{region: de, loopback: 10.0.0.4/32, loopback6: "fd00::4/128", segment_routing: {{index: 4, srgb: [16000, 23999], max_sid_depth: 8}},
       attached: [{{prefix: 10.10.2.0/24, interface: TenGigabitEthernet0/1/9}}, {{prefix: "fd10:2::/64", interface: TenGigabitEthernet0/1/9}}]}}
links:
  - {{id: L12, a: "r1:HundredGigE0/0/2", b: "r2:HundredGigE0/0/1", addresses: [10.1.12.0/31, 10.1.12.1/31], capacity: 1Gbps, latency: 1ms, crosses: []}}
  - {{id: L24, a: "r2:HundredGigE0/0/4", b: "r4:HundredGigE0/0/2", addresses: [10.1.24.0/31, 10.1.24.1/31], capacity: 1Gbps, latency: 1ms, crosses: []}}
  - {{id: L13, a: "r1:HundredGigE0/0/3", b: "r3:HundredGigE0/0/1", addresses: [10.1.13.0/31, 10.1.13.1/31], capacity: 1Gbps, latency: 2ms, igp_metric: 20, crosses: []}}
  - {{id: L34, a: "r3:HundredGigE0/0/4", b: "r4:HundredGigE0/0/3", addresses: [10.1.34.0/31, 10.1.34.1/31], capacity: 1Gbps, latency: 2ms, igp_metric: 20, crosses: []}}
"""
INTENTS = """
intent voice "Voice" {
  from      r1
  to        r4
  match     udp/7000-7009
  priority  critical
  latency   <= 20ms
  bandwidth 20Mbps ceiling 40Mbps
  failover  within 2s { survive any 1 link }
}

intent records "Stays at home" {
  from      r1
  to        r4
  match     tcp/443
  priority  high
  pin       region de
  bandwidth 50Mbps
}

intent closed "Only these" {
  from      r1
  to        r4
  match     tcp/8443
  priority  normal
  bandwidth 1Mbps
  isolate   to
}
"""
CHASSIS = {"asr9000": "asr9903", "ncs": "ncs-57c3-mod", "8000": "8201-32fh"}


def run(folder, *, chassis="asr9903", routing=", process: CORE", hosts="TenGigabitEthernet0/1/1", intents=INTENTS):
    (folder / "intentc.toml").write_text(PROJECT)
    (folder / "net.yaml").write_text(TOPOLOGY.format(chassis=chassis, routing=routing, hosts=hosts))
    (folder / "ai.intent").write_text(intents)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["-C", str(folder), "--format", "json", "compile"])
    return status, json.loads(out.getvalue())["findings"]


def errors(found):
    return [(item["code"], item["node"]) for item in found if item["severity"] == "error"]


@pytest.mark.parametrize("hardware", HARDWARE)
def test_a_project_compiles_to_payloads_that_the_published_models_accept(tmp_path, hardware):
    status, found = run(tmp_path, chassis=CHASSIS[hardware])
    assert (status, errors(found)) == (0, [])
    payloads = sorted(tmp_path.glob("build/*/config.xml"))
    assert [path.parent.name for path in payloads] == ["r1", "r2", "r3", "r4"]
    head = payloads[0].read_text()
    assert "<sr-policy-name>srte_c_" in head
    assert "<process-id>CORE</process-id>" in head
    assert {finding for path in payloads for finding in yang_findings("iosxe", path)} == set()


def test_the_path_that_stays_at_home_is_a_segment_list_with_each_nodes_own_labels(tmp_path):
    run(tmp_path)
    text = (tmp_path / "build/r1/config.xml").read_text()
    labels = text.count("<mpls-label>") + text.count("<adjacency-address>")
    assert labels >= 1
    assert "<invalidation-drop/>" in text


def test_every_line_of_an_intent_knows_where_it_was_asked_for(tmp_path):
    run(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "build/provenance.jsonl").read_text().splitlines()]
    asked = {
        intent
        for line in lines
        if str(line.get("path", line)).find("r1/config.xml") >= 0
        for intent in line.get("intents", ())
    }
    assert asked >= {"voice", "records"}


@pytest.mark.parametrize("chassis", ["mx204", "crs-1", "asr1001"])
def test_hardware_that_is_not_known_is_an_error_at_the_node(tmp_path, chassis):
    _, found = run(tmp_path, chassis=chassis)
    assert {code for code, _ in errors(found)} == {"E0631"}
    assert {node for _, node in errors(found)} == {"r1", "r2", "r3", "r4"}


def test_hardware_that_is_not_written_is_an_error_at_the_node(tmp_path):
    _, found = run(tmp_path, chassis="null")
    assert {code for code, _ in errors(found)} & {"E0631"}


def test_a_virtual_router_marks_and_queues_nothing(tmp_path):
    _, found = run(tmp_path, chassis="xrd-control-plane")
    assert "E0610" in {code for code, _ in errors(found)}
    assert any("virtual router" in item["message"] for item in found)


def test_a_port_that_the_platform_cannot_have_is_an_error(tmp_path):
    _, found = run(tmp_path, hosts="eth1")
    assert ("E0632", "r1") in errors(found)


def test_bfd_needs_the_name_of_the_process(tmp_path):
    _, found = run(tmp_path, routing="")
    assert {code for code, _ in errors(found)} == {"E0610"}
    (one, *_) = [item for item in found if item["code"] == "E0610"]
    assert "what the IS-IS process is called" in one["message"]
    assert one["intent"] == "voice"


def test_bfd_that_the_underlay_runs_needs_nothing(tmp_path):
    status, found = run(tmp_path, routing=", bfd: {interval: 50ms, multiplier: 3}")
    assert (status, errors(found)) == (0, [])


def test_the_name_of_a_process_is_one_that_may_reach_a_device(tmp_path):
    _, found = run(tmp_path, routing=', process: "CORE 1"')
    (one,) = [item for item in found if item["severity"] == "error"]
    assert "process" in one["message"]


# What only the target's own code can tell, at configurations by hand.

UDP = flow(protocol="udp", ports=(7000, 7009))
WIDE = flow(protocol="udp")
FIRST = f"network control may use a tenth of `{LEFT}` first, and they do not fit into the rest"
OBSTACLES = {
    "more next hops than an entry has": (
        config(steering=[steer(UDP, ("r2", "r3", "r4"))]),
        "steering off the IGP's own path",
        "an entry of an access list has 3 next hops, and 4 are needed",
    ),
    "code points before marking": (
        config(isolation=[isolate("i", H1, [flow(dscp=46)], direction="from")]),
        "isolation by code point",
        "access lists see packets of hosts before they are marked",
    ),
    "OSPF": (
        config(bfd=[bfd(igp="ospf")]),
        "BFD on the IGP's adjacencies",
        "the OSPF area of an interface is not in the topology",
    ),
    "guarantees beside strict classes": (
        config(queueing=[port(queues=(queue("critical"), queue("high", 901 * MBPS), queue("default")))]),
        "guaranteeing the bandwidth of all classes",
        FIRST,
    ),
    "guarantees in percents": (
        config(
            hardware="ncs", queueing=[port(queues=(queue("critical"), queue("high", 885 * MBPS), queue("default")))]
        ),
        "guaranteeing the bandwidth of all classes",
        f"{FIRST} in whole percents",
    ),
    "a meter in two places": (
        config(
            edges=[edge()],
            meters=[meter("m", 5 * MBPS)],
            marking=[
                mark("one", UDP, "high", precedence=1, meter="m"),
                mark("between", WIDE, "background", precedence=2),
                mark("other", flow(), "high", precedence=3, meter="m"),
            ],
        ),
        "one rate for several kinds of packets",
        "packets of another intent lie between them on `TenGigabitEthernet0/1/1`, so 2 policers would count apart",
    ),
}


@pytest.mark.parametrize("case", sorted(OBSTACLES))
def test_what_cannot_be_given_is_named(case):
    item, block, reason = OBSTACLES[case]
    (found,) = CODE.obstacles(item, fleet(item))
    assert (found.block, found.reason) == (block, reason)
    assert found.instead
    assert found.origin.spans


@pytest.mark.parametrize("case", sorted(OBSTACLES))
def test_an_obstacle_is_a_finding_at_its_clause(case):
    item, block, _ = OBSTACLES[case]
    findings = Findings()
    check_obstacles(fleet(item), load_targets(targets_paths(), findings), findings)
    (one,) = findings.items
    assert (one.code, one.node, one.intent) == ("E0610", "r1", "demo")
    assert one.message.startswith(f"{block} is not possible at `r1` of platform `iosxe`: ")


@pytest.mark.parametrize("hardware", HARDWARE)
def test_nothing_stands_in_the_way_of_what_can_be_rendered(hardware):
    item = full_config(hardware)
    assert CODE.obstacles(item, fleet(item)) == ()


@pytest.mark.parametrize("hardware", HARDWARE)
def test_guarantees_that_fit_are_no_obstacle(hardware):
    item = config(
        hardware=hardware, queueing=[port(queues=(queue("critical"), queue("high", 870 * MBPS), queue("default")))]
    )
    assert CODE.obstacles(item, fleet(item)) == ()


def test_a_meter_whose_packets_can_be_told_apart_stands_once():
    item = config(
        edges=[edge()],
        meters=[meter("m", 5 * MBPS)],
        marking=[
            mark("one", UDP, "high", precedence=1, meter="m"),
            mark("between", flow(protocol="sctp"), "background", precedence=2),
            mark("other", flow(protocol="tcp"), "high", precedence=3, meter="m"),
        ],
    )
    assert CODE.obstacles(item, fleet(item)) == ()
