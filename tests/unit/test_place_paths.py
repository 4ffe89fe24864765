"""Which path in the normal state, and why."""

import pytest
from support_model import (
    MS,
    candidate,
    codes,
    demand,
    exclusion,
    model,
    network,
    nodes_of,
    prefix_of,
    realised,
    reply,
    waypoint,
    wire,
)

from intentc.topology.model import Directional

# the IGP goes a-b-d (11 ms); the fast way is a-c-d (4 ms)
DIAMOND = (wire("a-b", ms=1), wire("b-d", ms=10), wire("a-c", ms=2, metric=20), wire("c-d", ms=2, metric=20))


def diamond(*more, **rest):
    return network([*DIAMOND, *more], **{"ends": ("a", "d")} | rest)


def place(topology, **wishes):
    """Place one demand from a to d; return it as realised, or the codes of the findings."""
    found, findings = realised(model(topology, demand(topology, "a", "d", **wishes)))
    return found.demands.get("x/a>d") or codes(findings)


def path_of(item):
    return [" ".join(path.nodes) for path in item.primary]


def rules_of(item):
    return [(rule.node, rule.ingress, rule.waypoints) for rule in item.steering]


def test_the_igps_own_path_needs_no_rule():
    item = place(diamond(), mbps=10)
    assert (path_of(item), item.mechanism, item.steering) == (["a b d"], "igp", ())
    assert item.reason == "IGP's own path"


def test_a_bound_steers_and_says_so():
    item = place(diamond(), bound_ms=5, mbps=10)
    assert (path_of(item), item.mechanism) == (["a c d"], "pbr")
    assert rules_of(item) == [("a", None, ("c",))]
    assert item.reason == "steered: IGP's path takes 11.072ms, bound 5ms"


def test_a_bound_that_the_igp_keeps_steers_nothing():
    assert path_of(place(diamond(), bound_ms=11.1, mbps=10)) == ["a b d"]


def test_an_exclusion_steers():
    item = place(diamond(), exclusions=(exclusion(nodes=["b"]),))
    assert path_of(item) == ["a c d"]
    assert item.reason == "steered: IGP's path does not arrive: they are dropped at a fence at `a` over `a-b`"


def test_the_way_that_is_left_costs_no_rule_where_the_igp_goes_there_by_itself():
    """Behind c only the first hop differs from the IGP's."""
    topology = network([*DIAMOND, wire("d-e")], ends=("a", "e"))
    found, _ = realised(model(topology, demand(topology, "a", "e", bound_ms=6, mbps=10)))
    assert nodes_of(found, "x/a>e") == ["a c d e"]
    assert rules_of(found.demands["x/a>e"]) == [("a", None, ("c",))]


def test_the_farthest_waypoint_on_the_path_is_taken():
    links = [wire("a-b", metric=5), wire("b-e", metric=50), wire("a-c"), wire("c-d"), wire("d-e", metric=45)]
    topology = network(links, ends=("a", "e"))
    item = next(
        iter(
            realised(model(topology, demand(topology, "a", "e", exclusions=(exclusion(nodes=["b"]),))))[
                0
            ].demands.values()
        )
    )
    assert path_of(item) == ["a c d e"]
    assert rules_of(item) == [("a", None, ("d",))]  # a's way to e itself would lead over b
    assert item.segments == ("d",)


def test_every_hop_off_the_igp_gets_a_rule_at_its_ingress():
    links = [
        wire("a-b", ms=1),
        wire("b-c", ms=1),
        wire("c-d", ms=1),
        *(wire(f"{name}-x", ms=20, metric=8) for name in "abcd"),
    ]
    topology = network(links, ends=("a", "d"))
    item = place(topology, bound_ms=4)
    assert path_of(item) == ["a b c d"]
    assert rules_of(item) == [("a", None, ("b",)), ("b", "a-b", ("c",))]  # from c the IGP goes the same way
    assert item.segments == ("b", "c")


def test_waypoints_are_met_in_order():
    links = [wire("a-b"), wire("b-d"), wire("a-c"), wire("c-d"), wire("b-c")]
    topology = network(links, ends=("a", "d"))
    item = place(topology, via=(waypoint(nodes=["c"]), waypoint(nodes=["b"])))
    assert path_of(item) == ["a c b d"]
    assert item.reason == "steered: IGP's path misses `via c`"


def test_a_waypoint_may_be_a_link():
    links = [wire("a-b"), wire("b-d"), wire("a-c"), wire("c-d"), wire("b-c")]
    item = place(network(links, ends=("a", "d")), via=(waypoint(links=["b-c"]),))
    assert len(item.primary) == 1
    assert "b-c" in item.primary[0].links


def test_a_waypoint_on_a_stub_is_a_u_turn():
    item = place(diamond(wire("a-e")), via=(waypoint(nodes=["e"]),))
    assert path_of(item) == ["a e a b d"]


def test_latency_is_that_of_the_direction():
    slow_back = wire("a-c", metric=20, latency_ns=Directional(2 * MS, 30 * MS))
    topology = network([DIAMOND[0], DIAMOND[1], slow_back, DIAMOND[3]], ends=("a", "d"))
    wanted = demand(topology, "a", "d", bound_ms=15)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    assert not findings.has_errors
    assert found.demands["x/a>d"].latency.total == 11_000
    fast = demand(topology, "a", "d", bound_ms=5)
    there, _ = realised(model(topology, fast))
    both_ways, findings = realised(model(topology, fast, reply(fast)))
    assert nodes_of(there, "x/a>d") == ["a c d"]
    assert (both_ways.demands, codes(findings)[:1]) == ({}, ["E0502"])


def test_equal_cost_paths_all_have_to_meet_the_bound():
    links = [wire("a-b", ms=1), wire("b-d", ms=1), wire("a-c", ms=9), wire("c-d", ms=1)]
    topology = network(links, ends=("a", "d"))
    assert path_of(place(topology, bound_ms=10)) == ["a b d", "a c d"]
    item = place(topology, bound_ms=9)
    assert path_of(item) == ["a b d"]
    assert item.reason == "steered: IGP's path takes 10ms, bound 9ms"


def test_equal_cost_paths_each_reserve_the_full_rate():
    links = [wire("a-b"), wire("b-d"), wire("a-c"), wire("c-d")]
    topology = network(links, ends=("a", "d"))
    found, _ = realised(model(topology, demand(topology, "a", "d", mbps=10)))
    assert {name: load.reserved for name, load in found.loads.items()} == {
        "a-b": Directional(10_000_000, 0),
        "a-c": Directional(10_000_000, 0),
        "b-d": Directional(10_000_000, 0),
        "c-d": Directional(10_000_000, 0),
    }
    assert [path.share_ppm for path in found.demands["x/a>d"].primary] == [500_000, 500_000]


def test_parallel_links_of_equal_metric_are_used_together():
    item = place(diamond(wire("a-c#2", ms=3, metric=20)), bound_ms=6)
    assert [path.links for path in item.primary] == [("a-c", "c-d"), ("a-c#2", "c-d")]
    assert item.latency.total == 5000


def test_one_of_two_equal_parallel_links_cannot_be_chosen():
    topology = diamond(wire("a-c#2", ms=9, metric=20))
    assert place(topology, bound_ms=5) == ["E0508"]


def test_a_dearer_parallel_link_cannot_be_chosen():
    topology = network([wire("a-d", ms=10), wire("a-d#2", ms=1, metric=20)], ends=("a", "d"))
    assert place(topology, bound_ms=5) == ["E0508"]


def test_a_link_that_the_igp_never_uses_cannot_be_chosen():
    links = [wire("a-d", ms=1, metric=100), wire("a-b", ms=9), wire("b-d", ms=9)]
    assert place(network(links, ends=("a", "d")), bound_ms=5) == ["E0508"]


def test_an_expensive_link_to_a_far_part_can_be_chosen():
    links = [
        wire("a-c", ms=1, metric=15),
        wire("c-d", ms=1),
        wire("a-b", ms=9),
        wire("b-d", ms=9),
        wire("b-c", metric=50),
    ]
    assert path_of(place(network(links, ends=("a", "d")), bound_ms=5)) == ["a c d"]


def test_a_node_without_loopback_is_no_waypoint_but_the_one_behind_it_is():
    links = [*DIAMOND[:2], wire("a-c", ms=1, metric=15), wire("c-e", ms=1, metric=15), wire("e-d", ms=1, metric=15)]
    item = place(network(links, ends=("a", "d"), nodes={"c": {"loopback": None}}), bound_ms=5)
    assert path_of(item) == ["a c e d"]
    assert rules_of(item)[0] == ("a", None, ("e",))


def test_ipv6_needs_a_loopback_of_its_own():
    prefixes = {"a": ("2001:db8:a::/64",), "d": ("2001:db8:d::/64",)}
    fine = network(DIAMOND, prefixes=prefixes, nodes={"c": {"loopback": None}})
    lacking = network(DIAMOND, prefixes=prefixes, nodes={"c": {"loopback6": None}})
    assert path_of(place(fine, bound_ms=5)) == ["a c d"]
    assert place(lacking, bound_ms=5) == ["E0508"]


@pytest.mark.parametrize("what", [{"transit": False}, {"state": "drained"}])
def test_nothing_runs_through_a_node_that_carries_no_transit(what):
    item = place(diamond(nodes={"c": what}), bound_ms=15)
    assert path_of(item) == ["a b d"]
    assert place(diamond(nodes={"c": what}), bound_ms=5) == ["E0502"]


def test_a_stub_router_of_ospf_carries_nothing_that_is_promised():
    """OSPF would route through it as a last resort."""
    topology = network(DIAMOND[2:], ends=("a", "d"), nodes={"c": {"transit": False}}, igp="ospf")
    assert place(topology) == ["E0501"]


def test_drained_links_carry_nothing():
    drained = [wire("a-b", ms=1, state="drained"), *DIAMOND[1:]]
    topology = network(drained, ends=("a", "d"))
    assert path_of(place(topology)) == ["a c d"]
    only = network([wire("a-d", state="drained")], ends=("a", "d"))
    assert place(only) == ["E0506"]


def test_a_node_that_cannot_be_configured_follows_the_igp():
    topology = diamond(nodes={"a": {"platform": "none"}})
    assert path_of(place(topology)) == ["a b d"]
    assert place(topology, bound_ms=5) == ["E0508"]


def test_the_source_may_be_the_destination():
    topology = network(DIAMOND, prefixes={"a": (prefix_of("a"), prefix_of("d"))})
    wanted = demand(topology, "a", "a", bound_ms=1, mbps=10)
    found, findings = realised(model(topology, wanted))
    assert (nodes_of(found, "x/a>a"), findings.items) == (["a"], [])
    assert found.demands["x/a>a"].latency.total == 0


def test_anycast_is_steered_to_the_end_that_is_meant():
    prefixes = {"a": (prefix_of("a"),), "b": (prefix_of("d"),), "d": (prefix_of("d"),)}
    topology = network(DIAMOND, prefixes=prefixes)
    wanted = demand(topology, "a", "d", candidates=[candidate(topology, "a", "d")])
    found, _ = realised(model(topology, wanted))
    assert nodes_of(found, "x/a>d") == ["a c d"]
    assert found.demands["x/a>d"].reason == "steered: IGP's path ends at another place or at several, one of them `b`"


def test_packets_that_would_end_at_two_places_are_steered_to_one():
    links = [wire("a-b"), wire("a-d")]
    prefixes = {"a": (prefix_of("a"),), "b": (prefix_of("d"),), "d": (prefix_of("d"),)}
    topology = network(links, prefixes=prefixes)
    wanted = demand(topology, "a", "b", "d")
    found, _ = realised(model(topology, wanted))
    assert len(found.demands["x/a>service"].primary) == 1


def test_a_full_link_is_left_for_another():
    """80 % is the limit for the IGP's own path."""
    topology = diamond()
    found, _ = realised(
        model(topology, demand(topology, "a", "d", mbps=700), demand(topology, "a", "d", intent="y", mbps=200))
    )
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "y/a>d")) == (["a b d"], ["a c d"])
    assert found.demands["y/a>d"].reason == "steered: IGP's path would fill `a-b` to 90%, limit 80%"


def test_above_the_limit_is_better_than_not_at_all():
    topology = network(DIAMOND[:2], ends=("a", "d"))
    assert path_of(place(topology, mbps=900)) == ["a b d"]


def test_of_steered_paths_the_one_that_loads_links_least_is_taken():
    links = [
        wire("a-b", ms=20),
        wire("b-d", ms=20),
        wire("a-c", mbps=100, metric=20),
        wire("c-d", metric=20),
        wire("a-e", mbps=500, metric=20),
        wire("e-d", metric=20),
    ]
    topology = network(links, ends=("a", "d"))
    assert path_of(place(topology, bound_ms=10, mbps=10)) == ["a e d"]


def test_background_counts_as_load():
    loaded = [wire("a-b", background_bps=Directional(950_000_000, 0)), *DIAMOND[1:]]
    item = place(network(loaded, ends=("a", "d")), mbps=60)
    assert path_of(item) == ["a c d"]
    assert item.reason == "steered: IGP's path lacks 10Mbps on `a-b`"


def test_an_unknown_latency_matters_only_under_a_bound():
    unknown = [wire("a-b", latency_ns=None), *DIAMOND[1:]]
    topology = network(unknown, ends=("a", "d"))
    assert path_of(place(topology)) == ["a b d"]
    item = place(topology, bound_ms=50)
    assert path_of(item) == ["a c d"]
    assert item.reason == "steered: IGP's path uses `a-b`, whose latency is not known"


def test_steering_tables_are_counted():
    """Both want to be steered at a, towards different waypoints; there is room for one table."""
    links = [*DIAMOND, wire("a-e", ms=1, metric=20), wire("e-d", ms=5, metric=20)]
    topology = network(links, ends=("a", "d"))
    one = demand(topology, "a", "d", bound_ms=5)
    other = demand(topology, "a", "d", intent="y", via=(waypoint(nodes=["e"]),))
    found, findings = realised(model(topology, one, other), a={"max_steering_tables": 2})
    assert len(found.demands) == 2
    found, findings = realised(model(topology, one, other), a={"max_steering_tables": 1})
    assert (list(found.demands), codes(findings)) == (["x/a>d"], ["E0508"])
    assert "`a` has no steering table left" in findings.items[0].message


def test_two_demands_share_a_table():
    topology = diamond()
    one, other = demand(topology, "a", "d", bound_ms=5), demand(topology, "a", "d", intent="y", bound_ms=5)
    found, _ = realised(model(topology, one, other), a={"max_steering_tables": 1})
    assert len(found.demands) == 2
