from pathlib import Path

import pytest
from support_topology import load_clean

from intentc.diagnostics import Findings
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.inventory import Device, devices_of
from intentc.project import Credentials

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8vKpQ4Zb3m"
CREDENTIALS = {
    "default": Credentials("automation", Path("/keys/id"), known_hosts=Path("/keys/known_hosts")),
    "eu": Credentials("root", None, is_agent_allowed=True),
}


def network(management="{host: 192.0.2.1}", **changes):
    text = f"""\
        nodes:
          r2: {{platform: none}}
          r1:
            platform: {changes.get("platform", "frr")}
            state: {changes.get("state", "up")}
            loopback: 10.255.0.1
            {"management: " + management if management else "labels: {}"}
        links: [{{a: r1, b: r2, capacity: 1Gbps, latency: 1ms}}]
        """
    findings = Findings()
    topology = load_clean(text)
    return devices_of(topology, changes.get("credentials", CREDENTIALS), findings), findings.items


def test_a_device_has_what_topology_and_project_say():
    devices, items = network(f"{{host: 192.0.2.1, transport: ssh, port: 2222, host_key: {KEY}}}", platform="junos")
    assert items == []
    assert devices == {
        "r1": Device(
            node="r1",
            host="192.0.2.1",
            port=2222,
            username="automation",
            key_file=Path("/keys/id"),
            known_hosts=Path("/keys/known_hosts"),
            host_key=KEY,
            is_agent_allowed=False,
            platform="junos",
        )
    }


def test_other_credentials_are_those_that_the_node_names():
    devices, _ = network("{host: '2001:db8::1', credentials: eu}")
    device = devices["r1"]
    assert (device.username, device.key_file, device.is_agent_allowed, device.port) == ("root", None, True, 22)


@pytest.mark.parametrize("changes", [{"state": "planned"}, {"platform": "none"}], ids=["planned", "none"])
def test_what_nobody_configures_is_no_device(changes):
    assert network(None, **changes) == ({}, [])


def test_a_drained_node_is_configured():
    assert list(network(state="drained")[0]) == ["r1"]


@pytest.mark.parametrize(
    ("management", "credentials", "code", "help_"),
    [
        (
            None,
            CREDENTIALS,
            "E0395",
            "give it `management: {host: …}`, or write `platform: none` if nobody configures it",
        ),
        ("{host: h, credentials: eux}", CREDENTIALS, "E0396", "did you mean `eu`?"),
        ("{host: h}", {}, "E0396", "write a table `[credentials.default]` into intentc.toml"),
        (
            "{host: h, transport: netconf}",
            CREDENTIALS,
            "E0397",
            "write `transport: ssh`, or leave it out",
        ),
    ],
)
def test_a_device_that_cannot_be_reached_as_it_stands_is_a_finding(management, credentials, code, help_):
    devices, (finding,) = network(management, credentials=credentials)
    assert devices == {}
    assert (finding.code, finding.node, finding.help) == (code, "r1", (help_,))
    assert "`r1`" in finding.message
    assert finding.code in CATALOGUE
    assert finding.span.file == "0.yaml"


def test_devices_are_sorted_by_node():
    text = """\
        defaults: {platform: frr}
        nodes:
          b: {loopback: 10.255.0.1, management: {host: h1}}
          a: {loopback: 10.255.0.2, management: {host: h2}}
        links: [{a: a, b: b, capacity: 1Gbps, latency: 1ms}]
        """
    assert list(devices_of(load_clean(text), CREDENTIALS, Findings())) == ["a", "b"]
