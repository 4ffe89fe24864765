"""Intents that match the same packets: devices lead those of each one where the manifest says, whoever else's rules are there."""

import ipaddress

import pytest
from support_verify import build

from intentc.ir.rivals import carve
from intentc.resolve.model import Flow

# The IGP's way from s to t is s-a-d-t; s-a-b-d-t is a way round.
NODE = '{platform: frr, release: "10.2", loopback: 10.255.0.%d/32%s}'
LABELS = (
    "{platform: iosxr, release: '25.2', chassis: asr9901, loopback: 10.255.0.%d/32%s,"
    " segment_routing: {index: %d, srgb: [16000, 23999], max_sid_depth: 5}}"
)
LINKS = ["sa", "ab", "bd", "ad", "dt"]


def net(platform="frr"):
    ports, nodes, links = dict.fromkeys("sabdt", 0), [], []
    for number, name in enumerate("sabdt", 1):
        edge = f", attached: [{{prefix: 10.{number}.0.0/24, interface: {port(platform, 9)}}}]" if name in "st" else ""
        text = NODE % (number, edge) if platform == "frr" else LABELS % (number, edge, number)
        nodes.append(f"  {name}: {text}")
    for number, (one, other) in enumerate(LINKS):
        ends = [f'"{node}:{port(platform, ports[node])}"' for node in (one, other)]
        ports[one], ports[other] = ports[one] + 1, ports[other] + 1
        links.append(
            f"  - {{id: {one}{other}, a: {ends[0]}, b: {ends[1]}, addresses: [10.0.{number}.0/31, 10.0.{number}.1/31],"
            " capacity: 1Gbps, latency: 1ms, crosses: []}"
        )
    heading = ["name: x", "routing: {igp: isis, process: CORE, bfd: {interval: 300ms, multiplier: 3}}"]
    return "\n".join([*heading, "nodes:", *nodes, "links:", *links, ""])


def port(platform, number):
    return f"eth{number}" if platform == "frr" else f"GigabitEthernet0/0/0/{number}"


def intent(name, match, *clauses, priority="high"):
    asked = "\n  ".join([f"match {match}", f"priority {priority}", "bandwidth 5Mbps", *clauses])
    return f"intent {name} {{\n  from node s\n  to node t\n  unidirectional\n  {asked}\n}}\n"


def holds(flow, number, dscp):
    low, high = flow.destination_ports or (0, 65535)
    return low <= number <= high and flow.dscp in {None, dscp} and ipaddress.ip_network(flow.source).version == 4


def meets(rule, number, dscp):
    return holds(rule.flow, number, dscp) and not any(holds(flow, number, dscp) for flow in rule.excepted)


def told(built, node, number, dscp, interface=None):
    """What a packet meets at a node that comes in by a port (None: the first one): waypoints or a policy, and the ports where it is dropped."""
    config = built.run.fleet.devices[node]
    came = interface or port(config.platform, 0)
    rules = sorted((*config.steering, *config.policy_steering), key=lambda rule: rule.precedence)
    first = next((rule for rule in rules if came in rule.interfaces and meets(rule, number, dscp)), None)
    way = None if first is None else first.waypoints if hasattr(first, "waypoints") else "policy"
    return way, {link for rule in config.fences if meets(rule, number, dscp) for link in rule.interfaces}


ROUND = [("via node b", ("b",), set()), ("avoid link ad", ("b",), {"eth2"})]


@pytest.mark.parametrize(("clause", "way", "dropped"), ROUND)
def test_what_a_narrower_match_wins_is_led_by_nobody_elses_rules(clause, way, dropped):
    built = build(intent("x", "tcp/1000-1999", clause) + intent("y", "tcp/1500"), net())
    assert [told(built, "a", number, 34) for number in (1499, 1500, 1501)] == [
        (way, dropped),
        (None, set()),
        (way, dropped),
    ]
    assert built.codes() == set()


def test_nor_is_it_sent_into_anybody_elses_policy():
    built = build(intent("x", "tcp/1000-1999", "via node b") + intent("y", "tcp/1500"), net("iosxr"))
    own = port("iosxr", 9)
    assert [told(built, "s", number, 0, own)[0] for number in (1499, 1500, 1501)] == ["policy", None, "policy"]


def test_what_the_narrower_one_leaves_out_is_led_as_before():
    """Of 1400 to 1600 the other one has all but 1500."""
    texts = intent("x", "tcp/1000-1999", "via node b") + intent("y", "tcp/1400-1600 except tcp/1500")
    built = build(texts, net())
    ways = [told(built, "a", number, 34)[0] for number in (1399, 1400, 1499, 1500, 1501, 1601)]
    assert ways == [("b",), None, None, ("b",), None, ("b",)]


def test_an_override_counts_like_a_narrower_match():
    texts = intent("x", "tcp/1500-2500", "via node b") + intent("y", "tcp/1000-1999", "overrides x")
    built = build(texts, net())
    assert [told(built, "a", number, 34)[0] for number in (1500, 1999, 2000)] == [None, None, ("b",)]


def test_where_hosts_hang_their_code_points_count():
    texts = intent("x", "tcp/1500", "via node b") + intent("y", "tcp/1500 dscp 12", priority="normal")
    built = build(texts, net("iosxr"))
    assert [told(built, "s", 1500, dscp, port("iosxr", 9))[0] for dscp in (10, 12)] == ["policy", None]


@pytest.mark.parametrize(
    ("other", "match"), [("tcp/1500", "tcp/1500 dscp 12"), ("tcp/1500 except dscp 12", "tcp/1500 dscp 12")]
)
def test_behind_the_marking_those_of_classes_do(other, match):
    """AF21 and AF22 are what the packets of y have there."""
    built = build(intent("x", other, "via node b") + intent("y", match, priority="normal"), net())
    assert [told(built, "a", 1500, dscp)[0] for dscp in (34, 36, 18, 20)] == [("b",), ("b",), None, None]


@pytest.mark.parametrize("clause", ["via node b", "avoid link ad"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tcp/1500 dscp 10", "tcp/1500 dscp 12"),
        ("tcp/1500", "tcp/1500 dscp 12"),
        ("tcp/1500 except dscp 12", "tcp/1500 dscp 12"),
        ("tcp/1400-1600", "tcp/1500 except dscp 12"),
    ],
)
def test_what_nobody_can_tell_apart_there_is_refused_where_it_goes_apart(one, other, clause):
    built = build(intent("x", one, clause) + intent("y", other), net())
    (finding,) = [item for item in built.run.findings.items if item.is_error]
    assert (finding.code, finding.intent, finding.node) == ("E0690", "y", "a")
    assert built.statuses == {"x": "placed", "y": "unsupported"}
    assert built.codes() == set()


@pytest.mark.parametrize("clauses", [(), ("via node b",)])
def test_what_goes_the_same_way_need_not_be_told_apart(clauses):
    texts = intent("x", "tcp/1500 dscp 10", *clauses) + intent("y", "tcp/1500 dscp 12", *clauses)
    assert build(texts, net()).statuses == {"x": "placed", "y": "placed"}


def test_what_never_meets_anothers_rules_need_not_either():
    """Under labels nobody looks at code points."""
    texts = intent("x", "tcp/1500 dscp 10", "via node b") + intent("y", "tcp/1500 dscp 12")
    assert build(texts, net("iosxr")).statuses == {"x": "placed", "y": "placed"}


def test_without_overlaps_rules_are_as_they_were():
    built = build(intent("x", "tcp/1000", "via node b") + intent("y", "tcp/1500"), net())
    assert [rule.excepted for rule in built.run.fleet.devices["a"].steering] == [()]


def flow(low, high):
    return Flow(4, "10.1.0.0/24", "10.5.0.0/24", "tcp", None, (low, high))


def test_holes_of_several_are_left_where_nobody_else_has_them():
    taken = [(flow(10, 19), (flow(15, 15),)), (flow(14, 16), (flow(16, 16),))]
    left = carve(flow(1, 100), (), taken)
    numbers = [
        number
        for number in range(1, 101)
        if any(holds(one, number, 0) and not any(holds(hole, number, 0) for hole in holes) for one, holes in left)
    ]
    assert numbers == [*range(1, 10), *range(20, 101)]
    assert carve(flow(1, 100), (), [(flow(10, 19), (flow(15, 15),))])[1] == (flow(15, 15), ())
