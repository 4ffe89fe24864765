"""`prefer` over random networks, against all simple paths: as much as can be is met, the first preference first."""

from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st
from support_forwarding import Plain, latency_us
from support_model import demand, every_link, failover, model, span, wire
from support_sr import sr_network, sr_realised

from intentc.resolve.model import Preference

NAMES = ["a", "b", "c", "d", "e", "f"]
AHEAD = 2


@st.composite
def cases(draw):
    names = NAMES[: draw(st.integers(4, 6))]
    ring = [tuple(sorted((name, names[(index + 1) % len(names)]))) for index, name in enumerate(names)]
    further = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] < pair[1])
    pairs = sorted(set(ring + draw(st.lists(further, max_size=4))))
    links = [
        wire(
            "-".join(pair),
            mbps=draw(st.sampled_from([5, 100, 100])),
            metric=draw(st.sampled_from([4, 5, 8, 20])),
            ms=draw(st.sampled_from([1, 1, 4, 9])),
        )
        for pair in pairs
    ]
    topology = sr_network(links, ends=names, depth=20)
    source, stop = draw(st.permutations(names))[:2]
    wanted = []
    for number in range(draw(st.integers(1, 3))):
        is_place = draw(st.booleans())
        few = draw(st.sets(st.sampled_from(names), min_size=1, max_size=2)) if is_place else set()
        some = draw(st.sets(st.sampled_from(sorted(topology.links)), min_size=1)) if not is_place else set()
        wanted.append(Preference(f"prefer {number}", frozenset(few), frozenset(some), is_place, span(60 + number)))
    goal = draw(st.sampled_from(["stability", "stability", "latency", "cost"]))
    bound = draw(st.sampled_from([None, None, 8, 14]))
    asked = demand(topology, source, stop, mbps=10, bound_ms=bound, goal=goal, preferences=tuple(wanted))
    return topology, asked


def score(asked, taken):
    """How far a path is off each preference."""
    nodes, links = taken
    return tuple(
        int(not (set(nodes) & item.nodes or set(links) & item.links))
        if item.is_place
        else len([name for name in links if name not in item.links])
        for item in asked.preferences
    )


def paths(topology, asked, *, has_room=True, is_bounded=True):
    ends = asked.candidates[0].source.node, frozenset({asked.candidates[0].destination.node})
    for taken in Plain(topology).walks(*ends):
        is_wide = all(topology.links[name].capacity_bps.ab >= asked.bandwidth_bps for name in taken[1])
        is_quick = asked.bound_ns is None or latency_us(topology, taken, AHEAD) * 1000 <= asked.bound_ns
        if (is_wide or not has_room) and (is_quick or not is_bounded):
            yield taken


@settings(max_examples=120, deadline=None)
@given(cases())
def test_nothing_better_is_among_all_paths(case):
    topology, asked = case
    found, _ = sr_realised(model(topology, asked))
    possible = [score(asked, taken) for taken in paths(topology, asked)]
    assert bool(found.demands) == bool(possible)
    if found.demands:
        (item,) = found.demands.values()
        told = tuple(standing.off for standing in item.standings)
        assert told == max(score(asked, (path.nodes, path.links)) for path in item.primary)
        assert told == min(possible)
        event("all met" if not any(told) else "not all met")


@settings(max_examples=80, deadline=None)
@given(cases())
def test_why_one_is_not_met_is_true(case):
    topology, asked = case
    found, _ = sr_realised(model(topology, asked))
    for item in found.demands.values():
        for at, standing in enumerate(item.standings):
            alone = min(score(asked, taken)[at] for taken in paths(topology, asked, has_room=False))
            roomy = min(score(asked, taken)[at] for taken in paths(topology, asked))
            why = (
                None
                if not standing.off
                else "clauses"
                if alone >= standing.off
                else "room"
                if roomy >= standing.off
                else "other"
            )
            assert standing.why == why


@settings(max_examples=40, deadline=None)
@given(cases())
def test_it_keeps_nobody_out(case):
    """What is placed without preferences is placed with them, also where failures are promised."""
    topology, asked = case
    promised = replace(asked, failover=failover(*every_link(topology), mbps=10))
    free, _ = sr_realised(model(topology, replace(promised, preferences=())))
    found, _ = sr_realised(model(topology, promised))
    assert bool(found.demands) >= bool(free.demands)
