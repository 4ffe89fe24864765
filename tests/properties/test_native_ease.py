"""Who keeps his bounds, and who waits for whom: what kernels tell while intents go is what the twins do."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support_native import needs_kernels
from test_native_queues import Maker

from intentc.delay.bounding import is_plain
from intentc.delay.breaches import find_breaches
from intentc.delay.choice import Burdens
from intentc.delay.kernel import solved
from intentc.delay.latency import is_queued, with_queueing
from intentc.delay.rows import rows_of
from intentc.values import replace

pytestmark = needs_kernels


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(1, 6))
def test_who_is_in_time_breaches_nothing(seed, tighter):
    program = Maker(seed).program()
    demands = {key: _with_bound(item, tighter) for key, item in program.demands.items()}
    program = replace(program, demands=demands)
    rows = rows_of(program)
    found = solved(rows, program, {})
    assume(found is not None)  # with more than fits, delays may grow for ever
    amounts = rows.waits(found[0])
    asked = [item for item in demands.values() if is_plain(item) and is_queued(program, item)]
    for item in asked:
        alone = with_queueing(replace(program, demands={item.demand.key: item}), found[0])
        assert rows.is_in_time(item, amounts) == (not list(find_breaches(program.model.topology, alone, found[0])))


def _with_bound(item, tighter):
    bound_ns = None if item.demand.bound_ns is None else item.demand.bound_ns // tighter
    return replace(item, demand=replace(item.demand, bound_ns=bound_ns))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_000_000), st.data())
def test_what_waits_for_whom_is_what_the_twin_counts(seed, data):
    program = Maker(seed).program()
    rows = rows_of(program)
    found = solved(rows, program, {})
    assume(found is not None)
    packed, twin = Burdens(program, rows), Burdens(program)
    intents = sorted({item.demand.intent for item in program.demands.values()})
    gone = data.draw(st.sets(st.sampled_from(intents)))
    among = {key: bound for key, bound in found[0].items() if len(key[0]) % 2 or data.draw(st.booleans())}
    for burdens in (packed, twin):
        burdens.count(gone, -1)
    for intent in intents:  # those that have gone, too: what they would wait for
        assert packed.shares_ns(intent, among) == twin.shares_ns(intent, among)
