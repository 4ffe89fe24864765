"""Random flows, with everything that a number can be, for the tests of targets."""

from __future__ import annotations

from hypothesis import strategies as st
from support_frr import H1, H1_6, H2, H2_6, MBPS, flow

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
