"""The blend of three transports with an IOS XR command line in the place of the EOS one; see `support_push_blend`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import pytest
import support_iosxr as xr
import support_push_blend as blended
from support_push_blend import KINDS, Blend, Kind, Wire
from support_push_fake_xr import DENIED, FakeXr, XrCli
from support_xr_router import printed, router, typed

from intentc.plan.model import Payload
from intentc.push.cli_iosxr import SPEECH, IosXrDriver
from intentc.push.cli_typing import Typist
from intentc.push.memory import Memory, Remembered
from intentc.push.opening import open_remembered
from intentc.push.trouble import SessionError, Trouble
from intentc.render.render import load_command_line, render_device

CONFIRM_S = 30  # the shortest that a router takes
NODES = {"agent": "ber-pe1", "netconf": "fra-pe1", "iosxr": "par-pe1"}


def config(node, number):
    """Return a configuration that changes in three stages: a fence comes, BFD changes, a fence goes."""
    one = xr.flow(protocol="tcp", ports=(1000 + number, 1000 + number))
    return xr.config(
        node, fences=[xr.fence(f"fence-{number}", one)], bfd=[xr.bfd(interval_us=300_000 + number * 50_000)]
    )


def render(item):
    fleet = xr.fleet(item, infrastructure=("10.0.0.1/32",))
    return render_device(item, fleet, xr.TARGET).files


@cache
def payload(node, number):
    item = config(node, number)
    return Payload(item, render(item))


def running(node, number):
    """Return a router that runs payload `number`."""
    root = router(node)
    commands = load_command_line(xr.TARGET)
    typed(root, commands.changes(list(payload(node, number).texts.values()), printed(root)))
    return root


class XrWire(Wire):
    """A fake router behind what the driver types."""

    def __init__(self, world, node):
        super().__init__(world, node)
        self.fake = FakeXr(node, running(node, 1), drop_all=lambda: None, hurry_s=0.2)
        self.texts = {number: "\n".join(running(node, number).lines()) for number in (1, 2)}
        Memory(world.memory).write(Remembered(node, payload(node, 1)))

    def open(self, device, limits):
        self.send("open", lambda: None, opens=True)

        def driver(_device, limits):
            return IosXrDriver(Typist(Typed(self), SPEECH, limits), load_command_line(xr.TARGET), "iosxr")

        return open_remembered(device, limits, xr.TARGET, driver)

    def refuse(self):
        return "% Invalid input detected at '^' marker.\n"

    def deny(self):
        return f"{DENIED}\n"

    def say_both(self, deed):
        return f"% Internal error\n{deed()}"

    def hang_up(self):
        for terminal in [*self.world.asking.pop(self.node, ())]:
            terminal.close()

    def starts_anew(self):
        self.hang_up()
        self.fake.restart()

    def expire(self):
        self.fake.expire()

    def thief_comes(self):
        """Somebody ends our session (`clear configuration sessions`) and locks."""
        if self.fake.trial is None:
            self.hang_up()
            self.fake.holder = "eve"

    def thief_leaves(self):
        self.thief_until = 0.0
        if self.fake.holder == "eve":
            self.fake.holder = None

    @property
    def armed_s(self):
        return self.fake.trial.ends - time.monotonic() if self.fake.trial else 0.0

    def by_hand(self):
        if "ITC-SOMEBODY" not in self.fake.text:
            self.fake.by_hand("ipv4 access-list ITC-SOMEBODY", "10 permit ipv4 any any")

    def undo_by_hand(self):
        if "ITC-SOMEBODY" in self.fake.text:
            self.fake.by_hand("no ipv4 access-list ITC-SOMEBODY")

    def runs(self, number):
        return sorted(self.fake.text.splitlines()) == sorted(self.texts[number].splitlines())

    @property
    def is_clean(self):
        left = Memory(self.world.memory).read(self.node)
        return self.fake.is_clean and (left.lease, left.pending) == (None, None)

    is_saved = True  # a commit is


class Typed:
    """What `Terminal` is to the typist: questions are answered as its speech says."""

    is_privileged = True

    def __init__(self, wire):
        self.wire = wire
        self.cli = XrCli(wire.fake)
        self.cli.has_timestamps = False
        self.is_open = True
        wire.world.asking.setdefault(wire.node, set()).add(self)

    @property
    def hostname(self):
        return f"RP/0/RP0/CPU0:{self.wire.fake.name}"

    @property
    def mode(self):
        return self.cli.prompt.partition("(")[2].rpartition(")")[0]

    def ask(self, command, *, timeout_s):  # noqa: ARG002
        if not self.is_open:
            raise SessionError(Trouble.LOST, "the connection was lost")
        answer = self.wire.send(command, lambda: self.cli.run(command))
        while self.cli.question is not None:
            last = answer.rpartition("\n")[2]
            reply = next(text for form, text in SPEECH.replies if form.fullmatch(last))
            answer += f"\n{self.cli.run(reply)}"
        return f"{answer}\n" if answer and not answer.endswith("\n") else answer or ""

    def close(self):
        self.is_open = False
        self.cli.end()


@dataclass
class XrBlend(Blend):
    """An agent, a NETCONF server, an IOS XR router."""

    nodes: ClassVar = NODES
    confirm_s: ClassVar = CONFIRM_S
    kinds: ClassVar = {**KINDS, "iosxr": Kind(XrWire, "iosxr", "ssh", "commit-on-trial", render, payload)}

    def planned(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(blended, "CONFIRM_S", CONFIRM_S)
            return super().planned()

    def recover(self):
        """Time has passed: timers have ended, too, which this road needs where the session that committed is gone."""
        self.wires[NODES["iosxr"]].hang_up()
        self.wires[NODES["iosxr"]].expire()
        return super().recover()
