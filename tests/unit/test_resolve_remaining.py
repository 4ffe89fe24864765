"""A long tuple but for a few of its items is like the tuple that was copied."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.resolve.remaining import Remaining


@st.composite
def cases(draw):
    whole = tuple(range(draw(st.integers(0, 12))))
    left_out = draw(st.sets(st.sampled_from(whole))) if whole else set()
    return Remaining(whole, tuple(sorted(left_out))), tuple(item for item in whole if item not in left_out)


@given(cases(), st.integers(-14, 14), st.integers(-14, 14))
def test_it_is_like_the_copy(case, one, other):
    lazy, copied = case
    assert tuple(lazy) == copied
    assert (len(lazy), bool(lazy), repr(lazy), hash(lazy)) == (len(copied), bool(copied), repr(copied), hash(copied))
    assert lazy[one:other] == copied[one:other]
    assert (one in lazy, tuple(reversed(lazy))) == (one in copied, copied[::-1])
    if -len(copied) <= one < len(copied):
        assert lazy[one] == copied[one]
    else:
        with pytest.raises(IndexError):
            lazy[one]


@given(cases(), cases())
def test_equal_ones_have_equal_items(case, another):
    (lazy, copied), (other, other_copied) = case, another
    assert (lazy == other, lazy == other_copied, other_copied == lazy) == ((copied == other_copied,) * 3)
    assert lazy != list(copied)


def test_it_takes_no_more_room_for_a_longer_tuple():
    whole = tuple(range(100_000))
    assert sys.getsizeof(Remaining(whole, (3,))) < 200
