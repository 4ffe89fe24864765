"""What a session patches of all demands is what it would make of them from nothing, over random edits."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_delay import net, realise, sender
from support_native import needs_kernels
from test_native_queues import MS, Maker
from test_native_replay import Edits

from intentc.delay.bounding import Bounder
from intentc.delay.fitness import are_demands_for_kernels
from intentc.delay.rows import kernels, rows_of
from intentc.delay.settle import Memory, settle_queueing
from intentc.delay.turning import difference
from intentc.diagnostics import Findings
from intentc.values import replace

pytestmark = needs_kernels


class Bounds(Edits):
    """Edits that change what demands are promised, too: latency, how it varies, loss, and both ways together."""

    def edit(self):
        chance, demands = self.chance, dict(self.program.demands)
        if chance.random() < 0.4:
            super().edit()
            return
        if chance.random() < 0.3:  # the same, but for where it stands
            self.program = realise(self.maker.topology, *[_moved(demands[key]) for key in sorted(demands)])
            return
        for key in chance.sample(sorted(demands), min(len(demands), 2)):
            words = chance.choice(
                (
                    {"bound_ns": chance.choice((None, 1, 8 * MS, 60 * MS))},
                    {"jitter_ns": chance.choice((None, 5 * MS))},
                    {"loss_ppb": chance.choice((None, 0))},
                )
            )
            demands[key] = replace(demands[key], demand=replace(demands[key].demand, **words))
        self.program = realise(self.maker.topology, *[demands[key] for key in sorted(demands)])


def _moved(item):
    span = replace(item.demand.span, line=item.demand.span.line + 7)
    return replace(item, demand=replace(item.demand, precedence=item.demand.precedence + 1, span=span))


def programs(seed, count):
    edits = Bounds(seed)
    for _ in range(count):
        yield edits.program
        edits.edit()


@settings(max_examples=15, deadline=None)
@example(7)
@given(st.integers(0, 1_000_000))
def test_what_bounds_leave_to_queues_is_counted_as_from_nothing(seed):
    rows, before = None, {}
    for program in programs(seed, 8):
        rows = rows_of(program, rows, is_lasting=True)
        assert (rows is not None) == are_demands_for_kernels(program)
        if rows is None:
            return
        rows.web(program)
        found, afresh = rows.allowances(program), rows_of(program).allowances(program)
        places = [(port, group) for port in range(len(rows.senders)) for group in range(len(rows.class_names))]
        after = {place: found.get(*place) for place in places}
        assert after == {place: afresh.get(*place) for place in places}
        if rows.leeway.changed is not None and before:
            assert set(rows.leeway.changed) == {place for place in places if after[place] != before[place]}
        before = after


@settings(max_examples=15, deadline=None)
@example(3)
@given(st.integers(0, 1_000_000))
def test_a_session_settles_programs_as_from_nothing(seed):
    memory = Memory(is_lasting=True)
    for program in programs(seed, 8):
        found, afresh = Findings(), Findings()
        one, other = settle_queueing(program, found, memory), settle_queueing(program, afresh)
        assert list(one.demands.items()) == list(other.demands.items())
        assert list(one.queues.items()) == list(other.queues.items())
        assert found.items == afresh.items


def test_only_demands_over_queues_that_have_changed_are_asked_for_again():
    edits, rows, seen = Edits(5), None, []
    for _ in range(6):
        rows = rows_of(edits.program, rows, is_lasting=True)
        bounder = Bounder(edits.program, rows, {})
        known = rows.known._settled
        found = bounder.bound(edits.program)
        after = found.demands()
        if known is not None:
            asked = {key for key in after if known.found.get(key) is not after[key]}
            others = set(difference(known.demands, edits.program.demands).come)
            crossing = set(
                kernels("shares").crossing(rows._careers, rows._numbers, known.amounts, rows.waits(found.queues))
            )
            seen.append(len(after) - len(crossing | others))
            assert asked <= crossing | others
        edits.edit()
    assert max(seen) > 0


@settings(max_examples=10, deadline=None)
@example(5)
@given(st.integers(0, 1_000_000))
def test_who_uses_queues_that_have_changed_is_found_as_by_asking_all(seed):
    edits, rows, before, told = Edits(seed), None, None, 0
    for _ in range(12):
        last, rows = rows, rows_of(edits.program, rows, is_lasting=True)
        if rows is None:
            return
        after = rows.waits(Bounder(edits.program, rows, {}).bound(edits.program).queues)
        if last is rows and before is not None:
            found = rows.crossing(before, after)
            assert sorted(found) == sorted(kernels("shares").crossing(rows._careers, rows._numbers, before, after))
            told += len(found)
        before = after
        edits.edit()
    assert told or seed != 5


def test_demands_that_only_stand_elsewhere_are_the_same_to_queues():
    edits = Edits(5)
    rows = rows_of(edits.program, is_lasting=True)
    rows.web(edits.program)
    first = rows.numbers(edits.program)
    moved = realise(edits.maker.topology, *map(_moved, edits.program.demands.values()))
    assert rows_of(moved, rows, is_lasting=True) is rows
    assert rows.numbers(moved) == first
    assert len(rows._careers) == len(first)


def test_what_counts_as_the_difference_of_two_programs():
    a, b, c, d = ([letter] for letter in "abcd")
    assert difference({"a": a, "b": b}, {"a": a, "b": c}) == difference({"b": b}, {"b": c})
    gone = difference({"a": a, "b": b, "c": c}, {"c": d, "d": d, "a": a})
    assert (list(gone.gone), list(gone.come)) == (["b", "c"], ["c", "d"])


def test_a_least_share_that_goes_is_found_again():
    maker = Maker(11)
    made = [replace(maker.demand(number), states=()) for number in range(2)]
    same = made[0].primary
    tight, wide = (
        replace(
            item,
            primary=same,
            demand=replace(
                item.demand,
                traffic_class="high",
                bandwidth_bps=10**6,
                bound_ns=bound,
                loss_ppb=None,
                failover=None,
                reply_to=None,
                jitter_ns=None,
            ),
        )
        for item, bound in zip(made, (20 * MS, 60 * MS), strict=True)
    )
    rest = [replace(maker.demand(number), states=()) for number in range(2, 12)]  # one in many goes
    both, left = realise(maker.topology, tight, wide, *rest), realise(maker.topology, wide, *rest)
    rows = rows_of(both, is_lasting=True)
    rows.web(both)
    rows.allowances(both)
    rows = rows_of(left, rows, is_lasting=True)
    found, afresh = rows.allowances(left), rows_of(left).allowances(left)
    places = [(port, group) for port in range(len(rows.senders)) for group in range(len(rows.class_names))]
    assert [found.get(*place) for place in places] == [afresh.get(*place) for place in places]
    assert any(found.get(*place)[0] >= 0 for place in places)
    assert rows.leeway.changed  # nothing else is counted anew


def test_a_reply_leaves_less_where_its_request_takes_longer():
    request, longer = (sender("q", path, rtt_bound_ns=40 * MS) for path in ("a L b", "a M c N b"))
    reply = sender("p", "b L a", reply_to="q/x", rtt_bound_ns=40 * MS)
    topology = net("L:a-b", "M:a-c", "N:c-b")
    other, rest = sender("r", "a L b"), [sender(f"s{number}", "a L b") for number in range(12)]
    rows = None
    for own in (request, longer, request):
        program = realise(topology, own, reply, other, *rest)
        rows = rows_of(program, rows, is_lasting=True)
        rows.web(program)
        found, afresh = rows.allowances(program), rows_of(program).allowances(program)
        places = [(port, group) for port in range(len(rows.senders)) for group in range(len(rows.class_names))]
        assert [found.get(*place) for place in places] == [afresh.get(*place) for place in places]
        if own is longer:
            assert rows.leeway.changed
