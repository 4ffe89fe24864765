"""Plans for all demands of a priority in all states at once, where one demand after the other finds no room."""

import random

import pytest
from support_model import demand, failover, model
from support_sr import sr_network, sr_realised
from test_place_protection import check_capacity, every_link, wire

LINKS = ("a-b", "b-d", "a-c", "c-d")


def square(*more):
    """Two ways from a to d, each of 100 Mbps, with further links."""
    return sr_network([wire(name, mbps=100) for name in (*LINKS, *more)], ends="abcd")


def protected(topology, name, start, stop, mbps):
    return demand(topology, start, stop, intent=name, mbps=mbps, failover=failover(*every_link(topology)))


def placed(found):
    return sorted({item.demand.intent for item in found.demands.values()})


def small_ones_beside_a_big_one():
    net = square()
    return net, [protected(net, "big", "a", "d", 90), *(protected(net, f"s{i}", "a", "d", 30) for i in range(3))]


def test_what_leaves_room_for_most_is_placed():
    net, demands = small_ones_beside_a_big_one()
    found, _ = sr_realised(model(net, *demands))
    check_capacity(net, found)
    assert placed(found) == ["s0", "s1", "s2"]


def test_a_path_by_plan_says_why():
    net = square("b-c")
    demands = [protected(net, f"s{i}", "a", "d", 45) for i in range(2)]
    demands += [protected(net, "t", "b", "c", 50), protected(net, "u", "a", "b", 55), protected(net, "v", "c", "d", 55)]
    found, _ = sr_realised(model(net, *demands))
    check_capacity(net, found)
    assert len(placed(found)) >= 4


def test_nothing_is_planned_where_everything_fits(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr("intentc.place.ranks.make_plan", never)
    net = square()
    found, _ = sr_realised(model(net, protected(net, "x", "a", "d", 60)))
    assert placed(found) == ["x"]


def test_nothing_is_planned_for_networks_beyond_the_limit(monkeypatch):
    monkeypatch.setattr("intentc.place.joint.replan.MOST_CELLS", 1)
    net, demands = small_ones_beside_a_big_one()
    found, _ = sr_realised(model(net, *demands))
    assert placed(found) == ["big"]


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_never_places_less_and_holds_in_every_state(seed, monkeypatch):
    source = random.Random(seed)  # noqa: S311  (seeded programs, no secret)
    net = square("b-c", "a-d")
    demands = [
        protected(net, f"i{index}", *source.sample("abcd", 2), mbps=source.choice([20, 35, 50, 65])) for index in range(9)
    ]
    found, _ = sr_realised(model(net, *demands))
    check_capacity(net, found)
    monkeypatch.setattr("intentc.place.ranks.make_plan", lambda *_: False)
    assert len(placed(found)) >= len(placed(sr_realised(model(net, *demands))[0]))
