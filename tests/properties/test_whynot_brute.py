"""What cannot hold together, against all paths of small networks: together it leaves none, without any one element it leaves one."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import capabilities, demand, exclusion, failed, failover, model, network, waypoint, wire

from intentc.diagnostics import Findings
from intentc.place.place import place
from intentc.realise.mechanisms import Mechanisms
from intentc.whynot.elements import ground_of
from intentc.whynot.minimal import find_core
from intentc.whynot.oracle import Oracle

NODES = ("a", "b", "c", "d", "e")
PAIRS = [(one, other) for index, one in enumerate(NODES) for other in NODES[index + 1 :]]


@st.composite
def worlds(draw):
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=3, max_size=8, unique=True))
    links = [
        wire(
            f"{one}-{other}",
            ms=draw(st.integers(1, 6)),
            mbps=draw(st.sampled_from([20, 100])),
            state=draw(st.sampled_from(["up", "up", "up", "drained"])),
        )
        for one, other in pairs
    ]
    topology = network(links, ends=("a", "d"), nodes={name: {} for name in NODES})
    names = sorted(topology.links)
    wishes = {}
    excluded = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    wishes["exclusions"] = tuple(exclusion(links=[name], line=30 + place) for place, name in enumerate(excluded))
    if draw(st.booleans()):
        wishes["via"] = (waypoint(nodes=[draw(st.sampled_from(["b", "c", "e"]))]),)
    if draw(st.booleans()):
        wishes["mbps"] = 50
    else:
        wishes["bound_ms"] = draw(st.integers(2, 9))
    if draw(st.booleans()):
        down = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        wishes["failover"] = failover(
            failed("srlg", "s", links=down), mbps=wishes.get("mbps", 0), bound_ms=wishes.get("bound_ms")
        )
    return topology, wishes


def walks(topology, barred, here, seen, links):
    """Yield every way to d that takes no link twice in one direction; a node may be passed twice, d itself on the way to a waypoint."""
    if here == "d":
        yield seen, links
    taken = {(node, link.id) for node, link in zip(seen, links, strict=False)}
    for link in topology.links_of[here]:
        if (here, link.id) not in taken and link.id not in barred:
            yield from walks(topology, barred, link.other(here), (*seen, link.other(here)), (*links, link))


def can_hold(topology, wishes, elements, names):
    """Whether a path keeps the elements: each is read off the topology and the wishes."""
    kept = {(item.kind, item.key) for item in elements}

    def of(kind):
        return {names[key] for what, key in kept if what == kind}

    down = set()
    if ("survive", 0) in kept:
        (state,) = wishes["failover"].states
        down = set(state.links) if len(state.links) == 1 else of("down-link")
    barred = down | of("drained")
    barred |= {name for what, key in kept if what == "exclusion" for name in wishes["exclusions"][key].links}
    if ("bandwidth", 0) in kept:
        barred |= {name for name in of("capacity") if topology.links[name].capacity_bps.ab < 50_000_000}
    slow = of("delay")
    for nodes, links in walks(topology, frozenset(barred), "a", ("a",), ()):
        if ("via", 0) in kept and not wishes["via"][0].nodes & set(nodes):
            continue
        took = sum(link.latency_ns.ab for link in links if link.id in slow)
        if ("latency", 0) in kept and took > wishes["bound_ms"] * 1_000_000:
            continue
        return True
    return False


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_a_core_leaves_no_path_and_any_part_of_it_does(world):
    topology, wishes = world
    asked = demand(topology, "a", "d", **wishes)
    found = []

    def inquire(context, _intent, causes):
        verdict = causes[0].verdict
        if verdict.ends is not None and verdict.is_proven:
            ground = ground_of(context, verdict)
            oracle = Oracle(context, verdict, ground, 10_000)
            found.append((context.network.links, find_core(ground.elements, oracle.can_hold)))

    place(model(topology, asked), Mechanisms(topology, capabilities(topology)), Findings(), inquire)
    for names, core in found:
        if core:
            assert not can_hold(topology, wishes, core, names)
            for item in core:
                assert can_hold(topology, wishes, [other for other in core if other is not item], names), item
