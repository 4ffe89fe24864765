"""Whatever goes where bounds are missed: what is left keeps them all, and no rank keeps fewer than if all that miss one went at once."""

from collections import Counter

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support_native import needs_kernels
from test_native_queues import Maker

from intentc.delay.bounds import bound
from intentc.delay.breaches import find_breaches
from intentc.delay.kernel import solved
from intentc.delay.latency import with_queueing
from intentc.delay.rows import rows_of
from intentc.delay.settle import Memory, settle_queueing
from intentc.delay.withdraw import withdraw
from intentc.diagnostics import Findings
from intentc.resolve.classes import BUILT_IN
from intentc.values import replace

pytestmark = needs_kernels  # twins take ten times as long, and settle the same (test_native_queues)


def late(program):
    """The intents that miss a bound, with all queues bounded from nothing."""
    queues = bound(program).queues
    demands = with_queueing(program, queues)
    return {breach.item.demand.intent for breach in find_breaches(program.model.topology, demands, queues)}


def at_once(program):
    """The way that was: all that miss a bound go, until none does."""
    while gone := late(program):
        program = withdraw(program, gone)
    return program


def ranks(program):
    return Counter(item.demand.rank for item in program.demands.values())  # one demand is one intent here


def ranked(item):
    rank = BUILT_IN[item.demand.traffic_class].rank
    # tighter bounds than those of the other tests, so that many are missed together
    bound_ns = None if item.demand.bound_ns is None else item.demand.bound_ns // 4
    return replace(item, demand=replace(item.demand, rank=rank, bound_ns=bound_ns))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_000_000))
def test_what_is_left_keeps_all_bounds_and_is_no_less_by_rank(seed):
    program = Maker(seed).program()
    program = replace(program, demands={key: ranked(item) for key, item in program.demands.items()})
    assume(solved(rows_of(program), program, {}) is not None)  # with more than fits, delays may grow for ever
    findings = Findings()
    found = settle_queueing(program, findings)
    assert not late(found)
    lost = {item.demand.intent for item in program.demands.values()} - {
        item.demand.intent for item in found.demands.values()
    }
    assert {item.intent for item in findings.items} == lost == set(found.infeasible)
    before = ranks(at_once(program))
    assert all(ranks(found)[rank] >= count for rank, count in before.items())
    if lost:
        assert found.loads == withdraw(program, lost).loads


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1_000_000), st.data())
def test_a_session_settles_what_a_compilation_from_nothing_does(seed, data):
    program = Maker(seed).program()
    program = replace(program, demands={key: ranked(item) for key, item in program.demands.items()})
    assume(solved(rows_of(program), program, {}) is not None)
    left = data.draw(st.sets(st.sampled_from(sorted(program.demands))))
    fewer = replace(program, demands={key: item for key, item in program.demands.items() if key in left})
    one = data.draw(st.sampled_from(sorted(program.demands)))
    without = replace(program, demands={key: item for key, item in program.demands.items() if key != one})
    memory = Memory(is_lasting=True)
    for each in (program, without, program, fewer, program, without):  # the same rounds, and others
        findings, told = Findings(), Findings()
        found, anew = settle_queueing(each, findings, memory), settle_queueing(each, told)
        assert (found.demands, found.queues, found.loads) == (anew.demands, anew.queues, anew.loads)
        assert (found.infeasible, findings.items) == (anew.infeasible, told.items)
