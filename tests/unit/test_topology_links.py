import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_topology import codes, load_clean, load_texts

from intentc.topology.location import great_circle_km
from intentc.topology.model import Directional

HEAD = """\
defaults: {platform: none, capacity: 1Gbps}
regions: {eu: [de, nl], us: }
sites:
  fra: {region: de, location: [50.1109, 8.6821]}
  ams: {region: nl, location: [52.3676, 4.9041]}
  nyc: {region: us, location: [40.7128, -74.0060]}
  lab: {region: de}
nodes:
  r1: {site: fra}
  r2: {site: ams}
  r3: {site: nyc}
  r4: {site: fra}
  r5: {site: lab}
  r6: {site: lab}
links:
"""


def network(*links):
    return load_texts(HEAD + "".join(f"  - {{{link}}}\n" for link in links))[0]


def by_interface(topology):
    return {name: link.a.interface for name, link in topology.links.items()}


def test_a_link_is_called_by_its_nodes_as_written():
    assert list(network("a: r2, b: r1").links) == ["r2--r1"]


def test_parallel_links_are_numbered_in_natural_order_of_their_interfaces():
    topology = network('a: "r1:e10", b: r2', 'a: "r1:e9", b: r2', 'a: "r1:e1", b: r2')
    assert by_interface(topology) == {"r1--r2": "e1", "r1--r2#2": "e9", "r1--r2#3": "e10"}


def test_parallel_links_written_from_either_end_are_one_family():
    topology = network('a: "r2:x2", b: "r1:e1"', 'a: "r1:e2", b: "r2:x1"')
    assert by_interface(topology) == {"r2--r1": "x2", "r2--r1#2": "e2"}


def test_links_with_an_id_do_not_count():
    topology = network('id: first, a: "r1:e1", b: r2', 'a: "r1:e2", b: r2')
    assert by_interface(topology) == {"first": "e1", "r1--r2": "e2"}


def test_without_interfaces_the_order_of_the_file_counts():
    topology = network("a: r1, b: r2, latency: 2ms", "a: r1, b: r2, latency: 1ms")
    assert [link.latency_ns.ab for link in topology.links.values()] == [2_000_000, 1_000_000]


def test_a_written_id_must_not_be_a_default_one():
    assert "E0325" in codes(HEAD + "  - {a: r1, b: r2}\n  - {id: r1--r2, a: r1, b: r3}\n")


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((50.1109, 8.6821), (52.3676, 4.9041), 364),
        ((51.4700, -0.4543), (40.6413, -73.7781), 5540),
        ((0, 0), (0, 180), 20015),
        ((90, 0), (-90, 0), 20015),
        ((0, 179.5), (0, -179.5), 111),
        ((12, 34), (12, 34), 0),
    ],
)
def test_great_circles(here, there, km):
    assert great_circle_km(here, there) == pytest.approx(km, abs=1)


@given(*[st.tuples(st.floats(-90, 90), st.floats(-180, 180)) for _ in range(2)])
def test_a_great_circle_is_symmetric_and_at_most_half_round(here, there):
    assert great_circle_km(here, there) == pytest.approx(great_circle_km(there, here), abs=1e-6)
    assert 0 <= great_circle_km(here, there) <= 20_016


def test_a_missing_latency_comes_from_the_locations_and_says_so():
    topology, findings = load_texts(
        HEAD + "  - {a: r1, b: r2}\n  - {a: r1, b: r3}\n  - {a: r1, b: r4}\n  - {a: r5, b: r6}\n"
    )
    latency = {name: link.latency_ns.ab for name, link in topology.links.items()}
    assert latency == {"r1--r2": 2_362_000, "r1--r3": 40_317_000, "r1--r4": 1000, "r5--r6": 1000}
    assert all(link.is_latency_estimated for link in topology.links.values())
    (note,) = [item for item in findings.items if item.code == "N0301"]
    assert (
        note.message == "the latency of link `r1--r2` (and that of 3 more) is estimated from the locations of its ends"
    )
    assert len(note.related) == 3


def test_a_latency_without_locations_is_unknown_and_not_zero():
    topology, findings = load_texts(HEAD + "  - {a: r1, b: r5}\n")
    assert topology.links["r1--r5"].latency_ns is None
    assert not topology.links["r1--r5"].is_latency_estimated
    assert "N0302" in [item.code for item in findings.items]


def test_a_latency_of_zero_may_be_written():
    assert network("a: r1, b: r2, latency: 0ms").links["r1--r2"].latency_ns == Directional(0, 0)


CHAIN = (
    "id: L1, a: r1, b: r2, capacity: {ab: 5Gbps, ba: 2Gbps}, latency: {ab: 1ms, ba: 2ms}, srlg: [duct-7], crosses: []",
    "id: L2, a: r3, b: r2, capacity: {ab: 3Gbps, ba: 4Gbps}, latency: {ab: 10ms, ba: 20ms}, crosses: []",
)


def test_a_tunnel_inherits_from_the_links_below_it():
    tunnel = network("id: T, a: r1, b: r3, over: [L1, L2], overhead: 60", *CHAIN).links["T"]
    assert tunnel.capacity_bps == Directional(3_400_000_000, 1_700_000_000)  # 340 of 400 bytes of a packet are its own
    assert tunnel.latency_ns == Directional(21_000_000, 12_000_000)
    assert tunnel.srlgs == ("L2", "duct-7")
    assert tunnel.crosses == ("de", "nl", "us")
    assert tunnel.over == ("L1", "L2")
    assert tunnel.overhead_bytes == 60


def test_the_bytes_around_packets_take_from_what_a_tunnel_carries():
    text = HEAD.replace("links:", "routing: {mean_packet: 1000}\nlinks:")
    lines = "".join(f"  - {{{line}}}\n" for line in (*CHAIN, "id: T, a: r1, b: r3, over: [L1, L2], overhead: 250"))
    topology, _ = load_texts(text + lines)
    assert topology.links["T"].capacity_bps == Directional(3_200_000_000, 1_600_000_000)
    written = network("id: T, a: r1, b: r3, over: [L1, L2], overhead: 60, capacity: 1Gbps", *CHAIN).links["T"]
    assert written.capacity_bps == Directional(10**9, 10**9)  # as it says: of IP packets


def test_a_tunnel_carries_what_its_links_leave_room_for():
    assert network("id: T, a: r1, b: r3, over: [L1, L2], overhead: 60", *CHAIN).links["T"].mtu == 1440
    wide = [f"{line}, mtu: {mtu}" for line, mtu in zip(CHAIN, (9000, 1540), strict=True)]
    assert network("id: T, a: r1, b: r3, over: [L1, L2], overhead: 60", *wide).links["T"].mtu == 1480
    assert network("id: T, a: r1, b: r3, over: [L1, L2], overhead: 60, mtu: 1300", *wide).links["T"].mtu == 1300
    assert network("id: T, a: r1, b: r3, over: [L1, L2]", *wide).links["T"].mtu == 1500  # no more than the default


def test_what_a_tunnel_says_itself_wins_but_shared_risks_and_regions_add_up():
    text = "id: T, a: r1, b: r3, over: [L1, L2], capacity: 1Mbps, latency: 99ms, srlg: [own], crosses: [eu]"
    tunnel = network(text, *CHAIN).links["T"]
    assert (tunnel.capacity_bps.ab, tunnel.latency_ns.ab) == (10**6, 99_000_000)
    assert tunnel.srlgs == ("L2", "duct-7", "own")
    assert tunnel.crosses == ("de", "eu", "nl", "us")


def test_a_tunnel_over_an_unknown_crossing_crosses_the_unknown():
    links = [link.replace(", crosses: []", "") for link in CHAIN]
    assert network("id: T, a: r1, b: r3, over: [L1, L2], crosses: []", *links).links["T"].crosses is None


def test_inside_one_leaf_region_a_link_crosses_nothing():
    assert network("id: T, a: r1, b: r4, over: [L1]", "id: L1, a: r1, b: r4").links["T"].crosses == ("de",)


def test_inside_a_region_with_regions_of_its_own_nothing_is_known():
    text = (
        HEAD.replace("fra: {region: de", "fra: {region: eu")
        + "  - {id: T, a: r1, b: r4, over: [L1]}\n  - {id: L1, a: r1, b: r4}\n"
    )
    assert load_texts(text)[0].links["T"].crosses is None


def test_links_that_do_not_lead_there_give_no_latency():
    tunnel = network("id: T, a: r1, b: r4, over: [L1, L2]", *CHAIN).links["T"]
    assert tunnel.latency_ns is None
    assert tunnel.capacity_bps == Directional(10**9, 10**9)  # the default
    assert tunnel.srlgs == ("L2", "duct-7")


def test_tunnels_over_tunnels_are_read_in_any_order():
    topology = network("id: T9, a: r1, b: r3, over: [T1]", "id: T1, a: r1, b: r3, over: [L1, L2]", *CHAIN)
    assert topology.links["T9"].latency_ns == Directional(21_000_000, 12_000_000)
    assert topology.riders == {"L1": ("T1", "T9"), "L2": ("T1", "T9"), "T1": ("T9",), "T9": ()}
    assert topology.srlgs["duct-7"] == ("L1", "T1", "T9")


def test_a_tunnel_without_capacity_anywhere_is_refused():
    text = HEAD.replace(", capacity: 1Gbps", "") + "".join(f"  - {{{link}}}\n" for link in CHAIN)
    assert codes(text + "  - {id: T, a: r1, b: r4, over: [L1, L2], latency: 1ms}\n").count("E0307") == 1


def test_estimates_are_inherited_as_estimates():
    topology = network("id: T, a: r1, b: r2, over: [L]", "id: L, a: r1, b: r2")
    assert topology.links["T"].is_latency_estimated
    assert topology.links["T"].latency_ns == topology.links["L"].latency_ns


def test_both_unknown_ends_are_reported():
    text = HEAD + "  - {a: r8, b: r9}\n"
    assert codes(text) == ["E0323", "E0323"]


def test_ends_and_directions():
    link = load_clean(
        HEAD.replace("r3: {site: nyc}", "")
        .replace("r5: {site: lab}", "")
        .replace("r6: {site: lab}", "")
        .replace("r4: {site: fra}", "")
        + '  - {a: "r2:x", b: "r1:y:0", latency: {ab: 1ms, ba: 2ms}}\n'
    ).links["r2--r1"]
    assert link.end("r1").interface == "y:0"
    assert link.other("r1") == "r2"
    assert link.latency_ns.towards(is_ab=link.is_ab("r1")) == 2_000_000
