"""What is known of queues as columns: a mapping like any other, of which objects are made when somebody asks."""

from array import array

import pytest

from intentc.delay.columns import Bounds, Cases, Worsts
from intentc.realise.model import QueueBound

ONE, OTHER, NONE = ("L", "a", "high"), ("L", "b", "high"), ("M", "a", "high")
PLACES = {ONE: 0, OTHER: 1}


def test_bounds_are_told_by_queue_in_their_order():
    words = [array("q", column) for column in ([5_001, 900], [7, 8], [9, 10], [11, 12])]
    found = Bounds(PLACES, words, array("q", [1_000, 1_000]), bytes([0, 2]))
    assert found == {ONE: QueueBound(5_001, 5, 7, 9, 11, "proved"), OTHER: QueueBound(900, 0, 8, 10, 12, "assumed")}
    assert list(found) == [ONE, OTHER]
    assert list(found.waits()) == [(ONE, 5, 0), (OTHER, 0, 2)]
    assert (len(found), ONE in found, NONE in found, found.get(NONE)) == (2, True, False, None)
    with pytest.raises(KeyError):
        found[NONE]


def test_worst_states_are_told_by_queue():
    found = Worsts(PLACES, array("i", [0, 2, 2]), array("i", [4, 3]))
    assert found == {ONE: frozenset({3, 4}), OTHER: frozenset()}
    assert (list(found), len(found), NONE in found) == ([ONE, OTHER], 2, False)
    columns = ([1, -1, 0], [0, 2, 2], [4, 3])  # where each of them is, where its states begin, all states
    assert found.columns([OTHER, NONE, ONE]) == tuple(array("i", column) for column in columns)


def test_a_queue_that_was_to_lose_nothing_may_lose_something():
    cases = Cases(array("q", [100, 200]), bytearray([1, 1]), array("q", [-1, 5]))
    other = cases.without_loss([1])
    assert list(cases) == [(0, 100, True, -1), (1, 200, True, 5)]
    assert (other[1], other[0:1], len(other)) == ((1, 200, False, 5), [(0, 100, True, -1)], 2)
