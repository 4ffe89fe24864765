"""grammar/COVERAGE.md: every form of the language is there, and every test that it names exists."""

import re
from pathlib import Path

import pytest

from intentc import resources
from intentc.clauses import CLAUSES
from intentc.language import ast

PAGE = (resources.grammar_path() / "COVERAGE.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?P<form>.*?) \| (?P<state>[^|]*) \| `(?P<test>[^`]+)` \|$", PAGE, re.MULTILINE)
TESTS = Path(__file__).resolve().parents[1]
FORMS = [form for form, _, _ in ROWS]
DECLARATIONS = {
    "Import": "import",
    "Const": "const",
    "Group": "group",
    "Service": "service",
    "ClassDeclaration": "class",
    "Profile": "profile",
    "Intent": "intent",
    "Chain": "chain",
    "Assertion": "assert",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_test_of_a_row_exists(row):
    form, state, test = row
    file, name = test.split("::")
    assert re.search(rf"^    ?def {name}\(|^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert state in {"in effect", "E0610", "refused"}, form


@pytest.mark.parametrize("kind", CLAUSES, ids=lambda kind: kind.keyword)
def test_every_clause_has_a_row(kind):
    assert any(re.search(rf"`{kind.keyword}\b", form) for form in FORMS)


@pytest.mark.parametrize("keyword", DECLARATIONS.values())
def test_every_declaration_has_a_row(keyword):
    assert any(re.search(rf"`{keyword}\b", form) for form in FORMS)


def test_no_declaration_of_the_syntax_tree_is_left_out():
    assert {item.__name__ for item in ast.Declaration.__args__} == set(DECLARATIONS)


def test_each_form_stands_once():
    assert len(FORMS) == len(set(FORMS))


def test_every_clause_is_in_effect_somewhere():
    done = {form for form, state, _ in ROWS if state == "in effect"}
    missing = [kind.keyword for kind in CLAUSES if not any(re.search(rf"`{kind.keyword}\b", form) for form in done)]
    assert missing == []
