"""Rules with exceptions as one list: whatever the rules, the first set that has a packet says what the rules say of it."""

import ipaddress

from hypothesis import given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.model import Origin
from intentc.resolve.model import Flow
from intentc.targetkit.packet_sets import EVERYTHING, PacketRule, decide_packets, joined, meet

PREFIXES = ("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.2.0.0/16", "10.1.1.7/32")
ADDRESSES = ("10.1.1.7", "10.1.1.8", "10.1.9.9", "10.2.0.1", "192.0.2.1")
PORTS = st.sampled_from([None, (80, 80), (1, 443), (443, 65535), (50, 90)])


@st.composite
def flows(draw):
    prefixes = st.sampled_from(PREFIXES)
    protocol = draw(st.sampled_from(["any", "any", "tcp", "udp"]))
    ports = PORTS if protocol != "any" else st.none()
    return Flow(
        4, draw(prefixes), draw(prefixes), protocol, draw(ports), draw(ports), draw(st.sampled_from([None, None, 46]))
    )


PACKETS = st.tuples(
    st.sampled_from(ADDRESSES),
    st.sampled_from(ADDRESSES),
    st.sampled_from(["tcp", "udp", "icmp"]),
    st.sampled_from([1, 80, 443, 8000]),
    st.sampled_from([1, 80, 443, 8000]),
    st.sampled_from([0, 46]),
)
RULES = st.lists(st.tuples(flows(), st.lists(flows(), max_size=2)), max_size=4)


def belongs(packet, flow):
    source, destination, protocol, source_port, destination_port, dscp = packet
    has_ports = protocol in {"tcp", "udp"}
    return (
        ipaddress.ip_address(source) in ipaddress.ip_network(flow.source)
        and ipaddress.ip_address(destination) in ipaddress.ip_network(flow.destination)
        and flow.protocol in {"any", protocol}
        and (flow.source_ports is None or (has_ports and flow.source_ports[0] <= source_port <= flow.source_ports[1]))
        and (
            flow.destination_ports is None
            or (has_ports and flow.destination_ports[0] <= destination_port <= flow.destination_ports[1])
        )
        and flow.dscp in {None, dscp}
    )


def wanted(packet, layer):
    return next(
        (
            rule.outcome
            for rule in layer
            if belongs(packet, rule.flow) and not any(belongs(packet, hole) for hole in rule.excepted)
        ),
        None,
    )


@given(st.lists(RULES, min_size=1, max_size=3), st.lists(PACKETS, min_size=10, max_size=10))
@settings(max_examples=100, deadline=None)
def test_each_layer_decides_by_its_first_rule_until_one_is_final(given_layers, packets):
    layers = [
        [PacketRule(flow, tuple(holes), (depth, index)) for index, (flow, holes) in enumerate(rules)]
        for depth, rules in enumerate(given_layers)
    ]
    sets = decide_packets(layers, EVERYTHING[4], lambda outcome: outcome == (0, 0))
    assert len({one.flow for one in sets}) == len(sets)
    for packet in packets:
        expected = []
        for layer in layers:
            outcome = wanted(packet, layer)
            if outcome is not None:
                expected.append(outcome)
            if outcome == (0, 0):
                break
        found = next(one for one in sets if belongs(packet, one.flow))
        assert list(found.outcomes) == expected, packet


@given(flows(), flows(), st.lists(PACKETS, min_size=10, max_size=10))
@settings(max_examples=100, deadline=None)
def test_what_two_flows_have_in_common(one, other, packets):
    both = meet(one, other)
    for packet in packets:
        is_in_both = belongs(packet, one) and belongs(packet, other)
        assert is_in_both == (both is not None and belongs(packet, both))


def test_flows_of_two_families_have_nothing_in_common():
    assert meet(EVERYTHING[4], EVERYTHING[6]) is None


def test_origins_are_joined_and_nobody_is_none():
    one, other = (Origin((name,), (Span("a", line, 1, line, 2),)) for line, name in enumerate("ab", 1))
    assert joined([other, None, one, one]) == Origin(("a", "b"), (*one.spans, *other.spans))
    assert joined([None, Origin(("c",), ())]) is None
