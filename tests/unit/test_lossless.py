"""Lossless classes from the clause to the ports: no circles of queues, no bounds, flow control wherever packets go."""

import json
import re

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

ROCE = "class roce { dscp 26 queue 40% lossless }\n"


def net(platform="sr-bench", latency="10us", **extra):
    """A ring of four routers, a host prefix at each, and chords by `extra`: name -> ends."""
    names = "abcd"
    nodes = [
        f"  {name}: {{platform: {platform}, release: '1.0', loopback: 10.255.0.{n}/32,"
        f" segment_routing: {{index: {n}, srgb: [16000, 23999], max_sid_depth: 6}},"
        f" attached: [{{prefix: 10.{n}.0.0/24, interface: host, trust: fabric}}]}}"
        for n, name in enumerate(names, 1)
    ]
    pairs = {"ab": "ab", "bc": "bc", "cd": "cd", "da": "da", **extra}
    links = [
        f"  - {{id: {name}, a: '{a}:to-{b}', b: '{b}:to-{a}', capacity: 100Gbps, latency: {latency}, mtu: 9000, crosses: []}}"
        for name, (a, b) in pairs.items()
    ]
    return "\n".join(["name: ring", "nodes:", *nodes, "links:", *links, ""])


def around(*pairs, clauses=""):
    """Intents that go two links in the same direction of the ring, over the node between."""
    ring = "abcdab"
    return ROCE + "".join(
        f"intent {a}{ring[ring.index(a) + 2]} {{ from node {a} to node {ring[ring.index(a) + 2]} unidirectional priority roce"
        f" bandwidth 1Gbps per pair via node {ring[ring.index(a) + 1]} {clauses} }}\n"
        for a in pairs
    )


def built(text, topology=None):
    return build(text, topology or net(), stages_with_all_targets())


def codes(found):
    return {item.code for item in found.run.findings.items if item.is_error}


def test_paths_that_do_not_close_a_circle_are_placed():
    found = built(around("a", "b", "c"))
    assert codes(found) == set()
    assert set(found.statuses.values()) == {"placed"}
    assert found.codes() == set()


def test_the_intent_that_closes_a_circle_is_refused():
    found = built(around("a", "b", "c", "d"))
    (error,) = [item for item in found.run.findings.items if item.is_error]
    assert (error.code, error.intent, error.state) == ("E0540", "db", None)
    assert len(error.related) == 4
    assert found.statuses == {"ac": "placed", "bd": "placed", "ca": "placed", "db": "infeasible"}
    assert found.codes() == set()


def test_the_intent_of_the_lower_priority_gives_way():
    text = around("a", "b", "c", "d") + "class urgent { dscp 24 queue strict 20% lossless }\n"
    found = built(
        text.replace(
            "intent db { from node d to node b unidirectional priority roce",
            "intent db { from node d to node b unidirectional priority urgent",
        )
    )
    assert found.statuses["db"] == "placed"
    assert sorted(found.statuses.values()) == ["infeasible", "placed", "placed", "placed"]


def test_classes_that_drop_may_go_round():
    found = built(around("a", "b", "c", "d").replace(" lossless", ""))
    assert codes(found) == set()
    assert found.codes() == set()


def test_a_circle_that_a_failure_closes_counts():
    """Without the chord packets between a and c go over b and d, as far as others go on in the same direction."""
    chord = net(ac="ac")
    protected = "".join(
        f"intent {name} {{ from node {a} to node {b} unidirectional priority roce bandwidth 1Gbps per pair"
        " failover within 2s { survive any 1 link } }\n"
        for name, a, b in (("x", "a", "c"), ("y", "c", "a"))
    )
    found = built(around("b", "d") + protected, chord)
    (error,) = [item for item in found.run.findings.items if item.is_error]
    assert (error.code, error.intent, error.state) == ("E0540", "y", "link:ac")
    assert found.statuses == {"bd": "placed", "db": "placed", "x": "placed", "y": "infeasible"}
    assert found.codes() == set()
    normal = built(around("b", "d") + re.sub(r"failover .*? \} ", "", protected), chord)
    assert codes(normal) == set()


def test_the_prover_notices_a_circle():
    found = built(around("a", "b", "c", "d").replace(" lossless", ""))
    other = built(around("a", "b", "c", "d"))

    def change(whole):
        """Tell the refused one as placed, as it would be without the circle."""
        told = {entry["name"]: entry for entry in json.loads(found.text)["intents"]}
        for entry in whole["intents"]:
            entry.update(status=told[entry["name"]]["status"], demands=told[entry["name"]]["demands"])

    assert "E0593" in other.codes(change)


@pytest.mark.parametrize("clause", ["latency <= 5ms", "jitter <= 1ms", "loss <= 1%"])
def test_a_lossless_class_keeps_no_bounds(clause):
    found = built(around("a", clauses=clause))
    assert codes(found) == {"E0233"}
    assert found.statuses == {"ac": "rejected"}


def test_a_bound_under_failure_counts_too():
    found = built(around("a", clauses="failover within 2s { survive any 1 link latency <= 5ms }"))
    assert codes(found) == {"E0233"}


def test_its_latency_is_told_without_what_nobody_can_bound():
    found = built(around("a"))
    (demand,) = json.loads(found.text)["intents"][0]["demands"]
    assert demand["primary"]["latency_us"] == {"propagation": 20, "serialisation": 0, "queueing": 0, "total": 20}
    assert demand["primary"]["basis"] == "none"
    assert found.codes() == set()
    assert found.codes(lambda whole: whole["intents"][0]["demands"][0]["primary"].update(basis="proved")) != set()


def test_one_hop_without_flow_control_is_one_too_many():
    mixed = net().replace("  b: {platform: sr-bench, release: '1.0'", "  b: {platform: none")
    found = built(ROCE + "intent ac { from node a to node c unidirectional priority roce via node b }", mixed)
    assert codes(found) == {"E0610"}
    (error,) = [item for item in found.run.findings.items if item.is_error]
    assert "a lossless class" in error.message
    assert error.node == "b"


def test_frr_has_no_flow_control():
    found = built(
        ROCE + "intent ab { from node a to node b unidirectional priority roce }",
        net("frr").replace("release: '1.0'", "release: '8.4'"),
    )
    assert codes(found) == {"E0610"}


def test_flow_control_is_at_both_ends_of_every_link_and_at_the_hosts():
    found = built(around("a"))
    devices = found.run.fleet.devices
    ports = {
        name: {port.interface: (port.priority, port.dscps, port.headroom_bytes) for port in config.pauses}
        for name, config in devices.items()
    }
    headroom = 100 * 10**9 * 20_000 // (8 * 10**9) + 2 * 9000 + 3840  # a round trip of 20 us, two packets, the response
    assert ports == {
        "a": {"host": (3, (26,), 0), "to-b": (3, (26,), headroom)},
        "b": {"to-a": (3, (26,), headroom), "to-c": (3, (26,), headroom)},
        "c": {"host": (3, (26,), 0), "to-b": (3, (26,), headroom)},
        "d": {},
    }


def test_what_exceeds_the_rate_is_not_marked_for_being_dropped():
    found = built(around("a"))
    (rule,) = found.run.fleet.devices["a"].marking
    assert rule.meter is None
