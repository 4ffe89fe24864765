import pytest
import yaml

from intentc.diagnostics import Findings, Source
from intentc.topology import yaml_reader
from intentc.topology.scalars import value_of
from intentc.topology.tree import FieldSpans, Items, Scalar, Table
from intentc.topology.yaml_reader import read_tree

PARSERS = [pytest.param(yaml.BaseLoader, id="python")]
if hasattr(yaml, "CBaseLoader"):
    PARSERS.append(pytest.param(yaml.CBaseLoader, id="c"))


@pytest.fixture(params=PARSERS, autouse=True)
def _parser(request, monkeypatch):
    monkeypatch.setattr(yaml_reader, "_PARSER", request.param)


def read(text):
    findings = Findings()
    return read_tree(Source("t.yaml", text), findings), findings.items


def plain(node):
    """The tree as plain values."""
    if isinstance(node, Table):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return value_of(node) if isinstance(node, Scalar) else "refused"


def only(text):
    tree, items = read(text)
    assert len(items) == 1, [item.message for item in items]
    return tree, items[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"null"', "null"),
        ("'12'", "12"),
        ("12", 12),
        ("-3", -3),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2027-01-31", "2027-01-31"),
        ("4.2", 4.2),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("10Gbps", "10Gbps"),
        ("2001:db8::/64", "2001:db8::/64"),
        ("1" * 5000, "1" * 5000),
        ("1e999", "1e999"),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(written, meant):
    tree, items = read(f"value: {written}\n")
    assert items == []
    assert plain(tree) == {"value": meant}


def test_ipv6_prefixes_stand_in_flow_lists_without_quotes():
    tree, _ = read("p: [2001:db8::/64, fe80::1/64]\n")
    assert plain(tree) == {"p": ["2001:db8::/64", "fe80::1/64"]}


def test_columns_count_characters():
    tree, _ = read('"日本é": {b: x}\n')
    span = tree.entries["日本é"].value.entries["b"].key.span
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 9, 1, 10)


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_lines_are_those_that_an_editor_shows(ending, mark):
    tree, items = read(mark + ending.join(["a: 1", "b:", "  c: 2", ""]))
    assert items == []
    span = tree.entries["b"].value.entries["c"].value.span
    assert (span.file, span.line, span.column, span.end_column) == ("t.yaml", 3, 6, 7)


def test_field_spans_follow_a_path():
    tree, _ = read("m: {host: x}\nl: [p, q]\n")
    spans = FieldSpans(tree)
    assert spans["m.host"].column == 11
    assert spans["l.1"].line == 2
    assert spans["l"].column == 4
    assert "l.2" not in spans
    assert "m.port" not in spans
    assert "m.host.x" not in spans
    assert list(spans) == ["m", "l"]
    assert len(spans) == 2


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\n\n"], ids=["empty", "comment", "start", "blank"])
def test_a_file_without_content_is_an_empty_table(text):
    tree, items = read(text)
    assert plain(tree) == {}
    assert items == []


@pytest.mark.parametrize("text", ["- a\n", "just text\n"])
def test_a_document_that_is_no_mapping_is_refused(text):
    tree, finding = only(text)
    assert tree is None
    assert finding.code == "E0305"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: [1, 2\nb: 3\n", 2, 2),
        ("a:\n\t- x\n", 2, 1),
        ("a: b: c\n", 1, 5),
        ('a: "open\n', 2, 1),
        ("a: @x\n", 1, 4),
    ],
    ids=["bracket", "tab", "colon", "quote", "at"],
)
def test_what_is_not_yaml_is_one_finding_at_its_place(text, line, column):
    tree, finding = only(text)
    assert tree is None
    assert finding.code == "E0301"
    assert (finding.span.line, finding.span.column) == (line, column)
    assert "\n" not in finding.message


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x85", "\u2028", "\ufeff", "\ufffe", "\ud800"])
def test_invisible_characters_are_refused_at_their_place(character):
    tree, finding = only(f"a: 1\nbc: x{character}y\n")
    assert tree is None
    assert finding.code == "E0301"
    assert (finding.span.line, finding.span.column) == (2, 6)
    assert f"U+{ord(character):04X}" in finding.message


def test_a_duplicate_key_names_both_places_and_the_first_counts():
    tree, finding = only("a: 1\nb: 2\na: 3\n")
    assert finding.code == "E0302"
    assert finding.span.line == 3
    assert finding.related[0].span.line == 1
    assert plain(tree) == {"a": 1, "b": 2}


def test_quoted_and_plain_spellings_of_a_key_are_the_same_key():
    assert only('{a: 1, "a": 2}\n')[1].code == "E0302"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a: !!str 5\nb: 1\n", {"a": "refused", "b": 1}),
        ("a: !include x.yaml\n", {"a": "refused"}),
        ("a: !!python/object/apply:os.system [x]\nb: 1\n", {"a": ["x"], "b": 1}),
        ("a: &x {k: 1}\nb: {<<: *x, l: 2}\n", {"a": {"k": 1}, "b": {"l": 2}}),
        ("a: *nowhere\nb: 1\n", {"a": "refused", "b": 1}),
        ("a: &x {k: *x}\n", {"a": {"k": "refused"}}),
        ("a: &x [1]\nb: &x {k: *x}\n", {"a": [1], "b": {"k": "refused"}}),
        ("? [a, b]\n: 1\nc: 2\n", {"c": 2}),
        ("? {a: b}\n: 1\nc: 2\n", {"c": 2}),
    ],
    ids=["tag", "include", "python", "merge", "unknown", "recursive", "renamed", "list key", "table key"],
)
def test_yaml_beyond_the_core_is_refused_in_its_place(text, rest):
    tree, finding = only(text)
    assert finding.code == "E0303"
    assert plain(tree) == rest


def test_a_second_document_is_refused():
    tree, finding = only("a: 1\n---\nb: 2\n")
    assert tree is None
    assert (finding.code, finding.span.line) == ("E0303", 2)


def test_another_version_of_yaml_is_refused():
    assert only("%YAML 1.1\n---\na: no\n")[1].code == "E0303"


def test_version_1_2_may_be_declared():
    tree, items = read("%YAML 1.2\n---\na: no\n")
    assert items == []
    assert plain(tree) == {"a": "no"}


def test_aliases_stand_for_the_same_value():
    tree, items = read("a: &x {k: [1, 2]}\nb: *x\nc: &name text\nd: *name\n*name : 3\n")
    assert items == []
    assert plain(tree) == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}, "c": "text", "d": "text", "text": 3}


def test_a_billion_laughs_end_early():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    tree, finding = only("\n".join(lines) + "\n")
    assert tree is None
    assert finding.code == "E0303"
    assert "unfold" in finding.message


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 1000, "- " * 500 + "x\n"], ids=["lists", "tables", "block"])
def test_depth_is_limited(text):
    tree, finding = only("k: " + text if text[0] != "-" else text)
    assert tree is None
    assert finding.code == "E0303"
    assert "deep" in finding.message


def test_depth_that_is_allowed_is_read():
    tree, items = read("k: " + "[" * 31 + "]" * 31)
    assert items == []
    assert isinstance(tree, Table)
