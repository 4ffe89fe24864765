"""What happens when something fails: re-convergence, rules for other states, replicas, shared risks, fences."""

from dataclasses import replace

import pytest
from support_forwarding import Plain
from support_model import (
    CLASSES,
    candidate,
    codes,
    demand,
    every_link,
    every_node,
    exclusion,
    failed,
    failover,
    in_state,
    model,
    network,
    nodes_of,
    prefix_of,
    realised,
    reply,
    span,
    waypoint,
    wire,
)

from intentc.resolve.model import Waiver
from intentc.topology.model import Bfd

DIAMOND = (wire("a-b", ms=1), wire("b-d", ms=10), wire("a-c", ms=2, metric=20), wire("c-d", ms=2, metric=20))


def only(found):
    return next(iter(found.demands.values()))


def place(topology, *states, mbps=10, after_ms=None, after_mbps=None, **wishes):
    promise = failover(*states, bound_ms=after_ms, mbps=mbps if after_mbps is None else after_mbps)
    return realised(model(topology, demand(topology, "a", "d", mbps=mbps, failover=promise, **wishes)))


def test_the_igp_reconverges():
    topology = network(DIAMOND, ends=("a", "d"))
    found, findings = place(topology, *every_link(topology), *every_node(topology, "a", "d"))
    item = only(found)
    assert (findings.items, item.mechanism, item.unprotected) == ([], "igp", ())
    assert [(result.when, result.destination, [path.nodes for path in result.paths]) for result in item.states] == [
        (("link:a-b",), "d", [("a", "c", "d")]),
        (("link:b-d",), "d", [("a", "c", "d")]),
        (("node:b",), "d", [("a", "c", "d")]),
    ]


def test_states_that_change_nothing_are_not_listed():
    topology = network(DIAMOND, ends=("a", "d"))
    found, _ = place(topology, failed("link", "a-c"), failed("node", "c"))
    assert only(found).states == ()


def test_behind_a_remote_failure_packets_turn_round():
    """The source cannot know that c-d is down; what comes back from c is carried by the IGP."""
    topology = network(DIAMOND, ends=("a", "d"))
    found, _ = place(topology, *every_link(topology), bound_ms=5, after_ms=20)
    assert nodes_of(found, "x/a>d") == ["a c d"]
    assert in_state(found, "x/a>d", "link:a-c") == ["a b d"]
    assert in_state(found, "x/a>d", "link:c-d") == ["a c a b d"]


def test_the_load_of_a_u_turn_counts():
    topology = network(DIAMOND, ends=("a", "d"))
    found, _ = place(topology, *every_link(topology), bound_ms=5, after_ms=20)
    load = found.loads["a-c"]
    assert (load.reserved.ab, load.reserved.ba, load.worst.ba, load.worst_state[1]) == (
        10_000_000,
        0,
        10_000_000,
        "link:c-d",
    )


def test_a_rule_may_look_at_a_node_off_the_path_to_do_right_in_two_states():
    """When b-d fails the IGP at b turns to e, which is too slow. Only towards f it goes to d normally and to c then."""
    links = [
        wire("a-b"),
        wire("b-d"),
        wire("b-e", ms=9, metric=8),
        wire("e-d", ms=9, metric=9),
        wire("b-c"),
        wire("c-d", metric=8),
        wire("c-f", metric=7),
        wire("d-f", metric=2),
    ]
    topology = network(links, ends=("a", "d"))
    found, findings = place(topology, failed("link", "b-d"), after_ms=6)
    item = only(found)
    assert findings.items == []
    assert (nodes_of(found, "x/a>d"), in_state(found, "x/a>d", "link:b-d")) == (["a b d"], ["a b c d"])
    assert [(rule.node, rule.ingress, rule.waypoints) for rule in item.steering] == [("b", "a-b", ("f",))]
    assert item.reason == "IGP's own path; steered under failure, where the IGP's would not do"


def test_a_dead_waypoint_is_followed_by_another():
    """Both detours are off the IGP's path; when one of their nodes fails the next waypoint of the same rule counts."""
    links = [
        wire("a-b", ms=30),
        wire("b-d", ms=30),
        wire("a-c", ms=1, metric=15),
        wire("c-d", ms=1, metric=15),
        wire("a-e", ms=3, metric=18),
        wire("e-d", ms=3, metric=18),
    ]
    topology = network(links, ends=("a", "d"))
    found, _ = place(topology, failed("node", "c"), bound_ms=10, after_ms=10, exclusions=(exclusion(nodes=["b"]),))
    item = only(found)
    assert (nodes_of(found, "x/a>d"), in_state(found, "x/a>d", "node:c")) == (["a c d"], ["a e d"])
    assert [(rule.node, rule.waypoints) for rule in item.steering] == [("a", ("c", "e"))]
    assert [(other.preference, other.segments, other.liveness) for other in item.alternatives] == [
        (100, ("c",), "bfd"),
        (90, ("e",), "bfd"),
    ]
    assert [[path.nodes for path in other.paths] for other in item.alternatives] == [
        [("a", "c", "d")],
        [("a", "e", "d")],
    ]


def test_an_unpromised_failure_needs_nothing():
    topology = network(DIAMOND[:2], ends=("a", "d"))
    found, findings = place(topology)
    assert (only(found).states, only(found).unprotected, findings.items) == ((), (), [])


# --- shared risks


def test_a_shared_duct_makes_a_diverse_pair_not_diverse():
    links = [
        wire("a-b", srlgs=("duct",)),
        wire("b-d"),
        wire("a-c", srlgs=("duct",)),
        wire("c-d"),
    ]
    topology = network(links, ends=("a", "d"))
    every = [failed("srlg", name, links=of) for name, of in topology.srlgs.items()]
    found, findings = place(topology, *every)
    (finding,) = [item for item in findings.items if item.code == "E0522"]
    assert found.infeasible == ("x",)
    assert finding.message == (
        "`a-b` and `a-c` share the risk group `duct`: when it fails no path from `a` to `d` is left that would do"
    )
    assert (finding.state, finding.span) == ("srlg:duct", span(50))
    assert {label.span for label in finding.related} == {topology.links["a-b"].span}
    assert finding.help == ("move one of `a-b` and `a-c` out of the risk group `duct`: then a path remains",)


def test_a_path_beside_the_duct_is_found_even_where_the_shortest_two_share_it():
    """The trap: the two cheap paths share a duct, the third way is dear but free of it."""
    links = [
        wire("a-b", srlgs=("duct",)),
        wire("b-d"),
        wire("a-c", srlgs=("duct",), metric=11),
        wire("c-d"),
        wire("a-e", metric=40),
        wire("e-d", metric=40),
    ]
    topology = network(links, ends=("a", "d"))
    every = [failed("srlg", name, links=of) for name, of in topology.srlgs.items()]
    found, findings = place(topology, *every)
    assert findings.items == []
    assert in_state(found, "x/a>d", "srlg:duct") == ["a e d"]


def test_a_duct_with_one_link_that_matters_is_no_shared_risk():
    links = [wire("a-b", srlgs=("duct",)), wire("b-d"), wire("d-e", srlgs=("duct",))]
    topology = network(links, ends=("a", "d"))
    _, findings = place(topology, failed("srlg", "duct", links=["a-b", "d-e"]))
    assert codes(findings) == ["E0525"]


# --- fences


def test_pinned_packets_are_dropped_rather_than_let_out():
    """b is abroad: with every way inside cut, nothing leaves over a-b or c-b."""
    links = [*DIAMOND, wire("b-c", ms=1, metric=50)]
    topology = network(links, ends=("a", "d"))
    found, _ = realised(
        model(topology, demand(topology, "a", "d", exclusions=(exclusion(nodes=["b"], kind="pin"),), otherwise="drop"))
    )
    item = only(found)
    rules = {(rule.node, rule.ingress): (rule.waypoints, rule.is_fail_closed) for rule in item.steering}
    fences = {"a-b", "b-d", "b-c"}
    assert all(rule.is_fail_closed for rule in item.steering)
    for state in every_link(topology) + every_node(topology, "a", "d"):
        taken = Plain(topology, state.nodes, state.links).follow("a", frozenset({"d"}), rules, fences)
        assert taken is None or not any(fences & set(used) for _, used in taken)


def test_a_backup_across_the_border_is_no_backup():
    topology = network([*DIAMOND, wire("b-c", ms=1, metric=50)], ends=("a", "d"))
    pin = exclusion(nodes=["b"], kind="pin")
    found, findings = place(topology, failed("link", "a-c"), failed("link", "c-d"), exclusions=(pin,), otherwise="drop")
    assert found.infeasible == ("x",)
    (finding,) = findings.items
    assert (finding.code, finding.state) == ("E0526", "link:a-c")
    assert finding.message == (
        "no path from `a` to `d` is left by `pin b` when the link `a-c` fails: it would take `a-b` and `b-c`"
    )
    assert finding.related[-1].message == (
        "no path from `a` to `d` is left by `pin b` when the link `c-d` fails: it would take `a-b` and `b-d`"
    )


def test_a_node_that_cannot_drop_is_fenced_off_if_it_touches_what_is_excluded():
    """p is a provider's: nothing there keeps packets from its link to b, so they must not get to p."""
    links = [wire("a-p"), wire("p-d"), wire("p-b"), wire("b-d"), wire("a-c", metric=50), wire("c-d", metric=50)]
    topology = network(links, ends=("a", "d"), nodes={"p": {"platform": "none"}})
    found, _ = realised(model(topology, demand(topology, "a", "d", exclusions=(exclusion(nodes=["b"]),))))
    assert nodes_of(found, "x/a>d") == ["a c d"]
    harmless = network([link for link in links if link.id != "p-b"], ends=("a", "d"), nodes={"p": {"platform": "none"}})
    found, _ = realised(model(harmless, demand(harmless, "a", "d", exclusions=(exclusion(nodes=["b"]),))))
    assert nodes_of(found, "x/a>d") == ["a p d"]


def test_packets_may_end_at_a_node_that_cannot_drop():
    links = [wire("a-d"), wire("d-b"), wire("a-b")]
    topology = network(links, ends=("a", "d"), nodes={"d": {"platform": "none"}})
    found, findings = realised(model(topology, demand(topology, "a", "d", exclusions=(exclusion(nodes=["b"]),))))
    assert (nodes_of(found, "x/a>d"), findings.items) == (["a d"], [])


# --- replicas


REPLICAS = (wire("a-b", ms=5), wire("a-c", ms=2), wire("b-c", ms=5))


def test_the_nearest_replica_is_chosen_and_another_one_takes_over():
    topology = network(REPLICAS, ends=("a", "b", "c"))
    promise = failover(*every_link(topology), *every_node(topology, "a"), mbps=10)
    wanted = demand(topology, "a", "b", "c", mbps=10, failover=promise)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    item = found.demands[wanted.key]
    assert findings.items == []
    assert (item.chosen.destination.node, item.id) == ("c", "x/a>c")
    lost = next(result for result in item.states if "node:c" in result.when)
    assert (lost.destination, [path.nodes for path in lost.paths]) == ("b", [("a", "b")])
    assert in_state(found, wanted.key, "link:a-c") == ["a b c"]  # the chosen one is still there
    back = found.demands[f"{wanted.key}/reply"]
    assert (back.chosen.source.node, back.id) == ("c", "x/a>c/reply")
    assert in_state(found, back.demand.key, "node:c") == ["b a"]


def test_a_replica_that_does_not_keep_the_bound_is_not_chosen():
    topology = network(REPLICAS, ends=("a", "b", "c"))
    wanted = demand(topology, "a", "b", "c", bound_ms=3)
    found, _ = realised(model(topology, wanted))
    assert found.demands[wanted.key].chosen.destination.node == "c"
    slow = network([wire("a-b", ms=5), wire("a-c", ms=9), wire("b-c", ms=9)], ends=("a", "b", "c"))
    _, findings = realised(model(slow, demand(slow, "a", "b", "c", bound_ms=3)))
    assert findings.items[0].message == ("`a` to `service` takes 5ms at best, over `a` - `b`: above the bound of 3ms")


def test_replies_come_from_the_replica_that_was_asked():
    """c is nearer for requests, but its replies have no room."""
    links = [wire("a-b", ms=5), wire("c-a", ms=2, capacity_bps=replace(wire("x-y").capacity_bps, ab=1_000_000))]
    topology = network(links, ends=("a", "b", "c"))
    wanted = demand(topology, "a", "b", "c", mbps=10)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    assert findings.items == []
    assert nodes_of(found, wanted.key) == ["a b"]
    assert nodes_of(found, f"{wanted.key}/reply") == ["b a"]


def test_rules_for_another_replica_say_whose_packets_they_steer():
    """When c is lost, b is to be reached over d: the IGP's own way to b is excluded."""
    links = [wire("a-b", ms=1), wire("a-c", ms=1), wire("a-d", ms=1, metric=20), wire("d-b", ms=1, metric=20)]
    topology = network(links, ends=("a", "b", "c"))
    promise = failover(failed("node", "c"), mbps=10)
    wanted = demand(topology, "a", "b", "c", mbps=10, failover=promise, exclusions=(exclusion(links=["a-b"]),))
    found, _ = realised(model(topology, wanted))
    item = found.demands[wanted.key]
    assert item.chosen.destination.node == "c"
    assert in_state(found, wanted.key, "node:c") == ["a d b"]
    assert [(rule.node, rule.waypoints, rule.candidate) for rule in item.steering] == [
        ("a", ("d",), wanted.candidates[0])
    ]


def test_anycast_replicas_need_no_rule_of_their_own():
    prefixes = {"a": (prefix_of("a"),), "b": (prefix_of("s"),), "c": (prefix_of("s"),)}
    topology = network(REPLICAS, prefixes=prefixes)
    links = {**topology.links, "a-b": wire("a-b", ms=5, metric=30)}
    topology = replace(topology, links=links)
    promise = failover(failed("node", "c"), mbps=10)
    wanted = demand(topology, "a", "b", "c", mbps=10, failover=promise)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    assert findings.items == []
    assert nodes_of(found, wanted.key) == ["a c"]
    assert found.demands[wanted.key].states[0].destination == "b"
    assert in_state(found, f"{wanted.key}/reply", "node:c") == ["b a"]


def test_the_other_attachment_of_a_site_protects():
    prefixes = {"a": (prefix_of("a"),), "c": (prefix_of("s"),), "d": (prefix_of("s"),)}
    topology = network([*DIAMOND, wire("c-e", metric=1)], prefixes=prefixes)
    found, findings = realised(
        model(
            topology,
            demand(
                topology,
                "a",
                "s",
                candidates=[candidate(topology, "a", "d"), candidate(topology, "a", "c")],
                failover=failover(*every_node(topology, "a"), mbps=0),
            ),
        )
    )
    assert findings.items == []
    item = only(found)
    lost = f"node:{item.chosen.destination.node}"
    assert {result.destination for result in item.states if lost in result.when} == {"c", "d"} - {
        item.chosen.destination.node
    }


# --- round trips


def test_both_directions_share_a_round_trip():
    topology = network(DIAMOND, ends=("a", "d"))
    wanted = demand(topology, "a", "d", rtt_ms=16)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    assert findings.items == []
    total = sum(item.latency.total for item in found.demands.values())
    assert total == 15_000  # one of them goes the IGP's way (11 ms), the other has to be fast (4 ms)


def test_a_round_trip_that_cannot_be_kept():
    topology = network(DIAMOND, ends=("a", "d"))
    wanted = demand(topology, "a", "d", rtt_ms=7)
    _, findings = realised(model(topology, wanted, reply(wanted)))
    assert [item.code for item in findings.items] == ["E0502"]
    assert findings.items[0].message == (
        "`a` to `d` takes 4ms at best, over `a` - `c` - `d`, and the other direction 4ms: together above the bound of 7ms"
    )


def test_a_round_trip_holds_under_failure():
    topology = network(DIAMOND, ends=("a", "d"))
    promise = failover(*every_link(topology), rtt_ms=22)
    wanted = demand(topology, "a", "d", rtt_ms=22, failover=promise)
    found, findings = realised(model(topology, wanted, reply(wanted)))
    assert findings.items == []
    for state in every_link(topology):
        total = 0
        for item in found.demands.values():
            latency = next((result.latency for result in item.states if state.id in result.when), item.latency)
            total += latency.total
        assert total <= 22_000


# --- waivers


def test_a_waiver_leaves_a_state_unprotected_and_says_so():
    topology = network([*DIAMOND[:2], wire("d-e")], ends=("a", "d"))
    waiver = Waiver("x", "E0521", "2027-01-31", "the second link comes in spring", span(60))
    promise = failover(failed("link", "b-d"), failed("link", "d-e"))
    wanted = demand(topology, "a", "d", failover=promise)
    found, findings = realised(model(topology, wanted, waivers=[waiver]))
    assert codes(findings) == ["E0521"]
    assert found.infeasible == ()
    assert found.demands[wanted.key].unprotected == ("link:b-d",)


def test_a_waived_bound_is_left_out():
    topology = network(DIAMOND, ends=("a", "d"))
    waiver = Waiver("x", "E0502", "2027-01-31", "known", span(60))
    found, findings = realised(model(topology, demand(topology, "a", "d", bound_ms=1, mbps=5), waivers=[waiver]))
    assert (codes(findings), nodes_of(found, "x/a>d"), found.infeasible) == (["E0502"], ["a b d"], ())


def test_a_waived_bound_is_left_out_under_failure_too_where_the_normal_path_misses_that_one():
    topology = network(DIAMOND, ends=("a", "d"))
    waiver = Waiver("x", "E0502", "2027-01-31", "known", span(60))
    promise = failover(*every_link(topology), mbps=5, bound_ms=1)
    wanted = demand(topology, "a", "d", bound_ms=2, mbps=5, failover=promise)
    found, findings = realised(model(topology, wanted, waivers=[waiver]))
    assert set(codes(findings)) == {"E0502"}
    assert found.infeasible == ()


def test_a_waiver_of_another_code_helps_nothing():
    topology = network(DIAMOND, ends=("a", "d"))
    waiver = Waiver("x", "E0505", "2027-01-31", "known", span(60))
    found, findings = realised(model(topology, demand(topology, "a", "d", bound_ms=1, mbps=5), waivers=[waiver]))
    assert (codes(findings), found.infeasible) == (["E0502"], ("x",))


# --- time to repair


@pytest.mark.parametrize(
    ("bfd", "nodes", "expected"),
    [
        (None, {}, ("bfd", 150, 60, "target.toml")),
        (Bfd(100_000, 3), {}, ("bfd", 300, 60, "topology")),
        (None, {"b": {"platform": "none"}}, ("bfd", 900, 60, "target.toml")),
        (None, {"b": {"platform": "none", "bfd": Bfd(100_000, 5)}}, ("bfd", 500, 60, "target.toml")),
        (Bfd(50_000, 3), {"b": {"bfd": Bfd(80_500, 3)}}, ("bfd", 242, 60, "topology")),
    ],
)
def test_the_slower_end_of_the_slowest_link_counts(bfd, nodes, expected):
    topology = network(DIAMOND, ends=("a", "d"), nodes=nodes, bfd=bfd)
    found, _ = place(topology, *every_link(topology), after_ms=100)
    kept = only(found).protection
    assert (kept.detector, kept.detect_ms, kept.repair_ms, kept.basis) == expected


def test_without_bfd_the_igp_has_to_notice():
    topology = network(DIAMOND, ends=("a", "d"))
    promise = failover(*every_link(topology), within_ms=60_000)
    wanted = model(topology, demand(topology, "a", "d", failover=promise))
    found, _ = realised(wanted, b={"features": {}})
    assert (only(found).protection.detector, only(found).protection.detect_ms) == ("igp", 30_000)


def test_without_a_promise_there_is_nothing_to_protect():
    topology = network(DIAMOND, ends=("a", "d"))
    found, _ = realised(model(topology, demand(topology, "a", "d")))
    assert only(found).protection is None


# --- capacity of failures


def test_backup_capacity_is_shared_between_failures_that_do_not_happen_together():
    """Two demands fall back to the same narrow link, but never at once."""
    links = [
        wire("a-d", mbps=100),
        wire("b-d", mbps=100),
        wire("a-c", mbps=60, metric=20),
        wire("b-c", mbps=60, metric=20),
        wire("c-d", mbps=60, metric=20),
    ]
    topology = network(links, ends=("a", "b", "d"))
    states = (failed("link", "a-d"), failed("link", "b-d"))
    one = demand(topology, "a", "d", intent="x", mbps=50, failover=failover(*states, mbps=50))
    other = demand(topology, "b", "d", intent="y", mbps=50, failover=failover(*states, mbps=50))
    found, findings = realised(model(topology, one, other))
    assert findings.items == []
    load = found.loads["c-d"]
    assert (load.reserved.ab, load.worst.ab, load.worst_state[0]) == (0, 50_000_000, "link:a-d")


def test_backup_capacity_of_one_failure_is_not():
    links = [
        wire("a-d", mbps=100, srlgs=("s",)),
        wire("b-d", mbps=100, srlgs=("s",)),
        wire("a-c", mbps=60, metric=20),
        wire("b-c", mbps=60, metric=20),
        wire("c-d", mbps=60, metric=20),
    ]
    topology = network(links, ends=("a", "b", "d"))
    state = failed("srlg", "s", links=["a-d", "b-d"])
    one = demand(topology, "a", "d", intent="x", mbps=50, failover=failover(state, mbps=50))
    other = demand(topology, "b", "d", intent="y", mbps=50, failover=failover(state, mbps=50))
    found, findings = realised(model(topology, one, other))
    assert (found.infeasible, codes(findings)) == (("y",), ["E0524"])
    assert findings.items[0].state == "srlg:s"
    assert "`c-d` (60Mbps) lacks 40Mbps" in findings.items[0].message


def test_what_is_not_promised_gives_way_in_a_failure():
    """The unprotected demand keeps its place normally; when its own path breaks, the protected one may use the rest."""
    links = [
        wire("a-d", mbps=100, srlgs=("s",)),
        wire("b-d", mbps=100, srlgs=("s",)),
        wire("a-c"),
        wire("b-c"),
        wire("c-d", mbps=60),
    ]
    topology = network(
        [
            replace(link, igp_metric=replace(link.igp_metric, ab=20, ba=20)) if "c" in link.id else link
            for link in links
        ],
        ends=("a", "b", "d"),
    )
    state = failed("srlg", "s", links=["a-d", "b-d"])
    one = demand(topology, "a", "d", intent="x", mbps=50, failover=failover(state, mbps=50))
    other = demand(topology, "b", "d", intent="y", mbps=50)
    found, findings = realised(model(topology, one, other))
    assert (findings.items, found.loads["b-d"].worst.ab, found.loads["c-d"].worst.ab) == ([], 50_000_000, 50_000_000)


def test_a_lower_rate_under_failure_is_what_is_reserved_then():
    topology = network(
        [wire("a-d", mbps=100), wire("a-c", mbps=20, metric=20), wire("c-d", mbps=20, metric=20)], ends=("a", "d")
    )
    found, findings = place(topology, failed("link", "a-d"), mbps=60, after_mbps=15)
    assert findings.items == []
    assert (found.loads["a-d"].reserved.ab, found.loads["c-d"].worst.ab) == (60_000_000, 15_000_000)


def test_a_higher_rate_under_failure_is_reserved_in_all_failures():
    topology = network([wire("a-d"), wire("a-c", metric=20), wire("c-d", metric=20)], ends=("a", "d"))
    found, _ = place(topology, failed("link", "a-d"), failed("link", "c-d"), mbps=60, after_mbps=90)
    load = found.loads["a-d"]
    assert (load.reserved.ab, load.worst.ab, load.worst_state[0]) == (60_000_000, 90_000_000, "link:c-d")


def test_a_primary_that_others_need_under_failure_is_left_for_another():
    """x falls back onto a-c when a-b fails; y, placed later, keeps off it although it has room normally."""
    links = [
        wire("a-b", mbps=100),
        wire("b-d", mbps=100),
        wire("a-c", mbps=60, metric=11),
        wire("c-d", mbps=60, metric=11),
        wire("c-e", mbps=100, metric=5),
        wire("a-e", mbps=100),
    ]
    topology = network(links, ends=("a", "c", "d"))
    first = demand(
        topology, "a", "d", intent="x", mbps=50, priority="critical", failover=failover(failed("link", "b-d"), mbps=50)
    )
    second = demand(topology, "a", "c", intent="y", mbps=30)
    classes = {"critical": replace(CLASSES["critical"], share_ppb=1_000_000_000)}
    found, findings = realised(model(topology, first, second, classes=classes))
    assert findings.items == []
    assert in_state(found, "x/a>d", "link:b-d") == ["a c d"]
    assert nodes_of(found, "y/a>c") == ["a e c"]
    assert (
        found.demands["y/a>c"].reason
        == "steered: IGP's path lacks 20Mbps on `a-c`, which other classes need under failure"
    )


def test_via_holds_under_failure():
    topology = network(DIAMOND, ends=("a", "d"))
    _, findings = place(topology, failed("node", "c"), via=(waypoint(nodes=["c"]),))
    assert codes(findings) == ["E0526"]
    assert findings.items[0].message == "no path from `a` to `d` passes `via c` when the node `c` fails"
