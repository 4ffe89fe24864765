"""`spread`: what links reserve of a demand that takes several paths, by hand."""

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_model import (
    MBPS,
    codes,
    demand,
    every_link,
    failover,
    in_state,
    model,
    network,
    nodes_of,
    realised,
    wire,
)

from intentc.delay.courses import NORMAL, careers
from intentc.realise.shares import hashed_bps

PPB = 1_000_000_000

# From a to d over b, over c and over e, all of one cost: three members of a third each.
DIAMOND = [wire(f"{end}-{middle}", metric=10, mbps=100) for middle in "bce" for end in "ad"]


def net(imbalance_ppb=250_000_000, links=DIAMOND, **rest):
    found = network(links, ends=("a", "d"), **rest)
    return replace(found, routing=replace(found.routing, hash_imbalance_ppb=imbalance_ppb))


def reserved(found, link):
    load = found.loads[link]
    return max(load.reserved.ab, load.reserved.ba)


def worst(found, link):
    load = found.loads[link]
    return max(load.worst.ab, load.worst.ba)


def spread(topology, mbps, **rest):
    return demand(topology, "a", "d", mbps=mbps, is_spread=True, **rest)


@pytest.mark.parametrize(
    ("rate", "share", "imbalance", "expected"),
    [
        (1000, 500_000, 0, 500),
        (1000, 500_000, PPB // 4, 625),
        (1000, 333_333, 0, 334),  # rounded up, once
        (1001, 333_333, PPB // 4, 418),  # 417.08
        (1000, 900_000, PPB // 4, 1000),  # never more than all of it
        (1000, 500_000, PPB, 1000),
        (0, 500_000, PPB // 4, 0),
    ],
)
def test_a_share_with_the_imbalance_of_hashing(rate, share, imbalance, expected):
    assert hashed_bps(rate, share, imbalance) == expected


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(0, PPB))
def test_a_share_is_rounded_up_once_and_at_most_the_rate(rate, share, imbalance):
    from fractions import Fraction

    exact = Fraction(rate) * Fraction(share, 10**6) * (1 + Fraction(imbalance, PPB))
    assert hashed_bps(rate, share, imbalance) == min(rate, ceil(exact))


def test_each_member_reserves_its_share_and_more():
    topology = net()
    found, _ = realised(model(topology, spread(topology, 60)))
    assert nodes_of(found, "x/a>d") == ["a b d", "a c d", "a e d"]
    assert [path.share_ppm for path in found.demands["x/a>d"].primary] == [333_334, 333_333, 333_333]
    assert reserved(found, "a-b") == ceil(60 * MBPS * 0.333334 * 1.25)
    assert reserved(found, "a-c") == reserved(found, "d-e") == ceil(60 * MBPS * 0.333333 * 1.25)
    assert found.max_utilisation_ppm == 250_001  # 25.0000500 of 100 Mbps, rounded up


def test_without_the_clause_each_member_reserves_all_of_it():
    topology = net()
    found, _ = realised(model(topology, demand(topology, "a", "d", mbps=60)))
    assert [reserved(found, f"a-{middle}") for middle in "bce"] == [60 * MBPS] * 3


def test_what_no_link_could_hold_alone_is_placed_by_share():
    topology = net()
    found, findings = realised(model(topology, spread(topology, 180)))
    assert codes(findings) == []
    assert reserved(found, "a-b") == ceil(180 * MBPS * 0.333334 * 1.25)


def test_too_much_for_the_members_is_refused():
    topology = net()
    _, findings = realised(model(topology, spread(topology, 241)))  # 80 fit on each member
    assert codes(findings) == ["E0505"]


def test_what_several_paths_could_hold_but_the_igp_does_not_take_is_not_called_impossible():
    links = [wire("a-b", metric=10, mbps=100), wire("b-d", metric=10, mbps=100)]
    links += [wire("a-c", metric=20, mbps=100), wire("c-d", metric=20, mbps=100)]
    topology = net(links=links)
    _, findings = realised(model(topology, spread(topology, 159)))
    assert codes(findings) == ["E0509"]
    _, findings = realised(model(topology, spread(topology, 161)))
    assert codes(findings) == ["E0505"]


def test_members_that_a_failure_leaves_take_more():
    topology = net()
    wanted = spread(topology, 60, failover=failover(*every_link(topology), mbps=60))
    found, _ = realised(model(topology, wanted))
    assert in_state(found, "x/a>d", "link:a-b") == ["a c d", "a e d"]
    assert worst(found, "a-c") == 60 * MBPS * 5 // 8  # half of it, and a quarter on top
    assert reserved(found, "a-c") == ceil(60 * MBPS * 0.333333 * 1.25)


def test_what_fits_normally_but_not_on_the_members_that_are_left_is_refused():
    topology = net()
    wanted = spread(topology, 180, failover=failover(*every_link(topology), mbps=180))
    _, findings = realised(model(topology, wanted))  # 112.5 Mbps each on two members
    assert codes(findings) == ["E0524"]


def test_a_failover_rate_is_shared_as_well():
    topology = net()
    wanted = spread(topology, 180, failover=failover(*every_link(topology), mbps=90))
    found, findings = realised(model(topology, wanted))
    assert codes(findings) == []
    assert worst(found, "a-c") == reserved(found, "a-c") == ceil(180 * MBPS * 0.333333 * 1.25)


def test_every_member_keeps_the_bound():
    links = [
        replace(item, latency_ns=replace(item.latency_ns, ab=9_000_000)) if item.id == "a-e" else item
        for item in DIAMOND
    ]
    topology = net(links=links)
    found, _ = realised(model(topology, spread(topology, 10, bound_ms=8)))
    assert all("e" not in path for path in nodes_of(found, "x/a>d"))


def test_where_members_meet_again_their_shares_add_up():
    links = [*DIAMOND, wire("d-g", metric=10, mbps=100)]
    topology = network(links, ends=("a", "g"))
    found, _ = realised(model(topology, demand(topology, "a", "g", mbps=60, is_spread=True)))
    assert reserved(found, "d-g") == 60 * MBPS


def test_members_of_a_pool_reserve_no_more_than_the_pool():
    topology = net()
    first = spread(topology, 60, pool="p", intent="x")
    second = replace(spread(topology, 60, pool="p", intent="y"), key="y/a>d")
    found, _ = realised(model(topology, first, second))
    assert reserved(found, "a-c") == 2 * ceil(60 * MBPS * 0.333333 * 1.25)
    third = replace(spread(topology, 60, pool="p", intent="z"), key="z/a>d")
    found, _ = realised(model(topology, first, second, third))
    assert reserved(found, "a-c") == 60 * MBPS


def test_queues_see_what_links_reserve():
    topology = net()
    found, _ = realised(model(topology, spread(topology, 60)))
    (career,) = careers(found)
    assert career.normal.rate_on("a-c", "a") == reserved(found, "a-c")
    assert career.normal.rate_bps == 60 * MBPS
    assert NORMAL not in career.moved
