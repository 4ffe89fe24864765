"""Where findings stand: columns count characters whatever the file is made of, and both sides of a contradiction are shown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from support_corpus import CORPUS

from intentc.diagnostics import Findings, Source, Span
from intentc.pipeline import compile_request
from intentc.project import Project
from intentc.run import Request

PROJECT = Project("places", Path("/nowhere"), ("*.yaml",), ("*.intent",))
NETWORK = Source("network.yaml", (CORPUS / "network.yaml").read_text())


def found(topology=NETWORK, **files):
    """The errors of a program in these files, in order."""
    sources = tuple(Source(f"{name}.intent", text) for name, text in sorted(files.items()))
    request = Request(PROJECT, sources, (topology,), dt.date(2026, 11, 20), lambda _: None)
    return [item for item in compile_request(request, Findings()).findings.sorted() if item.is_error]


def places(items):
    return [
        (item.code, f"{item.span.file}:{item.span.line}:{item.span.column}-{item.span.end_column}") for item in items
    ]


# -- characters --------------------------------------------------------------------------------------------------------

UNKNOWN = "intent t { from nowhere  to fra-dc1 }"
BROKEN = "intent t { latancy <= 5ms  from ber  to fra-dc1 }"


@pytest.mark.parametrize(
    ("before", "line", "shift"),
    [
        ("", 1, 0),
        ("\t", 1, 1),
        ("\t\t ", 1, 3),
        ("\ufeff", 1, 0),
        ("# \u65e5\u672c\u8a9e \U0001f600\n", 2, 0),
        ("# a\r\n", 2, 0),
        ("# a\r", 2, 0),
        ("\ufeff# \u00fc\r\n\t", 2, 1),
        ("const c = 5ms  # \u65e5\n", 2, 0),
        ("const c = 5ms  ", 1, 15),
    ],
    ids=ascii,
)
@pytest.mark.parametrize(
    "mistake", [(UNKNOWN, "E0201", "nowhere"), (BROKEN, "E0103", "latancy")], ids=["resolved", "parsed"]
)
def test_a_finding_is_at_its_word_whatever_stands_before_it(before, line, shift, mistake):
    text, code, word = mistake
    column = text.index(word) + 1 + shift
    expected = (code, f"a.intent:{line}:{column}-{column + len(word)}")
    assert places(found(a=before + text)) == [expected]


@pytest.mark.parametrize("title", ["plain", "\u65e5\u672c\u8a9e", "\U0001f600", "e\u0301"], ids=ascii)
def test_wide_and_combining_characters_count_one_each(title):
    text = f'intent t "{title}" {{ from nowhere  to fra-dc1 }}'
    column = text.index("nowhere") + 1
    assert places(found(a=text)) == [("E0201", f"a.intent:1:{column}-{column + 7}")]


@pytest.mark.parametrize("before", ["", "# \u65e5\n", "# a\r\n"], ids=ascii)
def test_places_in_a_topology_count_likewise(before):
    text = NETWORK.text.replace("site: ber,", "site: b\u00e4r,").replace("\n", "\r\n" if "\r" in before else "\n")
    (item,) = [item for item in found(Source("network.yaml", before + text), a="") if item.code == "E0322"]
    line = NETWORK.text[: NETWORK.text.index("site: ber,")].count("\n") + 1 + before.count("\n")
    assert (item.span.line, item.span.end_column - item.span.column) == (line, 3)


# -- one mistake, one finding ------------------------------------------------------------------------------------------


def test_two_broken_intents_give_two_findings_in_one_file_or_two():
    one, two = UNKNOWN, "intent u { from ber  to fra-dc1  pin region mars }"
    assert [item.code for item in found(a=f"{one}\n{two}\n")] == ["E0201", "E0201"]
    assert [item.span.file for item in found(a=one, b=two)] == ["a.intent", "b.intent"]


def test_a_name_that_many_use_is_missed_once_where_it_should_be_declared():
    """A broken group is one mistake, however many intents name it."""
    users = "".join(f"intent t{n} {{ from g  to fra-dc1  match tcp/{n} }}\n" for n in range(1, 5))
    assert [item.code for item in found(a=f"group g = nowhere\n{users}")] == ["E0201"]
    assert [item.code for item in found(a=f"group g = sites where role = branch\n{users}")] == ["E0101"]


# -- both sides --------------------------------------------------------------------------------------------------------

WEB = "intent web { from ber  to nyc  match tcp/443, tcp/80  priority high }"
SIDES = [
    (WEB, "intent low { from ber  to nyc  match tcp/443, udp/443  priority low }", "E0401"),
    ("group g = ber", "group g = muc", "E0203"),
    ("class bulk { dscp AF11 }", "class bulk { dscp AF12 }", "E0203"),
    ("intent t { from ber  to nyc }", "intent t { from muc  to nyc }", "E0203"),
    ("const fast = 1Mbps", "intent t { from ber  to nyc  latency <= fast }", "E0207"),
    ("intent a { from ber to nyc overrides b }", "intent b { from ber to nyc overrides a }", "E0405"),
]


@pytest.mark.parametrize(("first", "second", "code"), SIDES, ids=[f"{n}-{side[2]}" for n, side in enumerate(SIDES)])
def test_the_other_side_is_shown_also_in_another_file(first, second, code):
    (item,) = [item for item in found(a=first, b=second) if item.code == code]
    files = {item.span.file, *(label.span.file for label in item.related)}
    assert files == {"a.intent", "b.intent"}
    assert all(isinstance(label.span, Span) and label.message for label in item.related)


def test_a_collector_in_the_topology_is_shown_as_the_other_side():
    (item,) = found(a="intent t { from ber  to fra-dc1  pin region eu  telemetry every 10s to otel-us }")
    assert item.code == "E0406"
    assert "network.yaml" in {label.span.file for label in item.related}
