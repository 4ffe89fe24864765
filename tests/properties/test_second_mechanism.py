"""Devices that can lead packets by lists of segments and by next hops place whatever those with either of them do."""

import random

import pytest
from support_chance import TIMES
from support_forwarding import Plain, banned_links
from support_model import codes, demand, every_link, exclusion, failover, model, wire
from support_sr import follow_demand, sr_devices, sr_network, sr_realised

SR, PBR = ("igp", "sr-policy"), ("igp", "pbr")
BOTH = [("igp", "sr-policy", "pbr"), ("igp", "pbr", "sr-policy")]
NAMES = "abcdef"


def drawn(seed):
    """A network whose devices push few segments, and a demand off one of the links of the IGP's way, or with a bound."""
    chance = random.Random(seed)  # noqa: S311  (not a secret)
    names = NAMES[: chance.choice([4, 5, 6])]
    pairs = [*zip(names, names[1:] + names[0], strict=True)]
    pairs += [chance.sample(names, 2) for _ in range(chance.choice([1, 2, 3, 4]))]
    pairs = list(dict.fromkeys("-".join(sorted(pair)) for pair in pairs))
    links = [wire(pair, metric=chance.choice([4, 4, 5, 8, 20]), ms=chance.choice([1, 1, 4, 9])) for pair in pairs]
    blind = chance.sample(names[2:], chance.choice([0, 0, 1]))
    topology = sr_network(links, ends=("a", "b"), depth=chance.choice([1, 2, 2, 3]), without=blind)
    own = Plain(topology).follow("a", frozenset("b"), {})
    banned = {chance.choice(chance.choice(sorted(own))[1])} if chance.random() < 0.7 else set()
    states = every_link(topology) if chance.random() < 0.6 else ()
    bound = chance.choice([None, 6, 10, 14])
    return topology, demand(
        topology,
        "a",
        "b",
        mbps=1,
        bound_ms=bound,
        exclusions=(exclusion(links=banned),) if banned else (),
        failover=failover(*states, bound_ms=bound and bound * 2) if states else None,
    )


def run(topology, wanted, mechanisms):
    return sr_realised(model(topology, wanted), **sr_devices(topology, mechanisms))


def taken(topology, item, state):
    """Where packets go in a state by what the result says of either mechanism."""
    if item.policies:
        return follow_demand(topology, item, state)
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    rules = {(rule.node, rule.ingress): (rule.waypoints, rule.is_fail_closed) for rule in item.steering}
    return plain.follow("a", frozenset("b"), rules, banned_links(item.demand, topology))


@pytest.mark.parametrize("both", BOTH, ids=["lists first", "next hops first"])
def test_what_one_mechanism_does_devices_with_both_do(both):
    used = set()
    for seed in range(60 * TIMES):
        topology, wanted = drawn(seed)
        alone = [bool(run(topology, wanted, mechanisms)[0].demands) for mechanisms in (SR, PBR)]
        found, findings = run(topology, wanted, both)
        assert bool(found.demands) == any(alone), (seed, codes(findings))
        for item in found.demands.values():
            used.add((item.mechanism, *alone))
            for state in (None, *(wanted.failover.states if wanted.failover else ())):
                told = [result.paths for result in item.states if state is not None and state.id in result.when]
                paths = told[0] if told else item.primary
                assert taken(topology, item, state).keys() == {(path.nodes, path.links) for path in paths}, seed
    assert {("sr-policy", True, False), ("pbr", False, True)} <= used
