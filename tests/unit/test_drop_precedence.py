"""`drop` of a class: from the clause to the queues, to what is promised of them, and to platforms that cannot."""

import json

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

NET = """
name: line
nodes:
  a: {platform: PLATFORM, release: "1.0", loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: host}]}
  b: {platform: PLATFORM, release: "1.0", loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: host}]}
links:
  - {id: ab, a: "a:to-b", b: "b:to-a", capacity: 1Gbps, latency: 1ms, crosses: []}
"""
CLAUSES = "from node a  to node b  unidirectional  priority bulk  bandwidth 100Mbps per pair  latency <= 50ms"


def built(drop, more="", platform="sr-bench"):
    text = f"class bulk {{ dscp AF11  {drop} }}\nintent t {{ {CLAUSES} {more} }}"
    net = NET.replace("PLATFORM", platform).replace("1.0", "1.0" if platform == "sr-bench" else "8.4")
    return build(text, net, stages_with_all_targets())


def errors(found):
    return [item for item in found.run.findings.items if item.is_error]


def queues(found):
    (port,) = found.run.fleet.devices["a"].queueing
    return {queue.traffic_class: queue for queue in port.queues}


@pytest.mark.parametrize(("level", "first", "last"), [("medium", 2, 4), ("high", 1, 3)])
def test_queues_drop_from_a_part_of_their_size_on(level, first, last):
    found = built(f"drop {level}")
    assert errors(found) == []
    own, rest = queues(found)["bulk"], queues(found)["default"]
    assert (own.drop_from_bytes, own.drop_all_bytes) == (own.limit_bytes * first // 4, own.limit_bytes * last // 4)
    assert (own.mark_from_bytes, own.mark_all_bytes, own.is_ecn) == (0, 0, False)
    assert (rest.drop_from_bytes, rest.drop_all_bytes) == (0, 0)


@pytest.mark.parametrize("drop", ["", "drop low"])
def test_else_packets_are_dropped_only_where_the_queue_is_full(drop):
    own = queues(built(drop))["bulk"]
    assert (own.drop_from_bytes, own.drop_all_bytes) == (0, 0)


@pytest.mark.parametrize(("drop", "basis"), [("drop low", "proved"), ("drop medium", "queue-limit")])
def test_what_is_dropped_early_is_not_proved_to_arrive(drop, basis):
    found = built(drop)
    (demand,) = json.loads(found.text)["intents"][0]["demands"]
    assert demand["primary"]["basis"] == basis
    assert found.codes() == set()

    def change(whole):
        whole["intents"][0]["demands"][0]["primary"]["basis"] = "queue-limit" if basis == "proved" else "proved"

    assert found.codes(change) != set()


def test_it_takes_nothing_from_the_delay():
    early, late = (json.loads(built(drop).text)["intents"][0]["demands"][0] for drop in ("drop high", "drop low"))
    assert early["primary"]["latency_us"] == late["primary"]["latency_us"]


def test_no_loss_is_bounded_where_packets_are_dropped_early():
    (error,) = errors(built("drop high", "loss <= 0.1%"))
    assert (error.code, error.intent) == ("E0236", "t")
    assert len(error.related) == 1
    assert errors(built("drop low", "loss <= 0.1%")) == []


def test_a_platform_without_it_is_refused_at_the_class():
    (error,) = errors(built("drop high", platform="frr"))
    assert (error.code, error.intent, error.node) == ("E0610", "t", "a")
    assert "dropping packets of a class before its queue is full" in error.message
    assert error.help == ("write `drop low`, or use a platform with WRED",)


def test_every_platform_drops_late():
    assert errors(built("drop low", platform="frr")) == []
