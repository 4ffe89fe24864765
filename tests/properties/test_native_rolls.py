"""Origins merged by a kernel: the same names in the same order as by its twin, and never any that are not there."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels

from intentc.ir.origins import RollTwin, gather_twin
from intentc.manifest.write import joined_twin
from intentc.native import compiled

pytestmark = needs_kernels


class Thing:
    """Told by its identity."""


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(0, 200))
def test_what_is_named_is_merged_as_by_the_twin(data, count):
    named, first = tuple(f"name {at}" for at in range(count)), data.draw(st.integers(0, count))
    numbers = st.lists(st.integers(0, count - 1), max_size=4).map(tuple) if count else st.just(())
    things = [Thing() for _ in range(data.draw(st.integers(0, 12)))]
    known = {id(thing): data.draw(numbers) for thing in things if data.draw(st.integers(0, 4))}  # some are not
    rolls = compiled("rolls").Roll(named, first, known), RollTwin(named, first, known)
    for _ in range(3):  # nothing stays from the last time
        picked = data.draw(st.lists(st.sampled_from(things), max_size=15)) if things else []
        ours, twins = (roll.merged(picked) for roll in rolls)
        assert ours == twins


@pytest.mark.parametrize(("number", "error"), [(2, IndexError), (-1, IndexError), (1 << 70, OverflowError)])
def test_a_number_that_names_nothing_is_refused_and_leaves_nothing(number, error):
    sound, broken = Thing(), Thing()
    roll = compiled("rolls").Roll(("a", "b"), 1, {id(sound): (1,), id(broken): (0, number)})
    with pytest.raises(error):
        roll.merged([sound, broken])
    assert roll.merged([sound]) == ((), ("b",), [])


def test_what_is_no_roll_is_refused():
    with pytest.raises(ValueError, match="so many"):
        compiled("rolls").Roll(("a",), 2, {})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 20), max_size=3), max_size=8))
def test_who_is_gathered_is_gathered_as_by_the_twin(rows):
    ours, twins = {}, {}
    for at, places in enumerate(rows):
        compiled("rolls").gather(ours, tuple(places), at)
        gather_twin(twins, tuple(places), at)
    assert ours == twins
    assert list(ours) == list(twins)


def test_what_cannot_be_a_place_or_holds_no_list_is_refused():
    with pytest.raises(TypeError, match="unhashable"):
        compiled("rolls").gather({}, ([],), 1)
    with pytest.raises(TypeError):
        compiled("rolls").gather({1: "no list"}, (1,), 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=5), max_size=6), st.data())
def test_texts_are_joined_as_by_the_twin(texts, data):
    things = [Thing() for _ in texts]
    known = {id(thing): text for thing, text in zip(things, texts, strict=True)}
    picked = tuple(data.draw(st.lists(st.sampled_from([*things, Thing()]), max_size=8)))
    assert compiled("rolls").joined(known, picked) == joined_twin(known, picked)


def test_only_bytes_are_joined():
    thing = Thing()
    with pytest.raises(TypeError):
        compiled("rolls").joined({id(thing): "text"}, (thing,))


def test_a_roll_is_not_copied():
    with pytest.raises(TypeError, match="identity"):
        copy.copy(compiled("rolls").Roll((), 0, {}))
