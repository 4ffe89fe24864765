"""The suite's properties are looked at with the same examples in every run, unless somebody asks for others."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from support_chance import IS_RANDOM, TIMES

TESTS = Path(__file__).parents[1]
COUNT = 7


def test_nothing_is_left_to_chance_by_default():
    assert settings.default.derandomize is not IS_RANDOM
    assert settings.default.deadline is None


def test_chance_is_set_in_one_place():
    setting = re.compile(r"\bderandomize\s*=|\bload_profile\(")
    found = [path.name for path in sorted(TESTS.rglob("*.py")) if setting.search(path.read_text(encoding="utf-8"))]
    assert found == ["conftest.py"]


@settings(max_examples=COUNT)
@given(st.integers())
def test_a_property_takes_its_examples(number):
    assert isinstance(number, int)


def test_there_are_as_many_as_it_says():
    own = test_a_property_takes_its_examples._hypothesis_internal_use_settings
    assert (own.max_examples, own.derandomize) == (COUNT * TIMES, not IS_RANDOM)
