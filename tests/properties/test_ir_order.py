"""The order of items of the device IR: compiled comparisons give that of their keys, None before everything."""

from hypothesis import given
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.model import MarkRule, Meter, Origin
from intentc.ir.order import _key, in_order
from intentc.resolve.model import Flow

FEW = st.integers(0, 2)
WORDS = st.sampled_from(["", "a", "b"])
PORTS = st.none() | st.tuples(FEW, FEW)
FLOWS = st.builds(Flow, st.sampled_from([4, 6]), WORDS, WORDS, WORDS, PORTS, PORTS, st.none() | FEW)
ORIGINS = st.builds(
    Origin, st.tuples(WORDS), st.lists(st.builds(Span, WORDS, FEW, FEW, FEW, FEW), max_size=2).map(tuple)
)
METERS = st.builds(Meter, WORDS, st.none() | FEW, FEW, st.none() | FEW, st.none() | FEW, FEW)
MARKS = st.builds(
    MarkRule,
    FEW,
    FLOWS,
    st.lists(FLOWS, max_size=2).map(tuple),
    st.tuples(WORDS),
    WORDS,
    FEW,
    st.none() | WORDS,
    WORDS,
    ORIGINS,
)


@given(st.lists(METERS) | st.lists(MARKS))
def test_items_are_in_the_order_of_their_keys_once_each(items):
    assert in_order(items) == tuple(sorted(dict.fromkeys(items), key=_key))
