"""One intent on small random networks against exhaustive search, state by state: any N links, nodes or risk groups, N = 1 and 2.

Drawn are regions and pins, risk groups, capacities, parallel and drained links, latencies, capacities and metrics by direction, replicas, and
how devices can be told: by SR policies, or only to steer by policy (then what has a path may still be refused). What is placed has a path in every promised state, by the prover and by this search; what is
called impossible has none in the state that is named; what has none is refused; and where there is one in every state, nothing
but a search that gave up may say otherwise.
"""

import json
import random
from functools import cache
from itertools import chain, combinations

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.pipeline import explain, lower, render

SEEDS = 80
STAGES = tuple(stage for stage in stages_with_all_targets() if stage not in {explain, lower, render})
PROVED = {"E0501", "E0502", "E0503", "E0505", "E0506", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526"}
NOT_PROVED = {"E0508", "E0509", "E0527", "E0528", "E0529"}
CUT_OFF = "E0520"
MTU_BITS = 1500 * 8
PROMISES = {
    "any 1 link": (("link", 1),),
    "any 2 link": (("link", 2),),
    "any 1 node": (("node", 1),),
    "any 2 node": (("node", 2),),
    "any 1 srlg": (("srlg", 1),),
    "any 2 srlg": (("srlg", 2),),
    "any 1 link and any 1 node": (("link", 1), ("node", 1)),
    "any 1 srlg and any 1 node": (("srlg", 1), ("node", 1)),
}


class World:
    """A random network with one intent; a wire is (a, b, Mbps each way, ms each way, risk group, region crossed)."""

    def __init__(self, seed):
        source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
        self.nodes = [f"n{at}" for at in range(source.randint(4, 6))]
        self.region = {name: source.choice(["de", "de", "nl", "ch"]) for name in self.nodes}
        pairs = list(zip(self.nodes, self.nodes[1:] + self.nodes[:1], strict=True))
        pairs += [tuple(source.sample(self.nodes, 2)) for _ in range(source.randint(2, 8))]
        pairs += [source.choice(pairs)] if source.random() < 0.5 else []
        self.wires = {f"l{at}": self._wire(source, a, b) for at, (a, b) in enumerate(pairs)}
        ends = source.sample(self.nodes, 4)
        self.starts = tuple(ends[: random.Random(-1 - seed).choice([1, 1, 2])])  # noqa: S311  (the same)
        self.stops = tuple(ends[2 : 2 + source.choice([1, 1, 2])])
        self.region |= dict.fromkeys((*self.starts, *self.stops), "de")
        self.pin = source.choice([None, None, ("de", "nl")])
        self.bound_ms = source.choice([None, None, 8, 15])
        self.after_ms = source.choice([None, 20]) if self.bound_ms else None
        self.mbps = source.choice([0, 0, 20, 60])
        self.is_except_access = source.random() < 0.7
        self.promise = source.choice([None, *PROMISES])
        self.platform = source.choice(["sr-bench", "sr-bench", "frr"])
        metrics = [(10, 10), (10, 10), (10, 10), (5, 5), (30, 30), (10, 40)]
        self.metrics = {name: source.choice(metrics) for name in self.wires}
        self.drained = {name for name in self.wires if source.random() < 0.05}

    @staticmethod
    def _wire(source, a, b):
        rates = source.choice([(100, 100), (100, 100), (50, 50), (100, 10)])
        slow = source.choice([(1, 1), (2, 2), (5, 5), (1, 6)])
        risk = source.choice([None, None, "r1", "r2"])
        return a, b, rates, slow, risk, source.choice([None] * 7 + ["ch"])

    @property
    def topology(self):
        lines = [
            "name: small",
            "regions: {eu: [de, nl], ch: []}",
            "routing: {igp: isis}",
            f"defaults: {{platform: {self.platform}}}",
        ]
        lines += ["sites:", "  src: {region: de}", "  dst1: {region: de}", "  dst2: {region: de}", "nodes:"]
        for at, name in enumerate(self.nodes):
            site = "src" if name in self.starts else None
            site = f"dst{self.stops.index(name) + 1}" if name in self.stops else site
            held = {
                "src": ", attached: [10.1.0.0/24]",
                "dst1": ", attached: [10.2.0.0/24]",
                "dst2": ", attached: [10.2.0.0/24]",
            }
            place = f"site: {site}, region: {self.region[name]}" if site else f"region: {self.region[name]}"
            routing = f"release: '1.0', segment_routing: {{index: {at + 1}, srgb: [16000, 23999], max_sid_depth: 12}}"
            routing = routing if self.platform == "sr-bench" else "release: '8.4'"
            rest = f"loopback: 10.255.0.{at + 1}/32, {routing}{held.get(site, '')}"
            lines.append(f"  {name}: {{{place}, {rest}}}")
        lines.append("links:")
        for name, (a, b, rates, slow, risk, crossed) in self.wires.items():
            sides = (
                f"capacity: {{ab: {rates[0]}Mbps, ba: {rates[1]}Mbps}}, latency: {{ab: {slow[0]}ms, ba: {slow[1]}ms}}"
            )
            ab, ba = self.metrics[name]
            state = f"state: {'drained' if name in self.drained else 'up'}, igp_metric: {{ab: {ab}, ba: {ba}}}"
            rest = f"crosses: [{crossed or ''}], mtu: 1500, {state}{f', srlg: [{risk}]' if risk else ''}"
            lines.append(f"  - {{id: {name}, a: {a}, b: {b}, {sides}, {rest}}}")
        return "\n".join(lines) + "\n"

    @property
    def intent(self):
        hosts = ", ".join(f"dst{at + 1}" for at in range(len(self.stops)))
        parts = ["from site src to any of api unidirectional match tcp/443"]
        parts += [f"latency <= {self.bound_ms}ms"] if self.bound_ms else []
        parts += [f"bandwidth {self.mbps}Mbps"] if self.mbps else []
        parts += [f"pin region {', '.join(self.pin)}"] if self.pin else []
        if self.promise:
            access = " except access" if self.is_except_access else ""
            after = f"latency <= {self.after_ms}ms" if self.after_ms else ""
            parts += [f"failover within 9s {{ survive {self.promise}{access} {after} }}"]
        return f"service api {{ at {hosts} prefix 10.2.0.0/24 }}\nintent x {{ {'  '.join(parts)} }}"

    @property
    def states(self):
        """Return the promised states by id, each with the names of what is down."""
        kinds = {
            "link": {f"link:{name}": {name} for name in self.wires},
            "node": {f"node:{name}": {name} for name in self.nodes if (name,) != self.starts},
        }
        risks = {wire[4] for wire in self.wires.values()} - {None}
        groups = {f"srlg:{risk}": {name for name, wire in self.wires.items() if wire[4] == risk} for risk in risks}
        kinds["srlg"] = groups | kinds["link"]
        found = {"": set()}
        for kind, count in PROMISES.get(self.promise, ()):
            more = {}
            several = (combinations(sorted(kinds[kind]), fewer) for fewer in range(count + 1))
            for chosen in chain.from_iterable(several):
                for name, down in found.items():
                    whole = down.union(*(kinds[kind][each] for each in chosen))
                    more["+".join(sorted({*name.split("+"), *chosen} - {""}))] = whole
            found = more
        found = {name: down for name, down in found.items() if not set(self.starts) <= down}
        return {"": set()} | found

    def has_path(self, down, *, is_failed, queueing):
        """Return whether some path keeps all that is asked while `down` is; with so many packets ahead at each hop."""
        bounds = [self.bound_ms] if not is_failed else [self.after_ms or self.bound_ms]
        bounds += [self.after_ms] if self.promise and self.after_ms else []
        most = min((bound * 1_000_000 for bound in bounds if bound), default=None)
        pending = [((start,), 0) for start in self.starts if start not in down]
        while pending:
            nodes, took = pending.pop()
            if most is not None and took > most:
                continue
            if nodes[-1] in self.stops:
                return True
            for far, more in self._hops(nodes[-1], down, queueing):
                if far not in nodes:
                    pending.append(((*nodes, far), took + more))
        return False

    def _hops(self, here, down, queueing):
        if self.pin and self.region[here] not in self.pin:
            return
        for name, (a, b, rates, slow, _, crossed) in self.wires.items():
            if here not in (a, b) or name in down or name in self.drained:
                continue
            far, side = (b, 0) if here == a else (a, 1)
            is_outside = self.pin and (crossed or self.region[far] not in self.pin)
            if far in down or is_outside or rates[side] < self.mbps:
                continue
            packets = (1 + queueing) * MTU_BITS * 1000 // rates[side] if self.mbps else 0
            yield far, slow[side] * 1_000_000 + packets


@cache
def world(seed):
    given = World(seed)
    found = build(given.intent, given.topology, STAGES)
    return given, json.loads(found.text), found.codes() - {"E0578"}  # no configuration was asked for


def errors(whole):
    return [item for item in whole["findings"] if item["severity"] == "error"]


def check(seed):
    """Return what is wrong, None where all agree."""
    given, whole, proved = world(seed)
    (intent,), found = whole["intents"], errors(whole)
    if any(item["code"][:3] in {"E02", "E03"} for item in found):
        return None  # it does not come to a placement
    if proved:
        return f"the prover: {sorted(proved)}"
    possible = {name: given.has_path(down, is_failed=bool(name), queueing=0) for name, down in given.states.items()}
    if intent["status"] == "placed":
        missed = [name for name, is_there in possible.items() if not is_there and not is_access(given, name)]
        return f"placed, and yet no path in {missed}" if missed else None
    codes = {item["code"] for item in found}
    if not codes <= PROVED | NOT_PROVED | {CUT_OFF}:
        return f"other codes: {sorted(codes)}"
    for item in intent["refused"]:
        down, queueing = given.states.get(item["state"] or ""), (item["certificate"] or {}).get("queueing", 0)
        is_claimed = item["finding"] in PROVED
        if is_claimed and (down is None or given.has_path(down, is_failed=bool(item["state"]), queueing=queueing)):
            return f"{item['finding']} in {item['state']}, where there is a path"
    return None


def is_access(given, name):
    """Whether a state takes all links of an end that carry anything (with those of failed nodes), which `except access` leaves out."""
    down = given.states[name] | given.drained
    left = {wire: {a, b} for wire, (a, b, *_) in given.wires.items() if not down & {wire, a, b}}
    alone = {end for end in given.starts + given.stops if all(end not in ends for ends in left.values())}
    return given.is_except_access and (alone >= set(given.starts) or not alone.isdisjoint(given.stops))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_brute_force_agrees(seed):
    assert check(seed) is None


def test_the_random_programs_are_worth_it():
    found = [world(seed) for seed in range(SEEDS)]
    states = {whole["intents"][0]["status"] for _, whole, _ in found}
    assert {"placed", "infeasible"} <= states
    kinds = {given.promise for given, whole, _ in found if whole["intents"][0]["status"] == "placed"}
    assert {"any 2 link", "any 1 srlg", "any 1 node"} <= kinds
    assert any(len(given.stops) > 1 and given.promise for given, *_ in found)
    assert any(given.pin and given.promise for given, *_ in found)
