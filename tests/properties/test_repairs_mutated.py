"""Mutations of what a manifest says of local repair (TI-LFA): the prover judges them as an oracle of the test's own does.

The programs are those of `test_repair_agreement`. What has to repair stands in intentc/place/README.md ("Local repair"): exactly the
ports over which packets would be lost, around the link where its far end is still on the way, else around either. The oracle
derives it with the tests' own idea of forwarding; detection is 150 ms on all links.
"""

import json
import random
import re
from functools import cache

import pytest
from support_forwarding import Plain
from test_repair_agreement import breaking, outcome, program, repaired

SEEDS = (8, 23, 34, 66, 136, 138, 148)
EACH = 12
DETECT_MS = 150
PROTECTS = ("link", "node", "either")


def within_ms(seed, name):
    """Return what an intent of a program allows."""
    text = program(random.Random(seed))  # noqa: S311  (seeded programs, no secret)
    line = next(line for line in text.splitlines() if line.startswith(f"intent {name} "))
    number, unit = re.search(r"within (\d+)(ms|s)", line).groups()
    return int(number) * (1000 if unit == "s" else 1)


class Judge:
    """What has to be told of one demand that is repaired locally."""

    def __init__(self, seed, topology, item):
        self.topology, self.item = topology, item
        self.stop = frozenset({item.chosen.destination.node})
        self.within = within_ms(seed, item.demand.intent)
        self.needed = {(*port, kind) for port, kind in self._needed().items()}

    def _needed(self):
        old, kinds = Plain(self.topology), {}
        for state in breaking(self.item):
            down = {*state.links, *(link.id for node in state.nodes for link in self.topology.links_of[node])}
            for node, link, far in self._met(old):
                if link in down and node not in state.nodes:
                    kinds.setdefault((node, link), set()).add("node" if state.nodes else self._kind(node, link, far))
        first = {
            port: next(kind for kind in ("link", "node", "either") if kind in found) for port, found in kinds.items()
        }
        assert all(not found >= {"link", "node"} for found in kinds.values())  # then nothing is promised
        return first

    def _met(self, plain):
        """Return (node, link, next node) of every hop that packets take normally."""
        found, nodes = [], [self.item.chosen.source.node]
        for node in nodes:  # it grows while it is read
            for link, far in plain.next_hops(node, self.stop) if node not in self.stop else ():
                found.append((node, link, far))
                nodes += [far] if far not in nodes else []
        return found

    def _kind(self, node, link, far):
        """Return `link` where the way around it comes to the node behind it, and another one would not."""
        without = Plain(self.topology, frozenset({far}), frozenset())
        if far in self.stop or not without.next_hops(node, self.stop):
            return "either"
        plain, nodes = Plain(self.topology, frozenset(), frozenset({link})), [node]
        for at in nodes:
            ahead = [hop for _, hop in plain.next_hops(at, self.stop)] if at not in self.stop else []
            nodes += [hop for hop in ahead if hop not in nodes]
        return "link" if far in nodes else "either"

    def is_true(self, demand):
        told = demand["protection"]
        ports = [(item["node"], item["link"], item["protects"]) for item in demand["repairs"]]
        is_known = not ports or (len(set(ports)) == len(ports) and set(ports) == self.needed)
        is_right = (told["detector"], told["detect_ms"]) == ("bfd", DETECT_MS) and told["repair_ms"] >= 0
        return is_known and is_right and told["detect_ms"] + told["repair_ms"] <= self.within


@cache
def judges(seed):
    built, demands, _ = outcome(seed)
    realised = built.run.realised
    topology = realised.model.topology
    if not repaired(topology):
        return {}
    items = {item.id: item for item in realised.demands.values()}
    return {demand["id"]: Judge(seed, topology, items[demand["id"]]) for demand in demands if demand["repairs"]}


def mutate(source, demand, topology):
    """Change what is said of repair."""
    ports, told = demand["repairs"], demand["protection"]
    way = source.choice(["drop", "add", "kind", "end", "link", "time", "detect", "none"])
    port = source.choice(ports)
    link = topology.links[source.choice(sorted(topology.links))]
    match way:
        case "drop":
            ports.remove(port)
        case "add":
            ports.append(
                {"node": source.choice([link.a.node, link.b.node]), "link": link.id, "protects": port["protects"]}
            )
            ports.sort(key=lambda item: (item["node"], item["link"], item["protects"]))
        case "kind":
            port["protects"] = source.choice(PROTECTS)
        case "end":
            port["node"] = topology.links[port["link"]].other(port["node"])
        case "link":
            port["link"] = link.id
        case "time":
            told["repair_ms"] = source.choice([0, 9, 11, 40, 41, 50, 900])
        case "detect":
            told["detect_ms"] += source.choice([-1, 0, 1, 30])
        case _:
            ports.clear()


@cache
def verdicts(seed, count):
    """Return (whether the oracle finds it true, what the prover finds) of mutations."""
    built = outcome(seed)[0]
    topology, found = built.run.realised.model.topology, []
    source = random.Random(f"repairs {seed}")  # noqa: S311
    for _ in range(count if judges(seed) else 0):
        whole = json.loads(built.text)
        known = [demand for entry in whole["intents"] for demand in entry["demands"] if demand["id"] in judges(seed)]
        demand = source.choice(known)
        mutate(source, demand, topology)
        said = [f"{item.code} {item.message}" for item in built.prove(json.dumps(whole)).findings]
        found.append((judges(seed)[demand["id"]].is_true(demand), said, (demand["id"], demand["repairs"])))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_repairs_are_judged_alike(seed):
    assert judges(seed)
    assert [(is_true, said[:1], what) for is_true, said, what in verdicts(seed, EACH) if is_true is bool(said)] == []


def test_both_kinds_of_verdict_occur():
    found = [is_true for seed in SEEDS for is_true, *_ in verdicts(seed, EACH)]
    assert 5 < sum(found) < len(found) - 5
