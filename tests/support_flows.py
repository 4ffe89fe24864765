"""Random flows, with everything that a number can be, for the tests of targets."""

from __future__ import annotations

from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, H2_6, MBPS, flow

from intentc.resolve.model import Flow
from intentc.targetkit.kit import meet

PREFIXES = {
    4: st.sampled_from(["0.0.0.0/0", H1, H2, "10.10.1.7/32", "10.0.0.0/9"]),
    6: st.sampled_from(["::/0", H1_6, H2_6, "fd10:1::7/128"]),
}
RANGES = st.none() | st.tuples(st.integers(0, 65_535), st.integers(0, 65_535)).map(lambda pair: tuple(sorted(pair)))
RATES = st.integers(64_000, 60_000 * MBPS)
SIZES = st.integers(1_500, 10_000_000)
ALL_PROTOCOLS = ("any", "tcp", "udp", "sctp", "icmp")


@st.composite
def flows(draw, with_ports=("tcp", "udp", "sctp"), *, has_dscps=True):
    family = draw(st.sampled_from([4, 6]))
    protocol = draw(st.sampled_from(ALL_PROTOCOLS))
    has_ports = protocol in with_ports
    return flow(
        draw(PREFIXES[family]),
        draw(PREFIXES[family]),
        protocol,
        draw(RANGES) if has_ports else None,
        source_ports=draw(RANGES) if has_ports else None,
        dscp=draw(st.none() | st.integers(0, 63)) if has_dscps else None,
    )


@st.composite
def with_holes(draw, **which):
    """Return a flow and what is excepted from it."""
    one = draw(flows(**which))
    holes = draw(st.lists(flows(**which), max_size=2))
    return one, tuple(hole for hole in holes if hole.family == one.family)


PREFIX = st.sampled_from(["0.0.0.0/0", "10.0.0.0/9", "10.10.1.0/24", "10.10.1.128/25", "10.10.1.7/32"])
SMALL = st.none() | st.sampled_from([(1, 1), (1, 5), (3, 9), (5, 5)])


@st.composite
def small_flows(draw):
    protocol = draw(st.sampled_from(["any", "tcp", "udp", "icmp"]))
    ports = SMALL if protocol in {"tcp", "udp"} else st.none()
    dscp = draw(st.none() | st.sampled_from([0, 10]))
    return Flow(4, draw(PREFIX), draw(PREFIX), protocol, draw(ports), draw(ports), dscp)


PACKETS = [
    Flow(4, source, destination, protocol, (at, at), (to, to), dscp)
    for source in ("10.10.1.7/32", "10.10.1.200/32", "172.16.0.1/32")
    for destination in ("10.10.1.9/32", "10.1.1.1/32")
    for protocol in ("tcp", "udp", "icmp", "sctp")
    for at in (1, 4)
    for to in (5, 7)
    for dscp in (0, 10)
]


def has(one, packet):
    return meet(one, packet) == packet


def decided_by(rules, packet):
    """Return the outcome of the first rule that has a packet and does not except it."""
    return next(
        (
            rule.outcome
            for rule in rules
            if has(rule.flow, packet) and not any(has(hole, packet) for hole in rule.excepted)
        ),
        None,
    )
