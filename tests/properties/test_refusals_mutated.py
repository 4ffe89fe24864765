"""Mutations of certificates, judged by the prover and by definitions of the test's own: cuts, times to the end, prices of links.

The programs are those of `test_refusals_brute`: one way, over SR policies, with exclusions, waypoints, bounds and rates. What a
certificate has to be stands in intentc/manifest/README.md; nothing of the product is used to judge one.
"""

import json
import random
from functools import cache
from heapq import heappop, heappush

import pytest
from support_verify import build
from test_refusals_brute import MTU_BITS, STAGES, Ask, Net

SEEDS = range(24)
EACH = 12
CLAIMS = {
    "E0501",
    "E0502",
    "E0503",
    "E0504",
    "E0505",
    "E0506",
    "E0507",
    "E0521",
    "E0522",
    "E0523",
    "E0524",
    "E0525",
    "E0526",
}
QUEUEING = {
    0,
    2,
    16,
}  # packets ahead that a certificate may count with: none, the least, what is assumed for the default class
FAR = float("inf")


class Judge:
    """What the definitions say of certificates in one program."""

    def __init__(self, net, asks, whole):
        self.net, self.asks = net, asks
        self.placed = [entry["name"] for entry in whole["intents"] if entry["status"] == "placed"]

    def flaw(self, ask, item):
        """Return why a certificate does not prove its finding, None where it does."""
        told = item["certificate"]
        if told["kind"] == "prices":
            return self._flaw_of_prices(ask, item["state"], told)
        if told["given"] != "nothing" or not 0 <= told["waypoints"] <= (ask.via is not None):
            return "rests on others, or on waypoints that are not asked"
        judge = self._flaw_of_cut if told["kind"] == "cut" else self._flaw_of_times
        return judge(ask, item["state"], told)

    def arcs(self):
        for name, (a, b, mbps, ms, is_drained) in self.net.links.items():
            for near, far in ((a, b), (b, a)):
                yield name, near, far, mbps, ms, is_drained

    def reasons(self, ask, state, arc):
        name, near, far, mbps, _, is_drained = arc
        found = {"failed"} if state == f"link:{name}" else set()
        found |= {"drained"} if is_drained else set()
        found |= {"excluded", "fenced"} if ask.avoid in (near, far) else set()
        return found | ({"small"} if ask.mbps > mbps else set())

    @staticmethod
    def passed(ask, node, before, stages):
        return min(stages, before + (before == 0 and node == ask.via))

    def _flaw_of_cut(self, ask, state, told):
        stages = told["waypoints"]
        inside = {(x["node"], x["passed"]) for x in told["inside"]}
        first, last = (ask.start, self.passed(ask, ask.start, 0, stages)), (ask.stop, stages)
        within, beyond = (first, last) if told["side"] == "source" else (last, first)
        if within not in inside or beyond in inside:
            return "does not part the ends"
        closed = {(x["link"], x["node"]): x["reason"] for x in told["closed"]}
        out = set()
        for arc in self.arcs():
            name, near, far = arc[:3]
            for before in range(stages + 1):
                here, there = (near, before), (far, self.passed(ask, far, before, stages))
                here, there = (here, there) if told["side"] == "source" else (there, here)
                if here in inside and there not in inside:
                    out.add((name, near))
                    if closed.get((name, near)) not in self.reasons(ask, state, arc):
                        return f"{name} from {near} leads out"
        return None if closed.keys() <= out else "a link that does not lead out"

    def _flaw_of_times(self, ask, state, told):
        bound = (ask.bound_ms or 0) * 1000
        if told["bound_us"] != bound or told["queueing"] not in QUEUEING or len(told["parts"]) != 1:
            return "another bound, or another queue"
        (part,) = told["parts"]
        times = {(x["node"], x["passed"]): x["ns"] for x in part["places"]}
        beyond, stages = bound * 1000 + 1, told["waypoints"]
        if part["demand"] != f"{ask.name}/{ask.start}>{ask.stop}" or len(times) != len(part["places"]):
            return "another demand, or a place twice"
        if times.get((ask.stop, stages)) != 0:
            return "the end is not at 0"
        for arc in self.arcs():
            _, near, far, mbps, ms, _ = arc
            if self.reasons(ask, state, arc):
                continue
            length = ms * 1_000_000 + ((1 + told["queueing"]) * MTU_BITS * 1000 // mbps if ask.mbps else 0)
            for before in range(stages + 1):
                ahead = times.get((far, self.passed(ask, far, before, stages)), beyond)
                if times.get((near, before), beyond) > length + ahead:
                    return "a hop that is shorter"
        least = times.get((ask.start, self.passed(ask, ask.start, 0, stages)), beyond)
        return None if least >= beyond else "a way within the bound"

    def _flaw_of_prices(self, ask, state, told):
        prices = {x["link"]: (x["ab"], x["ba"]) for x in told["prices"]}
        if len(prices) != len(told["prices"]) or not prices.keys() <= self.net.links.keys():
            return "a link twice, or one that there is not"
        if any(min(pair) < 0 for pair in prices.values()) or told["class"] not in (None, "default"):
            return "a price below zero, or another class"
        names = [ask.name, *(name for name in self.placed if state is None or self.asks[name].is_protected)]
        payers = [self.asks[name] for name in names if self.asks[name].mbps]
        price = {arc: prices.get(arc[0], (0, 0))[self.net.links[arc[0]][0] != arc[1]] for arc in self.arcs()}
        paid = sum(payer.mbps * self._fare(payer, state, price) for payer in payers)
        there = [arc for arc in self.arcs() if not arc[5] and state != f"link:{arc[0]}"]
        worth = sum(price[arc] * self._room(arc, payers, state, is_whole=told["whole"]) for arc in there)
        return None if paid > worth else "the room is worth more"

    def _fare(self, payer, state, price):
        """Return the least price of a way, 0 where there is none."""
        found, heap = {}, [(0, payer.start)]
        while heap:
            cost, node = heappop(heap)
            if node not in found:
                found[node] = cost
                for arc in self.arcs():
                    if arc[1] == node and not self.reasons(payer, state, arc):
                        heappush(heap, (cost + price[arc], arc[2]))
        return found.get(payer.stop, 0)

    def _room(self, arc, payers, state, *, is_whole):
        mbps = arc[3]
        if not is_whole:
            return mbps
        sums = {0}
        for payer in payers:
            is_turned = not payer.via and (arc[2] == payer.start or arc[1] == payer.stop)
            if not self.reasons(payer, state, arc) and not is_turned:
                sums |= {held + payer.mbps for held in sums}
        return max(held for held in sums if held <= mbps)


# -- mutations -----------------------------------------------------------------------------------------------------------


def leaves(value, way=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, (*way, key))
    if not isinstance(value, dict | list) and way[-1:] != ("kind",):
        yield way


def at(value, way):
    for key in way:
        value = value[key]
    return value


WORDS = {
    "reason": ["failed", "drained", "excluded", "fenced", "unknown", "transit", "small", "full"],
    "side": ["source", "destination"],
    "given": ["nothing", "placed"],
    "class": [None, "default", "high"],
}


def mutate(source, told, net):
    """Change one value of a certificate, or drop or double an item of a list."""
    lists = [value for value in told.values() if isinstance(value, list) and value]
    lists += [part["places"] for part in told.get("parts", ()) if part["places"]]
    if source.random() < 0.35:
        items = source.choice(lists)
        if source.random() < 0.6:
            del items[source.randrange(len(items))]
        else:
            items.append(json.loads(json.dumps(source.choice(items))))
        return
    way = source.choice(list(leaves(told)))
    old, holder = at(told, way), at(told, way[:-1])
    if way[-1] in WORDS and not (way[-1] == "given" and told["kind"] == "prices"):
        holder[way[-1]] = source.choice(WORDS[way[-1]])
    elif isinstance(old, bool):
        holder[way[-1]] = not old
    elif isinstance(old, int):
        holder[way[-1]] = source.choice([old + 1, max(0, old - 1), old * 2, 0, old + source.randint(1, 3_000_000)])
    elif way[-1] == "node":
        holder[way[-1]] = source.choice(net.nodes)
    elif way[-1] == "link":
        holder[way[-1]] = source.choice(sorted(net.links))


@cache
def world(seed):
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = Net(source)
    asks = {f"i{index}": Ask(source, net, f"i{index}") for index in range(1, source.randint(3, 5))}
    return net, asks, build("\n".join(ask.text for ask in asks.values()), net.text, STAGES)


def cases(whole):
    """Yield the refusals that are judged here, with their intents."""
    for entry in whole["intents"]:
        for item in entry["refused"]:
            told = item["certificate"] or {}
            if item["finding"] in CLAIMS and told.get("kind") in {"cut", "potential", "prices"}:
                yield entry["name"], item


def verdicts(seed, count):
    """Yield (why the test finds a mutated certificate wrong, what the prover finds) of some mutations."""
    net, asks, built = world(seed)
    source = random.Random(f"mutations of {seed}")  # noqa: S311
    for _ in range(count if list(cases(json.loads(built.text))) else 0):
        whole = json.loads(built.text)
        judge = Judge(net, asks, whole)
        name, item = source.choice(list(cases(whole)))
        mutate(source, item["certificate"], net)
        found = built.prove(json.dumps(whole)).findings
        yield judge.flaw(asks[name], item), [x.message for x in found if x.code == "E0594"], item


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_certificates_are_judged_alike(seed):
    apart = [(why, found[:1], item) for why, found, item in verdicts(seed, EACH) if (why is None) == bool(found)]
    assert apart == []


def test_both_kinds_of_verdict_occur():
    found = [why for seed in range(8) for why, *_ in verdicts(seed, 6)]
    assert 5 < sum(why is None for why in found) < len(found) - 5
