"""Every cause for which an intent cannot be placed: its code, message, place, and what would help."""

from dataclasses import replace

import pytest
from support_model import (
    candidate,
    codes,
    demand,
    every_link,
    exclusion,
    failed,
    failover,
    model,
    network,
    realised,
    reply,
    span,
    waypoint,
    wire,
)

from intentc.diagnostics.catalogue import CATALOGUE
from intentc.topology.model import Upgrade

DIAMOND = (wire("a-b", ms=1), wire("b-d", ms=10), wire("a-c", ms=2, metric=20), wire("c-d", ms=2, metric=20))
CHAIN = DIAMOND[:2]


def finding(topology, *states, **wishes):
    """The one finding of a demand from a to d; nothing is placed."""
    if states:
        wishes["failover"] = failover(*states, mbps=wishes.get("mbps", 0), bound_ms=wishes.pop("after_ms", None))
    found, findings = realised(model(topology, demand(topology, "a", "d", **wishes)))
    (item,) = findings.items
    assert (found.demands, found.infeasible, item.intent) == ({}, ("x",), "x")
    assert item.code in CATALOGUE
    assert "\n" not in item.message
    return item


def net(links=DIAMOND, **rest):
    return network(links, **{"ends": ("a", "d")} | rest)


def test_no_path_at_all():
    item = finding(net([wire("a-b"), wire("c-d")]))
    assert (item.code, item.message, item.span) == ("E0501", "there is no path from `a` to `d`", span(1))


def test_too_slow():
    topology = net()
    item = finding(topology, bound_ms=3, mbps=10)
    assert (item.code, item.span) == ("E0502", span(10))
    assert item.message == "`a` to `d` takes 4.072ms at best, over `a` - `c` - `d`: above the bound of 3ms"
    assert [label.message for label in item.related] == ["`a-c` alone takes 2.036ms"]
    assert item.help == ("`latency <= 4.072ms` is what this path can keep",)


def test_too_slow_because_of_an_exclusion():
    item = finding(net(), bound_ms=5, exclusions=(exclusion(nodes=["c"]),))
    assert item.code == "E0502"
    assert item.help == (
        "`latency <= 11ms` is what this path can keep",
        "without `avoid c` a path would take 4ms",
    )


def test_excluded_ways():
    topology = net()
    item = finding(topology, exclusions=(exclusion(nodes=["b"], line=31), exclusion(links=["c-d"], line=32)))
    assert (item.code, item.span) == ("E0503", span(31))
    assert item.message == "no path from `a` to `d` is left by `avoid b` and `avoid c-d`: it would take `a-b` and `b-d`"
    assert [(label.span.line, label.message) for label in item.related] == [
        (32, "`avoid c-d` stands in the way too"),
        (1, "`a-b` would connect them"),
        (1, "`b-d` would connect them"),
    ]


def test_exclusions_that_only_together_leave_no_path():
    chain = net([wire("a-b"), wire("b-c"), wire("c-d")])
    item = finding(chain, exclusions=(exclusion(links=["a-b"], line=31), exclusion(links=["c-d"], line=32)))
    assert (
        item.message == "no path from `a` to `d` is left by `avoid a-b` and `avoid c-d`: it would take `a-b` and `c-d`"
    )


def test_a_pin_that_only_an_unknown_crossing_stands_against():
    chain = [wire("a-b"), wire("b-c"), wire("c-d")]
    item = finding(net(chain), exclusions=(exclusion(links=["b-c"], kind="pin"),))
    assert (item.code, item.help) == ("E0503", ("if `b-c` passes through no other region, write `crosses: []` on it",))
    assert item.message == "no path from `a` to `d` is left by `pin b-c`: it would take `b-c`"


def test_a_known_crossing_is_not_doubted():
    chain = [wire("a-b"), wire("b-c", crosses=("ch",)), wire("c-d")]
    assert finding(net(chain), exclusions=(exclusion(links=["b-c"], kind="pin"),)).help == ()


def test_a_leaking_node_in_the_way():
    links = [wire("a-p"), wire("p-d"), wire("p-b")]
    topology = net(links, nodes={"p": {"platform": "none"}})
    item = finding(topology, exclusions=(exclusion(nodes=["b"], kind="pin"),))
    assert (item.code, item.message) == ("E0503", "no path from `a` to `d` is left by `pin b`")
    wider = net([wire("a-e"), wire("e-p"), wire("p-f"), wire("f-d"), wire("p-b")], nodes={"p": {"platform": "none"}})
    item = finding(wider, exclusions=(exclusion(nodes=["b"], kind="pin"),))
    assert item.code == "E0503"
    assert "`p` cannot drop what must not take an excluded link, so it is left out as a whole" in [
        label.message for label in item.related
    ]


def test_a_waypoint_out_of_reach():
    item = finding(net([*DIAMOND, wire("x-y")]), via=(waypoint(nodes=["b"], line=41), waypoint(nodes=["x"], line=42)))
    assert (item.code, item.span) == ("E0504", span(42))
    assert item.message == "no path from `a` to `d` passes `via x` in this order"


def test_waypoints_in_an_order_that_cannot_be():
    chain = net([wire("a-b"), wire("b-c"), wire("c-d")])
    assert (
        realised(model(chain, demand(chain, "a", "d", via=(waypoint(nodes=["b"]), waypoint(nodes=["c"])))))[1].items
        == []
    )
    stub = net([wire("a-b"), wire("b-d", metric=1)], nodes={"b": {"transit": False}})
    assert finding(stub, via=(waypoint(nodes=["b"]),)).code == "E0501"


def test_no_room():
    topology = net([wire("a-b", mbps=50, upgrade=Upgrade(200_000_000, 40)), wire("b-d")])
    item = finding(topology, mbps=80)
    assert (item.code, item.span) == ("E0505", span(20))
    assert item.message == "no path from `a` to `d` has room: `a-b` (50Mbps) lacks 30Mbps from `a` to `b`"
    assert item.help == (
        "the topology offers to upgrade `a-b` to 200Mbps",
        "`bandwidth 50Mbps` is what this path has room for",
    )


def test_no_room_in_the_share_of_a_strict_class():
    item = finding(net(CHAIN), mbps=400, priority="critical")
    assert item.code == "E0505"
    assert "`a-b` (1Gbps) lacks 100Mbps from `a` to `b`" in item.message


@pytest.mark.parametrize("end", ["a", "d"])
def test_an_excluded_end(end):
    item = finding(net(), exclusions=(exclusion(nodes=[end], kind="pin"),))
    assert (item.code, item.span) == ("E0506", span(30))
    assert item.message == f"`pin {end}` excludes `{end}`, an end of `a` to `d`"


def test_a_drained_end():
    item = finding(net(nodes={"d": {"state": "drained"}}))
    assert (item.code, item.message) == (
        "E0506",
        "`d` is drained or has no link, so there is no traffic from `a` to `d`",
    )


def test_two_drained_ends():
    item = finding(net(nodes={"a": {"state": "drained"}, "d": {"state": "drained"}}))
    assert item.message == "`a` and `d` are drained or have no link, so there is no traffic from `a` to `d`"


def test_a_planned_end():
    item = finding(net(nodes={"d": {"state": "planned"}}))
    assert (item.code, item.message) == ("E0506", "no end of `a` to `d` is in service")


def test_an_unknown_latency():
    item = finding(net([wire("a-b", latency_ns=None), wire("b-d")]), bound_ms=20)
    assert (item.code, item.span) == ("E0507", span(10))
    assert item.message == "the latency of `a-b` is not known, so no bound can hold from `a` to `d`"
    assert item.help == ("write the link's `latency`, or the `location` of both its sites",)


def test_what_devices_cannot_do():
    item = finding(net([wire("a-d", ms=1, metric=100), wire("a-b", ms=9), wire("b-d", ms=9)]), bound_ms=5)
    assert item.code == "E0508"
    assert item.message == (
        "the devices cannot keep `a` to `d` on a path that would do; the IGP's own takes 18ms, bound 5ms"
    )


def test_what_devices_cannot_do_in_a_failure():
    links = [
        wire("a-d", ms=1),
        wire("a-c", ms=1, metric=100),
        wire("c-d", ms=1, metric=100),
        wire("a-b", ms=9),
        wire("b-d", ms=9),
        wire("b-c", ms=9),
    ]
    item = finding(net(links), failed("link", "a-d"), bound_ms=5, after_ms=5)
    assert (item.code, item.state) == ("E0508", "link:a-d")


def test_a_failure_without_any_path():
    chain = [wire("a-b"), wire("b-c"), wire("c-d"), wire("a-x"), wire("d-y")]
    item = finding(net(chain), failed("node", "b"), failed("link", "a-x"))
    assert (item.code, item.state, item.span) == ("E0521", "node:b", span(50))
    assert item.message == "there is no path from `a` to `d` when the node `b` fails"


def test_a_failure_that_only_a_slow_path_survives():
    item = finding(net(), failed("link", "a-c"), bound_ms=5, after_ms=8)
    assert (item.code, item.state, item.span) == ("E0523", "link:a-c", span(50))
    assert item.message == (
        "`a` to `d` takes 11ms at best when the link `a-c` fails, over `a` - `b` - `d`: above the bound of 8ms"
    )
    assert item.help == ("`latency <= 11ms` in the `failover` block is what this path can keep",)


def test_a_shared_duct_leaves_only_a_slow_path():
    links = [
        wire("a-b", srlgs=("s",)),
        wire("b-d"),
        wire("a-c", srlgs=("s",)),
        wire("c-d"),
        wire("a-e", ms=30),
        wire("e-d", ms=30),
    ]
    item = finding(net(links), failed("srlg", "s", links=["a-b", "a-c"]), after_ms=10)
    assert (item.code, item.state) == ("E0522", "srlg:s")


def test_a_failure_without_room():
    links = [wire("a-b"), wire("b-d"), wire("a-c", metric=20, mbps=20), wire("c-d", metric=20)]
    item = finding(net(links), failed("link", "a-b"), mbps=50)
    assert (item.code, item.state) == ("E0524", "link:a-b")
    assert item.message == (
        "no path from `a` to `d` has room when the link `a-b` fails: `a-c` (20Mbps) lacks 30Mbps from `a` to `c`"
    )
    assert item.help == ("`bandwidth 20Mbps` in the `failover` block is what this path has room for",)


def test_the_last_link_that_may_be_used():
    item = finding(net(), failed("link", "a-b"), exclusions=(exclusion(links=["a-c"]),))
    assert (
        item.message == "no path from `a` to `d` is left by `avoid a-c` when the link `a-b` fails: it would take `a-c`"
    )
    assert (item.code, item.span) == ("E0526", span(30))


def test_the_last_link_that_is_not_drained():
    links = [*DIAMOND[:2], wire("a-c", state="drained"), DIAMOND[3]]
    item = finding(net(links), failed("link", "a-b"))
    assert (item.code, item.state) == ("E0525", "link:a-b")
    assert item.message == "`a` has no other attachment when the link `a-b` fails (`a` to `d`)"
    assert item.help == ("`a-c` is drained: with `state: up` it would be another attachment",)


def test_the_last_link_to_a_node_that_is_not_drained():
    topology = net()
    nodes = {**topology.nodes, "c": replace(topology.nodes["c"], state="drained")}
    item = finding(replace(topology, nodes=nodes), failed("link", "a-b"))
    assert (item.code, item.state) == ("E0525", "link:a-b")
    assert item.help == ("`a-c` leads to `c`, which is drained: with `state: up` it would be another attachment",)


def test_the_only_way_left_is_excluded():
    links = [wire("a-b"), wire("b-c"), wire("c-d"), wire("b-e", metric=50), wire("e-c", metric=50)]
    item = finding(net(links), failed("link", "b-c"), exclusions=(exclusion(nodes=["e"], kind="pin"),))
    assert (item.code, item.state, item.span) == ("E0526", "link:b-c", span(30))
    assert item.message == (
        "no path from `a` to `d` is left by `pin e` when the link `b-c` fails: it would take `b-e` and `e-c`"
    )
    assert [label.message for label in item.related] == ["`b-e` would connect them", "`e-c` would connect them"]


def test_an_end_that_leaks():
    topology = net([*DIAMOND, wire("a-x")], nodes={"a": {"platform": "none"}})
    item = finding(topology, exclusions=(exclusion(nodes=["x"], kind="pin"),))
    assert (item.code, item.span) == ("E0506", span(30))
    assert item.message == (
        "`a` cannot drop what must not take a link that `pin x` excludes, so it is no end for `a` to `d`"
    )


def test_an_end_that_leaks_for_its_neighbour_alone():
    topology = net([*DIAMOND, wire("b-x")], nodes={"a": {"platform": "none"}, "b": {"platform": "none"}})
    item = finding(topology, exclusions=(exclusion(nodes=["x"], kind="avoid"),))
    assert (item.code, item.span) == ("E0506", span(30))
    assert item.message == (
        "`a` cannot drop what must not take a link that `avoid x` excludes, so it is no end for `a` to `d`"
    )
    left_out = [label.message.split(" ")[0] for label in item.related if label.message.endswith("left out as a whole")]
    assert left_out == ["`a`", "`b`"]


def test_a_search_that_gives_up_says_so(monkeypatch):
    monkeypatch.setattr("intentc.place.search.MOST_LABELS", 1)
    item = finding(net([*DIAMOND, wire("d-e"), wire("e-f")]), bound_ms=5)
    assert item.code == "E0509"
    assert item.message == (
        "the search for steering from `a` to `d` gave up; what the devices do by themselves takes 11ms, bound 5ms"
    )


def test_no_steering_for_all_states_at_once():
    """Each state alone has a way, but towards no node do b's next hops change as they would have to."""
    links = [
        wire("a-b"),
        wire("b-d"),
        wire("b-e", ms=9, metric=8),
        wire("e-d", ms=9, metric=9),
        wire("b-c"),
        wire("c-d", metric=8),
    ]
    item = finding(net(links), failed("link", "b-d"), failed("link", "c-d"), after_ms=3.5)
    assert (item.code, item.state) == ("E0509", "link:b-d")
    assert item.message == (
        "the search for steering from `a` to `d` gave up when the link `b-d` fails;"
        " what the devices do by themselves takes 19ms, bound 3.5ms"
    )


def test_further_states_of_a_demand_are_told_together():
    """The slow way round each of three links is the IGP's, and no device here can steer packets to the fast one."""
    slow = [
        wire(f"{end}-{name}", ms=20, metric=8) for name, ends in (("p", "ab"), ("q", "bc"), ("r", "cd")) for end in ends
    ]
    fast = [wire("a-e", metric=50), wire("e-d", metric=50)]
    topology = net([wire("a-b"), wire("b-c"), wire("c-d"), *slow, *fast])
    nodes = {name: replace(node, platform="none") for name, node in topology.nodes.items()}
    states = [failed("link", name) for name in ("a-b", "b-c", "c-d")]
    item = finding(replace(topology, nodes=nodes), *states, after_ms=10)
    assert (item.code, item.state) == ("E0508", "link:a-b")
    assert [label.message for label in item.related] == [
        "so it is from `a` to `d` in 2 more failure states: the link `b-c`; the link `c-d`"
    ]


def test_a_failover_that_takes_too_long():
    topology = net()
    promise = failover(*every_link(topology), within_ms=50)
    _, findings = realised(model(topology, demand(topology, "a", "d", failover=promise)))
    (item,) = findings.items
    assert (item.code, item.span) == ("E0620", span(50))
    assert item.message == (
        "`a` to `d` cannot be back within 50ms: 210ms can be reached (150ms to notice (BFD), 60ms to repair)"
    )


def test_a_bound_without_a_rate_is_warned_of_once():
    topology = net()
    spans = {"latency": span(10)}
    wanted = [
        demand(topology, "a", "d", bound_ms=20, clause_spans=spans),
        demand(topology, "d", "a", bound_ms=20, clause_spans=spans),
    ]
    _, findings = realised(model(topology, *wanted, reply(wanted[0])))
    assert [(item.code, item.span, item.intent) for item in findings.items] == [("W0501", span(10), "x")]


def test_with_a_rate_there_is_no_warning():
    topology = net()
    wanted = demand(topology, "a", "d", bound_ms=20, mbps=1)
    silent = reply(wanted, has_bandwidth=False, bandwidth_bps=0, pool_bps=0)
    assert realised(model(topology, wanted, silent))[1].items == []


def test_many_sources_are_one_finding():
    """Three of four branches are too far away; the worst stands for all."""
    links = [wire(f"b{index}-d", ms=ms) for index, ms in enumerate((2, 12, 11, 13))]
    names = [f"b{index}" for index in range(4)]
    topology = network(links, ends=("d", *names))
    demands = [demand(topology, name, "d", bound_ms=10) for name in names]
    found, findings = realised(model(topology, *demands))
    (item,) = findings.items
    assert found.demands == {}  # an intent is placed as a whole
    assert item.message == "`b3` to `d` takes 13ms at best, over `b3` - `d`: above the bound of 10ms (3 of 4 sources)"
    further = [label for label in item.related if "to `d`" in label.message]
    assert [label.message.split(" takes")[0] for label in further] == ["`b1` to `d`", "`b2` to `d`"]


def test_two_causes_are_two_findings():
    links = [wire("a-d", ms=20), wire("b-d", mbps=5)]
    topology = network(links, ends=("a", "b", "d"))
    demands = [demand(topology, "a", "d", bound_ms=10, mbps=1), demand(topology, "b", "d", mbps=10)]
    assert codes(realised(model(topology, *demands))[1]) == ["E0502", "E0505"]


def test_intents_that_share_a_demand_fail_together():
    topology = net(CHAIN)
    shared = demand(topology, "a", "d", bound_ms=1, shared_with=("y",))
    found, _ = realised(model(topology, shared))
    assert found.infeasible == ("x", "y")


def test_replicas_are_judged_by_the_best_one():
    topology = network([wire("a-b", ms=5), wire("a-c", ms=9)], ends=("a", "b", "c"))
    _, findings = realised(model(topology, demand(topology, "a", "c", "b", bound_ms=3)))
    assert findings.items[0].message.startswith("`a` to `service` takes 5ms at best, over `a` - `b`")


def test_a_site_that_cannot_be_reached_from_one_of_its_nodes_can_from_the_other():
    links = [wire("a-c"), wire("c-d")]
    topology = network([*links, wire("b-x")], ends=("a", "d"), prefixes={"x": ()})
    twins = replace(
        topology, nodes={**topology.nodes, "b": replace(topology.nodes["b"], attached=topology.nodes["a"].attached)}
    )
    wanted = demand(twins, "a", "d", candidates=[candidate(twins, "b", "d"), candidate(twins, "a", "d")])
    found, findings = realised(model(twins, wanted))
    assert (findings.items, found.demands[wanted.key].chosen.source.node) == ([], "a")


def test_drop_that_nothing_does_is_said():
    topology = net()
    asked = demand(topology, "a", "d", mbps=10, failover=failover(*every_link(topology), mbps=10), otherwise="drop")
    found, findings = realised(model(topology, asked))
    (item,) = findings.items
    assert (item.code, item.severity.value, item.intent) == ("W0502", "warning", "x")
    assert list(found.demands) == ["x/a>d"]


def test_drop_that_a_fence_does_is_fine():
    topology = net([*DIAMOND, wire("a-e"), wire("d-e")])
    ban = exclusion(links=["a-e"])
    promise = failover(*every_link(topology), mbps=10)
    asked = demand(topology, "a", "d", mbps=10, failover=promise, otherwise="drop", exclusions=(ban,))
    _, findings = realised(model(topology, asked))
    assert "W0502" not in codes(findings)


def test_one_link_passes_two_waypoints_in_a_row_that_name_it():
    """It was once held to be crossed twice, and its detour to be above the bound."""
    via = (waypoint(links=["a-b"], line=41), waypoint(links=["a-b"], line=42))
    for_both = net([wire("a-b"), wire("a-b#2", metric=20)], ends=("a", "b"))
    assert "x/a>b" in realised(model(for_both, demand(for_both, "a", "b", via=via, bound_ms=2)))[0].demands
    bundle = net(
        [wire("a-b"), wire("a-b#2")], ends=("a", "b")
    )  # whose links no device tells apart by policy-based routing
    (item,) = realised(model(bundle, demand(bundle, "a", "b", via=via, bound_ms=2)))[1].items
    assert item.code == "E0508"
