"""Sets of packets: boxes behave like the sets that they stand for."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.resolve.model import Flow
from intentc.resolve.packets import box, example, flows_of, is_covered, meet, remainder, subtract
from intentc.resolve.prefixes import Network, PrefixIndex, network, text_of
from intentc.resolve.prefixes import meet as meet_prefixes

# Small axes, so that a box can be compared with the set of its packets.
_PREFIXES = ["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1/32", "10.0.0.3/32"]
_PORTS = [None, (0, 1), (1, 1), (1, 2), (2, 65535)]


@st.composite
def flows(draw) -> Flow:
    protocol = draw(st.sampled_from(["any", "tcp", "udp", "icmp"]))
    has_ports = protocol in {"tcp", "udp"}
    return Flow(
        4,
        draw(st.sampled_from(_PREFIXES)),
        draw(st.sampled_from(_PREFIXES)),
        protocol,
        draw(st.sampled_from(_PORTS)) if has_ports else None,
        draw(st.sampled_from(_PORTS)) if has_ports else None,
        draw(st.sampled_from([None, 0, 46])),
    )


Packet = tuple[int, int, int, int, int, int]


def is_in(packet: Packet, whole) -> bool:
    return all(whole[2 * axis] <= value <= whole[2 * axis + 1] for axis, value in enumerate(packet))


@st.composite
def packets(draw) -> Packet:
    addresses = st.integers(int(ipaddress.ip_address("10.0.0.0")), int(ipaddress.ip_address("10.0.0.3")))
    ports = st.sampled_from([0, 1, 2, 3, 65535])
    return (
        draw(addresses),
        draw(addresses),
        draw(st.integers(0, 4)),
        draw(ports),
        draw(ports),
        draw(st.sampled_from([0, 1, 46, 63])),
    )


@given(flows(), flows(), st.lists(packets(), max_size=40))
def test_meeting_and_subtracting_are_those_of_sets(one, other, samples):
    shared, rest = meet(box(one), box(other)), subtract(box(one), box(other))
    for packet in samples:
        in_one, in_other = is_in(packet, box(one)), is_in(packet, box(other))
        assert (shared is not None and is_in(packet, shared)) == (in_one and in_other)
        assert sum(is_in(packet, part) for part in rest) == (in_one and not in_other)


@given(flows(), st.lists(flows(), max_size=5), st.lists(packets(), max_size=40))
def test_a_remainder_is_what_no_hole_takes_and_disjoint(whole, holes, samples):
    rest = remainder(box(whole), [box(hole) for hole in holes])
    for packet in samples:
        is_left = is_in(packet, box(whole)) and not any(is_in(packet, box(hole)) for hole in holes)
        assert sum(is_in(packet, part) for part in rest) == is_left
    assert is_covered(box(whole), [box(hole) for hole in holes]) == (not rest)


@given(flows(), st.lists(flows(), max_size=3), st.lists(packets(), max_size=40))
def test_flows_of_a_box_are_its_packets(whole, holes, samples):
    for part in remainder(box(whole), [box(hole) for hole in holes]):
        found = flows_of(4, part)
        if found is None:
            assert (part[4], part[5]) != (0, 4)  # some protocols, the nameless ones among them, but not all
            assert part[5] == 4
        else:
            kept = list(found)
            for packet in samples:
                assert any(is_in(packet, box(flow)) for flow in kept) == is_in(packet, part)


@pytest.mark.parametrize(
    ("flow", "text"),
    [
        (
            Flow(4, "10.1.0.0/24", "10.2.0.0/24", "tcp", None, (443, 443), None),
            "tcp 10.1.0.1:1024 -> 10.2.0.1:443, dscp 0",
        ),
        (Flow(4, "10.1.0.0/24", "10.2.0.7/32", "any", None, None, 46), "tcp 10.1.0.1:1024 -> 10.2.0.7:1024, dscp 46"),
        (Flow(4, "10.1.0.0/31", "10.2.0.0/24", "icmp"), "icmp 10.1.0.0 -> 10.2.0.1, dscp 0"),
        (
            Flow(6, "2001:db8::/64", "2001:db8:1::/64", "udp", (53, 53)),
            "udp [2001:db8::1]:53 -> [2001:db8:1::1]:1024, dscp 0",
        ),
    ],
)
def test_an_example_is_a_packet_as_hosts_send_it(flow, text):
    assert example(flow.family, box(flow)) == text


# -- prefixes ----------------------------------------------------------------------------------------------------------

TEXTS = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.0/24",
    "10.1.2.3/32",
    "10.2.0.0/16",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1/128",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_prefix_is_its_text(text):
    assert text_of(network(text)) == text
    assert network(text).length == int(text.partition("/")[2])


def test_an_address_is_its_host_prefix():
    assert text_of(network("10.0.0.7")) == "10.0.0.7/32"


@pytest.mark.parametrize("text", ["10.0.0.1/24", "2001:db8::1/64"])
def test_host_bits_are_no_prefix(text):
    with pytest.raises(ValueError, match="host bits"):
        network(text)


@pytest.mark.parametrize("one", TEXTS)
@pytest.mark.parametrize("other", TEXTS)
def test_prefixes_meet_like_networks(one, other):
    left, right = ipaddress.ip_network(one), ipaddress.ip_network(other)
    shared = meet_prefixes(network(one), network(other))
    assert (shared is not None) == (left.version == right.version and left.overlaps(right))
    assert shared in {None, network(one), network(other)}


@given(
    st.lists(st.sampled_from(TEXTS), max_size=8),
    st.sampled_from([*TEXTS, "10.1.2.0/25", "192.168.0.0/16", "2001:db8:1::/48"]),
)
def test_the_index_finds_what_overlaps(filed, asked):
    index: PrefixIndex[str] = PrefixIndex()
    for text in filed:
        index.add(network(text), text)
    expected = [text for text in filed if meet_prefixes(network(text), network(asked)) is not None]
    assert sorted(index.overlapping(network(asked))) == sorted(expected)
    assert sorted(map(text_of, index.around(network(asked)))) == sorted(
        {text for text in filed if network(text).contains(network(asked))}
    )


def test_the_index_is_in_order():
    index: PrefixIndex[int] = PrefixIndex()
    for number, text in enumerate(reversed(TEXTS)):
        index.add(network(text), number)
    assert [text_of(prefix) for prefix in index.prefixes()] == [
        "0.0.0.0/0",
        *TEXTS[1:3],
        *TEXTS[4:2:-1][::-1],
        *TEXTS[5:],
    ]
    assert index.at(Network(4, 1, 1)) == []


@given(st.sampled_from([4, 6]), st.data())
def test_prefixes_are_those_of_the_library(version, data):
    width = 32 if version == 4 else 128
    length, value = data.draw(st.integers(0, width)), data.draw(st.integers(0, (1 << width) - 1))
    kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    known = kind((value, length), strict=False)
    ours = network(str(known))
    assert ours == (version, int(known.network_address), int(known.broadcast_address))
    assert (text_of(ours), ours.length) == (str(known), length)


@given(*[st.tuples(st.integers(0, 7), st.integers(29, 32))] * 2)
def test_prefixes_overlap_as_they_meet(one, other):
    first, second = (network(str(ipaddress.IPv4Network(item, strict=False))) for item in (one, other))
    assert first.overlaps(second) is (meet_prefixes(first, second) is not None)
