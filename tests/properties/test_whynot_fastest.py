"""What the fastest path tells of whether any path keeps a bound, against the exact search for one."""

from collections import Counter
from random import Random

from properties.test_native_search import made_quest

from intentc.forwarding.figures import latency_of
from intentc.place.model import Hop
from intentc.place.reach import MOST_HOPS
from intentc.place.search import find_path
from intentc.values import replace
from intentc.whynot import oracle
from intentc.whynot.oracle import told_by_fastest


def made_free_quest(rng):
    """Make a search for the fastest path over open links, with a bound that is near what can be kept."""
    made = made_quest(rng)
    net, ahead = made.network, made.ahead
    steps = [tuple(Hop((arc,), net.head[arc], is_steered=False) for arc in arcs) for arcs in net.leaving]

    def latency(arc):
        packets = 0 if ahead is None else (1 + ahead) * net.packet_units[arc] * 1000
        return ((net.propagation_ns[arc] or 0) * net.units_per_us + packets) * MOST_HOPS + 1

    quest = replace(
        made,
        hops=lambda node, _arrival: steps[node],
        single=bytes((1,)) * len(net.head),
        weigh=lambda hop: latency(hop.arcs[0]),
        floor=latency,
        via=(),
        guide=None,
        bound_us=None,
    )
    hops = find_path(quest).hops
    if hops is None or rng.random() < 0.2:
        return quest
    near = latency_of(net, tuple(hop.arcs[0] for hop in hops), ahead).total
    return replace(quest, bound_us=near + rng.choice((-500, -3, -2, -1, 0, 1)))


def test_what_the_fastest_path_tells_is_what_the_search_finds():
    told = Counter()
    for seed in range(400):
        quest = made_free_quest(Random(seed))  # noqa: S311  (seeded networks, no secret)
        found = told_by_fastest(quest)
        assert found in {None, find_path(quest).hops is not None}
        told[found] += 1
    assert told[True] > 100
    assert told[False] > 60
    assert told[None]  # by less than what rounding adds


def test_where_rounding_decides_the_search_is_asked(monkeypatch):
    """All that is told by the fastest path alone is not asked of it."""
    asked = []
    monkeypatch.setattr(oracle, "find_path", lambda quest: asked.append(quest) or find_path(quest))
    quests = [made_free_quest(Random(seed)) for seed in range(100)]  # noqa: S311
    clerk = oracle.Oracle(None, None, None, most_calls=100)
    assert [clerk._has_path(quest) for quest in quests] == [find_path(quest).hops is not None for quest in quests]
    assert len(asked) == sum(told_by_fastest(quest) is None for quest in quests) < clerk.calls == 100
