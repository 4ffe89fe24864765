"""The target `eos` by what happens to packets: the lines of its lists against the rules that they stand for."""

import ipaddress
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_eos import (
    CODE,
    HOSTS,
    INFRASTRUCTURE,
    LEFT,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    isolate,
    mark,
    port,
    queue,
    rendered,
    steer,
)
from support_frr import H1, H1_6, H2, H2_6

LOCAL = ("224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16", "fe80::/10", "ff00::/8")
OWN_LINK = ("169.254.0.0/16", "fe80::/10")


@dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    protocol: str
    source_port: int
    destination_port: int
    dscp: int

    @property
    def family(self):
        return ipaddress.ip_address(self.source).version


def is_in(address, *prefixes):
    return any(
        ipaddress.ip_address(address) in ipaddress.ip_network(prefix)
        for prefix in prefixes
        if (":" in prefix) == (":" in address)
    )


def belongs(packet, one):
    """Whether a packet is of a flow, as the model of flows says it; a line of a list has the same fields."""
    has_ports = packet.protocol in {"tcp", "udp", "sctp"}
    return (
        is_in(packet.source, one.source)
        and is_in(packet.destination, one.destination)
        and one.protocol in {"any", "ip", packet.protocol}
        and all(
            limits is None or (has_ports and limits[0] <= number <= limits[1])
            for limits, number in (
                (one.source_ports, packet.source_port),
                (one.destination_ports, packet.destination_port),
            )
        )
        and one.dscp in {None, packet.dscp}
    )


def meets(packet, rule):
    return belongs(packet, rule.flow) and not any(belongs(packet, hole) for hole in rule.excepted)


def owned(item):
    return CODE.read_back(rendered(item, fleet(item)))


def decided(packet, entries):
    """The action of a list and the counters of the remark before the line; a packet that no line matches is denied."""
    remark = ""
    for line in entries:
        if line.action == "remark":
            remark = line.remark
            continue
        if line.kind is None and belongs(packet, line):
            return line.action, set(remark.split())
        remark = ""
    return "deny", set()


def list_of(found, name, way, packet):
    slot = f"{way}{packet.family}"
    (bound,) = [getattr(one, slot) for one in found.ports if one.name == name] or [None]
    lists = found.lists4 if packet.family == 4 else found.lists6
    return next((one.entries for one in lists if one.name == bound), None)


def classified(found, policy, packet):
    """The class of a policy that a packet belongs to."""
    lists = {one.name: one.entries for one in (*found.lists4, *found.lists6)}
    maps = {one.name: one for one in (*found.qos_classes, *found.pbr_classes)}
    for one in policy.classes:
        known = maps[one.name]
        name = known.list4 if packet.family == 4 else known.list6
        if name is not None and decided(packet, lists[name])[0] == "permit":
            return one
    return None


ADDRESSES = {
    4: ("10.10.1.9", "10.10.1.200", "10.10.2.1", "10.10.7.7", "192.0.2.1", "10.0.0.1", "10.1.12.1", "224.0.0.5"),
    6: ("fd10:1::9", "fd10:2::9", "2001:db8::1", "fd00::1", "fe80::1", "ff02::5"),
}
PREFIXES = {4: (H1, H2, "10.10.1.128/25", "10.10.0.0/16", "0.0.0.0/0"), 6: (H1_6, H2_6, "fd10::/16", "::/0")}
PORTS = (None, (80, 80), (1, 443), (443, 65535))


@st.composite
def packets(draw, family=None):
    address = st.sampled_from(ADDRESSES[family or draw(st.sampled_from([4, 6]))])
    numbers = st.sampled_from([1, 80, 443, 8000])
    return Packet(
        draw(address),
        draw(address),
        draw(st.sampled_from(["tcp", "udp", "icmp"])),
        draw(numbers),
        draw(numbers),
        draw(st.sampled_from([0, 10, 34, 46, 48])),
    )


@st.composite
def flows(draw, family=None):
    own = family or draw(st.sampled_from([4, 6]))
    prefix = st.sampled_from(PREFIXES[own])
    protocol = draw(st.sampled_from(["any", "any", "tcp", "udp", "icmp"]))
    ports = st.sampled_from(PORTS) if protocol in {"tcp", "udp"} else st.none()
    dscp = draw(st.sampled_from([None, None, 34]))
    return flow(draw(prefix), draw(prefix), protocol, draw(ports), source_ports=draw(ports), dscp=dscp)


@st.composite
def rules(draw, most, family=None):
    found = draw(st.lists(flows(family), max_size=most))
    return [(one, tuple(draw(st.lists(flows(one.family), max_size=2)))) for one in found]


@given(rules(3), rules(2), st.lists(flows(4), max_size=3), st.lists(packets(), min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_leaves_is_dropped_and_counted_as_the_rules_say(fenced, counted, allowed, sent):
    fences = [fence(f"f-{n}", one, (LEFT,), excepted=holes) for n, (one, holes) in enumerate(fenced)]
    counts = [count(f"c-{n}", one, (LEFT,), holes) for n, (one, holes) in enumerate(counted)]
    guard = isolate("guard", H1, allowed, interfaces=(HOSTS,), direction="from")
    wall = isolate("wall", H1, allowed, interfaces=(LEFT,))
    found = owned(config(fences=fences, counting=counts, isolation=[guard, wall]))
    for packet in sent:
        entries = list_of(found, LEFT, "out", packet)
        is_exempt = is_in(packet.destination, *LOCAL, *INFRASTRUCTURE)
        is_guarded = is_in(packet.destination, H1) and not any(belongs(packet, one) for one in allowed)
        is_dropped = not is_exempt and (any(meets(packet, rule) for rule in fences) or is_guarded)
        counters = set() if is_exempt or is_dropped else {rule.counter for rule in counts if meets(packet, rule)}
        if entries is None:
            assert (is_dropped, counters) == (False, set())
            continue
        action, said = decided(packet, entries)
        assert action == ("deny" if is_dropped else "permit"), packet
        assert is_dropped or said == counters, packet


@given(rules(4), st.sampled_from(["none", "dscp"]), st.lists(packets(), min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_hosts_send_is_marked_as_the_rules_say(marked, trust, sent):
    names = ["critical", "high", "background", "high"]
    marking = [mark(f"m-{n}", one, names[n], precedence=n, excepted=holes) for n, (one, holes) in enumerate(marked)]
    queues = tuple(queue(name) for name in ("critical", "high", "background", "default"))
    found = owned(config(edges=[edge(trust=trust)], marking=marking, queueing=[port(queues=queues)]))
    (policy,) = [one for one in found.qos_policies if one.name == f"ITC-IN-{HOSTS}"]
    for packet in sent:
        rule = next((rule for rule in marking if meets(packet, rule)), None)
        is_exempt = is_in(packet.destination, *LOCAL, *INFRASTRUCTURE)
        got = classified(found, policy, packet)
        written = packet.dscp if got.dscp is None else got.dscp
        kept = packet.dscp if trust == "dscp" else 0
        wanted = packet.dscp if is_exempt else rule.dscp if rule else kept
        assert written == wanted, packet
        assert got.traffic_class == (1 if is_exempt else number_of(wanted)), packet


def number_of(dscp):
    """The traffic class of a code point with the classes of these tests."""
    return {56: 7, 48: 6, 46: 5, 34: 4, 36: 4, 1: 3}.get(dscp, 1)


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("dscp", range(64))
def test_what_comes_in_over_links_is_classified_by_its_code_point(dscp, family):
    queues = tuple(queue(name) for name in ("critical", "high", "background", "default"))
    found = owned(config(queueing=[port(queues=queues)]))
    (policy,) = found.qos_policies
    ends = ADDRESSES[family][:2]
    got = classified(found, policy, Packet(*ends, "udp", 1, 1, dscp))
    assert (got.dscp, got.traffic_class) == (None, number_of(dscp))
    assert got.drop_precedence == (1 if dscp == 36 else None)


@given(rules(4, 4), st.lists(packets(4), min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_is_steered_goes_where_the_rules_say(steered, sent):
    ways = [("r2",), ("r3", "r2"), ("r2", "r4"), ("r3",)]
    steering = [
        steer(one, ways[n], precedence=n, excepted=holes, closed=bool(n % 2)) for n, (one, holes) in enumerate(steered)
    ]
    found = owned(config(steering=steering))
    for packet in sent:
        rule = next((rule for rule in steering if meets(packet, rule)), None)
        is_exempt = is_in(packet.destination, *LOCAL, *INFRASTRUCTURE)
        got = classified(found, found.pbr_policies[0], packet) if found.pbr_policies else None
        hop = None if got is None else got.next_hop
        if rule is None or is_exempt:
            assert hop is None, packet
            continue
        routes = sorted((one for one in found.routes if one.prefix == f"{hop}/32"), key=lambda one: one.distance)
        waypoints = [f"10.0.0.{name[1:]}" for name in rule.waypoints]
        assert [one.next_hop for one in routes] == [*waypoints, *(["Null0"] if rule.is_fail_closed else [])]


def test_a_routers_address_is_not_believed_where_hosts_hang():
    """At ports out nobody sees where a packet came in, so it is believed only on devices without hosts."""
    one = fence("f", flow("0.0.0.0/0", "0.0.0.0/0"), (LEFT,))
    forged = Packet("10.0.0.1", "10.10.2.1", "udp", 1, 1, 0)
    assert decided(forged, list_of(owned(config(fences=[one])), LEFT, "out", forged))[0] == "permit"
    with_hosts = owned(config(edges=[edge()], fences=[one]))
    assert decided(forged, list_of(with_hosts, LEFT, "out", forged))[0] == "deny"


def test_hosts_reach_routers_through_every_list():
    item = config(
        edges=[edge()],
        isolation=[isolate("i", H1, direction="from"), isolate("i6", H1_6, direction="from"), isolate("o", H1)],
        fences=[fence("f", flow("0.0.0.0/0", "0.0.0.0/0"), (LEFT,))],
        steering=[steer(flow("0.0.0.0/0", "0.0.0.0/0"))],
    )
    found = owned(item)
    to_router = Packet("10.10.1.9", "10.0.0.2", "tcp", 4000, 179, 0)
    assert decided(to_router, list_of(found, HOSTS, "in", to_router))[0] == "permit"
    assert decided(to_router, list_of(found, LEFT, "out", to_router))[0] == "permit"
    assert classified(found, found.pbr_policies[0], to_router).next_hop is None
    other = Packet("10.10.1.9", "10.10.2.1", "tcp", 4000, 179, 0)
    assert decided(other, list_of(found, HOSTS, "in", other))[0] == "deny"


def test_hosts_find_their_router_by_neighbour_discovery():
    """Its address lies in the prefix of the hosts, and need not be one of those that the topology names."""
    found = owned(config(edges=[edge()], isolation=[isolate("i6", H1_6, direction="from")]))
    (own,) = [one for one in found.lists6 if one.name == f"ITC-IN6-{HOSTS}"]
    first = own.entries[:2]
    assert [(line.action, line.protocol, line.kind, line.source, line.destination) for line in first] == [
        ("permit", "icmp", kind, H1_6, H1_6) for kind in ("135", "136")
    ]
