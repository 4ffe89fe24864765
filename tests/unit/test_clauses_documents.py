"""Every clause's own documentation is true: the good example is accepted, the bad one refused."""

import dataclasses

import pytest
from support_resolve import PRELUDE, run

from intentc.clauses import CLAUSES
from intentc.language import ast

ENDS = {"from": "{} to any of api", "to": "from site ber {}", "between": "{}", "among": "{}"}
WITH_OTHER = PRELUDE + "intent other { from site muc  to site nyc }"


def program(keyword: str, clause: str) -> str:
    template = ENDS.get(keyword, "from site ber  to any of api  {}")
    return f"intent t {{ {template.format(clause)} }}"


@pytest.mark.parametrize("kind", CLAUSES, ids=lambda kind: kind.keyword)
def test_the_good_example_is_accepted(kind):
    found = run(program(kind.keyword, kind.document.good), prelude=WITH_OTHER)
    assert found.errors == []
    assert found.intent("t").demands


@pytest.mark.parametrize("kind", [kind for kind in CLAUSES if kind.document.bad], ids=lambda kind: kind.keyword)
def test_the_bad_example_is_refused_and_the_document_says_why(kind):
    found = run(program(kind.keyword, kind.document.bad), prelude=WITH_OTHER)
    assert len(found.errors) == 1
    assert kind.document.why


def test_no_clause_is_left_that_has_no_effect():
    assert all(kind.is_supported for kind in CLAUSES)


def test_every_clause_of_the_syntax_tree_has_its_one_kind():
    assert sorted(kind.syntax.__name__ for kind in CLAUSES) == sorted(item.__name__ for item in ast.Clause.__args__)
    assert len({kind.keyword for kind in CLAUSES}) == len(CLAUSES)


@pytest.mark.parametrize("kind", CLAUSES, ids=lambda kind: kind.keyword)
def test_documentation_is_complete(kind):
    for field in dataclasses.fields(kind.document):
        if field.name not in {"bad", "why"}:
            assert getattr(kind.document, field.name), field.name
    assert kind.keyword in kind.document.syntax
