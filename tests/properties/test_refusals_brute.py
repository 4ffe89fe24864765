"""Certificates against exhaustive search over small random networks with SR policies: what is certified impossible is impossible."""

import json
import random
from functools import cache
from itertools import product

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc import native
from intentc.pipeline import explain, lower, render
from intentc.place.certificates import brief, certify, scarcity, whole

SEEDS = 60
MTU_BITS = 1500 * 8
CLAIMS = {"E0501", "E0502", "E0503", "E0504", "E0505", "E0506", "E0507", "E0520", "E0521", "E0522", "E0523", "E0524"}
CLAIMS |= {"E0525", "E0526"}
STAGES = tuple(stage for stage in stages_with_all_targets() if stage not in {explain, lower, render})


class Net:
    """A random network: links by id as (a, b, Mbps, ms, is drained)."""

    def __init__(self, source):
        self.nodes = [f"n{index}" for index in range(source.randint(4, 5))]
        self.links = {}
        pairs = list(zip(self.nodes, self.nodes[1:], strict=False))
        pairs += [tuple(source.sample(self.nodes, 2)) for _ in range(source.randint(1, 4))]
        for a, b in pairs:
            is_drained = source.random() < 0.1
            self.links[f"l{len(self.links)}"] = (
                a,
                b,
                source.choice([50, 50, 100]),
                source.choice([1, 2, 5]),
                is_drained,
            )

    @property
    def text(self):
        lines = ["name: small", "routing: {igp: isis}", "defaults: {platform: sr-bench}", "nodes:"]
        for index, name in enumerate(self.nodes):
            routing = f"segment_routing: {{index: {index + 1}, srgb: [16000, 23999], max_sid_depth: 10}}"
            lines.append(
                f"  {name}: {{release: '1.0', loopback: 10.255.0.{index}/32, attached: [10.{index}.0.0/24], {routing}}}"
            )
        lines.append("links:")
        for name, (a, b, mbps, ms, is_drained) in self.links.items():
            state = ", state: drained" if is_drained else ""
            lines.append(f"  - {{id: {name}, a: {a}, b: {b}, capacity: {mbps}Mbps, latency: {ms}ms, mtu: 1500{state}}}")
        return "\n".join(lines) + "\n"


class Ask:
    """A random demand, one way."""

    def __init__(self, source, net, name):
        self.name = name
        self.start, self.stop, *others = source.sample(net.nodes, len(net.nodes))
        if source.random() < 0.8:  # demands that are in each other's way
            self.start, self.stop, *others = net.nodes
        self.avoid = others[0] if source.random() < 0.3 else None
        self.via = others[-1] if source.random() < 0.2 and others[-1] != self.avoid else None
        self.bound_ms = source.choice([None, None, None, 3, 6])
        self.mbps = source.choice([0, 0, 20, 40, 40, 60])
        self.is_protected = source.random() < 0.5

    @property
    def text(self):
        parts = [f"from {self.start} to {self.stop} unidirectional match tcp/{self.name[1:]}"]
        parts += [f"avoid node {self.avoid}"] if self.avoid else []
        parts += [f"via node {self.via}"] if self.via else []
        parts += [f"latency <= {self.bound_ms}ms"] if self.bound_ms else []
        parts += [f"bandwidth {self.mbps}Mbps"] if self.mbps else []
        parts += ["failover within 9s { survive any 1 link }"] if self.is_protected else []
        return f"intent {self.name} {{ {' '.join(parts)} }}"

    def paths(self, net, state, queueing=0):
        """Yield the arcs of every path that keeps what is asked in a state, capacity of links alone included."""
        yield from self._walks((net, state, queueing), self.start, (), 0, has_passed=self.via in (None, self.start))

    def _walks(self, ground, here, arcs, ns, *, has_passed):
        net, state, queueing = ground
        if here == self.stop and has_passed:  # else labels take packets through their own destination
            yield arcs
            return
        for name, (a, b, mbps, ms, is_drained) in net.links.items():
            if here not in (a, b) or is_drained or state == f"link:{name}" or self.avoid in (a, b) or mbps < self.mbps:
                continue
            far = b if here == a else a
            more = ms * 1_000_000 + ((1 + queueing) * MTU_BITS * 1000 // mbps if self.mbps else 0)
            arc = (name, here)
            if arc in arcs or (self.bound_ms and ns + more > self.bound_ms * 1_000_000):
                continue
            yield from self._walks(ground, far, (*arcs, arc), ns + more, has_passed=has_passed or far == self.via)


def fits(net, asks, state):
    """Return whether each of some demands has a path such that all links hold them."""
    for chosen in product(*(list(ask.paths(net, state)) for ask in asks)):
        load = {}
        for ask, arcs in zip(asks, chosen, strict=True):
            for arc in arcs:
                load[arc] = load.get(arc, 0) + ask.mbps
        if all(mbps <= net.links[name][2] for (name, _), mbps in load.items()):
            return True
    return False


@cache
def world(seed):
    """Return a random network, its demands by name, and the manifest of their compile with the prover's codes."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = Net(source)
    asks = {f"i{index}": Ask(source, net, f"i{index}") for index in range(1, source.randint(3, 5))}
    built = build("\n".join(ask.text for ask in asks.values()), net.text, STAGES)
    return net, asks, json.loads(built.text), built.codes() - {"E0578"}  # no configuration was asked for


def refusals(whole):
    return [(intent["name"], item) for intent in whole["intents"] for item in intent["refused"] if item["certificate"]]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_prover_accepts_every_certificate(seed):
    assert world(seed)[3] == set()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_path_is_left_where_a_cut_or_a_potential_says_so(seed):
    net, asks, whole, _ = world(seed)
    wrong = [
        (name, item["finding"], item["state"])
        for name, item in refusals(whole)
        if item["certificate"]["kind"] in {"cut", "potential"}
        and item["certificate"]["given"] == "nothing"
        and list(asks[name].paths(net, item["state"], item["certificate"].get("queueing", 0)))
    ]
    assert wrong == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_choice_of_paths_fits_where_prices_say_so(seed):
    net, asks, whole, _ = world(seed)
    placed = [asks[intent["name"]] for intent in whole["intents"] if intent["status"] == "placed"]
    wrong = [
        (name, item["state"])
        for name, item in refusals(whole)
        if item["certificate"]["kind"] == "prices"
        and fits(
            net, [asks[name], *(a for a in placed if a.mbps and (a.is_protected or not item["state"]))], item["state"]
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_without_capacity_every_refusal_is_proved_and_nothing_else_is_refused(seed):
    net, asks, whole, _ = world(seed)
    states = [None, *(f"link:{name}" for name in net.links)]
    for intent in whole["intents"]:
        ask = asks[intent["name"]]
        if ask.mbps:
            continue
        promised = states if ask.is_protected else [None]
        is_possible = all(any(True for _ in ask.paths(net, state)) for state in promised)
        codes = {
            item["code"] for item in whole["findings"] if item["intent"] == ask.name and item["severity"] == "error"
        }
        if ask.via and codes == {"E0509"}:  # a way through the destination to a waypoint behind it is not placed
            continue
        assert (intent["status"] == "placed", codes <= CLAIMS) == (is_possible, True), (ask.text, codes)


def test_the_random_programs_are_worth_it():
    kinds = {item["certificate"]["kind"] for seed in range(SEEDS) for _, item in refusals(world(seed)[2])}
    assert {"cut", "potential", "prices"} <= kinds


def built(seed):
    """A program compiled anew."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = Net(source)
    asks = [Ask(source, net, f"i{index}") for index in range(1, source.randint(5, 9))]
    return build("\n".join(ask.text for ask in asks), net.text, STAGES)


def compiled(seed):
    """The refusals of a program compiled anew."""
    return refusals(json.loads(built(seed).text))


@pytest.mark.parametrize("most", [0, 2, 200])
@pytest.mark.parametrize("seed", range(12))
def test_a_state_in_brief_tells_what_all_cuts_around_nodes_tell(seed, most, monkeypatch):
    monkeypatch.setattr(scarcity, "MOST_VISITS", 0)
    monkeypatch.setattr(brief, "MOST_LOOKED_AT", most)
    monkeypatch.setattr(whole, "MOST_LOOKED_AT", most)
    found = compiled(seed)
    monkeypatch.setattr(brief.Brief, "is_late", lambda *_: False)
    assert found == compiled(seed)


def test_states_in_brief_are_looked_at_within_an_effort_and_what_was_not_is_not_counted(monkeypatch):
    """Where nothing may be added up no state in brief proves anything: less is proved, nothing else, and what is left says so."""
    monkeypatch.setattr(scarcity, "MOST_VISITS", 0)
    found = {seed: proofs(seed) for seed in range(12)}
    monkeypatch.setattr(scarcity, "MOST_TOLD", 0)
    fewer = {seed: proofs(seed) for seed in range(12)}
    assert all(fewer[seed] <= found[seed] for seed in found)
    assert sum(map(len, fewer.values())) < sum(map(len, found.values()))


def proofs(seed):
    """The demands of a program with the prices that prove their refusals; the prover finds nothing wrong with any of them."""
    program = built(seed)
    assert not program.prove().findings
    told = refusals(json.loads(program.text))
    return {json.dumps(item, sort_keys=True) for _, item in told if item["certificate"]["kind"] == "prices"}


@pytest.mark.parametrize("seed", range(12))
def test_certificates_are_the_same_without_kernels(seed, monkeypatch):
    found = compiled(seed)
    monkeypatch.setenv(native.SWITCH, "0")
    assert compiled(seed) == found


def test_what_is_closed_is_told_at_once_as_link_by_link(monkeypatch):
    made = []

    class Watched(certify.Ground):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            each = bytes(self.reason(arc) is None for arc in range(len(self.network.head)))
            made.append((self.row(), each))

    monkeypatch.setattr(certify, "Ground", Watched)
    for seed in range(12):
        compiled(seed)
    assert [at_once for at_once, _ in made] == [each for _, each in made]
    assert any(not all(each) for _, each in made)
