"""`optimize`: what is minimised among the paths that do."""

import pytest
from support_model import candidate, demand, model, network, realised, wire

from intentc.delay.withdraw import withdraw
from intentc.topology.model import Directional

# the IGP goes a-b-d (11 ms, dear); a-c-d is fast, a-e-d cheap
PRICES = {"a-b": 50, "b-d": 50, "a-c": 40, "c-d": 40, "a-e": 1, "e-d": 1}


def wired(name, **rest):
    return wire(name, cost=Directional(PRICES[name], PRICES[name]), **rest)


THREE_WAYS = (
    wired("a-b", ms=1),
    wired("b-d", ms=10),
    wired("a-c", ms=2, metric=20),
    wired("c-d", ms=2, metric=20),
    wired("a-e", ms=4, metric=30),
    wired("e-d", ms=4, metric=30),
)


def net(*more):
    return network([*THREE_WAYS, *more], ends=("a", "d"))


def place(topology, *demands):
    found, findings = realised(model(topology, *demands))
    assert not findings.items
    return found


def only_path(found, key="x/a>d"):
    (path,) = found.demands[key].primary
    return " ".join(path.nodes)


@pytest.mark.parametrize(
    ("goal", "path"), [("stability", "a b d"), ("latency", "a c d"), ("cost", "a e d"), ("utilization", "a b d")]
)
def test_the_goal_chooses_the_path(goal, path):
    topology = net()
    assert only_path(place(topology, demand(topology, "a", "d", mbps=10, goal=goal))) == path


@pytest.mark.parametrize(("goal", "path"), [("stability", "a f"), ("latency", "a c d"), ("cost", "a e d")])
def test_the_goal_chooses_the_replica(goal, path):
    near = wire("a-f", ms=6, cost=Directional(20, 20))  # nearer than `d` by the IGP's own path alone
    topology = network([*THREE_WAYS, near], ends=("a", "d", "f"))
    either = [candidate(topology, "a", node) for node in "df"]
    (item,) = place(topology, demand(topology, "a", name="any", candidates=either, mbps=10, goal=goal)).demands.values()
    assert [" ".join(each.nodes) for each in item.primary] == [path]


def test_the_reason_names_the_goal():
    topology = net()
    found = place(topology, demand(topology, "a", "d", mbps=10, goal="cost"))
    assert found.demands["x/a>d"].reason == "steered: `optimize cost` prefers it to IGP's path"


def test_a_goal_that_the_igp_serves_needs_no_rule():
    topology = network([wired("a-b", ms=1), wired("b-d", ms=1), wired("a-c", ms=2), wired("c-d", ms=2, metric=20)])
    found = place(topology, demand(topology, "a", "d", mbps=10, goal="latency"))
    assert (found.demands["x/a>d"].mechanism, only_path(found)) == ("igp", "a b d")


def test_a_goal_gives_way_to_a_bound():
    topology = net()
    assert only_path(place(topology, demand(topology, "a", "d", mbps=10, goal="cost", bound_ms=5))) == "a c d"


def test_demands_that_want_links_evenly_used_share_them():
    topology = net()
    wanted = [demand(topology, "a", "d", intent=name, mbps=300, goal="utilization") for name in ("x", "y", "z")]
    found = place(topology, *wanted)
    assert {only_path(found, f"{name}/a>d") for name in ("x", "y", "z")} == {"a b d", "a c d", "a e d"}
    assert (found.max_utilisation_ppm, found.floor().ppm) == (300_000, 300_000)


def test_the_bound_of_what_is_left_is_that_of_what_is_left():
    """What queueing withdraws after placement takes its part of the bound along, and no more than that."""
    topology = net()
    wanted = [demand(topology, "a", "d", intent=name, mbps=300, goal="utilization") for name in ("x", "y", "z")]
    left = withdraw(place(topology, *wanted), {"z"})
    assert (left.floor().ppm, bool(left.floor().prices)) == (200_000, True)


def test_they_make_room_for_those_that_stay():
    topology = net()
    stays = demand(topology, "a", "d", intent="x", mbps=400)
    moves = demand(topology, "a", "d", intent="y", mbps=300, goal="utilization")
    found = place(topology, stays, moves)
    assert only_path(found, "x/a>d") == "a b d"
    assert only_path(found, "y/a>d") != "a b d"


def test_the_order_does_not_matter():
    topology = net()
    wanted = [demand(topology, "a", "d", intent=f"i{index}", mbps=50 + index, goal="utilization") for index in range(9)]
    there, back = place(topology, *wanted), place(topology, *wanted[::-1])
    assert there.demands == back.demands
    assert there.floor().prices == back.floor().prices
