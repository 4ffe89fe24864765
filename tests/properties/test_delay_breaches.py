"""A demand that is found to be in time at once has no breach when each of its states is looked at, and the other way round."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from support_delay import net, sender

from intentc.delay import breaches
from intentc.realise.model import LatencyParts, StateResult
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.values import replace

TOPOLOGY = net("L:a-b", "M:a-b")
STATES = tuple(FailureState(name, frozenset(), frozenset({"L"})) for name in "stuvw")
US = 1000


def demand(chance, name, **rest):
    promised = tuple(chance.sample(STATES, chance.randint(1, 5)))
    names = [state.id for state in promised]
    chance.shuffle(names)
    results, parts = [], [LatencyParts(chance.randint(0, 4), 0, chance.randint(0, 4), "proved") for _ in range(2)]
    while names and chance.random() < 0.7:
        taken = [names.pop() for _ in range(min(len(names), chance.randint(1, 2)))]
        results.append(StateResult(tuple(taken), "a", (), chance.choice(parts)))
    bounds = [chance.choice((None, chance.randint(2, 12) * US)) for _ in range(4)]
    failover = FailoverRequirement(1, promised, bounds[0], 1, 1, bounds[1], TOPOLOGY.links["L"].span)
    made = sender(
        name,
        "a L b",
        states=results,
        failover=chance.choice((None, failover)) if not results else failover,
        bound_ns=bounds[2],
        rtt_bound_ns=bounds[3],
        **rest,
    )
    unprotected = tuple(name for name in names if chance.random() < 0.5)
    return replace(made, latency=chance.choice(parts), unprotected=unprotected)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1_000_000))
def test_in_time_is_what_breaks_nothing(seed):
    chance = random.Random(seed)  # noqa: S311  (tests draw repeatable programs, no secrets)
    items = [demand(chance, "x"), demand(chance, "y", reply_to="x/x")]
    demands = {item.demand.key: item for item in items}
    for item in items:
        late = [
            breach
            for view in breaches._views(item)
            for breach in (*breaches._late(view), *breaches._late_together(view, demands))
        ]
        assert breaches._is_in_time(item, demands) == (not late)
