"""Every case of tests/corpus says what it says; run as a script it fills in what cases expect."""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from intentc.diagnostics import Findings, Source
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.pipeline import Request, compile_request
from intentc.project import Project

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
CASES = sorted(CORPUS.glob("*.case"))
TODAY = dt.date(2026, 11, 20)
SECTION = re.compile(r"^--- (\S+)( escaped)?\n", re.MULTILINE)
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")

# Codes that no text alone provokes, and the tests that provoke them.
ELSEWHERE = {
    "test_verify_*.py (manifests that claim what is not so)": re.compile(r"E05[3-9]\d|E072\d"),
    "tests/faults, test_push_*.py (devices and applies)": re.compile(r"E08\d\d"),
}


@dataclass(frozen=True)
class Case:
    about: str
    files: dict[str, str]
    expected: list[str]


def read_case(path):
    head, *parts = SECTION.split(path.read_text(encoding="utf-8"))
    sections = {}
    for name, escaped, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        sections[name] = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if escaped else text
    expected = sections.pop("expect", "").splitlines()
    return Case(head.strip(), sections, expected)


def check(case):
    """Return what `intentc check` finds: code, place and message, in its order."""
    intents = tuple(Source(name, text) for name, text in sorted(case.files.items()) if name.endswith(".intent"))
    topology = tuple(Source(name, text) for name, text in sorted(case.files.items()) if name.endswith(".yaml"))
    topology = topology or (Source("network.yaml", (CORPUS / "network.yaml").read_text()),)
    project = Project("corpus", Path("/nowhere"), ("*.yaml",), ("*.intent",))
    known = {source.path: source for source in intents}
    run = compile_request(Request(project, intents, topology, TODAY, known.get), Findings())
    return [
        f"{item.code} " + (f"{item.span.file}:{item.span.line}:{item.span.column} " if item.span else "") + item.message
        for item in run.findings.sorted()
    ]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_says_just_that(path):
    case = read_case(path)
    assert case.about
    assert check(case) == case.expected
    assert path.name[:5] in {line[:5] for line in case.expected}


def test_every_code_has_a_case():
    there = {path.name[:5] for path in CASES}
    missing = [
        code
        for code in sorted(CATALOGUE)
        if code not in there and not any(p.fullmatch(code) for p in ELSEWHERE.values())
    ]
    assert missing == []


def test_most_cases_are_errors():
    assert 2 * sum(path.name.startswith("E") for path in CASES) > len(CASES)


def fill(path):
    """Write what a case comes to into its `expect`."""
    text = path.read_text(encoding="utf-8").split("--- expect\n")[0]
    path.write_text(text + "--- expect\n" + "".join(f"{line}\n" for line in check(read_case(path))), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        fill(CORPUS / name)
