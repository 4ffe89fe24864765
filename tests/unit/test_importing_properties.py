"""Statements over made-up files: nothing that they say breaks an import, and no name in them becomes anything but a name."""

from __future__ import annotations

import json
import random
from xml.sax.saxutils import quoteattr

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_importing import COMMANDS, FILES, imported, loaded, options_of

from intentc.diagnostics import Findings, Source
from intentc.importing.imports import import_topology
from intentc.importing.json_tree import read_json
from intentc.importing.naming import legal_names
from intentc.importing.text import flow, quantity
from intentc.topology.names import DEVICE_NAME, NAME
from intentc.topology.quantities import Measure, parse_quantity
from intentc.topology.scalars import value_of
from intentc.topology.tree import Items, Scalar, Table
from intentc.topology.yaml_reader import read_tree

HOSTILE = [
    "no",
    "null",
    "1.0",
    "",
    " ",
    "a: b",
    "x}, y: {platform: frr",
    'q"uote',
    "back\\slash",
    "line\nbreak: {}",
    "# comment",
    "../../etc/passwd",
    "-rf",
    "\u202egnp.exe",
    "\ufeff",
    "Zürich",
    "東京",
    "{{ jinja }}",
    "${ENV}",
    "a" * 300,
    "&anchor",
    "*alias",
    "!tag",
    "%YAML",
    "a--b",
    "a#2",
]
NAMES = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=12), st.from_regex(r"[a-z][a-z0-9.-]{0,8}", fullmatch=True)
)
WRITABLE = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")  # what XML can hold


def places(findings, text):
    """Every place that is named is one in the text."""
    count = text.count("\n") + text.count("\r") + 1
    for item in findings.items:
        if item.span is not None:
            assert 1 <= item.span.line <= count + 1
            assert item.span.column >= 1


# -- mutilated files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
@settings(max_examples=40)
@given(data=st.data())
def test_no_mutilated_file_breaks_an_import(name, data):
    text = (FILES / name).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        new = data.draw(st.one_of(st.text(max_size=4), st.text("{}[]():,&*!#'\"\n -<>/=0123456789.eE", max_size=8)))
        text = text[:start] + new + text[end:]
    text = text.encode(errors="replace").decode()
    result, findings = imported(name, text)
    assert (result.text is None) == findings.has_errors
    places(findings, text)
    if result.text is not None:
        loaded(result.text)
        assert imported(name, text)[0].text == result.text


@pytest.mark.parametrize("name", COMMANDS)
def test_no_file_that_was_cut_off_or_lost_a_line_breaks_an_import(name):
    text = (FILES / name).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    chance = random.Random(name)  # noqa: S311  (the same wounds in every run)
    wounded = [text[: chance.randrange(len(text))] for _ in range(12)]
    wounded += ["".join(lines[:at] + lines[at + 1 :]) for at in chance.sample(range(len(lines)), min(12, len(lines)))]
    wounded += [text.swapcase(), text * 2, text[::-1], "\x00" + text, ""]
    for other in wounded:
        result, findings = imported(name, other)
        assert (result.text is None) == findings.has_errors
        places(findings, other)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.endswith((".json", ".yml"))])
@settings(max_examples=25)
@given(data=st.data())
def test_values_of_another_kind_are_findings(name, data):
    """Every value of a JSON or YAML file may be replaced by one of any other kind."""
    text = (FILES / name).read_text(encoding="utf-8")
    document = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    at, path = document, []
    while isinstance(at, dict | list) and at and (not path or data.draw(st.integers(0, 4))):
        key = data.draw(st.sampled_from(sorted(at, key=str) if isinstance(at, dict) else range(len(at))))
        path.append((at, key))
        at = at[key]
    holder, key = path[-1]
    holder[key] = data.draw(
        st.sampled_from([None, True, -1, 1e300, "", "x", [], [[]], {}, {"a": {}}, [None], "1" * 50])
    )
    result, findings = imported(name, json.dumps(document))
    assert (result.text is None) == findings.has_errors
    if result.text is not None:
        loaded(result.text)


# -- names -------------------------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.lists(NAMES, unique=True, max_size=8), st.sampled_from([DEVICE_NAME, NAME]))
@example(["a b", "a-b", "a-b-2", "a/b", "x" * 70 + "1", "x" * 70 + "2"], DEVICE_NAME)
def test_names_become_allowed_ones_of_their_own_and_allowed_ones_stay(names, rule):
    found = legal_names(names, rule)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(rule.allows(name) and name.isprintable() for name in found.values())
    assert all(found[name] == name for name in names if rule.allows(name) and name.isprintable())


@settings(max_examples=60)
@given(st.lists(NAMES, unique=True, min_size=2, max_size=5), NAMES)
def test_no_name_of_a_json_file_becomes_anything_else(names, other):
    names = [name for name in names if name.strip()]
    nodes = [{"node-id": name} for name in names]
    ways = [(names[0], names[-1]), (names[-1], names[0])] if len(names) > 1 else []
    links = [
        {
            "link-id": f"{other}{number}",
            "source": {"source-node": a, "source-tp": other},
            "destination": {"dest-node": b, "dest-tp": other},
        }
        for number, (a, b) in enumerate(ways)
    ]
    network = {"network-id": other, "node": nodes, "ietf-network-topology:link": links}
    unchanged(json.dumps({"ietf-network:networks": {"network": [network]}}), "rfc8345", names, len(links) // 2)


@settings(max_examples=60)
@given(
    st.lists(
        st.text(WRITABLE, min_size=1, max_size=9) | st.sampled_from([n for n in HOSTILE if n.strip()]), unique=True
    ),
    st.text(WRITABLE, max_size=6),
)
def test_no_name_of_an_xml_file_becomes_anything_else(names, country):
    names = [name for name in names if name.strip() == name and "\n" not in name and name]
    nodes = "".join(f"<node id={quoteattr(name)}><data key={quoteattr(country)}>1</data></node>" for name in names)
    edges = f"<edge source={quoteattr(names[0])} target={quoteattr(names[-1])}/>" if len(names) > 1 else ""
    text = f"<graphml><key id={quoteattr(country)} attr.name='Country'/><graph>{nodes}{edges}</graph></graphml>"
    unchanged(text, "graphml", names, int(len(names) > 1))


@settings(max_examples=60)
@given(st.lists(NAMES, unique=True, min_size=1, max_size=4))
def test_no_name_of_a_yaml_file_becomes_anything_else(names):
    names = [name for name in names if name and name.isprintable() and "." not in name and name.strip() == name]
    unchanged(json.dumps({"nodes": {name: {"role": name} for name in names}}, ensure_ascii=False), "netlab", names, 0)


def unchanged(text, format_, names, links):
    """What comes out has just these nodes, each with the name that the file has, or with it in a label."""
    findings = Findings()
    options = options_of(f"{format_} f --capacity 1Gbps --latency 1ms --platform none")[1]
    result = import_topology(format_, Source("f\n- evil: [", text), findings, options)
    if result.text is None:
        assert {item.code for item in findings.items if item.is_error} <= {
            "E0301",
            "E0302",
            "E0303",
            "E0350",
            "E0351",
            "E0352",
        }
        return
    topology = loaded(result.text)
    assert len(topology.nodes) == len(names)
    assert len(topology.links) == links
    seen = {str(node.labels.get("imported_name", node.name)) for node in topology.nodes.values()}
    short = {"".join(c if c.isprintable() else " " for c in name.strip())[:256].strip() for name in names}
    hidden = {node.name for node in topology.nodes.values() if node.name.startswith("unnamed")}
    assert seen - hidden <= short


# -- notations ---------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


def plain(node):
    if isinstance(node, Table):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return json.loads(node.text) if node.is_plain else node.text


@settings(max_examples=80)
@given(JSON, st.sampled_from([None, 2, "\t"]))
def test_json_means_what_the_library_says(value, indent):
    findings = Findings()
    text = json.dumps(value, indent=indent)
    assert plain(read_json(Source("f", text), findings)) == json.loads(text)
    assert not findings.items


@settings(max_examples=60)
@given(st.text('{}[]",:0123456789.eE-+ \n\\untrfalse', max_size=20))
@example("01")
@example("[1,]")
@example('{"a":1,}')
@example("1 2")
def test_json_is_refused_where_the_library_refuses_it(text):
    findings = Findings()
    node = read_json(Source("f", text), findings)
    try:
        json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert node is None
        assert [item.code for item in findings.items] == ["E0350"]
    else:
        assert node is not None


@settings(max_examples=80)
@given(st.text(max_size=8) | st.sampled_from(HOSTILE))
def test_texts_are_read_back_as_they_were(text):
    text = text.encode(errors="replace").decode()
    findings = Findings()
    tree = read_tree(Source("f", f"{{{flow(text)}: {flow([text])}}}"), findings)
    if text == "<<":  # no key of YAML 1.2 files; no name of a topology either
        return
    assert not findings.items, [item.message for item in findings.items]
    ((key, entry),) = tree.entries.items()
    (item,) = entry.value.items
    assert (key, item.text) == (text, text)
    if not (text[:1].isdigit() and item.is_plain):  # quantities and addresses are plain, and texts to their fields
        assert value_of(item) == text


@settings(max_examples=80)
@given(st.integers(1, 2**63 - 1), st.sampled_from([Measure.TIME, Measure.RATE, Measure.RATIO]))
def test_quantities_are_exact(value, measure):
    assert parse_quantity(quantity(value, measure), measure) == value
