"""What links hold as demands come and go: the ledger of the kernels against its twin in Python, on random programs."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support_delay import MBPS, net, realise, sender
from support_native import needs_kernels
from support_queues import FIRST, MS, TWIN, Maker, counted

from intentc.delay.ledger import Ledger
from intentc.delay.rows import rows_of
from intentc.delay.withdraw import Withdrawals, _Books, withdraw
from intentc.realise.model import LatencyParts, StateResult
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.values import replace

pytestmark = needs_kernels


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.booleans(), st.data())
def test_a_ledger_holds_what_its_twin_does(seed, has_twin, data):
    program = counted(Maker(seed, has_twin=has_twin).program())
    ledger, books = Ledger(rows_of(program), program), _Books(program, program.demands)
    assert list(ledger.loads().items()) == list(books.loads().items())
    for _ in range(3):  # from the second time on some of those that went are back
        gone = data.draw(st.sets(st.sampled_from(sorted(program.demands))))
        kept = {key: item for key, item in program.demands.items() if key not in gone}
        if not books.hold(kept):
            books = _Books(program, kept)
        ledger.hold(kept)
        assert list(ledger.loads().items()) == list(books.loads().items())
        assert list(ledger.loads().items()) == list(_Books(program, kept).loads().items())
        assert ledger.fullest_ppm() == books.fullest_ppm()


def test_a_ledger_counts_no_more_than_the_links_that_something_withdrawn_comes_to():
    """A third time all are taken up that are left."""
    topology = net(*(f"{name}:a-b" for name in "LMNOP"), mbps=100)
    program = counted(
        realise(topology, *[sender(f"{name}{number}", f"a {name} b") for name in "LMNOP" for number in range(2)])
    )
    ledger = Ledger(rows_of(program), program)
    for gone, entered in (({"L0"}, [2]), ({"L0", "L1"}, [2]), ({"L0", "M1"}, [2, 2]), ({"N0"}, [2, 2, 6])):
        kept = {key: item for key, item in program.demands.items() if item.demand.intent not in gone}
        ledger.hold(kept)
        assert [len(part._order) for part in ledger._parts] == entered
        assert ledger.loads() == _Books(program, kept).loads()


def test_what_nothing_withdrawn_comes_to_holds_what_was_placed_and_calls_states_as_placement_does():
    topology = net("L:a-b", "M:a-c", "N:c-b", "O:c-b", mbps=100)
    asked = (FailureState(FIRST, frozenset(), frozenset("L")), FailureState(TWIN, frozenset(), frozenset("L")))
    failover = FailoverRequirement(len(asked), asked, 9 * MS, MBPS, MBPS, None, topology.links["L"].span)
    moved = StateResult((FIRST,), "a", Maker(0).real("a M c N b"), LatencyParts(1000, 10, 0, "assumed"))
    program = counted(realise(topology, sender("x", "a L b", states=(moved,), failover=failover), sender("y", "c O b")))
    placed = replace(
        program,
        loads={
            name: replace(load, worst_state=(load.worst_state[0] and FIRST, "")) for name, load in program.loads.items()
        },
    )
    found = Withdrawals(rows_of(placed)).withdraw(placed, {"y"})
    assert (found.loads["N"].worst_state, "O" in found.loads) == ((FIRST, ""), False)
    assert found.loads == withdraw(placed, {"y"}).loads
