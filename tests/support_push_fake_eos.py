"""A fake EOS device: configuration sessions, commit timers, faults on demand. It forwards nothing and is no Arista.

What it answers follows what people who run such devices have published, in our words where words do not matter:
- sessions, `commit`, `abort`, limits: Arista's user manual, "Configure Session" (https://www.arista.com/en/um-eos/eos-configure-session);
  a session is a copy of what ran when it was opened, and committing it overwrites what others changed since
- `show configuration sessions detail | json` up to 4.31 and from 4.32 on: https://github.com/napalm-automation/napalm/issues/2166
- a commit timer leaves configuration mode: https://github.com/ansible-collections/arista.eos/issues/375
- going back is a replacement of the whole configuration: https://github.com/SUNET/cnaas-nms/issues/395
- one timer at a time, a session under a timer cannot be entered: reported of 4.26 and 4.35
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import dataclass, field

from support_push_fake_eos_config import INVALID, Section, Typing, loaded

INTERFACES = ("Ethernet1", "Ethernet2/1", "Ethernet3/1/1", "Ethernet4", "Management1")
BASE = """\
hostname {name}
spanning-tree mode mstp
username ops privilege 15 secret sha512 canary-of-others
interface Ethernet1
   description to-hosts
   no switchport
   ip address 10.10.0.1/16
interface Ethernet2/1
   mtu 9214
   no switchport
   ip address 10.1.12.1/31
   isis enable CORE
interface Ethernet3/1/1
   no switchport
   ip address 10.1.13.1/31
   isis enable CORE
interface Ethernet4
interface Management1
   ip address 192.0.2.1/24
ip access-list OPS
   10 permit tcp 10.0.0.0/8 10.0.0.0/8 eq 22
   20 deny ip any any
ip routing
router isis CORE
   address-family ipv4 unicast
   net 49.0001.0000.0000.0001.00
"""


@dataclass
class Fault:
    """What goes wrong at the `on`th command (from 1) that `command`, an expression, matches, and at `times` of them in all.

    `kind`: refuse, denied (says no, does nothing) · lie (says yes, does nothing) · error-after (does it, says
    no) · hang, drop, kill, restart (does nothing; `…-after`: does it first, and the answer is lost) · expire (a timer ends
    just before) · owned, foreign, fact (somebody else changes something just before) ·
    interrupt (somebody presses Ctrl-C just before).
    """

    command: str
    kind: str
    on: int = 1
    times: int = 1
    seen: int = 0


SAID = {
    "refuse": INVALID,
    "denied": "% Authorization denied for command '{}'",
}
DONE_FIRST = ("error-after", "hang-after", "drop-after", "kill-after", "restart-after")


@dataclass
class ConfigSession:
    tree: Section
    state: str = "pending"  # pending | timer | completed
    user: str = "intentc"


@dataclass
class FakeEos:
    """One device; `running`, `startup` and sessions are trees of sections."""

    name: str
    release: str = "4.32.2F"
    running: Section = None
    startup: Section = None
    sessions: dict[str, ConfigSession] = field(default_factory=dict)
    checkpoint: Section | None = None
    timer: str = ""
    timer_ends: float = 0.0
    commands: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    neighbours: tuple[str, ...] = ("r2", "r3")
    most_pending: int = 5
    needs_enable: bool = False
    enable_says: str = ""
    slowness_s: float = 0.0
    motd: str = ""
    client: object = None  # a file with the id of the process that `kill` ends
    restarts: int = 0
    drop_all: object = None
    before: object = None  # called with each command
    mutex: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self):
        self.running = self.running or loaded(BASE.format(name=self.name))
        self.startup = self.startup or self.running.copy()

    @property
    def hostname(self):
        return self.running.below["hostname"].text.split()[1]

    @property
    def text(self):
        with self.mutex:
            self.settle()
            return "\n".join(self.running.lines())

    @property
    def startup_text(self):
        return "\n".join(self.startup.lines())

    def settle(self):
        """Let the timer do its work if its time has come."""
        if self.timer and time.monotonic() >= self.timer_ends:
            self.go_back()

    def go_back(self):
        self.running = self.checkpoint
        self.sessions.pop(self.timer)
        self.timer, self.checkpoint = "", None

    def expire(self):
        self.timer_ends = 0.0
        self.settle()

    def restart(self):
        """Power off and on: sessions and timers are gone, and what was saved runs."""
        with self.mutex:
            self.running = self.startup.copy()
            self.sessions, self.timer, self.checkpoint = {}, "", None
            self.restarts += 1
        self.drop_all()

    def arm(self, name, seconds):
        """Somebody commits a session of theirs with a timer."""
        self.sessions[name] = ConfigSession(self.running.copy(), "timer", "ann")
        self.checkpoint, self.timer, self.timer_ends = self.running.copy(), name, time.monotonic() + seconds

    def by_hand(self, *lines):
        """Somebody types lines in `configure terminal`."""
        with self.mutex:
            typing = Typing(self.running)
            answers = [typing.type(line) for line in lines]
            assert not any(answers), answers

    def fault(self, command):
        for one in self.faults:
            if re.fullmatch(one.command, command):
                one.seen += 1
                if one.on <= one.seen < one.on + one.times:
                    return one
        return None

    def call(self, command, deed):
        """Return the answer to a command, with whatever goes wrong at it; None: there is none."""
        if self.before is not None:
            self.before(command)
        time.sleep(self.slowness_s)
        with self.mutex:
            self.settle()
            self.commands.append(command)
            found = self.fault(command)
            kind = "" if found is None else found.kind
            if kind in SAID:
                return SAID[kind].format(command)
            if kind in UNREST:
                UNREST[kind](self)
            answer = deed() if not kind or kind in UNREST or kind in DONE_FIRST else ""
        if kind.startswith("hang"):
            time.sleep(8)
            return None
        if kind.startswith(("drop", "kill", "restart")):
            {"drop": self.drop_all, "kill": self.kill, "restart": self.restart}[kind.partition("-")[0]]()
            return None
        return "% Internal error" if kind == "error-after" else answer

    def interrupt(self):
        os.kill(int(self.client.read_text()), signal.SIGINT)

    def kill(self):
        os.kill(int(self.client.read_text()), signal.SIGKILL)


UNREST = {
    "interrupt": FakeEos.interrupt,
    "expire": FakeEos.expire,
    "owned": lambda device: device.by_hand("ip access-list ITC-SOMEBODY", "10 permit ip any any"),
    "foreign": lambda device: device.by_hand("interface Ethernet4", "description of-somebody"),
    "fact": lambda device: device.by_hand("interface Ethernet2/1", "mtu 1400"),
}
