"""Every case of tests/corpus says what it says; run as a script it fills in what cases expect."""

from __future__ import annotations

import sys

import pytest
from support_corpus import CORPUS, check, read_case

from intentc.diagnostics.catalogue import CATALOGUE

CASES = sorted(CORPUS.glob("*.case"))

MIN_WORDS = 4
ONE_MISTAKE = ("E01", "E02", "E03", "E04")  # groups whose cases have a single mistake each


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_says_just_that(path):
    case = read_case(path)
    assert check(case) == case.expected
    assert path.name[:5] in {line[:5] for line in case.expected}


@pytest.mark.parametrize(
    "path", [path for path in CASES if path.name.startswith(ONE_MISTAKE)], ids=lambda path: path.stem
)
def test_one_mistake_gives_one_error(path):
    assert [line[:5] for line in read_case(path).expected if line.startswith("E")] == [path.name[:5]]


def test_every_code_has_a_case():
    assert {path.name[:5] for path in CASES} == CATALOGUE.keys()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_begins_with_one_sentence(path):
    about = read_case(path).about
    assert "\n" not in about
    assert about.endswith(".")
    assert about[0] == "`" or about[0].isupper()
    assert len(about.split()) >= MIN_WORDS


def test_most_cases_are_errors():
    assert 2 * sum(path.name.startswith("E") for path in CASES) > len(CASES)


def fill(path):
    """Write what a case comes to into its `expect`."""
    text = path.read_text(encoding="utf-8").split("--- expect\n")[0]
    path.write_text(text + "--- expect\n" + "".join(f"{line}\n" for line in check(read_case(path))), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        fill(CORPUS / name)
