"""Where sequences and mappings differ, told by a kernel: as its twin tells it, of any objects, and nothing is held or let go."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels

from intentc.native import compiled
from intentc.recall import changed_keys_twin, differing_twin

pytestmark = needs_kernels
THINGS = [[at] for at in range(5)]
SEQUENCES = st.lists(st.sampled_from(THINGS), max_size=8)
TEXTS = ["a", "b" * 40, "\u00e9", "\U0001f600"]
KEYS = st.one_of(
    st.sampled_from(TEXTS).map(lambda text: (text + "!")[:-1]),  # equal, and another object
    st.tuples(st.sampled_from(TEXTS)),
    st.integers(-3, 1 << 70),
    st.none(),
)
MAPPINGS = st.dictionaries(KEYS, st.sampled_from(THINGS), max_size=5)


@settings(max_examples=200, deadline=None)
@given(SEQUENCES, SEQUENCES, st.sampled_from([list, tuple]), st.sampled_from([list, tuple, iter]))
def test_places_differ_as_by_the_twin(one, other, kind, another):
    size = min(len(one), len(other))
    found = compiled("same").differing(kind(one[:size]), another(other[:size]))
    assert found == differing_twin(one[:size], other[:size])


def test_of_the_longer_one_nothing_is_read_beyond_the_shorter_one():
    assert compiled("same").differing([1, 2], [1]) == []
    assert compiled("same").differing((), [1, 2, 3]) == []


@settings(max_examples=200, deadline=None)
@given(MAPPINGS, MAPPINGS, st.data())
def test_keys_change_as_by_the_twin(one, other, data):
    if data.draw(st.booleans()):  # much the same
        changed = data.draw(st.dictionaries(st.sampled_from(list(one)), st.sampled_from(THINGS))) if one else {}
        other = {**one, **changed}
    assert compiled("same").changed_keys(one, other) == changed_keys_twin(one, other)


def test_mappings_from_which_keys_have_gone_are_looked_at_without_what_has_gone():
    one = dict.fromkeys(range(100), THINGS[0])
    for at in range(0, 100, 3):
        del one[at]
    assert compiled("same").changed_keys(one, dict(one)) == []
    assert compiled("same").changed_keys(one, {**one, 50: THINGS[1]}) == [50]


def test_nothing_is_held():
    key, things = "k" * 100, [[1], [2]]
    counts = [sys.getrefcount(thing) for thing in (key, *things)]
    for _ in range(50):
        compiled("same").changed_keys({key: things[0]}, {key: things[1]})
        compiled("same").differing([things[0]], [things[1]])
    assert [sys.getrefcount(thing) for thing in (key, *things)] == counts


@pytest.mark.parametrize("words", [({}, None), ([], {}), (None, {})])
def test_what_is_no_mapping_is_refused(words):
    with pytest.raises(TypeError):
        compiled("same").changed_keys(*words)
