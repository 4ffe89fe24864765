"""The paths of Flexible Algorithms over random networks and states: those that networkx finds in what RFC 9350 leaves of them."""

import random

import networkx as nx
import pytest
from support_chance import TIMES
from support_flex import algorithm, flex_network
from support_model import wire

from intentc.forwarding.flex_algos import build_algorithms
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.manifest.elements import Elements
from intentc.resolve.model import FailureState
from intentc.topology.model import Directional
from intentc.verify.igp import Routing

ROUNDS = 20  # networks per seed; each with three algorithms and some ten states
COLOURS = ("red", "green", "blue")


def random_network(source):
    """Up to seven nodes: ties, parallel and drained links, unknown metrics, nodes outside, stubs, either IGP."""
    names = "abcdefg"[: source.randint(3, 7)]
    pairs = [tuple(source.sample(names, 2)) for _ in range(source.randint(len(names) - 1, 2 * len(names)))]
    links = []
    for number, (a, b) in enumerate(pairs):
        delay = Directional(source.choice([0, 999, 1000, 1001, 2000, 2000]), source.choice([1000, 2000, 3000]))
        links.append(
            wire(
                f"l{number}",
                ends=(a, b),
                igp_metric=Directional(source.choice([1, 2, 2, 3]), source.choice([1, 2, 2, 3])),
                latency_ns=delay if source.random() < 0.9 else None,
                te_metric=Directional(source.randint(1, 3), source.randint(1, 3)) if source.random() < 0.9 else None,
                affinity=tuple(sorted(name for name in COLOURS if source.random() < 0.4)),
                state="drained" if source.random() < 0.08 else "up",
            )
        )
    stubs = {name: {"transit": False} for name in names if source.random() < 0.1}
    loose = {name: {"loopback": None} for name in names if source.random() < 0.05}
    found = [
        algorithm(128 + place, source.choice(["igp", "delay", "delay", "te"]), **constraints(source))
        for place in range(3)
    ]
    return flex_network(
        links,
        *found,
        ends=names,
        nodes={name: stubs.get(name, {}) | loose.get(name, {}) for name in names},
        outside={item.number: [name for name in names if source.random() < 0.15] for item in found},
        igp=source.choice(["isis", "isis", "ospf"]),
    )


def constraints(source):
    kinds = {name: [colour for colour in COLOURS if source.random() < share] for name, share in SHARES.items()}
    return {name: colours for name, colours in kinds.items() if source.random() < 0.5}


SHARES = {"exclude_any": 0.3, "include_any": 0.4, "include_all": 0.15}


def random_states(source, topology):
    """The normal state and some with a few links and nodes down."""
    links, nodes = sorted(topology.links), sorted(topology.nodes)
    for _ in range(10):
        down = source.sample(links, source.randint(0, min(3, len(links))))
        gone = source.sample(nodes, source.choice([0, 0, 1]))
        yield FailureState("s", frozenset(gone), frozenset(down))


def directed(topology, definition, state):
    """What an algorithm has in a state, as a multigraph of (near, far) with the key of the link."""
    graph = nx.MultiDiGraph()
    for name, node in topology.nodes.items():
        routing = node.segment_routing
        if name not in state.nodes and node.loopback is not None and definition.number in routing.flex_algos:
            graph.add_node(name)
    for item in topology.links.values():
        ends, own = (item.a.node, item.b.node), set(item.affinity)
        if not set(ends) <= set(graph) or item.id in state.links or own & set(definition.exclude_any):
            continue
        if definition.include_any and not own & set(definition.include_any):
            continue
        if set(definition.include_all) - own:
            continue
        for near, far in (ends, ends[::-1]):
            metric = metric_of(topology, definition, item, near)
            if metric is not None:
                graph.add_edge(near, far, key=item.id, metric=metric)
    return graph


def metric_of(topology, definition, item, near):
    value = {"igp": item.igp_metric, "delay": item.latency_ns, "te": item.te_metric}[definition.metric]
    if value is None:
        return None
    is_isis = topology.routing.igp == "isis"
    if item.state == "drained" or (not is_isis and not topology.nodes[near].transit):
        return (16_777_214 if is_isis else 65_535) if definition.metric == "igp" else 16_777_215
    number = value.ab if item.a.node == near else value.ba
    return max(1, (number + 999) // 1000) if definition.metric == "delay" else number


def expected_hops(topology, graph, target):
    """The links of all shortest ways from each node, by networkx over the graph without what is not routed through."""
    is_isis = topology.routing.igp == "isis"
    usable = graph.copy()
    for name in list(graph):
        if is_isis and name != target and not topology.nodes[name].transit:
            usable.remove_edges_from(list(graph.in_edges(name, keys=True)))
    away = nx.single_source_dijkstra_path_length(usable.reverse(copy=True), target, weight="metric")
    return away, {
        node: {
            (link, far)
            for _, far, link, metric in usable.out_edges(node, keys=True, data="metric")
            if far in away and metric + away[far] == away[node]
        }
        for node in away
        if node != target
    }


def mismatches(source):
    topology = random_network(source)
    network = build_network(topology)
    outages = Outages(network)
    algorithms = build_algorithms(network)
    compared = 0
    for state in random_states(source, topology):
        outage = outages.of(state) if state.nodes or state.links else NORMAL
        proof = Routing(topology, Elements(state.nodes, state.links))
        for number, found in algorithms.items():
            definition = topology.routing.flex_algos[number]
            graph = directed(topology, definition, state)
            for target in sorted(graph):
                away, hops = expected_hops(topology, graph, target)
                tree = found.igp.towards_node(network.node_index[target], outage)
                other = proof.of_algorithm(definition)
                for name in sorted(graph):
                    index = network.node_index[name]
                    own = {(network.links[arc >> 1], network.nodes[network.head[arc]]) for arc in tree.next_arcs(index)}
                    wanted = hops.get(name, set())
                    compared += 1
                    is_same = own == wanted and set(other.next_hops(name, frozenset({target}))) == wanted
                    is_same = is_same and (tree.distance(index) < 1 << 62) == (name in away)
                    if name in away and name != target:
                        is_same = is_same and tree.distance(index) == away[name]
                    if not is_same:
                        yield name, target, state, definition
    assert compared or not topology.links


@pytest.mark.parametrize("seed", range(8 * TIMES))
def test_compiler_and_prover_find_the_paths_that_networkx_finds(seed):
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    assert [found for _ in range(ROUNDS) for found in mismatches(source)] == []
