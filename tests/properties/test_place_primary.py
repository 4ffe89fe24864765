"""One demand at a time: the placement finds a path exactly when an exhaustive search does."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support_forwarding import Plain, banned_links, latency_us, passes
from support_model import MS, candidate, codes, demand, exclusion, model, network, prefix_of, realised, waypoint, wire

from intentc.topology.model import Directional

NAMES = ["a", "b", "c", "d", "e", "f"]
PROVEN = {"E0501", "E0502", "E0503", "E0504", "E0506"}
AHEAD = 2  # packets of class `high`


@st.composite
def networks(draw, most_nodes=6, most_links=9):
    size = draw(st.integers(3, most_nodes))
    names = NAMES[:size]
    tree = [(name, draw(st.sampled_from(names[:index]))) for index, name in enumerate(names) if index]
    further = st.tuples(st.sampled_from(names), st.sampled_from(names))
    pairs = tree + draw(st.lists(further, max_size=most_links - len(tree)))
    links, seen = [], {}
    for one, other in pairs:
        if one != other:
            a, b = sorted((one, other))
            seen[a, b] = seen.get((a, b), 0) + 1
            name = f"{a}-{b}" + (f"#{seen[a, b]}" if seen[a, b] > 1 else "")
            metric = st.sampled_from([1, 1, 1, 2, 4])
            delay = st.sampled_from([1, 2, 8]).map(lambda ms: ms * MS)
            links.append(
                wire(
                    name,
                    mbps=100,
                    igp_metric=Directional(draw(metric), draw(metric)),
                    latency_ns=Directional(draw(delay), draw(delay)),
                )
            )
    twins = draw(st.sets(st.sampled_from(names[1:]), max_size=1))
    nodes = {name: {"transit": False} for name in draw(st.sets(st.sampled_from(names), max_size=1))}
    bare = {name: {"loopback": None} for name in draw(st.sets(st.sampled_from(names), max_size=1))}
    fields = {name: nodes.get(name, {}) | bare.get(name, {}) for name in names}
    prefixes = {name: (prefix_of("b"),) for name in twins | {"b"}}
    return network(links, ends=["a", *names], nodes=fields, prefixes=prefixes)


@st.composite
def cases(draw, *, has_via):
    topology = draw(networks(4, 6) if has_via else networks())
    names = sorted(topology.nodes)
    links = sorted(topology.links)
    wishes = {
        "bound_ms": draw(st.none() | st.integers(2, 16)),
        "mbps": draw(st.sampled_from([0, 10])),
    }
    if links:
        nodes = draw(st.sets(st.sampled_from(names[2:]), max_size=1))
        avoided = draw(st.sets(st.sampled_from(links), max_size=2))
        wishes["exclusions"] = (exclusion(nodes=nodes, links=avoided),) if nodes | avoided else ()
    if has_via and links:
        steps = draw(st.lists(st.sampled_from([*names, *links]), min_size=1, max_size=2))
        wishes["via"] = tuple(waypoint(nodes=[item]) if item in names else waypoint(links=[item]) for item in steps)
    accepted = draw(st.sampled_from([None, ("b",)]))
    targets = [name for name in names if prefix_of("b") in {str(item.prefix) for item in topology.nodes[name].attached}]
    found = [candidate(topology, "a", name) for name in accepted or targets]
    return topology, demand(topology, "a", "b", candidates=found, **wishes)


def targets_of(topology):
    return frozenset(
        name
        for name, item in topology.nodes.items()
        if prefix_of("b") in {str(found.prefix) for found in item.attached}
    )


def is_good(topology, wanted, variants):
    """Whether all variants of a path meet what the demand asks for and end at one place."""
    banned, ahead = banned_links(wanted, topology), AHEAD if wanted.has_bandwidth else None
    bound = wanted.bound_ns // 1000 if wanted.bound_ns is not None else 1 << 60
    accepted = {item.destination.node for item in wanted.candidates}
    via = [(item.nodes, item.links) for item in wanted.via]
    return len({nodes[-1] for nodes, _ in variants}) == 1 and all(
        nodes[-1] in accepted
        and not banned & set(links)
        and all(topology.nodes[name].transit for name in nodes[1:-1])
        and latency_us(topology, (nodes, links), ahead) <= bound
        and passes((nodes, links), via)
        for nodes, links in variants
    )


def search(topology, wanted):
    """Whether the IGP's own path, or any that steering can produce, is good."""
    plain, targets = Plain(topology), targets_of(topology)
    own = plain.follow("a", targets, {}, banned_links(wanted, topology))
    if own is not None and is_good(topology, wanted, list(own)):
        return True
    usable = [name for name, item in topology.nodes.items() if item.loopback is not None]
    return any(is_good(topology, wanted, variants) for variants in plain.expressible("a", targets, usable))


def check(topology, wanted):
    found, findings = realised(model(topology, wanted))
    is_placed = wanted.key in found.demands
    assert is_placed == search(topology, wanted), [item.message for item in findings.items]
    assert is_placed != bool(found.infeasible)
    if is_placed:
        item = found.demands[wanted.key]
        assert is_good(topology, wanted, [(path.nodes, path.links) for path in item.primary])
        rules = {(rule.node, rule.ingress): (rule.waypoints, rule.is_fail_closed) for rule in item.steering}
        taken = Plain(topology).follow("a", targets_of(topology), rules, banned_links(wanted, topology))
        assert taken.keys() == {(path.nodes, path.links) for path in item.primary}
        assert sum(path.share_ppm for path in item.primary) == 1_000_000
    elif set(codes(findings)) & PROVEN:
        walks = Plain(topology).walks("a", targets_of(topology))
        assert not any(is_good(topology, wanted, [walk]) for walk in walks)


@settings(max_examples=150, deadline=None)
@given(cases(has_via=False))
def test_a_path_is_found_exactly_when_there_is_one(case):
    check(*case)


@settings(max_examples=100, deadline=None)
@given(cases(has_via=True))
def test_waypoints_are_met_exactly_when_they_can_be(case):
    check(*case)
