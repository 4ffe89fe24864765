"""Three devices of one target behind fake NETCONF servers, and everything that applies to them need."""

from __future__ import annotations

import importlib
import subprocess
import time
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import paramiko
import support_netconf_foreign as foreign
from support_netconf_fake import RFC, router
from support_netconf_server import NetconfServer
from support_netconf_tree import settled

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.stages import stage_configs
from intentc.plan.make import Goal, Kit, Particulars, plan_for
from intentc.plan.model import Payload
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.drift import drift
from intentc.push.memory import FOLDER
from intentc.push.opening import open_session
from intentc.push.recover import recover
from intentc.push.rollback import choose, plan_rollback
from intentc.push.team import Author, Limits, Options
from intentc.render.render import render_device

TARGETS = ("iosxe", "iosxr", "junos", "openconfig", "srlinux")
NODES = ("r1", "r2", "r4")
LIMITS = Limits(connect_s=30, verb_s=30, patience_s=10, neighbours_s=1, pause_s=0.05)
HASTY = Limits(connect_s=30, verb_s=2, patience_s=4, neighbours_s=0.2, pause_s=0.05)
LESS = ("fences", "counting", "probes", "streams")  # what the smaller configuration does not have
LIGHT = ("fences", "isolation")  # what the others of the three have, for the sake of time


def make_key(path: Path) -> paramiko.PKey:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path], check=True)
    return paramiko.PKey.from_path(path)


def pin(path: Path) -> str:
    return " ".join(Path(f"{path}.pub").read_text().split()[:2])


@dataclass
class Keys:
    """The keys of a run: of the user, of every server, and one that nobody knows."""

    folder: Path
    user: paramiko.PKey = None
    host: paramiko.PKey = None
    other: paramiko.PKey = None

    def __post_init__(self):
        self.user, self.host, self.other = (make_key(self.folder / name) for name in ("user", "host", "other"))


class Wares:
    """What one target renders: a whole configuration, a smaller one, and nothing."""

    def __init__(self, target):
        self.target = target
        self.support = importlib.import_module(f"support_{target}")
        self.whole = self.support.full_config()
        self.smaller = replace(self.whole, **dict.fromkeys(LESS, ()))
        self.features = [name for name, value in vars_of(self.whole).items() if isinstance(value, tuple)]

    def render(self, config):
        return render_device(config, self.support.fleet(config), self.support.TARGET).files

    def payload(self, node, config):
        gone = [name for name in self.features if config is None or (node != NODES[0] and name not in LIGHT)]
        mine = replace(config or self.whole, node=node, **dict.fromkeys(gone, ()))
        return Payload(mine, self.render(mine))

    @property
    def kit(self):
        return Kit(stage_configs, self.render)


def soon_clean(routers, seconds=10):
    """Return whether the servers are clean; one takes a moment to notice that a session has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not all(one.is_clean for one in routers):
        time.sleep(0.02)
    return all(one.is_clean for one in routers)


def vars_of(value):
    return {item.name: getattr(value, item.name) for item in fields(value)}


@dataclass
class World:
    """Three routers with foreign configuration on them."""

    root: Path
    keys: Keys
    target: str
    manners: tuple = (RFC, RFC, RFC)
    limits: Limits = LIMITS
    confirm_s: int = 300
    routers: dict = field(default_factory=dict)
    servers: dict = field(default_factory=dict)

    def __post_init__(self):
        self.wares = Wares(self.target)
        for node, manners in zip(NODES, self.manners, strict=True):
            self.routers[node] = router(node, foreign.TEXTS[self.target], manners)
            self.servers[node] = NetconfServer(self.routers[node], "127.0.0.1", self.keys.host, self.keys.user)
        self.options = Options(self.root / "state", Author("bob", "noc1", "c0ffee"), self.limits)

    def close(self):
        for server in self.servers.values():
            server.close()

    def device(self, node, **changes):
        server = self.servers[node]
        values = {
            "node": node,
            "host": server.address,
            "port": server.port,
            "username": "automation",
            "key_file": self.keys.folder / "user",
            "known_hosts": None,
            "host_key": pin(self.keys.folder / "host"),
            "platform": self.target,
            "transport": "netconf",
            "memory": self.options.state / FOLDER,
        }
        return Device(**{**values, **changes})

    @property
    def devices(self):
        return {node: self.device(node) for node in NODES}

    def running(self):
        found = collect_running(self.devices, self.limits)
        assert found.findings == ()
        return found.running

    def plan(self, config):
        """Return the plan that brings every device to `config` (None: nothing)."""
        made = {node: self.wares.payload(node, config) for node in NODES}
        goals = {node: Goal(self.target, "netconf", payload, "confirmed-commit") for node, payload in made.items()}
        return self._planned(
            lambda particulars, findings: plan_for(goals, self.running(), self.wares.kit, particulars, findings)
        )

    def rollback(self):
        state = self.options.state
        return self._planned(
            lambda particulars, findings: plan_rollback(
                state, choose(state, None), self.running(), self.wares.kit, particulars, findings
            )
        )

    def _planned(self, make):
        findings = Findings()
        plan = make(Particulars("acme", "0", {}, {}, self.confirm_s), findings)
        assert findings.items == []
        return plan

    def apply(self, plan, opener=open_session):
        return apply(plan, self.devices, self.options, opener=opener)

    def recover(self):
        return recover(self.devices, self.options)

    def drift(self):
        return drift(self.devices, self.limits)

    def texts(self):
        return {node: device.text for node, device in self.routers.items()}

    def trees(self):
        return {node: settled(device.running) for node, device in self.routers.items()}

    @property
    def are_clean(self):
        return soon_clean(self.routers.values())
