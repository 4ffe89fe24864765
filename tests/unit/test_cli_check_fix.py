"""`intentc check --fix`, and when an answer is certain."""

import subprocess
import sys

import pytest

from intentc.diagnostics import Findings, Source, Span
from intentc.language import ast
from intentc.language.parser import parse
from intentc.resolve.suggest import certain_fix, is_slip
from intentc.whynot.texts import apply_edits

NET = """
name: net
regions: {eu: []}
routing: {igp: isis}
defaults: {platform: frr, release: "8.4"}
sites: {berlin: {region: eu}, munich: {region: eu}}
nodes:
  b1: {site: berlin, loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: eth9, trust: none}]}
  m1: {site: munich, loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: eth9, trust: none}]}
links:
  - {id: l1, a: b1, b: m1, capacity: 1Gbps, latency: 1ms}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "intentc.toml").write_text('[project]\nname = "p"\ntopology = ["net.yaml"]\nintents = ["*.intent"]\n')
    (tmp_path / "net.yaml").write_text(NET)
    return tmp_path


def check(project, *arguments):
    run = subprocess.run(
        [sys.executable, "-m", "intentc", "-C", str(project), "check", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr


def test_certain_mistakes_are_mended_and_the_rest_is_said(project):
    path = project / "a.intent"
    path.write_bytes(
        b"\xef\xbb\xbf# \xc3\xbcber\r\nintent a { from Berlin to munch priority hihg latency <= 5 msec }\r\nintent b { from nowhere to munich }\r\n"
    )
    status, shown, said = check(project, "--fix")
    assert path.read_bytes() == (
        b"\xef\xbb\xbf# \xc3\xbcber\r\nintent a { from berlin to munich priority high latency <= 5 ms }\r\nintent b { from nowhere to munich }\r\n"
    )
    assert "a.intent: 1 edit made" in said
    assert status == 1
    assert "nowhere" in shown


def test_without_it_nothing_is_written(project):
    path = project / "a.intent"
    path.write_text("intent a { from Berlin to munich }\n")
    assert check(project)[0] == 1
    assert path.read_text() == "intent a { from Berlin to munich }\n"
    assert check(project, "--fix")[0] == 0
    assert path.read_text() == "intent a { from berlin to munich }\n"


SLIPS = [
    ("Berlin", "berlin"),
    ("fra_dc", "fra-dc"),
    ("berln", "berlin"),
    ("berliin", "berlin"),
    ("brelin", "berlin"),
    ("berlim", "berlin"),
]
DOUBTS = [
    ("fra-dc3", "fra-dc1"),
    ("fra-dc", "fra-dc1"),
    ("ber", "bor"),
    ("berlin", "bremen"),
    ("munich", "zurich"),
    ("abcd", "badc"),
]


@pytest.mark.parametrize(("written", "meant"), SLIPS)
def test_slips_of_one_letter_are_certain(written, meant):
    assert is_slip(written, meant)


@pytest.mark.parametrize(("written", "meant"), DOUBTS)
def test_what_may_be_another_name_is_not(written, meant):
    assert not is_slip(written, meant)


def fixed(text, known, *, quoted=False):
    return [edit.text for edit in certain_fix(ast.Name(text, Span("a", 1, 1, 1, 2), quoted), known)]


def test_two_names_that_could_be_meant_leave_doubt():
    assert fixed("berlim", ["berlin", "berlit"]) == []
    assert fixed("berlim", ["berlin"]) == ["berlin"]


def test_names_that_are_no_plain_words_are_written_in_quotes():
    assert fixed("münchem", ["münchen"], quoted=True) == ['"münchen"']
    assert fixed("lateny", ["latency"]) == ['"latency"']


SURE = [
    ("latency 15ms", "latency <= 15ms"),
    ("latency = 15ms", "latency <= 15ms"),
    ("latency < 15ms", "latency <= 15ms"),
    ("latency \u2264 15ms", "latency <= 15ms"),
    ("latency <=\u00a015ms", "latency <= 15ms"),
    ("pin region at", 'pin region "at"'),
    ("avoid label vendor == acme*", None),
]


@pytest.mark.parametrize(("clause", "mended"), SURE)
def test_what_can_only_be_one_thing_is_mended(clause, mended):
    text = f"intent a {{ from berlin to munich {clause} }}\n"
    assert applied(text) == (text if mended is None else f"intent a {{ from berlin to munich {mended} }}\n")


@pytest.mark.parametrize(
    ("condition", "mended"),
    [
        ("name == mun*", "name like mun*"),
        ("name != mun*", None),
        ("name in (mun*, ber*)", None),
        ("name ==\n  mun*", None),
    ],
)
def test_a_pattern_after_two_equals_signs_is_compared_by_like(condition, mended):
    text = f"group g = sites where {condition}\n"
    assert applied(text) == (text if mended is None else f"group g = sites where {mended}\n")


def applied(text):
    """The text with all edits that parsing it offers; what has none stays as it is."""
    findings, source = Findings(), Source("a.intent", text)
    parse(source, findings)
    assert findings.items
    edits = tuple(edit for item in findings.sorted() for edit in item.fix)
    return apply_edits(source, edits).text if edits else text
