"""Origins merged by their numbers, and items in their order: what comes out is what sorting all that they name gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.ground import merged
from intentc.ir.model import Origin
from intentc.ir.order import in_order
from intentc.ir.origins import Roll
from intentc.values import ordered


@ordered
class Queued:
    port: str
    limit: int | None


def span(line, column=1):
    return Span("a.intent", line, column, line, column + 5)


def origin(names, lines):
    return Origin(tuple(sorted(names)), tuple(span(line) for line in sorted(lines)))


ORIGINS = st.builds(
    origin, st.sets(st.sampled_from("abcdef"), min_size=1, max_size=2), st.sets(st.integers(1, 12), max_size=3)
)
ALONE = st.lists(st.sampled_from("fedcbagh"), unique=True).map(
    lambda names: [origin(name, {3 * at, 3 * at + 1}) for at, name in enumerate(names, 1)]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(ORIGINS, max_size=6), ALONE), st.data())
def test_a_roll_merges_as_sorting_does(origins, data):
    roll = Roll(origins)
    picked = data.draw(st.lists(st.sampled_from(origins), max_size=8)) if origins else []
    assert roll.merged(picked) == merged(picked)


@settings(max_examples=200, deadline=None)
@given(st.lists(ORIGINS, min_size=1, max_size=4), st.lists(ORIGINS, max_size=2), st.data())
def test_a_roll_that_admits_a_few_merges_them_as_well(origins, more, data):
    many = [*origins * 64, *more]  # the very same ones many times over
    roll = Roll(origins)
    assert roll.admits(many, len(many))
    picked = data.draw(st.lists(st.sampled_from([*origins, *more]), max_size=8))
    assert roll.merged(picked) == merged(picked)
    assert roll.merged(origins) == merged(origins)


def test_a_roll_admits_neither_many_nor_is_it_kept_for_a_few():
    origins = [origin("a", {line}) for line in range(1, 9)]
    assert not Roll(origins[:4]).admits(origins, 8)
    assert not Roll(origins).admits((), 3)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.builds(Queued, st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 2))), max_size=6))
def test_items_stand_once_each_in_the_order_of_their_parts(items):
    """None stands before all else."""
    wanted = sorted(set(items), key=lambda item: (item.port, item.limit is not None, item.limit or 0))
    assert in_order(items) == tuple(wanted)


def test_items_in_order_are_told_apart_without_hashing_them():
    class Unhashed(int):
        __hash__ = None

    assert in_order([Unhashed(2), Unhashed(1)]) == (1, 2)
