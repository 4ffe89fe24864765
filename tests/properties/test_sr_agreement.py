"""Over random networks and programs with SR policies: everything that the compiler places, the prover derives again."""

import random
from collections import Counter
from functools import cache
from itertools import count

import pytest
from support_chance import TIMES
from support_targets import stages_with_all_targets
from support_verify import build
from test_verify_agreement import network, program

SEEDS = 20 * TIMES  # thousands were run by hand
_ASSERTIONS = """
assert quiet { no traffic of intents where name == i0 on node c0, c1  under any 2 link failure }
assert short { hops <= 2 of i0  under any 1 node failure }
assert full  { utilization <= 10%  under any 2 link failure }
"""


def with_policies(source, net):
    """Make most routers of a network SR routers with different label blocks; some do no segment routing, some steer as before."""
    numbers, lines = count(1), []
    for line in net.splitlines():
        if "loopback" in line:
            if source.random() < 0.93:
                routing = (
                    f"segment_routing: {{index: {next(numbers)}, srgb: [{source.choice([16000, 20000])}, 23999],"
                    f" max_sid_depth: {source.choice([3, 6, 10])}}}, loopback:"
                )
                line = line.replace("loopback:", routing, 1)  # noqa: PLW2901  (it is the line that is made)
            if source.random() < 0.9:
                line = line.replace("frr, release: '8.4'", "sr-bench, release: '1.0'")  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + "\n"


@cache
def outcome(seed):
    """Return how the demands of a random program are steered, and what the prover finds wrong with its manifest."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = with_policies(source, network(source))
    built = build(program(source) + _ASSERTIONS, net, stages_with_all_targets())
    assert built.run.realised is not None
    used = Counter(item.mechanism for item in built.run.realised.demands.values())
    return used, [f"{item.code} {item.message}" for item in built.prove().findings]


@cache
def outcome_of_two(seed):
    """Return how many policies with several ends a random program has where most sites have two routers, and what is found wrong."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    twofold = source.sample(range(4), 3)
    text = program(source)
    for at in twofold:
        text = text.replace(f"e{at}", f"e{at}, f{at}")
    built = build(text, with_policies(source, network(source, twofold)), stages_with_all_targets())
    assert built.run.realised is not None
    policies = [policy for item in built.run.realised.demands.values() for policy in item.policies]
    turning = sum(len({path.end_point for path in policy.candidates}) > 1 for policy in policies)
    return turning, [f"{item.code} {item.message}" for item in built.prove().findings]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree_on_sites_with_two_routers(seed):
    assert outcome_of_two(seed)[1] == []


def test_some_policies_turn_to_the_other_router():
    assert sum(outcome_of_two(seed)[0] for seed in range(SEEDS)) > 0


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree(seed):
    assert outcome(seed)[1] == []


def test_the_random_programs_are_worth_proving():
    used = sum((outcome(seed)[0] for seed in range(SEEDS)), Counter())
    assert used["sr-policy"] > 10
