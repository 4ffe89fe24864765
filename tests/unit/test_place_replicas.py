"""Replicas and both directions: which one is chosen, which one takes over, and bounds on the way there and back."""

from dataclasses import replace

from support_model import (
    candidate,
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
    wire,
)

DIAMOND = (wire("a-b", ms=1), wire("b-d", ms=10), wire("a-c", ms=2, metric=20), wire("c-d", ms=2, metric=20))


def only(found):
    return next(iter(found.demands.values()))


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
