"""What demands are promised is told by what they share: all states of a network but for a few."""

from support_delay import sender

from intentc.delay.promises import Promises, names_of, promised_by
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.resolve.remaining import Remaining
from intentc.values import replace


def state(name, *links):
    return FailureState(name, frozenset(), frozenset(links))


WHOLE = (state("link:A", "A"), state("srlg:s", "A"), state("link:B", "B"), state("link:C", "C"))
DISTINCT = (WHOLE[0], WHOLE[2], WHOLE[3])


def promised(name, states):
    item = sender(name, "a L b")
    failover = FailoverRequirement(300_000_000, states, None, 0, 0, 60_000_000_000, item.demand.span)
    return replace(item, demand=replace(item.demand, failover=failover))


def test_states_have_the_first_of_their_names_whoever_leaves_some_out():
    items = {"x": promised("x", Remaining(WHOLE, (0, 3))), "y": promised("y", Remaining(WHOLE, (0, 2, 3)))}
    found = names_of(promised_by(items))
    assert found == {(frozenset(), frozenset("A")): "srlg:s", (frozenset(), frozenset("B")): "link:B"}


def test_what_is_left_out_is_not_promised():
    promises = Promises({(item.nodes, item.links): number for number, item in enumerate(DISTINCT)})
    promise = promises.of(promised("x", Remaining(DISTINCT, (1,))).demand)
    assert promise.numbers() == [0, 2]
    assert promise.moved([(0, ("link:A", "link:B")), (1, ("link:C", "link:D"))]) == [(0, [0]), (1, [2])]


def test_of_states_in_which_the_same_fails_the_last_that_is_promised_counts():
    promises = Promises({(frozenset(), frozenset(name)): number for number, name in enumerate("ABC")})
    moves = [(0, ("srlg:s",)), (1, ("link:A", "link:C"))]
    assert promises.of(promised("x", WHOLE).demand).moved(moves) == [(1, [0]), (0, [0]), (1, [2])]
    assert promises.of(promised("y", Remaining(WHOLE, (1,))).demand).moved(moves) == [(1, [0]), (1, [2])]


def test_what_nobody_is_promised_has_no_number():
    promise = Promises({(frozenset(), frozenset("A")): 0}).of(promised("x", Remaining(WHOLE, (2, 3))).demand)
    assert promise.numbers() == [0, 0]
