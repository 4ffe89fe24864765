"""Bounds on small cases, computed by hand: strict and weighted, growing bursts, a circle, states, and what bounds nothing."""

from dataclasses import replace

import pytest
from support_delay import MBPS, net, realise, sender

from intentc.delay.bounds import bound
from intentc.delay.curves import Service, arrival_of, delay_ns, on_grid
from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import FailoverRequirement, FailureState, Scheduling

NANO = 1_000_000_000
HOP = net("L:a-b")  # 100 Mbps, MTU 1500: a packet takes 120 us


def bounds_of(topology, *items, **rest):
    return bound(realise(topology, *items, **rest)).queues


def one(topology, *items, key=("L", "a", "critical")):
    return bounds_of(topology, *items)[key]


class TestCurves:
    @pytest.mark.parametrize(
        ("bundles", "expected"),
        [
            # a token bucket of 24 kbit at once, served at 100 Mbps after 10 us
            ([(10 * MBPS, 24_000 * NANO, 0, 0)], 250_000),
            # over a line of 100 Mbps it cannot come faster than it is served: only the first packet waits
            ([(10 * MBPS, 24_000 * NANO, 100 * MBPS, 12_000 * NANO)], 130_000),
            # two such lines: both pieces last (24 - 12) kbit / 90 Mbps = 133.3 us, and twice the line's rate comes
            ([(10 * MBPS, 24_000 * NANO, 100 * MBPS, 12_000 * NANO)] * 2, 383_334),
            ([(60 * MBPS, 0, 0, 0), (41 * MBPS, 0, 0, 0)], None),
        ],
    )
    def test_the_deviation(self, bundles, expected):
        rates, bursts, *lines = zip(*bundles, strict=True)
        assert (
            delay_ns(arrival_of(rates, bursts, list(zip(*lines, strict=True))), Service(100 * MBPS, 10_000)) == expected
        )

    @pytest.mark.parametrize(("time", "coarse"), [(0, 0), (1, 1), (31, 31), (32, 32), (33, 34), (480_000, 491_520)])
    def test_the_grid_rounds_up_to_five_bits(self, time, coarse):
        assert on_grid(time) == coarse


class TestOneHop:
    def test_strict(self):
        """Two packets ahead (240 us), and the burst of two packets (240 us), of which one is its own serialisation."""
        found = one(HOP, sender("voice", "a L b", mbps=10))
        assert (found.delay_ns, found.queueing_us, found.basis) == (480_000, 360, "proved")
        assert found.backlog_bytes == 6000

    def test_weighted(self):
        """Two packets, three of the default class's shaper, and the burst: 5 x 120 us + 240 us."""
        found = one(HOP, sender("data", "a L b", mbps=10, traffic_class="high"), key=("L", "a", "high"))
        assert (found.delay_ns, found.queueing_us, found.basis) == (840_000, 720, "proved")

    def test_turns_protect_a_class_from_the_bursts_of_others(self):
        """75 % by turns (30 : 10 with `default`; with `low` 60 %): 2 + 3 packets and 48 kbit of turns x 7/6, the burst at 60 %."""
        found = bounds_of(
            HOP,
            sender("data", "a L b", mbps=10, traffic_class="high"),
            sender("bulk", "a L b", mbps=10, traffic_class="low", burst=1_000_000),
        )
        assert found["L", "a", "high"].delay_ns == 2 * 120_000 + 560_000 + 3 * 120_000 + 400_000
        assert found["L", "a", "low"].delay_ns > 80_000_000  # its own burst takes 80 ms

    def test_a_strict_class_comes_first_for_all_others(self):
        topology = HOP
        alone = one(topology, sender("data", "a L b", mbps=10, traffic_class="high"), key=("L", "a", "high"))
        both = bounds_of(
            topology, sender("data", "a L b", mbps=10, traffic_class="high"), sender("voice", "a L b", mbps=10)
        )
        # 24 kbit of voice first, on the grid, and 90 Mbps are left: 2 + 3 packets and the voice, then the burst
        voice = on_grid(24_000 * NANO)
        assert voice <= 25_500 * NANO
        assert both["L", "a", "high"].delay_ns == -(-(60_000 * NANO + voice) // (90 * MBPS)) + -(-24_000 * 1000 // 90)
        assert both["L", "a", "high"].delay_ns > alone.delay_ns
        assert both["L", "a", "critical"].delay_ns == 480_000

    def test_what_nobody_declared_is_taken_off(self):
        topology = net("L:a-b", background_bps=replace(HOP.links["L"].capacity_bps, ab=20 * MBPS, ba=0))
        assert one(topology, sender("voice", "a L b", mbps=10)).delay_ns == 600_000

    def test_a_pool_is_one_bucket_where_it_enters(self):
        """Two demands of a pool that enter at one node share burst and rate; at two nodes each has its burst."""
        shared = [sender(name, "a L b", mbps=10, pool="p") for name in ("x", "y")]
        assert one(HOP, *shared).delay_ns == 480_000
        topology = net("L:a-b", "M:c-a")
        apart = [sender("x", "a L b", mbps=10, pool="p"), sender("y", "c M a L b", mbps=10, pool="p")]
        assert one(topology, *apart).delay_ns > 600_000

    def test_an_idle_class_is_bounded_by_its_queue_alone(self):
        found = one(HOP, sender("bulk", "a L b", traffic_class="background"), key=("L", "a", "background"))
        assert (found.basis, found.limit_bytes) == ("queue-limit", 48_000)
        assert found.delay_ns >= 48_000 * 8 * 1000  # at 1 % of the link

    def test_a_fixed_share_is_all_that_a_class_has_beside_one_that_takes_turns(self):
        gold = replace(BUILT_IN["high"], name="gold", dscp=26, scheduling=Scheduling.SHARE, share_ppb=200_000_000)
        found = bounds_of(HOP, sender("x", "a L b", mbps=10, traffic_class="gold"), classes={**BUILT_IN, "gold": gold})[
            "L", "a", "gold"
        ]
        assert (found.basis, found.delay_ns) == ("proved", 840_000)


class TestPaths:
    def test_bursts_grow_along_the_path(self):
        """The first hop takes up to 480 us, counted as 491.52: 4915.2 bits more than the burst may come at once."""
        topology = net("L:a-b", "M:b-c", mbps={"L": 100, "M": 50})
        found = bounds_of(topology, sender("voice", "a L b M c", mbps=10))
        assert found["L", "a", "critical"].delay_ns == 480_000
        # over the 100 Mbps line: 16915.2 bits / 90 Mbps = 187.95 us at 50 Mbps too much, after one packet
        assert found["M", "b", "critical"].delay_ns == 480_000 + 427_947
        assert found["M", "b", "critical"].queueing_us == 668

    def test_what_a_link_varies_by_bunches_packets_as_a_queue_does(self):
        """4 ms more on the wire, at times: 40 000 bits more than above may come at once, of which the line brings 100 Mbps."""
        topology = net("L:a-b", "M:b-c", mbps={"L": 100, "M": 50})
        shaky = {**topology.links, "L": replace(topology.links["L"], jitter_ns=4_000_000)}
        found = bounds_of(replace(topology, links=shaky), sender("voice", "a L b M c", mbps=10))
        assert found["L", "a", "critical"].delay_ns == 480_000
        assert found["M", "b", "critical"].delay_ns == 480_000 + 427_947 + 444_445

    def test_a_line_of_the_same_rate_brings_nothing_that_waits(self):
        topology = net("L:a-b", "M:b-c")
        assert bounds_of(topology, sender("x", "a L b M c", mbps=10))["M", "b", "critical"].delay_ns == 360_000

    def test_a_circle_of_dependencies_settles(self):
        """Every link of a ring carries a flow from its start and one that has come one hop: x = 240 us + (b + L + r t) / C."""
        topology = net("L0:a-b", "L1:b-c", "L2:c-d", "L3:d-a")
        paths = ["a L0 b L1 c", "b L1 c L2 d", "c L2 d L3 a", "d L3 a L0 b"]
        found = bounds_of(topology, *(sender(f"f{path[0]}", path, mbps=7) for path in paths))
        assert {item.basis for item in found.values()} == {"proved"}
        delays = {item.delay_ns for item in found.values()}
        assert len(delays) == 1
        waited = on_grid(delays.pop())
        late = (24_000 + 7 * waited // 1000 - 12_000) / 93e6
        assert found["L0", "a", "critical"].delay_ns == pytest.approx(240_000 + (36_000 + 7e6 * late) * 10, abs=3)

    def test_packets_that_take_ways_of_different_length_bunch_up(self):
        """Equal-cost paths of 1 and 5 ms: what was 4 ms apart may come together, whatever the queues do."""
        topology = net("P:a-b", "Q:a-b", "R:b-c")
        slow = {
            **topology.links,
            "Q": replace(topology.links["Q"], latency_ns=replace(topology.links["Q"].latency_ns, ab=5_000_000)),
        }
        flat = bounds_of(topology, sender("x", "a P b R c", others=("a Q b R c",), mbps=10))
        bent = bounds_of(replace(topology, links=slow), sender("x", "a P b R c", others=("a Q b R c",), mbps=10))
        key = ("R", "b", "critical")
        assert bent[key].delay_ns - flat[key].delay_ns == 10 * 4_000_000 // 100


class TestStates:
    def failing(self, path, *, mbps=10, failover=10, **rest):
        state = FailureState("link:A", frozenset(), frozenset({"A"}))
        asked = FailoverRequirement(1, (state,), None, failover * MBPS, failover * MBPS, None, HOP.links["L"].span)
        words = path.split()
        moved = StateResult(
            ("link:A",), words[-1], (Path(tuple(words[::2]), tuple(words[1::2])),), LatencyParts(0, 0, 0, "assumed")
        )
        return sender("moves", "a A b", mbps=mbps, failover=asked, states=(moved,), **rest)

    def test_what_is_never_there_together_is_not_added_up(self):
        """When A fails, one flow leaves L (its path breaks too) and another comes to it: never both."""
        topology = net("A:a-b", "L:a-b")
        stays = sender("stays", "a L b", mbps=10)
        breaks = sender("breaks", "a L b A a", mbps=10)
        together = bounds_of(topology, self.failing("a L b"), stays)["L", "a", "critical"]
        instead = bounds_of(topology, self.failing("a L b"), breaks)["L", "a", "critical"]
        assert together.delay_ns == 720_000
        assert instead.delay_ns == 480_000

    def test_the_worst_state_counts(self):
        topology = net("A:a-b", "L:a-b")
        assert bounds_of(topology, self.failing("a L b"))["L", "a", "critical"].delay_ns == 480_000

    def test_a_rate_that_only_a_failure_lowers_is_held_by_no_meter(self):
        topology = net("A:a-b", "L:a-b")
        found = bounds_of(topology, self.failing("a L b", failover=5))
        assert found["L", "a", "critical"].basis == "queue-limit"
        assert found["A", "a", "critical"].basis == "proved"


class TestBasis:
    def test_an_unmetered_demand_opens_the_queue_for_all(self):
        metered = sender("x", "a L b", mbps=10, traffic_class="high")
        open_ = sender("y", "a L b", mbps=0, traffic_class="high")
        assert one(HOP, metered, key=("L", "a", "high")).basis == "proved"
        assert one(HOP, metered, open_, key=("L", "a", "high")).basis == "queue-limit"

    def test_a_buffer_that_is_too_small(self):
        small = net("L:a-b", queue_bytes=3000)
        found = one(small, sender("x", "a L b", mbps=10))
        assert (found.basis, found.limit_bytes) == ("queue-limit", 3000)
        assert found.delay_ns == 480_000

    def test_a_burst_beyond_the_ceiling(self):
        found = one(HOP, sender("x", "a L b", mbps=10, burst=20_000_000))
        assert found.basis == "queue-limit"
        assert found.limit_bytes == 20_000_000

    @pytest.mark.parametrize("owner", ["a", "b"])
    def test_a_node_that_nobody_configures_owns_its_queues_and_does_not_meter(self, owner):
        topology = net("L:a-b", "M:b-c", platform={owner: "none"})
        found = bounds_of(topology, sender("x", "a L b M c", mbps=10))
        assert found["M", "b", "critical"].basis == "assumed"
        assert found["L", "a", "critical"].basis == ("assumed" if owner == "a" else "proved")

    def test_nothing_is_proved_of_a_strict_class_whose_cap_may_hold_its_bursts_back(self):
        users = sender("x", "a L b M c", mbps=10), sender("y", "a L b M c", mbps=10, traffic_class="high")
        topology = net("L:a-b", "M:b-c")
        sure, found = (bounds_of(each, *users) for each in (topology, replace(topology, shapers=frozenset("a"))))
        assert {key for key in found if found[key].basis == "assumed"} == {("L", "a", "critical")}
        assert {key: replace(bound, basis="proved") for key, bound in found.items()} == sure


def test_the_order_of_demands_makes_no_difference():
    topology = net("L0:a-b", "L1:b-c", "L2:c-a")
    items = [sender(f"f{n}", path, mbps=3 + n) for n, path in enumerate(["a L0 b L1 c", "b L1 c L2 a", "c L2 a L0 b"])]
    one_way = realise(topology, *items)
    other = replace(one_way, demands=dict(reversed(one_way.demands.items())))
    assert bound(one_way) == bound(other)
    assert list(bound(one_way).queues) == sorted(bound(one_way).queues)


def test_the_hops_as_the_search_wants_them():
    found = bound(realise(HOP, sender("x", "a L b", mbps=10)))
    assert found.hop_queueing_us == {("L", "a", "critical"): 360}
