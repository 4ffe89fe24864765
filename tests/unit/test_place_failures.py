"""What happens when something fails: re-convergence, rules for other states, shared risks, fences, waivers."""

import pytest
from support_forwarding import Plain
from support_model import (
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
    realised,
    span,
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
        (("link:a-b", "link:b-d", "node:b"), "d", [("a", "c", "d")]),
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


@pytest.mark.parametrize("slow", ["a", "d"])
def test_one_slow_link_of_the_path_counts(slow):
    topology = network(DIAMOND, ends=("a", "d"), nodes={slow: {"bfd": Bfd(80_500, 3)}}, bfd=Bfd(50_000, 3))
    found, _ = place(topology, *every_link(topology), after_ms=100)
    assert only(found).protection.detect_ms == 242


def test_the_slowest_device_on_any_path_counts():
    """Packets come to `c` in failure states only, and to `x` never."""
    topology = network([*DIAMOND, wire("d-x", metric=90)], ends=("a", "d"))
    promise = failover(*every_link(topology), within_ms=60_000)
    wanted = model(topology, demand(topology, "a", "d", failover=promise))
    found, _ = realised(wanted, c={"repair_us": 200_000}, x={"repair_us": 300_000})
    assert only(found).protection.repair_ms == 200


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
