"""A fake IOS XR router: exclusive sessions, commits on trial, faults on demand. It forwards nothing and is no Cisco.

What it answers follows what people who run such routers have published, in our words where words do not matter:
- exclusive sessions, trials, who confirms them, what `end` asks, the tables of sessions: transcripts of XRv9k 24.3.1 (see the module
  `intentc.push.cli_iosxr`), and https://github.com/ansible-collections/cisco.iosxr/issues/260
- a commit that fails as a whole, and one that asks because another session has committed: what netmiko and NSO look for
- `show` of configuration: the same transcripts; timestamps before answers until `terminal exec prompt no-timestamp`
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import ClassVar

from support_cisco_config import INVALID, Section, Typing
from support_push_fake_cisco import FakeCisco, Fault
from support_xr_router import printed, router

__all__ = ["FakeXr", "Fault", "XrCli"]

EXIT = """
You are exiting after a 'commit confirm' with an active rollback session.  If you exit the configuration awaiting confirmation will not be confirmed and the router will immediately rollback to the previous configuration.
Do you wish to exit? [no]: """
OVERTAKEN = """
One or more commits have occurred from other
configuration sessions since this session started
or since the last commit was made from this session.
You can use the 'show configuration commit changes'
command to browse the changes.
Do you wish to proceed with this commit anyway? [no]: """
FAILED = """
% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been reverted. Please issue 'show configuration failed [inheritance]' from this session to view the errors"""


@dataclass
class Trial:
    """A commit that is still to be confirmed, the session that can, and when it is taken back."""

    owner: object
    origin: Section
    ends: float


@dataclass
class FakeXr(FakeCisco):
    """One router. `holder` is the session with the exclusive lock."""

    entry: ClassVar = ("ipv4 access-list", "10 permit ipv4 any any")
    port: ClassVar = "TenGigE0/0/0/4"

    trial: Trial | None = None
    commits: int = 0
    labels: list[str] = field(default_factory=list)
    hurry_s: float = 0.0  # a trial that nobody can confirm any more ends so soon: tests do not wait for its time

    def __post_init__(self):
        self.running = self.running or router(self.name)

    @property
    def startup_text(self):
        return self.text  # a commit survives a reboot

    @property
    def pending(self):
        return self.trial

    @property
    def is_clean(self):
        return self.trial is None and self.holder is None

    def login(self):
        return XrCli(self)

    def settle(self):
        """Let the timer do its work if its time has come."""
        if self.trial is not None and time.monotonic() >= self.trial.ends:
            self.go_back()

    def go_back(self):
        self.running, self.trial = self.trial.origin, None
        self.commits += 1

    def expire(self):
        with self.mutex:
            if self.trial is not None:
                self.trial.ends = 0.0
            self.settle()

    def restart(self):
        """Power off and on: what was committed for good runs."""
        with self.mutex:
            if self.trial is not None:
                self.go_back()
            self.holder = None
            self.restarts += 1
        self.drop_all()

    def by_hand(self, *lines):
        """Somebody commits lines of their own, whoever holds a lock (from a console, as root)."""
        with self.mutex:
            for tree in (self.running, *([self.trial.origin] if self.trial else [])):
                typing = Typing(tree)
                answers = [typing.type(line) for line in lines]
                assert not any(answers), answers
            self.commits += 1


class XrCli:
    """One login: the mode it is in, and its target configuration, which is the lines that were typed."""

    def __init__(self, device):
        self.device = device
        self.typing = None  # where one types, into a copy
        self.target = []
        self.failed = ""
        self.seen_commits = 0
        self.question = None  # what becomes of a yes
        self.has_timestamps = True
        self.is_open = True

    @property
    def prompt(self):
        if self.question is not None:
            return ""
        base = f"RP/0/RP0/CPU0:{self.device.name}"
        if self.typing is None:
            return f"{base}#"
        below = "".join(f"-{one.text.split()[0][:6]}" for one in self.typing.stack[1:])
        return f"{base}(config{below})#"

    def run(self, line):
        """Return the answer to a line; None where there is none."""
        line = line.strip()
        if self.question is not None:
            return self._answer(line)
        if not line or line.startswith("!"):
            return ""
        answer = self.device.call(line, lambda: self._do(line))
        if answer and self.has_timestamps and self.typing is None:
            return f"Sat Nov 21 23:10:02.875 UTC\n{answer}"
        return answer

    def end(self):
        """The connection is gone: the lock goes with it, a trial stays until its time is over."""
        device = self.device
        with device.mutex:
            if device.holder is self:
                device.holder = None
            if device.trial is not None and device.trial.owner is self and device.hurry_s:
                device.trial.ends = min(device.trial.ends, time.monotonic() + device.hurry_s)
        self.typing, self.is_open = None, False

    def _answer(self, line):
        what, self.question = self.question, None
        return what(line)

    def _do(self, line):
        inside = self.typing is not None
        commands = CONFIG if inside else EXEC
        for form, deed in commands.items():
            if (found := re.fullmatch(form, line)) is not None:
                return deed(self, *found.groups())
        if inside and line.startswith("do "):
            return self._exec(line.removeprefix("do "))
        if not inside:
            return INVALID
        answer = self.typing.type(line)
        if not answer:
            self.target.append(line)
        return answer

    def _exec(self, line):
        for form, deed in EXEC.items():
            if (found := re.fullmatch(form, line)) is not None and deed not in (XrCli.configure, XrCli.leave):
                return deed(self, *found.groups())
        return INVALID

    def configure(self):
        device = self.device
        if device.trial is not None and device.trial.owner is not self:
            return "Cannot enter exclusive mode. A trial commit is underway in another configuration session."
        if device.holder not in {None, self}:
            return f"{self.sessions()}\nCannot enter exclusive mode. The Configuration Namespace is locked by another agent."
        device.holder = self
        self._begin()
        return ""

    def _begin(self):
        self.typing, self.target = Typing(self.device.running.copy()), []
        self.seen_commits = self.device.commits

    def sessions(self):
        if self.device.holder is None and self.device.trial is None:
            return ""
        user = "intentc" if isinstance(self.device.holder, XrCli) else "eve"
        mark = "*" if self.device.holder is not None else ""
        return (
            "Current Configuration Session  Line       User     Date                     Lock\n"
            f"00001000-000043a7-00000000     vty0       {user}     Sun Sep 20 23:11:08 2026 {mark}".rstrip()
        )

    def sessions_detail(self):
        rows = []
        if self.device.holder is not None:
            rows.append(
                "  1) Session: 00001000-000043a7-00000000  Sun Sep 20 23:11:08 2026\n     Line: vty0    Lock: Reserved\n     User: intentc    Client: CLI"
            )
        if self.device.trial is not None:
            rows.append(
                "  2) Session: 00001000-000035b1-00000000  Mon Sep 21 00:58:16 2026\n     Line: vty0    Lock: None\n     User: intentc    Client: commit-confirm\n     Process: cfgmgr_trial_co"
            )
        return "\n\n".join(rows)

    def show_running(self):
        return printed(self.device.running)

    def show_version(self):
        return "Cisco IOS XR Software, Version 25.4.1 LNT\nCopyright (c) 2013-2025 by Cisco Systems, Inc.\n\ncisco ASR9K\nSystem uptime is 1 day"

    def no_timestamps(self):
        self.has_timestamps = False
        return ""

    def nothing(self, *_):
        return ""

    def leave(self):
        if self.typing is None:
            self.is_open = False
            return ""
        trial = self.device.trial
        if trial is not None and trial.owner is self:
            self.question = self._exit_trial
            return EXIT
        if self.target:
            self.question = self._exit_uncommitted
            return "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]: "
        return self.abort()

    def _exit_trial(self, line):
        if line != "yes":
            return ""
        with self.device.mutex:
            self.device.settle()
            if self.device.trial is not None and self.device.trial.owner is self:
                self.device.go_back()
        return self.abort()

    def _exit_uncommitted(self, line):
        return self.abort() if line == "no" else ""

    def abort(self):
        if self.device.holder is self:
            self.device.holder = None
        self.typing, self.target = None, []
        return ""

    def commit(self, label=None, seconds=None):
        device = self.device
        del self.typing.stack[1:]
        trial = device.trial
        if trial is not None and trial.owner is not self:
            return "% Cannot commit because there is an unexpired trial/rollback session '00001000-00005b40-00000000'."
        if trial is not None and not self.target and seconds is None:
            device.trial = None
            return "% Confirming commit for trial session."
        if trial is not None:
            return "% A trial commit is underway: nobody knows what a router does then, and this fake refuses"
        if label in device.labels:
            return f"% The label '{label}' is in use"
        changed = device.running.copy()
        typing = Typing(changed)
        answers = [typing.type(line) for line in self.target]
        assert not any(answers), answers
        if list(changed.lines()) == list(device.running.lines()):
            return "No configuration changes to commit."
        if self.seen_commits != device.commits:
            self.question = lambda line: "" if line != "yes" else self._commit(changed, label, seconds)
            return OVERTAKEN
        return self._commit(changed, label, seconds)

    def _commit(self, changed, label, seconds):
        device = self.device
        bad = [line for line in self.target if device.refuses and re.search(device.refuses, line)]
        if bad:
            self.failed = (
                f"!! SEMANTIC ERRORS: This configuration was rejected by the system\n{bad[0]}\n!!% No resources left"
            )
            return FAILED
        if seconds is not None:
            if not 30 <= int(seconds) <= 65535:
                return INVALID
            device.trial = Trial(self, device.running, time.monotonic() + int(seconds))
            device.holder = None
        device.running = changed
        device.commits += 1
        device.labels += [label] if label else []
        self._begin()
        return ""

    def show_failed(self):
        return self.failed or "% No such configuration item(s)"


EXEC = {
    r"terminal (?:length|width) \d+": XrCli.nothing,
    "terminal exec prompt no-timestamp": XrCli.no_timestamps,
    "show running-config": XrCli.show_running,
    "show version": XrCli.show_version,
    "show configuration sessions": XrCli.sessions,
    "show configuration sessions detail": XrCli.sessions_detail,
    "configure exclusive": XrCli.configure,
    "exit": XrCli.leave,
}
CONFIG = {
    "commit": XrCli.commit,
    r"commit label (\S{1,30}) confirmed (\d+)": XrCli.commit,
    "abort": XrCli.abort,
    "end": XrCli.leave,
    "show configuration failed": XrCli.show_failed,
}
