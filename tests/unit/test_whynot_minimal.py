"""Subset-minimal sets: what is found cannot hold, and can without any one of its elements."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.whynot.minimal import find_core

ELEMENTS = tuple(range(9))
conflicts = st.lists(st.frozensets(st.sampled_from(ELEMENTS), min_size=1, max_size=5), max_size=5)


@given(conflicts)
def test_what_is_found_is_minimal(found):
    def can_hold(kept):
        return not any(conflict <= kept for conflict in found)

    core = frozenset(find_core(ELEMENTS, can_hold))
    minimal = {one for one in found if not any(other < one for other in found)}
    assert core in minimal if found else core == frozenset()


def test_of_several_the_first_elements_are_taken():
    def can_hold(kept):
        return not (kept >= {0, 3} or kept >= {5, 8})

    assert find_core(ELEMENTS, can_hold) == (0, 3)


def test_few_questions_are_enough_where_little_is_needed():
    asked = []

    def can_hold(kept):
        asked.append(kept)
        return not kept >= {17, 400}

    assert find_core(tuple(range(512)), can_hold) == (17, 400)
    assert len(asked) < 50


@pytest.mark.parametrize("size", [1, 2, 5])
def test_all_may_be_needed(size):
    everything = tuple(range(size))
    assert find_core(everything, lambda kept: len(kept) < size) == everything
    assert list(combinations(everything, size)) == [everything]


def test_of_what_never_holds_nothing_is_to_blame():
    assert find_core(ELEMENTS, lambda _kept: False) == ()
    assert find_core((), lambda _kept: False) == ()
    assert find_core(ELEMENTS, lambda _kept: True) == ()
