"""Transactions over an agent, a NETCONF server and a command line of a router in this process; every message can be struck.

As in `support_push_blend`, of which these are worlds: what stands in for SSH is a `Wire`, and the product's own sessions, drivers,
dialects and target code speak.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import ClassVar

import pytest
import support_push_blend as blended
from support_cisco_config import INVALID
from support_cli_typed import FAKES
from support_push_blend import KINDS, Blend, Kind, Wire
from support_push_fake_xe import FakeXe
from support_push_fake_xr import FakeXr

from intentc.diagnostics import Findings
from intentc.plan.model import Payload
from intentc.push import cli_iosxe, cli_iosxr, cli_junos, cli_srlinux
from intentc.push.cli_candidate import CliCandidateDriver
from intentc.push.cli_iosxe import IosXeDriver
from intentc.push.cli_iosxr import IosXrDriver
from intentc.push.cli_typing import Typist
from intentc.push.memory import Memory, Remembered
from intentc.push.opening import open_remembered
from intentc.push.trouble import SessionError, Trouble
from intentc.render.render import load_command_line, render_device
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

DIALECTS = {"junos": cli_junos.DIALECT, "srlinux": cli_srlinux.DIALECT}
CISCO = {
    "iosxe": (FakeXe, IosXeDriver, cli_iosxe.SPEECH),
    "iosxr": (FakeXr, IosXrDriver, cli_iosxr.SPEECH),
}


@cache
def target_of(platform):
    return load_targets(targets_paths(), Findings())[platform]


def wide(platform, node, number):
    """Return a configuration that changes in three stages, with little text each: something comes, a session changes, something goes."""
    made = importlib.import_module(f"support_{platform}")
    bfd = made.bfd if hasattr(made, "bfd") else importlib.import_module("support_frr").bfd
    watched = [bfd(interval_us=300_000 + number * 50_000)]
    if platform in CISCO:
        one = importlib.import_module("support_frr").flow(protocol="tcp", ports=(1000 + number, 1000 + number))
        return made.config(node, fences=[made.fence(f"fence-{number}", one)], bfd=watched)
    return made.config(
        node,
        probes=[made.probe(f"r4-p{number}")],
        probe_reflectors=[made.probe_reflector(f"r{number + 1}")],
        bfd=watched,
    )


def render(config):
    made = importlib.import_module(f"support_{config.platform}")
    fleet = made.fleet(config, infrastructure=("10.0.0.1/32",)) if config.platform in CISCO else made.fleet(config)
    return render_device(config, fleet, made.TARGET).files


@cache
def payload(platform, node, number):
    config = wide(platform, node, number)
    return Payload(config, render(config))


@cache
def running_with(platform, node, number):
    """Return what a device runs that has been given payload `number`."""
    return given(platform, node, number).text


def given(platform, node, number):
    """Return a fake device that was given payload `number` and nothing else of ours."""
    texts, lines = list(payload(platform, node, number).texts.values()), load_command_line(target_of(platform))
    if platform in CISCO:
        fake = CISCO[platform][0](node, drop_all=lambda: None)
        fake.by_hand(*lines.changes(texts, fake.login().show_running()))
        return fake
    fake = FAKES[platform](node)
    for line in (line for text in texts for line in lines.commands(text)):
        said = fake.type(fake.running, line)
        assert said == "" or line.startswith("delete "), said
    return fake


def driver_over(wire, platform, limits):
    """Return the product's driver to the fake behind `wire`."""
    lines = load_command_line(target_of(platform))
    if platform in CISCO:
        _, driver, speech = CISCO[platform]
        return driver(Typist(Typed(wire, speech), speech, limits), lines, platform)
    dialect = DIALECTS[platform]
    return CliCandidateDriver(Typist(Typed(wire, dialect.speech), dialect.speech, limits), dialect, lines, platform)


class Quiet:
    """A wire on which nothing goes wrong, to a fake device of no world."""

    def __init__(self, fake):
        self.fake, self.node = fake, fake.name
        self.world = SimpleNamespace(asking={})

    def send(self, _word, deed):
        return deed()


class TypedWire(Wire):
    """A fake device behind what the driver types."""

    platform: ClassVar = ""

    def __init__(self, world, node):
        super().__init__(world, node)
        self.fake = given(self.platform, node, 1)
        if hasattr(self.fake, "save"):
            self.fake.save()
        Memory(world.memory).write(Remembered(node, payload(self.platform, node, 1)))

    def open(self, device, limits):
        self.send("open", lambda: None, opens=True)
        return open_remembered(
            device, limits, target_of(self.platform), lambda _device, limits: driver_over(self, self.platform, limits)
        )

    def refuse(self):
        return self.fake.refused

    def deny(self):
        return self.fake.denied

    def say_both(self, deed):
        return f"{deed()}\n{self.refuse()}"

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

    def thief_comes(self):
        """Somebody ends our session and takes the lock."""
        if self.fake.pending is None:
            self.hang_up()
            self.fake.holder = "eve"

    def thief_leaves(self):
        self.thief_until = 0.0
        if self.fake.holder == "eve":
            self.fake.holder = None

    def runs(self, number):
        wanted = running_with(self.platform, self.node, number)
        return comparable(self.fake.text) == comparable(wanted)

    @property
    def armed_s(self):
        return self.fake.pending.ends - time.monotonic() if self.fake.pending else 0.0

    @property
    def is_unlocked(self):
        return self.fake.holder is None

    @property
    def is_clean(self):
        left = Memory(self.world.memory).read(self.node)
        return self.fake.pending is None and self.is_unlocked and (left.lease, left.pending) == (None, None)

    @property
    def is_saved(self):
        return self.fake.text == self.fake.startup_text


class JunosWire(TypedWire):
    platform: ClassVar = "junos"


class CiscoWire(TypedWire):
    """A router whose lines change what runs."""

    def refuse(self):
        return f"{INVALID}\n"

    def deny(self):
        return f"{self.fake.denied}\n"

    def say_both(self, deed):
        return f"% Internal error\n{deed()}"

    def starts_anew(self):
        self.hang_up()
        self.fake.restart()

    def by_hand(self):
        if "ITC-SOMEBODY" not in self.fake.text:
            self.fake.add_owned()

    def undo_by_hand(self):
        if "ITC-SOMEBODY" in self.fake.text:
            self.fake.take_owned()


class IosxeWire(CiscoWire):
    platform: ClassVar = "iosxe"


class IosxrWire(CiscoWire):
    platform: ClassVar = "iosxr"

    def __init__(self, world, node):
        super().__init__(world, node)
        self.fake.hurry_s = 0.2


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

    is_privileged = True

    def __init__(self, wire, speech):
        self.wire = wire
        self.speech = speech
        self.cli = wire.fake.login()
        self.cli.has_timestamps = False
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)

    @property
    def hostname(self):
        return self.wire.node

    @property
    def mode(self):
        return (self.speech.prompt.search(self.cli.prompt)["mode"] or "").strip("() ")

    def ask(self, command, *, timeout_s):  # noqa: ARG002
        answer = self._send(command, lambda: self.cli.run(command))
        while getattr(self.cli, "question", None) is not None:  # answered as its speech says
            last = answer.rstrip("\n").rpartition("\n")[2]
            reply = next(text for form, text in self.speech.replies if form.fullmatch(last))
            answer += self.cli.run(reply)
        return answer

    def paste(self, command, ready, lines, *, timeout_s):  # noqa: ARG002
        return self._send(command, lambda: self.cli.paste(command, lines))

    def _send(self, command, deed):
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        answer = self.wire.send(" ".join(command.split()[:2]), deed)
        return f"{answer}\n" if answer and not answer.endswith("\n") else answer or ""

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


@dataclass
class IosxeBlend(Blend):
    """An agent, a NETCONF server, an IOS XE router."""

    nodes: ClassVar = {"agent": "ber-pe1", "netconf": "fra-pe1", "iosxe": "par-pe1"}
    kinds: ClassVar = {**KINDS, "iosxe": kind("iosxe", IosxeWire, "revert-timer")}


@dataclass
class IosxrBlend(Blend):
    """An agent, a NETCONF server, an IOS XR router. Its timers have ended before `recover` runs: only the session that committed

    can confirm, or go back.
    """

    nodes: ClassVar = {"agent": "ber-pe1", "netconf": "fra-pe1", "iosxr": "par-pe1"}
    kinds: ClassVar = {**KINDS, "iosxr": kind("iosxr", IosxrWire, "commit-on-trial")}

    def planned(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(blended, "CONFIRM_S", SHORTEST_XR_S)
            return super().planned()

    def recover(self):
        self.wires[self.nodes["iosxr"]].hang_up()
        self.wires[self.nodes["iosxr"]].expire()
        return super().recover()


SHORTEST_XR_S = 30  # what a router takes
WORLDS = {"iosxe": IosxeBlend, "iosxr": IosxrBlend, "junos": JunosBlend, "srlinux": SrlinuxBlend}
