"""What a link can hold of whole rates: the largest sum of some of them within its room."""

import random
from itertools import combinations

import pytest
from support_model import network, wire

from intentc.forwarding.network import build_network
from intentc.place.certificates import whole
from intentc.place.certificates.market import Cargo
from intentc.place.certificates.whole import WholeRooms

GBPS, MBPS = 10**9, 10**6


def rooms_of(*mbps):
    names = [f"n{number}" for number in range(len(mbps) + 1)]
    links = [wire(f"n{number}-n{number + 1}", mbps=rate) for number, rate in enumerate(mbps)]
    return WholeRooms(build_network(network(links, prefixes=dict.fromkeys(names, ()))))


def cargo_of(*rates):
    """Demands that begin and end elsewhere, so that all of them may run over any link."""
    return [Cargo(bps, frozenset({7}), frozenset({8}), frozenset(), is_whole=True, is_direct=True) for bps in rates]


@pytest.mark.parametrize(("most", "paired"), [(0, 0), (200, 0), (200, 16)])
@pytest.mark.parametrize("seed", range(20))
def test_a_room_is_the_largest_sum_within_it(seed, most, paired, monkeypatch):
    """Whether rates are told apart by links, and whether sums are those of halves or bits of a number."""
    monkeypatch.setattr(whole, "MOST_LOOKED_AT", most)
    monkeypatch.setattr(whole, "_MOST_PAIRED", paired)
    chance = random.Random(seed)  # noqa: S311  (seeded figures, no secret)
    rates = [chance.choice((2, 3, 7, 20)) * chance.randint(1, 40) * MBPS for _ in range(chance.randint(1, 9))]
    sums = {sum(some) for count in range(len(rates) + 1) for some in combinations(rates, count)}
    rooms = [chance.randint(0, 1000) * MBPS for _ in range(8)]
    made = rooms_of(1000, 1000, 100, 10)
    assert made.of(cargo_of(*rates), rooms) == [max(each for each in sums if each <= room) for room in rooms]
    assert [made.on(0, cargo_of(*rates), room) for room in rooms] == made.of(cargo_of(*rates), rooms)


def test_a_small_link_beside_large_ones_holds_what_fits_although_rates_have_no_common_unit():
    """100 Gbps of a unit of 1 bps are too many to tell sums of, 2 Mbps are not."""
    rates, room = (1_000_001, 1_500_002, 1_600_000), 2 * MBPS
    made = rooms_of(100_000, 2)
    assert made.of(cargo_of(*rates), [100 * GBPS, 100 * GBPS, room, room]) == [
        sum(rates),
        sum(rates),
        1_600_000,
        1_600_000,
    ]
    assert made.on(2, cargo_of(*rates), room) == 1_600_000


def test_a_room_of_too_many_units_is_left_as_it_is():
    rates = [GBPS + 1, GBPS + 2, GBPS + 4]
    assert rooms_of(100_000).of(cargo_of(*rates), [2 * GBPS, 4 * GBPS]) == [2 * GBPS, sum(rates)]


def test_rates_that_may_be_divided_leave_a_room_as_it_is():
    divided = Cargo(3 * MBPS, frozenset({7}), frozenset({8}), frozenset(), is_whole=False, is_direct=True)
    assert rooms_of(10).of([*cargo_of(2 * MBPS), divided], [4 * MBPS, 1]) == [4 * MBPS, 1]
