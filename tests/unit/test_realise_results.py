"""What demands do in failure states: of whom nobody asks for latencies none are made."""

import pytest

from intentc.realise.model import LatencyParts, StateResult
from intentc.realise.results import QueuedResults, lead_alike, ways_of

NORMALLY = LatencyParts(10, 1, 2, "proved")
BEFORE = tuple(StateResult((name,), "b", (name,), LatencyParts(10, 1, 0, "none")) for name in ("one", "two"))


def queued(waiting_us):
    return QueuedResults(BEFORE, NORMALLY, [0] * 4 + [10, 1, waiting_us, 0] * 2, ["proved"])


def is_made(results):
    return results.led is results


def test_paths_are_told_without_latencies():
    results = queued(5)
    assert list(ways_of(results)) == [("one",), ("two",)]
    assert lead_alike(results, queued(6))
    assert not is_made(results)


@pytest.mark.parametrize("look", [list, len, repr], ids=lambda look: look.__name__)
def test_who_looks_has_them_made(look):
    results = queued(5)
    look(results)
    assert is_made(results)
    assert results[0].latency.queueing == 5
    assert list(ways_of(results)) == [("one",), ("two",)]
    assert lead_alike(results, queued(6))
