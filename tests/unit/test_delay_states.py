"""Failure states by number: those that are promised to demands as a part of the same whole are numbered once, with the same result."""

import pytest
from support_delay import net, realise, sender

from intentc.delay.courses import States
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.resolve.remaining import Remaining

TOPOLOGY = net("L:a-b", "M:a-b", "N:b-c")
WHOLE = (
    *(FailureState(f"link:{name}", frozenset(), frozenset({name})) for name in "LMN"),
    *(FailureState(f"node:{name}", frozenset({name}), frozenset()) for name in "abc"),
    FailureState("duct:L", frozenset(), frozenset({"L"})),
)


def promised(name, states):
    asked = FailoverRequirement(len(states), states, None, 1, 1, None, TOPOLOGY.links["L"].span)
    return sender(name, "a L b", failover=asked)


@pytest.mark.parametrize("left_out", [[(), (1,)], [(0, 2), (2, 4)], [(3,), (3, 5), (0, 3)], [(0, 6), (0, 6)]])
def test_parts_of_a_whole_are_promised_what_tuples_of_the_same_are(left_out):
    parts = realise(TOPOLOGY, *[promised(f"d{at}", Remaining(WHOLE, out)) for at, out in enumerate(left_out)])
    plain = realise(TOPOLOGY, *[promised(f"d{at}", tuple(Remaining(WHOLE, out))) for at, out in enumerate(left_out)])
    one, other = States(parts), States(plain)
    assert one.numbers == other.numbers
    assert (one.at_node, one.at_link) == (other.at_node, other.at_link)
    assert one.left(parts) == other.left(plain) == frozenset(one.numbers.values())
    for item, twin in zip(parts.demands.values(), plain.demands.values(), strict=True):
        names = [*(state.id for state in WHOLE), "link:elsewhere"]
        found = [one.promised_to(item.demand).get(name) for name in names]
        assert found == [other.promised_to(twin.demand).get(name) for name in names]


def test_states_go_on_where_somebody_is_promised_each_of_them():
    given = {name: promised(name, Remaining(WHOLE, out)) for name, out in (("x", (0,)), ("y", (1,)), ("z", (0, 2)))}
    states = States(realise(TOPOLOGY, *given.values()))
    whole = dict(states.numbers)

    def goes_on(*items):
        own = [item.demand.failover.states for item in items]
        return states.turn({id(each): each for each in own})

    assert goes_on(given["x"], given["y"])  # z was promised nothing that they are not
    other = promised("w", Remaining(WHOLE, (1, 3)))
    assert goes_on(given["x"], given["y"], other)
    assert states.promised_to(other.demand).get("node:a") is None
    assert not goes_on(given["x"], given["z"])  # who is left is not promised the first one
    assert states.numbers == whole


def test_what_only_the_withdrawn_were_promised_is_left_out():
    first, second = promised("x", Remaining(WHOLE, (0, 6))), promised("y", Remaining(WHOLE, (1,)))
    states = States(realise(TOPOLOGY, first, second))
    left = states.left(realise(TOPOLOGY, first))
    assert left == {number for (_, links), number in states.numbers.items() if links != {"L"}}


def test_states_are_numbered_by_what_they_name_where_each_has_one_name():
    program = realise(TOPOLOGY, promised("x", WHOLE[:6]))
    states, demand = States(program), next(iter(program.demands.values())).demand
    names = [(state.nodes, state.links) for state in WHOLE[:6]]
    found = states.named(names)
    assert found is not None
    assert {state.id: found[state.nodes, state.links] + 1 for state in WHOLE[:6]} == {
        state.id: states.promised_to(demand).get(state.id) for state in WHOLE[:6]
    }
    assert states.named([*names, (frozenset("a"), frozenset("L"))]) is None  # what fails with the node, by another name
    assert states.named(names[1:]) is None
