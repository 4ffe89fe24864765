"""What was made the last time: the very same where it would be made of the very same, else as made from nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.recall import Recall, changed_keys, changed_keys_twin, differing, differing_keys, differing_twin


def made(recall, key, things, facts=None):
    return recall.of(key, things, lambda: [key], facts)


def test_what_is_made_of_the_very_same_things_is_the_very_same():
    recall, things = Recall(), ((1, 2), {})
    first = made(recall, "a", things, {"x": 1})
    assert made(recall, "a", (things[0], things[1]), {"x": 1}) is first
    recall.begin()
    assert made(recall, "a", things, {"x": 1}) is first


@pytest.mark.parametrize(
    ("things", "facts"), [(([], []), {"x": 1}), (([],), {"x": 1}), (None, {"x": 2}), ((), {"x": 1})], ids=str
)
def test_what_is_made_of_others_is_made_anew(things, facts):
    recall, own = Recall(), ([], [])
    first = made(recall, "a", own, {"x": 1})
    assert made(recall, "a", own if things is None else things, facts) is not first


def test_what_nobody_has_asked_for_in_a_round_is_let_go():
    recall = Recall()
    first = made(recall, "a", ())
    recall.begin()
    recall.begin()
    assert made(recall, "a", ()) is not first


def test_what_rests_on_other_ground_is_let_go():
    recall, ground = Recall(), {}
    assert not recall.begin(ground, facts=1)
    first = made(recall, "a", ())
    assert recall.begin(ground, facts=1)
    assert made(recall, "a", ()) is first
    assert not recall.begin({}, facts=1)
    assert made(recall, "a", ()) is not first


def test_rows_of_the_very_same_things_are_made_once():
    recall, made = Recall(), []

    def each(*rows):
        columns = [row[0] for row in rows], [row[1] for row in rows]
        return recall.each("rows", columns, lambda at: made.append(at) or (rows[at],))

    one, other, third = ([1], "a"), ([1], "b"), ([2], "a")
    first = each(one, other)
    assert list(first) == [(one,), (other,)]
    assert each(one, other) is first
    assert made == [0, 1]
    again = each(third, other, one)
    assert [item[0] for item in again] == [third, other, one]
    assert (again[1], again[2]) == (first[1], first[0])
    assert made == [0, 1, 0]
    each(([1], "a"))  # equal to one of them is not enough
    assert len(made) == 4
    recall.begin("another network")
    each(one, other)
    assert len(made) == 6


@given(st.lists(st.lists(st.integers(0, 9), max_size=7, unique=True), max_size=4))
def test_rows_that_have_stayed_or_changed_places_are_not_made_again(rounds):
    things, recall, before = [[at] for at in range(10)], Recall(), []
    for picked in rounds:
        column, made = [things[at] for at in picked], []
        rows = recall.each(
            "rows", (column, column), lambda at, made=made, column=column: made.append(at) or [column[at]]
        )
        assert [row[0] for row in rows] == column
        assert sorted(made) == [at for at, thing in enumerate(column) if thing not in before]
        before = column


THINGS = [[at] for at in range(6)]  # told by their identity
SOME = st.lists(st.sampled_from(THINGS), max_size=6)
MAPPINGS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(THINGS))


@given(st.lists(MAPPINGS, min_size=1, max_size=5))
def test_a_mapping_is_made_anew_where_it_differs(rounds):
    recall, before, last = Recall(), {}, None
    for items in rounds:
        made = []
        found = recall.by_key("all", items, lambda key, item, made=made: made.append(key) or (key, item))
        assert found == {key: (key, item) for key, item in items.items()}
        assert list(found) == list(items)
        assert sorted(made) == sorted(key for key, item in items.items() if before.get(key) is not item)
        if last is not None and list(before) == list(items) and not made:
            assert found is last
        before, last = items, found


@given(st.lists(SOME, min_size=1, max_size=5))
def test_those_that_pass_a_test_are_found_among_what_differs(rounds):
    recall, before, last = Recall(), [], None
    for items in rounds:
        asked = []
        found = recall.those("even", items, lambda item, asked=asked: asked.append(item) or item[0] % 2 == 0)
        wanted = [item for item in items if item[0] % 2 == 0]
        assert list(found) == wanted
        if last is not None and len(before) == len(items):
            assert len(asked) == sum(one is not other for one, other in zip(before, items, strict=True))
            changed = [pair for pair in zip(before, items, strict=True) if pair[0] is not pair[1]]
            assert (found is last) == all(item[0] % 2 for pair in changed for item in pair)
        before, last = items, found


ROWS = st.lists(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([(1,), (2, 3), ()])), max_size=3), min_size=4, max_size=5
)


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_rows_are_grouped_as_if_all_were_new(rounds):
    recall, before, last = Recall(), None, {}
    for rows in rounds:
        if before is not None and len(before) == len(rows):  # the very same rows where they are equal
            rows = [old if old == new else new for old, new in zip(before, rows, strict=True)]  # noqa: PLW2901
        wanted = {}
        for row in rows:
            for group, items in row:
                wanted[group] = (*wanted.get(group, ()), *items)
        found = recall.grouped("rows", rows)
        assert found == wanted
        if before is not None and len(before) == len(rows):
            pairs = zip(before, rows, strict=True)
            touched = {group for pair in pairs if pair[0] is not pair[1] for row in pair for group, _ in row}
            assert all(found[group] is last[group] for group in found.keys() - touched)
        before, last = rows, dict(found)


@given(MAPPINGS, MAPPINGS)
def test_keys_differ_of_which_mappings_do_not_hold_the_very_same_thing(one, other):
    wanted = {key for key in one | other if key not in one or key not in other or one[key] is not other[key]}
    assert set(differing_keys(one, other)) == wanted
    changed = changed_keys(one, other)
    assert (changed is None) == (list(one) != list(other))
    assert changed is None or set(changed) == wanted


def test_twins_tell_keys_that_are_equal_texts_from_others():
    one, other = [(text + "!")[:-1] for text in ("key", "key")]  # equal, and two objects
    assert changed_keys_twin({one: THINGS[0]}, {other: THINGS[0]}) == []
    assert changed_keys_twin({(one, 1): THINGS[0]}, {(other, 1): THINGS[0]}) is None
    assert differing_twin([one, THINGS[0]], [one, THINGS[1]]) == [1] == differing([one, THINGS[0]], [one, THINGS[1]])
