"""Latency in integers, and shares that add up."""

from fractions import Fraction

import pytest
from support_model import CLASSES, MS, network, traffic_class, wire

from intentc.forwarding.figures import latency_of, packets_ahead, paths_of, worst_latency
from intentc.forwarding.network import build_network
from intentc.forwarding.walk import Trail, Walk
from intentc.resolve.model import Scheduling
from intentc.topology.model import Directional


def test_each_part_is_rounded_up_once():
    links = [
        wire("a-b", mbps=70, latency_ns=Directional(1_000_001, 1)),
        wire("b-c", mbps=30, latency_ns=Directional(500_000, 1)),
    ]
    net = build_network(network(links))
    parts = latency_of(net, (0, 2), 2)
    exact = Fraction(12_000, 70) + Fraction(12_000, 30)  # µs of a 1500-byte packet at 70 and 30 Mbps
    assert parts.propagation == 1501
    assert parts.serialisation == 572 == -(-exact.numerator // exact.denominator)
    assert parts.queueing == 1143
    assert (parts.basis, parts.total) == ("assumed", 1501 + 572 + 1143)


def test_without_a_rate_only_propagation_counts():
    net = build_network(network([wire("a-b", ms=3)]))
    parts = latency_of(net, (0,), None)
    assert (parts.propagation, parts.serialisation, parts.queueing, parts.basis) == (3000, 0, 0, "none")


def test_the_direction_counts():
    net = build_network(network([wire("a-b", latency_ns=Directional(4 * MS, 5 * MS), mbps=1000)]))
    assert (latency_of(net, (0,), None).total, latency_of(net, (1,), None).total) == (4000, 5000)


def test_the_mtu_counts():
    net = build_network(network([wire("a-b", mbps=100, mtu=9000)]))
    assert latency_of(net, (0,), 1).serialisation == 720


def test_an_unknown_latency_adds_nothing():
    net = build_network(network([wire("a-b", latency_ns=None), wire("b-c", ms=2)]))
    assert latency_of(net, (0, 2), None).total == 2000


def test_the_worst_path_counts():
    net = build_network(network([wire("a-b", ms=1), wire("a-b#2", ms=9)]))
    trails = (Trail((0,), Fraction(1, 2)), Trail((2,), Fraction(1, 2)))
    assert worst_latency(net, trails, None).total == 9000


@pytest.mark.parametrize(
    ("name", "packets"), [("critical", 1), ("high", 2), ("normal", 4), ("low", 8), ("background", 32), ("fixed", 8)]
)
def test_the_packets_ahead_follow_from_the_class(name, packets):
    assert packets_ahead(CLASSES[name]) == packets


@pytest.mark.parametrize(("dscp", "weight", "packets"), [(0, 10, 16), (0, 30, 16), (10, 5, 8), (10, 25, 4)])
def test_the_packets_ahead_of_other_weights(dscp, weight, packets):
    assert packets_ahead(traffic_class("x", 5, Scheduling.WEIGHT, dscp=dscp, weight=weight)) == packets


def test_shares_add_up_to_a_million():
    net = build_network(network([wire("a-b"), wire("a-b#2"), wire("a-b#3")]))
    trails = tuple(Trail((arc,), Fraction(1, 3)) for arc in (0, 2, 4))
    paths = paths_of(net, Walk(0, trails, {}, 0, None))
    assert [path.share_ppm for path in paths] == [333_334, 333_333, 333_333]
    assert [path.links for path in paths] == [("a-b",), ("a-b#2",), ("a-b#3",)]
