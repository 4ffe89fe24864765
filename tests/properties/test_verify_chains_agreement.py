"""Over random networks and chains: the compiler and the prover come to the same sums, in every promised state."""

import random
from functools import cache

import pytest
from support_chance import TIMES
from support_verify import build
from test_verify_agreement import network

SEEDS = 20 * TIMES  # hundreds were run by hand
ABOUT_CHAINS = {"E0562", "E0563", "E0564", "E0565", "E0566", "E0590", "E0591", "E0592"}

_SERVICES = """
service app { at e0, e2  prefix 10.0.0.0/24, 10.2.0.0/24 }
service own { at e1, e3  prefix 10.1.0.0/24, 10.3.0.0/24  port udp/4791 }
service twin { at e1, e3  prefix 10.99.0.0/24  port tcp/443 }
service back { at e0, e1, e3  prefix 10.0.0.0/24, 10.1.0.0/24, 10.3.0.0/24  port tcp/9 }
service core { at e2  prefix 10.2.0.0/24  port tcp/7 }
"""
_STEPS = (
    "step app -> any of own",
    "step app -> any of own calls 2 processing 1ms  step app -> any of twin",
    "step app -> any of own  step own -> any of back processing 2ms",
    "parallel { step app -> any of own  step app -> any of twin calls 3 }  step own -> core",
    "step s3 -> any of back  step back -> core calls 2  step s3 -> any of back",
)
_CLAUSES = (
    "bandwidth 5Mbps",
    "bandwidth 2Mbps total reverse 1Mbps",
    "priority high",
    "avoid node c2",
    "pin region eu, ch",
)
_FAILOVERS = (
    "",
    "failover within 5s { survive any 1 link except access }",
    "failover within 5s { survive any 1 node except access  latency <= 300ms }",
    "failover within 5s { survive any 1 srlg except access survive any 1 node except access latency <= 500ms }",
)


def program(source):
    clauses = {clause.split()[0]: clause for clause in source.sample(_CLAUSES, source.randint(0, 3))}
    budget = source.choice([20, 60, 150, 600])
    parts = [f"latency <= {budget}ms", *clauses.values(), source.choice(_FAILOVERS), source.choice(_STEPS)]
    return f"{_SERVICES}\nchain c {{ {' '.join(parts)} }}\n"


@cache
def outcome(seed):
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    built = build(program(source), network(source))
    found = [f"{item.code} {item.message}" for item in built.prove().findings if item.code in ABOUT_CHAINS]
    return built.statuses.get("c"), found


@cache
def outcome_of_two(seed):
    """Return the same where most sites have two routers."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    twofold = source.sample(range(4), 3)
    text = program(source)
    for at in twofold:
        text = text.replace(f"e{at}", f"e{at}, f{at}")
    built = build(text, network(source, twofold))
    found = [f"{item.code} {item.message}" for item in built.prove().findings]
    return built.statuses.get("c"), found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree_on_chains(seed):
    assert outcome(seed)[1] == []


@pytest.mark.parametrize("seed", [*range(SEEDS), 122, 135])  # a router beside drained nodes, a bound over all choices
def test_compiler_and_prover_agree_on_chains_of_sites_with_two_routers(seed):
    assert outcome_of_two(seed)[1] == []


def test_the_random_chains_are_worth_proving():
    for each in (outcome, outcome_of_two):
        assert [each(seed)[0] for seed in range(SEEDS)].count("placed") > SEEDS // 5
