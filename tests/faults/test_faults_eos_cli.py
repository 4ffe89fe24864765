"""The commands `plan`, `apply`, `drift`, `rollback` and `recover` on a project of EOS switches: fake devices behind real SSH."""

from __future__ import annotations

import contextlib
import io

import pytest
from support_push_eos_network import EosNetwork

from intentc.cli import main

PROJECT = """\
[project]
name = "fabric"
language = 1
topology = ["*.yaml"]
intents = ["*.intent"]
[apply]
confirm_timeout = "30s"
[credentials.default]
username = "intentc"
key = "{key}"
known_hosts = "{known_hosts}"
"""
TOPOLOGY = """\
name: fabric
regions: [eu]
defaults: {{platform: eos, release: "4.32", chassis: DCS-7280CR3-32P4}}
routing: {{igp: isis, process: CORE}}
sites: {{ber: {{region: eu}}, fra: {{region: eu}}, par: {{region: eu}}}}
nodes:
  ber-sw1:
    {{site: ber, loopback: 10.255.0.1/32, attached: [{{prefix: 10.10.1.0/24, interface: Ethernet1}}], management: {ber-sw1}}}
  fra-sw1:
    {{site: fra, loopback: 10.255.0.2/32, attached: [{{prefix: 10.10.2.0/24, interface: Ethernet1}}], management: {fra-sw1}}}
  par-sw1: {{site: par, loopback: 10.255.0.3/32, management: {par-sw1}}}
links:
  - {{id: L1, a: "ber-sw1:Ethernet2/1", b: "fra-sw1:Ethernet2/1", capacity: 10Gbps, latency: 2ms}}
  - {{id: L2, a: "ber-sw1:Ethernet3/1/1", b: "par-sw1:Ethernet2/1", capacity: 10Gbps, latency: 1ms, igp_metric: 20}}
  - {{id: L3, a: "par-sw1:Ethernet3/1/1", b: "fra-sw1:Ethernet3/1/1", capacity: 10Gbps, latency: 1ms, igp_metric: 20}}
"""
INTENT = """\
intent voice {
  from ber to fra
  match udp/5060
  priority critical
  latency <= 10ms
  bandwidth 100Mbps
}
"""
DETOUR = """\
intent detour {
  from ber to fra
  match tcp/9000
  priority low
  via node par-sw1
}
"""


@pytest.fixture
def eos(eos_servers, eos_user_key, tmp_path):
    """Three EOS devices on which intentc owns nothing, and a project about them."""
    network = EosNetwork(eos_servers, eos_user_key, tmp_path)
    where = {name: f"{{host: {server.address}, port: {server.port}}}" for name, server in eos_servers.items()}
    (tmp_path / "net.yaml").write_text(TOPOLOGY.format(**where))
    (tmp_path / "intentc.toml").write_text(PROJECT.format(key=eos_user_key, known_hosts=network.known_hosts))
    (tmp_path / "ai.intent").write_text(INTENT)
    return network


def run(eos, *words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["-C", str(eos.root), *words])
    return status, out.getvalue(), err.getvalue()


def test_from_the_project_to_the_devices_and_back(eos):
    untouched = eos.texts()
    status, out, err = run(eos, "plan")
    assert status == 0, err
    assert "over ssh, configuration session with a commit timer" in out
    assert eos.texts() == untouched
    status, out, err = run(eos, "apply", "--yes")
    assert (status, "applied to 3 devices" in out) == (0, True), out + err
    once = eos.texts()
    assert all("qos profile ITC-PORT-Ethernet2-1" in text for text in once.values())
    assert run(eos, "drift")[0] == 0
    assert run(eos, "plan", "--detailed-exitcode")[0] == 0
    eos.victim.by_hand("qos profile ITC-PORT-Ethernet2-1", "shape rate 1 kbps")
    status, out, err = run(eos, "drift")
    assert (status, "E0820" in err, "rate_bps: 1000" in out) == (1, True, True), out + err
    (eos.root / "ai.intent").write_text(INTENT + DETOUR)
    status, out, err = run(eos, "apply", "--yes", "--allow-disruptive")
    assert (status, eos.texts() == once) == (0, False), err
    assert run(eos, "rollback", "--yes", "--allow-disruptive")[0] == 0
    assert eos.texts() == once
    assert run(eos, "recover")[:2] == (0, "nothing to recover: no apply was interrupted\n")
    assert [line.split("  ")[2].split(" by ")[0] for line in run(eos, "history")[1].splitlines()][:2] == [
        "apply",
        "apply",
    ]
    assert eos.is_saved
