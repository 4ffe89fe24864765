"""A transaction over three transports in this process: an agent, a NETCONF server, an EOS command line; every message can be struck.

The product's own sessions, drivers and target code speak; what stands in for SSH is a `Wire`, which knows in which phase of the
transaction a message is sent. All devices are fakes. What SSH itself does to a session is in the tests with real servers.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import ClassVar
from xml.etree import ElementTree as ET

import support_netconf_lab as netconf
import support_push_eos_network as eos
import support_push_wired as agents
import support_push_worlds as worlds
from support_netconf_fake import BASES, NC, Manners, RefusalError, error, router
from support_netconf_lab import SPACE
from support_push_fake_eos import FakeEos
from support_push_fake_eos_cli import Cli
from support_push_wired import Killed

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.stages import stage_configs
from intentc.plan.make import Goal, Kit, plan_for
from intentc.push import team
from intentc.push.agent import open_agent_over
from intentc.push.apply import apply
from intentc.push.cli_session import CliSessionDriver
from intentc.push.memory import FOLDER, Memory, Remembered
from intentc.push.netconf import NetconfDriver
from intentc.push.netconf_session import _raise_errors
from intentc.push.opening import open_remembered
from intentc.push.recover import recover
from intentc.push.remembered import RememberedSession
from intentc.push.team import Author, Limits, Options
from intentc.push.trouble import SessionError, Trouble
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

LIMITS = Limits(connect_s=1, verb_s=1, patience_s=0.3, neighbours_s=0.1, pause_s=0.01)
CONFIRM_S = 4
NODES = {"agent": "ber-pe1", "netconf": "fra-pe1", "eos": "par-sw1"}  # transport -> its device
AWAY_S = 0.06  # for so long a server that was killed is gone, and somebody else keeps a lock


@dataclass
class Strike:
    """What goes wrong at the `on`th message (from 1) that `node` is sent in `phase`; `seen` says that it did."""

    node: str
    phase: str
    fault: str
    on: int = 1
    seen: bool = False


@dataclass
class Wire:
    """All that goes to one device. Its own ways to be struck are methods by the name of the fault."""

    world: object
    node: str
    dead_until: float = 0.0
    thief_until: float = 0.0

    def send(self, word, deed, *, opens=False):
        """Return what `deed` does, or what goes wrong instead."""
        world = self.world
        if world.is_dead:
            raise Killed
        world.sent.append((self.node, world.phase, word))
        world.counts[self.node, world.phase] += 1
        strike = world.strike_at(self.node)
        if time.monotonic() < self.dead_until:
            raise SessionError(Trouble.UNREACHABLE if opens else Trouble.LOST, "no answer")
        if self.thief_until and time.monotonic() >= self.thief_until:
            self.thief_leaves()
        if strike is None:
            return deed()
        strike.seen = True
        return getattr(self, strike.fault.replace(" ", "_").replace(",", ""))(deed, opens=opens)

    def lose(self, trouble, *, opens):
        self.hang_up()
        raise SessionError(Trouble.UNREACHABLE if opens else trouble, "the answer did not come")

    def hang(self, _deed, *, opens):
        self.lose(Trouble.TIMEOUT, opens=opens)

    def connection_drop(self, _deed, *, opens):
        self.lose(Trouble.LOST, opens=opens)

    def lost_reply(self, deed, *, opens):
        deed()
        self.lose(Trouble.LOST, opens=opens)

    def kill_of_ours(self, _deed, *, opens):  # noqa: ARG002  (of the table of faults)
        self.world.is_dead = True
        raise Killed

    def kill_of_ours_after(self, deed, *, opens):
        deed()
        self.kill_of_ours(deed, opens=opens)

    def kill_of_the_server(self, _deed, *, opens):
        self.dead_until = time.monotonic() + AWAY_S
        self.dies()
        self.lose(Trouble.LOST, opens=opens)

    def reboot(self, _deed, *, opens):
        self.dead_until = time.monotonic() + AWAY_S
        self.starts_anew()
        self.lose(Trouble.LOST, opens=opens)

    def expired_timer(self, deed, *, opens):  # noqa: ARG002
        self.expire()
        return deed()

    def lock_held(self, deed, *, opens):  # noqa: ARG002
        self.thief_until = time.monotonic() + AWAY_S
        self.thief_comes()
        return deed()

    def changed_device(self, deed, *, opens):  # noqa: ARG002
        self.by_hand()
        return deed()

    def refusal(self, _deed, *, opens):
        if opens:
            raise SessionError(Trouble.AUTHENTICATION, "the login was refused")
        return self.refuse()

    def error_text_with_success(self, deed, *, opens):
        if opens:
            raise SessionError(Trouble.AGENT, "it answers, but as something else")
        return self.say_both(deed)

    def denied(self, _deed, *, opens):
        if opens:
            raise SessionError(Trouble.AUTHENTICATION, "the login was refused")
        return self.deny()

    @property
    def armed_s(self):
        """How long the device's own timer still runs; 0 where none does, or the fake does not tell."""
        return 0.0

    def hang_up(self):
        """The session that the message came over is over."""

    def dies(self):
        """The server's process is killed; what runs stays."""


class AgentWire(Wire):
    """A fake agent behind what the agent's session sends."""

    def __init__(self, world, node):
        super().__init__(world, node)
        self.agent = agents.WiredAgent(node, is_killed=lambda: False)
        self.set(1)

    def set(self, number):
        files = agents.files_of(self.node, number)
        self.agent.state.update(running=files, applied=files, persisted=files)

    def open(self, device, limits):
        self.send("open", lambda: None, opens=True)
        wire = self

        class Connection(agents.Connection):
            def run(self, command, stdin=b"", *, timeout_s):
                return wire.send("run", lambda: agents.Connection.run(self, command, stdin, timeout_s=timeout_s))

        target = self.world.agent_target
        return open_agent_over(Connection(self.agent, self.world.agent_digest), device, limits, target)

    def refuse(self):
        return agents.Completed(0, "check=edge.nft: syntax error\nstatus=error\nintentc-exit=13\n", "")

    def deny(self):
        return agents.Completed(1, "", "sudo: a password is required\n")

    def say_both(self, _deed):
        return agents.Completed(0, "error=% Configuration failed.\nstatus=ok\nintentc-exit=0\n", "")

    def starts_anew(self):
        self.agent.reboot()

    def expire(self):
        self.agent.expire()

    def thief_comes(self):
        self.agent.state["lock"] = dict(agents.OTHER)

    def thief_leaves(self):
        self.thief_until = 0.0
        if self.agent.state["lock"] == agents.OTHER:
            self.agent.state["lock"] = None

    def by_hand(self):
        self.agent.foreign = "rule of somebody else"

    def undo_by_hand(self):
        self.agent.foreign = ""

    @property
    def armed_s(self):
        pending = self.agent.state["pending"]
        return pending["deadline"] - time.time() if pending else 0.0

    def runs(self, number):
        self.agent.settle()
        return self.agent.state["running"] == agents.files_of(self.node, number)

    @property
    def is_clean(self):
        return self.agent.state["lock"] is None and self.agent.state["pending"] is None

    @property
    def is_saved(self):
        return self.agent.state["persisted"] == self.agent.state["running"]


BY_HAND = f'<net xmlns="{SPACE}"><entry><name>ITC-by-hand</name><value>7</value></entry></net>'
NO_MORE = f'<net xmlns="{SPACE}"><entry nc:operation="remove"><name>ITC-by-hand</name></entry></net>'


class NetconfWire(Wire):
    """A fake NETCONF server behind what the driver asks."""

    def __init__(self, world, node):
        super().__init__(world, node)
        self.router = router(node, netconf.FOREIGN, Manners(has_startup=True))
        text = netconf.payload(node, 1).texts["config.xml"]
        self.router.edit_by_hand(text[text.index("<net") : text.index("</config>")])
        self.router.startup = ET.fromstring(ET.tostring(self.router.running))  # noqa: S314  (our own)
        Memory(world.memory).write(Remembered(node, netconf.payload(node, 1)))
        self.session = None

    def open(self, device, _limits):
        self.send("open", lambda: None, opens=True)
        self.session = Asking(self)
        return RememberedSession(device, NetconfDriver(self.session), netconf.PART, Memory(device.memory))

    def refuse(self):
        raise SessionError(Trouble.REFUSED, "it refused: `operation-failed: no resources left`")

    def deny(self):
        _raise_errors(f'<rpc-reply xmlns="{NC}">{error("access-denied", "no rule lets you")}</rpc-reply>')

    def say_both(self, _deed):
        _raise_errors(f'<rpc-reply xmlns="{NC}"><ok/>{error("operation-failed", "applied in part only")}</rpc-reply>')

    def hang_up(self):
        for session in [*self.world.asking.pop(self.node, ())]:
            session.close()

    def dies(self):
        self.router.die(0.0)

    def starts_anew(self):
        self.router.pending = None
        self.router.running = ET.fromstring(ET.tostring(self.router.startup))  # noqa: S314
        self.router.die(0.0)

    def expire(self):
        if self.router.pending:
            self.router.pending.ends = 0.0
            self.router.settle()

    def thief_comes(self):
        """Somebody ends our session (`kill-session`) and locks."""
        if self.router.pending is None:
            self.hang_up()
            self.router.locks = {"running": 99, "candidate": 99}

    def thief_leaves(self):
        self.thief_until = 0.0
        self.router.locks = {store: who for store, who in self.router.locks.items() if who != 99}

    def by_hand(self):
        self.router.edit_by_hand(BY_HAND)

    def undo_by_hand(self):
        if "ITC-by-hand" in self.router.text:
            self.router.edit_by_hand(NO_MORE)
            self.router.startup = ET.fromstring(ET.tostring(self.router.running))  # noqa: S314

    @property
    def armed_s(self):
        return self.router.pending.ends - time.monotonic() if self.router.pending else 0.0

    def runs(self, number):
        return netconf.ours(f"<data>{self.router.text}</data>") == netconf.wanted_of(self.node, number)

    @property
    def is_clean(self):
        left = Memory(self.world.memory).read(self.node)
        return self.router.is_clean and (left.lease, left.pending) == (None, None)

    @property
    def is_saved(self):
        return ET.tostring(self.router.startup) == ET.tostring(self.router.running)


class Asking:
    """What `NetconfSession` is to the driver."""

    def __init__(self, wire):
        self.wire = wire
        self.number = wire.router.begin()
        self.capabilities = tuple(sorted(wire.router.hello()))
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)
        assert BASES[0] in self.capabilities

    def ask(self, operation):
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        request = ET.fromstring(f'<rpc xmlns="{NC}">{operation}</rpc>')[0]  # noqa: S314  (the product's own)
        return self.wire.send(request.tag.rpartition("}")[2], lambda: self.answer(request))

    def answer(self, request):
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        try:
            content = self.wire.router.answer(self.number, request)
        except RefusalError as refusal:
            content = error(refusal.tag, refusal.message, info=refusal.info)
        reply = f'<rpc-reply xmlns="{NC}">{content}</rpc-reply>'
        if "<rpc-error" in reply:
            _raise_errors(reply)
        return reply

    def close(self):
        if self.is_open:
            self.is_open = False
            self.wire.router.end(self.number)


class EosWire(Wire):
    """A fake EOS device behind what the driver types."""

    def __init__(self, world, node):
        super().__init__(world, node)
        self.fake = FakeEos(node, drop_all=lambda: None)
        given = eos.payload(node, 1, eos.wide)
        self.fake.running = eos._typed(node, given)
        self.fake.startup = self.fake.running.copy()
        Memory(world.memory).write(Remembered(node, given))

    def open(self, device, limits):
        self.send("open", lambda: None, opens=True)
        return open_remembered(
            device, limits, eos_target(), lambda _device, limits: CliSessionDriver(Typed(self), limits)
        )

    def refuse(self):
        return "% Invalid input\n"

    def deny(self):
        return "% Authorization denied for command\n"

    def say_both(self, deed):
        deed()
        return "% Internal error\n"

    def hang_up(self):
        for terminal in [*self.world.asking.pop(self.node, ())]:
            terminal.is_open = False

    def starts_anew(self):
        self.fake.restart()

    def expire(self):
        if self.fake.timer:
            self.fake.expire()

    def thief_comes(self):
        self.fake.sessions["ITC-ffffffffffff-0-eve"] = eos_session(self.fake)

    def thief_leaves(self):
        self.thief_until = 0.0
        self.fake.sessions.pop("ITC-ffffffffffff-0-eve", None)

    def by_hand(self):
        if "ITC-SOMEBODY" not in self.fake.text:
            self.fake.by_hand("ip access-list ITC-SOMEBODY", "10 permit ip any any")

    def undo_by_hand(self):
        if "ITC-SOMEBODY" in self.fake.text:
            self.fake.by_hand("no ip access-list ITC-SOMEBODY")
            self.fake.startup = self.fake.running.copy()

    @property
    def armed_s(self):
        return self.fake.timer_ends - time.monotonic() if self.fake.timer else 0.0

    def runs(self, number):
        wanted = eos._typed(self.node, eos.payload(self.node, number, eos.wide))
        return self.fake.text == "\n".join(wanted.lines())

    @property
    def is_clean(self):
        left = Memory(self.world.memory).read(self.node)
        is_open = any(one.state == "pending" for one in self.fake.sessions.values())
        return not self.fake.timer and not is_open and (left.lease, left.pending) == (None, None)

    @property
    def is_saved(self):
        return self.fake.text == self.fake.startup_text


class Typed:
    """What `Terminal` is to the driver."""

    is_privileged = True

    def __init__(self, wire):
        self.wire = wire
        self.cli = Cli(wire.fake)
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)

    @property
    def hostname(self):
        return self.wire.fake.hostname

    @property
    def mode(self):
        found = self.cli.prompt.partition("(")[2]
        return found.rpartition(")")[0]

    def ask(self, command, *, timeout_s):  # noqa: ARG002
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        answer = self.wire.send(command.split()[0] if command.split() else "", lambda: self.cli.run(command))
        return f"{answer}\n" if answer and not answer.endswith("\n") else answer or ""

    def close(self):
        self.is_open = False


def eos_session(fake):
    from support_push_fake_eos import ConfigSession

    return ConfigSession(fake.running.copy(), "pending", "eve")


@cache
def eos_target():
    return load_targets(targets_paths(), Findings())["eos"]


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
