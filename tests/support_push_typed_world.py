"""Three devices of one target at their command lines behind SSH servers, and everything that applies to them need."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from support_cli_typed import FAKES
from support_netconf_world import NODES, Wares
from support_push_fake_eos_server import EosServer, public_of
from support_push_fake_xe import FakeXe
from support_push_fake_xr import FakeXr

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.plan.make import Goal, Particulars, plan_for
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.drift import drift
from intentc.push.memory import FOLDER, Memory
from intentc.push.opening import open_session
from intentc.push.recover import recover
from intentc.push.rollback import choose, plan_rollback
from intentc.push.store import Store
from intentc.push.team import Author, Limits, Options

ALL = {**FAKES, "iosxe": FakeXe, "iosxr": FakeXr}
COMMITS = {
    "iosxe": "revert-timer",
    "iosxr": "commit-on-trial",
    "junos": "commit-confirmed",
    "srlinux": "confirmed-accept",
}
LIMITS = Limits(connect_s=15, verb_s=30, patience_s=10, neighbours_s=1, pause_s=0.05)
HASTY = replace(LIMITS, connect_s=6, verb_s=2)


@dataclass
class TypedWorld:
    """Three devices with what others have on them, and a state directory."""

    root: Path
    user_key: Path
    target: str
    confirm_s: int = 60
    fakes: dict = field(default_factory=dict)
    servers: dict = field(default_factory=dict)

    def __post_init__(self):
        self.wares = Wares(self.target)
        user = public_of(self.user_key)
        for node in NODES:
            self.fakes[node] = ALL[self.target](node)
            self.servers[node] = EosServer(None, "127.0.0.1", user)
            self.servers[node].serve(self.fakes[node])
        self.root.mkdir(exist_ok=True)
        self.known_hosts = self.root / "known_hosts"
        self.know()
        self.options = Options(self.root / "state", Author("bob", "noc1", "c0ffee"), LIMITS)

    @property
    def whole(self):
        """Return a configuration of which not much is to be typed; all that a target has is typed in the tests of its lines."""
        features = self.wares.features
        return replace(
            self.wares.whole, **{name: () for name in features if name not in {"fences", "isolation", "bfd"}}
        )

    @property
    def smaller(self):
        return replace(self.whole, fences=())

    def know(self):
        """Write down the host keys that are there now."""
        self.known_hosts.write_text("".join(server.known_hosts_line for server in self.servers.values()))

    def close(self):
        for server in self.servers.values():
            server.stop()

    @property
    def memory(self):
        return Memory(self.options.state / FOLDER)

    def device(self, node, **changes):
        server = self.servers[node]
        values = {
            "node": node,
            "host": server.address,
            "port": server.port,
            "username": "intentc",
            "key_file": self.user_key,
            "known_hosts": self.known_hosts,
            "host_key": None,
            "platform": self.target,
            "transport": "ssh",
            "memory": self.options.state / FOLDER,
        }
        return Device(**{**values, **changes})

    @property
    def devices(self):
        return {node: self.device(node) for node in NODES}

    @property
    def victim(self):
        return self.fakes["r2"]

    def running(self):
        found = collect_running(self.devices, LIMITS)
        assert found.findings == ()
        return found.running

    def plan(self, config):
        """Return the plan that brings every device to `config` (None: nothing)."""
        made = {node: self.wares.payload(node, config) for node in NODES}
        goals = {node: Goal(self.target, "ssh", payload, COMMITS[self.target]) for node, payload in made.items()}
        return self._planned(
            lambda details, findings: plan_for(goals, self.running(), self.wares.kit, details, findings)
        )

    def rollback(self):
        chosen = choose(self.options.state, None)
        return self._planned(
            lambda details, findings: plan_rollback(
                self.options.state, chosen, self.running(), self.wares.kit, details, findings
            )
        )

    def _planned(self, make):
        findings = Findings()
        plan = make(Particulars("acme", "0", {}, {}, self.confirm_s), findings)
        assert findings.items == []
        return plan

    def apply(self, plan, *, is_hasty=False):
        """Carry a plan out; where the victim hangs on purpose nobody waits long for it."""

        def opener(device, limits):
            return open_session(device, HASTY if is_hasty and device.node == self.victim.name else limits)

        return apply(plan, self.devices, self.options, opener=opener)

    def recover(self):
        return recover(self.devices, self.options)

    def drift(self):
        return drift(self.devices, LIMITS)

    def texts(self):
        return {node: fake.text for node, fake in self.fakes.items()}

    @property
    def has_nothing_left(self):
        """No lock, no candidate, no timer, no lease, nothing pending or unfinished."""
        found = [self.memory.read(node) for node in NODES]
        kept = [bool(one.lease or one.pending) for one in found]
        kept += [fake.pending is not None or bool(getattr(fake, "holder", None)) for fake in self.fakes.values()]
        kept += [bool(getattr(fake, "candidates", None)) for fake in self.fakes.values()]
        return not any(kept) and not Store(self.options.state).unfinished()

    @property
    def is_saved(self):
        return all(fake.text == fake.startup_text for fake in self.fakes.values())
