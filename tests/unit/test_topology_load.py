from dataclasses import fields, replace
from ipaddress import ip_address, ip_interface, ip_network

import networkx as nx
import pytest
from support_topology import NOWHERE, SMALL, load_clean, load_texts, without_places

from intentc.diagnostics import Span
from intentc.topology.model import (
    Attachment,
    Bfd,
    Directional,
    FlexAlgo,
    Link,
    LinkEnd,
    Management,
    Node,
    SegmentRouting,
    Upgrade,
)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8vKpQ4Zb3m fra-pe1"

EVERYTHING = f"""\
name: acme-wan
regions:
  eu: [de, nl, be]
defaults: {{platform: frr}}
routing: {{igp: ospf, managed: true, bfd: {{interval: 50ms, multiplier: 3}}, hash_imbalance: 12.5%, host_mtu: 1480, flex_algos: {{200: {{}}, 128: {{metric: te,
  exclude_any: [red], include_any: [gold, blue], include_all: [gold]}}}}}}
collectors: {{otel-eu: {{address: 10.20.0.9, region: de}}}}
sites:
  fra: {{region: de, role: dc, location: [50.11, 8.68], labels: {{tier: 1, owner: net-ops, gpu: true, version: 1.50}}}}
  ams: {{region: nl}}
nodes:
  fra-pe1:
    site: fra
    region: be
    role: pe
    platform: junos
    release: 24.10
    chassis: mx204
    loopback: 10.255.0.1/32
    loopback6: 2001:db8::1
    segment_routing: {{index: 1, srgb: [16000, 23999], max_sid_depth: 10, flex_algos: {{200: 201, 128: 101}}}}
    attached:
      - {{prefix: 10.20.0.0/24, interface: ge-0/0/5, trust: dscp}}
      - 2001:db8:20::/64
    management: {{host: 192.0.2.11, transport: netconf, port: 830, credentials: eu, host_key: {KEY}}}
    bfd: {{interval: 10ms, multiplier: 4}}
    transit: false
    state: drained
    labels: {{rack: 12}}
  ams-pe1: {{site: ams, loopback: 10.255.0.2}}
links:
  - {{id: L3, a: "fra-pe1:ge-0/0/0", b: "ams-pe1:Gi0/0/0/1", addresses: [10.0.0.0/31, 10.0.0.1/31],
     addresses6: [2001:db8:1::/127, 2001:db8:1::1/127],
     capacity: {{ab: 10Gbps, ba: 1Gbps}}, latency: {{ab: 4.2ms, ba: 5ms}}, igp_metric: {{ab: 10, ba: 20}}, mtu: 9000,
     cost: {{ab: 100, ba: 90}}, srlg: [duct-7, bridge-2], provider: carrier-a, media: fiber, encryption: macsec, crosses: [be],
     loss: 0.01%, jitter: 100us, background: 1Gbps, queue: 512KiB, state: drained, labels: {{contract: c-1}},
     overhead: 24, te_metric: {{ab: 7, ba: 8}}, affinity: [red, gold, blue], upgrade: {{to: 20Gbps, cost: 4000}}}}
"""


def test_every_field_of_a_node_is_read():
    topology = load_clean(EVERYTHING)
    assert without_places(topology.nodes["fra-pe1"]) == without_places(
        Node(
            name="fra-pe1",
            site="fra",
            region="be",
            role="pe",
            platform="junos",
            release="24.10",
            chassis="mx204",
            loopback=ip_interface("10.255.0.1/32"),
            loopback6=ip_interface("2001:db8::1/128"),
            segment_routing=SegmentRouting(1, (16000, 23999), 10, {128: 101, 200: 201}),
            attached=(
                Attachment(ip_network("10.20.0.0/24"), "ge-0/0/5", "dscp", "default", NOWHERE),
                Attachment(ip_network("2001:db8:20::/64"), None, "none", "default", NOWHERE),
            ),
            management=Management("192.0.2.11", "netconf", 830, "eu", KEY, NOWHERE),
            bfd=Bfd(10_000, 4),
            transit=False,
            state="drained",
            labels={"rack": 12},
            span=NOWHERE,
        )
    )


def test_every_field_of_a_link_is_read():
    topology = load_clean(EVERYTHING)
    assert without_places(topology.links["L3"]) == without_places(
        Link(
            id="L3",
            a=LinkEnd("fra-pe1", "ge-0/0/0", ip_interface("10.0.0.0/31"), ip_interface("2001:db8:1::/127")),
            b=LinkEnd("ams-pe1", "Gi0/0/0/1", ip_interface("10.0.0.1/31"), ip_interface("2001:db8:1::1/127")),
            capacity_bps=Directional(10**10, 10**9),
            latency_ns=Directional(4_200_000, 5_000_000),
            is_latency_estimated=False,
            igp_metric=Directional(10, 20),
            mtu=9000,
            cost=Directional(100, 90),
            srlgs=("bridge-2", "duct-7"),
            provider="carrier-a",
            media="fiber",
            encryption="macsec",
            crosses=("be",),
            loss_ppb=100_000,
            jitter_ns=100_000,
            background_bps=Directional(10**9, 10**9),
            queue_bytes=524_288,
            state="drained",
            upgrade=Upgrade(20 * 10**9, 4000),
            over=(),
            overhead_bytes=24,
            labels={"contract": "c-1"},
            span=NOWHERE,
            affinity=("blue", "gold", "red"),
            te_metric=Directional(7, 8),
        )
    )


def test_every_field_of_the_rest_is_read():
    topology = load_clean(EVERYTHING)
    assert topology.name == "acme-wan"
    assert (topology.routing.igp, topology.routing.is_managed, topology.routing.bfd) == ("ospf", True, Bfd(50_000, 3))
    assert (topology.routing.hash_imbalance_ppb, topology.routing.host_mtu) == (125_000_000, 1480)
    assert list(topology.routing.flex_algos.values()) == [
        FlexAlgo(128, "te", ("red",), ("blue", "gold"), ("gold",), topology.routing.flex_algos[128].span),
        FlexAlgo(200, "igp", (), (), (), topology.routing.flex_algos[200].span),
    ]
    collector = topology.collectors["otel-eu"]
    assert (collector.address, collector.region) == (ip_address("10.20.0.9"), "de")
    site = topology.sites["fra"]
    assert (site.region, site.role, site.location) == ("de", "dc", (50.11, 8.68))
    assert site.labels == {"gpu": True, "owner": "net-ops", "tier": 1, "version": "1.50"}
    assert topology.sources == ("0.yaml",)
    assert topology.is_complete
    assert topology.broken == {}


def test_defaults_of_the_language():
    topology = load_clean(
        """\
        nodes: {r1: {platform: frr, loopback: 10.255.0.1}, r2: {platform: none, attached: [10.1.0.0/24]}}
        links: [{a: r1, b: r2, capacity: 1Gbps, latency: 1ms}]
        """
    )
    assert (topology.name, topology.routing.igp, topology.routing.is_managed) == ("network", "isis", False)
    assert (topology.routing.hash_imbalance_ppb, topology.routing.host_mtu) == (250_000_000, None)
    r1, r2 = topology.nodes.values()
    assert (r1.release, r1.transit, r1.state, r1.bfd) == (None, True, "up", None)
    assert r2.bfd == Bfd(300_000, 3)
    assert (r2.attached[0].trust, r2.attached[0].vrf) == ("none", "default")
    link = topology.links["r1--r2"]
    assert (link.igp_metric, link.mtu, link.cost, link.state) == (Directional(10, 10), 1500, Directional(0, 0), "up")
    assert (link.crosses, link.encryption, link.loss_ppb, link.upgrade) == (None, None, None, None)


def test_the_section_defaults_fills_what_elements_leave_out():
    topology = load_clean(
        """\
        defaults:
          {platform: frr, release: 8.4, chassis: vm, transit: false, bfd: {interval: 20ms, multiplier: 5}, capacity: 2Gbps,
           igp_metric: 7, mtu: 1400, cost: 3, media: fiber, encryption: macsec, queue: 1MB, trust: dscp, transport: ssh,
           port: 2222, credentials: lab}
        nodes:
          r1: {loopback: 10.255.0.1, attached: [10.1.0.0/24, {prefix: 10.2.0.0/24, trust: none}], management: {host: h}}
          r2: {platform: none, release: 1.0, transit: true}
        links:
          - {a: r1, b: r2, latency: 1ms}
          - {id: own, a: r1, b: r2, latency: 1ms, capacity: 1Gbps, igp_metric: 1, mtu: 9000, cost: 0, media: lte, encryption: none, queue: 9}
        """
    )
    r1, r2 = topology.nodes.values()
    assert (r1.release, r1.chassis, r1.transit, r1.bfd) == ("8.4", "vm", False, Bfd(20_000, 5))
    assert [item.trust for item in r1.attached] == ["dscp", "none"]
    assert r1.management == Management("h", "ssh", 2222, "lab", None, r1.management.span)
    assert (r2.release, r2.transit, r2.bfd) == ("1.0", True, Bfd(300_000, 3))
    usual, own = topology.links["r1--r2"], topology.links["own"]
    assert (usual.capacity_bps.ab, usual.igp_metric.ab, usual.mtu, usual.cost.ab) == (2 * 10**9, 7, 1400, 3)
    assert (usual.media, usual.encryption, usual.queue_bytes) == ("fiber", "macsec", 10**6)
    assert (own.capacity_bps.ab, own.igp_metric.ab, own.mtu, own.cost.ab) == (10**9, 1, 9000, 0)
    assert (own.media, own.encryption, own.queue_bytes) == ("lte", None, 9)


def test_a_node_has_its_own_region_or_its_sites():
    topology = load_clean(SMALL.replace("{site: ams,", "{site: ams, region: de,"))
    assert [node.region for node in topology.nodes.values()] == ["de", "de"]
    assert load_clean(SMALL).nodes["r2"].region == "nl"


def test_norway_is_a_region():
    topology = load_clean(SMALL.replace("[de, nl]", "[de, no]").replace("region: nl", "region: no"))
    assert topology.nodes["r2"].region == "no"


def test_numbers_are_names_as_they_are_written():
    topology = load_clean(SMALL.replace("ams", "0012"))
    assert topology.nodes["r2"].site == "0012"


def test_elements_without_fields_and_sections_without_elements():
    topology = load_clean("defaults: {platform: none}\nregions:\nsites:\n  x:\nnodes:\n  r1:\nlinks:\ncollectors:\n")
    assert list(topology.sites) == ["x"]
    assert topology.nodes["r1"].platform == "none"


def test_anycast_and_a_default_route_are_no_findings():
    text = SMALL.replace("10.255.0.1/32", "10.255.0.1/32, attached: [10.9.0.0/24, 0.0.0.0/0]")
    load_clean(text.replace("10.255.0.2/32", "10.255.0.2/32, attached: [10.9.0.0/24]"))


def test_several_prefixes_may_hang_on_one_interface():
    attached = "attached: [{prefix: 10.1.0.0/24, interface: e5}, {prefix: 2001:db8::/64, interface: e5}]"
    load_clean(SMALL.replace("10.255.0.1/32", f"10.255.0.1/32, {attached}"))


def test_prefixes_of_one_node_may_overlap():
    load_clean(SMALL.replace("10.255.0.1/32", "10.255.0.1/32, attached: [10.1.0.0/16, 10.1.5.0/24]"))


def test_one_address_of_a_link_may_be_left_open():
    topology = load_clean(SMALL.replace("latency: 4ms", "latency: 4ms, addresses: [null, 10.0.0.1/31]"))
    assert topology.links["L1"].a.address is None
    assert topology.links["L1"].b.address == ip_interface("10.0.0.1/31")


def test_an_ipv6_only_router_needs_no_ipv4_loopback():
    load_clean(SMALL.replace("loopback: 10.255.0.1/32", 'loopback6: "2001:db8::1/128"'))


def test_planned_nodes_and_links_are_not_missed():
    text = SMALL.replace("r2: {", "r3: {state: planned, loopback: 10.255.0.3}\n  r2: {")
    assert load_clean(text).nodes["r3"].state == "planned"


def test_three_parts_are_two_warnings():
    nodes = ", ".join(f"r{n}: {{platform: none}}" for n in range(1, 11))
    links = ", ".join(f"{{a: r1, b: r{n}, capacity: 1Gbps, latency: 1ms}}" for n in (2, 3))
    _, findings = load_texts(f"nodes: {{{nodes}}}\nlinks: [{links}, {{a: r4, b: r5, capacity: 1Gbps, latency: 1ms}}]\n")
    messages = [item.message for item in findings.items]
    assert messages[0] == "no link connects `r4`, `r5` with the rest of the network"
    assert [item.node for item in findings.items] == ["r4", "r6", "r7", "r8", "r9", "r10"]


def test_elements_know_where_they_stand():
    topology = load_clean(SMALL)
    assert topology.nodes["r2"].span == Span("0.yaml", 10, 3, 10, 5)
    assert topology.links["L1"].span == Span("0.yaml", 12, 10, 12, 12)
    assert topology.regions["nl"].span == Span("0.yaml", 3, 12, 3, 14)
    assert topology.span_of("link", "L1", "capacity") == Span("0.yaml", 12, 52, 12, 58)
    assert topology.span_of("link", "L1", "mtu") == topology.links["L1"].span
    assert topology.span_of("site", "fra", "location.1") == Span("0.yaml", 6, 39, 6, 43)
    assert topology.span_of("region", "de", "x") == topology.regions["de"].span


def test_places_do_not_count_in_comparisons():
    assert load_clean(SMALL) == replace(load_clean(SMALL), places={})


def test_several_files_unite():
    whole = load_clean(SMALL)
    lines = SMALL.splitlines(keepends=True)
    parts = ["".join(lines[start:end]) for start, end in ((0, 4), (4, 7), (7, 10), (10, 12))]
    united = load_clean(*parts)
    assert without_places(replace(united, sources=())) == without_places(replace(whole, sources=()))
    assert united.links["L1"].span.file == "3.yaml"


def test_the_graph_has_every_node_and_every_parallel_link():
    topology = load_clean(SMALL + '  - {id: L2, a: "r2:eth2", b: "r1:eth2", capacity: 1Gbps, latency: 9ms}\n')
    graph = topology.graph()
    assert isinstance(graph, nx.MultiGraph)
    assert graph.graph["name"] == "small"
    assert graph.nodes["r1"]["node"] is topology.nodes["r1"]
    assert sorted(graph.edges(keys=True)) == [("r1", "r2", "L1"), ("r1", "r2", "L2")]
    assert graph.edges["r1", "r2", "L2"]["link"] is topology.links["L2"]


@pytest.mark.parametrize("name", ["nodes", "sites", "links", "regions"])
def test_elements_stand_in_natural_order(name):
    text = """\
        regions: [x10, x9]
        defaults: {platform: none, capacity: 1Gbps}
        sites: {x10: , x9: }
        nodes: {x10: , x9: }
        links: [{id: x10, a: x9, b: x10, latency: 1ms}, {id: x9, a: x9, b: x10, latency: 1ms}]
        """
    assert list(getattr(load_clean(text), name)) == ["x9", "x10"]


def test_every_field_of_the_model_is_set_somewhere():
    topology = load_clean(EVERYTHING)
    link, node = topology.links["L3"], topology.nodes["fra-pe1"]
    usual = load_clean(SMALL)
    unset = {item.name for item in fields(Link) if getattr(link, item.name) == getattr(usual.links["L1"], item.name)}
    assert unset == {"is_latency_estimated", "over"}
    same = {item.name for item in fields(Node) if getattr(node, item.name) == getattr(usual.nodes["r1"], item.name)}
    assert same == {"site", "loopback"}
