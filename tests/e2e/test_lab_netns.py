"""The namespace engine with real FRR routers: convergence, delay, failures, restarts, SSH, measurement."""

import json
import stat
import subprocess
import time

import pytest
from support_lab import diamond, flow

from intentc.lab import netns
from intentc.lab.capture import capture
from intentc.lab.convergence import wait_converged
from intentc.lab.export import export, write
from intentc.lab.model import LabError
from intentc.lab.probe import measure, probing
from intentc.lab.starting import running_lab
from intentc.lab.trace import trace

MISSING = netns.missing()
pytestmark = [
    pytest.mark.lab,
    pytest.mark.timed,
    pytest.mark.skipif(bool(MISSING), reason=f"labs cannot run in namespaces here: {', '.join(MISSING)}"),
]
BFD_MS = 150
SLACK_MS = 200


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    directory = tmp_path_factory.mktemp("diamond")
    write(export(diamond()), directory)
    with running_lab(directory, "netns") as made:
        wait_converged(made, 20)
        yield made


@pytest.fixture
def whole(lab):
    """Yield the lab, and mend afterwards what a test breaks."""
    yield lab
    lab.repair_link(*lab.state.failed_links)
    wait_converged(lab, 20)


def ssh(lab, node, user, *command, key=None, stdin=""):
    access = lab.access[node]
    options = [
        f"UserKnownHostsFile={lab.known_hosts}",
        "StrictHostKeyChecking=yes",
        "BatchMode=yes",
        "IdentitiesOnly=yes",
    ]
    argv = ["-i", str(key or lab.key), *(part for option in options for part in ("-o", option))]
    if command[:1] == ("sftp",):
        argv = ["sftp", "-q", *argv, "-P", str(access.port), f"{user}@{access.host}"]
    else:
        argv = ["ssh", *argv, "-p", str(access.port), f"{user}@{access.host}", *command]
    return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_one_way_delay_is_that_of_the_links(lab, version, protocol):
    made = measure(lab, [flow(1, 4, version=version, protocol=protocol, dscp=46)], 1.0)["1>4"]
    assert made.lost == 0
    assert made.delay.p50_us + 200 >= 4_000
    assert made.delay.p50_us <= 4_600  # 0.3 ms per relayed hop
    assert made.dscps == {46: made.received}


def test_many_flows_are_measured_at_once_and_load_gets_through(lab):
    flows = [flow(1, 4), flow(4, 1), flow(1, 4, version=6, name="v6"), flow(3, 4)]
    load = flow(1, 4, name="load", destination_port=6000).at_rate(20_000_000)
    made = measure(lab, [*flows, load], 2.0)
    assert [made[name].lost for name in ("1>4", "4>1", "v6", "3>4")] == [0, 0, 0, 0]
    assert made["load"].lost <= made["load"].sent // 1000
    assert made["load"].received_bps == pytest.approx(20_000_000, rel=0.03)
    assert made["3>4"].delay.p50_us >= 4_900


@pytest.mark.parametrize(("version", "protocol"), [(4, "udp"), (6, "udp"), (4, "tcp"), (6, "tcp")])
def test_a_flow_s_own_packets_show_its_path(lab, version, protocol):
    hops = trace(lab, flow(1, 4, version=version, protocol=protocol))
    assert [hop.node for hop in hops] == ["r1", "r2", "r4", "r4-h1"]


def test_a_capture_has_exactly_the_packets_that_pass(lab):
    with (
        capture(lab, "r2", "eth2", "udp and dst port 5001") as here,
        capture(lab, "r3", "eth2", "udp port 5001") as there,
    ):
        made = measure(lab, [flow(1, 4)], 0.5)["1>4"]
    assert (len(here.packets), here.dropped) == (made.sent, 0)
    assert there.packets == ()
    assert {packet.length for packet in here.packets} == {214}


def test_a_capture_with_a_bad_filter_is_refused(lab):
    with pytest.raises(LabError, match="tcpdump on r2 failed"), capture(lab, "r2", "eth2", "no such filter"):
        pytest.fail("nothing listens")


@pytest.mark.parametrize(
    ("how", "least_ms"),
    [({"mode": "drop"}, 50), ({"mode": "drop", "direction": "ab"}, 50), ({"mode": "down"}, 0)],
    ids=["silent", "silent one way", "carrier"],
)
@pytest.mark.parametrize("link", ["r1--r2", "r2--r4"])
def test_a_failed_link_costs_at_most_detection_and_repair(whole, link, how, least_ms):
    with probing(whole, [flow(1, 4), flow(3, 4)]) as measurement:
        time.sleep(0.5)
        whole.fail_link(link, **how)
        time.sleep(1.5)
    crossing, other = measurement["1>4"], measurement["3>4"]
    assert least_ms <= crossing.outage_ms <= BFD_MS + SLACK_MS
    assert other.lost == 0
    assert [delay for _, delay in crossing.samples[-100:] if delay is None or not 9_500 < delay < 14_000] == []


def test_repair_brings_the_traffic_back_without_loss(whole):
    whole.fail_link("r1--r2")
    time.sleep(1.0)
    with probing(whole, [flow(1, 4)]) as measurement:
        time.sleep(0.5)
        whole.repair_link("r1--r2")
        wait_converged(whole, 20)
        time.sleep(0.5)
    made = measurement["1>4"]
    assert made.outage_ms <= 50
    assert all(delay is not None and delay < 8_000 for _, delay in made.samples[-50:])


def test_the_delay_of_a_link_can_change(whole):
    whole.set_delay("r1--r2", 20_000, 2_000)
    try:
        made = measure(whole, [flow(1, 4), flow(4, 1)], 0.5)
    finally:
        whole.set_delay("r1--r2", 2_000, 2_000)
    assert 21_900 <= made["1>4"].delay.p50_us <= 22_700
    assert 3_900 <= made["4>1"].delay.p50_us <= 4_700


@pytest.mark.parametrize(
    ("call", "words"), [(("no", ["true"]), "no node `no`"), (("r1", ["false"]), "failed with status 1")]
)
def test_what_cannot_be_done_in_a_node_is_said(lab, call, words):
    with pytest.raises(LabError, match=words):
        lab.exec(*call)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda lab: lab.fail_link("r1--r9"), "no link `r1--r9` between routers"),
        (lambda lab: lab.repair_link("r1:lan0--r1-h1:eth1"), "no link `r1:lan0--r1-h1:eth1` between routers"),
        (lambda lab: lab.set_delay("r1--r9", 1, 1), "no link `r1--r9`"),
        (lambda lab: lab.restart("r9"), "no node `r9`"),
        (lambda lab: lab.repair_node("r1"), "`r1` is on already"),
    ],
)
def test_links_and_nodes_that_are_not_there_are_refused(lab, act, words):
    with pytest.raises(LabError, match=words):
        act(lab)
    assert lab.state.failed_links == {}


def test_a_command_that_hangs_is_ended(lab):
    with pytest.raises(LabError, match=r"took longer than 0\.2 s"):
        lab.exec("r1", ["sleep", "5"], timeout_s=0.2)


def test_nodes_have_machines_of_their_own(lab):
    lab.exec("r2", ["sh", "-c", "echo r2 >/etc/only-here; mkdir -p /opt/x /var/lib/x"])
    assert lab.exec("r1", ["ls", "/etc/only-here"], check=False).returncode != 0
    assert lab.exec("r2", ["hostname"]).stdout == "r2\n"
    assert lab.exec("r1", ["ls", "/tmp", "/run/intentc"], check=False).stdout.strip() == "/tmp:"


def test_ssh_opens_all_of_linux_for_root(lab):
    done = ssh(lab, "r1", "root", "hostname; id -un; vtysh -c 'show isis neighbor'")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["r1", "root"]
    assert "r2" in done.stdout


def test_ssh_opens_vtysh_for_netops(lab):
    done = ssh(lab, "r1", "netops", "show ip route 10.10.4.0/24")
    assert (done.returncode, "100.64.0.1, via eth1" in done.stdout) == (0, True)


def test_sftp_writes_files_into_the_node(lab, tmp_path):
    (tmp_path / "file").write_text("hello")
    done = ssh(lab, "r1", "root", "sftp", stdin=f"put {tmp_path}/file /root/file\n")
    assert done.returncode == 0, done.stderr
    assert lab.exec("r1", ["cat", "/root/file"]).stdout == "hello"


def test_ssh_refuses_other_keys_and_other_hosts(lab, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    assert "Permission denied" in ssh(lab, "r1", "root", "true", key=tmp_path / "other").stderr
    lines = lab.known_hosts.read_text().splitlines()
    assert len({line.split()[2] for line in lines}) == 4
    assert stat.S_IMODE(lab.key.stat().st_mode) == 0o600


def test_the_topology_knows_how_to_reach_the_lab_s_nodes(lab):
    made = lab.managed(diamond())
    management = made.nodes["r1"].management
    assert (management.host, management.port) == (lab.access["r1"].host, lab.access["r1"].port)
    assert f"[{management.host}]:{management.port} {management.host_key}" in lab.known_hosts.read_text()


def test_a_restart_keeps_the_disk_and_nothing_else(whole):
    boot = '#!/bin/sh\n[ "$1" = guard ] || exit 0\nip -br link show type tun >/var/log/links-at-boot\nls /run/frr >>/var/log/links-at-boot 2>&1\n'
    whole.exec(
        "r2", ["sh", "-c", "mkdir -p /etc/intentc; cat >/etc/intentc/boot; chmod +x /etc/intentc/boot"], stdin=boot
    )
    whole.exec("r2", ["sh", "-c", "touch /run/gone /tmp/gone /var/tmp/gone /var/lib/stays"])
    whole.exec(
        "r2", ["vtysh", "-c", "configure", "-c", "interface eth1", "-c", "description kept", "-c", "end", "-c", "write"]
    )
    before = whole.pid("r2")
    whole.restart("r2")
    wait_converged(whole, 20)
    assert whole.pid("r2") != before
    assert whole.exec("r2", ["sh", "-c", "ls /run/gone /tmp/gone /var/tmp/gone"], check=False).stdout == ""
    assert whole.exec("r2", ["ls", "/var/lib/stays"]).returncode == 0
    assert "description kept" in whole.exec("r2", ["vtysh", "-c", "show running-config"]).stdout
    seen = whole.exec("r2", ["cat", "/var/log/links-at-boot"]).stdout
    assert [line.split()[:2] for line in seen.splitlines()[:2]] == [["eth1", "DOWN"], ["eth2", "DOWN"]]
    assert "No such file" in seen  # routing had not started
    assert ssh(whole, "r2", "root", "hostname").stdout == "r2\n"


def test_a_router_with_hosts_comes_back_with_them(whole):
    whole.restart("r4")
    wait_converged(whole, 20)
    made = measure(whole, [flow(1, 4), flow(4, 1, version=6)], 0.5)
    assert (made["1>4"].lost, made["4>1"].lost) == (0, 0)


def test_a_power_cut_is_seen_by_the_neighbours_as_lost_carrier(whole):
    with probing(whole, [flow(1, 4)]) as measurement:
        time.sleep(0.5)
        whole.fail_node("r2")
        time.sleep(1.0)
    assert measurement["1>4"].outage_ms <= SLACK_MS
    links = {item["ifname"]: item["operstate"] for item in json.loads(whole.exec("r1", ["ip", "-j", "link"]).stdout)}
    assert (links["eth1"], links["eth2"]) == ("DOWN", "UP")
    with pytest.raises(LabError, match="node `r2` is off"):
        whole.exec("r2", ["true"])
    wait_converged(whole, 20)
    assert [hop.node for hop in trace(whole, flow(1, 4))] == ["r1", "r3", "r4", "r4-h1"]
    whole.repair_node("r2")
    wait_converged(whole, 20)
    assert [hop.node for hop in trace(whole, flow(1, 4))] == ["r1", "r2", "r4", "r4-h1"]
