"""Flexible Algorithms over random networks: chosen exactly where their own way does all that is promised, and the IGP's does not."""

from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st
from support_algorithms import ride
from support_flex import algorithm, flex_realised
from support_forwarding import Plain, banned_links, latency_us
from support_model import model, reply
from test_sr_policies import AHEAD, NEVER, check, demands, networks

from intentc.topology.model import Directional

COLOURS = ["red", "green"]


@st.composite
def with_algorithms(draw, topology):
    """The same network with colours and TE metrics on links, and two algorithms in which most nodes take part."""
    colours, metric = st.sets(st.sampled_from(COLOURS), max_size=2), st.sampled_from([1, 2, 2, 3])
    links = {
        name: replace(
            item,
            affinity=tuple(sorted(draw(colours))) if draw(st.integers(0, 3)) == 0 else (),
            te_metric=Directional(draw(metric), draw(metric)),
        )
        for name, item in topology.links.items()
    }
    found, nodes = {}, dict(topology.nodes)
    for number in (128, 129):
        kind, colour = (
            draw(st.sampled_from(["none", "none", "exclude_any", "exclude_any", "include_any"])),
            draw(colours),
        )
        found[number] = algorithm(
            number,
            draw(st.sampled_from(["igp", "delay", "delay", "delay", "te"])),
            **({} if kind == "none" else {kind: colour}),
        )
        outside = draw(st.sampled_from([set(), set(), set(), {draw(st.sampled_from(sorted(nodes)))}]))
        for place, name in enumerate(sorted(nodes)):
            own = nodes[name].segment_routing
            if own is not None and name not in outside:
                part = {**own.flex_algos, number: (number - 127) * 100 + place}
                nodes[name] = replace(nodes[name], segment_routing=replace(own, flex_algos=part))
    routing = replace(topology.routing, flex_algos=found)
    return replace(topology, links=links, nodes=nodes, routing=routing)


def is_right(topology, wanted, paths, state):
    """Whether packets on some paths arrive in time and over nothing forbidden."""
    if not paths or len({nodes[-1] for nodes, _ in paths}) != 1:
        return False
    bound = wanted.failover.bound_ns if state else min(wanted.bound_ns or NEVER, wanted.failover.bound_ns or NEVER)
    is_clean = not any(set(links) & banned_links(wanted, topology) for _, links in paths)
    return is_clean and max(latency_us(topology, path, AHEAD) for path in paths) * 1000 <= (bound or NEVER)


def way(topology, wanted, state, number):
    """Where packets go in a state, by an algorithm or (None) by the IGP alone."""
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    source, stop = wanted.candidates[0].source.node, wanted.candidates[0].destination.node
    if number is not None:
        found = ride(plain, source, stop, number)
        if found is not None or wanted.otherwise == "drop":
            return found
    return plain.follow(source, frozenset({stop}), {}, banned_links(wanted, topology))


def keeps_off(topology, wanted, number):
    """Whether an algorithm has none of the forbidden links in any state: none of them is one of its paths by itself."""
    alone = (
        ride(Plain(topology, down_links=frozenset(topology.links) - {name}), near, far, number)
        for name in banned_links(wanted, topology)
        for item in (topology.links[name],)
        for near, far in ((item.a.node, item.b.node),)
    )
    return all(found is None for found in alone)


def expected(topology, wanted):
    """The algorithm that carries a demand alone on the network, 0 for the IGP, None where it takes steering along a path."""
    states = (None, *wanted.failover.states)
    source = wanted.candidates[0].source.node
    if all(is_right(topology, wanted, way(topology, wanted, state, None), state) for state in states):
        return 0
    for number in sorted(topology.routing.flex_algos):
        own = topology.nodes[source].segment_routing
        if own is None or number not in own.flex_algos or not keeps_off(topology, wanted, number):
            continue
        stop = wanted.candidates[0].destination.node
        has_way = ride(Plain(topology), source, stop, number) is not None
        if has_way and all(is_right(topology, wanted, way(topology, wanted, state, number), state) for state in states):
            return number
    return None


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_an_algorithm_is_used_exactly_where_its_own_way_does(data):
    topology = data.draw(with_algorithms(data.draw(networks(is_whole=True))))
    wanted = replace(
        data.draw(demands(topology, is_whole=True)), bound_ns=data.draw(st.sampled_from([None, 6, 9, 14, 20]))
    )
    wanted = replace(wanted, bound_ns=wanted.bound_ns and wanted.bound_ns * 1_000_000)
    after = data.draw(st.sampled_from([None, 10, 16, 30]))
    wanted = replace(wanted, failover=replace(wanted.failover, bound_ns=after and after * 1_000_000))
    meant = expected(topology, wanted)
    found, _ = flex_realised(model(topology, wanted))
    for item in found.demands.values():
        event(f"{item.mechanism}, {meant}")
        check(topology, item)
        numbers = {policy.algorithm for policy in item.policies} if item.mechanism == "flex-algo" else {None}
        assert numbers == ({meant} if meant else {None}), item.reason
        assert (item.mechanism == "igp") == (meant == 0)
    assert found.demands or meant is None


@settings(max_examples=75, deadline=None)
@given(st.data())
def test_what_is_placed_holds_in_every_promised_state(data):
    """Several demands that share capacity, some nodes without segment routing, some without the mechanism."""
    topology = data.draw(with_algorithms(data.draw(networks())))
    wanted = []
    for index in range(data.draw(st.integers(1, 4))):
        one = data.draw(demands(topology, index))
        wanted += [one, reply(one)] if data.draw(st.booleans()) else [one]
    blunt = data.draw(st.sets(st.sampled_from(sorted(topology.nodes)), max_size=1))
    found, _ = flex_realised(model(topology, *wanted), **{name: {"mechanisms": ("igp", "sr-policy")} for name in blunt})
    for item in found.demands.values():
        event(item.mechanism)
        check(topology, item)
        assert item.mechanism != "flex-algo" or item.chosen.source.node not in blunt
