"""Routers of vendors in a lab: the kinds that containerlab runs them as, their ports, and what they start from."""

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml
from support_lab import attachment, link, node, topology
from support_lab_devices import IMAGES, LABS, OPTIONS, RUN, TARGETS, clab, files, mixed, one

from intentc.cli import main
from intentc.diagnostics import Findings
from intentc.lab.definition import read_definition
from intentc.lab.export import export, with_configurations, write
from intentc.lab.layout import lay_out
from intentc.lab.model import LabError
from intentc.lab.numbering import number, number_unmanaged
from intentc.lab.starting import up
from intentc.render.targets import load_targets
from intentc.topology.model import Management

SCHEMA = "INTENTC_CLAB_SCHEMA"
KINDS = {
    "eos": "arista_ceos",
    "iosxe": "cisco_c8000v",
    "iosxr": "cisco_xrd",
    "junos": "juniper_vjunosrouter",
    "srlinux": "nokia_srlinux",
}


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_target_says_how_a_lab_runs_it_or_why_none_does(name):
    assert name in LABS, f"{name} has no table [lab]: `intentc lab export` refuses its nodes"
    assert LABS[name].kinds or (LABS[name].reason and LABS[name].instead)


def test_these_platforms_have_lab_data():
    assert {name for name, lab in LABS.items() if lab.kinds} == {"frr", *KINDS}


@pytest.mark.parametrize("name", RUN)
def test_a_router_runs_as_its_kind_from_the_users_image(name):
    made = clab(mixed())["topology"]["nodes"][f"r-{name}"]
    assert made["kind"] == KINDS[name]
    assert made["image"] == IMAGES[name]
    assert made["startup-config"] == f"routers/r-{name}/{LABS[name].startup}"
    assert "network-mode" not in made


def test_every_file_that_the_topology_names_is_there():
    made = files(mixed())
    data = yaml.safe_load(made["lab.clab.yml"])
    for own in data["topology"]["nodes"].values():
        for path in filter(None, (own.get("startup-config"), *(bind.split(":")[0] for bind in own.get("binds", [])))):
            assert any(name == path or name.startswith(f"{path}/") for name in made), path


def test_every_link_ends_at_two_different_ports_of_nodes_that_are_there():
    data = clab(mixed())["topology"]
    ends = [end for item in data["links"] for end in item["endpoints"]]
    assert len(ends) == len(set(ends)) == 2 * len(data["links"])
    assert {end.partition(":")[0] for end in ends} == set(data["nodes"])


def test_the_topology_keeps_to_containerlabs_schema():
    named = os.environ.get(SCHEMA)
    if named is None:
        pytest.skip(f"set {SCHEMA} to containerlab's schemas/clab.schema.json")
    checker = jsonschema.Draft7Validator(json.loads(Path(named).read_text()))  # its own patterns are not all Python's
    assert [error.message for error in checker.iter_errors(clab(mixed()))] == []
    broken = clab(mixed())
    broken["topology"]["nodes"]["r0"]["kind"] = "toaster"
    assert any("toaster" in error.message for error in checker.iter_errors(broken))


NODE_KEYS = {"kind", "type", "image", "startup-config", "labels", "group", "binds", "exec"}


def test_the_topology_has_only_what_containerlab_knows():
    data = clab(mixed())
    assert set(data) == {"name", "mgmt", "topology"}
    assert set(data["topology"]) == {"kinds", "groups", "nodes", "links"}
    assert all(set(own) <= NODE_KEYS and own["kind"] for own in data["topology"]["nodes"].values())
    assert all(set(own) <= {"endpoints", "mtu", "vars"} for own in data["topology"]["links"])
    assert all(
        re.fullmatch(r"[A-Za-z0-9._-]+:[A-Za-z0-9-]+", end)
        for own in data["topology"]["links"]
        for end in own["endpoints"]
    )


PORTS = {
    "junos": (("ge-0/0/0", "ge-0/0/1", "ge-0/0/2"), ("eth1", "eth2", "eth3")),
    "iosxr": (tuple(f"GigabitEthernet0/0/0/{n}" for n in range(3)), ("Gi0-0-0-0", "Gi0-0-0-1", "Gi0-0-0-2")),
    "srlinux": (("ethernet-1/1", "ethernet-1/2", "ethernet-1/3"), ("e1-1", "e1-2", "e1-3")),
    "eos": (("Ethernet1", "Ethernet2", "Ethernet3"), ("eth1", "eth2", "eth3")),
    "iosxe": (tuple(f"GigabitEthernet{n}" for n in (2, 3, 4)), ("eth1", "eth2", "eth3")),
}
PORTS = {name: PORTS[name] for name in RUN}


@pytest.mark.parametrize("name", RUN)
def test_ports_without_a_name_get_those_of_the_platform(name):
    made = number(mixed(), Findings(), LABS)
    own = f"r-{name}"
    found = [end.interface for item in made.links_of[own] for end in (item.a, item.b) if end.node == own]
    found += [item.interface for item in made.nodes[own].attached]
    assert tuple(dict.fromkeys(found)) == PORTS[name][0]
    assert [re.fullmatch(TARGETS[name].ports.form, port) is not None for port in found] == [True] * len(found)


@pytest.mark.parametrize("name", RUN)
def test_containerlab_has_its_own_names_for_them(name):
    data = clab(mixed())["topology"]["links"]
    ends = [end for item in data for end in item["endpoints"] if end.startswith(f"r-{name}:")]
    assert tuple(sorted(end.partition(":")[2] for end in ends)) == PORTS[name][1]


@pytest.mark.parametrize("name", RUN)
def test_impairments_name_the_same_ports(name):
    data = files(
        topology(
            mixed().nodes.values(),
            [replace(item, latency_ns=replace(item.latency_ns, ab=10**6, ba=10**6)) for item in mixed().links.values()],
        )
    )
    assert f'"clab-$lab-r-{name}" -i {PORTS[name][1][0]} --delay 1ms' in data["impair.sh"]


def test_names_that_are_taken_are_left_out():
    made = topology(
        [node("r1", 1, platform="junos"), node("r2", 2)], [link("r1:ge-0/0/0.0", "r2"), link("r1", "r2", name="second")]
    )
    numbered = number(made, Findings(), LABS)
    assert [item.a.interface for item in numbered.links.values()] == ["ge-0/0/0.0", "ge-0/0/1"]


def test_real_devices_are_never_given_ports():
    real = Management("192.0.2.1", None, None, "default", None, node("x").span)
    made = number_unmanaged(
        topology([node("r1", 1, platform="junos", management=real), node("r2", 2)], [link("r1", "r2")]),
        Findings(),
        LABS,
    )
    assert [end.interface for item in made.links.values() for end in (item.a, item.b)] == [None, "eth1"]


REFUSED = {
    "no image": (one("junos"), replace(OPTIONS, images={}), "which image runs `junos`", "--image junos=IMAGE"),
    "another kind": (
        one("junos"),
        replace(OPTIONS, kinds={"junos": "cisco_xrd"}),
        "not run as `cisco_xrd`",
        "juniper_",
    ),
    "no lab data": (
        one("eos"),
        replace(OPTIONS, labs={}),
        "nobody says how a lab runs `r1` of platform `eos`",
        r"\[lab\]",
    ),
    "no system at all": (
        one("openconfig"),
        OPTIONS,
        "no lab runs `r1` of platform `openconfig`",
        "a target of its own",
    ),
    "OSPF": (replace(mixed(), routing=replace(mixed().routing, igp="ospf")), OPTIONS, "IS-IS only", "igp: isis"),
    "a port that the kind has not": (
        topology([node("r1", 1, platform="junos"), node("r2", 2)], [link("r1:xe-0/0/1", "r2")]),
        OPTIONS,
        "`xe-0/0/1` of `r1` is no port",
        "`ge-0/0/0` to `ge-0/0/95`",
    ),
    "a port behind the last one": (
        topology(
            [node("r1", 1, [attachment("10.1.0.0/24", "ethernet-1/61")], platform="srlinux"), node("r2", 2)],
            [link("r1", "r2")],
        ),
        OPTIONS,
        "`ethernet-1/61` of `r1` is no port",
        "`ethernet-1/1` to `ethernet-1/60`",
    ),
    "a logical interface": (
        topology([node("r1", 1, platform="junos"), node("r2", 2)], [link("r1:ge-0/0/1.7", "r2")]),
        OPTIONS,
        "is no port",
        "ge-0/0/0",
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_no_lab_can_run_is_one_clear_message(case):
    made, options, words, help_ = REFUSED[case]
    with pytest.raises(LabError, match=words) as caught:
        export(made, options)
    assert re.search(help_, " ".join(caught.value.help))


def test_what_is_planned_needs_no_image():
    made = topology(
        [node("r1", 1), node("r2", 2), node("r3", 3, platform="junos", state="planned")],
        [link("r1", "r2"), link("r1", "r3")],
    )
    assert "routers/r3/startup.cfg" not in files(made, replace(OPTIONS, images={}))


@pytest.mark.parametrize(
    ("chassis", "expected"), [("7220 IXR-D3L", "ixr-d3l"), ("ixr-h4-32d", "ixr-h4-32d"), ("vsrl", None), (None, None)]
)
def test_the_type_is_that_of_the_chassis(chassis, expected):
    own = clab(one("srlinux", chassis=chassis))["topology"]["nodes"]["r1"]
    assert own.get("type") == expected


def test_the_layout_of_a_lab_with_stand_ins_is_as_before():
    made = lay_out(topology([node("r1", 1, platform="junos"), node("r2", 2)], [link("r1:ge-0/0/0", "r2")]))
    assert [item.a.interface for item in made.topology.links.values()] == ["eth1"]


def test_intentcs_own_runner_leaves_such_labs_to_containerlab(tmp_path):
    write(export(mixed(), OPTIONS), tmp_path)
    assert {own.kind for own in read_definition(tmp_path).nodes.values()} >= {"linux", "cisco_xrd"}
    with pytest.raises(LabError, match="starts FRR routers and hosts only") as caught:
        up(tmp_path)
    assert "containerlab deploy" in caught.value.help[0]


def test_configurations_of_intents_lie_beside():
    made = with_configurations(export(mixed(), OPTIONS), {"r-junos/config.xml": "<x/>"})
    assert {str(file.path) for file in made.files} >= {
        "routers/r-junos/intentc/config.xml",
        "routers/r-junos/startup.cfg",
    }


TOPOLOGY = """\
name: small
regions: [eu]
sites: {fra: {region: eu}, ams: {region: eu}}
nodes:
  r1: {site: fra, platform: junos, release: "24.4", chassis: mx204, loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  r2: {site: ams, platform: srlinux, release: "25.3", chassis: ixr-d3, loopback: 10.255.0.2/32, attached: [10.2.0.0/24]}
links:
  - {id: L1, a: r1, b: r2, capacity: 1Gbps, latency: 2ms}
"""
INTENT = "intent x { from fra to ams match udp/7000 priority high unidirectional latency <= 10ms bandwidth 10Mbps }\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "intentc.toml").write_text(
        '[project]\nname = "small"\ntopology = ["topology.yaml"]\nintents = ["a.intent"]\n'
    )
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    (tmp_path / "a.intent").write_text(INTENT)
    return tmp_path


IMAGE_OPTIONS = ("--image", "junos=mine/vjunos:1", "--image", "srlinux=mine/srl:1")


def test_the_command_writes_the_whole_lab(project, capsys):
    assert main(["lab", "export", "-C", str(project), "--lab-dir", str(project / "lab"), *IMAGE_OPTIONS]) == 0
    assert "2 routers" in capsys.readouterr().out
    data = yaml.safe_load((project / "lab" / "lab.clab.yml").read_text())
    assert data["topology"]["links"][0]["endpoints"] == ["r1:eth1", "r2:e1-1"]
    assert data["topology"]["nodes"]["r2"]["type"] == "ixr-d3"
    beside = sorted(
        path.relative_to(project / "lab").as_posix()
        for path in (project / "lab" / "routers").rglob("*")
        if path.is_file()
    )
    assert beside == [
        "routers/r1/intentc/config.xml",
        "routers/r1/startup.cfg",
        "routers/r2/intentc/itc.xml",
        "routers/r2/startup.cli",
    ]
    assert "ge-0/0/0" in (project / "lab" / "routers" / "r1" / "intentc" / "config.xml").read_text()


def test_without_an_image_nothing_is_written(project, capsys):
    assert main(["lab", "export", "-C", str(project), "--lab-dir", str(project / "lab")]) == 6
    assert "--image junos=IMAGE" in capsys.readouterr().err
    assert not (project / "lab").exists()


@pytest.mark.parametrize("text", ["junos", "junos=", "=x", "junos=a b"])
def test_an_image_is_named_for_a_platform(project, text):
    with pytest.raises(SystemExit) as caught:
        main(["lab", "export", "-C", str(project), "--image", text])
    assert caught.value.code == 2


BROKEN = {
    "a port without a number": ('port           = "ge-0/0/{}"', 'port = "ge-0/0/0"'),
    "no first port": ("first          = 0", ""),
    "no reason": ('kinds          = ["juniper_vjunosrouter"]', ""),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_lab_data_that_cannot_be_used_are_a_finding(case, tmp_path):
    shutil.copytree(
        TARGETS["junos"].directory, tmp_path / "junos", ignore=shutil.ignore_patterns("golden", "__pycache__")
    )
    data = tmp_path / "junos" / "target.toml"
    old, new = BROKEN[case]
    assert old in data.read_text()
    data.write_text(data.read_text().replace(old, new, 1))
    findings = Findings()
    assert load_targets([tmp_path], findings) == {}
    assert [item.code for item in findings.sorted()] == ["E0604"]
