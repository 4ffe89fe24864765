"""Schedulers of link ends are patched to what they are made of, from nothing."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.columns import Columns, Facts, Last, patched
from intentc.ir.ground import merged
from intentc.ir.model import Origin, PortQueueing
from intentc.ir.usage import User
from intentc.realise.model import LinkLoad
from intentc.topology.model import Directional

SPANS = [Span("a.intent", line, 1, line, 9) for line in range(1, 7)]
ORIGINS = st.builds(
    lambda name, spans: Origin((name,), tuple(sorted(spans))),
    st.sampled_from(["i1", "i2"]),
    st.sets(st.sampled_from(SPANS), max_size=3),
)


@given(st.lists(st.tuples(ORIGINS, ORIGINS), min_size=1, max_size=4), st.lists(ORIGINS, max_size=3))
def test_who_asked_is_patched_to_what_all_are_merged_to(changes, others):
    """Where it cannot be patched, because who asks is another intent or something is named by others still, nothing comes of it."""
    before, after = [was for was, _ in changes] + others, [now for _, now in changes] + others
    named = {span for origin in after for span in origin.spans}
    found = patched(merged(before), changes, named.__contains__)
    is_due = any(was.intents != now.intents for was, now in changes) or any(
        span in named for was, now in changes for span in set(was.spans) - set(now.spans)
    )
    assert found == (None if is_due else merged(after))


def user(key="d1", *, is_labelled=False, span=0, burst=1):
    return User(key, Origin(("i1",), (SPANS[span],)), burst, is_labelled)


def facts(users=None, rates=None, sizes=None, shared=False):
    return Facts([{} if users is None else users], [rates or {}], [sizes or {}], ([shared],))


MADE = PortQueueing("eth0", "L1", 10, 1500, (), Origin(("i1",), (SPANS[0],)))
USERS, RATES, SIZES = {"high": (user(), user("d2"))}, {"high": 5}, {"high": (1, 1)}
KNOWN = Last(facts(USERS, RATES, SIZES), [MADE.origin], [MADE])


@pytest.mark.parametrize(
    ("now", "is_like"),
    [
        (facts(USERS, RATES, SIZES), True),
        (facts(USERS, {"high": 6}, {"high": (2, 1)}), True),
        (facts({"high": (user(span=1, burst=7), USERS["high"][1])}, RATES, SIZES), True),
        (facts({"high": (user(is_labelled=True), USERS["high"][1])}, RATES, SIZES), False),
        (facts({"high": USERS["high"][:1]}, RATES, SIZES), False),
        (facts({**USERS, "low": (user("d3"),)}, RATES, SIZES), False),
        (facts(USERS, {**RATES, "low": 1}, SIZES), False),
        (facts(USERS, RATES, SIZES, shared=True), False),
    ],
)
def test_classes_and_labels_are_what_they_were_where_all_that_they_follow_from_is(now, is_like):
    assert KNOWN.like(0, now) is (MADE if is_like else None)


@pytest.mark.parametrize(
    ("now", "is_resized"),
    [
        (facts(USERS, RATES, {"high": (2, 1)}), True),
        (facts(USERS, RATES, {"high": (1, 1), "low": (1, 1)}), False),
        (facts(USERS, dict(RATES), SIZES), False),
        (facts(dict(USERS), RATES, SIZES), False),
    ],
)
def test_nothing_but_sizes_differs_where_the_rest_is_the_very_same(now, is_resized):
    assert KNOWN.is_resized(0, now) == is_resized


def test_who_asks_of_many_others_is_merged_anew():
    users = [user(f"d{number}") for number in range(20)]
    known = Last(facts({"high": tuple(users)}), [MADE.origin], [MADE])
    few = [user(f"d{number}", span=1) for number in range(2)] + users[2:]
    assert known.origin(0, {"high": tuple(few)}, lambda span: span == SPANS[0]) is None
    assert known.origin(0, {"high": tuple(few)}, lambda _: False).spans == (SPANS[1],)
    many = [user(f"d{number}", span=1) for number in range(20)]
    assert known.origin(0, {"high": tuple(many)}, lambda _: False) is None


LINK = SimpleNamespace(id="L1", a=SimpleNamespace(node="a"), b=SimpleNamespace(node="b"))


def load(ab, ba, name="high"):
    return LinkLoad("L1", Directional(0, 0), {}, Directional(ab, ba), ("", ""), {name: Directional(ab, ba)})


def test_what_is_reserved_in_one_direction_leaves_the_other_end_as_it_was():
    columns = Columns([("a", LINK, "eth0"), ("b", LINK, "eth0")])
    first = columns.rates({"L1": load(5, 0)})
    assert first == [{"high": 5}, {}]
    second = columns.rates({"L1": load(7, 0)})
    assert second == [{"high": 7}, {}]
    assert second[1] is first[1]
    assert columns.rates({"L1": load(7, 3)}) == [{"high": 7}, {"high": 3}]
    assert columns.rates({}) == [{}, {}]
