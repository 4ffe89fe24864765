"""Findings and results in the formats of CI systems."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from support_ci import sarif_schema

from intentc.ci.cases import cases
from intentc.ci.github import github
from intentc.ci.junit import junit
from intentc.ci.markdown import markdown
from intentc.ci.model import Outcome, Outcomes
from intentc.ci.sarif import sarif
from intentc.diagnostics import Diagnostic, Edit, Label, Repair, Span
from intentc.manifest.model import AssertionEntry, IntentEntry, WorstEntry

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "`|\x00\x1b[31m\n::error::x,y:z%0A</testcase>]]>&\"'@all <script> {{ x }} # **b** \U0001f600\ud800".encode(
    "utf-8", "surrogatepass"
).decode("utf-8", "replace")
PLACE = Span("intents/a b.intent", 3, 5, 3, 9)
PLACED = Diagnostic(
    "E0524",
    "no room on `l1`",
    PLACE,
    related=(Label(Span("topology/n.yaml", 7, 1, 8, 2), "`l1` is here"),),
    help=("upgrade it",),
    intent="sync",
    state="link:l1",
    repairs=(Repair("upgrade `l1`", is_proven=True),),
    fix=(Edit(PLACE, "1ms"),),
)
BROKEN = Diagnostic("E0101", "a name was expected", Span("intents/a b.intent", 1, 1, 1, 2))
NOWHERE = Diagnostic("E0301", "there is no node")
WAIVED = Diagnostic("W0240", "no rate", PLACE, intent="sync", waived=True)
NOTE = Diagnostic("N0603", "a release is assumed", PLACE)


def intent(name, status):
    return IntentEntry(name, "intents/a b.intent", 3, status, "high", ())


def outcomes(*findings, prefix="net/", accepted=False):
    intents = (intent("chat", "placed"), intent("sync", "infeasible"))
    assertions = (AssertionEntry("headroom", holds=True, worst=WorstEntry("link:l1", 0.5)),)
    promised = {"chat": ["link:l1", "link:l2"], "sync": ["link:l1", "link:l2"]}
    found = tuple(cases(findings, promised, intents, assertions))
    return Outcomes("demo", prefix, findings, found, intents, assertions, accepted, "1.2.3")


ALL = (BROKEN, NOWHERE, PLACED, NOTE, WAIVED)


def by_name(text):
    root = ET.fromstring(text)  # noqa: S314  (our own)
    return {(case.get("classname"), case.get("name")): [child.tag for child in case] for case in root.iter("testcase")}


# -- SARIF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("findings", [(), ALL, tuple(replace(item, message=HOSTILE) for item in ALL)])
def test_sarif_is_valid_by_its_schema(findings):
    schema = sarif_schema()
    if isinstance(schema, str):
        pytest.skip(schema)
    jsonschema.Draft7Validator(schema).validate(json.loads(sarif(outcomes(*findings))))


def test_sarif_names_places_from_the_root_of_the_repository_and_rules_by_code():
    (run,) = json.loads(sarif(outcomes(*ALL)))["runs"]
    results = run["results"]
    assert [run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] for item in results] == [item.code for item in ALL]
    assert [item["level"] for item in results] == ["error", "error", "error", "note", "warning"]
    place = results[2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "net/intents/a%20b.intent", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "net/intentc.toml"
    assert [("suppressions" in item) for item in results] == [False, False, False, False, True]
    assert results[2]["relatedLocations"][0]["message"]["text"] == "`l1` is here"
    assert results[2]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "1ms"}


def test_fingerprints_stay_when_lines_move_and_tell_findings_apart():
    def prints(*findings):
        (run,) = json.loads(sarif(outcomes(*findings)))["runs"]
        return [item["partialFingerprints"]["intentc/v1"] for item in run["results"]]

    moved = tuple(
        replace(item, span=replace(item.span, line=item.span.line + 9, end_line=item.span.end_line + 9))
        if item.span
        else item
        for item in ALL
    )
    assert prints(*ALL) == prints(*moved)
    assert len(set(prints(*ALL, *ALL))) == 2 * len(ALL)


# -- JUnit --------------------------------------------------------------------------------------------------------------


def test_junit_has_a_test_for_each_intent_and_state():
    found = by_name(junit(outcomes(PLACED)))
    assert found == {
        ("demo.intent chat", "normal"): [],
        ("demo.intent chat", "link:l1"): [],
        ("demo.intent chat", "link:l2"): [],
        ("demo.intent sync", "normal"): ["skipped"],
        ("demo.intent sync", "link:l1"): ["failure"],
        ("demo.intent sync", "link:l2"): ["skipped"],
        ("demo.assert headroom", "holds"): [],
        ("demo.program", "no other errors"): [],
    }


def test_an_intent_that_does_not_hold_fails_even_if_no_finding_bears_its_name():
    assert by_name(junit(outcomes(BROKEN)))[("demo.intent sync", "normal")] == ["failure"]


def test_errors_of_files_are_tests_with_names_of_their_own():
    twice = replace(BROKEN, span=Span("intents/a b.intent", 9, 1, 9, 2))
    names = [name for group, name in by_name(junit(outcomes(BROKEN, twice, NOWHERE))) if group == "demo.program"]
    assert len(names) == len(set(names)) == 3


def test_junit_counts_what_is_in_it():
    root = ET.fromstring(junit(outcomes(*ALL)))  # noqa: S314
    tags = Counter(child.tag for case in root.iter("testcase") for child in case)
    tests = len(list(root.iter("testcase")))
    told = {key: int(root.get(key)) for key in ("tests", "failures", "skipped")}
    assert told == {"tests": tests, "failures": tags["failure"], "skipped": tags["skipped"]}
    for key, count in told.items():
        assert sum(int(suite.get(key)) for suite in root) == count


def test_hostile_text_stays_text_in_junit():
    root = ET.fromstring(junit(outcomes(replace(PLACED, message=HOSTILE, help=(HOSTILE,)))))  # noqa: S314
    assert [
        element.tag for element in root.iter() if element.tag not in {"testsuites", "testsuite", "testcase", "skipped"}
    ] == ["failure"]


# -- GitHub -------------------------------------------------------------------------------------------------------------


def test_github_gets_a_command_per_finding_errors_first():
    lines = github(outcomes(NOTE, WAIVED, PLACED)).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::notice"]
    assert lines[0].startswith(
        "::error file=net/intents/a b.intent,line=3,col=5,endColumn=8,title=E0524 sync::no room on `l1`%0A"
    )


@pytest.mark.parametrize("field", ["message", "intent", "node", "state"])
def test_hostile_text_stays_one_command(field):
    text = github(outcomes(replace(PLACED, **{field: HOSTILE}, help=(HOSTILE,))))
    assert text.count("\n") == 1
    head = re.fullmatch(r"::error ([^\n]*?)::([^\n]*)\n", text)[1]
    assert [part.split("=")[0] for part in head.split(",")] == ["file", "line", "col", "endColumn", "title"]


# -- Markdown -----------------------------------------------------------------------------------------------------------


def test_markdown_says_the_verdict_the_findings_and_the_intents():
    text = markdown(outcomes(PLACED, NOTE, WAIVED))
    assert text.startswith("## ❌ intentc: demo is not accepted\n\n5 statements hold, 1 do not, 2 are not known.\n")
    assert "**E0524** in sync: no room on `l1`" in text
    assert "net/intents/a b.intent:3:5" in text
    assert "repair (proven): upgrade `l1`" in text
    assert "| sync | infeasible | high | 0 | – |" in text
    assert "N0603" not in text
    assert "W0240" not in text
    assert "accepted\n" in markdown(outcomes(accepted=True))


def test_hostile_text_is_no_markup():
    text = markdown(outcomes(replace(PLACED, message=HOSTILE, intent=HOSTILE)))
    assert "@all" not in text
    assert "<script>" not in text
    assert "**b**" not in text
    assert "\x1b" not in text
    assert text.count("**") == 2


def test_a_comment_is_no_longer_than_github_takes():
    text = markdown(outcomes(*[replace(PLACED, message=f"{number} " + "x" * 500) for number in range(300)]))
    assert len(text) < 65_536
    assert "more lines: see the output of the job" in text


def test_nothing_found_and_all_placed():
    assert Outcome.FAILED not in {case.outcome for case in cases((), {}, (intent("chat", "placed"),), ())}


# -- the command --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sarif", "junit", "github", "markdown"])
def test_check_prints_it_and_keeps_its_status(tmp_path, kind):
    (tmp_path / ".git").mkdir()
    project = tmp_path / "net"
    project.mkdir()
    (project / "intentc.toml").write_text('[project]\nname = "p"\ntopology = ["*.yaml"]\nintents = ["*.intent"]\n')
    (project / "a.intent").write_text("const a = 5 parsec\n")
    (project / "n.yaml").write_text("name: n\nregions: {}\nsites: {}\nnodes: {}\nlinks: []\n")
    run = subprocess.run(
        [sys.executable, "-m", "intentc", "-C", str(project), "check", "--format", kind],
        capture_output=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    shown = run.stdout.decode()
    assert "net/a.intent" in shown
    assert "E0120" in shown


def test_other_commands_refuse_these_formats():
    run = subprocess.run(
        [sys.executable, "-m", "intentc", "history", "--format", "junit"], capture_output=True, check=False
    )
    assert run.returncode == 2
    assert b"invalid choice" in run.stderr
