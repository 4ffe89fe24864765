"""States that a demand is not promised: those that touch its paths are what a look at each state tells."""

import random

import pytest
from support_model import network, wire

from intentc.forwarding.network import build_network
from intentc.forwarding.outage import Outages, Watch
from intentc.place.unpromised import Unpromised
from intentc.resolve.model import FailureState

NET = build_network(network([wire(f"n{one}-n{one + 1}") for one in range(12)]))


def met(outages, links):
    return outages.of(FailureState("+".join(links), frozenset(), frozenset(links)))


@pytest.mark.parametrize("seed", range(20))
def test_unpromised_states_are_those_that_a_look_at_each_finds(seed):
    source = random.Random(seed)  # noqa: S311  (seeded states, no secret)
    outages, unpromised = Outages(NET), Unpromised()
    watches = []
    for _ in range(4):  # more states are met all the time, and those that were met before are asked for again
        states = [met(outages, sorted(source.sample(NET.links, source.choice((1, 1, 2))))) for _ in range(8)]
        whole = Watch(source.sample(states, source.randrange(9)))
        watches += [whole, whole.without(frozenset(source.sample(outages.known, 3)))]
        for watch in watches:
            start = source.randrange(len(NET.nodes))
            arcs = tuple(source.sample(range(len(NET.head)), 4))
            mask = NET.mask_of(start, arcs)
            wanted = [state for state in outages.known if state.touches(mask) and state not in watch]
            assert list(unpromised.along(NET, outages, watch, start, arcs)) == wanted
