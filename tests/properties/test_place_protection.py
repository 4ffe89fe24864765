"""Several demands with failover: what is accepted holds in every promised state, by a simulation of the test's own."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from support_forwarding import Plain, banned_links, latency_us
from support_model import (
    MBPS,
    MS,
    codes,
    demand,
    every_link,
    every_node,
    every_two_links,
    exclusion,
    failed,
    failover,
    model,
    network,
    realised,
    reply,
    wire,
)

from intentc.resolve.model import Scheduling
from intentc.topology.model import Directional

NAMES = ["a", "b", "c", "d", "e", "f"]
AHEAD = {"critical": 1, "high": 2, "normal": 4, "low": 8, "background": 32, "fixed": 8}
PROVEN_STATES = {"E0521", "E0522", "E0523", "E0525", "E0526"}


@st.composite
def networks(draw):
    size = draw(st.integers(4, 6))
    names = NAMES[:size]
    ring = [tuple(sorted((names[index], names[(index + 1) % size]))) for index in range(size)]
    further = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] < pair[1])
    pairs = ring + draw(st.lists(further, max_size=4))
    links, seen = [], {}
    for pair in pairs:
        seen[pair] = seen.get(pair, 0) + 1
        name = "-".join(pair) + (f"#{seen[pair]}" if seen[pair] > 1 else "")
        metric = st.sampled_from([4, 4, 4, 5, 8])
        delay = st.sampled_from([1, 1, 9]).map(lambda ms: ms * MS)
        rate = draw(st.sampled_from([40, 100]))
        links.append(
            wire(
                name,
                mbps=rate,
                igp_metric=Directional(draw(metric), draw(metric)),
                latency_ns=Directional(draw(delay), draw(delay)),
                srlgs=tuple(sorted(draw(st.sets(st.sampled_from(["s1", "s2"]), max_size=1)))),
            )
        )
    return network(links, ends=names)


@st.composite
def cases(draw):
    topology = draw(networks())
    names, links = sorted(topology.nodes), sorted(topology.links)
    found = []
    for index in range(draw(st.integers(1, 4))):
        source, stop = draw(st.permutations(names))[:2]
        bound, after = draw(st.sampled_from([(None, None), (12, 30), (20, 40)]))
        rate, rate_after = draw(st.sampled_from([(10, 10), (20, 10), (5, 20)]))
        states = draw(
            st.sampled_from(
                [
                    (),
                    every_link(topology),
                    every_node(topology, source, stop),
                    every_link(topology) + every_node(topology, source, stop),
                    every_link(topology) + every_two_links(topology),
                    tuple(
                        failed("srlg", name, links=of)
                        for name, of in topology.srlgs.items()
                        if name in {"s1", "s2"} and draw(st.booleans())
                    ),
                ]
            )
        )
        banned = draw(st.sets(st.sampled_from(links), max_size=1)) if draw(st.booleans()) else set()
        intent = f"i{draw(st.integers(0, index))}"
        wanted = demand(
            topology,
            source,
            stop,
            intent=intent,
            mbps=rate,
            priority=draw(st.sampled_from(["critical", "high", "high", "background", "fixed"])),
            bound_ms=bound,
            exclusions=(exclusion(links=banned),) if banned else (),
            failover=failover(*states, bound_ms=after, mbps=rate_after) if states else None,
            otherwise=draw(st.sampled_from(["drop", "best-effort"])),
        )
        if wanted.key not in {item.key for item in found}:
            found += [wanted, reply(wanted)] if draw(st.booleans()) else [wanted]
    by_source = draw(st.booleans())
    if by_source:  # a pool is that of one intent, and an intent has one class
        found = [replace(item, pool=f"{item.intent}/{item.source_site}/{item.traffic_class}") for item in found]
    return topology, found


def rules_of(item):
    return {(rule.node, rule.ingress): (rule.waypoints, rule.is_fail_closed) for rule in item.steering}


def simulate(topology, item, state):
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    wanted = item.demand
    source, stop = wanted.candidates[0].source.node, wanted.candidates[0].destination.node
    return plain.follow(source, frozenset({stop}), rules_of(item), banned_links(wanted, topology))


def limits(demand_, state):
    if state is None:
        return demand_.bound_ns
    return demand_.failover.bound_ns


def check_paths(topology, item):
    """Every promised state: the packets arrive in time over what the result says."""
    for state in (None, *(item.demand.failover.states if item.demand.failover else ())):
        taken = simulate(topology, item, state)
        assert taken is not None, (item.id, state)
        told = item.primary
        for result in item.states:
            if state is not None and state.id in result.when:
                told = result.paths
        assert taken.keys() == {(path.nodes, path.links) for path in told}, (item.id, state)
        bound = limits(item.demand, state)
        if bound is not None:
            worst = max(latency_us(topology, path, AHEAD[item.demand.traffic_class]) for path in taken)
            assert worst * 1000 <= bound


def check_capacity(topology, found):
    """Every promised state of anyone: reservations fit each link, as the reference words it."""
    states = {}
    for item in found.demands.values():
        for state in item.demand.failover.states if item.demand.failover else ():
            states.setdefault((state.nodes, state.links), state)
    for state in (None, *states.values()):
        use = {}
        for item in found.demands.values():
            for arc, pool, rate in claims(topology, item, state):
                use.setdefault(arc, {}).setdefault((item.demand.traffic_class, pool), []).append(rate)
        for (name, is_ab), pools in use.items():
            check_arc(topology.links[name], found.model.classes, is_ab, pools)


def claims(topology, item, state):
    wanted = item.demand
    normal, taken = {(path.nodes, path.links) for path in item.primary}, simulate(topology, item, state)
    is_promised = state is None or any(
        (other.nodes, other.links) == (state.nodes, state.links)
        for other in (wanted.failover.states if wanted.failover else ())
    )
    is_moved = taken is None or taken.keys() != normal
    if is_moved and not is_promised:
        return
    rate = wanted.bandwidth_bps
    if state is not None and is_promised:
        rate = wanted.failover.bandwidth_bps if is_moved else max(rate, wanted.failover.bandwidth_bps)
    arcs = {
        (name, topology.links[name].a.node == sender)
        for nodes, links in taken
        for sender, name in zip(nodes, links, strict=False)
    }
    for arc in sorted(arcs):
        yield arc, wanted.pool, rate


def check_arc(item, classes, is_ab, pools):
    capacity = item.capacity_bps.ab if is_ab else item.capacity_bps.ba
    total, by_class = 0, {}
    for (name, _), rates in pools.items():
        by_class[name] = by_class.get(name, 0) + min(sum(rates), max(rates))
    for name, reserved in by_class.items():
        kind = classes[name].scheduling
        share = capacity * classes[name].share_ppb // 1_000_000_000
        if kind in (Scheduling.STRICT, Scheduling.SHARE):
            assert reserved <= share
        total += {Scheduling.SHARE: share, Scheduling.IDLE: max(reserved, capacity // 100)}.get(kind, reserved)
    assert total <= capacity


def check_impossible(topology, demands, findings):
    """What is called impossible in a failure state has no path there, whatever devices could do."""
    states = {state.id: state for item in demands for state in (item.failover.states if item.failover else ())}
    for finding in findings.items:
        if finding.code in PROVEN_STATES:
            assert any(
                not has_path(topology, item, states[finding.state]) for item in demands if item.intent == finding.intent
            )


def has_path(topology, wanted, state):
    if wanted.failover is None or state not in wanted.failover.states:
        return True
    plain = Plain(topology, state.nodes, state.links)
    source, stop = wanted.candidates[0].source.node, wanted.candidates[0].destination.node
    bound = wanted.failover.bound_ns
    return any(
        not banned_links(wanted, topology) & set(links)
        and (bound is None or latency_us(topology, (nodes, links), AHEAD[wanted.traffic_class]) * 1000 <= bound)
        for nodes, links in plain.walks(source, frozenset({stop}))
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_what_is_accepted_holds_in_every_promised_state(case):
    topology, demands = case
    found, findings = realised(model(topology, *demands))
    for item in found.demands.values():
        check_paths(topology, item)
    check_capacity(topology, found)
    check_impossible(topology, demands, findings)
    assert set(found.infeasible) == {item.intent for item in demands} - {
        item.demand.intent for item in found.demands.values()
    }
    assert set(found.infeasible) == {item.intent for item in findings.items if item.code.startswith("E")}


@settings(max_examples=40, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(case, random):
    topology, demands = case
    first, findings = realised(model(topology, *demands))
    shuffled = list(demands)
    random.shuffle(shuffled)
    nodes, links = list(topology.nodes.items()), list(topology.links.items())
    random.shuffle(nodes)
    random.shuffle(links)
    other = replace(topology, nodes=dict(nodes), links=dict(links))
    second, other_findings = realised(model(other, *shuffled))
    assert first.demands == second.demands
    assert (first.loads, first.infeasible) == (second.loads, second.infeasible)
    assert findings.sorted() == other_findings.sorted()


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_lower_priority_never_costs_a_higher_one_its_place(case):
    topology, demands = case
    demands = [item for item in demands if len({other.rank for other in demands if other.intent == item.intent}) == 1]
    if not demands:
        return
    top = min(item.rank for item in demands)
    alone, _ = realised(model(topology, *(item for item in demands if item.rank == top)))
    together, _ = realised(model(topology, *demands))
    assert set(alone.demands) <= set(together.demands)


def test_the_check_of_capacity_can_fail():
    topology = network([wire("a-b", mbps=10)], ends=("a", "b"))
    found, _ = realised(model(topology, demand(topology, "a", "b", mbps=10)))
    check_capacity(topology, found)
    bigger = {
        key: replace(item, demand=replace(item.demand, bandwidth_bps=11 * MBPS)) for key, item in found.demands.items()
    }
    try:
        check_capacity(topology, replace(found, demands=bigger))
    except AssertionError:
        return
    raise AssertionError("an overfull link was not noticed")


def test_the_check_of_codes_has_all_findings():
    topology = network([wire("a-b")], ends=("a", "b", "c"))
    _, findings = realised(model(topology, demand(topology, "a", "c")))
    assert codes(findings) == ["E0506"]
