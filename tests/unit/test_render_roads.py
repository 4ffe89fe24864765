"""The ways to a target's devices: read from its data, chosen per node, refused where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
import support_frr
import support_junos
from support_topology import load_clean

from intentc import resources
from intentc.diagnostics import Findings
from intentc.inventory import devices_of
from intentc.plan.make import find_unspoken
from intentc.project.model import Credentials
from intentc.push import cli_junos, cli_srlinux
from intentc.render.capabilities import capabilities
from intentc.render.render import load_command_line, render
from intentc.render.targets import load_targets
from intentc.targetkit.model import Road

TARGETS = load_targets(resources.targets_paths(), Findings())
BESIDE = sorted((name, road) for name, target in TARGETS.items() for road in target.roads)
DATA = (TARGETS["junos"].directory / "target.toml").read_text(encoding="utf-8")


def topology(platform, transport, release=None):
    asked = f", transport: {transport}" if transport else ""
    written = f", release: '{release}'" if release else ""
    return load_clean(
        f"nodes: {{r1: {{platform: {platform}, loopback: 10.255.0.1, management: {{host: h{asked}}}{written}}}}}\n"
    )


def test_a_node_that_asks_for_nothing_takes_the_main_road():
    junos = TARGETS["junos"]
    assert junos.road(None) == junos.road("netconf") == Road("netconf", "confirmed-commit")
    assert junos.road("ssh").transport == "ssh"
    assert junos.road("ssh").why
    assert junos.transports == ("netconf", "ssh")


def test_devices_of_one_kind_are_looked_at_once_and_each_can_do_what_it_could_alone():
    nodes = []
    for target in TARGETS.values():
        for release in (None, target.releases[0]):
            for transport in (None, *target.transports):
                found = topology(target.name, transport, release).nodes["r1"]
                nodes += [replace(found, name=f"r{len(nodes) + more}") for more in (1, 2)]
    net = topology("frr", None)
    alone = [capabilities(replace(net, nodes={node.name: node}), TARGETS, Findings()) for node in nodes]
    together = capabilities(replace(net, nodes={node.name: node for node in nodes}), TARGETS, Findings())
    assert together == dict(item for found in alone for item in found.items())
    assert len({id(item.features) for item in together.values()}) == len(nodes) // 2


@pytest.mark.parametrize(("name", "transport"), BESIDE)
def test_every_road_is_spoken_and_has_its_command_line(name, transport):
    road = TARGETS[name].road(transport)
    assert find_unspoken(road.transport, road.commit) is None
    assert load_command_line(TARGETS[name]).READ


@pytest.mark.parametrize(
    ("platform", "transport", "release", "codes"),
    [
        ("junos", None, None, []),
        ("junos", "netconf", None, []),
        ("junos", "ssh", "23.4", []),
        ("iosxe", "ssh", "17.18", []),
        ("eos", "netconf", None, ["E0605"]),
        ("openconfig", "ssh", None, ["E0605"]),
    ],
)
def test_a_node_may_ask_for_a_road_that_is_there(platform, transport, release, codes):
    findings = Findings()
    capabilities(topology(platform, transport, release), TARGETS, findings)
    assert [item.code for item in findings.sorted() if item.code == "E0605"] == codes


@pytest.mark.parametrize(("transport", "has_them"), [(None, True), ("ssh", False)])
def test_a_road_lacks_what_its_data_says(transport, has_them):
    """What is not typed is told when it is compiled, with the way to have it; SR policies are not chosen there."""
    findings = Findings()
    found = capabilities(topology("iosxe", transport, "17.18"), TARGETS, findings)["r1"]
    assert ("sr-policy" in found.mechanisms) == has_them
    assert "pbr" in found.mechanisms
    streaming, probing = (found.features[name] for name in ("streaming", "probing"))
    assert streaming.is_supported
    assert probing.is_supported == has_them
    assert has_them or "over netconf it is given" in probing.instead


def test_a_road_is_there_from_a_release_on(tmp_path):
    findings = Findings()
    targets = {"junos": _written(tmp_path, DATA.replace('since  = "23.4"', 'since  = "24.2"', 1), findings)["junos"]}
    capabilities(topology("junos", "ssh", "23.4"), targets, findings)
    (finding,) = (item for item in findings.sorted() if item.code == "E0605")
    assert "from release 24.2 on, not for 23.4" in finding.message


def test_a_device_is_reached_over_the_road_that_its_node_asks_for():
    credentials = {"default": Credentials(username="automation", key_file=None)}
    transports = {name: target.transports for name, target in TARGETS.items()}
    found = [
        devices_of(topology("junos", transport), credentials, Findings(), transports)["r1"]
        for transport in ("ssh", "netconf", None)
    ]
    assert [(device.transport, device.port) for device in found] == [("ssh", 22), ("netconf", 830), ("netconf", 830)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[roads.ssh]", "[roads.netconf]", "`roads.netconf` is the main `transport` already"),
        ('commit = "commit-confirmed"', "", "`roads.ssh.commit` is missing"),
        ('since  = "23.4"', 'since  = "soon"', "a release is numbers with dots between them"),
        (
            'since  = "23.4"',
            'since  = "23.4"\nlacks = ["magic"]',
            "names `magic`, which is no feature and no mechanism",
        ),
    ],
)
def test_a_road_that_cannot_be_read_is_a_finding(tmp_path, old, new, problem):
    findings = Findings()
    assert DATA.count(old) == 1
    assert not _written(tmp_path, DATA.replace(old, new), findings)
    (finding,) = findings.sorted()
    assert finding.code == "E0604"
    assert problem in finding.message


def test_a_road_needs_a_command_line(tmp_path):
    findings = Findings()
    assert not _written(tmp_path, DATA, findings, has_commands=False)
    assert "`commands.py` is missing" in findings.sorted()[0].message


def _written(directory, data, findings, *, has_commands=True):
    folder = directory / "junos"
    folder.mkdir()
    (folder / "target.toml").write_text(data, encoding="utf-8")
    (folder / "__init__.py").write_text("", encoding="utf-8")
    if has_commands:
        (folder / "commands.py").write_text("", encoding="utf-8")
    return load_targets([directory], findings)


def test_what_is_rendered_is_the_same_and_the_bundle_has_the_road():
    item = support_junos.config(bfd=[support_frr.bfd()])
    fleet = support_junos.fleet(item)
    main, other = (render(fleet, TARGETS, asked).devices["r1"] for asked in ({}, {"r1": "ssh"}))
    assert (main.transport, main.commit) == ("netconf", "confirmed-commit")
    assert (other.transport, other.commit) == ("ssh", TARGETS["junos"].road("ssh").commit)
    assert main.files == other.files


@pytest.mark.parametrize(("asked", "runs"), [(1, 60), (60, 60), (61, 120), (295, 300)])
def test_a_timer_of_minutes_is_told_and_counted(asked, runs):
    promises = cli_junos.GUARANTEES
    assert promises.timer_s(asked) == runs == 60 * cli_junos.minutes(asked)
    assert "its timer counts in steps of 60 s: it may go back by itself so much later" in promises.sentences
    assert not any("steps" in sentence for sentence in cli_srlinux.GUARANTEES.sentences)
