"""Capacity under failure: what is shared between states, what gives way, what is left for others."""

from dataclasses import replace

from support_model import (
    CLASSES,
    codes,
    demand,
    failed,
    failover,
    in_state,
    model,
    network,
    nodes_of,
    realised,
    waypoint,
    wire,
)

DIAMOND = (wire("a-b", ms=1), wire("b-d", ms=10), wire("a-c", ms=2, metric=20), wire("c-d", ms=2, metric=20))


def place(topology, *states, mbps=10, after_ms=None, after_mbps=None, **wishes):
    promise = failover(*states, bound_ms=after_ms, mbps=mbps if after_mbps is None else after_mbps)
    return realised(model(topology, demand(topology, "a", "d", mbps=mbps, failover=promise, **wishes)))


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


def test_the_worst_state_has_an_id_that_somebody_placed_is_promised():
    topology = network([wire("a-d"), wire("a-c", metric=20), wire("c-d", metric=20)], ends=("a", "d"))
    lost = failover(failed("link", "a-d"), mbps=10)
    late = demand(topology, "a", "d", intent="late", mbps=10, bound_ms=1, failover=lost)
    kept = demand(
        topology, "a", "d", intent="there", mbps=10, failover=failover(failed("srlg", "s", links=["a-d"]), mbps=10)
    )
    found, findings = realised(model(topology, late, kept))
    assert (found.infeasible, codes(findings)) == (("late",), ["E0502"])
    assert found.loads["c-d"].worst_state[0] == "srlg:s"


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
