"""Files of other tools become topologies: what each format says arrives, what it does not say is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support_importing import COMMANDS, FILES, imported, loaded, options_of

from intentc.diagnostics import Findings, Source
from intentc.importing import FORMATS, formats
from intentc.importing.imports import import_topology
from intentc.importing.platforms import target_of
from intentc.lab.export import export
from intentc.lab.layout import lay_out
from intentc.lab.model import ExportOptions
from intentc.render.targets import load_targets
from intentc.resources import targets_paths
from intentc.topology.load import load

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "intents").glob("*/topology"))


def codes(findings):
    return [item.code for item in findings.sorted()]


def messages(findings, code):
    return [item.message for item in findings.sorted() if item.code == code]


def made(format_, text, words="--capacity 1Gbps --latency 1ms --platform none"):
    """What comes of a text: the topology and the findings."""
    findings = Findings()
    result = import_topology(format_, Source("f", text), findings, options_of(f"{format_} f {words}")[1])
    return (None if result.text is None else loaded(result.text)), findings


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_becomes_the_topology_that_is_written_down_here(name):
    result, findings = imported(name)
    assert not findings.has_errors, codes(findings)
    assert result.text == (FILES / "golden" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded(result.text)
    assert imported(name)[0].text == result.text


def test_there_is_a_file_of_each_format_and_a_module():
    assert {words.split()[0] for words in COMMANDS.values()} == set(FORMATS)
    modules = {path.stem for path in Path(formats.__path__[0]).glob("[a-z]*.py")}
    assert modules == set(FORMATS)


def test_both_notations_of_sndlib_say_the_same():
    native, xml = (imported(name)[0].text.split("\n", 1)[1] for name in ("rhine.txt", "rhine.xml"))
    assert native == xml


# -- there and back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("project", EXAMPLES, ids=lambda path: path.name)
def test_what_lab_export_writes_comes_back(project):
    sources = [Source(path.name, path.read_text(encoding="utf-8")) for path in sorted((project / "topology").iterdir())]
    topology = load(sources, Findings())
    options = ExportOptions(has_stand_ins=True)
    built = lay_out(topology, options).topology
    (text,) = (file.text for file in export(topology, options).files if file.path.name == "lab.clab.yml")
    back, findings = made("containerlab", text, "--capacity 1Gbps")
    assert back is not None, codes(findings)
    assert {name: facts_of_node(node) for name, node in back.nodes.items()} == {
        name: facts_of_node(node) for name, node in built.nodes.items()
    }
    assert {name: facts_of_link(link) for name, link in back.links.items()} == {
        name: facts_of_link(link) for name, link in built.links.items()
    }


def facts_of_node(node):
    return (
        node.loopback,
        node.loopback6,
        sorted((str(item.prefix), item.interface) for item in node.attached),
    )


def facts_of_link(link):
    latency = link.latency_ns and (link.latency_ns.ab, link.latency_ns.ba)
    ends = [(end.node, end.interface) for end in (link.a, link.b)]
    return ends, link.mtu, latency, link.jitter_ns or 0, link.loss_ppb or 0, link.over


def test_the_kinds_that_lab_export_writes_are_known():
    targets = load_targets(targets_paths(()), Findings())
    kinds = {kind: name for name, target in targets.items() if target.lab for kind in target.lab.kinds}
    del kinds["linux"]  # FRR, if its image says so
    assert {kind: target_of(kind) for kind in kinds} == kinds
    assert set(kinds.values()) <= set(targets)


# -- loud --------------------------------------------------------------------------------------------------------------

REFUSED = {
    "no node behind an end": (
        "containerlab",
        'topology: {nodes: {a: }, links: [{endpoints: ["a:e1", "b:e1"]}]}',
        "E0351",
    ),
    "three ends": ("containerlab", 'topology: {nodes: {a: }, links: [{endpoints: ["a:e1", "a:e2", "a:e3"]}]}', "E0352"),
    "a bridge": ("containerlab", "topology: {nodes: {br: {kind: bridge}}}", "E0352"),
    "an end without a port": ("containerlab", "topology: {nodes: {a: , b: }, links: [{endpoints: [a, b]}]}", "E0351"),
    "no containerlab": ("containerlab", "nodes: [a]", "E0350"),
    "a merge key": ("containerlab", "x: &x {a: 1}\ntopology: {<<: *x, nodes: {a: }}", "E0303"),
    "itself": ("netlab", "nodes: [a]\nlinks: [a-a]", "E0352"),
    "a time without a unit": ("netlab", "nodes: {a: , b: }\nlinks: [{a: , b: , tc.delay: 5}]", "E0351"),
    "no netlab": ("netlab", "links: []", "E0350"),
    "one way": (
        "graphml",
        '<graphml><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>',
        "E0352",
    ),
    "a hyperedge": ("graphml", '<graphml><graph><node id="a"/><hyperedge/></graph></graphml>', "E0352"),
    "an edge to nowhere": (
        "graphml",
        '<graphml><graph><node id="a"/><edge source="a" target="z"/></graph></graphml>',
        "E0351",
    ),
    "another document": ("graphml", "<html/>", "E0350"),
    "no nodes": ("graphml", "<graphml><graph/></graphml>", "E0350"),
    "deep XML": ("graphml", "<graphml>" + "<a>" * 90, "E0350"),
    "deep JSON": ("rfc8345", "[" * 100_000, "E0350"),
    "deep YAML": ("netlab", "[" * 100_000, "E0303"),
    "a key twice": ("rfc8345", '{"networks": {"network": [{"node": [{"node-id": "a", "node-id": "b"}]}]}}', "E0302"),
    "half a character": ("netbox", '{"devices": [{"id": 1, "name": "\\ud800"}]}', "E0350"),
    "one page": (
        "netbox",
        '{"devices": {"next": "http://n/?offset=50", "results": [{"id": 1, "name": "a"}]}}',
        "E0351",
    ),
    "no list": ("netbox", '{"devices": 3}', "E0351"),
    "no SNDlib": ("sndlib", "NODES ( a )", "E0350"),
    "half a row": ("sndlib", "?SNDlib native format; type: network; version: 1.0\nNODES ( a )", "E0350"),
    "no end": ("sndlib", "?SNDlib native format; type: network; version: 1.0\nNODES ( a ( 1 2 )", "E0350"),
    "coordinates in words": ("sndlib", "?SNDlib native format; type: network;\nNODES ( a ( x y ) )", "E0351"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_nothing_written(name):
    format_, text, code = REFUSED[name]
    topology, findings = made(format_, text)
    assert topology is None
    assert code in codes(findings), codes(findings)


def test_entities_are_refused_before_they_unfold():
    bomb = (
        '<!DOCTYPE g [<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY {name} "{f"&{below};" * 50}">' for below, name in zip("abcdef", "bcdefg", strict=True))
    )
    _, findings = made("graphml", f"{bomb}]><graphml><graph><node id='&g;'/></graph></graphml>")
    assert codes(findings) == ["E0350"]


def test_a_document_type_without_entities_is_none_of_our_business():
    text = "<!DOCTYPE graphml SYSTEM 'http://127.0.0.1:1/none.dtd'><graphml><graph><node id='a'/></graph></graphml>"
    topology, _ = made("graphml", text)
    assert list(topology.nodes) == ["a"]


def test_every_field_that_is_not_taken_is_named_once_per_kind():
    notes = " ".join(messages(imported("lab.clab.yml")[1], "N0351"))
    for word in ("`mgmt`", "`binds`", "`env`", "`type`", "`site`", "`color`", "type `mgmt-net`", "end at `host`"):
        assert notes.count(word) == 1, (word, notes)
    notes = " ".join(messages(imported("dcim.json")[1], "N0351"))
    for word in ("`serial`", "`length`", "do not join two interfaces", "of no interface here"):
        assert notes.count(word) == 1, (word, notes)
    assert "`module`, `provider`" in " ".join(messages(imported("lab.netlab.yml")[1], "N0351"))
    assert "DEMANDS" in " ".join(messages(imported("rhine.txt")[1], "N0351"))
    assert "`demands`" in " ".join(messages(imported("rhine.xml")[1], "N0351"))


def test_capacities_without_a_unit_are_not_guessed():
    text = (FILES / "rhine.xml").read_text()
    topology, findings = made("sndlib", text, "--latency 1ms")
    assert topology is None
    assert "E0353" in codes(findings)
    assert any("`--unit 1Mbps`" in message for message in messages(findings, "N0351"))


def test_latencies_come_from_locations_and_the_topology_says_by_which_rule():
    text = imported("zoo.graphml")[0].text
    link = loaded(text).links["Frankfurt--Berlin"]
    assert link.is_latency_estimated
    assert link.latency_ns.ab == 2_754_000  # 423.7 km × 1.3 / 200 km per ms
    assert "great circle" in text
    assert "detour factor of 1.3" in text


def test_what_is_to_be_filled_in_is_a_warning_and_a_mark_in_its_line():
    result, findings = imported("lab.clab.yml")
    assert codes(findings).count("W0351") == 3
    assert result.text.count("# TODO") == 5 + 6
    assert result.text.count("# TODO platform: srlinux, once it has a loopback") == 2
    full, findings = made("netlab", (FILES / "lab.netlab.yml").read_text(), COMMANDS["lab.netlab.yml"].split(" ", 2)[2])
    assert "W0351" not in codes(findings)
    assert {name: node.platform for name, node in full.nodes.items()} == {
        "h1": "none",
        "hub1": "eos",
        "hub2": "eos",
        "odd": "frr",
        "r1": "frr",
        "r2": "iosxr",
    }
    assert len({node.loopback for node in full.nodes.values() if node.loopback}) == 5


def test_the_loader_refuses_at_the_place_in_the_imported_file():
    text = "nodes: [a, b]\nlinks:\n- {a: {ipv4: 10.0.0.1/30}, b: {ipv4: 10.0.0.9/30}}\n"
    topology, findings = made("netlab", text)
    assert topology is None
    (item,) = findings.sorted()
    assert (item.code, item.span.line) == ("E0354", 3)
    assert "are not in one prefix" in item.message


def test_metrics_and_bandwidths_of_both_directions_arrive():
    link = loaded(imported("l3-te.json")[0].text).links["pe1,1,pe2,1"]
    assert (link.igp_metric.ab, link.igp_metric.ba) == (100, 150)
    assert (link.capacity_bps.ab, link.capacity_bps.ba) == (2**30 * 8, 2**29 * 8)
    assert (link.latency_ns.ab, link.srlgs, link.te_metric.ab) == (4_200_000, ("srlg-4711",), 12)
    assert link.a.interface == "ge-0/0/1"


def test_json_with_and_without_names_of_modules_is_the_same():
    text = (FILES / "l3-te.json").read_text()
    document = json.loads(text)
    plain = json.dumps(without_modules(document))
    assert imported("l3-te.json", plain)[0].text == imported("l3-te.json", text)[0].text


def without_modules(value):
    if isinstance(value, dict):
        return {key.rpartition(":")[2]: without_modules(item) for key, item in value.items()}
    return [without_modules(item) for item in value] if isinstance(value, list) else value


def test_of_modules_that_could_be_installed_one_counts_and_its_line_says_so():
    text = imported("rhine.txt")[0].text
    assert "capacity: 155Mbps}  # nothing is installed: one of the smallest modules" in text
    assert text.count("one of the smallest") == 1
