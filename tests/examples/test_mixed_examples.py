"""The example projects on routers of several vendors: what they plant, that the repair works, and that every payload is taken."""

import contextlib
import functools
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from support_eos import judged as refused_lines
from support_srlinux import CHASSIS, PAUSING
from support_targets import all_targets
from support_yang import yang_findings

from intentc.cli import main
from intentc.render.model import DeviceBundle, RenderedFile
from intentc.render.render import load_code
from intentc.targetkit.kit import parse_xml

EXAMPLES = Path(__file__).resolve().parents[2] / "intents"
AGENTS, FACTORY, FABRIC = "agent-traffic", "factory-vision", "gpu-fabric"
EXPECTED = {
    AGENTS: [("E0634", "agent-models", None), ("E0634", "agent-tools", None)],
    FABRIC: [("E0610", "all-to-all", None)],
    FACTORY: [("E0702", "two-edges", "node:c1")],
}
REPAIRS = {  # what the README says: each text stands once in the project
    AGENTS: (
        "{prefix: 10.2.4.0/25, interface: ge-0/1/0.0}, {prefix: 10.2.4.128/25, interface: ge-0/1/1.0}",
        "{prefix: 10.2.4.0/24, interface: ae0.0}",
    ),
    FABRIC: ("7220 IXR-H3", "7220 IXR-H4"),
    FACTORY: (", state: planned}", "}"),
}
VENDORS = {
    AGENTS: {"frr": 3, "iosxr": 3, "junos": 5},
    FABRIC: {"eos": 3, "srlinux": 11},
    FACTORY: {"frr": 2, "iosxr": 6, "junos": 2},
}
NODES = {
    AGENTS: "ams-ag1 ams-r1 ber-ag1 ber-r1 cloud-a-r1 cloud-b-r1 gw-r1 muc-ag1 muc-r1 par-ag1 par-r1",
    FABRIC: "leaf-1 leaf-8 spine-1 spine-3 spine-4 store-1l",
    FACTORY: "c1 c2 c3 c4 c5 c6 e1 e2 g1 r1",
}
EVERY_NODE = [(name, node) for name, nodes in NODES.items() for node in nodes.split()]


def intentc(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main([str(word) for word in words])
    return status, out.getvalue()


def copy_of(name, folder, *change):
    """Return a copy of an example in which the text `change[0]`, which stands once, is `change[1]`."""
    project = folder / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns(".intentc", "build"))
    (path,) = (path for path in [*project.rglob("*.yaml"), *project.rglob("*.intent")] if change[0] in path.read_text())
    assert path.read_text().count(change[0]) == 1
    path.write_text(path.read_text().replace(*change))
    return project


@pytest.fixture(scope="session")
def planted():
    """Return what `check` finds in an example. Each is checked once."""

    @functools.cache
    def found(name):
        status, out = intentc("-C", EXAMPLES / name, "--format", "json", "check")
        return status, json.loads(out)["findings"]

    return found


@pytest.fixture(scope="session")
def repaired(tmp_path_factory):
    """Return the directory and the manifest of a repaired example. Each is compiled once."""

    @functools.cache
    def compiled(name):
        project = copy_of(name, tmp_path_factory.mktemp("mixed"), *REPAIRS[name])
        status, out = intentc("-C", project, "-q", "compile")
        assert status == 0, out
        return project, json.loads((project / "build" / "manifest.json").read_text())

    return compiled


def error_of(planted, name):
    return next(item for item in planted(name)[1] if item["severity"] == "error")


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_has_its_planted_mistake_and_no_other(planted, name):
    status, findings = planted(name)
    errors = [(item["code"], item["intent"], item["state"]) for item in findings if item["severity"] == "error"]
    assert (status, sorted(errors, key=str)) == (1, EXPECTED[name])
    assert {item["code"] for item in findings if item["severity"] == "warning"} <= {"W0616"}


def test_the_spine_that_cannot_pause_is_named_with_what_can(planted):
    item = error_of(planted, FABRIC)
    assert item["message"].startswith("a lossless class is not possible at `spine-4` of platform `srlinux`: ")
    assert any("use a 7220 IXR-D4, D5 or H4 there" in text for text in item["help"])


def test_the_router_that_the_second_cluster_hangs_on_is_named(planted):
    item = error_of(planted, FACTORY)
    assert item["message"] == "`c2` and `e2` are cut off from each other in `node:c1`, and so are 5 more pairs"


def test_the_router_that_would_count_a_ceiling_twice_is_named(planted):
    item = error_of(planted, AGENTS)
    assert item["message"] == "one rate would be counted by 2 ports of `par-ag1`, each for itself"


@pytest.mark.parametrize("name", EXPECTED)
def test_the_repair_works_on_several_vendors(repaired, name):
    _, found = repaired(name)
    assert {intent["status"] for intent in found["intents"]} == {"placed"}
    assert all(assertion["holds"] for assertion in found["assertions"])
    targets = [device["target"] for device in found["devices"]]
    assert {target: targets.count(target) for target in targets} == VENDORS[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_repaired_example_is_proved_by_the_prover(repaired, name):
    status, out = intentc("-C", repaired(name)[0], "verify")
    assert status == 0, out
    assert "the manifest holds" in out


@pytest.mark.parametrize("name", EXPECTED)
def test_its_files_are_formatted(name):
    status, out = intentc("fmt", "--check", *sorted((EXAMPLES / name).rglob("*.intent")))
    assert status == 0, out


def device_of(repaired, name, node):
    project, found = repaired(name)
    (device,) = (item for item in found["devices"] if item["node"] == node)
    return device, [(file["path"], (project / "build" / file["path"]).read_text()) for file in device["files"]]


@pytest.mark.parametrize(("name", "node"), EVERY_NODE)
def test_a_device_reads_back_what_it_was_given(repaired, name, node):
    device, texts = device_of(repaired, name, node)
    files = tuple(RenderedFile(path, text) for path, text in texts)
    bundle = DeviceBundle(node, device["target"], device["transport"], None, files, ())
    parts = [text if len(texts) == 1 else f"begin={path.rpartition('/')[2]}\n{text}" for path, text in texts]
    if device["target"] == "eos":
        parts.append("end\n")  # as the device ends its configuration
    code = load_code(all_targets()[device["target"]])
    assert code.differences(bundle, "".join(parts)) == ()
    assert code.differences(bundle, "end\n" if device["target"] == "eos" else "") != ()


@pytest.mark.parametrize(("name", "node"), EVERY_NODE)
def test_the_vendors_models_accept_every_payload(repaired, name, node):
    """Schema and conditions of the published models; of SR Linux the schema, whose conditions its own tests ask."""
    device, texts = device_of(repaired, name, node)
    if device["target"] == "frr":
        pytest.skip("Linux and FRR have no published models: their files run in the labs")
    ((path, text),) = texts
    if device["target"] == "eos":
        assert refused_lines(text) == ()
        return
    switched = () if device["target"] != "srlinux" else PAUSING if "pfc" in text else CHASSIS
    found = yang_findings(device["target"], repaired(name)[0] / "build" / path, switched=switched)
    assert [item for item in found if item.startswith("schema") or device["target"] != "srlinux"] == []


def demands(found, intent):
    (entry,) = (item for item in found["intents"] if item["name"] == intent)
    return entry["demands"]


def test_cameras_keep_their_bound_in_every_promised_state(repaired):
    every = demands(repaired(FACTORY)[1], "camera-streams")
    figures = [item for demand in every for item in (demand["primary"], *demand["states"])]
    assert len(figures) > len(every)
    assert max(item["latency_us"]["total"] for item in figures) <= 5_000
    for item in figures:  # nothing says what bursts the caps of strict classes let pass at cells, which are no ASR 9000
        senders = {name for path in item["paths"] for name in path["path"][:-1]}
        assert item["basis"] == ("assumed" if any(re.fullmatch("c[1-6]", name) for name in senders) else "proved")
    assert {item["basis"] for item in figures} == {"proved", "assumed"}


def words_of(node):
    return [*([node.text] if node.text else []), *(word for child in node.children for word in words_of(child))]


def sent_by_cameras(text):
    """Return what the port of cell 1 does with packets of its cameras, in order: verb, addresses and ports of either end."""
    lists = parse_xml(text).all("ipv4", "access-lists", "access-list")
    (own,) = (item for item in lists if item.value("access-list-name") == "ITC-IN4-GigabitEthernet0-0-0-8")
    for entry in own.all("sequences", "sequence"):
        verb = entry.children[-1]
        if "10.10.1.0" in words_of(verb):
            yield (verb.name, *words_of(verb))


def test_a_camera_may_reach_its_edge_service_and_answer_the_line(repaired):
    """Default deny where cameras hang: before it stand the service, and replies to who may stop the line; after it nothing."""
    _, ((_, text),) = device_of(repaired, FACTORY, "c1")
    cameras = ("10.10.1.0", "24")
    allowed = {("udp", *cameras, f"10.20.{edge}.0", "24", "5004") for edge in (1, 2)}
    replies = {("udp", *cameras, "34964", f"10.20.{edge}.0", "24") for edge in (1, 2)}
    *first, last = sent_by_cameras(text)
    assert {entry[1:] for entry in first} == allowed | replies
    assert {entry[0] for entry in first} == {"permit"}
    assert last == ("deny", "ipv4", *cameras)


def test_all_to_all_uses_every_spine(repaired):
    for_one = demands(repaired(FABRIC)[1], "all-to-all")[0]
    spines = {path["path"][1] for path in for_one["primary"]["paths"]}
    assert spines == {"spine-1", "spine-2", "spine-3", "spine-4"}


@pytest.mark.parametrize("intent", ["agent-models", "agent-tools"])
def test_agents_have_a_ceiling_for_each_office(repaired, intent):
    every = [demand for demand in demands(repaired(AGENTS)[1], intent) if demand["direction"] == "forward"]
    assert sorted(demand["source"] for demand in every) == ["ams-ag1", "ber-ag1", "muc-ag1", "par-ag1"]


EVERY_HOP = {  # what `explain` says of the ways of one intent: hops, and whose words were read
    (FACTORY, "results"): "each of 4 hops (frr, iosxr, junos), as their files read back: DSCP 1, shared, sure of ",
    (FACTORY, "camera-streams"): "each of 2 hops (iosxr), as their files read back: DSCP 46, strict, up to 3Gbps",
    (FABRIC, "all-to-all"): "each of 2 hops (srlinux, eos), as their files read back: DSCP 26, shared, sure of ",
    (AGENTS, "agent-tools"): "each of 3 hops (frr, junos, iosxr), as their files read back: DSCP 10, shared, sure of ",
}


@pytest.mark.parametrize(("name", "intent"), EVERY_HOP)
def test_every_hop_treats_an_intent_alike(repaired, name, intent):
    status, out = intentc("-C", repaired(name)[0], "explain", intent)
    assert status == 0
    assert f"    the same at {EVERY_HOP[name, intent]}" in out
    assert " promised, " not in out
