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

import difflib
import json
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
    seconds: float = 0.0
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
            time.sleep(found.seconds or 5)
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


class Cli:
    """One login: the mode it is in."""

    def __init__(self, device):
        self.device = device
        self.is_enabled = not device.needs_enable
        self.session = ""
        self.typing = None
        self.is_open = True

    @property
    def prompt(self):
        if not self.is_enabled:
            return f"{self.device.hostname}>"
        if self.session:
            below = f"-{self.typing.stack[-1].text[:8].replace(' ', '')}" if len(self.typing.stack) > 1 else ""
            return f"{self.device.hostname}(config-s-{self.session[:6]}{below})#"
        return f"{self.device.hostname}#"

    def run(self, line):
        """Return the answer to a line; None where there is none."""
        line = line.strip()
        if not line or line.startswith("!"):
            return ""
        return self.device.call(line, lambda: self._do(line))

    def _do(self, line):
        word = line.split()[0]
        if line == "enable":
            self.is_enabled = not self.device.enable_says
            return self.device.enable_says
        if not self.is_enabled and word not in {"exit", "terminal"}:
            return INVALID
        for form, deed in COMMANDS.items():
            if (found := re.fullmatch(form, line)) is not None:
                return deed(self, *found.groups())
        return self.typing.type(line) if self.session else INVALID

    def leave(self, *_):
        if self.session:
            self.session, self.typing = "", None
        else:
            self.is_open = False
        return ""

    def show_running(self):
        return "\n".join([
            "! Command: show running-config",
            f"! device: {self.device.hostname} (DCS-7280CR3-32P4-F, EOS-{self.device.release})",
            "!", *self.device.running.lines(), "!", "end",
        ])  # fmt: skip

    def show_startup(self):
        return "\n".join(["! Command: show startup-config", *self.device.startup.lines(), "!", "end"])

    def show_version(self):
        return json.dumps(
            {"modelName": "DCS-7280CR3-32P4-F", "version": self.device.release, "serialNumber": self.device.name}
        )

    def show_sessions(self):
        device = self.device
        is_new = tuple(int(part) for part in device.release.split(".")[:2]) >= (4, 32)
        states = {"pending": "pending", "completed": "committed" if is_new else "completed"}
        states["timer"] = "committed" if is_new else "pendingCommitTimer"
        found = {
            name: {"state": states[one.state], "description": "", "commitUser": one.user, "instances": {}}
            for name, one in device.sessions.items()
        }
        document = {"sessions": found, "maxSavedSessions": 1, "maxOpenSessions": device.most_pending}
        if device.timer and is_new:
            document |= {"commitTimerSessionName": device.timer, "commitTimerExpireTime": time.time() + 60}
        return json.dumps(document, indent=4)

    def show_isis(self):
        near = {
            name: {"adjacencies": [{"hostname": name, "state": "up", "interfaceName": f"Ethernet{number}/1"}]}
            for number, name in enumerate(self.device.neighbours, start=2)
        }
        return json.dumps({"vrfs": {"default": {"isisInstances": {"CORE": {"neighbors": near}}}}})

    def show_bfd(self):
        return json.dumps({"vrfs": {"default": {"ipv4Neighbors": {}, "ipv6Neighbors": {}}}})

    def show_bgp(self):
        return "% BGP inactive"

    def show_diffs(self):
        if not self.session:
            return INVALID
        pair = [list(tree.lines()) for tree in (self.device.running, self._mine.tree)]
        names = "system:/running-config", f"session:/{self.session}-session-config"
        return "\n".join(difflib.unified_diff(*pair, *names, lineterm=""))

    @property
    def _mine(self):
        return self.device.sessions[self.session]

    def open_session(self, name):
        device = self.device
        found = device.sessions.get(name)
        if found is None:
            if sum(one.state == "pending" for one in device.sessions.values()) >= device.most_pending:
                return "% Maximum number of pending sessions has been reached. Please commit or abort previous sessions"
            found = device.sessions[name] = ConfigSession(device.running.copy())
        if found.state != "pending":
            state = "pendingCommitTimer" if found.state == "timer" else "completed"
            return f"% Cannot enter session {name} (already {state})"
        self.session, self.typing = name, Typing(found.tree)
        return ""

    def commit_timer(self, hours, minutes, seconds):
        if not self.session:
            return INVALID
        return self._commit(self.session, int(hours) * 3600 + int(minutes) * 60 + int(seconds))

    def commit(self):
        return self._commit(self.session, 0) if self.session else INVALID

    def _commit(self, name, seconds):
        device, one = self.device, self.device.sessions.get(name)
        if device.timer and device.timer != name:
            return f"% Cannot commit session {name} (another session {device.timer} is pending commit timer)"
        if seconds:
            device.checkpoint, device.timer = device.running, name
            device.timer_ends = time.monotonic() + seconds
        device.running = one.tree.copy()
        one.state = "timer" if seconds else "completed"
        self._keep_one_completed(name)
        self.session, self.typing = "", None
        return ""

    def _keep_one_completed(self, name):
        for other in [key for key, one in self.device.sessions.items() if one.state == "completed" and key != name]:
            del self.device.sessions[other]

    def confirm(self, name):
        device = self.device
        if name not in device.sessions:
            return f"% Cannot commit session {name} (no such session)"
        if device.sessions[name].state == "pending":
            return self._commit(name, 0)
        if device.timer == name:
            device.timer, device.checkpoint = "", None
            device.sessions[name].state = "completed"
            self._keep_one_completed(name)
            return ""
        return f"% Cannot commit session {name} (already completed)"

    def abort_named(self, name):
        if name not in self.device.sessions or self.device.sessions[name].state == "completed":
            return f"% Cannot abort session {name} (no such session)"
        if self.device.timer == name:
            self.device.go_back()
        else:
            del self.device.sessions[name]
        return ""

    def abort(self):
        if not self.session:
            return INVALID
        name = self.session
        self.session, self.typing = "", None
        return self.abort_named(name)

    def write_memory(self):
        self.device.startup = self.device.running.copy()
        return "Copy completed successfully."

    def nothing(self, *_):
        return ""


COMMANDS = {
    r"terminal (?:length|width) \d+": Cli.nothing,
    r"show running-config": Cli.show_running,
    r"show startup-config": Cli.show_startup,
    r"show version \| json": Cli.show_version,
    r"show configuration sessions detail \| json": Cli.show_sessions,
    r"show isis neighbors \| json": Cli.show_isis,
    r"show bfd peers \| json": Cli.show_bfd,
    r"show ip bgp summary \| json": Cli.show_bgp,
    r"show session-config diffs": Cli.show_diffs,
    r"configure session (\S+)": Cli.open_session,
    r"configure session (\S+) commit": Cli.confirm,
    r"configure session (\S+) abort": Cli.abort_named,
    r"commit timer (\d\d):(\d\d):(\d\d)": Cli.commit_timer,
    r"commit": Cli.commit,
    r"abort": Cli.abort,
    r"write memory": Cli.write_memory,
    r"end": Cli.leave,
}
