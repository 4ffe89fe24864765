"""A project of Junos routers from its text to the payloads, and what is refused on the way."""

import datetime as dt
from pathlib import Path

import pytest
import support_command
from support_junos import CODE
from support_yang import yang_findings

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.run import Request

ROOT = Path(__file__).resolve().parents[2]
TOML = """
[project]
name = "metro"
topology = ["topology.yaml"]
intents = ["a.intent"]

[credentials.default]
username = "automation"
key      = "id"
"""
TOPOLOGY = """
regions: {eu: [de, nl], us: }
defaults: {platform: junos, release: "24.4", chassis: mx204}
routing: {igp: isis, bfd: {interval: 100ms, multiplier: 3}}
sites:
  fra: {region: de}
  ams: {region: nl}
nodes:
  fra-pe1: {site: fra, loopback: 10.255.0.1/32, loopback6: "2001:db8:ff::1/128", segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 5}, attached: [{prefix: 10.1.0.0/24, interface: ge-0/0/9}, {prefix: "2001:db8:1::/64", interface: ge-0/0/9}], management: {host: 192.0.2.1}}
  ams-pe1: {site: ams, loopback: 10.255.0.2/32, loopback6: "2001:db8:ff::2/128", segment_routing: {index: 2, srgb: [20000, 27999], max_sid_depth: 5}, attached: [{prefix: 10.2.0.0/24, interface: xe-0/1/0.70}, {prefix: "2001:db8:2::/64", interface: xe-0/1/0.70}], management: {host: 192.0.2.2}}
  par-p1: {region: de, loopback: 10.255.0.3/32, loopback6: "2001:db8:ff::3/128", segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 5}, management: {host: 192.0.2.3}}
  nyc-p1: {region: us, loopback: 10.255.0.4/32, loopback6: "2001:db8:ff::4/128", segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 5}, management: {host: 192.0.2.4}}
links:
  - {id: fra-par, a: "fra-pe1:ge-0/0/1", b: "par-p1:ge-0/0/1", addresses: [10.9.1.0/31, 10.9.1.1/31], capacity: 1Gbps, latency: 4ms, igp_metric: 20, crosses: []}
  - {id: par-ams, a: "par-p1:ge-0/0/2", b: "ams-pe1:ge-0/0/2", addresses: [10.9.2.0/31, 10.9.2.1/31], capacity: 1Gbps, latency: 4ms, igp_metric: 20, crosses: []}
  - {id: fra-nyc, a: "fra-pe1:ge-0/0/3", b: "nyc-p1:ge-0/0/3", addresses: [10.9.3.0/31, 10.9.3.1/31], capacity: 1Gbps, latency: 1ms, igp_metric: 5}
  - {id: nyc-ams, a: "nyc-p1:ge-0/0/4", b: "ams-pe1:ge-0/0/4", addresses: [10.9.4.0/31, 10.9.4.1/31], capacity: 1Gbps, latency: 1ms, igp_metric: 5}
"""
PINNED = """
service llm { at ams prefix 10.2.0.0/24 port tcp/8443 }
intent chat "Titles; <never> reach & configs" { from fra to llm priority critical latency <= 20ms bandwidth 20Mbps pin region eu telemetry every 10s }
"""
TWO_PORTS = "{prefix: 10.1.0.0/24, interface: ge-0/0/9}, {prefix: 10.1.1.0/24, interface: ge-0/0/8}"
PLAIN = """
intent bulk { from fra to ams priority low bandwidth 50Mbps }
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "intentc.toml").write_text(TOML)
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    (tmp_path / "a.intent").write_text(PINNED + PLAIN)
    return tmp_path


def intentc(*words, cwd):
    done = support_command.intentc(*words, cwd=cwd)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def compiled(*changes):
    """Return the run over the project with some texts replaced."""
    sources = {"topology.yaml": TOPOLOGY, "a.intent": PINNED + PLAIN}
    for old, new in changes:
        assert any(old in text for text in sources.values())
        sources = {name: text.replace(old, new) for name, text in sources.items()}
    topology, intents = (Source(name, text) for name, text in sources.items())
    request = Request(
        Project("metro", Path("/none"), ("topology.yaml",), ("a.intent",)),
        (intents,),
        (topology,),
        dt.date(2026, 11, 20),
        lambda _: None,
    )
    return compile_request(request, Findings())


def payloads(*changes):
    run = compiled(*changes)
    assert run.bundle is not None, [item.message for item in run.findings.items if item.is_error]
    return {node: device.files[0].text for node, device in run.bundle.devices.items()}


def edge_of(*changes):
    return CODE.read_back(payloads(*changes)["fra-pe1"])


def codes(*changes):
    return {item.code for item in compiled(*changes).findings.items if item.is_error}


def test_the_command_writes_one_payload_for_each_device(project):
    done = intentc("compile", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {path.parent.name: path.read_text() for path in (project / "build").rglob("config.xml")}
    assert found == payloads()


def test_every_device_has_its_payload():
    found = payloads()
    assert sorted(found) == ["ams-pe1", "fra-pe1", "nyc-p1", "par-p1"]
    edge = CODE.read_back(found["fra-pe1"])
    assert {instance.name[:6] for instance in edge.instances} == {"ITC-P-"}
    assert [policer.is_discarding for policer in edge.policers if "chat" in policer.name] == [True]
    assert all("Titles" not in text and "never" not in text for text in found.values())
    assert [own.interval_ms for own in CODE.read_back(found["ams-pe1"]).reflectors] == [10]


def test_adjacency_segments_are_the_addresses_at_the_far_ends():
    hops = {tuple(hop.address or hop.label for hop in one.hops) for one in edge_of().segment_lists}
    assert ("10.9.1.1", "10.9.2.1") in hops


def test_node_segments_are_labels_of_the_node_that_reads_them():
    """Without the short way over New York the IGP's own path to par-p1 is the wanted one: node segments do."""
    unpinned = ("pin region eu", "via node par-p1")
    labels = {
        tuple(hop.label for hop in one.hops)
        for one in edge_of(unpinned, ("igp_metric: 20", "igp_metric: 8")).segment_lists
    }
    assert (16003, 16002) in labels, "par-p1 reads the second label in its own block"
    assert (16003, 20002) not in labels


def test_older_releases_steer_by_forwarding_instances():
    edge = edge_of(('"24.4"', '"23.4"'))
    assert edge.segment_lists == ()
    assert {instance.name[:6] for instance in edge.instances} == {"ITC-S-"}


@pytest.mark.parametrize("release", ["23.4", "24.4"])
def test_the_published_models_accept_the_payloads(release, tmp_path):
    for node, text in payloads(('"24.4"', f'"{release}"')).items():
        (tmp_path / f"{node}.xml").write_text(text)
        assert yang_findings("junos", tmp_path / f"{node}.xml") == []


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"], ["drift"]], ids=["plan", "apply", "drift"])
def test_without_a_key_nobody_is_asked_anything(project, words):
    """The transport is spoken: what is missing is named for each device, and no connection is tried."""
    done = intentc(*words, cwd=project)
    assert done.returncode == 6, done.stdout + done.stderr
    assert "E0804" in done.stderr
    assert "E0823" not in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (", chassis: mx204", "", "E0631"),
        ("chassis: mx204", "chassis: mx480", "E0631"),
        ('"fra-pe1:ge-0/0/1"', '"fra-pe1:eth1"', "E0632"),
        ("interface: xe-0/1/0.70", "interface: 'xe-0/1'", "E0632"),
        ('"fra-pe1:ge-0/0/1"', '"fra-pe1:ge-0/0/1.50"', "E0610"),
        ("chassis: mx204", "chassis: vmx", "E0615"),
        ("interval: 100ms", "interval: 20ms", "E0615"),
        ('"24.4"', '"22.1"', "E0602"),
        ("addresses: [10.9.1.0/31, 10.9.1.1/31], ", "", "E0635"),
        ("{prefix: 10.1.0.0/24, interface: ge-0/0/9}", TWO_PORTS, "E0634"),
    ],
    ids=[
        "no chassis",
        "card unknown",
        "port of Linux",
        "half a port",
        "unit",
        "BFD of a virtual one",
        "BFD",
        "release",
        "no addresses",
        "two ports",
    ],
)
def test_what_the_hardware_cannot_do_is_a_finding(old, new, code):
    assert code in codes((old, new))


def test_a_virtual_router_has_no_queues():
    run = compiled(("chassis: mx204", "chassis: vmx"), ("interval: 100ms", "interval: 300ms"))
    found = [item for item in run.findings.items if item.code == "E0610"]
    assert found
    assert all("queue" in item.message and item.help for item in found)


def test_a_unit_is_queued_on_where_the_card_can():
    edge = edge_of(('"fra-pe1:ge-0/0/1"', '"fra-pe1:ge-0/0/1.50"'), ("chassis: mx204", "chassis: mx480-mpc5eq"))
    assert [(profile.name, profile.rate_bps) for profile in edge.profiles] == [("ITC-ge-0-0-1.50", 10**9)]
    assert [port.name for port in edge.interfaces if port.per_unit_scheduler] == ["ge-0/0/1"]


COLLECTED = (
    ("telemetry every 10s", "telemetry every 10s to lake"),
    ("sites:\n", "collectors:\n  lake: {region: de, address: 198.51.100.10, port: 57400}\nsites:\n"),
)


def test_streams_and_probes_are_written_at_both_ends(tmp_path):
    found = payloads(*COLLECTED)
    edge, far = CODE.read_back(found["fra-pe1"]), CODE.read_back(found["ams-pe1"])
    assert [(one.address, one.port) for one in edge.servers] == [("198.51.100.10", 57400)]
    assert [one.rate_s for one in edge.exports] == [10]
    assert {one.only for one in edge.sensors} == {"ge-0/0/1", "ge-0/0/9"}
    sessions = [own for one in edge.connections for own in one.sessions]
    assert [(own.source, own.target, own.dscp) for own in sessions] == [("10.255.0.1", "10.255.0.2", 46)]
    peers = [peer.name for one in far.responders for own in one.peers for peer in own.addresses]
    assert peers == ["10.255.0.1/32"]
    for node, text in found.items():
        (tmp_path / f"{node}.xml").write_text(text)
        assert yang_findings("junos", tmp_path / f"{node}.xml") == []


def test_telemetry_of_a_project_has_no_warnings():
    run = compiled(*COLLECTED)
    assert [item.code for item in run.findings.items if item.code in {"W0616", "W0617"}] == []


def test_a_collector_that_line_cards_cannot_reach_is_a_finding_at_the_clause():
    run = compiled(COLLECTED[0], (COLLECTED[1][0], COLLECTED[1][1].replace("198.51.100.10", '"2001:db8::10"')))
    found = [item for item in run.findings.items if item.code == "E0610"]
    assert found, [item.message for item in run.findings.items]
    assert all("IPv6 address" in item.message and item.span.file == "a.intent" for item in found)


ACROSS = """links:
  - {id: nyc-par, a: "nyc-p1:ge-0/0/5", b: "par-p1:ge-0/0/5", addresses: [10.9.5.0/31, 10.9.5.1/31], capacity: 1Gbps, latency: 1ms, igp_metric: 16}
"""
REPAIRED = (
    (
        PINNED + PLAIN,
        (
            "service llm { at ams prefix 10.2.0.0/24 }\n"
            "intent bulk { from fra to llm priority low failover within 300ms }\n"
        ),
    ),
    ("interval: 100ms", "interval: 50ms"),
    ("links:\n", ACROSS),  # without it packets could circle between New York and Frankfurt until both have converged
)


def test_routers_beside_the_path_repair_where_the_igp_would_be_too_slow(tmp_path):
    found = payloads(*REPAIRED)
    ports = {node: [port.name for port in CODE.read_back(text).isis] for node, text in found.items()}
    assert ports["fra-pe1"] == ["<ge-0/0/3.0>"]
    assert [one.most_labels for one in CODE.read_back(found["fra-pe1"]).isis_backup] == [8]
    for node, text in found.items():
        (tmp_path / f"{node}.xml").write_text(text)
        assert yang_findings("junos", tmp_path / f"{node}.xml") == []


def test_ipv6_does_not_take_an_sr_policy():
    """It is steered by next hops, which take both families."""
    run = compiled(("prefix 10.2.0.0/24 port", "prefix 10.2.0.0/24, 2001:db8:2::/64 port"))
    rides = [rule for device in run.fleet.devices.values() for rule in device.policy_steering]
    assert {rule.flow.family for rule in rides} <= {4}
    assert not any(item.code == "E0610" for item in run.findings.items)


CLASSES = "".join(
    f"class own{n} {{ dscp {dscp} queue 1% }}\nintent i{n} {{ from fra to ams match tcp/{n} priority own{n} bandwidth 1Mbps }}\n"
    for n, dscp in enumerate((14, 22, 26, 28, 30, 38), 1)
)
STRICT = (
    "class own { dscp 44 queue strict 5% }\nintent i { from fra to ams match tcp/1 priority own bandwidth 1Mbps }\n"
)


@pytest.mark.parametrize(
    ("more", "word"), [(CLASSES, "classes use"), (STRICT, "strict class")], ids=["queues", "strict"]
)
def test_more_classes_than_a_device_has_queues_for_is_a_finding(more, word):
    run = compiled((PLAIN, PLAIN + more))
    found = [item for item in run.findings.items if item.code == "E0633"]
    assert found, [item.message for item in run.findings.items]
    assert all(word in item.message for item in found)
