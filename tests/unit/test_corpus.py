"""Every case of tests/corpus says what it says; run as a script it fills in what cases expect."""

from __future__ import annotations

import re
import sys

import pytest
from support_corpus import CORPUS, check, read_case

from intentc.diagnostics.catalogue import CATALOGUE

CASES = sorted(CORPUS.glob("*.case"))

# Codes without a case of their own so far, or that no text alone provokes, and a test that provokes each.
ELSEWHERE = {
    "E0114": "unit/test_language_lexer.py",
    "E0290": "unit/test_resolve_ends.py",
    "E0303": "unit/test_topology_yaml.py",
    "E0312": "unit/test_project_files.py",
    "E0390": "unit/test_lab_numbering.py",
    "E0391": "unit/test_lab_numbering.py",
    "E0395": "unit/test_inventory_devices.py",
    "E0396": "unit/test_inventory_devices.py",
    "E0397": "unit/test_inventory_devices.py",
    "E0501": "unit/test_place_findings.py",
    "E0512": "unit/test_delay_settle.py",
    "E0513": "unit/test_delay_sizes.py",
    "E0521": "unit/test_place_findings.py",
    "E0522": "unit/test_place_findings.py",
    "E0525": "unit/test_place_findings.py",
    "E0528": "unit/test_verify_refusals.py",
    "E0604": "unit/test_render_targets.py",
    "E0611": "unit/test_render_checks.py",
    "E0612": "unit/test_render_checks.py",
    "E0613": "unit/test_render_checks.py",
    "E0633": "unit/test_target_junos_project.py",
    "E0634": "unit/test_target_junos_project.py",
    "E0635": "unit/test_target_junos_project.py",
    "N0606": "unit/test_render_checks.py",
    "W0582": "unit/test_verify_live.py",
}
ELSEWHERE_IN_GROUPS = re.compile(
    r"E05[3-9]\d|E072\d|E08\d\d"
)  # false manifests; devices and applies: see their rooms' tests


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_says_just_that(path):
    case = read_case(path)
    assert case.about
    assert check(case) == case.expected
    assert path.name[:5] in {line[:5] for line in case.expected}


def test_every_code_has_a_case_or_a_test_that_is_named():
    there = {path.name[:5] for path in CASES}
    missing = {code for code in CATALOGUE if code not in there and not ELSEWHERE_IN_GROUPS.fullmatch(code)}
    assert missing - ELSEWHERE.keys() == set()
    assert ELSEWHERE.keys() & there == set()


@pytest.mark.parametrize("code", ELSEWHERE)
def test_the_test_that_is_named_provokes_it(code):
    assert f'"{code}"' in (CORPUS.parent / ELSEWHERE[code]).read_text()


def test_most_cases_are_errors():
    assert 2 * sum(path.name.startswith("E") for path in CASES) > len(CASES)


def fill(path):
    """Write what a case comes to into its `expect`."""
    text = path.read_text(encoding="utf-8").split("--- expect\n")[0]
    path.write_text(text + "--- expect\n" + "".join(f"{line}\n" for line in check(read_case(path))), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        fill(CORPUS / name)
