"""Projects whose devices run IOS XE, from source to payload; and what such devices cannot be given, refused at its place."""

import contextlib
import io
import json
import re

import pytest
from support_frr import H1, H1_6, MBPS, flow, meter
from support_iosxe import (
    CODE,
    LEFT,
    config,
    count,
    edge,
    fence,
    fleet,
    full_config,
    isolate,
    mark,
    policy,
    port,
    probe,
    queue,
    repair,
    responder,
    ride,
    steer,
    stream,
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
  failover  within 3s { survive any 1 link }
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
CHASSIS = {"qfp": "c8500-12x4qc", "virtual": "c8000v"}


def run(
    folder,
    *,
    chassis="asr1002-hx",
    routing=", process: CORE",
    hosts="TenGigabitEthernet0/1/1",
    intents=INTENTS,
    more="",
):
    (folder / "intentc.toml").write_text(PROJECT)
    (folder / "net.yaml").write_text(TOPOLOGY.format(chassis=chassis, routing=routing, hosts=hosts) + more)
    (folder / "ai.intent").write_text(intents)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["-C", str(folder), "--format", "json", "compile"])
    return status, json.loads(out.getvalue())["findings"]


def errors(found):
    return [(item["code"], item["node"]) for item in found if item["severity"] == "error"]


SLOW = """
intent voice "Voice" {
  from      r1
  to        r4
  match     udp/7000-7009
  priority  critical
  prefer    node r3
  bandwidth 20Mbps
  unidirectional
  failover  within 10s { survive any 1 node  switch when latency > 30ms for 5s  otherwise drop }
}
"""


@pytest.fixture
def only_ipv4(monkeypatch):
    """SR policies take IPv4 packets; what is of both families is steered by next hops."""
    monkeypatch.setitem(globals(), "TOPOLOGY", re.sub(r', \{\{prefix: "fd10:.*?\}\}(?=\])', "", TOPOLOGY))


def test_a_path_that_is_slow_is_left_where_ios_xe_lets_packets_in(tmp_path, only_ipv4):
    status, found = run(tmp_path, intents=SLOW)
    assert (status, errors(found)) == (0, [])
    path = tmp_path / "build" / "r1" / "config.xml"
    text = path.read_text()
    probes = re.findall(r"<destination>(.*?)<.*?<threshold>(\d+)<.*?<tos>(\d+)<", text, flags=re.DOTALL)
    assert probes == [("10.0.0.4", "32", str(46 << 2))] * 2  # 30 ms, and 2 ms for the way back over r2
    assert text.count("<down>5</down>") == 2
    assert yang_findings("iosxe", path) == []
    manifest = json.loads((tmp_path / "build" / "manifest.json").read_text())
    (demand,) = manifest["intents"][0]["demands"]
    assert [item["detect_ms"] for item in demand["protection"]["switches"]] == [5001]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("loss > 50% for 5s", "E0610"),
        ("latency > 30ms for 2s", "E0623"),
        ("latency > 3ms for 5s", "E0623"),
        ("latency > 30ms for 8s", "E0623"),
        ("latency > 2s for 5s", "E0610"),
    ],
)
def test_what_ios_xe_cannot_tell_or_not_in_time_is_refused(tmp_path, wanted, code, only_ipv4):
    status, found = run(tmp_path, intents=SLOW.replace("latency > 30ms for 5s", wanted))
    assert (status, errors(found)) == (1, [(code, "r1")])


def test_packets_of_both_families_have_no_other_path_to_switch_to(tmp_path):
    assert errors(run(tmp_path, intents=SLOW)[1]) == [("E0622", "r1")]


@pytest.mark.parametrize("hardware", sorted(CHASSIS))
def test_a_project_compiles_to_payloads_that_the_published_models_accept(tmp_path, hardware):
    status, found = run(tmp_path, chassis=CHASSIS[hardware])
    assert (status, errors(found)) == (0, [])
    payloads = sorted(tmp_path.glob("build/*/config.xml"))
    assert [path.parent.name for path in payloads] == ["r1", "r2", "r3", "r4"]
    assert "<isis>" in payloads[0].read_text()
    assert {finding for path in payloads for finding in yang_findings("iosxe", path)} == set()


def test_the_path_that_stays_at_home_is_entered_by_route_map(tmp_path):
    run(tmp_path)
    text = (tmp_path / "build/r1/config.xml").read_text()
    assert "<name>ITC-PBR4-TenGigabitEthernet0-1-1</name>" in text
    assert "Null0" in text


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


@pytest.mark.parametrize("chassis", ["mx204", "asr9903", "c7200"])
def test_hardware_that_is_not_known_is_an_error_at_the_node(tmp_path, chassis):
    _, found = run(tmp_path, chassis=chassis)
    assert {code for code, _ in errors(found)} == {"E0631"}
    assert {node for _, node in errors(found)} == {"r1", "r2", "r3", "r4"}


@pytest.mark.parametrize("chassis", ["asr903", "ncs-4201", "c9300-48uxm"])
def test_hardware_with_limits_of_its_own_marks_and_queues_nothing(tmp_path, chassis):
    _, found = run(tmp_path, chassis=chassis)
    assert "E0610" in {code for code, _ in errors(found)}
    assert any("limits of their own" in item["message"] for item in found)


def test_a_port_that_the_platform_cannot_have_is_an_error(tmp_path):
    _, found = run(tmp_path, hosts="eth1")
    assert ("E0632", "r1") in errors(found)


def test_bfd_stands_at_the_ports_and_needs_no_name_of_a_process(tmp_path):
    status, found = run(tmp_path, routing="")
    assert (status, errors(found)) == (0, [])
    assert "<interval-interface" in (tmp_path / "build/r1/config.xml").read_text()


def test_bfd_that_the_underlay_runs_is_left_alone(tmp_path):
    status, found = run(tmp_path, routing=", bfd: {interval: 50ms, multiplier: 3}")
    assert (status, errors(found)) == (0, [])
    assert "<bfd" not in (tmp_path / "build/r1/config.xml").read_text()


TELEMETRY = INTENTS.replace("failover  within 3s", "telemetry every 10s to OTEL\n  failover  within 3s")


def test_streams_and_measurements_of_a_project_are_accepted(tmp_path):
    collector = "\ncollectors: {OTEL: {address: 10.9.0.9, port: 57500}}\n"
    status, found = run(tmp_path, intents=TELEMETRY, more=collector)
    assert (status, errors(found)) == (0, [])
    head, end = ((tmp_path / f"build/{node}/config.xml").read_text() for node in ("r1", "r4"))
    assert "<mdt-subscription " in head
    assert "<tos-dscp>46</tos-dscp>" in head
    assert "<test-session " in end
    assert {
        finding for path in tmp_path.glob("build/*/config.xml") for finding in yang_findings("iosxe", path)
    } == set()


def test_the_name_of_a_process_is_one_that_may_reach_a_device(tmp_path):
    _, found = run(tmp_path, routing=', process: "CORE 1"')
    (one,) = [item for item in found if item["severity"] == "error"]
    assert "process" in one["message"]


# What only the target's own code can tell, at configurations by hand.

UDP = flow(protocol="udp", ports=(7000, 7009))
WIDE = flow(protocol="udp")
SCTP = flow(protocol="sctp", ports=(1, 1))
BEYOND = "policers go up to 100 Gbit/s (64 Gbit/s for a ceiling) and 512 MB at once"
TELLING = "telling packets apart by ports of SCTP"
SCTP_REASON = "IPv4 access lists know ports of TCP and UDP only"
TI_LFA = "repairs by the device itself (TI-LFA)"
CROWD = [f"r{n}" for n in range(60)]
OBSTACLES = {
    "ports of SCTP": (config(fences=[fence("f", SCTP)]), TELLING, SCTP_REASON),
    "ports of SCTP that are excepted": (config(counting=[count("c", flow(), excepted=(SCTP,))]), TELLING, SCTP_REASON),
    "ports of SCTP that are allowed": (config(isolation=[isolate("i", allowed=[SCTP])]), TELLING, SCTP_REASON),
    "more waypoints than a route has ways": (
        config(steering=[steer(UDP, tuple(f"r{n}" for n in range(41)))]),
        "steering off the IGP's own path",
        "a route has 40 ways, and 41 are needed",
    ),
    "more waypoints than there are tracks": (
        config(steering=[steer(UDP, tuple(f"r{n}" for n in range(start, start + 30))) for start in range(0, 210, 30)]),
        "steering off the IGP's own path",
        "210 numbers are needed, and 200 are reserved",
    ),
    "more peers than sessions": (
        config(probe_reflectors=[responder(name) for name in CROWD]),
        "answering delay measurements",
        "60 numbers are needed, and 50 are reserved",
    ),
    "code points before marking": (
        config(isolation=[isolate("i", H1, [flow(dscp=46)], direction="from")]),
        "isolation by code point",
        "access lists see packets of hosts before they are marked",
    ),
    "steering by code points that are written": (
        config(edges=[edge()], policies=[policy()], policy_steering=[ride(flow(dscp=46))]),
        "steering by code point",
        "whether route maps see packets of hosts before or after these are marked is not said",
    ),
    "IPv6 packets of a policy": (
        config(policies=[policy()], policy_steering=[ride(flow(H1_6, "::/0"))]),
        "sending IPv6 packets into a policy",
        "a static IPv6 route leads into SRv6 policies only, not into those with labels",
    ),
    "queues and counters at one port": (
        config(queueing=[port()], counting=[count("c", UDP, (LEFT,))]),
        "counting at the destination",
        f"`{LEFT}` has hosts and is a link, and its one output policy is that of the link",
    ),
    "TI-LFA over OSPF": (
        config(repairs=[repair(igp="ospf")]),
        TI_LFA,
        "the published models have it for IS-IS only",
    ),
    "guarantees beside strict classes": (
        config(queueing=[port(queues=(queue("critical"), queue("high", 901 * MBPS), queue("default")))]),
        "guaranteeing the bandwidth of all classes",
        f"network control may use a tenth of `{LEFT}` first, and they do not fit into the rest in whole percents",
    ),
    "a link that is too fast": (
        config(queueing=[port(rate=400_000 * MBPS)]),
        "queueing by class",
        f"`{LEFT}` would need more than 100 Gbit/s, or queues of more than 64 MB",
    ),
    "a queue that is too long": (
        config(queueing=[port(queues=(queue("high", limit=64_000_001), queue("default")))]),
        "queueing by class",
        f"`{LEFT}` would need more than 100 Gbit/s, or queues of more than 64 MB",
    ),
    "a rate that is too high": (
        config(meters=[meter("m", 100_001 * MBPS)], marking=[mark("v", UDP, meter="m")]),
        "one rate for all packets of an intent",
        BEYOND,
    ),
    "a ceiling that is too high": (
        config(meters=[meter("m", MBPS, ceiling=64_001 * MBPS)], marking=[mark("v", UDP, meter="m")]),
        "one rate for all packets of an intent",
        BEYOND,
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
        "packets of another intent lie between them on `GigabitEthernet1`, so 2 policers would count apart",
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


def test_ti_lfa_needs_the_name_of_the_process():
    item = config(repairs=[repair()])
    (found,) = CODE.obstacles(item, fleet(item, process=None))
    assert "what the IS-IS process is called" in found.reason


@pytest.mark.parametrize(
    "item",
    [
        full_config(),
        config(queueing=[port(queues=(queue("critical"), queue("high", 870 * MBPS), queue("default")))]),
        config(edges=[edge(trust="dscp")], steering=[steer(flow(dscp=46))]),
        config(fences=[fence("f", flow(H1_6, "::/0", "sctp", (1, 1)))]),
        config(streams=[stream()], probes=[probe()], probe_reflectors=[responder(name) for name in CROWD[:50]]),
    ],
)
def test_nothing_stands_in_the_way_of_what_can_be_rendered(item):
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
