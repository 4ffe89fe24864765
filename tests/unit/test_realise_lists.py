"""Several segment lists of one candidate path: how a demand is divided, and what happens when a list is down; by hand."""

from dataclasses import replace

import pytest
from support_model import MBPS, capabilities, codes, demand, every_link, failover, model, wire
from support_sr import follow_demand, sr_devices, sr_network, sr_realised

from intentc.diagnostics import Findings
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Health, Policy, Segment
from intentc.forwarding.walk import Packets
from intentc.place.place import place as place_model
from intentc.realise.earlier import Earlier, EarlierPolicy
from intentc.realise.labels import with_labels
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.model import WeightedSegments
from intentc.realise.realise import realise
from intentc.resolve.model import FailureState
from intentc.topology.model import Bfd

# The IGP's way from a to d is a-b-d; a-c-d and a-e-d cost more.
LINKS = [
    wire("a-b", metric=10, mbps=100),
    wire("b-d", metric=10, mbps=100),
    wire("a-c", metric=20, mbps=100),
    wire("c-d", metric=20, mbps=100),
    wire("a-e", metric=30, mbps=100),
    wire("e-d", metric=30, mbps=100),
]
BFD = Bfd(interval_us=50_000, multiplier=3)


def net(imbalance_ppb=0, links=LINKS, **rest):
    found = sr_network(links, ends=("a", "d"), bfd=BFD, **rest)
    return replace(found, routing=replace(found.routing, hash_imbalance_ppb=imbalance_ppb))


def spread(topology, mbps, **rest):
    return demand(topology, "a", "d", mbps=mbps, is_spread=True, **rest)


def place(topology, *demands, **overrides):
    return sr_realised(model(topology, *demands), **overrides)


def lists_of(found, key="x/a>d"):
    (policy,) = found.demands[key].policies
    return [[(item.weight, item.segments) for item in path.lists] for path in policy.candidates]


def reserved(found, link):
    return found.loads[link].reserved.ab if link in found.loads else 0


def labelled(mbps, sixteenths, labels=1):
    """Return what a link holds of a rate of which it takes some sixteenths."""
    return with_labels(-(-mbps * MBPS * sixteenths // 16), labels, 340)


def test_what_no_path_has_room_for_is_divided():
    """Ten sixteenths of 150 Mbps fit on the IGP's way, the rest goes over `c`."""
    found, findings = place(net(), spread(net(), 150))
    assert codes(findings) == []
    assert lists_of(found) == [[(10, ("d",)), (6, ("c", "d"))]]
    assert [path.share_ppm for path in found.demands["x/a>d"].primary] == [625_000, 375_000]
    held = [reserved(found, link) for link in ("a-b", "a-c", "a-e")]
    assert held == [labelled(150, 10), labelled(150, 6, 2), 0]


def test_the_imbalance_of_hashing_makes_shares_smaller():
    """A sixteenth counts as one and a quarter, eight of them fit."""
    topology = net(250_000_000)
    found, _ = place(topology, spread(topology, 150))
    assert lists_of(found) == [[(8, ("d",)), (8, ("c", "d"))]]
    assert (reserved(found, "a-b"), reserved(found, "a-c")) == (labelled(150, 10), labelled(150, 10, 2))


def test_three_lists_where_two_are_not_enough():
    """Six sixteenths of 260 Mbps fit on a way, the last four need the third one."""
    found, _ = place(net(), spread(net(), 260))
    assert [weight for weight, _ in lists_of(found)[0]] == [6, 6, 4]
    assert max(reserved(found, link) for link in ("a-b", "a-c", "a-e")) == labelled(260, 6, 2)


def test_what_cannot_be_divided_into_sixteenths_is_not_called_impossible():
    """Five of them fit on each of three ways, one is left."""
    _, findings = place(net(), spread(net(), 280))
    assert codes(findings) == ["E0509"]


@pytest.mark.parametrize("word", ["weighted-lists", "sr-policy"])
def test_a_head_end_that_cannot_divide_does_not(word):
    topology = net()
    features = {name: item for name, item in sr_devices(topology)["a"]["features"].items() if name != word}
    found, findings = place(topology, spread(topology, 150), a={"features": features})
    assert codes(findings) == ["E0509"]
    assert not found.demands


def test_without_the_clause_nothing_is_divided():
    _, findings = place(net(), demand(net(), "a", "d", mbps=150))
    assert codes(findings) == ["E0505"]


def test_evenly_used_links_are_what_dividing_is_for():
    """120 Mbps over three paths of 100: 6, 5 and 5 sixteenths."""
    found, _ = place(net(), spread(net(), 120, goal="utilization"))
    assert sorted(weight for weight, _ in lists_of(found)[0]) == [5, 5, 6]
    assert found.max_utilisation_ppm == -(-labelled(120, 6) // 100)


@pytest.mark.parametrize(("mean_packet", "ppm"), [(20, 540_000), (10, 675_000)])  # 45 Mbps and a label; 37.5 and two
def test_the_list_with_the_fewest_labels_takes_most(mean_packet, ppm):
    topology = net()
    topology = replace(topology, routing=replace(topology.routing, mean_packet=mean_packet))
    found, _ = place(topology, spread(topology, 120, goal="utilization"))
    assert lists_of(found) == [[(6, ("d",)), (5, ("c", "d")), (5, ("e", "d"))]]
    assert found.max_utilisation_ppm == ppm


def test_where_labels_take_more_than_dividing_gives_nothing_is_divided():
    """Undivided 50 Mbps go the IGP's way bare; of packets of 2 bytes six sixteenths with a label hold more, 56.25 Mbps."""
    topology = net()
    topology = replace(topology, routing=replace(topology.routing, mean_packet=2))
    found, _ = place(topology, spread(topology, 50, goal="utilization"))
    assert (found.demands["x/a>d"].policies, found.max_utilisation_ppm) == ((), 500_000)


def test_with_much_imbalance_dividing_does_not_pay():
    topology = net(1_000_000_000)
    found, _ = place(topology, spread(topology, 50, goal="utilization"))
    assert [len(path.lists) for policy in found.demands["x/a>d"].policies for path in policy.candidates] in ([], [0])


def protected(topology):
    """120 Mbps on three ways, 90 under failure, where a way round is too slow: lists have to go down with their links."""
    promise = failover(*every_link(topology), mbps=90, bound_ms=4)
    return spread(topology, 120, goal="utilization", failover=promise)


def test_a_list_that_is_down_leaves_its_share_to_the_others():
    topology = net(100_000_000)
    found, findings = place(topology, protected(topology))
    assert codes(findings) == []
    item = found.demands["x/a>d"]
    weights = {path.nodes[1]: path.share_ppm * 16 // 1_000_000 for path in item.primary}
    assert sorted(weights.values()) == [5, 5, 6]
    result = next(result for result in item.states if "link:a-c" in result.when)
    left = weights["b"] + weights["e"]
    assert {path.nodes[1]: path.share_ppm // 10 for path in result.paths} == {
        name: weights[name] * 100_000 // left for name in "be"
    }
    most = max(result.paths, key=lambda path: path.share_ppm)
    link = most.links[0]
    assert found.loads[link].worst.ab >= -(-90 * MBPS * most.share_ppm * 11 // 10_000_000)


def test_detection_is_that_of_s_bfd_where_lists_go_down():
    topology = net()
    found, _ = place(topology, protected(topology))
    assert found.demands["x/a>d"].protection.detector == "bfd"
    assert found.demands["x/a>d"].protection.basis == "target.toml"


def test_every_state_is_what_a_second_opinion_says():
    topology = net(100_000_000)
    found, _ = place(topology, protected(topology))
    item = found.demands["x/a>d"]
    for state in every_link(topology):
        told = next((result.paths for result in item.states if state.id in result.when), item.primary)
        taken = follow_demand(topology, item, state)
        assert {(path.nodes, path.links) for path in told} == set(taken)
        assert all(abs(taken[path.nodes, path.links] * 1_000_000 - path.share_ppm) < 1 for path in told)


def test_lists_are_no_longer_than_the_head_end_can_push():
    """With one segment nothing but the IGP's way can be written."""
    topology = net(depth=1)
    _, findings = place(topology, spread(topology, 150))
    assert codes(findings) == ["E0509"]


def test_an_earlier_division_is_kept():
    topology = net()
    wanted = spread(topology, 60)
    lists = (WeightedSegments(9, ("c", "d")), WeightedSegments(7, ("d",)))
    earlier = {
        "x/a>d": Earlier("a", "d", (), (EarlierPolicy("a", (("c", "d"),), None, lists=(lists,)),)),
    }
    mechanisms = Mechanisms(topology, capabilities(topology, **sr_devices(topology)))
    found = realise(place_model(model(topology, wanted), mechanisms, Findings(), earlier=earlier))
    assert lists_of(found) == [[(9, ("c", "d")), (7, ("d",))]]
    assert found.demands["x/a>d"].reason.startswith("kept")


def router_and(*lists, links=LINKS, **rest):
    topology = net(links=links, **rest)
    router = SegmentRouter(Igp(build_network(topology)))
    index = router.network.node_index
    made = tuple((tuple(Segment(index[name]) for name in segments), weight) for segments, weight in lists)
    return router, Policy((made[0][0],), splits=((0, made),))


def test_a_candidate_is_up_while_one_of_its_lists_is():
    router, policy = router_and((("b", "d"), 3), (("c", "d"), 1))
    start = router.network.node_index["a"]
    whole = router.follow_candidate(start, policy, 0, NORMAL)
    assert [(len(trail.arcs), trail.share) for trail in whole.trails] == [(2, 0.75), (2, 0.25)]

    def down(*nodes):
        return Outages(router.network).of(FailureState("x", frozenset(nodes), frozenset()))

    one = router.follow_candidate(start, policy, 0, down("c"))
    assert (one.health, [trail.share for trail in one.trails]) == (Health.UP, [1])
    assert router.follow_candidate(start, policy, 0, down("b", "c")).health is Health.DOWN


def test_lists_that_share_a_path_add_up():
    router, policy = router_and((("b", "d"), 3), (("d",), 1), (("c", "d"), 4))
    here, there = router.network.node_index["a"], router.network.node_index["d"]
    packets = Packets((frozenset({there}),), frozenset(), is_fail_closed=False)
    taken = router.walk(packets, {here: policy}, here, NORMAL)
    assert [trail.share for trail in taken.trails] == [0.5, 0.5]


def test_a_list_that_loses_packets_spoils_the_candidate():
    links = [*LINKS, wire("a-g", metric=5), wire("g-d", metric=15)]
    router, policy = router_and((("d",), 1), (("c", "d"), 1), links=links, without=("g",))
    start = router.network.node_index["a"]
    assert router.follow_candidate(start, policy, 0, NORMAL).health is Health.TORN
