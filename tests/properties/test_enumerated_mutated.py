"""Certificates from going through everything, mutated or held against other programs: the prover judges as an oracle does.

Hosts for requests (`packing`), paths for both directions (`walks`) and lists of paths (`lists`), on random programs. The oracle goes
through everything by brute force, from what stands in intentc/manifest/README.md; nothing of the product is used to judge.
"""

import json
import random
from functools import cache
from itertools import combinations, product

import networkx as nx
import pytest
from support_targets import stages_with_all_targets
from support_verify import build

STAGES = stages_with_all_targets()
EACH = {"packing": 12, "walks": 12, "lists": 6}
MTU_BITS = 1500 * 8
ASSUMED = 16  # packets ahead in the default class
PREFIXES = "10.30.0.0/24, 10.40.0.0/24"
SIZE = 4  # candidate paths of an SR policy


class Packing:
    """Requests of two sites to a service at two hosts; each with an address prefix of its own."""

    net = None

    def __init__(self, source):
        self.most = source.choice([60, 70, 90, 100, 120])
        self.is_per_host = source.random() < 0.6
        self.asks = {name: self._ask(source) for name in "vwxy"[: source.randint(2, 4)]}

    @staticmethod
    def _ask(source):
        return source.choice(["ber", "muc"]), source.choice([20, 40, 50, 60]), source.random() < 0.4

    def changed(self, source):
        other = Packing(source)
        other.asks = self.asks if source.random() < 0.5 else {name: self._ask(source) for name in self.asks}
        other.is_per_host = self.is_per_host
        return other

    @property
    def text(self):
        where = " per host" if self.is_per_host else ""
        lines = [f"service api {{ at fra1, ams1 prefix {PREFIXES} port tcp/1-999 capacity {self.most}Mbps{where} }}"]
        block = "failover within 60s { survive any 1 node except access }"
        for name, (site, mbps, is_protected) in self.asks.items():
            rest = f"bandwidth {mbps}Mbps per pair reverse 0bps match tcp/{ord(name)} {block if is_protected else ''}"
            lines.append(f"intent {name} {{ from site {site} to any of api {rest} }}")
        return "\n".join(lines)

    def flaw(self, name, item, placed):
        """Return why the requests are not proved to fit no host, None where they are."""
        told, state = item["certificate"], item["state"]
        meant = [
            self.asks[each]
            for each in {name, *placed}
            if state is None or (self.asks[each][2] and state != f"node:{self.asks[each][0]}1")
        ]
        up = [host for host in ("ams", "fra") if state != f"node:{host}1"]
        hosts = up if self.is_per_host else [""]
        rates = [mbps for _, mbps, _ in meant]
        figures = (told["service"], told["capacity_bps"], told["hosts"], told["asked_bps"])
        if figures != ("api", self.most * 10**6, hosts, sum(rates) * 10**6):
            return "other figures"
        fills = product(hosts, repeat=len(rates))
        is_possible = any(
            all(sum(r for r, at in zip(rates, chosen, strict=True) if at == host) <= self.most for host in hosts)
            for chosen in fills
        )
        return "they fit" if is_possible else None


class Walks:
    """One symmetric demand between two nodes, over links that differ by direction."""

    def __init__(self, source):
        self.nodes = "abcdef"[: source.randint(4, 6)]
        pairs = [*zip(self.nodes, self.nodes[1:], strict=False), (self.nodes[0], self.nodes[2])]
        pairs += [tuple(source.sample(self.nodes, 2)) for _ in range(source.randint(1, 3))]
        self.links = {
            f"l{at}": (a, b, [source.choice([10, 100]) for _ in range(2)], [source.randint(1, 4) for _ in range(2)])
            for at, (a, b) in enumerate(pairs)
        }
        self.mbps = source.choice([None, 5, 20])
        self.bound = source.choice([None, (4, ""), (7, ""), (9, " rtt"), (12, " rtt")]) if self.mbps else (4, "")

    def changed(self, source):
        other = Walks(source)
        other.nodes, other.links = self.nodes, self.links
        return other

    @property
    def text(self):
        clauses = f"bandwidth {self.mbps}Mbps " if self.mbps else ""
        clauses += f"latency <= {self.bound[0]}ms{self.bound[1]}" if self.bound else ""
        return f"intent y {{ from node a to node {self.nodes[-1]} symmetric {clauses} }}"

    @property
    def net(self):
        lines = ["name: narrow", "routing: {igp: isis}", "defaults: {platform: frr}", "nodes:"]
        for at, name in enumerate(self.nodes, 1):
            lines.append(f"  {name}: {{release: '8.4', loopback: 10.255.0.{at}/32, attached: [10.{at}.0.0/24]}}")
        lines.append("links:")
        for name, (a, b, (out, home), (slow, slower)) in self.links.items():
            rest = (
                f"capacity: {{ab: {out}Mbps, ba: {home}Mbps}}, latency: {{ab: {slow}ms, ba: {slower}ms}}, crosses: []"
            )
            lines.append(f"  - {{id: {name}, a: {a}, b: {b}, {rest}}}")
        return "\n".join(lines) + "\n"

    def flaw(self, _name, item, _placed):
        """Return why a path may do for both directions, None where none does."""
        told = item["certificate"]
        if told["queueing"] not in (0, ASSUMED) or item["state"] is not None:
            return "another queue"
        graph = nx.MultiGraph()
        for name, (a, b, rates, _) in self.links.items():
            if not self.mbps or min(rates) >= self.mbps:
                graph.add_edge(a, b, key=name)
        ends = self.nodes[0], self.nodes[-1]
        paths = list(nx.all_simple_edge_paths(graph, *ends)) if all(end in graph for end in ends) else []
        if len(paths) != told["paths"]:
            return "other paths"
        return "a path does" if any(self._does(path, told["queueing"]) for path in paths) else None

    def _does(self, path, queueing):
        times = [0, 0]
        for near, _, name in path:
            a, _, rates, slow = self.links[name]
            for way in (0, 1):
                side = way if near == a else 1 - way
                packets = (1 + queueing) * MTU_BITS * 1000 // rates[side] if self.mbps else 0
                times[way] += slow[side] * 10**6 + packets
        if self.bound is None:
            return True
        most = self.bound[0] * 10**6
        return sum(times) <= most if self.bound[1] else max(times) <= most


class Lists:
    """One demand over stretches of two lanes, of which the bound lets a path take few slow ones; the fence keeps lists from re-converging."""

    def __init__(self, source):
        self.count = source.choice([5, 5, 6])
        self.links = {
            f"{lane}{at}": (f"n{at}", f"n{at + 1}", cost)
            for at in range(self.count)
            for lane, cost in (("x", 1), ("y", source.choice([8, 9])))
        }
        self.bound = self.count + 8 + source.randint(0, 3)  # one slow lane: whichever fast one fails there is a path

    def changed(self, source):
        other = Lists(source)
        other.count, other.links = self.count, self.links
        other.bound = self.bound + source.choice([-3, 0, 1, 8])
        return other

    @property
    def text(self):
        rest = f"avoid link direct latency <= {self.bound}ms failover within 9s {{ survive any 1 link }}"
        return f"intent y {{ from node n0 to node n{self.count} unidirectional match tcp/1 {rest} }}"

    @property
    def net(self):
        lines = ["name: trap", "routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}"]
        lines += ["defaults: {platform: sr-bench}", "nodes:"]
        for at in range(self.count + 1):
            routing = f"segment_routing: {{index: {at + 1}, srgb: [16000, 23999], max_sid_depth: 40}}"
            rest = f"loopback: 10.255.0.{at + 1}/32, attached: [10.{at}.0.0/24], {routing}"
            lines.append(f"  n{at}: {{release: '1.0', {rest}}}")
        lines.append("links:")
        for name, (a, b, cost) in {**self.links, "direct": ("n0", f"n{self.count}", 1)}.items():
            rest = f"capacity: 1Gbps, latency: {cost}ms, igp_metric: {cost}, crosses: []"
            lines.append(f"  - {{id: {name}, a: {a}, b: {b}, {rest}}}")
        return "\n".join(lines) + "\n"

    def flaw(self, _name, item, _placed):
        """Return why a list of four paths may serve every state, None where none does."""
        told = item["certificate"]
        lanes = [[name for name in self.links if name[1:] == str(at)] for at in range(self.count)]
        able = [
            frozenset(chosen) for chosen in product(*lanes) if sum(self.links[name][2] for name in chosen) <= self.bound
        ]
        if (told["size"], told["paths"]) != (SIZE, len(able)):
            return "other figures"
        is_served = any(
            not frozenset.intersection(*chosen) for count in range(1, SIZE + 1) for chosen in combinations(able, count)
        )
        return "a list does" if is_served else None


MAKERS = {"packing": Packing, "walks": Walks, "lists": Lists}


def entry_of(whole, name):
    return next(entry for entry in whole["intents"] if entry["name"] == name)


def refused(whole, kind):
    """Return (intent, refusal) of the first certificate of a kind, None without one."""
    found = (
        (entry["name"], item)
        for entry in whole["intents"]
        for item in entry["refused"]
        if (item["certificate"] or {}).get("kind") == kind
    )
    return next(found, None)


def built(program):
    return build(program.text, program.net, STAGES) if program.net else build(program.text, stages=STAGES)


@cache
def world(kind, number):
    """Return the number-th random program with a certificate of the kind, as compiled."""
    source, left = random.Random(f"{kind} of the programs"), number  # noqa: S311  (seeded programs, no secret)
    while True:
        program = MAKERS[kind](source)
        found = built(program)
        if refused(json.loads(found.text), kind):
            if not left:
                return program, found
            left -= 1


def mutate(source, told):
    """Change one figure or host of a certificate."""
    key = source.choice([key for key in told if key not in ("kind", "given")])
    value = told[key]
    if isinstance(value, int):
        told[key] = source.choice([value + 1, max(0, value - 1), 2 * value, 0, ASSUMED])
    elif isinstance(value, list):
        told[key] = source.choice([value[1:], [*value, "fra"], value[::-1], ["ams", "fra"], [""]])
    else:
        told[key] = "nobody"


@cache
def verdicts(kind, number, count):
    """Return (why the oracle finds a certificate wrong, what the prover finds) of mutations, some in another program."""
    found = []
    program, hard = world(kind, number)
    source = random.Random(f"{kind} {number}")  # noqa: S311
    for _ in range(count):
        is_moved = source.random() < 0.5
        held = program.changed(source) if is_moved else program
        soft = built(held) if is_moved else hard
        whole, old = json.loads(soft.text), json.loads(hard.text)
        name, _ = refused(old, kind)
        whole["intents"] = [entry_of(old, name) if item["name"] == name else item for item in whole["intents"]]
        whole["findings"] = [item for item in whole["findings"] if item["intent"] != name]
        whole["findings"] += [item for item in old["findings"] if item["intent"] == name]
        item = next(x for x in entry_of(whole, name)["refused"] if (x["certificate"] or {}).get("kind") == kind)
        if not is_moved or source.random() < 0.3:
            mutate(source, item["certificate"])
        others = {entry["name"] for entry in whole["intents"] if entry["status"] == "placed"} - {name}
        said = [x.message for x in soft.prove(json.dumps(whole)).findings if x.code == "E0594"]
        found.append((held.flaw(name, item, others), said))
    return found


PROGRAMS = [("packing", 2), ("packing", 3), *(("walks", number) for number in range(3)), ("lists", 0)]


@pytest.mark.parametrize(("kind", "number"), PROGRAMS)
def test_mutated_certificates_are_judged_alike(kind, number):
    assert [(why, said[:1]) for why, said in verdicts(kind, number, EACH[kind]) if (why is None) == bool(said)] == []


@pytest.mark.parametrize("kind", MAKERS)
def test_both_kinds_of_verdict_occur(kind):
    found = [why for each, number in PROGRAMS if each == kind for why, _ in verdicts(kind, number, EACH[kind])]
    assert 1 <= sum(why is None for why in found) < len(found) - 3
