"""`symmetric` over random networks: what is placed takes the same links both ways in every promised state, and what could be is placed."""

from hypothesis import event, given, settings
from hypothesis import strategies as st
from support_forwarding import Plain, banned_links, latency_us
from support_model import (
    MBPS,
    MS,
    codes,
    demand,
    every_link,
    every_node,
    failover,
    model,
    network,
    realised,
    reply,
    wire,
)
from support_sr import follow_demand, sr_network, sr_realised

from intentc.topology.model import Directional

NAMES = ["a", "b", "c", "d", "e", "f"]
AHEAD = 2
PROVEN = {"E0501", "E0502", "E0503", "E0504", "E0521", "E0522", "E0523", "E0525", "E0526"}


@st.composite
def wires(draw, *, rates):
    """Rings with chords and parallel links, whose metrics and delays differ by direction."""
    names = NAMES[: draw(st.integers(4, 6))]
    ring = [tuple(sorted((name, names[(index + 1) % len(names)]))) for index, name in enumerate(names)]
    further = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] < pair[1])
    links, seen = [], {}
    for pair in ring + draw(st.lists(further, max_size=4)):
        seen[pair] = seen.get(pair, 0) + 1
        metric, delay = st.sampled_from([4, 4, 5, 8, 20]), st.sampled_from([1, 1, 4, 9]).map(lambda ms: ms * MS)
        links.append(
            wire(
                "-".join(pair) + (f"#{seen[pair]}" if seen[pair] > 1 else ""),
                mbps=draw(st.sampled_from(rates)),
                igp_metric=Directional(draw(metric), draw(metric)),
                latency_ns=Directional(draw(delay), draw(delay)),
            )
        )
    return names, links


def pair_of(draw, topology, bounds, **rest):
    source, stop = draw(st.permutations(sorted(topology.nodes)))[:2]
    states = draw(
        st.sampled_from([(), every_link(topology), every_link(topology) + every_node(topology, source, stop)])
    )
    forward = demand(
        topology,
        source,
        stop,
        mbps=10,
        bound_ms=draw(st.sampled_from(bounds)),
        failover=failover(*states, mbps=10) if states else None,
        is_symmetric=True,
        **rest,
    )
    back = draw(st.sampled_from([10, 30]))
    promise = None if forward.failover is None else failover(*states, mbps=back)
    return [forward, reply(forward, bandwidth_bps=back * MBPS, pool_bps=back * MBPS, failover=promise)]


@st.composite
def sr_cases(draw, *, rates=(40, 100), bounds=(None, 12, 20), states=True):
    names, links = draw(wires(rates=rates))
    topology = sr_network(links, ends=names, depth=20)
    found = pair_of(draw, topology, bounds)
    return topology, found


@st.composite
def pbr_cases(draw):
    names, links = draw(wires(rates=(40, 100)))
    topology = network(links, ends=names)
    return topology, pair_of(draw, topology, (None, 12, 20))


def by_pbr(topology, item, state):
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    rules = {(rule.node, rule.ingress): (rule.waypoints, rule.is_fail_closed) for rule in item.steering}
    ends = item.chosen.source.node, frozenset({item.chosen.destination.node})
    return plain.follow(*ends, rules, banned_links(item.demand, topology))


def check(topology, found, follow):
    there, back = (found.demands[key] for key in sorted(found.demands))
    for state in (None, *(there.demand.failover.states if there.demand.failover else ())):
        taken = [list(follow(topology, item, state) or ()) for item in (there, back)]
        assert [len(paths) for paths in taken] == [1, 1], state
        assert taken[0][0][1] == taken[1][0][1][::-1], state


@settings(max_examples=60, deadline=None)
@given(sr_cases())
def test_by_sr_policies_both_directions_take_the_same_links(case):
    topology, wanted = case
    found, findings = sr_realised(model(topology, *wanted))
    event(" ".join(codes(findings)) or "placed")
    if found.demands:
        check(topology, found, follow_demand)


@settings(max_examples=60, deadline=None)
@given(pbr_cases())
def test_by_loose_steering_both_directions_take_the_same_links(case):
    topology, wanted = case
    found, findings = realised(model(topology, *wanted))
    event(" ".join(codes(findings)) or "placed")
    if found.demands:
        check(topology, found, by_pbr)


@settings(max_examples=50, deadline=None)
@given(sr_cases(rates=(1000,), bounds=(None,)))
def test_wherever_every_state_has_a_path_one_is_found_for_both(case):
    """Devices that can be told any path, room on every link, and no bound: only what is cut off has none."""
    topology, wanted = case
    _, findings = sr_realised(model(topology, *wanted))
    cut = any(
        next(Plain(topology, state.nodes, state.links).walks(*_ends(wanted[0])), None) is None
        for state in (wanted[0].failover.states if wanted[0].failover else ())
    )
    assert bool(codes(findings)) == cut


@settings(max_examples=60, deadline=None)
@given(sr_cases())
def test_what_is_called_impossible_is(case):
    """Brute force over all simple paths: one that keeps the bound and has room in both directions in the normal state."""
    topology, wanted = case
    wanted = [_unprotected(item) for item in wanted]
    found, findings = sr_realised(model(topology, *wanted))
    there, back = wanted
    possible = [
        taken
        for taken in Plain(topology).walks(*_ends(there))
        if all(is_kept(topology, item, way) for item, way in ((there, taken), (back, turned(taken))))
    ]
    event("possible" if possible else "impossible")
    if found.demands:
        assert possible
    else:
        assert not possible or not PROVEN & set(codes(findings))
        assert not possible or there.bound_ns is not None


def _ends(item):
    return item.candidates[0].source.node, frozenset({item.candidates[0].destination.node})


def _unprotected(item):
    return type(item)(**{name: getattr(item, name) for name in item.__slots__} | {"failover": None})


def turned(taken):
    return taken[0][::-1], taken[1][::-1]


def is_kept(topology, item, taken):
    has_room = all(topology.links[name].capacity_bps.ab >= item.bandwidth_bps for name in taken[1])
    return has_room and (item.bound_ns is None or latency_us(topology, taken, AHEAD) * 1000 <= item.bound_ns)
