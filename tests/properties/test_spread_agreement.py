"""Over random networks and programs with `spread`: shares, reservations and delays that the prover derives again."""

import json
import random
import re
from collections import Counter
from functools import cache

import pytest
from support_chance import TIMES
from support_targets import stages_with_all_targets
from support_verify import build
from test_sr_agreement import with_policies
from test_verify_agreement import network, program

SEEDS = 20 * TIMES  # thousands were run by hand


def with_spread(source, text):
    """Ask for several paths in most intents, evenly used in some, with a rate in most."""

    def more(match):
        words = ["spread"] * (source.random() < 0.85)
        words += ["optimize utilization"] * (source.random() < 0.5)
        if "bandwidth" not in match[0] and source.random() < 0.7:
            words.append(f"bandwidth {source.choice([7, 33, 61])}Mbps per source")
        return f"{match[0][:-1]} {' '.join(words)} }}"

    return re.sub(r"^intent .*}$", more, text, flags=re.MULTILINE)


def with_imbalance(source, net):
    """Let hashing be as even or uneven as it may be, or say nothing of it; metrics alike, so that paths cost the same."""
    word = source.choice(["", ", hash_imbalance: 0%", ", hash_imbalance: 10%", ", hash_imbalance: 100%"])
    net = re.sub(r"^routing: {(.*)}$", rf"routing: {{\1{word}}}", net, flags=re.MULTILINE)
    return re.sub(r"igp_metric: [^,{]+,", "igp_metric: 10,", net) if source.random() < 0.7 else net


@cache
def outcome(seed):
    """Return how many paths the demands of a random program take, and what the prover finds wrong with its manifest."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = with_imbalance(source, network(source))
    if source.random() < 0.5:
        net = with_policies(source, net)
    built = build(with_spread(source, program(source)), net, stages_with_all_targets())
    demands = [demand for intent in json.loads(built.text)["intents"] for demand in intent["demands"]]
    widths = Counter(len(demand["primary"]["paths"]) > 1 for demand in demands if demand["bandwidth_bps"])
    return widths, [f"{item.code} {item.message}" for item in built.prove().findings]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree(seed):
    assert outcome(seed)[1] == []


def test_the_random_programs_are_worth_proving():
    assert sum((outcome(seed)[0] for seed in range(SEEDS)), Counter())[True] > 10
