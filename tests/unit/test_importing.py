"""Files of other tools become topologies: what each format says arrives, what it does not say is said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support_importing import COMMANDS, FILES, imported, loaded, options_of

from intentc.diagnostics import Findings, Source
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.importing import FORMATS, formats
from intentc.importing.imports import import_topology
from intentc.importing.model import Options
from intentc.lab.clab import clab_topology
from intentc.lab.devices import with_endpoints
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
    layout = lay_out(topology, options)
    built, text = layout.topology, clab_topology(layout, "lab", options, with_endpoints(layout, options))
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
    assert {kind: options_of("containerlab f")[1].target_of(kind) for kind in kinds} == kinds
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
    "groups of links": (
        "netlab",
        "nodes: [a]\ngroups: {g: {members: [b]}}\nlinks: [{group: x, members: [a-b]}]",
        "E0351",
    ),
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
    for text in (
        f"{bomb}]><graphml><graph><node id='&g;'/></graph></graphml>",
        "<!DOCTYPE g [<!ENTITY a 'b'>]><graphml/>",
    ):
        _, findings = made("graphml", text)
        assert messages(findings, "E0350") == ["entities of one's own are not read"]


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


def test_what_the_file_calls_a_system_is_no_more_than_a_remark():
    document = {"nodes": {"a": {"device": "x\ny\u2028z: {platform: frr}"}, "b": {"device": "y" * 999}}}
    result = import_topology("netlab", Source("f", json.dumps(document)), Findings(), Options())
    assert [line[:10] for line in result.text.splitlines()[2:4]] == ["  a: {plat", "  b: {plat"]
    assert max(map(len, result.text.splitlines())) < 400
    assert {name: node.platform for name, node in loaded(result.text).nodes.items()} == {"a": "none", "b": "none"}


EXAMPLE = re.compile(r"    bad:   (.*?)    good:  (.*)", re.DOTALL)
AS_WHOLE = {
    "E0350": ("rfc8345", "{}"),
    "E0351": ("netlab", "{}"),
    "E0352": ("netlab", "nodes: [r1, r2, r3, sw]\n{}"),
    "E0354": ("containerlab", "topology:\n  nodes: {{r1: , r2: , r3: }}\n  links:\n{}"),
}


@pytest.mark.parametrize("code", AS_WHOLE)
def test_examples_of_the_catalogue_do_what_they_say(code):
    format_, whole = AS_WHOLE[code]
    for example, is_bad in zip(EXAMPLE.search(CATALOGUE[code].explanation).groups(), (True, False), strict=True):
        lines = [line.removeprefix(" " * 11) for line in example.rstrip().splitlines()]
        if code == "E0354":
            lines = [f"    - {line}" for line in lines]
        _, findings = made(format_, whole.format("\n".join(lines)))
        assert (code in codes(findings)) is is_bad
        assert findings.has_errors is is_bad


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


def test_nodes_that_only_a_group_names_are_there_where_netlab_makes_them():
    text = "nodes: [a]\ngroups: {g: {_auto_create: true, members: [b], role: spine}, h: {members: [c]}}\nlinks: [a-b]"
    topology, _ = made("netlab", text)
    assert {name: node.role for name, node in topology.nodes.items()} == {"a": None, "b": "spine"}
    text = "groups: {_auto_create: True, g: {members: [a], role: x}, h: {members: [a, b], role: y}}\nlinks: [a-b]"
    topology, _ = made("netlab", text)
    assert {name: node.role for name, node in topology.nodes.items()} == {"a": "x", "b": "y"}


def test_an_igp_that_is_switched_off_on_a_link_is_told():
    topology, findings = made("netlab", "nodes: [a, b]\nlinks: [{a: , b: , isis: False, ospf.cost: 7}]")
    assert topology.links["a--b"].igp_metric.ab == 7
    assert messages(findings, "N0351") == ["not taken over: `isis` of links that is no mapping"]


def test_a_hyperedge_that_the_zoo_has_as_a_node_is_one_with_a_warning():
    text = (FILES / "zoo.graphml").read_text().replace("</graph>", "<node id='9'><data key='h'>1</data></node></graph>")
    text = text.replace("<graph ", "<key id='h' attr.name='hyperedge' for='node'><default>0</default></key><graph ")
    result, findings = imported("zoo.graphml", text)
    assert "a node stands for a network that several nodes share" in " ".join(messages(findings, "W0351"))
    assert "  9: {platform: none, labels: {hyperedge: true}}" in result.text.replace('"9"', "9")


def test_data_that_elements_lack_is_that_of_their_key():
    text = (
        "<graphml><key id='c' for='edge' attr.name='capacity'><default>3Gbps</default></key><graph>"
        "<node id='a'/><node id='b'/><edge source='a' target='b'/>"
        "<edge source='a' target='b'><data key='c'>5Gbps</data></edge></graph></graphml>"
    )
    topology, _ = made("graphml", text, "--latency 1ms")
    assert sorted(link.capacity_bps.ab for link in topology.links.values()) == [3 * 10**9, 5 * 10**9]


def test_a_link_to_what_is_no_node_names_it():
    _, findings = made("netlab", "nodes: [a]\nlinks: [{leaf1: , leaf2: {ifname: e1}, bandwidth: 5}]")
    (item,) = (item for item in findings.sorted() if item.is_error)
    assert (item.message, item.help) == ("a link with 0 ends", ("no nodes are `leaf1`, `leaf2`",))


def test_plugins_of_netlab_may_add_what_the_file_does_not_have():
    topology, findings = made("netlab", "plugin: [fabric]\nnodes: [a, b]\nlinks: [a-b]")
    assert topology is not None
    assert messages(findings, "W0351") == ["the plugins of the file may add nodes and links that do not stand in it"]
