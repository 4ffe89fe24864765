"""The pages of failure states, as they differ from the normal one, are those that are made from nothing."""

from __future__ import annotations

import random

import pytest
from support_verify import build
from test_verify_agreement import network, program

from intentc.manifest.elements import NOTHING
from intentc.verify import prove
from intentc.verify.books import failed_page, keep_books
from intentc.verify.failures import State


@pytest.mark.parametrize("seed", range(12))
def test_what_a_state_changes_is_all_that_it_changes(seed, monkeypatch):
    seen = []

    def keep(world, cases):
        books = keep_books(world, cases)
        states = {s.failed: s.id for group in cases.values() for s in group[0].wanted.promised.states}
        made = {failed: failed_page(world, cases, State(name, failed)) for failed, name in states.items()}
        seen.append(
            (
                books,
                made,
                failed_page(world, cases, State("", NOTHING)),
                {name: failed for failed, name in states.items()},
            )
        )
        return books

    monkeypatch.setattr(prove, "keep_books", keep)
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    assert not build(program(source), network(source)).prove().findings
    ((books, made, normal, named),) = seen
    assert books.normal == normal
    kept = {named[name]: page for names, page in books.failures for name in names if name in named}
    assert kept == made
