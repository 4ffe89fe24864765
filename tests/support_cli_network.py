"""A project on disk and fake devices in memory that the command line acts on."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field

from support_push_fake_device import FakeDevice, FakeSession

from intentc import cli
from intentc.push import alive, apply, collect, drift, recover

TOPOLOGY = """\
name: square
defaults: {platform: frr}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
sites:
  ber: {role: branch}
  fra: {role: dc}
nodes:
  a: {site: ber, loopback: 10.0.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: lan}], management: {host: 10.99.0.1}}
  b: {loopback: 10.0.0.2/32, management: {host: 10.99.0.2}}
  d: {loopback: 10.0.0.4/32, management: {host: 10.99.0.4}}
  z: {site: fra, loopback: 10.0.0.26/32, attached: [{prefix: 10.9.0.0/24, interface: lan}], management: {host: 10.99.0.26}}
links:
  - {id: ab, a: "a:to-b", b: "b:to-a", capacity: 100Mbps, latency: 1ms, igp_metric: 10}
  - {id: bz, a: "b:to-z", b: "z:to-b", capacity: 100Mbps, latency: 1ms, igp_metric: 10}
  - {id: ad, a: "a:to-d", b: "d:to-a", capacity: 100Mbps, latency: 2ms, igp_metric: 15}
  - {id: dz, a: "d:to-z", b: "z:to-d", capacity: 100Mbps, latency: 2ms, igp_metric: 15}
"""
PROJECT = """\
[project]
name     = "square"
topology = ["topology.yaml"]
intents  = ["*.intent"]

[credentials.default]
username = "root"
key      = "key"
"""
ONE = "intent one { from ber to fra  match tcp/443  via node d  priority high }\n"
TWO = "intent two { from ber to fra  match tcp/80  via node b  priority critical }\n"


@dataclass
class Ran:
    """What a command came to."""

    status: int
    out: str
    err: str


@dataclass
class CliNetwork:
    """The project at `root` and its devices; `run` is the command line."""

    root: object
    devices: dict[str, FakeDevice] = field(default_factory=dict)

    def opener(self, device, _limits):
        fake = self.devices[device.node]
        return fake.act("open", lambda: FakeSession(fake))

    def write(self, **files):
        for name, text in files.items():
            (self.root / f"{name}.intent").write_text(text)

    def run(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cli.main(["-C", str(self.root), "--today", "2026-11-20", *words])
        return Ran(int(status), out.getvalue(), err.getvalue())

    def config(self, node):
        running = self.devices[node].running
        return running.config if running is not None else None


def cli_network(root, monkeypatch, **intents):
    """Return a network whose project has these intents, and whose devices run nothing of ours yet."""
    (root / "intentc.toml").write_text(PROJECT)
    (root / "topology.yaml").write_text(TOPOLOGY)
    (root / "key").write_text("")
    made = CliNetwork(root, {node: FakeDevice(node) for node in "abdz"})
    made.write(**intents)
    for function in (alive.look_around, apply.apply, collect.collect_running, drift.drift, recover.recover):
        monkeypatch.setitem(function.__kwdefaults__, "opener", made.opener)
    return made
