"""Demands divided over segment lists, on random networks: where packets go and what links hold, by another way of counting."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

from hypothesis import event, given, settings
from hypothesis import strategies as st
from support_model import MBPS, model
from support_sr import follow_demand, sr_realised, stacks
from test_sr_policies import check, demands, networks

MOST_LISTS = 4


@st.composite
def cases(draw):
    topology = draw(networks())
    imbalance = draw(st.sampled_from([0, 100_000_000, 250_000_000]))
    topology = replace(topology, routing=replace(topology.routing, hash_imbalance_ppb=imbalance))
    found = []
    for index in range(draw(st.integers(1, 4))):
        wanted, mbps = draw(demands(topology, index)), draw(st.sampled_from([10, 50, 110]))
        goal, is_spread = (
            draw(st.sampled_from(["stability", "utilization", "utilization"])),
            draw(st.integers(0, 4)) > 0,
        )
        keep = draw(st.booleans())
        found.append(
            replace(
                wanted,
                goal=goal,
                is_spread=is_spread,
                bandwidth_bps=mbps * MBPS,
                pool_bps=mbps * MBPS,
                failover=wanted.failover if keep else None,
            )
        )
    return topology, found


def held(topology, rate, taken, *, is_spread):
    """What the directions of links hold of a rate, by (link, sending node)."""
    shares = {}
    for (nodes, links), share in taken.items():
        for place in zip(links, nodes, strict=False):
            shares[place] = shares.get(place, 0) + share
    uneven = 1 + Fraction(topology.routing.hash_imbalance_ppb, 10**9)
    return {place: min(rate, ceil(rate * share * uneven)) if is_spread else rate for place, share in shares.items()}


def books(topology, found, state):
    """The sums by (link, sending node) in a state that somebody is promised, or normally."""
    total = {}
    for item in found.demands.values():
        wanted = item.demand
        normal, taken = follow_demand(topology, item, None), follow_demand(topology, item, state)
        promised = wanted.failover.states if wanted.failover else ()
        is_promised = state is not None and any((state.nodes, state.links) == (x.nodes, x.links) for x in promised)
        if taken is None or (taken != normal and not is_promised):
            continue
        rate = wanted.bandwidth_bps
        if is_promised:
            after = wanted.failover.bandwidth_bps
            rate = after if taken != normal else max(rate, after)
        labels = stacks(topology, item, state)
        for place, bps in held(topology, rate, taken, is_spread=wanted.is_spread).items():
            more = 4 * labels.get(place, 0)  # bytes; 340 are the mean size of packets, which this network leaves
            total[place] = total.get(place, 0) + ceil(Fraction(bps * (340 + more), 340))
    return total


def slack(found):
    """Shares are rounded to a millionth in the books: a few bits at most of what is divided."""
    return sum(item.demand.bandwidth_bps * 2 // 1_000_000 + 1 for item in found.demands.values())


@settings(max_examples=40, deadline=None)
@given(cases())
def test_what_is_divided_arrives_and_links_hold_its_shares(case):
    topology, wanted = case
    found, _ = sr_realised(model(topology, *wanted))
    near = slack(found)
    for item in found.demands.values():
        lists = [path.lists for policy in item.policies for path in policy.candidates]
        event(f"{max(map(len, lists), default=0)} lists, {len(item.states) > 0}")
        assert item.demand.is_spread or not any(lists)
        assert all(len(own) != 1 and len(own) <= MOST_LISTS for own in lists)
        assert all(sum(one.weight for one in own) == 16 for own in lists if own)
        check(topology, item)
    states = {}
    for item in found.demands.values():
        for state in item.demand.failover.states if item.demand.failover else ():
            states.setdefault((state.nodes, state.links), state)
    worst = {}
    for state in (None, *states.values()):
        for (link, node), bps in books(topology, found, state).items():
            edge = topology.links[link]
            assert bps <= edge.capacity_bps.towards(is_ab=edge.is_ab(node)) + near
            worst[link, node] = max(bps, worst.get((link, node), 0))
    for (link, node), bps in worst.items():
        assert abs(found.loads[link].worst.towards(is_ab=topology.links[link].is_ab(node)) - bps) <= near
    for (link, node), bps in books(topology, found, None).items():
        assert abs(found.loads[link].reserved.towards(is_ab=topology.links[link].is_ab(node)) - bps) <= near


@settings(max_examples=15, deadline=None)
@given(cases())
def test_the_same_input_is_divided_the_same_way(case):
    topology, wanted = case
    first, _ = sr_realised(model(topology, *wanted))
    second, _ = sr_realised(model(topology, *wanted[::-1]))
    assert {key: item.policies for key, item in first.demands.items()} == {
        key: item.policies for key, item in second.demands.items()
    }
