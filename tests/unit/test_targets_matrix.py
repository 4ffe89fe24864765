"""`intentc targets`: the matrix of all targets, from their data alone, and the same text in targets/README.md.

`python tests/unit/test_targets_matrix.py` writes that part of the page anew.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from intentc import resources
from intentc.cli import main
from intentc.diagnostics import Findings
from intentc.render.matrix import NO, SOMETIMES, YES, matrix
from intentc.render.matrix_text import WIDTH, markdown, plain_text
from intentc.render.targets import load_targets
from intentc.targetkit.model import Feature

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "targets" / "README.md"
BEGIN, END = "<!-- intentc targets --format markdown -->\n", "<!-- end -->\n"


def product():
    findings = Findings()
    found = load_targets(resources.targets_paths(()), findings)
    assert not findings.items
    return found


TARGETS = product()
SHOWN = matrix(TARGETS)
MARKS = {YES, SOMETIMES, NO}
CELLS = [
    (column.name, row.label, row.cells[index])
    for index, column in enumerate(SHOWN.columns)
    for row in SHOWN.rows
    if row.cells[index] in MARKS and row.label not in {"run on its software", "syntax-checked only"}
]


def page_with_matrix(page: str) -> str:
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{markdown(SHOWN)}\n{END}{rest.split(END, 1)[1]}"


def test_the_page_holds_what_the_command_prints():
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_matrix(page), "run `python tests/unit/test_targets_matrix.py`"


def test_every_folder_is_a_column():
    folders = sorted(path.parent.name for path in (ROOT / "targets").glob("*/target.toml"))
    assert [column.name for column in SHOWN.columns] == folders


@pytest.mark.parametrize(("target", "label", "mark"), CELLS)
def test_every_cell_that_is_no_plain_yes_has_one_remark(target, label, mark):
    column = next(column for column in SHOWN.columns if column.name == target)
    remarks = [remark for remark in column.remarks if label in remark.labels]
    is_missing_mechanism = label.startswith("by ") and mark == NO
    assert [remark.mark for remark in remarks] == ([] if mark == YES or is_missing_mechanism else [mark])
    assert all(remark.text for remark in remarks)


@pytest.mark.parametrize("name", sorted({name for target in TARGETS.values() for name in target.features}))
def test_the_page_says_who_asks_for_a_feature(name):
    rows = re.findall(
        r"^\| (`.*?) \| ", PAGE.read_text(encoding="utf-8").split("## What every target keeps")[0], re.MULTILINE
    )
    assert name in {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_the_terminal_needs_no_more_than_its_width():
    assert max(map(len, plain_text(SHOWN).splitlines())) <= WIDTH


def test_more_targets_than_fit_are_shown_in_parts():
    many = {f"target{number:02}": replace(TARGETS["frr"], name=f"target{number:02}") for number in range(15)}
    text = plain_text(matrix(many))
    assert max(map(len, text.splitlines())) <= WIDTH
    heads = [line.split() for line in text.splitlines() if line.startswith(" " * 20) and "target" in line]
    assert [name for head in heads for name in head] == sorted(many)
    assert len(heads) == 2


FEATURES = {
    "from the first release on": (Feature("8.4"), YES, None),
    "from a later release on": (Feature("9.0"), SOMETIMES, "from 9.0 on"),
    "with less than one may expect": (Feature("8.4", note="for one port"), SOMETIMES, "for one port"),
    "never": (Feature(None, "it has none", "use another"), NO, "it has none; instead: use another"),
    "on some hardware": (
        Feature("9.0", "others have none", "use that", ("big", "new")),
        SOMETIMES,
        "from 9.0 on; only chassis big, new: others have none; instead: use that",
    ),
}


def frr_with(features):
    return matrix({"frr": replace(TARGETS["frr"], features=features)})


@pytest.mark.parametrize("case", sorted(FEATURES))
def test_a_feature_and_its_condition(case):
    feature, mark, text = FEATURES[case]
    shown = frr_with({"marking": feature})
    assert next(row.cells for row in shown.rows if row.label == "marking") == (mark,)
    assert [remark.text for remark in shown.columns[0].remarks] == ([] if text is None else [text])


def test_a_refinement_that_is_not_named_is_what_it_refines():
    shown = matrix(
        {
            "frr": replace(TARGETS["frr"], features={"sr-policy": Feature("8.4")}),
            "other": replace(TARGETS["frr"], name="other", features={"sr-policy-ipv6": Feature(None, "no", "none")}),
        }
    )
    assert next(row.cells for row in shown.rows if row.label == "sr-policy-ipv6") == (YES, NO)
    assert next(row.cells for row in shown.rows if row.label == "sr-policy") == (YES, NO)


def test_a_feature_of_one_target_is_refused_at_the_others():
    shown = matrix(
        {
            "frr": replace(TARGETS["frr"], features={"teleport": Feature("8.4")}),
            "other": replace(TARGETS["frr"], name="other", features={}),
        }
    )
    assert shown.rows[-1].label == "teleport"
    assert shown.rows[-1].cells == (YES, NO)
    assert shown.columns[1].remarks[-1].text == "its target.toml does not speak of it"


def test_a_note_stands_in_the_data(tmp_path):
    shutil.copytree(ROOT / "targets" / "frr", tmp_path / "frr", ignore=shutil.ignore_patterns("golden"))
    data = tmp_path / "frr" / "target.toml"
    data.write_text(data.read_text().replace("[features.marking]\n", '[features.marking]\nnote = "IPv4 * only"\n'))
    shown = matrix(load_targets([tmp_path], Findings()))
    assert "◐ marking: IPv4 * only" in plain_text(shown)
    assert r"- ◐ marking: IPv4 \* only" in markdown(shown)


@pytest.mark.parametrize(("arguments", "expected"), [([], plain_text), (["--format", "markdown"], markdown)])
def test_the_command_prints_it(arguments, expected, capsys):
    assert main(["targets", *arguments]) == 0
    assert capsys.readouterr().out == expected(SHOWN)


if __name__ == "__main__":
    PAGE.write_text(page_with_matrix(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
