"""The example projects: what the compiler says of each, the planted mistakes, and that the repair it names works."""

import contextlib
import io
import json
import shutil
from pathlib import Path

import pytest

from intentc.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "intents"
NAMES = ("card-fraud", "demo", "hospital-imaging", "sovereign-training")


def intentc(*words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words])
    return status, out.getvalue()


def check(project):
    status, out = intentc("-C", project, "--format", "json", "check")
    findings = json.loads(out)["findings"]
    return (
        status,
        [(item["code"], item["intent"], item["state"]) for item in findings if item["severity"] == "error"],
        findings,
    )


@pytest.fixture
def copy(tmp_path):
    def make(name, **changes):
        project = tmp_path / name
        shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns(".intentc", "build"))
        for path in [*project.rglob("*.yaml"), *project.rglob("*.intent")]:
            text = path.read_text()
            for old, new in changes.items():
                text = text.replace(*new) if old else text
            path.write_text(text)
        return project

    return make


EXPECTED = {
    "card-fraud": [("E0522", "fraud-scoring", "srlg:duct-leine")],
    "demo": [],
    "hospital-imaging": [("E0526", "study-upload", "link:bra-bb")],
    "sovereign-training": [
        ("E0406", "checkpoint-sync", None),
        ("E0526", "dataset-sync", "link:baltic"),
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_its_planted_mistakes_and_no_other(name):
    status, errors, findings = check(EXAMPLES / name)
    assert sorted(errors, key=str) == EXPECTED[name]
    assert status == (1 if EXPECTED[name] else 0)
    assert {item["code"] for item in findings if item["severity"] == "warning"} <= {"W0616"}


def test_the_shared_duct_is_named_with_both_links():
    _, _, findings = check(EXAMPLES / "card-fraud")
    message = next(item["message"] for item in findings if item["code"] == "E0522")
    assert "`north-a` and `north-b` share the risk group `duct-leine`" in message
    assert "12 of 40 sources" in message


def test_the_cable_through_a_third_country_is_named():
    _, _, findings = check(EXAMPLES / "sovereign-training")
    message = next(item["message"] for item in findings if item["code"] == "E0526")
    assert "`north-sea`" in message


REPAIRS = {
    "card-fraud": {"light": (", crosses: [], state: planned}", ", crosses: []}")},
    "hospital-imaging": {"buy": (", state: planned", "")},
    "sovereign-training": {
        "collector": ("to otel-us", "to otel-eu"),
        "cable": ("crosses: [no], srlg: [nordic]", "crosses: [], srlg: [nordic]"),
    },
}


@pytest.mark.parametrize("name", REPAIRS)
def test_the_repair_works(copy, name):
    status, errors, _ = check(copy(name, **REPAIRS[name]))
    assert (status, errors) == (0, [])


def test_a_failover_faster_than_the_devices_is_refused_with_what_they_can_do(copy):
    project = copy(
        "card-fraud", light=REPAIRS["card-fraud"]["light"], fast=("failover  within 300ms {", "failover  within 50ms {")
    )
    status, errors, findings = check(project)
    assert status == 1
    assert [code[:3] for code, _, _ in errors] == ["E06"]
    assert "250ms can be reached" in findings[0]["message"] + str(findings[0]["related"])


@pytest.mark.parametrize("name", NAMES)
def test_a_compiled_example_is_proved_by_the_prover(copy, name):
    project = copy(name, **REPAIRS.get(name, {}))
    assert intentc("-C", project, "-q", "compile")[0] == 0
    status, out = intentc("-C", project, "verify")
    assert status == 0, out
    assert "the manifest holds" in out


def test_compiling_twice_gives_the_same_bytes(copy, tmp_path):
    project = copy("demo")
    for output in ("one", "two"):
        assert intentc("-C", project, "-q", "compile", "-o", tmp_path / output)[0] == 0
    one, two = (
        {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    assert len(one) > 20
