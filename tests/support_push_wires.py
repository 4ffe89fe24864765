"""The devices of the blend behind their wires: an agent, a NETCONF server, an EOS command line, each with its own ways to be struck."""

from __future__ import annotations

import time
from functools import cache
from xml.etree import ElementTree as ET

import support_netconf_lab as netconf
import support_push_eos_network as eos
import support_push_wired as agents
from support_netconf_fake import NC, Manners, error, router
from support_netconf_lab import SPACE
from support_push_fake_eos import ConfigSession, FakeEos
from support_push_here import AskedHere, TypedHere, request_of
from support_push_wire import Wire

from intentc.diagnostics import Findings
from intentc.push.agent import open_agent_over
from intentc.push.cli_session import CliSessionDriver
from intentc.push.memory import Memory, Remembered
from intentc.push.netconf import NetconfDriver
from intentc.push.netconf_session import _raise_errors
from intentc.push.opening import open_remembered
from intentc.push.remembered import RememberedSession
from intentc.push.trouble import SessionError, Trouble
from intentc.render.targets import load_targets
from intentc.resources import targets_paths


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


class Asking(AskedHere):
    """What `NetconfSession` is to the driver."""

    def __init__(self, wire):
        super().__init__(wire.router)
        self.wire = wire
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)

    def ask(self, operation):
        self.check_open()
        request = request_of(operation)
        return self.wire.send(request.tag.rpartition("}")[2], lambda: self.answer(request))

    def answer(self, request):
        self.check_open()
        return super().answer(request)

    def check_open(self):
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")

    def close(self):
        if self.is_open:
            self.is_open = False
            super().close()


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


class Typed(TypedHere):
    """What `Terminal` is to the driver."""

    def __init__(self, wire):
        super().__init__(wire.fake)
        self.wire = wire
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)

    def ask(self, command, *, timeout_s):
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        word = command.split()[0] if command.split() else ""
        return self.wire.send(word, lambda: TypedHere.ask(self, command, timeout_s=timeout_s))

    def close(self):
        self.is_open = False


def eos_session(fake):
    return ConfigSession(fake.running.copy(), "pending", "eve")


@cache
def eos_target():
    return load_targets(targets_paths(), Findings())["eos"]
