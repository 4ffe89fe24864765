"""Flexible Algorithms as device configuration: labels, sharing, stages, words; and what targets say of them."""

from dataclasses import replace

import pytest
from support_flex import algorithm, flex_devices, flex_network, flex_realised
from support_model import capabilities, codes, demand, model, wire
from support_realised import attached
from support_targets import all_targets

from intentc.diagnostics import Findings
from intentc.ir.claims import check_claims
from intentc.ir.codec import dump_config, load_config
from intentc.ir.lower import lower
from intentc.ir.names import color_of
from intentc.ir.stages import stage_configs
from intentc.manifest.earlier import earlier_demands, read_earlier
from intentc.plan.describe import describe
from intentc.render.capabilities import capabilities as decide
from intentc.render.checks import check_capabilities
from intentc.targetkit.flex_algos import features_to_take_part
from intentc.targetkit.model import Support

LINKS = [wire("a-b", ms=5), wire("b-d", ms=5), wire("a-c", metric=25), wire("c-d", metric=25), wire("d-g", metric=50)]
LINKS += [wire("d-h", ms=9), wire("h-g", ms=9)]


def net(*algorithms, **rest):
    """Every node has a label block of its own."""
    found = flex_network(LINKS, *(algorithms or (algorithm(128, "delay"),)), ends=("a", "d", "g"), **rest)
    nodes = {}
    for index, (name, node) in enumerate(sorted(found.nodes.items())):
        ports = tuple(attached(str(item.prefix), f"eth{index}") for item in node.attached)
        routing = replace(node.segment_routing, srgb=(16000 + 1000 * index, 16999 + 1000 * index))
        nodes[name] = replace(node, segment_routing=routing, attached=ports)
    return replace(found, nodes=nodes)


TOPOLOGY = net()


def wanted(intent="x", end="d", bound_ms=3, **rest):
    return demand(TOPOLOGY, "a", end, intent=intent, bound_ms=bound_ms, **rest)


def config(*demands, of=TOPOLOGY, node="a"):
    found, _ = flex_realised(model(of, *demands))
    findings = Findings()
    made = lower(found, capabilities(of, **flex_devices(of)), findings)
    assert not findings.items
    return made.devices[node]


def test_a_policy_says_the_algorithm_and_the_end_point():
    made = config(wanted())
    (policy,) = made.algorithm_policies
    assert (policy.algorithm, policy.end_point, policy.is_fail_closed) == (128, "d", False)
    assert policy.color == color_of(policy.name)
    assert not made.policies


def test_its_label_is_read_by_the_head_end():
    index = TOPOLOGY.nodes["d"].segment_routing.flex_algos[128]
    assert config(wanted()).algorithm_policies[0].label == 16000 + index


def test_hosts_packets_are_sent_into_it_and_nobody_answers_s_bfd():
    found, _ = flex_realised(model(TOPOLOGY, wanted()))
    made = lower(found, capabilities(TOPOLOGY, **flex_devices(TOPOLOGY)), Findings()).devices
    (rule,) = made["a"].policy_steering
    assert (rule.interfaces, rule.policy) == (("eth0",), made["a"].algorithm_policies[0].name)
    assert not any(device.reflectors for device in made.values())


def test_demands_that_ride_together_share_a_policy():
    made = config(wanted("x"), wanted("y", precedence=2))
    assert [policy.origin.intents for policy in made.algorithm_policies] == [("x", "y")]


def test_another_algorithm_end_or_fallback_is_another_policy():
    other = net(algorithm(129, "delay"))
    made = [
        config(wanted()),
        config(wanted(otherwise="drop")),
        config(demand(other, "a", "d", bound_ms=3), of=other),
    ]
    names = {item.algorithm_policies[0].name for item in made}
    assert len(names) == len({item.algorithm_policies[0].color for item in made}) == 3


def test_lists_of_sr_policies_tell_the_algorithm_of_a_segment():
    topology = net(outside={128: ["g", "h"]})
    (policy,) = config(demand(topology, "a", "g", bound_ms=4), of=topology).policies
    (first, second) = policy.candidates[0].segments
    assert (first.node, first.algorithm, second.link) == ("d", 128, "d-g")
    assert first.label == 16000 + topology.nodes["d"].segment_routing.flex_algos[128]
    assert f"d (algorithm 128, label {first.label}) link d-g to g" in describe(policy)


def test_it_is_there_before_traffic_is_sent_into_it():
    made = config(wanted())
    stages = dict(stage_configs(None, made))
    assert [bool(stages[name].algorithm_policies) for name in ("guard", "add", "switch")] == [False, True, True]
    assert [bool(stages[name].policy_steering) for name in ("guard", "add", "switch")] == [False, False, True]


def test_the_configuration_survives_being_written_and_read():
    made = config(wanted(otherwise="drop"))
    assert load_config(dump_config(made)) == made


def test_a_color_that_two_policies_have_is_a_clash():
    made = config(wanted())
    (policy,) = made.algorithm_policies
    findings = Findings()
    check_claims([replace(made, algorithm_policies=(policy, replace(policy, name="other")))], findings)
    assert codes(findings) == ["E0690"]


@pytest.mark.parametrize(("otherwise", "end"), [("drop", "drop"), ("best-effort", "the IGP's path")])
def test_a_plan_tells_the_way(otherwise, end):
    (policy,) = config(wanted(otherwise=otherwise)).algorithm_policies
    text = f"to d: the way of algorithm 128 (label {policy.label}), else {end}"
    assert describe(policy).endswith(text)


def test_what_a_platform_cannot_do_is_found_at_the_clause():
    found, _ = flex_realised(model(TOPOLOGY, wanted()))
    abilities = capabilities(TOPOLOGY, **flex_devices(TOPOLOGY))
    missing = {"flex-algo": Support(False, reason="it is too old", instead="a newer one")}
    abilities["a"] = replace(abilities["a"], features={**abilities["a"].features, **missing})
    findings = Findings()
    check_capabilities(found, abilities, findings)
    (finding,) = [item for item in findings.items if item.code == "E0610"]
    assert (finding.node, finding.help, finding.span) == ("a", ("a newer one",), wanted().clause_spans["latency"])
    assert finding.message.startswith("sending packets the way of a Flexible Algorithm is not possible at `a`")


@pytest.mark.parametrize(
    ("metric", "igp", "more"),
    [
        ("igp", "isis", ()),
        ("delay", "isis", ("flex-algo-delay",)),
        ("te", "isis", ("flex-algo-te",)),
        ("igp", "ospf", ("flex-algo-ospf",)),
        ("delay", "ospf", ("flex-algo-delay", "flex-algo-ospf")),
    ],
)
def test_what_taking_part_needs(metric, igp, more):
    assert features_to_take_part(metric, igp) == ("flex-algo-affinity", *more)


def of_platform(topology, platform, release):
    nodes = {name: replace(node, platform=platform, release=release) for name, node in topology.nodes.items()}
    return replace(topology, nodes=nodes)


@pytest.mark.parametrize(
    ("metric", "igp", "platform", "release", "reason"),
    [
        ("igp", "isis", "frr", "8.4", "FRRouting on Linux has it from release 9.0 on"),
        ("igp", "isis", "frr", "9.0", None),
        ("delay", "isis", "frr", "10.2", "isisd advertises algorithms of the delay and computes none"),
        ("te", "isis", "frr", "10.2", "isisd advertises algorithms of the TE metric and computes none"),
        ("igp", "ospf", "frr", "10.2", "ospfd has no Flexible Algorithms"),
        ("delay", "isis", "sr-bench", "1.0", None),
        ("igp", "isis", "none", None, None),
    ],
)
def test_nodes_that_cannot_take_part_are_one_finding(metric, igp, platform, release, reason):
    topology = flex_network(LINKS, algorithm(128, metric), igp=igp)
    findings = Findings()
    decide(of_platform(topology, platform, release), all_targets(), findings)
    found = [item for item in findings.items if item.code == "E0607"]
    assert [item.message for item in found] == (
        []
        if reason is None
        else [f"`a` and 5 more of platform `{platform}` cannot take part in algorithm 128: {reason}"]
    )
    assert all(len(item.related) == 6 for item in found)


def test_nodes_that_take_no_part_need_nothing():
    topology = flex_network(LINKS, algorithm(128, "delay"), outside={128: "abcdgh"})
    findings = Findings()
    decide(of_platform(topology, "frr", "8.4"), all_targets(), findings)
    assert codes(findings) == []


def test_frr_does_not_send_packets_into_algorithms():
    own = all_targets()["frr"]
    assert "flex-algo" not in own.mechanisms
    assert own.features["flex-algo"].since is None
    assert own.features["flex-algo"].reason
    assert own.features["flex-algo"].instead


def test_an_earlier_manifest_tells_what_rode_an_algorithm():
    from test_verify_flex_algo import built

    from intentc.manifest.read import read_manifest

    found = earlier_demands(read_manifest(built().text))
    assert read_earlier(built().text.encode()) == found
    told = {name: [policy.is_by_algorithm for policy in item.policies] for name, item in found.items()}
    assert told == {"fast/ber>fra": [True], "safe/muc>fra": [True], "over/ber>fra": [False], "plain/muc>fra": []}
