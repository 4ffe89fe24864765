"""SR policies as device configuration: labels, names, sharing, stages, capabilities, words."""

import ipaddress
from dataclasses import replace

import pytest
from support_model import capabilities, codes, demand, every_link, failover, model, wire
from support_realised import attached
from support_sr import sr_devices, sr_network, sr_realised
from support_targets import all_targets

from intentc.diagnostics import Findings
from intentc.ir.claims import check_claims
from intentc.ir.codec import dump_config, load_config
from intentc.ir.lower import lower
from intentc.ir.model import Origin, PolicySteerRule
from intentc.ir.names import color_of
from intentc.ir.stages import stage_configs
from intentc.plan.describe import describe
from intentc.realise.labels import with_labels
from intentc.realise.model import CandidatePath
from intentc.render.capabilities import capabilities as decide
from intentc.render.checks import check_capabilities
from intentc.targetkit.model import Support
from intentc.topology.model import SegmentRouting

LINKS = [
    wire("a-b", ms=5),
    wire("b-d", ms=5),
    wire("a-c", metric=25),
    wire("c-d", metric=25),
    wire("a-e", metric=30),
    wire("e-d", metric=30),
]
SRGB = {"a": 16000, "b": 17000, "c": 18000, "d": 19000, "e": 20000}


def net():
    found = sr_network(LINKS, ends=("a", "d"))
    nodes = {}
    for index, (name, node) in enumerate(found.nodes.items()):
        ports = tuple(attached(str(item.prefix), f"eth{index}") for item in node.attached)
        routing = SegmentRouting(10 + index, (SRGB[name], SRGB[name] + 999), 5)
        nodes[name] = replace(node, segment_routing=routing, attached=ports)
    return replace(found, nodes=nodes)


TOPOLOGY = net()
INDEX = {name: node.segment_routing.index for name, node in TOPOLOGY.nodes.items()}


def wanted(intent="x", after_ms=4, **rest):
    return demand(
        TOPOLOGY,
        "a",
        "d",
        intent=intent,
        bound_ms=3,
        failover=failover(*every_link(TOPOLOGY), bound_ms=after_ms),
        **rest,
    )


def abilities(**overrides):
    return capabilities(TOPOLOGY, **sr_devices(TOPOLOGY, **overrides))


def fleet(*demands, realised=None, **overrides):
    found = realised or sr_realised(model(TOPOLOGY, *demands))[0]
    findings = Findings()
    made = lower(found, abilities(**overrides), findings)
    assert not findings.items
    return made


def segments_of(policy):
    return [[(segment.node, segment.link, segment.label) for segment in path.segments] for path in policy.candidates]


def test_a_policy_lists_labels_of_nodes_and_links_by_name():
    (policy,) = fleet(wanted()).devices["a"].policies
    assert segments_of(policy) == [
        [("c", "a-c", None), ("d", "c-d", None)],
        [("e", None, SRGB["a"] + INDEX["e"]), ("d", None, SRGB["e"] + INDEX["d"])],
    ]
    assert [path.preference for path in policy.candidates] == [100, 90]
    assert (policy.end_point, policy.is_fail_closed, policy.interval_us, policy.multiplier) == ("d", False, 50_000, 3)


def test_a_label_is_read_by_the_node_where_the_segment_before_ends():
    """Also behind an adjacency segment; trap: one SRGB for the whole network would be wrong at all nodes but one."""
    found, _ = sr_realised(model(TOPOLOGY, wanted()))
    item = found.demands["x/a>d"]
    paths = (CandidatePath(100, ("a-c@a", "d")), CandidatePath(90, ("b", "c", "d")))
    item = replace(item, policies=(replace(item.policies[0], candidates=paths),))
    (policy,) = fleet(realised=replace(found, demands={"x/a>d": item})).devices["a"].policies
    labels = [[segment.label for segment in path.segments] for path in policy.candidates]
    assert labels == [
        [None, SRGB["c"] + INDEX["d"]],
        [SRGB["a"] + INDEX["b"], SRGB["b"] + INDEX["c"], SRGB["c"] + INDEX["d"]],
    ]


def test_the_rule_that_sends_packets_into_it_is_at_the_ports_of_the_hosts():
    config = fleet(wanted()).devices["a"]
    (rule,) = config.policy_steering
    assert (rule.interfaces, rule.policy) == (("eth0",), config.policies[0].name)
    assert rule.flow == wanted().candidates[0].flows[0]
    assert not config.steering


def test_the_end_point_answers_s_bfd_by_its_loopback():
    found = fleet(wanted())
    number = int(ipaddress.ip_address(found.loopbacks["d"][0]))
    assert [item.discriminator for item in found.devices["d"].reflectors] == [number]
    assert found.devices["a"].policies[0].discriminator == number


def test_a_node_that_answers_anyway_is_given_nothing():
    features = {name: own.features for name, own in abilities().items()}
    found = fleet(wanted(), d={"features": features["d"] | {"sbfd": Support(False)}})
    assert "d" not in found.devices or not found.devices["d"].reflectors


def test_demands_with_the_same_candidate_paths_share_a_policy():
    first, second = wanted("x"), wanted("y", precedence=2)
    config = fleet(first, second).devices["a"]
    (policy,) = config.policies
    assert policy.origin.intents == ("x", "y")
    assert {rule.policy for rule in config.policy_steering} == {policy.name}


def test_other_paths_make_another_name_and_another_color():
    one = fleet(wanted()).devices["a"].policies[0]
    other = fleet(wanted(after_ms=20)).devices["a"].policies[0]
    closed = fleet(wanted(otherwise="drop")).devices["a"].policies[0]
    assert len({one.name, other.name, closed.name}) == len({one.color, other.color, closed.color}) == 3
    assert one.color == color_of(one.name)
    assert all(1 << 30 <= policy.color < 1 << 32 for policy in (one, other, closed))


def test_the_order_of_a_change_makes_the_policy_before_traffic_is_sent_to_it():
    old, new = fleet(wanted()).devices["a"], fleet(wanted(after_ms=20)).devices["a"]
    stages = dict(stage_configs(old, new))
    names = {name: sorted(policy.name for policy in config.policies) for name, config in stages.items()}
    both = sorted(item.name for item in (*old.policies, *new.policies))
    assert names == {
        "guard": [old.policies[0].name],
        "add": both,
        "switch": both,
        "remove": [new.policies[0].name],
    }
    steered = {name: [rule.policy for rule in config.policy_steering] for name, config in stages.items()}
    assert steered["add"] == [old.policies[0].name]
    assert steered["switch"] == steered["remove"] == [new.policies[0].name]
    assert all(set(steered[name]) <= set(names[name]) for name in stages)


def test_a_policy_that_only_moved_in_the_sources_is_there_once():
    config = fleet(wanted()).devices["a"]
    moved = replace(config, policies=tuple(replace(item, origin=Origin(("z",), ())) for item in config.policies))
    assert [policy.origin.intents for policy in dict(stage_configs(config, moved))["add"].policies] == [("z",)]


def test_the_configuration_survives_being_written_and_read():
    config = fleet(wanted(otherwise="drop")).devices["a"]
    assert load_config(dump_config(config)) == config


def test_packets_that_two_policies_want_are_a_clash():
    config = fleet(wanted()).devices["a"]
    (rule,) = config.policy_steering
    other = PolicySteerRule(rule.precedence, rule.flow, rule.excepted, rule.interfaces, "other", rule.origin)
    findings = Findings()
    check_claims([replace(config, policy_steering=(rule, other))], findings)
    assert codes(findings) == ["E0690"]


def test_two_policies_with_one_color_are_a_clash():
    config = fleet(wanted()).devices["a"]
    (policy,) = config.policies
    findings = Findings()
    check_claims([replace(config, policies=(policy, replace(policy, name="other")))], findings)
    assert codes(findings) == ["E0690"]


def test_a_plan_tells_the_segments():
    config = fleet(wanted()).devices["a"]
    text = describe(config.policies[0])
    assert "link a-c to c link c-d to d" in text
    assert f"e (label {SRGB['a'] + INDEX['e']}) d (label {SRGB['e'] + INDEX['d']})" in text
    assert text.endswith("else the IGP's path")
    assert config.policies[0].name in describe(config.policy_steering[0])
    assert "S-BFD" in describe(fleet(wanted()).devices["d"].reflectors[0])


@pytest.mark.parametrize(("feature", "node"), [("sr-policy", "a"), ("sbfd", "d")])
def test_what_a_platform_cannot_do_is_found_at_the_clause(feature, node):
    found, _ = sr_realised(model(TOPOLOGY, wanted()))
    features = {name: own.features for name, own in abilities().items()}
    missing = Support(False, reason="it is too old", instead="a newer one")
    findings = Findings()
    check_capabilities(found, abilities(**{node: {"features": features[node] | {feature: missing}}}), findings)
    (finding,) = [item for item in findings.items if item.code == "E0610"]
    assert (finding.node, finding.intent, finding.help) == (node, "x", ("a newer one",))
    assert finding.span == wanted().clause_spans["latency"]


def of_target(**rest):
    nodes = {name: replace(node, platform="sr-bench", **rest) for name, node in TOPOLOGY.nodes.items()}
    return replace(TOPOLOGY, nodes=nodes)


def test_a_target_says_what_its_devices_can_do():
    findings = Findings()
    own = decide(of_target(), all_targets(), findings)["a"]
    assert own.mechanisms == ("igp", "flex-algo", "sr-policy")
    assert own.features["sr-policy"].is_supported
    assert own.features["sbfd"].is_supported
    assert own.max_segments is None
    assert codes(findings) == ["N0603"]


def test_a_target_may_say_how_many_segments_it_pushes():
    target = all_targets()["sr-bench"]
    targets = {"sr-bench": replace(target, limits=replace(target.limits, max_segments=6))}
    assert decide(of_target(), targets, Findings())["a"].max_segments == 6


def test_devices_that_nobody_says_enough_of_are_noted():
    topology = of_target()
    nodes = {
        name: replace(node, segment_routing=replace(node.segment_routing, max_sid_depth=None))
        for name, node in topology.nodes.items()
    }
    findings = Findings()
    decide(replace(topology, nodes=nodes), all_targets(), findings)
    (note,) = [item for item in findings.items if item.code == "N0606"]
    assert len(note.related) == len(nodes) - 1


def test_a_queue_whose_bound_nobody_knows_has_room_for_bursts_with_their_labels():
    links = {
        name: replace(link, a=replace(link.a, interface=f"{name}0"), b=replace(link.b, interface=f"{name}1"))
        for name, link in TOPOLOGY.links.items()
    }
    item = replace(wanted(mbps=1), burst_bytes=40_000_000)
    found, _ = sr_realised(model(replace(TOPOLOGY, links=links), item))
    (port,) = (port for port in fleet(realised=found).devices["a"].queueing if port.link == "a-c")
    (queue,) = (queue for queue in port.queues if queue.traffic_class == item.traffic_class)
    assert queue.limit_bytes == with_labels(40_000_000, 2, 340)  # the list for failures has two node segments
