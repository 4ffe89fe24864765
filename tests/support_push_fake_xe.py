"""A fake IOS XE router: lines that run as they are typed, a revert timer, an archive, faults on demand. It forwards nothing and is no Cisco.

What it answers follows Cisco's command references and what people who run such routers have published (see the module
`intentc.push.cli_iosxe`), in our words where words do not matter:
- `configure terminal revert timer` and what it prints, `show archive`, the table of the timer: transcripts and the command reference
- "%Turn config archive on before using Rollback Confirmed Change", "%No Rollback Confirmed Change pending": what NAPALM and NSO look for
- which user may confirm: "Configuration Management Command Reference", `configure revert`
- who has the lock: what netmiko's and unicon's tests have
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import ClassVar

from support_cisco_config import INVALID, Section, Typing
from support_push_fake_cisco import FakeCisco, Fault
from support_xe_router import printed, router

__all__ = ["FakeXe", "Fault", "XeCli"]

NO_TIMER = "%No Rollback Confirmed Change pending"
NO_ARCHIVE = "%Turn config archive on before using Rollback Confirmed Change"
BEGUN = "Enter configuration commands, one per line.  End with CNTL/Z."
ONE_MINUTE = '\nRollback Confirmed Change: Rollback will begin in one minute.\nEnter "configure confirm" if you wish to keep what you\'ve configured\n'
DONE = "\nTotal number of passes: 1\nRollback Done\n"


@dataclass
class Timer:
    """What is to be confirmed: whose it is, the file that is the point of return, and when the router goes back to it."""

    user: str
    point: str
    minutes: int
    ends: float


@dataclass
class FakeXe(FakeCisco):
    """One router. `holder` has the exclusive lock, NETCONF's for one; `files` are its archive."""

    denied: ClassVar = "Command authorization failed."
    port: ClassVar = "GigabitEthernet9"

    startup: Section = None
    pending: Timer | None = None
    files: dict[str, Section] = field(default_factory=dict)
    user: str = "intentc"
    privilege: int = 15

    def __post_init__(self):
        self.running = self.running or router(self.name)
        self.startup = self.running.copy()

    @property
    def startup_text(self):
        return "\n".join(self.startup.lines())

    @property
    def is_clean(self):
        return self.pending is None and self.holder is None

    @property
    def path(self):
        """Where the archive is, "" where there is none."""
        archive = self.running.below.get("archive")
        lines = [] if archive is None else [child.text for child in archive.below.values()]
        return next((line.removeprefix("path ") for line in lines if line.startswith("path ")), "")

    def login(self):
        return XeCli(self)

    def settle(self):
        """Let the timer do its work if its time has come."""
        if self.pending is not None and time.monotonic() >= self.pending.ends:
            self.go_back()

    def go_back(self):
        self.running, self.pending = self.files[self.pending.point].copy(), None

    def expire(self):
        with self.mutex:
            if self.pending is not None:
                self.pending.ends = 0.0
            self.settle()

    def restart(self):
        """Power off and on: what was saved runs."""
        with self.mutex:
            self.running, self.pending, self.holder = self.startup.copy(), None, None
            self.restarts += 1
        self.drop_all()

    def by_hand(self, *lines):
        """Somebody types lines of their own, from another session."""
        with self.mutex:
            typing = Typing(self.running)
            answers = [typing.type(line) for line in lines]
            assert not any(answers), answers

    def save(self):
        self.startup = self.running.copy()


class XeCli:
    """One login, and the mode it is in: what is typed runs."""

    question = None

    def __init__(self, device, user=None):
        self.device = device
        self.user = user or device.user
        self.typing = None
        self.is_open = True
        self.is_privileged = device.privilege == 15

    @property
    def prompt(self):
        base = self.device.name
        if self.typing is None:
            return f"{base}{'#' if self.is_privileged else '>'}"
        below = "".join(f"-{one.text.split()[0][:6]}" for one in self.typing.stack[1:])
        return f"{base[:20]}(config{below})#"

    def run(self, line):
        """Return the answer to a line; None where there is none."""
        line = line.strip()
        if not line or line.startswith("!"):
            return ""
        return self.device.call(line, lambda: self._do(line))

    def end(self):
        """The connection is gone: the timer runs on."""
        self.typing, self.is_open = None, False

    def _do(self, line):
        if self.typing is not None and self.typing.root is not self.device.running:
            self.typing = Typing(self.device.running)  # it went back meanwhile
        if self.typing is None:
            return self._exec(line)
        if line == "end" or (line == "exit" and len(self.typing.stack) == 1):
            self.typing = None
            return ""
        if line.startswith("do "):
            return self._exec(line.removeprefix("do "))
        if self.device.refuses and re.search(self.device.refuses, line):
            return "% Unable to allocate hardware resources"
        return self.typing.type(line)

    def _exec(self, line):
        if not self.is_privileged and not line.startswith(("terminal", "show version")):
            return INVALID
        for form, deed in EXEC.items():
            if (found := re.fullmatch(form, line)) is not None:
                return deed(self, *found.groups())
        return INVALID

    def nothing(self):
        return ""

    def configure(self):
        if self.device.holder is not None:
            return f"Configuration mode locked exclusively by user '{self.device.holder}' process '88' from terminal '2'. Please try later."
        self.typing = Typing(self.device.running)
        return BEGUN

    def arm(self, minutes):
        device = self.device
        if not device.path:
            return NO_ARCHIVE
        if device.pending is not None:
            return "%Rollback Confirmed Change is already pending"
        answer = self.configure()
        if self.typing is None or not 1 <= int(minutes) <= 120:
            self.typing = None
            return answer if device.holder is not None else INVALID
        point = f"{device.path}-Nov-21-22-27-46.517-{len(device.files)}"
        device.files[point] = device.running.copy()
        device.pending = Timer(self.user, point, int(minutes), time.monotonic() + 60 * int(minutes))
        return f"Rollback Confirmed Change: Backing up current running config to {point}\n\n{answer}"

    def confirm(self):
        refusal = self._not_mine()
        if not refusal:
            self.device.pending = None
        return refusal

    def revert(self):
        refusal = self._not_mine()
        if refusal:
            return refusal
        point = self.device.pending.point
        self.device.go_back()
        return f"Rollback Confirmed Change: rolling to:{point}\n\n!Pass 1\n!List of Rollback Commands:\nend\n{DONE}"

    def rearm(self, minutes):
        refusal = self._not_mine()
        if not refusal:
            self.device.pending.minutes = int(minutes)
            self.device.pending.ends = time.monotonic() + 60 * int(minutes)
        return refusal

    def _not_mine(self):
        if self.device.pending is None:
            return NO_TIMER
        return "" if self.device.pending.user == self.user else "%Rollback Confirmed Change: not the user who began it"

    def replace(self, file):
        if file not in self.device.files:
            return f"%Error opening {file} (No such file or directory)"
        self.device.running = self.device.files[file].copy()
        return DONE

    def save(self):
        self.device.save()
        return "Building configuration...\n[OK]"

    def show_running(self):
        return printed(self.device.running)

    def show_startup(self):
        return printed(self.device.startup, "Using 4711 out of 33554432 bytes")

    def show_version(self):
        return (
            "Cisco IOS XE Software, Version 17.18.01a\nCisco IOS Software [IOSXE], Virtual XE Software\n"
            f"{self.device.name} uptime is 1 day, 2 hours\ncisco C8000V"
        )

    def show_archive(self):
        if not self.device.path:
            return " Archive feature not enabled"
        return f"The maximum archive configurations allowed is 10.\nThe next archive file will be named {self.device.path}-<timestamp>-0"

    def show_timer(self):
        pending = self.device.pending
        if pending is None:
            return NO_TIMER
        return (
            "Time configured(or reconfigured): 22:50:48 UTC Sat Nov 21 2026\nTimer type: absolute timer\n"
            f"Timer value: {pending.minutes} min\nUser: {pending.user}"
        )

    def leave(self):
        self.is_open = False
        return ""


EXEC = {
    r"terminal (?:length|width) \d+": XeCli.nothing,
    "show running-config": XeCli.show_running,
    "show startup-config": XeCli.show_startup,
    "show version": XeCli.show_version,
    "show archive": XeCli.show_archive,
    "show archive config rollback timer": XeCli.show_timer,
    "configure terminal": XeCli.configure,
    r"configure terminal revert timer (\d+)": XeCli.arm,
    "configure confirm": XeCli.confirm,
    "configure revert now": XeCli.revert,
    r"configure revert timer (\d+)": XeCli.rearm,
    r"configure replace (\S+) force": XeCli.replace,
    "write memory": XeCli.save,
    "exit": XeCli.leave,
}
