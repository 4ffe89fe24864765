"""SR policies over random networks: what is placed holds in every promised state, and what could be placed is."""

from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st
from support_forwarding import Plain, banned_links, latency_us
from support_model import (
    MS,
    US,
    codes,
    demand,
    every_link,
    every_node,
    every_two_links,
    exclusion,
    failed,
    failover,
    model,
    reply,
    wire,
)
from support_sr import follow_demand, sr_network, sr_realised

from intentc.realise import sr_course
from intentc.topology.model import Directional

NAMES = ["a", "b", "c", "d", "e", "f"]
AHEAD = 2
NEVER = 1 << 62


@st.composite
def networks(draw, *, is_whole=False):
    size = draw(st.integers(4, 6))
    names = NAMES[:size]
    ring = [tuple(sorted((names[index], names[(index + 1) % size]))) for index in range(size)]
    further = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] < pair[1])
    pairs = ring + draw(st.lists(further, max_size=5))
    links, seen = [], {}
    for pair in pairs:
        seen[pair] = seen.get(pair, 0) + 1
        name = "-".join(pair) + (f"#{seen[pair]}" if seen[pair] > 1 else "")
        metric = st.sampled_from([4, 4, 4, 5, 8, 20])
        delay = st.sampled_from([1, 1, 4, 9]).map(lambda ms: ms * MS)
        links.append(
            wire(
                name,
                mbps=1000 if is_whole else draw(st.sampled_from([40, 100])),
                igp_metric=Directional(draw(metric), draw(metric)),
                latency_ns=Directional(draw(delay), draw(delay)),
                srlgs=tuple(sorted(draw(st.sets(st.sampled_from(["s1", "s2"]), max_size=1)))),
            )
        )
    blind = () if is_whole else draw(st.sets(st.sampled_from(names), max_size=1))
    return sr_network(links, ends=names, without=blind, depth=20 if is_whole else draw(st.sampled_from([3, 5, 20])))


@st.composite
def demands(draw, topology, index=0, *, is_whole=False):
    names, links = sorted(topology.nodes), sorted(topology.links)
    source, stop = draw(st.permutations(names))[:2]
    if is_whole:
        bound = after = None
    else:
        bound, after = draw(st.sampled_from([(None, None), (12, 30), (20, 40), (9, 14)]))
    groups = tuple(failed("srlg", name, links=of) for name, of in sorted(topology.srlgs.items()))
    states = draw(
        st.sampled_from(
            [
                every_link(topology),
                every_node(topology, source, stop),
                every_link(topology) + every_node(topology, source, stop),
                every_link(topology) + every_two_links(topology),
                (*every_link(topology), *groups),
            ]
        )
    )
    banned = draw(st.sets(st.sampled_from(links), max_size=1)) if draw(st.booleans()) else set()
    return demand(
        topology,
        source,
        stop,
        intent=f"i{index}",
        mbps=1 if is_whole else draw(st.sampled_from([5, 20])),
        bound_ms=bound,
        exclusions=(exclusion(links=banned),) if banned else (),
        failover=failover(*states, bound_ms=after, mbps=1 if is_whole else 5) if states else None,
        otherwise=draw(st.sampled_from(["drop", "best-effort"])),
    )


@st.composite
def cases(draw):
    topology = draw(networks())
    found = []
    for index in range(draw(st.integers(1, 4))):
        wanted = draw(demands(topology, index))
        found += [wanted, reply(wanted)] if draw(st.booleans()) else [wanted]
    return topology, found


def check(topology, item):
    """Every state: the packets arrive in time over what the result says, and over nothing forbidden."""
    for state in (None, *(item.demand.failover.states if item.demand.failover else ())):
        taken = follow_demand(topology, item, state)
        assert taken is not None, (item.id, state)
        told = next(
            (result.paths for result in item.states if state is not None and state.id in result.when), item.primary
        )
        assert taken.keys() == {(path.nodes, path.links) for path in told}, (item.id, state)
        bound = item.demand.bound_ns if state is None else item.demand.failover.bound_ns
        assert max(latency_us(topology, path, AHEAD) for path in taken) * 1000 <= (bound or NEVER)
        assert not any(set(links) & banned_links(item.demand, topology) for _, links in taken)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_what_is_placed_holds_in_every_promised_state(case):
    topology, wanted = case
    found, _ = sr_realised(model(topology, *wanted))
    for item in found.demands.values():
        event(f"{item.mechanism}, {len(item.policies and item.policies[0].candidates)} candidates")
        check(topology, item)
        assert item.mechanism in {"igp", "sr-policy"}
        for policy in item.policies:
            depth = topology.nodes[policy.node].segment_routing.max_sid_depth
            assert all(len(path.segments) <= depth for path in policy.candidates)
            assert len(policy.candidates) <= sr_course.MOST_CANDIDATES


def fastest_us(topology, wanted, state):
    """The least latency in a state, whatever devices can do; None if there is no path."""
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    source, stops = wanted.candidates[0].source.node, {item.destination.node for item in wanted.candidates}
    allowed = (
        latency_us(topology, (nodes, links), AHEAD)
        for nodes, links in plain.walks(source, frozenset(stops - (state.nodes if state else set())))
        if not banned_links(wanted, topology) & set(links)
    )
    return min(allowed, default=None)


def to_either(topology, wanted, twin):
    """The network and the demand with a second router at the site of the destination."""
    (only,) = wanted.candidates
    stop = only.destination.node
    both = {
        name: replace(topology.nodes[name], site="z", attached=topology.nodes[stop].attached) for name in (stop, twin)
    }
    topology = replace(topology, nodes={**topology.nodes, **both})
    ends = [replace(only.destination, site="z", node=name) for name in (stop, twin)]
    return topology, replace(wanted, candidates=tuple(replace(only, destination=end) for end in ends))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_with_room_and_depth_whatever_has_a_path_to_either_router_of_a_site_in_each_state_is_placed(data):
    topology = data.draw(networks(is_whole=True))
    wanted = data.draw(demands(topology, is_whole=True))
    (only,) = wanted.candidates
    ends = {only.source.node, only.destination.node}
    twin = data.draw(st.sampled_from(sorted(topology.nodes.keys() - ends)))
    topology, wanted = to_either(topology, wanted, twin)
    states = (*every_node(topology, only.source.node), *every_link(topology))
    wanted = replace(wanted, failover=failover(*states, mbps=1))
    normal = fastest_us(topology, wanted, None)
    failures = [fastest_us(topology, wanted, state) for state in states]
    known = [time for time in (normal, *failures) if time is not None] or [1]
    after = (max(known) + data.draw(st.sampled_from([-1, 0, 0, 0, 1000]))) * US
    bound = min(after, (normal or 1) * US)
    wanted = replace(wanted, bound_ns=bound, failover=replace(wanted.failover, bound_ns=after))
    is_possible = normal is not None and normal * US <= bound
    is_possible = is_possible and all(time is not None and time * US <= after for time in failures)
    found, findings = sr_realised(model(topology, wanted))
    turning = [
        len({path.end_point for path in own.candidates}) for item in found.demands.values() for own in item.policies
    ]
    event(f"possible {is_possible}, ends {turning}")
    assert bool(found.demands) == is_possible, codes(findings)
    for item in found.demands.values():
        check(topology, item)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_with_room_and_depth_whatever_has_a_path_in_each_state_is_placed(data):
    """The bounds are as tight as they can be, or a little more or less: then the IGP's own way seldom does."""
    topology = data.draw(networks(is_whole=True))
    wanted = data.draw(demands(topology, is_whole=True))
    normal = fastest_us(topology, wanted, None)
    failures = [fastest_us(topology, wanted, state) for state in wanted.failover.states]
    known = [time for time in (normal, *failures) if time is not None] or [1]
    spare = st.sampled_from([-1, 0, 0, 0, 1000, 4000])
    after = (max(known) + data.draw(spare)) * US
    bound = data.draw(st.sampled_from([None, max(1, (normal or 1) + data.draw(spare)) * US]))
    wanted = replace(wanted, bound_ns=bound, failover=replace(wanted.failover, bound_ns=after))
    least = min(after, bound or NEVER)
    is_possible = (
        normal is not None
        and normal * US <= least
        and all(time is not None and time * US <= after for time in failures)
    )
    found, findings = sr_realised(model(topology, wanted))
    event(f"possible {is_possible}, {[(item.mechanism, len(item.alternatives)) for item in found.demands.values()]}")
    assert bool(found.demands) == is_possible, codes(findings)
    for item in found.demands.values():
        check(topology, item)
