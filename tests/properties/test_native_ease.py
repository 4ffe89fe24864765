"""Whether a demand keeps its bounds, as a kernel tells it, is what the breaches of it say."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support_native import needs_kernels
from test_native_queues import Maker

from intentc.delay.breaches import find_breaches
from intentc.delay.ease import is_in_time, is_plain
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
        assert is_in_time(item, rows, amounts) == (not list(find_breaches(program.model.topology, alone, found[0])))


def _with_bound(item, tighter):
    bound_ns = None if item.demand.bound_ns is None else item.demand.bound_ns // tighter
    return replace(item, demand=replace(item.demand, bound_ns=bound_ns))
