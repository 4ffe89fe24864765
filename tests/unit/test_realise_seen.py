"""A demand of which figures alone have changed is the very same one to devices; any other is told as it is."""

import pytest
from support_realised import demand, placed, steered

from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.realise.results import QueuedResults
from intentc.realise.seen import LastSeen, goes_alike
from intentc.values import replace

LATENCY = LatencyParts(10, 1, 2, "proved")
STATES = tuple(StateResult((name,), "r4", (Path(("r1", "r4"), (name,)),), LATENCY) for name in ("L1", "L2"))


def waiting(item, queueing_us):
    """Return a demand whose packets wait for so long."""
    states = QueuedResults(STATES, LATENCY, [0] * 4 + [10, 1, queueing_us, 0] * 2, ["proved"])
    return replace(item, latency=replace(LATENCY, queueing=queueing_us), states=states)


ONE, OTHER = (waiting(placed(demand(key)), 5) for key in ("d1", "d2"))


def test_who_waits_for_longer_is_the_very_same_and_so_are_all():
    last = LastSeen()
    first = last.turned({"d1": ONE, "d2": OTHER})
    assert [item.demand for item in first.rows] == [ONE.demand, OTHER.demand]
    assert first.rows[0].states is STATES  # no figures of queues are held
    assert last.turned({"d1": waiting(ONE, 7), "d2": waiting(OTHER, 8)}) is first


@pytest.mark.parametrize(
    "changes",
    [
        {"demand": demand("d1")},
        {"primary": (Path(("r1", "r4"), ("L2",)),)},
        {"steering": (steered(),)},
        {"protection": object()},
        {"mechanism": "pbr"},
        {"id": "other"},
        {"segments": ("r2",)},
        {"policies": (object(),)},
        {"alternatives": (object(),)},
        {"chosen": placed(demand("d1")).chosen},
        {"latency": replace(LATENCY, propagation=11)},
        {"states": STATES[:1]},
        {"states": (STATES[0], replace(STATES[1], paths=(Path(("r1", "r4"), ("L3",)),)))},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_who_goes_another_way_or_by_other_means_is_told_as_it_is(changes):
    last, moved = LastSeen(), replace(ONE, **changes)
    first = last.turned({"d1": ONE, "d2": OTHER})
    found = last.turned({"d1": moved, "d2": waiting(OTHER, 9)})
    assert not goes_alike(ONE, moved)
    assert all(getattr(found.by_key["d1"], name) is item for name, item in changes.items())
    assert found.rows == tuple(found.by_key.values())
    assert found.rows[1] is first.rows[1]


def test_demands_that_come_and_go_leave_the_others_as_they_were():
    last = LastSeen()
    first = last.turned({"d2": OTHER})
    found = last.turned({"d1": ONE, "d2": waiting(OTHER, 9)})
    assert list(found.by_key) == ["d1", "d2"]
    assert found.by_key["d2"] is first.by_key["d2"]
    assert list(last.turned({"d1": ONE}).by_key) == ["d1"]
