"""The kernel that writes what demands do in failure states against entries made of results."""

from array import array
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_native import needs_kernels
from test_native_results import one_by_one, settled

from intentc.manifest.demand_entries import state_entries
from intentc.manifest.demand_texts import states_text
from intentc.manifest.states import MOST_NAMED_STATES, merge_states
from intentc.native import compiled
from intentc.realise.model import LatencyParts
from intentc.realise.results import QueuedResults, Results, SettledResults
from intentc.values import json_bytes

pytestmark = needs_kernels

BASES = ("proved", "queue-limit", "assumed")
NORMALLY = LatencyParts(5, 6, 7, "proved")
FIGURES = st.tuples(
    st.sampled_from((-2, -1, 0, 9, 12_345)), st.integers(0, 9), st.integers(0, 99_999), st.integers(0, 2)
)


def entries(states):
    """The entries of some results that are made, as they stand in a list."""
    return b", ".join(map(json_bytes, state_entries(merge_states(SimpleNamespace(states=states)))))


@settings(max_examples=100, deadline=None)
@given(settled())
def test_entries_are_those_of_results(of):
    if of.settled is None or of.promised.watch.whole is not of.watch:
        return  # no path to begin with, or promised anew
    results = Results(of.network)
    made = results.of(one_by_one(of), of.ahead, {})
    found = states_text(SettledResults(results, of.settled, of.promised, of.ahead))
    assert found == (entries(made) if all(len(result.paths) == 1 for result in made) else None)


@settings(max_examples=100, deadline=None)
@given(settled(), st.data(), st.booleans())
def test_entries_with_queueing_are_those_of_results(of, data, is_wide):
    """Four numbers of each result; of several paths none is left to what they were placed with."""
    if of.settled is None or of.promised.watch.whole is not of.watch:
        return
    results = Results(of.network)
    made = results.of(one_by_one(of), of.ahead, {})
    words = array("q" if is_wide else "i", (5, 6, 7, 0))
    for result in made:
        figures = data.draw(FIGURES)
        words.extend((0, *figures[1:]) if figures[0] == -1 and len(result.paths) > 1 else figures)
    view = SettledResults(results, of.settled, of.promised, of.ahead)
    found = states_text(QueuedResults(view, NORMALLY, words, BASES))
    assert found == entries(tuple(QueuedResults(made, NORMALLY, words, BASES)))
    list(view)  # now they are made
    assert states_text(QueuedResults(view, NORMALLY, words, BASES)) is None


@settings(max_examples=30, deadline=None)
@given(settled())
def test_more_states_than_are_named_are_for_results(of):
    if of.settled is None or of.promised.watch.whole is not of.watch:
        return
    results = Results(of.network)
    told_of = SettledResults(results, of.settled, of.promised, of.ahead).told()
    texts = compiled("texts").texts_of(told_of[0], json_bytes)
    most = max((len(when) for when in told_of[0].whens(told_of[1], *told_of[3:])), default=0)
    assert most <= MOST_NAMED_STATES
    if most:
        assert texts.states(*told_of, None, most - 1) is None
        with pytest.raises(ValueError, match="four numbers"):
            texts.states(*told_of, (bytes(16), False, (5, 6, 7, b'""'), ()), most)


@settings(max_examples=20, deadline=None)
@given(settled(), settled())
def test_names_are_written_once_for_a_network_and_others_are_refused(of, other):
    results, again, others = Results(of.network), Results(of.network), Results(other.network)
    texts = compiled("texts").texts_of(results.teller, json_bytes)
    assert compiled("texts").texts_of(again.teller, json_bytes) is texts
    with pytest.raises(ValueError, match="another network"):
        texts.states(others.teller, b"", None, (), frozenset(), None, 1)
