"""The command line of a fake EOS device: what each command does to the device's state, and what it answers."""

from __future__ import annotations

import difflib
import json
import re
import time

from support_push_fake_eos import ConfigSession
from support_push_fake_eos_config import INVALID, Typing


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
