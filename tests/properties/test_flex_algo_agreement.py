"""Over random networks with Flexible Algorithms: everything that the compiler places, the prover derives again."""

import random
import re
from collections import Counter
from functools import cache

import pytest
from support_chance import TIMES
from support_targets import stages_with_all_targets
from support_verify import build
from test_sr_agreement import _ASSERTIONS, with_policies
from test_verify_agreement import network, program

SEEDS = 60 * TIMES  # thousands were run by hand
_NUMBERS = (128, 129)
_METRICS = ("delay", "delay", "delay", "igp", "te")
_CONSTRAINTS = ("exclude_any: [beta]", "exclude_any: [lte]", "exclude_any: [abroad]", "include_any: [alpha, fiber]", "")


def with_algorithms(source, net):
    """Let most SR routers take part in two algorithms, over links coloured by what they are."""
    abroad = set(re.findall(r"^  (\w+): \{region: (?:ch|eu),", net, re.MULTILINE))
    lines = [coloured(source, taking_part(source, line), abroad) for line in net.splitlines()]
    known = [f"{number}: {{metric: {source.choice(_METRICS)}, {source.choice(_CONSTRAINTS)}}}" for number in _NUMBERS]
    text = "\n".join(lines) + "\n"
    return text.replace("routing: {igp", f"routing: {{flex_algos: {{{', '.join(known)}}}, igp", 1)


def taking_part(source, line):
    index = re.search(r"segment_routing: \{index: (\d+)", line)
    if index is None or not ("sr-bench" in line or "platform: none" in line):
        return line
    part = [f"{number}: {100 * (number - 127) + int(index[1])}" for number in _NUMBERS if source.random() < 0.9]
    return line.replace("max_sid_depth", f"flex_algos: {{{', '.join(part)}}}, max_sid_depth", 1)


def coloured(source, line, abroad):
    if "capacity:" not in line:
        return line
    colours = [word for word in ("alpha", "beta", "lte", "fiber") if word in line]
    if "crosses: [ch]" in line or abroad & set(re.findall(r"[ab]: (\w+)", line)):
        colours.append("abroad")
    te = f", te_metric: {source.randint(1, 4)}" if source.random() < 0.9 else ""
    return f"{line[:-1]}{te}, affinity: [{', '.join(colours)}]}}"


@cache
def outcome(seed):
    """Return how the demands of a random program are steered, and what the prover finds wrong with its manifest."""
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = with_algorithms(source, with_policies(source, network(source)))
    built = build(program(source) + _ASSERTIONS, net, stages_with_all_targets())
    assert built.run.realised is not None, built.run.findings.items
    used = Counter(item.mechanism for item in built.run.realised.demands.values())
    used["in lists"] = sum(
        item.mechanism == "sr-policy" and any("~" in name for path in policy.candidates for name in path.segments)
        for item in built.run.realised.demands.values()
        for policy in item.policies
    )
    return used, [f"{item.code} {item.message}" for item in built.prove().findings]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_compiler_and_prover_agree(seed):
    assert outcome(seed)[1] == []


def test_the_random_programs_are_worth_proving():
    used = sum((outcome(seed)[0] for seed in range(SEEDS)), Counter())
    assert used["flex-algo"] > 10
    assert used["in lists"] > 0
