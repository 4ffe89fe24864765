"""Statements over generated topologies: order means nothing, and nothing that is written can break the loader."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from support_topology import SMALL, without_places
from test_topology_load import EVERYTHING

from intentc.diagnostics import Findings, Source
from intentc.topology.load import load

REGIONS = ["eu", "de", "nl", "us"]
SITES = ["fra", "ams", "nyc", "s10", "s9"]
NODES = [f"r{number}" for number in range(1, 9)]


@st.composite
def networks(draw):
    """Sections of a sound network, with several parallel links and a tunnel now and then."""
    sites = {
        name: {"region": draw(st.sampled_from(REGIONS[1:])), "location": [draw(st.integers(-90, 90)), 7]}
        for name in SITES
    }
    nodes = {
        name: {
            "site": draw(st.sampled_from(SITES)),
            "loopback": f"10.255.0.{number}/32",
            "labels": {"b": number, "a": draw(st.booleans())},
            "attached": draw(st.sampled_from([[], [f"10.{number}.0.0/24"], ["10.99.0.0/24"]])),
        }
        for number, name in enumerate(NODES, 1)
    }
    pairs = draw(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), min_size=1, max_size=12))
    links = [
        {
            "a": f"{a}:e{number}",
            "b": f"{b}:f{number}",
            "capacity": f"{number + 1}Gbps",
            "srlg": draw(st.sampled_from([[], ["d2", "d1"]])),
        }
        for number, (a, b) in enumerate(pairs)
        if a != b
    ]
    if links:
        links += [links[0] | {"id": "T", "a": links[0]["a"] + "t", "b": links[0]["b"] + "t", "over": ["under"]}]
        links[0] |= {"id": "under"}
    return {
        "name": "net",
        "regions": {"eu": ["de", "nl"], "us": []},
        "defaults": {"platform": "frr", "mtu": 9000},
        "routing": {"igp": "isis"},
        "sites": sites,
        "nodes": nodes,
        "links": links,
    }


def shuffled(draw, value):
    """The same value with the keys of all its mappings in another order."""
    if isinstance(value, dict):
        return {key: shuffled(draw, value[key]) for key in draw(st.permutations(sorted(value)))}
    return [shuffled(draw, item) for item in value] if isinstance(value, list) else value


def meaning(documents):
    """What the files mean, and the codes of what they are told."""
    findings = Findings()
    sources = [Source(f"{name}.yaml", json.dumps(document)) for name, document in documents]
    topology = load(sources, findings)
    return without_places(topology), sorted((item.code, item.message) for item in findings.items)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_of_keys_and_files_changes_nothing(data):
    network = data.draw(networks())
    names = data.draw(st.lists(st.sampled_from("abc"), min_size=len(network), max_size=len(network)))
    split = {name: {} for name in "abc"}
    for (section, value), name in zip(network.items(), names, strict=True):
        split[name][section] = value
    once = meaning(list(split.items()))
    again = [
        (name, shuffled(data.draw, document)) for name, document in data.draw(st.permutations(list(split.items())))
    ]
    assert meaning(again) == once


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_nodes_may_be_spread_over_files(data):
    network = data.draw(networks())
    whole = {name: data.draw(st.booleans()) for name in network["nodes"]}
    parts = [{key: value for key, value in network["nodes"].items() if whole[key] is half} for half in (True, False)]
    rest = {key: value for key, value in network.items() if key != "nodes"}
    once = meaning([("a", network), ("b", {}), ("c", {})])
    assert meaning([("a", rest), ("b", {"nodes": parts[0]}), ("c", {"nodes": parts[1]})]) == once


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_mutilated_file_breaks_the_loader(data):
    text = data.draw(st.sampled_from([SMALL, EVERYTHING]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    text = (
        text[:start] + data.draw(st.one_of(st.text(max_size=4), st.text("{}[]:,&*!#'\"\n -", max_size=6))) + text[end:]
    )
    findings = Findings()
    topology = load([Source("t.yaml", text)], findings)
    assert topology is not None or findings.has_errors
    if topology is not None:
        topology.graph()
        assert all(link.a.node in topology.nodes and link.b.node in topology.nodes for link in topology.links.values())
        assert all(node.site is None or node.site in topology.sites for node in topology.nodes.values())
        assert set(topology.riders) == set(topology.links)
    lines = text.split("\n")
    assert all(1 <= item.span.line <= len(lines) + 1 for item in findings.items)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["r1", "r2", "de", "10Gbps", "4ms"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "id", "site", "region", "capacity", "r1", "r2", "over", "attached", "prefix"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["nodes", "links", "sites", "regions", "defaults", "routing", "collectors", "name"]), JSON
    )
)
def test_no_document_of_any_shape_breaks_the_loader(document):
    findings = Findings()
    topology = load([Source("t.yaml", json.dumps(document))], findings)
    assert topology is not None or findings.has_errors
