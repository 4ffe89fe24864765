"""Realised demands by name: ids, segments, alternatives, states by id, and the check that nothing is wished."""

from dataclasses import replace

import pytest
from support_model import demand, every_link, failed, failover, model, network, placed, realised, reply, wire

from intentc.realise.path import Path
from intentc.realise.realise import realise

DIAMOND = (wire("a-b", ms=1), wire("b-d", ms=10), wire("a-c", ms=2, metric=20), wire("c-d", ms=2, metric=20))


def net(links=DIAMOND, ends=("a", "d")):
    return network(links, ends=ends)


def test_the_igp_has_neither_segments_nor_alternatives():
    item = realised(model(net(), demand(net(), "a", "d")))[0].demands["x/a>d"]
    assert (item.mechanism, item.segments, item.alternatives, item.steering) == ("igp", (), (), ())


def test_a_path_is_frozen_and_differs_by_each_of_its_parts():
    path = Path(("a", "b"), ("a-b",), 500_000, (1,))
    others = [
        Path(("a", "c"), ("a-b",), 500_000, (1,)),
        Path(("a", "b"), ("a-b#2",), 500_000, (1,)),
        Path(("a", "b"), ("a-b",), 400_000, (1,)),
        Path(("a", "b"), ("a-b",), 500_000, (2,)),
    ]
    assert path not in others
    assert path == Path(nodes=("a", "b"), links=("a-b",), share_ppm=500_000, labels=(1,))
    assert (path == "a-b", sorted([*others, path])) == (False, [others[2], path, others[3], others[1], others[0]])
    assert (max(*others, path), min(path, *others)) == (others[0], others[2])
    assert (path <= others[3], path >= others[3]) == (True, False)
    with pytest.raises(AttributeError):
        path.labels = ()
    with pytest.raises(AttributeError):
        del path.share_ppm


def test_steering_has_its_waypoints_as_segments_and_alternatives():
    item = realised(model(net(), demand(net(), "a", "d", bound_ms=5)))[0].demands["x/a>d"]
    assert (item.mechanism, item.segments) == ("pbr", ("c",))
    (first,) = item.alternatives
    assert (first.preference, first.segments, first.liveness, first.paths) == (100, ("c",), "igp", item.primary)


def test_ids_name_the_sites():
    wanted = demand(net(), "a", "d")
    found, _ = realised(model(net(), wanted, reply(wanted)))
    assert {key: item.id for key, item in found.demands.items()} == {"x/a>d": "x/a>d", "x/a>d/reply": "x/a>d/reply"}


def test_every_id_of_a_state_has_its_result():
    """`link:a-b` and a risk group with nothing else in it are the same failure, and both are promised: one result for both."""
    promise = failover(failed("srlg", "duct", links=["a-b"]), failed("link", "a-b"), failed("link", "c-d"))
    item = realised(model(net(), demand(net(), "a", "d", failover=promise)))[0].demands["x/a>d"]
    (result,) = item.states
    assert (result.when, result.paths[0].links) == (("link:a-b", "srlg:duct"), ("a-c", "c-d"))


def test_states_with_the_same_paths_are_one_result_by_its_first_id():
    """Both links of the path, and either node's: two ways around, in the order of the first state of each."""
    links = [
        wire("a-b"),
        wire("b-d"),
        wire("a-c", ms=2, metric=20),
        wire("c-d", ms=2, metric=20),
        wire("b-e"),
        wire("d-e"),
    ]
    states = [failed("link", name) for name in ("b-d", "a-b", "c-d")] + [failed("node", "b")]
    found, _ = realised(
        model(network(links, ends="ad"), demand(network(links, ends="ad"), "a", "d", failover=failover(*states)))
    )
    assert [(result.when, result.paths[0].nodes) for result in found.demands["x/a>d"].states] == [
        (("link:a-b", "node:b"), ("a", "c", "d")),
        (("link:b-d",), ("a", "b", "e", "d")),
    ]


def test_rules_are_sorted_and_bound_to_links():
    links = [wire("a-b"), wire("b-c"), wire("c-d"), *(wire(f"{name}-x", ms=20, metric=8) for name in "abcd")]
    item = realised(model(net(links), demand(net(links), "a", "d", bound_ms=4)))[0].demands["x/a>d"]
    assert [(rule.node, rule.ingress, rule.is_fail_closed) for rule in item.steering] == [
        ("a", None, False),
        ("b", "a-b", False),
    ]


def test_rules_are_closed_where_the_intent_says_drop():
    item = realised(model(net(), demand(net(), "a", "d", bound_ms=5, otherwise="drop")))[0].demands["x/a>d"]
    assert [rule.is_fail_closed for rule in item.steering] == [True]


def test_a_placement_that_does_not_hold_is_not_passed_on():
    placement, _ = placed(model(net(), demand(net(), "a", "d", bound_ms=5)))
    item = placement.demands["x/a>d"]
    without_rules = replace(item, courses=(replace(item.courses[0], rules={}),))
    with pytest.raises(RuntimeError, match="does not go as placed"):
        realise(replace(placement, demands={"x/a>d": without_rules}))


def test_a_state_that_only_others_are_promised_may_lead_packets_off_a_path_that_is_whole():
    """Steered at `c` alone: when `c-e` fails, which no packet of theirs takes, the IGP at `a` leads them to `d`."""
    links = [
        wire("a-c", ms=5, metric=20),
        wire("c-e", ms=5, metric=5),
        wire("b-c", metric=20),
        wire("b-e", metric=20),
        wire("a-d", ms=20, metric=5),
        wire("b-d", ms=5, metric=5),
    ]
    topology = net(links, ends=("a", "e"))
    other = demand(topology, "e", "a", intent="y", failover=failover(*every_link(topology)))
    found, _ = realised(model(topology, demand(topology, "a", "e", bound_ms=8), other))
    item = found.demands["x/a>e"]
    assert ([path.nodes for path in item.primary], item.states) == ([("a", "c", "b", "e")], ())
    assert (item.strays, found.demands["y/e>a"].strays) == ({(frozenset(), frozenset({"c-e"}))}, frozenset())


def plainly():
    """A demand that the IGP carries in every state, as it is placed."""
    promise = failover(failed("link", "a-b"), failed("link", "b-d"))
    placement, _ = placed(model(net(), demand(net(), "a", "d", failover=promise)))
    return placement, placement.demands["x/a>d"]


def test_what_runs_over_that_which_is_down_is_not_passed_on():
    placement, item = plainly()
    over = replace(item, states=tuple(replace(carried, taken=item.normal.taken) for carried in item.states))
    with pytest.raises(RuntimeError, match="does not go as placed in `link:"):
        realise(replace(placement, demands={"x/a>d": over}))


def test_a_state_of_which_nothing_is_said_is_not_passed_on_where_packets_go_another_way():
    placement, item = plainly()
    with pytest.raises(RuntimeError, match="does not go as placed in `link:b-d`"):
        realise(replace(placement, demands={"x/a>d": replace(item, states=item.states[:1])}))


@pytest.mark.parametrize("names", [("a-b", "b-d"), ("b-d", "a-b")])
def test_of_equally_bad_states_of_a_link_the_first_by_name_is_told(names):
    promise = failover(*(failed("link", name) for name in names), mbps=7)
    found, _ = realised(model(net(), demand(net(), "a", "d", mbps=10, failover=promise)))
    assert found.loads["a-c"].worst_state == ("link:a-b", "")


def test_loads_are_those_of_all_directions_and_states():
    promise = failover(failed("link", "a-b"), mbps=7)
    wanted = demand(net(), "a", "d", mbps=10, failover=promise)
    found, _ = realised(model(net(), wanted, reply(wanted, bandwidth_bps=3_000_000, pool_bps=3_000_000)))
    load = found.loads["a-c"]
    assert (load.reserved.ab, load.worst.ab, load.worst.ba) == (0, 7_000_000, 7_000_000)
    assert (load.by_class, load.worst_by_class["high"].ab, load.worst_state) == (
        {},
        7_000_000,
        ("link:a-b", "link:a-b"),
    )
    primary = found.loads["a-b"]
    assert (primary.by_class["high"].ab, primary.by_class["high"].ba, primary.worst_state) == (
        10_000_000,
        3_000_000,
        ("", ""),
    )
