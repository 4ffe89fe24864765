"""Paths that come through their own destination on the way to a waypoint: what is possible counts them, though none is placed."""

import pytest
from support_model import demand, model, nodes_of, waypoint, wire
from support_sr import sr_network, sr_realised

LINKS = [("a-d", 1), ("d-w", 2), ("a-w", 10)]


def to_w_and_back(bound_ms):
    """Place what goes from a to d by w: 5 ms through d to w and back, 12 straight to w."""
    topology = sr_network([wire(name, ms=ms) for name, ms in LINKS])
    wanted = demand(topology, "a", "d", via=(waypoint(nodes=["w"]),), bound_ms=bound_ms)
    found, findings = sr_realised(model(topology, wanted))
    return found, wanted.key, findings.items


def test_a_bound_below_all_of_them_is_impossible_and_the_best_is_told():
    _, _, (refused,) = to_w_and_back(4)
    assert (refused.code, "takes 5ms at best, over `a` - `d` - `w` - `d`" in refused.message) == ("E0502", True)


@pytest.mark.parametrize("bound_ms", [5, 11])
def test_a_bound_that_only_such_a_path_keeps_is_not_said_to_be_impossible(bound_ms):
    _, _, (refused,) = to_w_and_back(bound_ms)
    assert refused.code == "E0509"


def test_another_path_is_placed():
    found, key, findings = to_w_and_back(12)
    assert (nodes_of(found, key), findings) == (["a w d"], [])
