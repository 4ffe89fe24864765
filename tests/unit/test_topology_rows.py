"""Rows that are read at once are read as the parser reads them, whatever stands in and around them."""

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Findings, Source
from intentc.lab.numbering import number_unmanaged
from intentc.topology import rows
from intentc.topology.load import load
from intentc.topology.rows import FEWEST, Rows
from intentc.topology.tree import FieldSpans, Items, Table
from intentc.topology.yaml_reader import parse, read_tree

LINK = '  - {id: L%d, a: "n%d:eth1", b: n1:e/2, addresses: [10.0.0.%d/31], capacity: 1.5%%, labels: {k: [], v: ""}}'
NODE = "  n%d: {loopback: 2001:db8::%d/128, attached: [{prefix: 10.0.%d.0/24}], labels: {}}"
LINES = [
    *[NODE % (number, number, number) for number in range(FEWEST)],
    *["links:", *[LINK % (number, number, number) for number in range(FEWEST + 2)]],
]
TEXT = "\n".join(["name: net", "nodes:", *LINES, ""])


def both(text):
    """What a text is read as, with its rows and without, each with its findings."""
    found, told = [], []
    for read in (
        lambda findings: read_tree(Source("t.yaml", text), findings),
        lambda findings: parse("t.yaml", text, findings),
    ):
        findings = Findings()
        found.append(read(findings))
        told.append(findings.items)
    return found, told


def test_rows_are_read_as_the_parser_reads_them():
    (mine, whole), told = both(TEXT)
    assert set(Rows(TEXT).groups) == {3, FEWEST + 4}
    assert repr(mine) == repr(whole)
    assert told == [[], []]


def test_neighbours_are_not_given_to_the_parser(monkeypatch):
    """All rows but the first of each group are made without it: that is what they are for."""
    given_ = []
    monkeypatch.setattr(
        "intentc.topology.yaml_reader.parse",
        lambda file, text, findings: given_.append(text) or parse(file, text, findings),
    )
    read_tree(Source("t.yaml", TEXT), Findings())
    assert len(given_) == 1
    assert given_[0].count("{id:") == 1
    assert given_[0].count("\n") == TEXT.count("\n")


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("L3,", "L3 ,"),
        TEXT.replace("{id: L3,", "{id: L3, id: L4,"),
        TEXT.replace("  n3:", "  n2:"),
        TEXT.replace("  n3:", "  'n3':"),
        TEXT.replace("links:", "links: |"),
        TEXT.replace("links:", 'links: "'),
        TEXT.replace("links:", "links: ["),
        TEXT.replace("links:", "sites:\n  x:\nlinks: &l"),
        TEXT.replace("links:", "---\nlinks:"),
        TEXT.replace("links:", "nodes:"),
        TEXT.replace("{id: L3", "{: L3").replace("{id: L5", "{!!str id: L5"),
        TEXT.replace("n1:e/2", "n1: e/2"),
        TEXT.replace("n1:e/2", "n1:"),
        TEXT.replace("1.5%", "%1.5"),
        TEXT.replace('""', "''"),
        TEXT.replace('""', '"\\n"'),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("- {", "-\t{"),
        TEXT.replace("id: L3", f"{'k' * 2000}: L3"),
        TEXT.replace("L3", "Lä"),
        TEXT.removesuffix("\n"),
        TEXT.removesuffix("}\n"),
        TEXT.replace("  n", "n").replace("nodes:", ""),
        TEXT.replace("  - ", "- "),
        "\ufeff" + TEXT,
        "a:\n" + TEXT.replace("\n", "\n  "),
        "# {\n" + TEXT.replace("}\n", "}  # a comment\n"),
    ],
)
def test_what_only_looks_like_rows_is_the_parsers(other):
    (mine, _), _ = both(other)
    findings = Findings()
    whole = parse("t.yaml", other.removeprefix("\ufeff"), findings)
    told = Findings()
    assert repr(read_tree(Source("t.yaml", other), told)) == repr(whole) == repr(mine)
    assert told.items == findings.items


MARKS = [
    "{",
    "}",
    "[",
    "]",
    ", ",
    ",",
    ": ",
    ":",
    " ",
    "- ",
    '"',
    "'",
    "#",
    "&a ",
    "*a",
    "!",
    "%",
    "\n",
    "x",
    "0",
    "|",
    "~",
    "<<: ",
    "\\",
    "-",
]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 3), st.sampled_from(MARKS)), min_size=1, max_size=3)
)
@example([(TEXT.index("links"), 0, "  ")])
def test_a_change_anywhere_is_read_as_the_parser_reads_it(changes):
    text = TEXT
    for place, lost, put in changes:
        text = text[:place] + put + text[place + lost :]
    (mine, whole), (told, known) = both(text)
    assert repr(mine) == repr(whole)
    assert told == known


def element_tables(text):
    """The tables of all elements that the text has, by kind and name."""
    tree = parse("t.yaml", text, Findings())
    nodes, links = tree.entries["nodes"].value, tree.entries["links"].value
    yield from (("node", name, entry.value) for name, entry in nodes.entries.items())
    yield from (("link", item.entries["id"].value.text, item) for item in links.items)


def paths_of(node, before=""):
    """The paths of all fields below a table or list."""
    parts = (
        node.entries.items() if isinstance(node, Table) else enumerate(node.items) if isinstance(node, Items) else ()
    )
    for step, part in parts:
        yield f"{before}{step}"
        yield from paths_of(part.value if isinstance(node, Table) else part, f"{before}{step}.")


BLOCKS = """\
nodes:
  # hosts
  r1:
    platform: none
    attached:
      - prefix: 10.1.0.0/24

      - {prefix: 10.2.0.0/24,
     trust: dscp}   # in two lines
  r2: {platform: none,
   loopback: 10.0.0.1/32}

links:
- id: L1
  a: r1:e1
  b: "r2:e1"

  addresses: [10.3.0.0/31,
    10.3.0.1/31]
  capacity: {ab: 1Gbps, ba: 2Gbps}
- {id: L2, a: r1, b: r2, capacity: 1Gbps, labels: {x: 'a
    b'}}
"""
FLOWS = """\
nodes:
  r1: {platform: none, attached: [10.1.0.0/24, {prefix: 10.2.0.0/24, trust: dscp}]}
  r2: {platform: none}
links:
""" + "\n".join(f"  - {{id: L{number}, a: r1, b: r2, capacity: {{ab: 1Gbps, ba: 2Gbps}}}}" for number in range(20))


@pytest.mark.parametrize(
    "text", [BLOCKS, FLOWS, "\ufeff" + FLOWS, BLOCKS.replace("platform: none\n", "platform: &p none\n")]
)
def test_places_are_found_again(text):
    """Where a field stands is what it was while the whole file was read; the trees need not be kept for that."""
    findings = Findings()
    topology = load([Source("t.yaml", text)], findings)
    assert topology is not None, findings.items
    checked = 0
    for kind, name, table in element_tables(text.removeprefix("\ufeff")):
        places, known = topology.places[kind, name], FieldSpans(table)
        assert (list(places), len(places)) == (list(known), len(known))
        for path in paths_of(table):
            assert places[path] == known[path]
            checked += 1
        assert places.get("nothing") is None
        assert isinstance(places, FieldSpans) is ("&" in text)
    assert checked > 20


def test_a_network_that_names_and_addresses_all_is_left_as_it_is():
    text = FLOWS.replace(
        "platform: none, attached: [10.1.0.0/24, {prefix: 10.2.0.0/24, trust: dscp}]", "platform: none"
    )
    named = "\n".join(
        line.replace("a: r1, b: r2,", f"a: 'r1:e{at}', b: 'r2:e{at}', addresses: [10.0.{at}.0/31, 10.0.{at}.1/31],")
        for at, line in enumerate(text.split("\n"))
    )
    whole, open_ = (load([Source("t.yaml", each)], Findings()) for each in (named, text))
    assert number_unmanaged(whole, Findings()) is whole
    assert number_unmanaged(open_, Findings()) is not open_


def test_the_python_parser_gives_the_same(monkeypatch):
    monkeypatch.setattr("intentc.topology.yaml_reader._PARSER", yaml.BaseLoader)
    (mine, whole), told = both(TEXT)
    assert repr(mine) == repr(whole)
    assert told == [[], []]
    assert rows.FEWEST <= 16
