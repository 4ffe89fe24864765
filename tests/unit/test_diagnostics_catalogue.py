"""Every code explains itself in one form: what it means, a bad and a good example, in lines that a terminal shows whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intentc.cli import main
from intentc.diagnostics import catalogue
from intentc.diagnostics.catalogue import CATALOGUE

FILES = sorted(Path(catalogue.__file__).parent.glob("*.py"))

BAD, GOOD = "    bad:   ", "    good:  "
WIDTH = 118
ENTRIES = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.code)


@ENTRIES
def test_it_has_a_bad_and_a_good_example(entry):
    lines = entry.explanation.splitlines()
    starts = [line[: len(BAD)] for line in lines if re.match(r"    (bad|good):", line)]
    assert starts == [BAD, GOOD]
    bad, good = entry.explanation.split(BAD)[1].split(GOOD)
    assert bad.strip() != good.strip()
    assert good.strip()


@ENTRIES
def test_it_says_something_before_the_examples(entry):
    prose = entry.explanation.split("\n\n    ")[0]
    assert not prose.startswith(" ")
    assert prose.rstrip().endswith((".", ")"))
    assert entry.explanation.endswith("\n")
    assert entry.title[0] == "`" or entry.title[0] == entry.title[0].lower() or entry.title.split()[0].isupper()
    assert not entry.title.endswith(".")


@ENTRIES
def test_its_lines_fit(entry):
    assert max(map(len, entry.explanation.splitlines())) <= WIDTH


@ENTRIES
def test_explain_prints_it(entry, capsys):
    assert main(["explain", entry.code]) == 0
    printed = capsys.readouterr().out
    assert entry.code in printed
    assert entry.title in printed
    assert entry.explanation.strip() in printed


def test_a_code_stands_once():
    written = [
        code for path in FILES for code in re.findall(r'^        "([ENW]\d{4})",$', path.read_text(), re.MULTILINE)
    ]
    assert sorted(written) == sorted(CATALOGUE)
