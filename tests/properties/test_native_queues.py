"""The kernels that weave and bound queues against their twins in Python, on random programs."""

import ctypes
import os
import pathlib
import random
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support_delay import MBPS, net, realise, sender
from support_native import at_once, needs_kernels, two_cpus
from support_queues import MS, NAMED, Maker, counted

from intentc.delay import kernel, meanwhile
from intentc.delay import rows as rows_module
from intentc.delay.allowances import Allowances
from intentc.delay.bounds import bound, bound_twin
from intentc.delay.kernel import solved
from intentc.delay.latency import fixed_parts
from intentc.delay.rows import kernels, rows_of
from intentc.delay.settle import settle_queueing
from intentc.delay.withdraw import Withdrawals, withdraw
from intentc.diagnostics import Findings
from intentc.native import SWITCH, compiled
from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.topology.model import Directional
from intentc.values import replace

pytestmark = needs_kernels


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_000_000))
def test_bounds_are_those_of_the_twin(seed):
    program = Maker(seed).program()
    found = solved(rows_of(program), program, {})
    assume(found is not None)  # with more than fits, delays may grow for ever
    twin = bound_twin(program)
    assert list(found[0].items()) == list(twin.queues.items())
    assert found[1] == twin.worst


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_000_000))
def test_two_threads_give_what_one_does(seed):
    """Two weave what comes first; the rounds turn the web, so that what was there before and what two finished is put into one order; and two CPUs iterate."""
    maker = Maker(seed)
    program = maker.program(8, 24)
    both, hints = [None, None], {}
    with two_cpus(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "MANY_LOOKS", 1)
        for _ in range(3):
            both, found = [rows_of(program, rows) for rows in both], []
            for rows, least in zip(both, (0, 1_000_000), strict=True):
                patch.setattr(kernel, "MANY_QUEUES", least)
                patch.setattr(rows_module, "MANY_DEMANDS", least)
                found.append(solved(rows, program, hints))
            assert found[0] == found[1]
            assume(found[0] is not None)  # with more than fits, delays may grow for ever
            hints, program = found[0][1], maker.changed(program)


def iterated(program, many):
    """Return what an iteration of which two CPUs share sweeps of so many looks comes to, and how often another one helped."""
    rows, solvers = rows_of(program), []

    def made(*arguments):
        solvers.append(compiled("queues").Solver(*arguments))
        return solvers[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "MANY_LOOKS", many)
        patch.setattr(kernel, "MANY_QUEUES", 0)
        patch.setattr(
            kernel, "kernels", lambda name: SimpleNamespace(Solver=made) if name == "queues" else kernels(name)
        )
        found = solved(rows, program, {})
    return found, sum(solver.shared for solver in solvers)


def circle(seed):
    """A program around a ring of 60 nodes, nearly full, in which every queue depends on every other one."""
    chance = random.Random(seed)  # noqa: S311  (tests draw repeatable networks, no secrets)
    names = [f"n{number:02}" for number in range(60)]
    topology = net(*(f"L{at:02}:{names[at]}-{names[(at + 1) % 60]}" for at in range(60)), mbps=100)
    items = []
    for number in range(240):
        first, hops = chance.randrange(60), chance.randint(4, 20)
        words = [word for at in range(first, first + hops) for word in (names[at % 60], f"L{at % 60:02}")]
        items.append(
            sender(
                f"d{number:03}",
                " ".join([*words, names[(first + hops) % 60]]),
                mbps=1.5,
                burst=chance.randint(1500, 9000),
                traffic_class=chance.choice(("critical", "high", "normal")),
            )
        )
    return realise(topology, *items)


@pytest.mark.parametrize("seed", range(8))
def test_two_cpus_that_share_each_sweep_come_to_the_least_fixed_point(seed):
    """Whatever one of them sees of what the other one changes: many sweeps, and each queue is waited for by the next one."""
    program = circle(seed)
    expected, helped = iterated(program, 1_000_000)
    assert expected is not None
    assert helped == 0
    with two_cpus():
        for _ in range(10):
            found, helped = iterated(program, 1)
            assert helped > 1
            assert found == expected
    with at_once():
        assert iterated(program, 1) == (expected, 0)


def test_nobody_runs_half_of_a_web_that_is_not_being_finished():
    program = realise(net("L:a-b"), sender("x", "a L b"))
    rows = rows_of(program)
    web = rows.web(program)
    calls = []
    web.run(lambda: calls.append(web.queues))
    web.finish([False], is_shared=True)
    web.run(lambda: calls.append(web.queues))
    assert (calls, web.loads(0)[0]) == ([1, 1], MBPS)


@settings(max_examples=20, deadline=None)
@example(27)
@example(182)
@given(st.integers(0, 1_000_000))
def test_which_states_are_looked_at_first_does_not_change_what_is_found(seed):
    """The examples have short buffers at ends where each state is served by itself."""
    program = Maker(seed).program(4, 24)
    found = solved(rows_of(program), program, {})
    assume(found is not None)
    everything = dict.fromkeys(found[0], frozenset(range(1, 40)))
    assert solved(rows_of(program), program, everything)[0] == found[0]
    assert bound_twin(program).queues == found[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_000_000), st.data())
def test_rows_that_stay_while_intents_are_withdrawn_give_what_new_ones_do(seed, data):
    program = Maker(seed).program()
    rows = rows_of(program)
    found = solved(rows, program, {})
    assume(found is not None)
    names = sorted({item.demand.intent for item in program.demands.values()})
    left = withdraw(program, data.draw(st.sets(st.sampled_from(names))))
    found = solved(rows, left, found[1])
    assume(found is not None)
    assert found[0] == bound_twin(left).queues


@contextmanager
def ahead():
    """Have a second CPU finish the webs of what is left of programs, however small, and yield what each was begun with."""
    begun = []

    def made(do):
        begun.append(do.args)
        return meanwhile.Meanwhile(do)

    with two_cpus(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "MANY_DEMANDS", 0)
        patch.setattr(rows_module, "Meanwhile", made)
        yield begun


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.data())
def test_a_web_that_is_finished_while_the_books_count_gives_what_another_one_does(seed, data):
    """Also where ends are tight then that were not, or the other way round, and where queues go with those that used them."""
    program = Maker(seed).program(8, 24)
    rows = rows_of(program)
    found = solved(rows, program, {})
    assume(found is not None)
    names = sorted({item.demand.intent for item in program.demands.values()})
    withdrawals, left = Withdrawals(rows), program
    for _ in range(3):
        gone = data.draw(st.sets(st.sampled_from(names), max_size=2))
        with ahead():
            left = withdrawals.withdraw(left, gone)
            found = solved(rows, left, found[1])
        assume(found is not None)
        assert found[0] == bound_twin(left).queues


@pytest.mark.parametrize("is_wide", [None, False, True])
def test_a_web_that_is_finished_ahead_is_finished_again_where_other_ends_are_tight(is_wide):
    seed = next(seed for seed in range(100) if len(Maker(seed).program(8, 24).demands) > 8)
    program = Maker(seed).program(8, 24)
    first = next(iter(program.demands.values())).demand.intent
    left = withdraw(program, {first})
    rows, others = rows_of(program), rows_of(left)
    web = rows.web(program)
    rows.finish(web, program, [False] * web.queues, is_shared=False)
    with ahead() as begun:
        rows.ahead(left)
    web = rows.web(left)
    wide = None if is_wide is None else [is_wide] * web.queues
    rows.finish(web, left, wide, is_shared=False)
    other = others.web(left)
    others.finish(other, left, [bool(is_wide)] * other.queues, is_shared=False)
    assert (len(begun), web.edition) == (1, 2 if is_wide else 1)
    assert told(rows, web) == told(others, other)


def test_what_goes_wrong_while_a_web_is_finished_ahead_is_raised_by_who_asks_for_it():
    program = realise(
        net("L:a-b", "M:a-b"), *[sender(f"d{number}", "a L b") for number in range(9)], sender("x", "a M b")
    )
    rows = rows_of(program)
    web = rows.web(program)
    rows.finish(web, program, [False] * web.queues, is_shared=False)

    def failing(_do):
        return meanwhile.Meanwhile(lambda: (_ for _ in ()).throw(MemoryError))

    with two_cpus(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "MANY_DEMANDS", 0)
        patch.setattr(rows_module, "Meanwhile", failing)
        left = withdraw(program, {"x"})
        rows.ahead(left)
    with pytest.raises(MemoryError):
        rows.finish(rows.web(left), left, None, is_shared=False)
    web = rows.web(left)  # another one
    rows.finish(web, left, [False] * web.queues, is_shared=False)
    assert web.edition == 0


def told(rows, web):
    """Return what comes to each queue of a web."""
    keys = rows.keys(web)
    return {
        keys[queue]: (bps, sorted((sorted(states), growth) for states, growth in changes))
        for queue in range(web.queues)
        for bps, changes in [web.loads(queue)]
    }


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000_000))
def test_a_web_that_turns_to_changed_demands_gives_what_one_woven_anew_does(seed):
    maker = Maker(seed)
    program = maker.program(16, 24)
    rows, hints = rows_of(program), {}
    for _ in range(6):
        found = solved(rows, program, hints)
        assume(found is not None)
        assert list(found[0].items()) == list(solved(rows_of(program), program, {})[0].items())
        hints, program = found[1], maker.changed(program)
        rows = rows_of(program, rows)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1_000_000))
def test_a_web_that_turns_by_many_demands_gives_what_one_woven_anew_does(seed):
    """What queues had that are finished anew goes before that, and all others keep theirs: more than 32 of the demands go, and come back."""
    chance = random.Random(seed)  # noqa: S311  (tests draw repeatable networks, no secrets)
    topology = net("K:a-b", "L:a-b", "M:b-c", "N:c-d", "O:c-d", mbps=1000)
    ways = ("a L b M c N d", "a K b", "c O d", "a K b M c")
    items = [
        sender(f"d{number}", "a L b M c N d" if number < 60 else ways[number % 4], mbps=chance.randint(1, 4))
        for number in range(200)
    ]
    program = realise(topology, *items)
    gone = {f"d{number}" for number in chance.sample(range(60), 36)}
    rows = rows_of(program)
    found = solved(rows, program, {})
    for left in (withdraw(program, gone), program):
        found = solved(rows, left, found[1])
        assert list(found[0].items()) == list(bound_twin(left).queues.items())
    assert rows.web(program).edition >= 2


def test_where_many_go_only_queues_of_their_class_and_those_that_lean_on_them_are_finished_anew():
    """In a state that only they made count at K, a pool loses one of two there: that is asked for no more."""
    topology = net("J:a-b", "K:a-b", "X:c-a", "Y:c-a", mbps=1000)
    state = FailureState("link:X", frozenset(), frozenset({"X"}))

    def moving(name, path, *after, **rest):
        found = tuple(
            StateResult(("link:X",), "b", (Path(("c", "a", "b"), links),), LatencyParts(1000, 10, 0, "assumed"))
            for links in after
        )
        failover = FailoverRequirement(1, (state,), None, MBPS, MBPS, None, topology.links["X"].span)
        return sender(name, path, states=found, failover=failover, **rest)

    program = realise(
        topology,
        *[moving(f"b{number}", "c X a J b", ("Y", "K"), traffic_class="high") for number in range(40)],
        *[sender(f"d{number}", "a J b") for number in range(160)],
        sender("low", "a K b", traffic_class="low"),
        moving("p1", "c X a K b", pool="p", traffic_class="normal"),
        sender("p2", "a K b", pool="p", traffic_class="normal"),
        sender("stays", "a K b", traffic_class="high"),
    )
    left, known, counts = withdraw(program, {f"b{number}" for number in range(40)}), rows_of(program), []
    for asked, rows in ((program, known), (left, known), (left, rows_of(left))):
        found = solved(rows, asked, {})
        assert list(found[0].items()) == list(bound_twin(asked).queues.items())
        web = rows._web
        pool = rows.keys(web).index(("K", "a", "normal"))
        counts.append((web.edition, web.queues, web.finished, web.loads(pool)))
    takes_one = [(MBPS, [([1], 0)]), (MBPS, []), (MBPS, [])]
    assert counts == list(zip((0, 1, 0), (8, 5, 5), (8, 3, 5), takes_one, strict=True))


def test_a_web_turns_to_a_few_changed_demands_and_queues_that_nobody_uses_go():
    topology = net("L:a-b", "M:a-b", "N:b-c", mbps=100)
    program = realise(topology, *[sender(f"d{number}", "a L b N c") for number in range(8)], sender("x", "a M b"))
    rows = rows_of(program)
    web = rows.web(program)
    web.finish([False] * web.queues)
    rows.keep(web)
    less = realise(topology, *[item for key, item in program.demands.items() if key != "x/x"])
    rows = rows_of(less, rows)
    turned = rows.web(less)
    assert turned is web
    assert (turned.edition, sorted(key[0] for key in rows.keys(turned))) == (1, ["L", "N"])
    turned.finish([False] * turned.queues)
    with pytest.raises(ValueError, match="0"):
        turned.turn([0, 0])
    with pytest.raises(IndexError):
        turned.turn([99])
    assert turned.turn([1]) is False  # nearly all are gone: better woven anew


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000_000))
def test_what_is_settled_is_what_twins_settle(seed):
    program = counted(Maker(seed, has_twin=seed % 2 == 0).program())
    assume(solved(rows_of(program), program, {}) is not None)
    findings, twins = Findings(), Findings()
    found = settle_queueing(program, findings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SWITCH, "0")
        twin = settle_queueing(program, twins)
    assert (found.demands, found.queues, found.loads) == (twin.demands, twin.queues, twin.loads)
    assert findings.items == twins.items


def test_rates_beyond_what_kernels_count_are_for_the_twin():
    topology = net("L:a-b", mbps=10**9)
    large = realise(topology, sender("x", "a L b", mbps=10**8))
    assert rows_of(large) is None
    assert bound(large).queues == bound_twin(large).queues


def test_lines_of_rates_that_have_little_in_common_are_for_kernels():
    """No part of a µs that is whole at all these rates is large, as the packets are multiples of a thousand bits."""
    rates = {"L": 111_141, "M": 399_989, "N": 12_347}
    program = realise(net("L:a-b", "M:b-c", "N:c-d", mbps=rates), sender("x", "a L b M c N d"))
    rows = rows_of(program)
    assert rows is not None
    (path,) = next(iter(program.demands.values())).primary
    assert rows.fixed_parts(path) == fixed_parts(program.model.topology, path)
    assert solved(rows, program, {})[0] == bound_twin(program).queues


def test_delays_that_grow_without_end_are_for_the_twin():
    """What no class at this end holds is served one bit a second: its size alone takes centuries, and no array counts those."""
    idle = replace(BUILT_IN["background"], share_ppb=0)
    topology = net("L:a-b", mbps=100)
    program = realise(
        topology,
        sender("x", "a L b", mbps=0.000001, traffic_class="background"),
        classes={**BUILT_IN, "background": idle},
    )
    rows = rows_of(program)
    assert rows is not None
    assert solved(rows, program, {}) is None
    assert bound(program).queues == bound_twin(program).queues


def test_what_waits_for_more_than_four_seconds_in_all_is_told_by_wider_numbers():
    """Each of seven hops holds packets for nearly a second, as others send their bursts there."""
    hops = list(enumerate(zip("abcdefg", "bcdefgh", strict=True)))
    topology = net(*(f"L{number}:{one}-{other}" for number, (one, other) in hops), mbps=1)
    way = "a " + " ".join(f"L{number} {other}" for number, (_, other) in hops)
    crossing = [sender(f"x{at}", f"{one} L{at} {other}", mbps=0.1, burst=100_000) for at, (one, other) in hops]
    program = realise(topology, sender("x", way, mbps=0.1), *crossing)
    rows = rows_of(program)
    solver = kernel._Program(rows, program)._solver({})
    assert solver.is_narrow
    assert solver.settle() == []
    assert not solver.is_narrow
    twin = bound_twin(program)
    assert sum(bound.delay_ns for bound in twin.queues.values()) > 1 << 32
    assert solved(rows, program, {})[0] == twin.queues


def test_ways_that_differ_by_more_than_kernels_count_are_for_the_twin():
    """Three seconds more on one of two ways are more than 32 bits of ns hold."""
    topology = net("L:a-b", "M:a-b", "N:b-c", mbps=100)
    slow = replace(topology.links["M"], latency_ns=Directional(3_000 * MS, 3_000 * MS))
    topology = replace(topology, links={**topology.links, "M": slow})
    program = realise(topology, sender("x", "a L b N c", others=("a M b N c",)))
    rows = rows_of(program)
    assert rows is not None
    assert solved(rows, program, {}) is None
    assert bound(program).queues == bound_twin(program).queues


def test_where_a_strict_class_overflows_an_end_becomes_tight_and_all_states_are_looked_at():
    """Its cap and what the other class reserves exceed the rate then, so that each state is served by itself."""
    topology = net("L:a-b", "M:a-b", "N:a-b", mbps=10)
    states = tuple(FailureState(f"{name}:M", frozenset(), frozenset({"M"} | more)) for name, more in NAMED.items())

    def moving(name, mbps, *ids):
        found = StateResult(ids, "a", (Path(("a", "b"), ("L",)),), LatencyParts(1000, 10, 0, "assumed"))
        rate = round(mbps * MBPS)
        failover = FailoverRequirement(3, states, None, rate, rate, None, topology.links["L"].span)
        return sender(name, "a M b", mbps=mbps, traffic_class="high", states=(found,), failover=failover)

    program = realise(
        topology,
        sender("voice", "a L b", mbps=0.1, burst=2_000_000),
        sender("data", "a L b", mbps=5, traffic_class="high"),
        moving("one", 1, "link:M", "srlg:M"),
        moving("two", 2, "srlg:M"),
    )
    found, twin = solved(rows_of(program), program, {}), bound_twin(program)
    assert found is not None
    assert (found[0], found[1]) == (twin.queues, twin.worst)


def test_what_is_no_number_of_the_program_is_refused():
    program = realise(net("L:a-b"), sender("x", "a L b"))
    rows = rows_of(program)
    roads = kernels("roads").Roads(rows.routes, {("a", "L"): 0})
    made = kernels("careers").Careers(roads, 1, 2)
    flags, amounts = (False, True, True, False, False), (0, 0, 1, 1, 1, 1, -1, -1)
    (plain,) = program.demands.values()
    moved = replace(plain, states=(StateResult(("x",), "b", plain.primary, plain.latency),))
    for group, pool, entry, state in ((1, 0, 0, 1), (0, -1, 0, 1), (0, 0, 2, 1), (0, 0, 0, 2), (0, 0, 0, -1)):
        with pytest.raises(IndexError):
            made.enter(group, pool, entry, *flags, *amounts, moved, {"x": state}, ())
    with pytest.raises(IndexError):
        kernels("weave").Web(made, [0], [[], []], [[]], 500, 0)
    number = made.enter(0, 0, 0, *flags, *amounts, plain, {}, ())
    other = kernels("routes").Amounts(kernels("routes").Routes([0], [0], [0], [0], 1, 1), 1)
    for ask in (
        lambda: made.is_in_time(number, other),
        lambda: made.figures(number, other),
        lambda: kernels("shares").crossing(made, {"x": number}, other, other),
        lambda: kernels("shares").Users(made).crossing(["x"], {"x": number}, other, other),
        lambda: kernels("shares").Users(made).crossing([], {}, other, other),
        lambda: made.latencies(number, b""),
    ):
        with pytest.raises(ValueError, match=r"^$"):
            ask()
    for ask in (made.paths_of, made.slots_of):
        with pytest.raises(IndexError):
            ask(number + 1)
    with pytest.raises(IndexError):
        kernels("weave").Web(made, [number], [[2], []], [[]], 500, 0)
    web = kernels("weave").Web(made, [number], [[1], []], [[1]], 500, 0)
    with pytest.raises(ValueError, match=r"^$"):
        kernels("queues").Solver(web, rows.line_bps, rows.mtu)
    with pytest.raises(ValueError, match=r"^$"):
        web.finish([])
    web.finish([False])
    with pytest.raises(ValueError, match=r"^$"):
        web.finish([False])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000_000))
def test_what_is_left_to_queues_and_what_paths_take_is_that_of_the_twins(seed):
    program = Maker(seed).program()
    rows, twin = rows_of(program), Allowances(program)
    found = rows.allowances(program)
    for port, (link, node) in enumerate(rows.senders):
        for name in program.model.classes:
            waiting_us, is_lossless = found.get(port, rows.group(name))
            assert (None if waiting_us < 0 else waiting_us) == twin.waiting_us((link, node, name))
            assert (is_lossless > 0) == twin.is_lossless((link, node, name))
    for item in program.demands.values():
        for path in item.primary:
            assert rows.fixed_parts(path) == fixed_parts(program.model.topology, path)


LIBC = ctypes.CDLL(None)


@contextmanager
def holes(mib=32, size=20_000):
    """Have so much memory that was used and freed between what still is."""
    LIBC.malloc.restype, LIBC.malloc.argtypes, LIBC.free.argtypes = (
        ctypes.c_void_p,
        [ctypes.c_size_t],
        [ctypes.c_void_p],
    )
    taken = [LIBC.malloc(size) for _ in range(2 * mib * 2**20 // size)]
    for place in taken:
        ctypes.memset(place, 1, size)
    for place in taken[::2]:
        LIBC.free(place)
    yield
    for place in taken[1::2]:
        LIBC.free(place)


def resident_mib():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not hasattr(LIBC, "malloc_trim"), reason="not glibc: nothing is given back")
@pytest.mark.parametrize(("least", "gives_back"), [(8, False), (400, True)])
def test_memory_is_looked_through_for_holes_where_a_program_is_large(least, gives_back):
    """It takes the longer the more there is of it, as in a process that has held other programs."""
    program = Maker(3).program(least, least + 10)
    with holes():
        before = resident_mib()
        assert solved(rows_of(program), program, {}) is not None
        assert (before - resident_mib() > 16) == gives_back
