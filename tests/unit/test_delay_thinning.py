"""Of intents that miss their bounds together as few go as is cheap to find, the lowest ranks first; what fits again comes back."""

import pytest
from support_delay import net, realise, sender
from support_native import needs_kernels

from intentc.delay.bounding import Bounder
from intentc.delay.choice import Burdens, choose
from intentc.delay.rows import rows_of
from intentc.delay.settle import Memory, settle_queueing
from intentc.diagnostics import Findings
from intentc.resolve.model import Waiver
from intentc.values import replace

US = 1000
HOP = net("L:a-b", "M:b-c")


def settle(topology, *items, memory=None):
    findings = Findings()
    return settle_queueing(realise(topology, *items), findings, memory), findings.items


def kept(topology, *items):
    return sorted(settle(topology, *items)[0].demands)


def late(name, bound_us, *, path="a L b", **rest):
    return sender(name, path, mbps=10, bound_ns=bound_us * US, **rest)


class TestWhoGoes:
    """3 000 bytes take 240 us on these links: alone a packet takes 1.37 ms, with another burst 1.61, with a third 1.85."""

    def test_of_two_that_miss_together_one_is_enough(self):
        placed, findings = settle(HOP, late("x", 1500), late("y", 1500))
        assert sorted(placed.demands) == ["x/x"]
        assert placed.infeasible == ("y",)
        assert [(item.code, item.intent) for item in findings] == [("E0502", "y")]
        assert placed.demands["x/x"].latency.total == 1370
        assert placed.loads["L"].reserved.ab == 10_000_000

    def test_the_finding_tells_a_miss_that_was_and_by_which_choice(self):
        finding = settle(HOP, late("x", 1500), late("y", 1500))[1][0]
        assert "takes up to 1.61ms" in finding.message
        assert finding.help[-1].startswith("that is with the queueing of 1 other intents; queues were bounded 2 times")
        assert "nothing proves" in finding.help[-1]

    def test_where_all_go_that_miss_at_first_there_was_no_choice(self):
        finding = settle(HOP, late("x", 1300))[1][0]
        assert not any("other intents" in text for text in finding.help)

    def test_the_one_that_misses_most_goes_first(self):
        assert kept(HOP, late("x", 1400), late("y", 1700), late("z", 1700)) == ["y/x", "z/x"]

    def test_a_lower_rank_goes_for_a_higher_one_whatever_it_misses(self):
        items = (late("x", 1600, rank=2), late("y", 1400, rank=1))
        assert kept(HOP, *items) == ["y/x"]

    def test_who_waits_elsewhere_is_not_helped(self):
        """What `z` misses on another link has nothing to do with the burst of `y`."""
        items = (late("x", 1500), late("y", 1500), late("z", 1300, path="b M c"))
        assert kept(HOP, *items) == ["x/x"]

    def test_a_waiver_keeps_what_it_kept_and_helps_nobody(self):
        model_of = realise(HOP, late("x", 1500), late("y", 1500))
        findings = Findings()
        waived = _waived(model_of, "y")
        placed = settle_queueing(waived, findings)
        assert sorted(placed.demands) == ["y/x"]
        assert [item.intent for item in findings.items] == [
            "x"
        ]  # alone `y` keeps its bound, and nothing has to be waived
        assert placed.demands["y/x"].latency.total == 1370

    def test_who_waits_in_either_direction_of_a_round_trip_is_in_its_way(self):
        """Alone both directions take 2.74 ms, and 2.98 with the burst of `z` among the replies."""
        pair = {"rtt_bound_ns": 2800 * US}
        there, back = sender("x", "a L b", mbps=10, **pair), sender("r", "b L a", mbps=10, reply_to="x/x", **pair)
        assert kept(HOP, there, back, late("z", 1500, path="b L a", rank=1)) == ["r/x", "x/x"]

    def test_what_is_waited_for_counts_and_not_what_is_lost_elsewhere(self):
        """No queue that is shorter helps who cannot be promised anything without a rate."""
        items = (sender("x", "a L b", mbps=0, jitter_ns=1000 * US), late("y", 1300), late("z", 1700))
        assert kept(HOP, *items) == ["z/x"]


class TestWhatComesBack:
    """Packets of one class alone take 1.73 ms here, and 2.093 where the other class is served in turn with it."""

    def high(self, bound_us, name="h"):
        return late(name, bound_us, traffic_class="high", rank=1)

    def normal(self, bound_us, name="n"):
        return late(name, bound_us, traffic_class="normal", rank=2)

    def test_who_fits_when_others_have_gone_is_given_back(self):
        placed, findings = settle(HOP, self.high(1900), self.normal(1600))
        assert sorted(placed.demands) == ["h/x"]
        assert placed.infeasible == ("n",)
        assert [item.intent for item in findings] == ["n"]
        assert placed.demands["h/x"].latency.total == 1730
        assert sorted(placed.loads["L"].by_class) == ["high"]

    @pytest.mark.parametrize(("high", "normal"), [("a", "b"), ("b", "a")])
    def test_of_two_that_would_fit_the_higher_rank_is_given_back(self, high, normal):
        assert kept(HOP, self.high(1900, high), self.normal(1900, normal)) == [f"{high}/x"]

    def test_nothing_that_was_kept_goes_for_what_comes_back(self):
        """With `k` there, who waits for nothing, neither rank fits; and `k` is of the lowest."""
        keeper = late("k", 3000, traffic_class="low", rank=3)
        assert kept(HOP, self.high(1900), self.normal(1600), keeper) == ["k/x"]


class TestChoosing:
    def chosen(self, movable, *items, relief_percent=100):
        program = realise(HOP, *items)
        found = Bounder(program, None, {}).bound(program)
        return choose(found, Burdens(program), movable, relief_percent)

    def test_for_what_may_not_go_the_largest_burst_goes(self):
        items = (late("k", 1700), sender("x", "a L b", mbps=10), sender("y", "a L b", mbps=10, burst=6000))
        assert self.chosen({"x", "y"}, *items) == ["y"]

    def test_for_what_may_not_go_the_lowest_rank_goes(self):
        items = (
            late("k", 1700),
            sender("x", "a L b", mbps=10, rank=5),
            sender("y", "a L b", mbps=10, burst=3500, rank=4),
        )
        assert self.chosen({"x", "y"}, *items) == ["x"]

    def test_what_helps_nobody_stays(self):
        assert self.chosen({"x"}, late("k", 1300), sender("x", "b M c", mbps=10)) == []

    def test_with_no_relief_all_go_that_miss_or_are_in_the_way(self):
        items = (late("x", 1500), late("y", 1500), late("k", 1500), sender("z", "a L b", mbps=10), sender("o", "b M c"))
        assert self.chosen({"x", "y", "z", "o"}, *items, relief_percent=0) == ["x", "y", "z"]


def test_a_memory_changes_nothing():
    """What a session settles after other programs is what comes of each by itself."""
    memory = Memory(is_lasting=True)
    x, y, z = late("x", 1500), late("y", 1500), late("z", 1700)
    for items in ((x, y), (x, y, z), (z,), (y, z), (x, y)):
        found, findings = settle(HOP, *items, memory=memory)
        anew, told = settle(HOP, *items)
        assert (found.demands, found.queues, found.loads, found.infeasible) == (
            anew.demands,
            anew.queues,
            anew.loads,
            anew.infeasible,
        )
        assert findings == told


@needs_kernels
def test_boundings_of_what_is_left_go_on_from_those_of_the_last_program(monkeypatch):
    """From the second program on that is thinned each bounding has its own rows, until one is not thinned."""
    memory, seen = Memory(is_lasting=True), []

    def counted(program, known=None, **rest):
        found = rows_of(program, known, **rest)
        seen.append((len(program.demands), found is known))
        return found

    monkeypatch.setattr("intentc.delay.settle.rows_of", counted)
    items = [late(name, 1500) for name in "xyz"]
    told = []
    for count in (3, 2, 3, 1, 3):
        seen.clear()
        settle(HOP, *items[:count], memory=memory)
        told.append(list(seen))
    first, again, once_more, whole, anew = told
    assert first == [(3, False)]
    assert again == [(2, True), (1, False)]
    assert once_more[:2] == [(3, True), (once_more[1][0], True)]
    assert whole == [(1, True)]
    assert anew == [(3, True)]


def _waived(realised, intent):
    waiver = Waiver(intent, "E0502", "2999-01-01", "known", HOP.links["L"].span)
    return replace(realised, model=replace(realised.model, waivers=(waiver,)))
