"""Who is placed first, who gives way, and that an intent is placed as a whole or not at all."""

from dataclasses import replace

import pytest
from support_model import (
    codes,
    demand,
    every_link,
    failover,
    model,
    network,
    nodes_of,
    placed,
    realised,
    reply,
    wire,
)

from intentc.place import displace
from intentc.place.joint import replan

# two ways of 100 Mbps each from a to d
TWO = (wire("a-b", mbps=100), wire("b-d", mbps=100), wire("a-c", mbps=100, metric=20), wire("c-d", mbps=100, metric=20))


def net(links=TWO, ends=("a", "d")):
    return network(links, ends=ends)


def test_the_higher_priority_is_placed_first():
    topology = net(TWO[:2])
    low = demand(topology, "a", "d", intent="a-low", priority="low", mbps=60)
    high = demand(topology, "a", "d", intent="z-high", priority="high", mbps=60)
    found, findings = realised(model(topology, low, high))
    assert (list(found.demands), found.infeasible, codes(findings)) == (["z-high/a>d"], ("a-low",), ["E0505"])


def test_an_intent_is_placed_as_a_whole_or_not_at_all():
    topology = net(TWO[:2], ends=("a", "b", "d"))
    fits = demand(topology, "a", "b", mbps=30)
    too_big = demand(topology, "a", "d", mbps=90)
    other = demand(topology, "a", "d", intent="y", mbps=80, priority="low")
    found, _ = realised(model(topology, fits, too_big, other))
    assert (list(found.demands), found.infeasible) == (["y/a>d"], ("x",))
    assert found.loads["a-b"].reserved.ab == 80_000_000


def test_a_reply_that_finds_no_place_takes_its_demand_with_it():
    links = [wire("a-d", mbps=100, background_bps=replace(wire("x-y").background_bps, ba=90_000_000))]
    topology = net(links)
    wanted = demand(topology, "a", "d", mbps=20)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    assert (found.demands, found.loads) == ({}, {})
    assert findings.items[0].message == (
        "no path from `d` to `a` (replies) has room: `a-d` (100Mbps) lacks 10Mbps from `d` to `a`"
    )


def test_the_biggest_goes_first_within_a_priority():
    topology = net()
    small = [demand(topology, "a", "d", intent=f"s{index}", mbps=40) for index in range(2)]
    big = demand(topology, "a", "d", intent="z", mbps=100)
    found, findings = realised(model(topology, *small, big))
    assert findings.items == []
    assert nodes_of(found, "z/a>d") == ["a b d"]
    assert {path for item in small for path in nodes_of(found, item.key)} == {"a c d"}


def test_an_intent_that_finds_no_room_is_tried_first():
    """x has a bound that only b-d meets and so goes first; y fits nowhere else and is put in front of it."""
    links = [wire("a-b", mbps=100), wire("b-d", mbps=100), wire("a-c", mbps=60, ms=2), wire("c-d", mbps=60, ms=2)]
    topology = net(links)
    first = demand(topology, "a", "d", intent="x", mbps=50, bound_ms=50)
    second = demand(topology, "a", "d", intent="y", mbps=90)
    found, findings = realised(model(topology, first, second))
    assert findings.items == []
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "y/a>d")) == (["a c d"], ["a b d"])


def test_books_in_which_room_was_sought_are_let_go_of(monkeypatch):
    """What was found in them still knows them, and each may be as large as all books together."""
    made = []

    class Noting(displace.Displacer):
        def __init__(self, *of):
            super().__init__(*of)
            made.append((self, self._alone.ledger.used_arcs()))

    monkeypatch.setattr(displace, "Displacer", Noting)
    monkeypatch.setattr(replan, "can_plan", lambda *_of: False)  # which finds room first
    links = [wire("a-b", mbps=100), wire("b-d", mbps=100), wire("a-c", mbps=60, ms=2), wire("c-d", mbps=60, ms=2)]
    topology = net(links)
    above = demand(topology, "a", "d", intent="w", mbps=2)
    first = demand(topology, "a", "d", intent="x", mbps=50, bound_ms=50, priority="normal")
    second = demand(topology, "a", "d", intent="y", mbps=90, priority="normal")
    found, findings = realised(model(topology, above, first, second))
    assert findings.items == []
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "y/a>d")) == (["a c d"], ["a b d"])
    ((displacer, before),) = made
    assert before
    assert displacer._alone.ledger.used_arcs() == []


def test_room_is_sought_in_books_made_when_few_others_were_in_them(monkeypatch):
    """A copy of books that are full, from which all has to be taken out again, is twice the memory and takes long."""
    taken_out = []

    def noting(context, placed):
        taken_out.append(list(placed))
        return made(context, placed)

    made = displace.without
    monkeypatch.setattr(displace, "without", noting)
    monkeypatch.setattr(replan, "can_plan", lambda *_of: False)  # which finds room first
    links = [wire("a-b", mbps=100), wire("b-d", mbps=100), wire("a-c", mbps=60, ms=2), wire("c-d", mbps=60, ms=2)]
    topology = net(links)
    first = demand(topology, "a", "d", intent="x", mbps=50, bound_ms=50)
    second = demand(topology, "a", "d", intent="y", mbps=90)
    others = [demand(topology, "a", "d", intent=name, mbps=1) for name in "zw"]  # which come last
    found, findings = realised(model(topology, first, second, *others))
    assert findings.items == []
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "y/a>d")) == (["a c d"], ["a b d"])
    assert taken_out == [["x"]]


def test_what_cannot_be_helped_by_another_order_keeps_its_finding():
    topology = net(TWO[:2])
    demands = [demand(topology, "a", "d", intent=name, mbps=60) for name in "xyz"]
    found, findings = realised(model(topology, *demands))
    assert (list(found.demands), found.infeasible) == (["x/a>d"], ("y", "z"))
    assert codes(findings) == ["E0505", "E0505"]


def test_a_failed_intent_leaves_nothing_in_the_books():
    topology = net(TWO[:2])
    alone, _ = placed(model(topology, demand(topology, "a", "d", intent="y", mbps=60)))
    both, _ = placed(
        model(
            topology, demand(topology, "a", "d", intent="y", mbps=60), demand(topology, "a", "d", intent="x", mbps=900)
        )
    )
    assert both.loads == alone.loads


@pytest.mark.parametrize("priority", ["normal", "low", "background"])
def test_what_a_higher_priority_needs_under_failure_is_kept_free(priority):
    topology = net()
    first = demand(topology, "a", "d", intent="x", mbps=60, failover=failover(*every_link(topology), mbps=60))
    second = demand(topology, "a", "d", intent="y", mbps=60, priority=priority)
    found, findings = realised(model(topology, first, second))
    assert found.infeasible == ("y",)
    (finding,) = findings.items
    assert (finding.code, finding.state) == ("E0505", None)
    assert finding.message == "no path from `a` to `d` has room: `a-b` (100Mbps) lacks 20Mbps from `a` to `b`"


def test_background_is_left_a_hundredth():
    topology = net(TWO[:2])
    first = demand(topology, "a", "d", intent="x", mbps=100)
    second = demand(topology, "a", "d", intent="y", priority="background")
    found, findings = realised(model(topology, first, second))
    assert found.infeasible == ("y",)
    assert "`a-b` (100Mbps) lacks 1Mbps" in findings.items[0].message


def test_a_fixed_share_is_set_aside_whole():
    topology = net(TWO[:2])
    first = demand(topology, "a", "d", intent="x", mbps=1, priority="fixed")
    found, findings = realised(model(topology, first, demand(topology, "a", "d", intent="y", mbps=81, priority="low")))
    assert found.infeasible == ("y",)
    assert "lacks 1Mbps" in findings.items[0].message


def test_pools_share_their_rate_on_a_link():
    """Two destinations of one source, each may use all of the source's 60 Mbps, together no more."""
    links = [wire("a-b", mbps=100), wire("b-c", mbps=100), wire("b-d", mbps=100)]
    topology = network(links, ends=("a", "c", "d"))
    demands = [demand(topology, "a", stop, mbps=60, pool="x/a") for stop in "cd"]
    found, findings = realised(model(topology, *demands))
    assert findings.items == []
    assert found.loads["a-b"].reserved.ab == 60_000_000
    apart = [demand(topology, "a", stop, mbps=60) for stop in "cd"]
    assert realised(model(topology, *apart))[0].infeasible == ("x",)


def test_the_utilisation_counts_background():
    links = [wire("a-d", mbps=100, background_bps=replace(wire("x-y").background_bps, ab=10_000_001))]
    found, _ = realised(model(net(links), demand(net(links), "a", "d", mbps=20)))
    assert found.max_utilisation_ppm == 300_001


def test_nothing_to_place_is_fine():
    found, findings = realised(model(net()))
    assert (found.demands, found.loads, found.max_utilisation_ppm, findings.items) == ({}, {}, 0, [])


# -- making room -------------------------------------------------------------------------------------------------------

# three ways from a to d, and one from e over b
THREE = (
    *TWO,
    wire("a-f", mbps=100, metric=30),
    wire("d-f", mbps=100, metric=30),
    wire("b-e", mbps=100, metric=5),
)
EVEN = (wire("a-b", mbps=100), wire("b-d", mbps=100), wire("a-c", mbps=100), wire("c-d", mbps=100))


def test_those_in_the_way_go_elsewhere():
    """e reaches d in time over b alone; x was there first, being bigger, and has other ways."""
    topology = net(THREE, ends=("a", "d", "e"))
    bound_ms = 4
    first = demand(topology, "a", "d", intent="x", mbps=80, bound_ms=100)
    second = demand(topology, "e", "d", intent="y", mbps=70, bound_ms=bound_ms)
    alone, _ = realised(model(topology, first))
    found, findings = realised(model(topology, first, second))
    assert findings.items == []
    assert nodes_of(alone, "x/a>d") == ["a b d"]
    assert nodes_of(found, "x/a>d") != ["a b d"]
    assert nodes_of(found, "y/e>d") == ["e b d"]


def test_nobody_moves_for_an_intent_that_finds_no_room_even_so():
    topology = net(THREE, ends=("a", "d", "e"))
    others = [demand(topology, "a", "d", intent=f"x{index}", mbps=80) for index in range(3)]
    late = demand(topology, "e", "d", intent="y", mbps=70)
    before, _ = realised(model(topology, *others))
    found, findings = realised(model(topology, *others, late))
    assert codes(findings) == ["E0505"]
    assert {key: nodes_of(found, key) for key in found.demands} == {
        key: nodes_of(before, key) for key in before.demands
    }
    assert found.loads == before.loads


def test_equal_cost_paths_that_take_the_room_of_others_are_given_up():
    """Each of two demands over both paths would reserve its rate on all four links, and both together more than they have."""
    topology = net(EVEN)
    demands = [demand(topology, "a", "d", intent=name, mbps=70) for name in "xy"]
    alone, _ = realised(model(topology, demands[0]))
    found, findings = realised(model(topology, *demands))
    assert findings.items == []
    assert len(nodes_of(alone, "x/a>d")) == 2
    assert sorted(nodes_of(found, "x/a>d") + nodes_of(found, "y/a>d")) == ["a b d", "a c d"]
