"""What a placement lets go of when all is placed: what can be made anew, and what only tries need."""

import gc

import pytest
from support_model import capabilities, demand, model, network, wire

from intentc.diagnostics import Findings
from intentc.place import place as placing
from intentc.place.context import make_context
from intentc.place.memory import Memory
from intentc.place.model import PlacedDemand
from intentc.place.place import place
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.realise import realise


def asked():
    """Two demands that fit one after the other, the second on the longer way, and one that nobody can place."""
    net = network([wire("a-b", mbps=100), wire("a-c", mbps=100, metric=50), wire("c-b", mbps=100, metric=50)])
    first, second = (demand(net, "a", "b", intent=name, mbps=60, bound_ms=50) for name in ("first", "second"))
    return net, [first, second, demand(net, "a", "b", intent="third", mbps=500)]


@pytest.mark.parametrize("is_lasting", [False, True])
def test_guides_stay_for_another_placement_alone(is_lasting, monkeypatch):
    net, demands = asked()
    contexts = []

    def make(*arguments):
        contexts.append(make_context(*arguments))
        return contexts[-1]

    monkeypatch.setattr(placing, "make_context", make)
    found = place(
        model(net, *demands), Mechanisms(net, capabilities(net)), Findings(), memory=Memory(is_lasting=is_lasting)
    )
    assert found.infeasible == ("third",)
    assert bool(contexts[0].guides._known) == is_lasting
    assert not contexts[0].sites


def test_the_lower_bound_keeps_no_demand_as_it_was_placed():
    net, demands = asked()
    realised = realise(place(model(net, *demands[:2]), Mechanisms(net, capabilities(net)), Findings()))
    pending, seen = [realised], set[int]()
    while pending:
        item = pending.pop()
        if id(item) not in seen and not isinstance(item, type):
            assert not isinstance(item, PlacedDemand)
            seen.add(id(item))
            pending += [each for each in gc.get_referents(item) if not hasattr(each, "__loader__")]
    assert realised.floor().ppm > 0


def test_a_trial_that_rests_keeps_no_bounds():
    net, demands = asked()
    memory = Memory()
    place(model(net, demands[0]), Mechanisms(net, capabilities(net)), Findings(), memory=memory)
    (trial,) = memory.known["first"].trials
    assert trial.role.bound_us(trial.normal.outage) is None
    assert [ends.start for ends in trial.role.ends_in(trial.normal.outage)] == [trial.ends.start]
