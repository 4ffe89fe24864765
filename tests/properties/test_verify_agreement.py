"""Over random networks and programs: everything that the compiler places, the prover derives again, to the last figure.

Both sides were written from the language's and the contract's pages without sharing code, so agreement here is evidence
for both; a disagreement is a bug of one of them.
"""

import json
import random
from functools import cache

import pytest
from support_chance import TIMES
from support_verify import build

SEEDS = 40 * TIMES  # thousands were run by hand
FEWER = 20 * TIMES  # of sites with two routers, hundreds

_CLAUSES = (
    "priority high",
    "priority critical",
    "priority background",
    "latency <= 30ms",
    "latency <= 12ms",
    "latency <= 50ms rtt",
    "bandwidth 5Mbps per pair",
    "bandwidth 20Mbps per source",
    "bandwidth 10Mbps total reverse 2Mbps",
    "pin region eu",
    "pin region eu, ch",
    "avoid node c2",
    "avoid srlg duct-1",
    "avoid provider beta",
    "avoid media lte",
    "via node c1",
    "encrypt",
    "unidirectional",
)
_FAILOVERS = (
    "",
    "failover within 5s",
    "failover within 5s { survive any 1 link except access }",
    "failover within 5s { survive any 1 node except access }",
    "failover within 5s { survive any 1 srlg except access survive any 1 node except access latency <= 60ms }",
    "failover within 5s { survive any 1 provider except access }",
    "bandwidth 5Mbps per source failover within 5s { survive any 1 link except access bandwidth 1Mbps }",
    "bandwidth 5Mbps per source failover within 5s { survive any 1 link except access bandwidth 9Mbps }",
)
_ENDS = (
    "from s0 to s1",
    "from s0, s2 to s1",
    "from s0 to s1, s2",
    "from s0 to any of twin",
    "from s0, s2 to any of own",
    "between s0 and s1",
    "among s0, s1, s2",
)
_SERVICES = """
service twin { at e1, e3  prefix 10.99.0.0/24  port tcp/443 }
service own { at e1, e3  prefix 10.1.0.0/24, 10.3.0.0/24  port udp/4791 }
"""


def network(source, twofold=()):
    """Return four sites around a random core of three to five routers; with one router each, those that are `twofold` with two."""
    size = source.randint(3, 5)
    igp = source.choice(["isis", "isis", "ospf"])
    lines = [
        "name: random",
        "regions: {eu: [de], ch: [], us: []}",
        f"routing: {{igp: {igp}, bfd: {{interval: 50ms, multiplier: 3}}}}",
        "sites: {s0: {region: de}, s1: {region: de}, s2: {region: de}, s3: {region: de}}",
        "nodes:",
    ]
    for at in range(4):
        prefixes = [f"10.{at}.0.0/24"] + (["10.99.0.0/24"] if at in {1, 3} else [])
        transit = source.choice(["true"] * 4 + ["false"])
        lines.append(
            f"  e{at}: {{site: s{at}, platform: frr, release: '8.4', loopback: 10.255.0.{at + 1}/32,"
            f" transit: {transit}, attached: [{', '.join(prefixes)}]}}"
        )
    for at in twofold:
        prefixes = [f"10.{at}.0.0/24"] + (["10.99.0.0/24"] if at in {1, 3} else [])
        attached = f"loopback: 10.255.0.{at + 101}/32, attached: [{', '.join(prefixes)}]"
        lines.append(f"  f{at}: {{site: s{at}, platform: frr, release: '8.4', {attached}}}")
    for at in range(size):
        region = source.choice(["de"] * 5 + ["eu", "ch"])
        platform = source.choice(["frr, release: '8.4'"] * 4 + ["none"])
        state = source.choice(["up"] * 12 + ["drained"])
        lines.append(
            f"  c{at}: {{region: {region}, platform: {platform}, state: {state}, loopback: 10.255.1.{at + 1}/32}}"
        )
    pairs = [(f"c{at}", f"c{(at + 1) % size}") for at in range(size)]
    pairs += [(f"e{at}", f"c{source.randrange(size)}") for at in range(4) for _ in range(source.randint(2, 3))]
    pairs += [(f"c{source.randrange(size)}", f"c{source.randrange(size)}") for _ in range(2)]
    pairs += [(f"f{at}", f"c{source.randrange(size)}") for at in twofold for _ in range(source.randint(1, 2))]
    lines.append("links:")
    lines += [link(source, at, a, b) for at, (a, b) in enumerate(pairs) if a != b]
    return "\n".join(lines) + "\n"


def unevenly(source, text, net, twofold):
    """Return a program and its network with further prefixes at one router, or at either, of the sites that have two."""
    for at in twofold:
        one, other = f"10.{at}.0.0/24", f"10.{at + 100}.0.0/24"
        text = text.replace(one, f"{one}, {other}")
        changed = source.choice([("e",), ("f",), ("f", None)])
        for name in changed[:1]:
            old = next(line for line in net.splitlines() if line.startswith(f"  {name}{at}: "))
            new = old.replace(one, other if None in changed else f"{one}, {other}")
            net = net.replace(old, new)
    return text, net


def overlappingly(source, text, net, twofold):
    """Return a program and its network where one router of the sites that have two has half of the other's prefix, or all around it."""
    for at in twofold:
        one = f"10.{at}.0.0/24"
        other = source.choice([f"10.{at}.0.128/25", f"10.{at}.0.0/22"])
        text = text.replace(one, f"{one}, {other}")
        name = f"{source.choice('ef')}{at}"
        old = next(line for line in net.splitlines() if line.startswith(f"  {name}: "))
        net = net.replace(old, old.replace(one, source.choice([other, f"{one}, {other}"])))
    return text, net


def link(source, at, a, b):
    def metric():
        return source.choice([5, 10, 10, 10, 20])

    fields = [
        f"id: l{at}",
        f"a: {a}",
        f"b: {b}",
        f"capacity: {source.choice([50, 100, 1000])}Mbps",
        f"latency: {{ab: {source.randint(1, 6)}ms, ba: {source.randint(1, 6)}ms}}",
        f"igp_metric: {{ab: {metric()}, ba: {metric()}}}" if source.random() < 0.4 else f"igp_metric: {metric()}",
        f"provider: {source.choice(['alpha', 'beta'])}",
        f"media: {source.choice(['fiber', 'lte'])}",
        f"crosses: [{source.choice([''] * 9 + ['ch'])}]",
    ]
    fields += [f"srlg: [duct-{source.randint(1, 3)}]"] if source.random() < 0.4 else []
    fields += ["encryption: macsec"] if source.random() < 0.85 else []
    fields += ["state: drained"] if source.random() < 0.05 else []
    return f"  - {{{', '.join(fields)}}}"


def program(source):
    intents = []
    for at in range(source.randint(1, 3)):
        ends = source.choice(_ENDS)
        kinds = {clause.split()[0]: clause for clause in source.sample(_CLAUSES, source.randint(0, 4))}
        failover = source.choice(_FAILOVERS)
        if failover.startswith("bandwidth"):
            kinds.pop("bandwidth", None)
        intents.append(f"intent i{at} {{ {ends} match tcp/{8000 + at} {' '.join(kinds.values())} {failover} }}")
    return _SERVICES + "\n".join(intents) + "\n"


@cache
def disagreements(seed):
    """Return the statuses of a random program, and what the prover finds wrong with its manifest."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    built = build(program(source), network(source))
    return built.statuses, [f"{item.code} {item.message}" for item in built.prove().findings]


@cache
def disagreements_of_two(seed, change=None):
    """Return the same where most sites have two routers, with different prefixes if so wanted."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    twofold = source.sample(range(4), 3)
    text = program(source)
    for at in twofold:
        text = text.replace(f"e{at}", f"e{at}, f{at}")
    net = network(source, twofold)
    if change is not None:
        text, net = change(source, text, net, twofold)
    built = build(text, net)
    return built, [f"{item.code} {item.message}" for item in built.prove().findings]


@pytest.mark.parametrize("seed", range(FEWER))
def test_compiler_and_prover_agree_on_sites_with_two_routers(seed):
    _, found = disagreements_of_two(seed)
    assert found == []


@pytest.mark.parametrize("seed", range(FEWER))
def test_compiler_and_prover_agree_on_sites_whose_routers_have_different_prefixes(seed):
    _, found = disagreements_of_two(seed, unevenly)
    assert found == []


@pytest.mark.parametrize("seed", range(FEWER))
def test_compiler_and_prover_agree_on_sites_whose_routers_have_overlapping_prefixes(seed):
    _, found = disagreements_of_two(seed, overlappingly)
    assert found == []


@pytest.mark.parametrize("change", [unevenly, overlappingly])
def test_parts_of_sites_are_placed_side_by_side(change):
    placed = [
        demand["id"]
        for seed in range(FEWER)
        for intent in json.loads(disagreements_of_two(seed, change)[0].text)["intents"]
        for demand in intent["demands"]
    ]
    assert sum("@" in name for name in placed) > FEWER


def test_requests_are_split_over_both_routers_of_some_sites():
    ends = [
        len({path["path"][-1] for path in demand["primary"]["paths"]})
        for seed in range(FEWER)
        for intent in json.loads(disagreements_of_two(seed)[0].text)["intents"]
        for demand in intent["demands"]
    ]
    assert ends.count(2) > FEWER // 10


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree(seed):
    _, found = disagreements(seed)
    assert found == []


def test_the_random_programs_are_worth_proving():
    statuses = [status for seed in range(SEEDS) for status in disagreements(seed)[0].values()]
    assert statuses.count("placed") > 15
