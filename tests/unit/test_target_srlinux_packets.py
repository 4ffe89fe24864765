"""The target `srlinux` by what happens to packets: the entries of its lists against the rules that they stand for."""

import ipaddress
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, H2_6
from support_srlinux import (
    HOSTS,
    INFRASTRUCTURE,
    LINK,
    MORE_HOSTS,
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
)

decide = pytest.importorskip("intentc_target_srlinux.decide")

LOCAL = ("224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16", "fe80::/10", "ff00::/8")


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
    """Whether a packet is of a flow, as the model of flows says it."""
    has_ports = packet.protocol in {"tcp", "udp", "sctp"}
    return (
        packet.family == one.family
        and is_in(packet.source, one.source)
        and is_in(packet.destination, one.destination)
        and one.protocol in {"any", packet.protocol}
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


def is_matched(packet, entry):
    """Whether a packet meets the conditions of an entry of the device."""
    if not entry.match:
        return True
    (match,) = entry.match
    word = {"icmp": "icmp" if packet.family == 4 else "icmp6"}.get(packet.protocol, packet.protocol)
    ports = (
        (match.source_first, match.source_last, packet.source_port),
        (match.destination_first, match.destination_last, packet.destination_port),
    )
    return (
        match.protocol in {None, word}
        and (match.source is None or is_in(packet.source, match.source))
        and (match.destination is None or is_in(packet.destination, match.destination))
        and (not match.dscps or packet.dscp in match.dscps)
        and all(first is None or first <= number <= last for first, last, number in ports)
    )


def first(packet, entries):
    return next(entry for entry in sorted(entries, key=lambda entry: entry.name) if is_matched(packet, entry))


def acl_of(owned, name, way, packet):
    kind = f"ipv{packet.family}"
    ports = {item.name: item for item in owned.acl_ports}
    bound = [one.name for one in getattr(ports[f"{name}.0"], way) if one.kind == kind] if f"{name}.0" in ports else []
    return next((item.entries for item in owned.filters if item.name in bound), None)


ADDRESSES = {
    4: (
        "10.10.1.9",
        "10.10.1.200",
        "10.10.2.1",
        "10.10.7.7",
        "192.0.2.1",
        "10.0.0.1",
        "10.1.12.1",
        "224.0.0.5",
        "10.0.0.4",
    ),
    6: ("fd10:1::9", "fd10:2::9", "2001:db8::1", "fd00::1", "fe80::1", "ff02::5"),
}
PREFIXES = {4: (H1, H2, "10.10.1.128/25", "10.10.0.0/16", "0.0.0.0/0"), 6: (H1_6, H2_6, "fd10::/16", "::/0")}
PORTS = (None, (80, 80), (1, 443), (443, 65535))


@st.composite
def packets(draw):
    own = draw(st.sampled_from([4, 6]))
    address = st.sampled_from(ADDRESSES[own])
    numbers = st.sampled_from([1, 80, 443, 8000])
    return Packet(
        draw(address),
        draw(address),
        draw(st.sampled_from(["tcp", "udp", "icmp"])),
        draw(numbers),
        draw(numbers),
        draw(st.sampled_from([0, 10, 34, 46])),
    )


@st.composite
def flows(draw, family=None, *, has_dscp=True):
    own = family or draw(st.sampled_from([4, 6]))
    prefix = st.sampled_from(PREFIXES[own])
    protocol = draw(st.sampled_from(["any", "any", "tcp", "udp", "icmp"]))
    ports = st.sampled_from(PORTS) if protocol in {"tcp", "udp"} else st.none()
    dscp = draw(st.sampled_from([None, None, 34])) if has_dscp else None
    return flow(draw(prefix), draw(prefix), protocol, draw(ports), source_ports=draw(ports), dscp=dscp)


@st.composite
def rules(draw, most):
    found = draw(st.lists(flows(), max_size=most))
    return [(one, tuple(draw(st.lists(flows(one.family), max_size=2)))) for one in found]


@given(rules(3), rules(2), st.lists(flows(4), max_size=3), st.lists(packets(), min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_leaves_is_dropped_and_counted_as_the_rules_say(fenced, counted, allowed, sent):
    fences = [fence(f"f-{n}", one, (LINK,), excepted=holes) for n, (one, holes) in enumerate(fenced)]
    counts = [count(f"c-{n}", one, (LINK,), holes) for n, (one, holes) in enumerate(counted)]
    guard = isolate("guard", H1, allowed, interfaces=(LINK,))
    item = config(fences=fences, counting=counts, isolation=[guard])
    owned = decide.owned_by(item, fleet(item))
    for packet in sent:
        entries = acl_of(owned, LINK, "outputs", packet)
        is_exempt = is_in(packet.destination, *LOCAL, *INFRASTRUCTURE) or is_in(packet.source, *INFRASTRUCTURE)
        is_guarded = is_in(packet.destination, H1) and not any(belongs(packet, one) for one in guard.allowed)
        is_dropped = not is_exempt and (any(meets(packet, rule) for rule in fences) or is_guarded)
        counters = set() if is_exempt or is_dropped else {rule.counter for rule in counts if meets(packet, rule)}
        if entries is None:
            assert (is_dropped, counters) == (False, set())
            continue
        entry = first(packet, entries)
        assert (entry.is_dropped, entry.is_accepted) == (is_dropped, not is_dropped), packet
        assert is_dropped or set((entry.counters or "").split()) == counters, packet


@given(rules(4), st.sampled_from(["none", "dscp"]), st.lists(packets(), min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_hosts_send_is_marked_and_counted_as_the_rules_say(marked, trust, sent):
    names = ["critical", "high", "background", "high"]
    marking = [mark(f"m-{n}", one, names[n], precedence=n, excepted=holes) for n, (one, holes) in enumerate(marked)]
    item = config(
        edges=[edge(trust=trust)],
        marking=marking,
        queueing=[port(queues=tuple(queue(name) for name in ("critical", "high", "background", "default")))],
    )
    owned = decide.owned_by(item, fleet(item))
    for packet in sent:
        rule = next((rule for rule in marking if meets(packet, rule)), None)
        is_exempt = is_in(packet.destination, *LOCAL, *INFRASTRUCTURE)
        written, served = after_marking(owned, packet)
        wanted = packet.dscp if is_exempt else rule.dscp if rule else packet.dscp if trust == "dscp" else 0
        assert written == wanted, packet
        if not is_exempt:
            assert served == class_of(wanted), packet
        entries = acl_of(owned, HOSTS, "inputs", packet)
        if entries is not None:
            counter = None if is_exempt or rule is None else rule.counter
            entry = first(packet, entries)
            assert entry.is_accepted
            assert entry.counters == counter


def after_marking(owned, packet):
    """The code point and the forwarding class of a packet from the hosts of `HOSTS`."""
    policy = {point.name: point.forwarding_class for point in owned.dscp_policies[0].points}
    trusted = packet.dscp, policy.get(packet.dscp, "ITC-FC0")
    (place,) = (item for item in owned.qos_ports if item.name == f"{HOSTS}.0")
    names = [one.name for one in place.classifiers if one.kind == f"ipv{packet.family}"]
    found = next((item.rules for item in owned.classifiers if item.name in names), ())
    rule = next((rule for rule in sorted(found, key=lambda rule: rule.name) if is_matched(packet, rule)), None)
    if rule is None:
        return trusted
    return packet.dscp if rule.dscp is None else rule.dscp, rule.forwarding_class


def class_of(dscp):
    """The forwarding class of the classes of these tests, by rank: background 1, high 2, critical 3."""
    return {1: "ITC-FC1", 34: "ITC-FC2", 36: "ITC-FC2", 46: "ITC-FC3"}.get(dscp, "ITC-FC0")


def test_a_routers_address_is_not_believed_where_hosts_hang():
    item = config(edges=[edge()], fences=[fence("f", flow(), (LINK,))])
    owned = decide.owned_by(item, fleet(item))
    forged = Packet("10.0.0.1", "10.10.2.1", "udp", 1, 1, 0)
    assert first(forged, acl_of(owned, HOSTS, "inputs", forged)).is_dropped
    assert first(forged, acl_of(owned, LINK, "outputs", forged)).is_accepted


def test_hosts_reach_routers_through_every_list():
    guard = isolate("i", H1, direction="from")
    item = config(
        edges=[edge()],
        isolation=[guard, isolate("o", H1)],
        fences=[fence("f", flow("0.0.0.0/0", "0.0.0.0/0"), (LINK,))],
    )
    owned = decide.owned_by(item, fleet(item))
    to_router = Packet("10.10.1.9", "10.0.0.2", "tcp", 4000, 179, 0)
    assert first(to_router, acl_of(owned, HOSTS, "inputs", to_router)).is_accepted
    assert first(to_router, acl_of(owned, LINK, "outputs", to_router)).is_accepted
    other = Packet("10.10.1.9", "10.10.2.1", "tcp", 4000, 179, 0)
    assert first(other, acl_of(owned, HOSTS, "inputs", other)).is_dropped


def test_hosts_find_their_router_by_neighbour_discovery():
    """Its address lies in the prefix of the hosts, and need not be one of those that the topology names."""
    item = config(edges=[edge()], isolation=[isolate("i6", H1_6, direction="from")])
    (own,) = [
        one for one in decide.owned_by(item, fleet(item)).filters if one.name == f"ITC-IN6-{HOSTS.replace('/', '-')}.0"
    ]
    first = [
        (line.is_accepted, *(getattr(line.match[0], name) for name in ("protocol", "message", "source", "destination")))
        for line in own.entries[:2]
    ]
    assert first == [(True, "icmp6", kind, H1_6, H1_6) for kind in (135, 136)]


def test_a_trusted_port_keeps_what_no_rule_names():
    item = config(edges=[edge(MORE_HOSTS, "fabric")], queueing=[port()])
    owned = decide.owned_by(item, fleet(item))
    assert owned.classifiers == ()
    (place,) = (one for one in owned.qos_ports if one.name == f"{MORE_HOSTS}.0")
    assert place.dscp_policy == "ITC-DSCP"
