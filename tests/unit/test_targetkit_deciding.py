"""Lists of cells against the rules that they stand for: the first cell that a packet is in says what the rules say of it."""

import ipaddress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import ORIGIN, flow

from intentc.ir.model import Origin
from intentc.targetkit.deciding import EVERYTHING, Rule, cells_of, joined, meet

PREFIXES = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "0.0.0.0/0"]
ADDRESSES = ["10.1.2.3", "10.1.9.9", "10.9.9.9", "192.0.2.1"]
PORTS = st.sampled_from([None, (5, 9), (7, 7), (8, 20)])


@st.composite
def flows(draw):
    protocol = draw(st.sampled_from(["any", "tcp", "udp"]))
    one = flow(
        draw(st.sampled_from(PREFIXES)),
        draw(st.sampled_from(PREFIXES)),
        protocol,
        dscp=draw(st.sampled_from([None, 34, 46])),
    )
    return one if protocol == "any" else replace(one, source_ports=draw(PORTS), destination_ports=draw(PORTS))


PACKETS = st.builds(
    lambda source, destination, protocol, first, second, dscp: flow(
        f"{source}/32", f"{destination}/32", protocol, (second, second), source_ports=(first, first), dscp=dscp
    ),
    *(st.sampled_from(ADDRESSES),) * 2,
    st.sampled_from(["tcp", "udp"]),
    *(st.integers(4, 21),) * 2,
    st.sampled_from([0, 34, 46]),
)
RULES = st.lists(st.tuples(flows(), st.lists(flows(), max_size=2), st.booleans()), max_size=4)


def is_in(packet, one):
    """Whether a flow of one packet lies in a flow, part by part."""

    def holds(wanted, port):
        return wanted is None or wanted[0] <= port[0] <= wanted[1]

    return (
        all(
            ipaddress.ip_network(a).subnet_of(ipaddress.ip_network(b))
            for a, b in ((packet.source, one.source), (packet.destination, one.destination))
        )
        and one.protocol in {"any", packet.protocol}
        and one.dscp in {None, packet.dscp}
        and holds(one.source_ports, packet.source_ports)
        and holds(one.destination_ports, packet.destination_ports)
    )


def said(kinds, packet):
    """What the rules say of a packet, by their definition."""
    verdicts = []
    for rules in kinds:
        for rule in rules:
            if is_in(packet, rule.flow) and not any(is_in(packet, hole) for hole in rule.excepted):
                verdicts.append(rule.verdict)
                if rule.is_final:
                    return tuple(verdicts)
                break
    return tuple(verdicts)


@given(st.lists(RULES, min_size=1, max_size=3), st.lists(PACKETS, min_size=1, max_size=10))
@settings(max_examples=150, deadline=None)
def test_the_first_cell_says_what_the_rules_say(kinds, packets):
    made = [
        [Rule(one, tuple(holes), f"{k}.{n}", ORIGIN, is_final=final) for n, (one, holes, final) in enumerate(rules)]
        for k, rules in enumerate(kinds)
    ]
    cells = cells_of(4, made)
    found = [next((cell.verdicts for cell in cells if is_in(packet, cell.flow)), ()) for packet in packets]
    assert found == [said(made, packet) for packet in packets]


@given(flows(), flows(), PACKETS)
@settings(max_examples=150, deadline=None)
def test_what_two_flows_have_in_common_is_in_both(one, other, packet):
    both = meet(one, other)
    assert (is_in(packet, one) and is_in(packet, other)) == (both is not None and is_in(packet, both))


def test_flows_of_two_families_have_nothing_in_common():
    assert meet(EVERYTHING[4], EVERYTHING[6]) is None


def test_rules_of_the_other_family_decide_nothing():
    assert cells_of(6, [[Rule(EVERYTHING[4], (), "no", ORIGIN)]]) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_origin_is_joined_of_all(count):
    origins = [Origin((name,), ()) for name in ("b", "a")[:count]]
    assert joined(*origins).intents == tuple(sorted(("b", "a")[:count]))
