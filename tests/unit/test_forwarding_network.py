"""The network as arrays: directions, metrics of drained and stub elements, exact packet times, failure states."""

import pytest
from support_model import failed, network, wire

from intentc.forwarding.addresses import Attachments
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.topology.model import Directional

TRIANGLE = (wire("a-b", metric=5), wire("b-c", metric=7), wire("a-c", metric=20))


def metrics(topology):
    """Metrics by sender and receiver."""
    net = build_network(topology)
    return {f"{net.nodes[net.tail[arc]]}{net.nodes[net.head[arc]]}": net.metric[arc] for arc in range(len(net.tail))}


def test_each_direction_has_its_own_figures():
    link = wire("a-b", igp_metric=Directional(3, 9), capacity_bps=Directional(100, 50), latency_ns=Directional(1, 2))
    net = build_network(network([link]))
    there, back = 0, 1
    assert (net.tail[there], net.head[there]) == (0, 1)
    assert (net.metric[there], net.metric[back]) == (3, 9)
    assert (net.capacity_bps[there], net.capacity_bps[back]) == (100, 50)
    assert (net.propagation_ns[there], net.propagation_ns[back]) == (1, 2)
    assert net.packet_units[back] == 2 * net.packet_units[there]


def test_the_indices_do_not_depend_on_the_order_in_which_elements_are_stored():
    one, other = build_network(network(TRIANGLE)), build_network(network(TRIANGLE[::-1]))
    assert (one.nodes, one.links, one.tail, one.metric) == (other.nodes, other.links, other.tail, other.metric)


@pytest.mark.parametrize(("igp", "last_resort"), [("isis", 16_777_214), ("ospf", 65_535)])
def test_drained_links_have_the_highest_metric_that_is_used(igp, last_resort):
    drained = [wire("a-b", metric=5, state="drained"), *TRIANGLE[1:]]
    found = metrics(network(drained, igp=igp))
    assert (found["ab"], found["ba"], found["bc"]) == (last_resort, last_resort, 7)


def test_a_drained_node_drains_its_links():
    net = build_network(network(TRIANGLE, nodes={"b": {"state": "drained"}}))
    assert {net.links[link] for link in net.drained} == {"a-b", "b-c"}
    assert not net.has_transit[net.node_index["b"]]


def test_a_node_without_transit_is_overloaded_under_is_is():
    net = build_network(network(TRIANGLE, nodes={"b": {"transit": False}}))
    assert net.has_overload[net.node_index["b"]]


def test_a_node_without_transit_announces_the_highest_metric_under_ospf():
    topology = network(TRIANGLE, nodes={"b": {"transit": False}}, igp="ospf")
    assert not any(build_network(topology).has_overload)
    assert (metrics(topology)["ba"], metrics(topology)["bc"], metrics(topology)["ab"]) == (65_535, 65_535, 5)


def test_planned_elements_do_not_exist():
    topology = network([*TRIANGLE, wire("a-d"), wire("b-c#2", state="planned")], nodes={"d": {"state": "planned"}})
    net = build_network(topology)
    assert net.nodes == ("a", "b", "c")
    assert net.links == ("a-b", "a-c", "b-c")


def test_states_with_the_same_elements_are_one_outage():
    outages = Outages(build_network(network(TRIANGLE)))
    by_link, by_group = failed("link", "a-b"), failed("srlg", "duct", links=["a-b"])
    assert outages.of(by_link) is outages.of(by_group)
    assert len(outages.touching(-1 & ((1 << 64) - 1))) == 1


def test_a_failed_node_takes_its_links():
    net = build_network(network(TRIANGLE))
    outage = Outages(net).of(failed("node", "b"))
    assert {net.links[link] for link in outage.links} == {"a-b", "b-c"}


def test_what_is_planned_cannot_fail():
    net = build_network(network([*TRIANGLE, wire("b-c#2", state="planned")]))
    assert Outages(net).of(failed("link", "b-c#2")) is NORMAL


def test_the_longest_attached_prefix_says_where_packets_end():
    prefixes = {"a": ("10.0.0.0/16",), "b": ("10.0.1.0/24",), "c": ("10.0.1.0/24", "2001:db8::/48")}
    net = build_network(network(TRIANGLE, prefixes=prefixes))
    attachments = Attachments(net)
    names = {
        prefix: sorted(net.nodes[node] for node in attachments.nodes_of(prefix))
        for prefix in ("10.0.1.128/25", "10.0.2.0/24", "2001:db8:0:1::/64", "192.0.2.0/24")
    }
    assert names == {
        "10.0.1.128/25": ["b", "c"],
        "10.0.2.0/24": ["a"],
        "2001:db8:0:1::/64": ["c"],
        "192.0.2.0/24": [],
    }
