"""The target `iosxe` by what happens to packets: what a rendered device says, read back, against the rules that it stands for."""

import ipaddress
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_flows import PACKETS, decided_by, small_flows
from support_frr import INFRASTRUCTURE, LOOPBACKS, ORIGIN, flow
from support_iosxe import (
    HOSTS,
    RIGHT,
    config,
    count,
    edge,
    fence,
    fleet,
    isolate,
    mark,
    policy,
    rendered,
    ride,
    steer,
)

from intentc.resolve.model import Flow
from intentc.targetkit.kit import PacketRule, meet

readback = pytest.importorskip("intentc_target_iosxe.readback")

FEW = ("10.0.0.1/32",)
TO_ROUTER = Flow(4, "10.10.1.7/32", "10.0.0.1/32", "tcp", (4, 4), (5, 5), 0)
PROTOCOLS = {"ip": None, "tcp": "tcp", "udp": "udp", "icmp": "icmp", "132": "sctp"}
NODES = {addresses[0]: name for name, addresses in LOOPBACKS.items()}
RULES = st.lists(st.tuples(small_flows(), st.lists(small_flows(), max_size=2)), min_size=1, max_size=4)
SETTINGS = settings(max_examples=15, deadline=None)
ALL = (*PACKETS, TO_ROUTER)


def running(item):
    """What a device holds once it has been given a configuration."""
    return readback.read(rendered(item, fleet(item, infrastructure=FEW))).owned


network_of = lru_cache(maxsize=4096)(ipaddress.ip_network)


def is_on_side(entry, side, prefix, ports):
    address = network_of(prefix)
    known, mask = getattr(entry, f"{side}_prefix"), getattr(entry, f"{side}_mask")
    host = getattr(entry, f"{side}_host")
    network = network_of(
        "0.0.0.0/0" if getattr(entry, f"is_{side}_any") else host if host is not None else f"{known}/{mask}"
    )
    low, high = getattr(entry, f"{side}_first"), getattr(entry, f"{side}_last")
    one = getattr(entry, f"{side}_port")
    low, high = (one, one) if one is not None else (low, high)
    return address.subnet_of(network) and (low is None or low <= ports[0] <= high)


def is_matched(entry, packet):
    """Whether a packet meets an entry of an access list (tests have no ports in protocols without them)."""
    protocol = PROTOCOLS[entry.protocol]
    return (
        protocol in {None, packet.protocol}
        and entry.dscp in {None, packet.dscp}
        and is_on_side(entry, "from", packet.source, packet.source_ports)
        and is_on_side(entry, "to", packet.destination, packet.destination_ports)
    )


def is_permitted(name, packet, owned):
    """What an access list says of a packet; at its end it denies."""
    (found,) = [one for one in owned.lists4 if one.name == name]
    return next((entry.action == "permit" for entry in found.entries if is_matched(entry, packet)), False)


def class_of(policy_map, packet, owned):
    """The class of a policy that a packet is in: the first of which any list permits it."""
    maps = {one.name: one for one in owned.class_maps}
    own = {one.name for one in owned.lists4}
    for part in policy_map.classes[:-1]:
        if any(is_permitted(name, packet, owned) for name in maps[part.name].lists if name in own):
            return part
    return policy_map.classes[-1]


def held(owned, name):
    return next((port for port in owned.ports if port.name == name), None)


def named(owned, name):
    return next(one for one in owned.policy_maps if one.name == name)


def as_rules(given_rules):
    return [PacketRule(one, tuple(holes), number, ORIGIN) for number, (one, holes) in enumerate(given_rules)]


CLASSES = ("critical", "high", "background", "high")
DSCPS = {"critical": 46, "high": 34, "background": 1}


@given(RULES, st.sampled_from(["none", "dscp"]))
@SETTINGS
def test_packets_are_marked_as_their_first_rules_say(given_rules, trust):
    item = config(
        edges=[edge(trust=trust)],
        marking=[
            mark(f"m{n}", one, CLASSES[n], precedence=n, excepted=tuple(holes))
            for n, (one, holes) in enumerate(given_rules)
        ],
    )
    owned, rules = running(item), as_rules(given_rules)
    rest = 0 if trust == "none" else None
    assert [packet for packet in ALL if written(packet, owned) != marked(packet, rules, rest)] == []


def written(packet, owned):
    """The code point that the device writes; None: it leaves what is there."""
    part = class_of(named(owned, held(owned, HOSTS).input), packet, owned)
    return next((action.dscp for action in part.actions if action.kind == "set"), None)


def marked(packet, rules, rest):
    """The code point that a packet should get."""
    number = decided_by(rules, packet)
    if packet is TO_ROUTER:
        return None
    return rest if number is None else DSCPS[CLASSES[number]]


def way_of(hop, owned):
    """Where the route behind a next hop leads while everything works: its waypoints in order, or a policy."""
    (route,) = [one for one in owned.routes4 if one.address == hop]
    if route.policies:
        return route.policies[0].policy
    ways = sorted((*route.tracked, *route.untracked), key=lambda way: way.distance)
    return tuple(NODES.get(way.hop, way.hop) for way in ways)


WAYS = (("r2",), ("r3", "r2"), "policy", ())


@given(RULES)
@SETTINGS
def test_packets_go_where_their_first_rules_say(given_rules):
    asked = list(enumerate(given_rules))
    item = config(
        edges=[edge(prefixes=())],
        policies=[policy()],
        steering=[
            steer(one, WAYS[n], excepted=tuple(holes), precedence=n) for n, (one, holes) in asked if WAYS[n] != "policy"
        ],
        policy_steering=[
            ride(one, excepted=tuple(holes), precedence=n) for n, (one, holes) in asked if WAYS[n] == "policy"
        ],
    )
    owned, rules = running(item), as_rules(given_rules)
    assert [packet for packet in ALL if taken(packet, owned) != meant(packet, rules)] == []


def taken(packet, owned):
    """Where the device sends a packet; None: as ever."""
    (steps,) = [one.steps for one in owned.route_maps if one.name == held(owned, HOSTS).map4]
    step = next((one for one in steps if is_permitted(one.list4, packet, owned)), None)
    return None if step is None or step.action == "deny" else way_of(step.hop4, owned)


def meant(packet, rules):
    """Where a packet should go."""
    number = decided_by(rules, packet)
    if packet is TO_ROUTER or number is None:
        return None
    return "ITC-way-r4" if WAYS[number] == "policy" else (*WAYS[number], "Null0")


def is_of(packet, one, holes=()):
    return meet(one, packet) == packet and not any(meet(hole, packet) == packet for hole in holes)


@given(RULES)
@SETTINGS
def test_packets_are_kept_within_their_fences(given_rules):
    item = config(fences=[fence(f"f{n}", one, excepted=tuple(holes)) for n, (one, holes) in enumerate(given_rules)])
    owned = running(item)
    listed = held(owned, RIGHT).out4
    passing = [packet for packet in ALL if is_permitted(listed, packet, owned)]
    assert passing == [
        packet for packet in ALL if packet is TO_ROUTER or not any(is_of(packet, *rule) for rule in given_rules)
    ]


@given(st.lists(small_flows(), max_size=4), st.sampled_from(["to", "from"]))
@SETTINGS
def test_nothing_but_what_is_allowed_crosses_an_isolated_prefix(allowed, direction):
    item = config(edges=[edge()], isolation=[isolate("i", "10.10.1.0/24", allowed, direction=direction)])
    owned = running(item)
    guarded = flow("0.0.0.0/0", "10.10.1.0/24") if direction == "to" else flow("10.10.1.0/24", "0.0.0.0/0")
    port = held(owned, HOSTS)
    listed = port.out4 if direction == "to" else port.in4
    passing = [packet for packet in ALL if is_permitted(listed, packet, owned)]
    assert passing == [
        packet
        for packet in ALL
        if packet is TO_ROUTER or not is_of(packet, guarded) or any(is_of(packet, one) for one in allowed)
    ]


@given(RULES)
@SETTINGS
def test_packets_are_counted_where_their_first_rules_say(given_rules):
    item = config(counting=[count(f"c{n}", one, excepted=tuple(holes)) for n, (one, holes) in enumerate(given_rules)])
    owned = running(item)
    rules = [PacketRule(rule.flow, rule.excepted, rule.counter, ORIGIN) for rule in item.counting]
    assert [packet for packet in PACKETS if counted(packet, owned) != decided_by(rules, packet)] == []


def counted(packet, owned):
    """The counter that a packet is counted by."""
    part = class_of(named(owned, held(owned, HOSTS).output), packet, owned)
    name = part.name.split("-")[1]  # ITC-COUNTER-TOKEN, or class-default
    return None if name in {"default", "rest"} else name


def test_addresses_of_routers_are_those_of_the_network():
    assert FEW[0] in INFRASTRUCTURE
