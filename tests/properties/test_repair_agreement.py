"""Over random networks whose devices repair locally: what the compiler counts on, the prover derives again, and only that."""

import json
import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import pytest
from support_forwarding import Plain
from support_targets import stages_with_all_targets
from support_verify import build

SEEDS = 60  # what CI takes; thousands were run by hand
_SURVIVE = ("link", "node", "link except access", "node except access", "srlg except access")
_CLAUSES = ("", "priority high", "latency <= 40ms", "bandwidth 2Mbps per pair", "avoid node c2", "via node c1")


def network(source):
    """Three sites around a meshed core; most routers do segment routing and repair locally, some push few labels."""
    core = [f"c{number}" for number in range(source.randrange(3, 6))]
    names = [*core, "e0", "e1", "e2"]
    lines = [
        "name: net",
        f"routing: {{igp: {source.choice(('isis', 'ospf'))}, bfd: {{interval: 50ms, multiplier: 3}}}}",
    ]
    lines += ["regions: {eu: []}", "sites: {s0: {region: eu}, s1: {region: eu}, s2: {region: eu}}", "nodes:"]
    for index, name in enumerate(names):
        depth = source.choice(("", ", max_sid_depth: 1", ", max_sid_depth: 3", ", max_sid_depth: 6"))
        label = (
            f"segment_routing: {{index: {index + 1}, srgb: [16000, 23999]{depth}}}, " if source.random() < 0.95 else ""
        )
        kind = "sr-bench, release: '1.0'" if source.random() < 0.95 else "frr, release: '8.4'"
        where = f"site: s{name[1]}, attached: [10.{index}.0.0/24]" if name[0] == "e" else "region: eu"
        state = source.choice(("",) * 18 + (", transit: false", ", state: drained"))
        lines.append(f"  {name}: {{platform: {kind}, {label}loopback: 10.255.0.{index + 1}/32, {where}{state}}}")
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    chosen = [pair for pair in pairs if source.random() < (0.7 if pair[1][0] == "c" else 0.5)]
    chosen += source.sample(chosen, source.randrange(2))
    lines.append("links:")
    for number, (one, other) in enumerate(chosen):
        risk = f", srlg: [duct{source.randrange(4)}]" if source.random() < 0.2 else ""
        metric = source.choice((1, 2, 4, 4, 4, 8))
        back = source.choice((metric, metric, metric, source.choice((1, 3, 9))))
        lines.append(
            f"  - {{id: l{number}, a: {one}, b: {other}, capacity: 100Mbps, latency: {source.randrange(1, 6)}ms,"
            f" igp_metric: {{ab: {metric}, ba: {back}}}{risk}}}"
        )
    return "\n".join(lines) + "\n"


def program(source):
    """Intents that the IGP alone would bring back too late: detection 150 ms, convergence 50 ms, local repair 10 ms."""
    lines = []
    for number in range(source.randrange(1, 4)):
        ends = source.sample(("s0", "s1", "s2"), 2)
        within = source.choice(("160ms", "190ms", "190ms", "1s"))
        states = " ".join(f"survive any 1 {kind}" for kind in source.sample(_SURVIVE, source.randrange(1, 3)))
        clause = source.choice(_CLAUSES) if source.random() < 0.3 else ""
        lines.append(
            f"intent i{number} {{ from {ends[0]} to {ends[1]} match udp/{5000 + number} {clause} unidirectional"
            f" failover within {within} {{ {states} }} }}"
        )
    return "\n".join(lines)


@cache
def outcome(seed):
    """Return a random program as compiled, the manifest's demands, and what the prover finds wrong."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    built = build(program(source), network(source), stages_with_all_targets())
    demands = [demand for intent in json.loads(built.text)["intents"] for demand in intent["demands"]]
    return built, demands, [f"{item.code} {item.message}" for item in built.prove().findings]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree(seed):
    assert outcome(seed)[2] == []


def repaired(topology):
    """Whether the tests' own idea of forwarding covers a network: IS-IS, and nothing drained."""
    return topology.routing.igp == "isis" and all(node.state == "up" for node in topology.nodes.values())


def breaking(item):
    """The promised states that break the primary paths of a demand."""
    used = {name for path in item.primary for name in (*path.nodes, *path.links)}
    states = [state for state in item.demand.failover.states if state.id not in item.unprotected]
    return [state for state in states if used & (state.nodes | state.links)]


@dataclass(frozen=True)
class Flight:
    """Packets to `stop` while only some routers have converged from `old` to `new`; `ports` repair.

    Before it has, a router sends packets over what failed only if it repairs there: then they go the way of afterwards
    until a router is reached whose way of before is whole.
    """

    old: Plain
    new: Plain
    ports: set
    stop: str

    def is_up(self, name):
        link = self.new.topology.links[name]
        return name not in self.new.down_links and not {link.a.node, link.b.node} & self.new.down_nodes

    def ahead(self, plain, node):
        return plain.next_hops(node, frozenset({self.stop}))

    def is_whole(self, node):
        """Whether nothing that failed lies on any equal way of before."""
        ways = [node]
        for at in ways:  # it grows while it is read
            hops = self.ahead(self.old, at)
            if not all(self.is_up(link) for link, _ in hops):
                return False
            ways += [far for _, far in hops if far not in ways]
        return True

    def around(self, node):
        """Where packets that are repaired at a node go on as before."""
        while not self.is_whole(node):
            node = self.ahead(self.new, node)[0][1]
        return node

    def arrives(self, node, converged, seen=frozenset()):
        """Whether packets arrive, whatever equal way they take."""
        if node == self.stop or node in seen:
            return node == self.stop
        hops = self.ahead(self.new if node in converged else self.old, node)
        if not hops or any(not self.is_up(link) and (node, link) not in self.ports for link, _ in hops):
            return False
        behind = [far if self.is_up(link) else self.around(node) for link, far in hops]
        return all(self.arrives(far, converged, seen | {node}) for far in behind)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_repaired_arrives_in_whatever_order_routers_converge(seed):
    realised = outcome(seed)[0].run.realised
    topology = realised.model.topology
    for item in realised.demands.values() if repaired(topology) else ():
        repairs = item.protection.repairs if item.protection is not None else ()
        ports = {(repair.node, repair.link) for repair in repairs}
        for state in breaking(item) if repairs else ():
            old, new = Plain(topology), Plain(topology, state.nodes, state.links)
            flight = Flight(old, new, ports, item.chosen.destination.node)
            names = sorted(topology.nodes.keys() - state.nodes)
            for count in range(len(names) + 1):
                for converged in combinations(names, count):
                    assert flight.arrives(item.chosen.source.node, set(converged)), (item.id, state.id, converged)


def test_the_random_programs_are_worth_proving():
    kinds = Counter(
        repair["protects"] for seed in range(SEEDS) for demand in outcome(seed)[1] for repair in demand["repairs"]
    )
    late = Counter(item.code for seed in range(SEEDS) for item in outcome(seed)[0].run.findings.items)
    assert kinds["either"] > 10
    assert kinds["node"] > 3
    assert late["E0620"] > 10
