"""A transaction over three transports in this process: an agent, a NETCONF server, an EOS command line; every message can be struck.

The product's own sessions, drivers and target code speak; what stands in for SSH is a `Wire`, which knows in which phase of the
transaction a message is sent. All devices are fakes. What SSH itself does to a session is in the tests with real servers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import ClassVar

import support_netconf_lab as netconf
import support_push_eos_network as eos
import support_push_wired as agents
import support_push_worlds as worlds
from support_push_wire import Strike, Wire
from support_push_wired import Killed
from support_push_wires import AgentWire, EosWire, NetconfWire

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.stages import stage_configs
from intentc.plan.make import Goal, Kit, plan_for
from intentc.push import team
from intentc.push.apply import apply
from intentc.push.memory import FOLDER
from intentc.push.recover import recover
from intentc.push.team import Author, Limits, Options

__all__ = ["CONFIRM_S", "KINDS", "LIMITS", "NODES", "Blend", "Killed", "Kind", "Strike", "Wire", "blend"]

LIMITS = Limits(connect_s=1, verb_s=1, patience_s=0.3, neighbours_s=0.1, pause_s=0.01)
CONFIRM_S = 4
NODES = {"agent": "ber-pe1", "netconf": "fra-pe1", "eos": "par-sw1"}  # transport -> its device


@dataclass(frozen=True)
class Kind:
    """One way to a device: what stands in for its wire, its platform and road, and its payloads."""

    wire: type
    platform: str
    transport: str
    commit: str
    render: object
    payload: object  # of a node and a number


KINDS = {
    "agent": Kind(
        AgentWire, "frr", "ssh", "", worlds.render, lambda node, number: worlds.payload(node, "card-fraud", number)
    ),
    "netconf": Kind(NetconfWire, "frr", "netconf", "confirmed-commit", netconf.render, netconf.payload),
    "eos": Kind(EosWire, "eos", "ssh", "", eos.render, lambda node, number: eos.payload(node, number, eos.wide)),
}


@dataclass
class Blend:
    """The three devices, running configuration 1, and the plan that brings them to 2."""

    nodes: ClassVar = NODES
    kinds: ClassVar = KINDS
    root: object
    strikes: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    asking: dict = field(default_factory=dict)
    phase: str = ""
    is_dead: bool = False
    plan: object = None

    def __post_init__(self):
        self.root.mkdir(parents=True, exist_ok=True)
        self.options = Options(self.root / "state", Author("bob", "noc1", "c0ffee"), LIMITS)
        self.memory = self.options.state / FOLDER
        script = self.root / "agent.sh"
        script.write_text("a fake\n")
        self.agent_target = agents.AgentTarget("frr", "ssh", script, agents.differences)
        self.agent_digest = agents.hashlib.sha256(script.read_bytes()).hexdigest()
        self.wires = {node: self.kinds[transport].wire(self, node) for transport, node in self.nodes.items()}

    def kind(self, node):
        return next(self.kinds[transport] for transport, own in self.nodes.items() if own == node)

    def device(self, node):
        platform = self.kind(node).platform
        return Device(node, "127.0.0.1", 22, "root", None, None, None, platform=platform, memory=self.memory)

    @property
    def devices(self):
        return {node: self.device(node) for node in self.wires}

    def opener(self, device, limits):
        return self.wires[device.node].open(device, limits)

    def strike_at(self, node):
        number = self.counts[node, self.phase]
        return next(
            (
                one
                for one in self.strikes
                if (one.node, one.phase, one.on) == (node, self.phase, number) and not one.seen
            ),
            None,
        )

    def planned(self):
        running = {node: self.opener(device, LIMITS).read() for node, device in self.devices.items()}
        goals = {
            node: Goal(kind.platform, kind.transport, kind.payload(node, 2), kind.commit)
            for node in self.wires
            for kind in (self.kind(node),)
        }
        findings = Findings()
        kit = Kit(stage_configs, lambda config: self.kind(config.node).render(config))
        plan = plan_for(goals, running, kit, replace(worlds.PARTICULARS, confirm_s=CONFIRM_S), findings)
        assert findings.items == []
        return plan

    def apply(self, monkeypatch):
        """Carry the plan out; return the report, None where our process was killed."""
        self.watch(monkeypatch)
        self.sent.clear()
        self.counts.clear()
        try:
            return apply(self.plan, self.devices, self.options, opener=self.opener)
        except Killed:
            return None

    def watch(self, monkeypatch):
        """Have it known in which phase a message is sent."""
        ask = team.Team.ask

        def asked(found, phase, *given, **named):
            before, self.phase = self.phase, phase
            try:
                return ask(found, phase, *given, **named)
            finally:
                self.phase = before

        monkeypatch.setattr(team.Team, "ask", asked)

    def recover(self):
        """Time has passed: nobody else is there any more, all servers are up, timers have ended."""
        self.strikes, self.is_dead, self.phase = [], False, ""
        for wire in self.wires.values():
            wire.dead_until = 0.0
            wire.hang_up()
            wire.thief_leaves()
            wire.undo_by_hand()
        return recover(self.devices, self.options, opener=self.opener)

    def runs(self, number):
        return all(wire.runs(number) for wire in self.wires.values())

    @property
    def leftovers(self):
        return [node for node, wire in self.wires.items() if not wire.is_clean]

    @property
    def is_saved(self):
        return all(wire.is_saved for wire in self.wires.values())


@cache
def plan_from_1_to_2(world):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as root:
        return world(Path(root) / "plan").planned()


def blend(root, *, rests="", world=Blend):
    """Return the world with its plan; the device `rests` changes in all its stages but the second."""
    made = world(root)
    made.plan = plan_from_1_to_2(world)
    if rests:
        made.plan = agents.resting(made.plan, rests)
    return made
