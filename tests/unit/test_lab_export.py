"""The files of a lab: what containerlab reads, what FRR reads, who the hosts are."""

import stat
from pathlib import PurePosixPath

import pytest
import yaml
from support_lab import SPAN, attachment, diamond, link, node, topology

from intentc.lab.definition import read_definition
from intentc.lab.export import export, lab_name, write
from intentc.lab.layout import lay_out
from intentc.lab.model import ExportOptions, LabError
from intentc.lab.yamltext import yaml_text
from intentc.topology.model import Bfd, Management, SegmentRouting

PAIR = ("r1", "r2")


def pair(first=None, second=None, *links, **rest):
    return topology([first or node("r1", 1), second or node("r2", 2)], links or [link(*PAIR)], **rest)


def texts(made, options=None):
    return {str(file.path): file.text for file in export(made, options).files}


def clab(made):
    return yaml.safe_load(texts(made)["lab.clab.yml"])


def frr(made, name="r1"):
    return texts(made)[f"routers/{name}/frr/frr.conf"]


def block(text, head):
    """Return the lines of one block of frr.conf without its head."""
    lines = text.splitlines()
    start = lines.index(head)
    return [line.strip() for line in lines[start + 1 : lines.index("exit", start)]]


def test_every_file_of_a_lab_is_there_and_the_same_each_time():
    files = texts(diamond())
    routers = [
        f"routers/r{n}/{name}"
        for n in (1, 2, 3, 4)
        for name in ("frr/daemons", "frr/frr.conf", "frr/vtysh.conf", "sshd_config")
    ]
    assert sorted(files) == sorted(["lab.clab.yml", "impair.sh", "image/Dockerfile", "node/start.sh", *routers])
    assert files == texts(diamond())


def test_containerlab_gets_unprivileged_linux_nodes_and_short_links():
    data = clab(diamond())
    assert set(data) == {"name", "mgmt", "topology"}
    kind = data["topology"]["kinds"]["linux"]
    assert (kind["privileged"], kind["network-mode"]) == (False, "none")
    assert kind["cap-add"] == ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"]
    assert set(data["topology"]["nodes"]) == {"r1", "r2", "r3", "r4", "r1-h1", "r3-h1", "r4-h1"}
    assert {node_["kind"] for node_ in data["topology"]["nodes"].values()} == {"linux"}
    assert data["topology"]["links"][0] == {
        "endpoints": ["r1:eth1", "r2:eth1"],
        "mtu": 1500,
        "vars": {"id": "r1--r2", "delay-ms": 2},
    }
    assert data["topology"]["links"][-1] == {"endpoints": ["r4:lan0", "r4-h1:eth1"]}


def test_a_link_says_its_delays_jitter_loss_and_what_it_runs_over():
    made = link(*PAIR, delay_ms=(4.2, 0.000_5), jitter_ns=1_500_000, loss_ppb=2_500, over=("other",))
    data = clab(pair(None, None, made))
    assert data["topology"]["links"][0]["vars"] == {
        "id": "r1--r2",
        "delay-ab-ms": 4.2,
        "delay-ba-ms": 0.0005,
        "jitter-ms": 1.5,
        "loss-ppm": 2.5,
        "over": ["other"],
    }


def test_a_link_without_a_known_latency_has_no_delay():
    assert clab(pair(None, None, link(*PAIR, latency_ns=None)))["topology"]["links"][0]["vars"] == {"id": "r1--r2"}


def test_impairments_are_set_by_a_script_in_both_directions():
    made = link(*PAIR, delay_ms=(4.2, 5), loss_ppb=1_000_000)
    lines = texts(pair(None, None, made))["impair.sh"].splitlines()
    assert lines[-2:] == [
        'containerlab tools netem set -n "clab-$lab-r1" -i eth1 --delay 4.2ms --loss 0.1',
        'containerlab tools netem set -n "clab-$lab-r2" -i eth1 --delay 5ms --loss 0.1',
    ]


def test_the_runner_reads_what_the_export_writes(tmp_path):
    made = link(*PAIR, delay_ms=(4.2, 0.5), jitter_ns=1_500_000, loss_ppb=2_500, mtu=9000)
    write(export(pair(None, node("r2", 2, ["10.1.0.0/24"]), made)), tmp_path)
    definition = read_definition(tmp_path)
    read = definition.links["r1--r2"]
    assert (read.delay_us, read.jitter_us, read.loss_ppb, read.mtu) == ((4200, 500), 1500, 2500, 9000)
    assert (read.ends, read.is_emulated) == ((("r1", "eth1"), ("r2", "eth1")), True)
    router, host = definition.nodes["r1"], definition.nodes["r2-h1"]
    assert (router.is_router, router.loopbacks) == (True, ("10.255.0.1", "fd00:255::1"))
    assert ("net.ipv4.ip_forward", "1") in router.sysctls
    assert ("net.ipv4.ip_forward", "1") not in host.sysctls
    assert router.binds[0] == (tmp_path / "routers/r1/frr", "/etc/frr")
    assert host.commands[1] == "ip address replace 10.1.0.10/24 dev eth1"
    assert [item.is_emulated for item in definition.links.values()] == [True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", r"lab\.clab\.yml:\d: this is not YAML"),
        ("- 1", r"lab\.clab\.yml:1: "),
        ("topology: {nodes: {a: {}}, links: [{endpoints: [a:eth1]}]}", "two endpoints"),
        ("topology: {nodes: {a: {}}, links: [{endpoints: [a:eth1, b:eth1]}]}", "ends at `b`, which is no node"),
        ("topology: {nodes: {a: {}, b: {}}, links: [{endpoints: [a:x, b:y], mtu: big}]}", "`big` is not a number"),
    ],
)
def test_a_broken_topology_file_is_refused(tmp_path, text, words):
    (tmp_path / "lab.clab.yml").write_text(text)
    with pytest.raises(LabError, match=words):
        read_definition(tmp_path)


def test_a_missing_topology_file_is_refused_with_help(tmp_path):
    with pytest.raises(LabError, match=r"has no lab\.clab\.yml") as caught:
        read_definition(tmp_path)
    assert caught.value.help == ("`intentc lab export` writes one",)


def test_defaults_kinds_and_groups_add_up_as_in_containerlab(tmp_path):
    (tmp_path / "lab.clab.yml").write_text(
        "topology:\n"
        "  defaults: {labels: {a: '1'}, exec: [one]}\n"
        "  kinds: {linux: {labels: {a: '2', b: '2'}, exec: [two]}}\n"
        "  groups: {router: {sysctls: {x: 1}}}\n"
        "  nodes: {n: {kind: linux, group: router, labels: {c: '3'}, sysctls: {y: 2}, exec: [three]}}\n"
    )
    read = read_definition(tmp_path).nodes["n"]
    assert (read.labels, read.commands) == ({"a": "2", "b": "2", "c": "3"}, ("one", "two", "three"))
    assert read.sysctls == (("x", "1"), ("y", "2"))


def test_the_igp_stands_before_the_interfaces():
    text = frr(pair(None, None, link(*PAIR, metric=100)))
    assert text.index("router isis CORE") < text.index("interface eth1")


def test_isis_is_level_2_point_to_point_and_passive_towards_hosts():
    text = frr(diamond(bfd_ms=None))
    assert block(text, "interface eth2") == [
        "description r1--r3",
        "ip address 100.64.0.2/31",
        "ipv6 address fd00:100:64::2/127",
        "ip router isis CORE",
        "ipv6 router isis CORE",
        "isis circuit-type level-2-only",
        "isis hello-interval 1",
        "isis metric 20",
        "isis network point-to-point",
    ]
    assert block(text, "interface lan0")[1:] == [
        "ip address 10.10.1.1/24",
        "ipv6 address 2001:db8:a1::1/64",
        "ip router isis CORE",
        "ipv6 router isis CORE",
        "isis circuit-type level-2-only",
        "isis passive",
    ]
    assert "isis passive" in block(text, "interface lo")
    assert "net 49.0001.0102.5500.0001.00" in block(text, "router isis CORE")
    assert "bfd" not in text


@pytest.mark.parametrize(("name", "metric"), [("r1", "isis metric 30"), ("r2", "isis metric 40")])
def test_metrics_are_each_ends_own(name, metric):
    assert metric in block(frr(pair(None, None, link(*PAIR, metric=(30, 40))), name), "interface eth1")


@pytest.mark.parametrize(("igp", "line"), [("isis", "isis metric 16777214"), ("ospf", "ip ospf cost 65535")])
@pytest.mark.parametrize("drained", ["link", "node"])
def test_a_drained_link_or_node_is_the_last_resort_at_both_ends(igp, line, drained):
    first = node("r1", 1, state="drained" if drained == "node" else "up")
    made = pair(first, None, link(*PAIR, state="drained" if drained == "link" else "up"), igp=igp)
    assert line in block(frr(made, "r1"), "interface eth1")
    assert line in block(frr(made, "r2"), "interface eth1")


def test_a_node_without_transit_is_overloaded_in_isis_after_its_links_are_known():
    made = pair(node("r1", 1, transit=False))
    assert frr(made, "r1").endswith("router isis CORE\n set-overload-bit\nexit\n!\nend\n")
    assert "set-overload-bit" not in frr(made, "r2")


def test_a_node_without_transit_is_a_last_resort_in_ospf():
    made = pair(node("r1", 1, transit=False), igp="ospf")
    assert {"ip ospf cost 65535", "ipv6 ospf6 cost 65535"} <= set(block(frr(made, "r1"), "interface eth1"))
    assert {"ip ospf cost 10", "ipv6 ospf6 cost 10"} <= set(block(frr(made, "r2"), "interface eth1"))


def test_ospf_covers_both_families_with_explicit_cost():
    lines = block(frr(diamond(igp="ospf")), "interface eth2")
    assert {
        "ip ospf area 0",
        "ip ospf cost 20",
        "ip ospf network point-to-point",
        "ip ospf bfd profile underlay",
    } <= set(lines)
    assert {"ipv6 ospf6 area 0", "ipv6 ospf6 cost 20", "ipv6 ospf6 bfd profile underlay"} <= set(lines)
    assert "ip ospf passive" in block(frr(diamond(igp="ospf")), "interface lan0")


def test_ospf_refuses_a_metric_that_it_cannot_carry():
    with pytest.raises(LabError, match="metric 70000"):
        export(pair(None, None, link(*PAIR, metric=70_000), igp="ospf"))


@pytest.mark.parametrize(
    ("first", "second", "network_ms", "timers", "sessions"),
    [
        ({}, {}, None, None, None),
        ({}, {}, 50, (50, None), "r1--r2"),
        ({"bfd": Bfd(20_000, 5)}, {}, 50, (20, 5), "r1--r2"),
        ({"platform": "none"}, {}, None, (300, None), None),
        ({"platform": "none"}, {"bfd": Bfd(300_000, 3)}, None, (300, None), "r1--r2"),
    ],
    ids=["none declared", "network", "node", "provider alone", "provider and neighbour"],
)
def test_bfd_runs_where_it_is_declared_and_at_providers(first, second, network_ms, timers, sessions):
    made = pair(node("r1", 1, **first), node("r2", 2, **second), bfd_ms=network_ms)
    text = frr(made)
    assert ("isis bfd profile underlay" in text) == (timers is not None)
    if timers is not None:
        wanted = ["profile underlay", *([f"detect-multiplier {timers[1]}"] if timers[1] else [])]
        wanted += [f"transmit-interval {timers[0]}", f"receive-interval {timers[0]}"]
        assert block(text, "bfd")[: len(wanted)] == wanted
    assert clab(made)["topology"]["nodes"]["r1"]["labels"].get("intentc-bfd-links") == sessions


@pytest.mark.parametrize(("igp", "links"), [("ospf", "r1--r2"), ("isis", None)])
def test_links_with_neighbours_of_ospf_are_named_per_family(igp, links):
    labels = clab(pair(None, None, igp=igp))["topology"]["nodes"]["r1"]["labels"]
    assert [labels.get(f"intentc-ospf-links-{family}") for family in (4, 6)] == [links, links]


@pytest.mark.parametrize(("igp", "head"), [("isis", "router isis CORE"), ("ospf", "router ospf")])
def test_segment_routing_is_written_where_it_is_declared(igp, head):
    made = pair(node("r1", 1, segment_routing=SegmentRouting(7, (17000, 24999), 10)), igp=igp)
    wanted = {"segment-routing on", "segment-routing global-block 17000 24999", "segment-routing node-msd 10"}
    assert wanted | {"segment-routing prefix 10.255.0.1/32 index 7"} <= set(block(frr(made, "r1"), head))
    assert "segment-routing" not in frr(made, "r2")
    assert "pathd=yes" in texts(made)["routers/r1/frr/daemons"]
    assert "pathd=no" in texts(made)["routers/r2/frr/daemons"]


def test_small_links_shrink_the_lsps():
    assert "lsp-mtu 1397" in block(frr(pair(None, None, link(*PAIR, mtu=1400))), "router isis CORE")


def test_text_of_the_topology_never_becomes_configuration():
    made = link(*PAIR, name="x\n no isis passive")
    assert "description" not in block(frr(pair(None, None, made)), "interface eth1")


@pytest.mark.parametrize(
    ("prefix", "gateway", "address"),
    [
        ("10.1.0.0/24", "10.1.0.1/24", "10.1.0.10/24"),
        ("10.1.0.0/29", "10.1.0.1/29", "10.1.0.2/29"),
        ("10.1.0.0/30", "10.1.0.1/30", "10.1.0.2/30"),
        ("10.1.0.0/31", "10.1.0.0/31", "10.1.0.1/31"),
        ("2001:db8::/64", "2001:db8::1/64", "2001:db8::10/64"),
        ("2001:db8::/124", "2001:db8::1/124", "2001:db8::2/124"),
        ("2001:db8::/127", "2001:db8::/127", "2001:db8::1/127"),
    ],
)
def test_the_router_has_the_first_address_and_the_host_the_tenth(prefix, gateway, address):
    (host,) = lay_out(pair(node("r1", 1, [prefix]))).hosts
    assert (str(host.gateways[0]), str(host.addresses[0])) == (gateway, address)


def test_prefixes_of_one_port_share_a_host_and_others_have_their_own():
    prefixes = [
        attachment("10.1.0.0/24", "lan0"),
        attachment("2001:db8::/64", "lan0"),
        attachment("10.2.0.0/24", "lan1"),
    ]
    hosts = lay_out(topology([node("r1", 1, prefixes), node("r2", 2), node("r1-h2", 3)], [link(*PAIR)])).hosts
    assert [(host.name, host.router_interface, len(host.prefixes)) for host in hosts] == [
        ("r1-h1", "lan0", 2),
        ("r1-h2x", "lan1", 1),
    ]


def test_a_prefix_of_one_address_is_refused():
    with pytest.raises(LabError, match=r"`10\.1\.0\.1/32` attached to `r1` has no room"):
        export(pair(node("r1", 1, ["10.1.0.1/32"])))


def test_what_is_planned_is_not_built():
    nodes = [node("r1", 1), node("r2", 2), node("r3", 3, state="planned")]
    made = lay_out(topology(nodes, [link(*PAIR), link("r1", "r2", name="later", state="planned"), link("r1", "r3")]))
    assert (set(made.topology.nodes), set(made.topology.links)) == ({"r1", "r2"}, {"r1--r2"})


def test_interfaces_of_other_systems_get_names_that_linux_can_have():
    first = node("r1", 1, [attachment("10.1.0.0/24", "ge-0/0/5")], platform="none")
    made = lay_out(pair(first, None, link("r1:ge-0/0/0", "r2"), link("r1:eth1", "r2", name="second")))
    assert [item.a.interface for item in made.topology.links.values()] == ["eth2", "eth1"]
    assert made.topology.nodes["r1"].attached[0].interface == "eth3"


def test_nodes_of_other_platforms_are_refused_unless_frr_stands_in():
    made = pair(node("r1", 1, platform="junos"))
    with pytest.raises(LabError, match="nobody says how a lab runs `r1` of platform `junos`"):
        export(made)
    assert "routers/r1/frr/frr.conf" in texts(made, ExportOptions(has_stand_ins=True))


@pytest.mark.parametrize("name", ["a b", "a/b", "-x", "x;y"])
def test_a_node_name_that_no_container_can_have_is_refused(name):
    with pytest.raises(LabError, match="cannot name a node"):
        export(pair(node(name, 1), None, link(name, "r2")))


def test_a_loopback_management_address_is_where_the_lab_listens():
    made = pair(node("r1", 1, management=Management("127.1.0.1", None, 2222, "default", None, SPAN)))
    assert clab(made)["topology"]["nodes"]["r1"]["labels"]["intentc-management"] == "127.1.0.1 2222"


def test_a_network_without_loopbacks_still_has_distinct_router_ids():
    made = topology([node("r1"), node("r2")], [link(*PAIR)])
    nets = {line for name in PAIR for line in block(frr(made, name), "router isis CORE") if line.startswith("net ")}
    assert nets == {"net 49.0001.0000.0000.0001.00", "net 49.0001.0000.0000.0002.00"}


def test_writing_keeps_the_key_pair_and_hides_it_from_git(tmp_path):
    files = export(diamond())
    write(files, tmp_path)
    key = tmp_path / "ssh" / "id_ed25519"
    before = key.read_bytes()
    write(files, tmp_path)
    assert key.read_bytes() == before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (tmp_path / "ssh" / ".gitignore").read_text() == "*\n"
    assert stat.S_IMODE((tmp_path / "impair.sh").stat().st_mode) == 0o755


def test_the_export_is_pure_data():
    files = export(diamond()).files
    assert files == tuple(sorted(files, key=lambda file: file.path))
    assert not any(file.path.is_absolute() or ".." in file.path.parts for file in files)
    assert PurePosixPath("node/start.sh") in {file.path for file in files if file.is_executable}


@pytest.mark.parametrize(("text", "name"), [("acme-wan", "acme-wan"), ("ACME WAN (EU)", "acme-wan-eu"), ("", "lab")])
def test_lab_names_are_what_containers_can_be_called(text, name):
    assert lab_name(text) == name


@pytest.mark.parametrize(
    "value", ["no", "1", "1e3", "a: b", "#x", "", "2001:db8::1", "'", "null", "a:", "ok", "été", "r1:eth1"]
)
def test_yaml_text_means_the_same_to_every_reader(value):
    assert yaml.safe_load(yaml_text({"key": value, "list": [value]})) == {"key": value, "list": [value]}
