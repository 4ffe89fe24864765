"""What bounded queueing does to a program: latencies with their parts, findings, and intents that are placed no more."""

import json

import pytest
from support_delay import MBPS, net, realise, sender
from support_verify import NET, build

from intentc.delay.arrivals import NORMAL
from intentc.delay.servers import undominated
from intentc.delay.settle import settle_queueing
from intentc.delay.streams import Change, Stream
from intentc.delay.withdraw import Withdrawals, _Books, withdraw
from intentc.diagnostics import Findings
from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.values import replace

US, MS = 1000, 1_000_000
HOP = net("L:a-b", "M:b-c")


def settle(topology, *items):
    findings = Findings()
    return settle_queueing(realise(topology, *items), findings), findings.items


def failing(bound_ms, *, path="a M c", **rest):
    state = FailureState("link:L", frozenset(), frozenset({"L"}))
    asked = FailoverRequirement(
        1, (state,), round(bound_ms * MS), 10 * MBPS, 10 * MBPS, None, HOP.links["L"].span, **rest
    )
    words = path.split()
    moved = StateResult(
        ("link:L",), words[-1], (Path(tuple(words[::2]), tuple(words[1::2])),), LatencyParts(5000, 120, 0, "assumed")
    )
    return {"failover": asked, "states": (moved,)}


class TestLatency:
    def test_the_queueing_of_all_hops_replaces_the_estimate(self):
        placed, findings = settle(HOP, sender("x", "a L b M c", mbps=10))
        assert not findings
        assert placed.demands["x/x"].latency == LatencyParts(1000, 10, 360 + 240, "proved")
        assert placed.queues["M", "b", "critical"].queueing_us == 240

    def test_without_a_rate_nothing_changes(self):
        placed, _ = settle(HOP, sender("x", "a L b", mbps=0))
        assert placed.demands["x/x"].latency == LatencyParts(1000, 10, 0, "assumed")

    def test_the_slowest_of_several_paths_may_be_another_one(self):
        topology = net("L:a-b", "M:a-c", "N:c-b")
        placed, _ = settle(topology, sender("x", "a L b", others=("a M c N b",), mbps=10))
        assert placed.demands["x/x"].latency.propagation == 2000

    def test_the_weakest_basis_along_the_path_counts(self):
        topology = net("L:a-b", "M:b-c", platform={"b": "none"})
        placed, _ = settle(topology, sender("x", "a L b M c", mbps=10))
        assert placed.demands["x/x"].latency.basis == "assumed"

    @pytest.mark.parametrize(("bound_us", "codes"), [(1370, []), (1369, ["E0502"])])
    def test_a_bound_is_held_to_the_microsecond(self, bound_us, codes):
        placed, findings = settle(HOP, sender("x", "a L b", mbps=10, bound_ns=bound_us * 1000))
        assert [item.code for item in findings] == codes
        assert placed.infeasible == (("x",) if codes else ())
        assert bool(placed.demands) is not bool(codes)

    def test_the_finding_tells_the_parts_apart(self):
        _, findings = settle(HOP, sender("x", "a L b", mbps=10, bound_ns=MS))
        assert findings[0].message == (
            "`a` to `b` takes up to 1.37ms, over `a` - `b`: 1ms propagation, 10us serialisation and up to 360us queueing,"
            " above the bound of 1ms"
        )
        assert "`latency <= 1.37ms` is what this path can keep" in findings[0].help
        assert "up to 3000 bytes at once" in findings[0].help[1]

    def test_under_failure_the_bound_of_the_block_holds(self):
        topology = net("L:a-c", "M:a-c")
        placed, findings = settle(topology, sender("x", "a L c", mbps=10, bound_ns=3 * MS, **failing(5.4)))
        assert [(item.code, item.state) for item in findings] == [("E0523", "link:L")]
        assert "when the link `L` fails" in findings[0].message
        assert not placed.demands
        assert not settle(topology, sender("x", "a L c", mbps=10, bound_ns=3 * MS, **failing(5.5)))[1]

    def test_both_directions_together_keep_a_round_trip(self):
        there = sender("x", "a L b", mbps=10, rtt_bound_ns=2800 * 1000)
        back = sender("y", "b L a", mbps=10, rtt_bound_ns=2800 * 1000, reply_to="x/x", direction="reverse")
        assert not settle(HOP, there, back)[1]
        there, back = (
            sender(name, path, mbps=10, rtt_bound_ns=2700 * 1000, **rest)
            for name, path, rest in (("x", "a L b", {}), ("y", "b L a", {"reply_to": "x/x"}))
        )
        findings = settle(HOP, there, back)[1]
        assert [item.code for item in findings] == ["E0502"]
        assert "the other direction takes 1.37ms, together above the bound of 2.7ms" in findings[0].message


class TestShortQueues:
    """A ring of four senders that load each link to 96 %: bursts grow in circles, and nothing proves a delay."""

    RING = net("L0:a-b", "L1:b-c", "L2:c-d", "L3:d-a")
    PATHS = ("a L0 b L1 c L2 d", "b L1 c L2 d L3 a", "c L2 d L3 a L0 b", "d L3 a L0 b L1 c")

    def ring(self, **rest):
        return [sender(f"f{path[0]}", path, mbps=32, traffic_class="high", **rest) for path in self.PATHS]

    def test_a_latency_is_kept_by_queues_that_are_no_longer_than_it_allows(self):
        """Three hops of 1 ms and 120 us on the line: the rest of the 24 ms in three parts."""
        placed, findings = settle(self.RING, *self.ring(bound_ns=24 * MS))
        assert not findings
        bounds = placed.queues.values()
        assert {item.basis for item in bounds} == {"queue-limit"}
        fixed = 3000 + 3 * 120
        assert {item.queueing_us for item in bounds} == {(24_000 - fixed) // 3}
        assert all(item.latency.total <= 24_000 for item in placed.demands.values())

    def test_the_bursts_of_all_find_room_so_too_short_a_latency_is_not_kept(self):
        """Only who meets no other burst keeps it: 16 ms in the first queue, and none in those behind, which he enters in line."""
        placed, findings = settle(self.RING, *self.ring(bound_ns=24 * MS, burst=200_000))
        assert [(item.code, item.intent) for item in findings] == [("E0502", "fb"), ("E0502", "fc"), ("E0502", "fd")]
        assert list(placed.demands) == ["fa/x"]
        assert settle(self.RING, self.ring(bound_ns=24 * MS, burst=200_000)[0])[0].demands == placed.demands
        tighter = settle(self.RING, *self.ring(bound_ns=16 * MS, burst=200_000))[0]
        assert not tighter.demands

    def test_who_is_promised_that_nothing_is_lost_has_a_queue_as_long_as_it_takes(self):
        """The other queues of the circle stay short, so that this one has a bound."""
        careful = sender("careful", "a L0 b", mbps=1, traffic_class="high", loss_ppb=0)
        placed, findings = settle(self.RING, *self.ring(bound_ns=30 * MS), careful)
        assert not findings
        found = {key[0]: item.basis for key, item in placed.queues.items()}
        assert found == {"L0": "proved", "L1": "queue-limit", "L2": "queue-limit", "L3": "queue-limit"}

    def test_where_it_holds_as_it_is_nothing_is_shortened(self):
        alone = settle(self.RING, self.ring()[0])[0]
        bounded = settle(self.RING, self.ring(bound_ns=24 * MS)[0])[0]
        assert alone.queues == bounded.queues

    def test_a_round_trip_leaves_its_parts_to_both_directions(self):
        there, back = (
            sender(name, path, mbps=10, burst=60_000, rtt_bound_ns=14 * MS, **rest)
            for name, path, rest in (("x", "a L b", {}), ("y", "b L a", {"reply_to": "x/x"}))
        )
        placed, findings = settle(HOP, there, back)
        assert not findings
        assert {item.basis for item in placed.queues.values()} == {"proved"}

    def test_a_jitter_bound_shortens_queues(self):
        placed, findings = settle(self.RING, *self.ring(jitter_ns=21 * MS))
        assert not findings
        assert {item.queueing_us for item in placed.queues.values()} == {
            6880
        }  # and 120 µs for a large packet at each hop


class TestWithdrawal:
    def test_what_misses_its_bound_reserves_nothing_and_delays_nobody(self):
        late = sender("late", "a L b", mbps=10, burst=60_000, bound_ns=2 * MS)
        placed, findings = settle(HOP, late, sender("x", "a L b", mbps=10))
        assert [item.intent for item in findings] == ["late"]
        assert placed.queues["L", "a", "critical"].delay_ns == 480_000
        assert placed.loads["L"].reserved.ab == 10 * MBPS
        assert placed.max_utilisation_ppm == 100_000

    def test_the_manifest_of_what_is_left_is_proved(self):
        built = build(
            """
            intent late { from ber to fra2 match tcp/2 priority high bandwidth 50Mbps burst 1MB latency <= 5ms
              failover within 1s }
            intent x { from ber, muc to fra2 match tcp/1 priority high bandwidth 5Mbps
              failover within 1s { survive any 1 link } }
            """
        )
        assert built.statuses == {"late": "infeasible", "x": "placed"}
        assert not built.prove().findings
        late = next(intent for intent in json.loads(built.text)["intents"] if intent["name"] == "late")
        assert late["demands"] == []

    def test_a_waiver_keeps_it_placed(self):
        built = build(
            """intent x { from ber to fra2 priority high bandwidth 50Mbps burst 1MB latency <= 5ms
              waive E0502 until 2027-01-01 because "known" }"""
        )
        assert built.statuses == {"x": "waived"}


JITTER = "intent x {{ from ber to fra2 priority {0} bandwidth 10Mbps burst 3KB jitter <= {1} }}"


class TestJitterAndLoss:
    @pytest.mark.parametrize(
        ("program", "codes"),
        [
            (JITTER.format("critical", "1ms"), []),
            (JITTER.format("critical", "10us"), ["E0510"]),
            ("intent x { from ber to fra2 jitter <= 1ms }", ["E0512"]),
            ("intent x { from ber to fra2 priority high bandwidth 10Mbps loss <= 0% }", []),
            ("intent x { from ber to fra2 loss <= 1% }", ["E0512"]),
            ("intent x { from ber to fra2 priority background bandwidth 10Mbps loss <= 1% }", ["E0512"]),
            (
                """intent x { from ber to fra2 priority high bandwidth 10Mbps loss <= 1% match tcp/1 }
                intent y { from ber to fra2 priority high match tcp/2 }""",
                ["E0512"],
            ),
        ],
    )
    def test_the_clauses_take_effect(self, program, codes):
        built = build(program)
        assert [item.code for item in built.run.findings.sorted() if item.is_error] == codes
        assert not built.prove().findings

    def test_what_links_lose_adds_up(self):
        lossy = NET.replace("id: ber-p1,", "id: ber-p1, loss: 0.1%,").replace(
            "id: fra2-p1,", "id: fra2-p1, loss: 0.1%,"
        )
        lossy = lossy.replace("id: ber-p2,", "id: ber-p2, loss: 0.1%,").replace(
            "id: fra2-p2,", "id: fra2-p2, loss: 0.1%,"
        )
        lossy = lossy.replace("id: ber-p3,", "id: ber-p3, loss: 0.1%,")
        program = "intent x {{ from ber to fra2 priority high bandwidth 10Mbps loss <= {0} unidirectional }}"
        assert build(program.format("0.2%"), lossy).statuses == {"x": "placed"}
        found = build(program.format("0.15%"), lossy).run.findings.sorted()
        assert [item.code for item in found] == ["E0511"]
        assert "lose up to 0.2%" in found[0].message
        assert [label.message.endswith("loses 0.1%") for label in found[0].related] == [True, True]

    def test_a_small_packet_may_wait_behind_a_large_one_or_for_nothing(self):
        """Before it are a packet that has just begun, one of network control, and the burst of two packets of its own class."""
        varies_us = 4 * 120
        for allowed_us, codes in ((varies_us, []), (varies_us - 1, ["E0510"])):
            item = sender("x", "a L b", mbps=1, burst=3000, jitter_ns=allowed_us * US)
            assert [each.code for each in settle(HOP, item)[1]] == codes

    def test_a_links_own_jitter_counts(self):
        shaky = NET.replace("id: fra2-p1,", "id: fra2-p1, jitter: 3ms,").replace(
            "id: fra2-p2,", "id: fra2-p2, jitter: 3ms,"
        )
        found = build(JITTER.format("critical", "1ms"), shaky).run.findings.sorted()
        assert [item.code for item in found] == ["E0510"]


def test_the_prover_hears_of_a_wrong_basis_and_of_wrong_queueing():
    built = build("intent x { from ber to fra2 priority high bandwidth 10Mbps failover within 1s }")

    def weaken(whole):
        whole["intents"][0]["demands"][0]["primary"]["basis"] = "queue-limit"

    def shorten(whole):
        latency = whole["intents"][0]["demands"][0]["primary"]["latency_us"]
        latency["queueing"] -= 1
        latency["total"] -= 1

    assert built.codes() == set()
    assert "E0568" in built.codes(weaken)
    assert "E0568" in built.codes(shorten)


def test_queues_are_sized_by_their_bounds():
    built = build("intent x { from ber to fra2 priority critical bandwidth 10Mbps burst 300KB failover within 1s }")
    assert built.run.realised is not None
    assert built.run.fleet is not None
    ports = {port.link: port for port in built.run.fleet.devices["ber1"].queueing}
    link = next(name for name, node, _ in built.run.realised.queues if node == "ber1")
    bound = built.run.realised.queues[link, "ber1", "critical"]
    queue = next(queue for queue in ports[link].queues if queue.traffic_class == "critical")
    assert (queue.limit_bytes, queue.burst_bytes) == (bound.limit_bytes, bound.burst_bytes)
    assert queue.limit_bytes >= 300_000
    text = next(file.text for file in built.run.bundle.devices["ber1"].files if file.path.endswith("queue.tc"))
    assert f"burst {bound.burst_bytes} cburst" in text


class TestWithdrawing:
    def test_again_counts_anew_only_the_links_of_what_went(self, monkeypatch):
        topology = net("L:a-b", "M:a-c", "N:c-b", "O:b-d")
        items = (
            sender("x", "a L b O d", pool="p", **failing(9, path="a M c N b O d")),
            sender("y", "b O d"),
            sender("z", "a L b", pool="p", **failing(9, path="a M c N b")),
            sender("w", "c N b O d"),
        )
        realised = realise(topology, *items)
        counted, load = [], _Books._load
        withdrawals = Withdrawals()
        once = withdrawals.withdraw(realised, {"w"})
        before = dict(once.loads)
        monkeypatch.setattr(_Books, "_load", lambda self, name: counted.append(name) or load(self, name))
        again = withdrawals.withdraw(once, {"y"})
        assert counted == ["O"]
        assert once.loads == before
        monkeypatch.undo()
        for found, gone in ((once, {"w"}), (again, {"w", "y"})):
            assert found == withdraw(realised, gone)

    def test_a_state_that_nobody_is_promised_any_more_counts_no_more(self):
        topology = net("L:a-b", "M:a-c", "N:c-b")
        items = (sender("x", "a L b", **failing(9, path="a M c N b")), sender("y", "a L b"), sender("z", "c N b"))
        realised = realise(topology, *items)
        withdrawals = Withdrawals()
        found = withdrawals.withdraw(withdrawals.withdraw(realised, {"z"}), {"x"})
        assert found == withdraw(realised, {"x", "z"})


def test_a_state_that_brings_no_more_than_another_one_does_not_count():
    def stream(at):
        return Stream(0, 10, 100, ((at, 0),))

    a, b, c = map(stream, range(3))
    changes = [Change((1,), (), (a, b)), Change((2,), (c,), (a, b)), Change((3,), (), (a,)), Change((4,), (a,), (c,))]
    assert undominated(changes) == [0, 3]  # not the normal state either: the first one only adds to it
    assert undominated([changes[1]]) == [NORMAL, 0]
    assert undominated([changes[0], replace(changes[0], states=(5,))]) == [0]
    assert undominated([]) == [NORMAL]
