"""What the filters of the target `junos` do to packets, against what the IR says, read anew: rule by rule, packet by packet."""

import ipaddress
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import CLASSES, count, edge, fence, flow, isolate, mark, meter, port, steer
from support_junos import INFRASTRUCTURE, config, owned, policy, policy_steer

ROUTER = "10.0.0.2"


@dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    protocol: str
    source_port: int
    destination_port: int
    dscp: int


def is_in(packet, one):
    """Whether a packet is one of a flow, by its header."""
    has_ports = packet.protocol in {"tcp", "udp", "sctp"}
    return (
        ipaddress.ip_address(packet.source) in ipaddress.ip_network(one.source)
        and ipaddress.ip_address(packet.destination) in ipaddress.ip_network(one.destination)
        and one.protocol in {"any", packet.protocol}
        and _within(packet.source_port, one.source_ports, has_ports)
        and _within(packet.destination_port, one.destination_ports, has_ports)
        and one.dscp in {None, packet.dscp}
    )


def _within(number, limits, has_ports):
    return limits is None or (has_ports and limits[0] <= number <= limits[1])


def holds(packet, rule):
    return is_in(packet, rule.flow) and not any(is_in(packet, hole) for hole in rule.excepted)


# ---- the filters, as a router would go through them


def terms_of(owned, name):
    return next((item.terms for item in owned.filters4 if item.name == name), None)


def walk(owned, name, packet, forwarding_class):
    """What a filter does: verdict, forwarding class, counters, policers."""
    lists = {item.name: [ipaddress.ip_network(entry.name) for entry in item.prefixes] for item in owned.prefix_lists}
    counters, policers = [], []
    for term in terms_of(owned, name) or ():
        if all(_matches(match, packet, forwarding_class, lists) for match in term.match):
            counters += [term.counter] if term.counter else []
            policers += [term.policer] if term.policer else []
            forwarding_class = term.forwarding_class or forwarding_class
            if term.next != "term":
                verdict = "discard" if term.is_discarded else term.instance or "accept"
                assert term.is_accepted + term.is_discarded + (term.instance is not None) == 1
                return verdict, forwarding_class, counters, policers
    return ("discard" if terms_of(owned, name) else "accept"), forwarding_class, counters, policers


def _matches(match, packet, forwarding_class, lists):
    source, destination = ipaddress.ip_address(packet.source), ipaddress.ip_address(packet.destination)
    has_ports = packet.protocol in {"tcp", "udp", "sctp"}
    return (
        (match.source is None or source in ipaddress.ip_network(match.source))
        and (match.destination is None or destination in ipaddress.ip_network(match.destination))
        and (match.source_list is None or any(source in net for net in lists[match.source_list]))
        and (match.destination_list is None or any(destination in net for net in lists[match.destination_list]))
        and match.protocol in {None, packet.protocol}
        and _within(packet.source_port, match.source_ports, has_ports)
        and _within(packet.destination_port, match.destination_ports, has_ports)
        and match.dscp in {None, packet.dscp}
        and (not match.forwarding_classes or forwarding_class in match.forwarding_classes)
    )


# ---- the IR, as targets/README.md says it


def is_exempt(packet):
    return f"{packet.destination}/32" in INFRASTRUCTURE


def marked(item, packet, interface):
    """The code point behind the marking, and the rule that gave it."""
    rule = next((rule for rule in item.marking if interface in rule.interfaces and holds(packet, rule)), None)
    if rule is not None:
        return rule.dscp, rule
    trust = next((one.trust for one in item.edges if one.interface == interface), "dscp")
    return (0 if trust == "none" else packet.dscp), None


def with_dscp(packet, dscp):
    return replace(packet, dscp=dscp)


def guards(item, packet, interface, direction):
    """The first isolation rule that refuses a packet as marked."""
    address = packet.destination if direction == "to" else packet.source
    for rule in item.isolation:
        if rule.direction == direction and interface in rule.interfaces:
            inside = ipaddress.ip_address(address) in ipaddress.ip_network(rule.prefix)
            if inside and not any(is_in(packet, one) for one in rule.allowed):
                return rule
    return None


def expected_in(item, packet, interface):
    """Verdict, code point (None: as it came) and counters at a port where packets come in."""
    if is_exempt(packet):
        return "accept", None, set()
    if f"{packet.source}/32" in INFRASTRUCTURE:
        return "discard", None, {"itc-forged"}
    dscp, rule = marked(item, packet, interface)
    refusal = guards(item, with_dscp(packet, dscp), interface, "from")
    if refusal is not None:
        return "discard", None, {f"ITC-{refusal.counter}"}
    steering = sorted([*item.steering, *item.policy_steering], key=lambda one: one.precedence)
    way = next((one for one in steering if interface in one.interfaces and holds(packet, one)), None)
    return ("accept" if way is None else way), dscp, {f"ITC-{rule.counter}"} if rule else set()


def expected_out(item, packet, interface):
    """Verdict and counters at a port where packets, as marked, go out."""
    if is_exempt(packet) or f"{packet.source}/32" in INFRASTRUCTURE:
        return "accept", set()
    for rule in item.fences:
        if interface in rule.interfaces and holds(packet, rule):
            return "discard", {f"ITC-{rule.counter}"}
    refusal = guards(item, packet, interface, "to")
    if refusal is not None:
        return "discard", {f"ITC-{refusal.counter}"}
    counters = {f"ITC-{rule.counter}" for rule in item.counting if interface in rule.interfaces and holds(packet, rule)}
    return "accept", counters


PREFIXES = ["0.0.0.0/0", "10.10.0.0/16", "10.10.1.0/24", "10.10.1.128/25", "10.10.2.0/24", "10.10.2.7/32"]
ADDRESSES = ["10.10.1.1", "10.10.1.200", "10.10.2.7", "10.10.2.9", "10.10.9.9", "192.0.2.1", ROUTER]
RANGES = st.sampled_from([None, (443, 443), (400, 500), (1, 65535), (7000, 7009), (445, 7005)])
NUMBERS = st.sampled_from([1, 399, 443, 450, 7000, 7005, 7009, 9000])
FLOWS = st.builds(
    lambda source, destination, protocol, ports, from_ports, dscp: flow(
        source,
        destination,
        protocol,
        ports if protocol in {"tcp", "udp"} else None,
        source_ports=from_ports if protocol in {"tcp", "udp"} else None,
        dscp=dscp,
    ),
    st.sampled_from(PREFIXES),
    st.sampled_from(PREFIXES),
    st.sampled_from(["any", "tcp", "udp", "icmp"]),
    RANGES,
    RANGES,
    st.sampled_from([None, None, None, 10, 34, 46, 0]),
)
HOLES = st.lists(FLOWS, max_size=2).map(tuple)
PACKETS = st.lists(
    st.builds(
        Packet,
        st.sampled_from(ADDRESSES),
        st.sampled_from(ADDRESSES),
        st.sampled_from(["tcp", "udp", "icmp"]),
        NUMBERS,
        NUMBERS,
        st.sampled_from([0, 10, 34, 46, 48]),
    ),
    min_size=10,
    max_size=30,
)
TRUST = st.sampled_from(["none", "dscp"])


@st.composite
def incoming(draw):
    """A configuration of one host port."""
    classes = st.sampled_from(["critical", "high", "background"])
    marking = [
        mark(f"m{n}", draw(FLOWS), draw(classes), precedence=n, excepted=draw(HOLES))
        for n in range(draw(st.integers(0, 4)))
    ]
    steering = [
        steer(draw(FLOWS), (f"r{2 + n % 2}",), closed=bool(n % 2), precedence=2 * n, excepted=draw(HOLES))
        for n in range(draw(st.integers(0, 2)))
    ]
    policies = [policy_steer(draw(FLOWS), precedence=3)] if draw(st.booleans()) else []
    isolation = [
        isolate(f"i{n}", draw(st.sampled_from(PREFIXES[1:])), draw(st.lists(FLOWS, max_size=2)), direction="from")
        for n in range(draw(st.integers(0, 2)))
    ]
    return config(
        edges=[edge(trust=draw(TRUST))],
        marking=marking,
        steering=steering,
        policies=[policy()],
        policy_steering=policies,
        isolation=isolation,
        queueing=[port()],
    )


@given(incoming(), PACKETS)
@settings(max_examples=50, deadline=None)
def test_packets_that_come_in_are_treated_as_the_rules_say(item, packets):
    own = owned(item)
    names = {}
    for packet in packets:
        verdict, forwarding_class, counters, _ = walk(own, "ITC-IN4-ge-0-0-1.0", packet, "of the port")
        wanted, dscp, counted = expected_in(item, packet, "ge-0/0/1")
        if terms_of(own, "ITC-IN4-ge-0-0-1.0") is None:
            assert (wanted in {"accept", "discard"}, dscp) in {(True, packet.dscp), (True, None)}
            continue
        if wanted in {"accept", "discard"}:
            assert verdict == wanted, packet
        else:
            assert verdict.startswith(("ITC-S-", "ITC-P-")), packet
            key = (wanted.waypoints, wanted.is_fail_closed) if hasattr(wanted, "waypoints") else wanted.policy
            assert names.setdefault(verdict, key) == key, "one instance leads one way"
        assert set(counters) == counted, packet
        if wanted != "discard" and not is_exempt(packet):
            rule = marked(item, packet, "ge-0/0/1")[1]
            is_written = rule is not None or item.edges[0].trust == "none"
            assert forwarding_class == (f"ITC-D{dscp}" if is_written else "of the port"), packet


@st.composite
def outgoing(draw):
    """A configuration of one port with all that happens where packets leave."""
    fences = [fence(f"f{n}", draw(FLOWS), ("eth1",), excepted=draw(HOLES)) for n in range(draw(st.integers(0, 3)))]
    isolation = [
        isolate(f"i{n}", draw(st.sampled_from(PREFIXES[1:])), draw(st.lists(FLOWS, max_size=2)))
        for n in range(draw(st.integers(0, 2)))
    ]
    counting = [count(f"c{n}", draw(FLOWS), excepted=draw(HOLES)) for n in range(draw(st.integers(0, 3)))]
    return config(fences=fences, isolation=isolation, counting=counting, queueing=[port()])


def class_of(owned, dscp):
    """The forwarding class of a packet by the classifier of the port that it came in at, or by its marking."""
    (table,) = owned.classifiers4
    return next(item.name for item in table.classes for codes in item.codes if dscp in codes.codes)


@given(outgoing(), PACKETS)
@settings(max_examples=50, deadline=None)
def test_packets_that_go_out_are_treated_as_the_rules_say(item, packets):
    own = owned(item)
    for packet in packets:
        if packet.source == ROUTER and not (item.fences or item.isolation):
            continue
        verdict, _, counters, _ = walk(own, "ITC-OUT4-ge-0-0-1.0", packet, class_of(own, packet.dscp))
        assert (verdict, set(counters)) == expected_out(item, packet, "ge-0/0/1"), packet


def test_a_meter_is_passed_once_above_its_ceiling_first():
    item = config(
        edges=[edge()],
        meters=[meter("m", 5_000_000, ceiling=9_000_000)],
        marking=[mark("one", flow(), "high", meter="m")],
        queueing=[port()],
    )
    own = owned(item)
    packet = Packet("10.10.1.1", "10.10.2.7", "udp", 1, 1, 0)
    verdict, forwarding_class, counters, policers = walk(own, "ITC-IN4-ge-0-0-1.0", packet, "")
    assert (verdict, forwarding_class, counters) == ("accept", "ITC-D34", ["ITC-one"])
    assert policers == ["ITC-m-ceiling", "ITC-m-rate"]
    over = next(policer for policer in own.policers if policer.name == "ITC-m-rate")
    assert (over.forwarding_class, over.is_discarding, over.is_shared) == ("ITC-D36", False, True)
    assert CLASSES["high"].over_dscp == 36
