"""The published schema and the loader say the same of the shape of a file."""

import json
from pathlib import Path

import jsonschema
import pytest
from support_topology import SMALL, load_texts
from test_topology_findings import BASE, CASES
from test_topology_load import EVERYTHING

import intentc.topology
from intentc.diagnostics import Findings, Source
from intentc.topology import names
from intentc.topology.attachments import ATTACHMENT_FIELDS, MANAGEMENT_FIELDS
from intentc.topology.defaults import DEFAULTS_FIELDS, LARGEST_METRIC, LARGEST_MTU, SMALLEST_MTU
from intentc.topology.document import SECTIONS
from intentc.topology.flex_algos import FLEX_ALGO_FIELDS, LARGEST_TE_METRIC, NUMBER
from intentc.topology.link_ends import LINK_FIELDS
from intentc.topology.link_fields import UPGRADE_FIELDS
from intentc.topology.nodes import NODE_FIELDS, SEGMENT_ROUTING_FIELDS
from intentc.topology.routing import BFD_FIELDS, COLLECTOR_FIELDS, ROUTING_FIELDS
from intentc.topology.scalars import value_of
from intentc.topology.sites import SITE_FIELDS
from intentc.topology.tree import Items, Scalar, Table
from intentc.topology.yaml_reader import read_tree

SCHEMA = json.loads((Path(intentc.topology.__file__).parent / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DEFS = SCHEMA["$defs"]

# Codes of what a file alone can be wrong in; the others need references, arithmetic or other files.
SHAPE = {"E0304", "E0305", "E0306", "E0307", "E0308", "E0311", "E0337"}
# What the loader sees and a schema cannot say.
BEYOND = {
    "metric too large for ospf",  # depends on another section
    "more than everything lost",
    "uneven hashing",
    "bfd too fast",
    "bfd finer than µs",
    "block backwards",
    "link without capacity",  # may stand in the defaults, in another file, or below a tunnel
    "node without platform",
}


def as_json(text):
    """The document as a JSON validator of an editor sees it: YAML 1.2, keys as text."""
    findings = Findings()
    tree = read_tree(Source("t.yaml", text), findings)
    assert tree is not None
    return plain(tree)


def plain(node):
    if isinstance(node, Table):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return value_of(node) if isinstance(node, Scalar) else None


def accepts(text):
    return VALIDATOR.is_valid(as_json(text))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("properties", "known"),
    [
        (SCHEMA["properties"], SECTIONS),
        (DEFS["defaults"]["properties"], DEFAULTS_FIELDS),
        (DEFS["site"]["properties"], SITE_FIELDS),
        (DEFS["node"]["properties"], NODE_FIELDS),
        (DEFS["link"]["properties"], LINK_FIELDS),
        (DEFS["collector"]["properties"], COLLECTOR_FIELDS),
        (DEFS["bfd"]["properties"], BFD_FIELDS),
        (SCHEMA["properties"]["routing"]["properties"], ROUTING_FIELDS),
        (DEFS["node"]["properties"]["segment_routing"]["properties"], SEGMENT_ROUTING_FIELDS),
        (DEFS["node"]["properties"]["management"]["properties"], MANAGEMENT_FIELDS),
        (DEFS["node"]["properties"]["attached"]["items"]["anyOf"][1]["properties"], ATTACHMENT_FIELDS),
        (DEFS["link"]["properties"]["upgrade"]["properties"], UPGRADE_FIELDS),
        (DEFS["flexAlgo"]["properties"], FLEX_ALGO_FIELDS),
    ],
)
def test_both_know_the_same_fields(properties, known):
    assert set(properties) == known


def objects(schema, path=""):
    """Every subschema, with its path."""
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from objects(value, f"{path}/{index}")


FIELDS = [
    (f"{path}/{name}", field)
    for path, schema in objects(SCHEMA)
    if "properties" in schema and set(schema["properties"]) != {"ab", "ba"} and not path.endswith("/properties")
    for name, field in schema["properties"].items()
]


@pytest.mark.parametrize(("path", "field"), FIELDS, ids=[path for path, _ in FIELDS])
def test_every_field_is_described(path, field):
    target = DEFS[field["$ref"].removeprefix("#/$defs/")] if "$ref" in field else field
    described = (
        field.get("description") or target.get("description") or SCHEMA["$defs"][path.rsplit("/", 1)[-1]]["description"]
    )
    assert described.endswith(".")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("deviceName", names.DEVICE_NAME),
        ("interfaceName", names.INTERFACE_NAME),
        ("name", names.NAME),
        ("text", names.TEXT),
    ],
)
def test_both_allow_the_same_characters(name, rule):
    assert DEFS[name]["pattern"] == f"^({rule.pattern.pattern})$"


def test_both_have_the_same_limits():
    assert (DEFS["mtu"]["minimum"], DEFS["mtu"]["maximum"]) == (SMALLEST_MTU, LARGEST_MTU)
    assert DEFS["metric"]["maximum"] == max(LARGEST_METRIC.values())
    assert DEFS["teMetric"]["maximum"] == LARGEST_TE_METRIC


@pytest.mark.parametrize("where", [SCHEMA["properties"]["routing"], DEFS["node"]["properties"]["segment_routing"]])
def test_both_have_the_same_numbers_of_algorithms(where):
    assert where["properties"]["flex_algos"]["propertyNames"]["pattern"] == f"^({NUMBER.pattern})$"


GOOD = {
    "small": SMALL,
    "base": BASE,
    "everything": EVERYTHING,
    "empty sections": "defaults: {platform: none}\nregions:\nsites:\n  x:\nnodes:\n  r1:\nlinks:\ncollectors:\nrouting:\n",
    "norway": SMALL.replace("[de, nl]", "[de, no]").replace("region: nl", "region: no"),
    "numbers as names": SMALL.replace("ams", "0012"),
    "regions as a tree": SMALL.replace("eu: [de, nl]", "eu: {de: [by, {be: mitte}], nl: }"),
    "regions as a list": SMALL.replace("regions:\n  eu: [de, nl]", "regions: [de, {nl: }, eu]"),
    "one region below": SMALL.replace("eu: [de, nl]", "eu: de\n  nl: "),
    "open end": SMALL.replace("latency: 4ms", "latency: 4ms, addresses: [null, 10.0.0.1/31]"),
    "unicode": SMALL.replace("ams", "köln-南").replace("name: small", 'name: "Netz Süd"'),
    "bytes": SMALL.replace("latency: 4ms", "latency: 4 ms, queue: 9000, overhead: 24B"),
    "an algorithm without fields": SMALL + "routing: {flex_algos: {128: }}\n",
    "aliases": SMALL.replace("capacity: 10Gbps", "capacity: &c 10Gbps, background: *c"),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_both_accept(text):
    topology, findings = load_texts(text)
    assert topology is not None
    assert not findings.has_errors, [item.message for item in findings.items]
    VALIDATOR.validate(as_json(text))


SHAPED = {name: text for name, (code, _, text) in CASES.items() if code in SHAPE and name not in BEYOND}
OTHERS = {
    name: text
    for name, (code, _, text) in CASES.items()
    if code not in SHAPE | {"E0302", "E0309", "E0310"} or name in BEYOND
}


@pytest.mark.parametrize("text", SHAPED.values(), ids=SHAPED.keys())
def test_both_refuse(text):
    assert not accepts(text)


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_what_needs_more_than_one_place_is_the_loaders_alone(text):
    assert accepts(text)
