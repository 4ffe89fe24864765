"""Transactions over an agent, a NETCONF server and a command line of Junos or SR Linux in this process; every message can be struck.

As in `support_push_blend`, of which these are worlds: what stands in for SSH is a `Wire`, and the product's own sessions, drivers,
dialects and target code speak.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from support_cli_typed import FAKES
from support_push_blend import KINDS, Blend, Kind, Wire

from intentc.diagnostics import Findings
from intentc.plan.model import Payload
from intentc.push import cli_junos, cli_srlinux
from intentc.push.cli_candidate import CliCandidateDriver
from intentc.push.cli_typing import Typist
from intentc.push.memory import Memory, Remembered
from intentc.push.opening import open_remembered
from intentc.push.trouble import SessionError, Trouble
from intentc.render.render import load_command_line, render_device
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

DIALECTS = {"junos": cli_junos.DIALECT, "srlinux": cli_srlinux.DIALECT}


@cache
def target_of(platform):
    return load_targets(targets_paths(), Findings())[platform]


def wide(platform, node, number):
    """Return a configuration that changes in three stages: a peer of TWAMP comes, a session changes, a peer goes; little text each."""
    made = importlib.import_module(f"support_{platform}")
    bfd = made.bfd if hasattr(made, "bfd") else importlib.import_module("support_frr").bfd
    return made.config(
        node,
        probes=[made.probe(f"r4-p{number}")],
        probe_reflectors=[made.probe_reflector(f"r{number + 1}")],
        bfd=[bfd(interval_us=300_000 + number * 50_000)],
    )


def render(config):
    made = importlib.import_module(f"support_{config.platform}")
    return render_device(config, made.fleet(config), made.TARGET).files


@cache
def payload(platform, node, number):
    config = wide(platform, node, number)
    return Payload(config, render(config))


@cache
def running_with(platform, node, number):
    """Return what a device runs that has been given payload `number`."""
    fake = FAKES[platform](node)
    for text in payload(platform, node, number).texts.values():
        for line in load_command_line(target_of(platform)).commands(text):
            said = fake.type(fake.running, line)
            assert said == "" or line.startswith("delete "), said
    return fake.text


class TypedWire(Wire):
    """A fake device behind what the driver types."""

    platform: ClassVar = ""

    def __init__(self, world, node):
        super().__init__(world, node)
        self.fake = FAKES[self.platform](node)
        given = payload(self.platform, node, 1)
        lines = load_command_line(target_of(self.platform))
        self.fake.by_hand(*(line for text in given.texts.values() for line in lines.commands(text)))
        self.fake.save()
        Memory(world.memory).write(Remembered(node, given))

    def open(self, device, limits):
        self.send("open", lambda: None, opens=True)
        dialect, target = DIALECTS[self.platform], target_of(self.platform)

        def driver(_device, limits):
            return CliCandidateDriver(
                Typist(Typed(self, dialect), dialect.speech, limits), dialect, load_command_line(target)
            )

        return open_remembered(device, limits, target, driver)

    def refuse(self):
        return self.fake.refused

    def deny(self):
        return self.fake.denied

    def say_both(self, deed):
        return f"{deed()}\n{self.fake.refused}"

    def hang_up(self):
        for terminal in [*self.world.asking.pop(self.node, ())]:
            terminal.hang_up()

    def starts_anew(self):
        self.fake.start_anew()

    def expire(self):
        self.fake.expire()

    def by_hand(self):
        if "ITC-SOMEBODY" not in self.fake.text:
            self.fake.change_owned()

    def undo_by_hand(self):
        if "ITC-SOMEBODY" in self.fake.text:
            self.fake.undo_owned()

    def runs(self, number):
        wanted = running_with(self.platform, self.node, number)
        return comparable(self.fake.text) == comparable(wanted)

    @property
    def armed_s(self):
        return self.fake.pending.ends - time.monotonic() if self.fake.pending else 0.0

    @property
    def is_clean(self):
        left = Memory(self.world.memory).read(self.node)
        return self.fake.pending is None and self.is_unlocked and (left.lease, left.pending) == (None, None)

    @property
    def is_saved(self):
        return self.fake.text == self.fake.startup_text


class JunosWire(TypedWire):
    platform: ClassVar = "junos"

    def thief_comes(self):
        """Somebody ends our session and takes the database."""
        if self.fake.pending is None:
            self.hang_up()
            self.fake.holder = "eve"

    def thief_leaves(self):
        self.thief_until = 0.0
        if self.fake.holder == "eve":
            self.fake.holder = None

    @property
    def is_unlocked(self):
        return self.fake.holder is None


class SrlinuxWire(TypedWire):
    platform: ClassVar = "srlinux"

    def thief_comes(self):
        self.fake.steal()

    def thief_leaves(self):
        self.thief_until = 0.0
        self.fake.give_back()

    @property
    def is_unlocked(self):
        return not any(one.holder or one.is_changed for one in self.fake.candidates.values())


class Typed:
    """What `Terminal` is to a typist."""

    def __init__(self, wire, dialect):
        self.wire = wire
        self.dialect = dialect
        self.cli = wire.fake.login()
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)

    @property
    def hostname(self):
        return self.wire.node

    @property
    def mode(self):
        return (self.dialect.speech.prompt.search(self.cli.prompt)["mode"] or "").strip()

    def ask(self, command, *, timeout_s):  # noqa: ARG002
        return self._send(command, lambda: self.cli.run(command))

    def paste(self, command, ready, lines, *, timeout_s):  # noqa: ARG002
        return self._send(command, lambda: self.cli.paste(command, lines))

    def _send(self, command, deed):
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        answer = self.wire.send(" ".join(command.split()[:2]), deed)
        return f"{answer}\n" if answer else ""

    def hang_up(self):
        if self.is_open:
            self.is_open = False
            self.cli.end()

    def close(self):
        self.hang_up()


def comparable(text):
    """Return the lines of a tree without their order, in which statements that were taken away and put back differ."""
    return sorted(text.replace("><", ">\n<").splitlines())


def kind(platform, wire, commit):
    return Kind(wire, platform, "ssh", commit, render, lambda node, number: payload(platform, node, number))


@dataclass
class JunosBlend(Blend):
    """An agent, a NETCONF server, a Junos."""

    nodes: ClassVar = {"agent": "ber-pe1", "netconf": "fra-pe1", "junos": "r1"}
    kinds: ClassVar = {**KINDS, "junos": kind("junos", JunosWire, "commit-confirmed")}


@dataclass
class SrlinuxBlend(Blend):
    """An agent, a NETCONF server, an SR Linux."""

    nodes: ClassVar = {"agent": "ber-pe1", "netconf": "fra-pe1", "srlinux": "r1"}
    kinds: ClassVar = {**KINDS, "srlinux": kind("srlinux", SrlinuxWire, "confirmed-accept")}


WORLDS = {"junos": JunosBlend, "srlinux": SrlinuxBlend}
