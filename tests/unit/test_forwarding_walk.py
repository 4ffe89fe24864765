"""Packets followed hop by hop: rules at (node, ingress), waypoints in order, fences, loops, shares."""

from fractions import Fraction

import pytest
from support_model import failed, network, wire

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.walk import OWN_PORTS, Mishap, Packets, walk


class Ground:
    """Walks by name: `rules` maps `node` or `node<link` (the ingress) to waypoints."""

    def __init__(self, links, **rest):
        self.network = build_network(network(links, **rest))
        self.igp, self.outages = Igp(self.network), Outages(self.network)

    def walk(self, start, *targets, rules=None, fences=(), is_fail_closed=False, state=None):
        index = self.network.node_index
        found = {}
        for place, waypoints in (rules or {}).items():
            node, _, link = place.partition("<")
            found[index[node], self.ingress(node, link)] = tuple(index[name] for name in waypoints)
        packets = Packets(
            tuple(
                frozenset(index[name] for name in group)
                for group in (targets if isinstance(targets[0], tuple) else (targets,))
            ),
            frozenset(self.network.link_index[name] for name in fences),
            is_fail_closed,
        )
        return walk(self.igp, packets, found, index[start], self.outages.of(state) if state else NORMAL)

    def ingress(self, node, link):
        if not link:
            return OWN_PORTS
        arcs = (2 * self.network.link_index[link], 2 * self.network.link_index[link] + 1)
        return next(arc for arc in arcs if self.network.nodes[self.network.head[arc]] == node)

    def paths(self, taken):
        return {
            " ".join(
                self.network.nodes[node] for node in self.network.nodes_along(taken.start, trail.arcs)
            ): trail.share
            for trail in taken.trails
        }


# d is 20 away over b, 100 over c
DIAMOND = (wire("a-b"), wire("b-d"), wire("a-c", metric=50), wire("c-d", metric=50))


def test_without_rules_packets_follow_the_igp():
    ground = Ground(DIAMOND)
    assert ground.paths(ground.walk("a", "d")) == {"a b d": 1}


def test_packets_that_are_there_already_go_nowhere():
    ground = Ground(DIAMOND)
    assert ground.paths(ground.walk("d", "d")) == {"d": 1}


def test_a_rule_sends_packets_towards_its_waypoint():
    ground = Ground(DIAMOND)
    assert ground.paths(ground.walk("a", "d", rules={"a": ["c"]})) == {"a c d": 1}


def test_a_rule_decides_one_hop_only():
    ground = Ground([wire("a-b"), wire("b-c"), wire("c-d"), wire("b-d", metric=5)])
    assert ground.paths(ground.walk("a", "d", rules={"a": ["c"]})) == {"a b d": 1}


def test_a_rule_is_bound_to_its_ingress():
    ground = Ground(DIAMOND)
    assert ground.paths(ground.walk("a", "d", rules={"a<a-b": ["c"]})) == {"a b d": 1}


def test_the_first_waypoint_in_reach_counts():
    ground = Ground([*DIAMOND, wire("a-e")])
    rules = {"a": ["e", "c"]}
    assert ground.paths(ground.walk("a", "d", rules=rules)) == {"a e a b d": 1}
    assert ground.paths(ground.walk("a", "d", rules=rules, state=failed("node", "e"))) == {"a c d": 1}


@pytest.mark.parametrize("is_fail_closed", [False, True])
def test_without_a_waypoint_left_packets_follow_the_igp_or_are_dropped(is_fail_closed):
    ground = Ground(DIAMOND)
    taken = ground.walk("a", "d", rules={"a": ["c"]}, is_fail_closed=is_fail_closed, state=failed("node", "c"))
    if is_fail_closed:
        assert taken.fault.mishap is Mishap.CLOSED
    else:
        assert ground.paths(taken) == {"a b d": 1}


def test_a_u_turn_is_no_loop():
    """Behind a remote failure packets come back over another link, where the IGP carries them on (measured on FRR)."""
    ground = Ground(DIAMOND)
    taken = ground.walk("a", "d", rules={"a": ["c"]}, state=failed("link", "c-d"))
    assert ground.paths(taken) == {"a c a b d": 1}


def test_two_rules_can_make_a_loop():
    ground = Ground(DIAMOND)
    taken = ground.walk("a", "d", rules={"b<a-b": ["a"], "a<a-b": ["b"]})
    assert (taken.fault.mishap, taken.trails, taken.arcs) == (Mishap.LOOP, (), frozenset())


def test_packets_are_dropped_at_a_fence():
    ground = Ground(DIAMOND)
    taken = ground.walk("a", "d", fences=["b-d"])
    assert (taken.fault.mishap, ground.network.nodes[taken.fault.node]) == (Mishap.FENCE, "b")
    assert ground.network.links[taken.fault.link] == "b-d"


def test_no_packet_passes_a_fence_when_all_other_ways_are_cut():
    ground = Ground(DIAMOND)
    taken = ground.walk("a", "d", fences=["a-c"], state=failed("link", "b-d"))
    assert (taken.fault.mishap, taken.arcs) == (Mishap.FENCE, frozenset())


def test_a_down_start_sends_nothing():
    ground = Ground(DIAMOND)
    assert ground.walk("a", "d", state=failed("node", "a")).fault.mishap is Mishap.DOWN


def test_no_route_is_a_fault():
    ground = Ground(DIAMOND)
    assert ground.walk("a", "d", state=failed("srlg", "s", links=["b-d", "c-d"])).fault.mishap is Mishap.NO_ROUTE


def test_equal_cost_links_share_equally_at_each_hop():
    ground = Ground([wire("a-b"), wire("b-d"), wire("a-c"), wire("c-d"), wire("c-d#2")])
    taken = ground.walk("a", "d")
    assert sorted(trail.share for trail in taken.trails) == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]
    assert len(taken.arcs) == 5


def test_addresses_at_different_nodes_are_followed_each():
    ground = Ground([wire("a-b"), wire("b-c")])
    assert ground.paths(ground.walk("a", ("b",), ("b", "c"))) == {"a b": 1}
    assert ground.paths(ground.walk("a", ("b",), ("c",))) == {"a b": Fraction(1, 2), "a b c": Fraction(1, 2)}


def test_too_many_paths_are_not_followed():
    stages = [(f"n{index}", f"n{index + 1}") for index in range(7)]
    links = [wire(f"{a}-{b}#{twin}", ends=(a, b)) for a, b in stages for twin in (1, 2)]
    ground = Ground(links)
    assert ground.walk("n0", "n7").fault.mishap is Mishap.WIDTH
    assert len(ground.walk("n1", "n7").trails) == 64


def test_the_dependence_has_what_a_rule_looks_at():
    """The rule at a follows the IGP's path to e, which the packets themselves leave at c."""
    ground = Ground([*DIAMOND, wire("c-e", metric=1)])
    taken = ground.walk("a", "d", rules={"a": ["e"]})
    assert ground.paths(taken) == {"a c d": 1}
    assert ground.outages.of(failed("link", "c-e")).mask & taken.dependence
    assert not ground.outages.of(failed("link", "a-b")).mask & taken.dependence
