"""A fake SR Linux at its command line: named candidates, a commit that is accepted or rejected, saving apart. It is no switch.

What it answers follows what Nokia's models and people who run such devices have published (see `intentc/push/cli_srlinux.py`):
- an exclusive session keeps others out of its own candidate; what is left in a candidate stays there when the session ends
- while a commit is unconfirmed every other one is refused; its candidate stays open
- `delete` of what is not there is refused, as far as anybody knows (`refuses_absent`)
- what was not saved is gone when it starts anew
"""

from __future__ import annotations

import json
import re
import shlex
import time
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from support_cli_grammar import SyntaxProblemError
from support_push_fake_typed import FakeTyped, Pending, copied

DONE = "All changes have been committed. Starting new transaction."


@dataclass
class Candidate:
    tree: ET.Element
    holder: object = None
    user: str = "intentc"
    is_changed: bool = False


@dataclass
class FakeSrlinux(FakeTyped):
    """One device; `candidates` by name, `commits` as the state lists them."""

    target: str = "srlinux"
    release: str = "v25.3.1-149-g3cb2d8a"
    refused: str = "Error: commit failed: no resources left"
    denied: str = "Error: Access denied: no rule lets you"
    candidates: dict[str, Candidate] = field(default_factory=dict)
    commits: list[dict] = field(default_factory=list)
    refuses_absent: bool = True
    saved: ET.Element | None = None  # what ran when it was saved last

    def __post_init__(self):
        super().__post_init__()
        self.saved = self.running

    def save(self):
        super().save()
        self.saved = self.running

    def login(self):
        return SrlinuxCli(self)

    def go_back(self):
        super().go_back()
        self.commits[-1]["status"] = "failed"

    def start_anew(self):
        self.candidates, self.commits, self.pending = {}, [], None
        self.running = copied(self.startup)

    def change_owned(self):
        self.by_hand("set / qos queues queue ITC-SOMEBODY queue-index 7")

    def undo_owned(self):
        self.by_hand("delete / qos queues queue ITC-SOMEBODY")
        self.save()

    def type(self, tree, line):
        word, slash, *words = shlex.split(line)
        if word not in {"set", "delete"} or slash != "/":
            return f"Parsing error: Unknown token '{word}'"
        try:
            if word == "set":
                self.grammar.set(tree, words)
            elif not self.grammar.delete(tree, words) and self.refuses_absent:
                return f"Error: Path '{' '.join(words)}' does not exist"
        except SyntaxProblemError as problem:
            return f"Parsing error: Unknown token '{problem}'"
        return ""

    def steal(self):
        """Somebody else of ours is at work, in a candidate with a name of ours."""
        self.candidates["ITC-ffffffffffff-"] = Candidate(copied(self.running), object(), "eve")

    def give_back(self):
        self.candidates.pop("ITC-ffffffffffff-", None)


class SrlinuxCli:
    """One login."""

    def __init__(self, device):
        self.device = device
        self.is_open = True
        self.name = ""

    @property
    def prompt(self):
        flag = "+" if self.device.running is not self.device.saved else ""
        where = "running"
        if self.name and self.name in self.device.candidates:
            flag += "*" if self._mine.is_changed else ""
            where = f"candidate shared-exclusive {self.name}"
        return f"--{{ {flag + ' ' if flag else ''}{where} }}--[  ]--\nA:ops@{self.device.name}# "

    @property
    def _mine(self):
        return self.device.candidates[self.name]

    def end(self):
        """The connection is gone; the candidate is nobody's, but what is in it stays."""
        self.is_open = False
        with self.device.mutex:
            for one in self.device.candidates.values():
                one.holder = None if one.holder is self else one.holder

    def run(self, line):
        line = line.strip()
        return self.device.call(line, lambda: self._do(line)) if line else ""

    def _do(self, line):
        if line.startswith(("set / ", "delete / ")):
            if not self.name:
                return "Error: Not in candidate mode"
            self._mine.is_changed = True
            return self.device.type(self._mine.tree, line)
        for form, deed in COMMANDS.items():
            if (found := re.fullmatch(form, line)) is not None:
                return deed(self, *found.groups())
        return f"Parsing error: Unknown token '{line.split()[0]}'"

    def nothing(self, *_):
        return ""

    def show_information(self):
        return json.dumps(
            {"description": f"SRLinux-{self.device.release} 7220 IXR-D2L", "version": self.device.release}
        )

    def show_running(self):
        return json.dumps(self.device.grammar.as_json(self.device.running), indent=2)

    def show_configuration(self):
        device = self.device
        sessions = [
            {"id": number, "type": "shared", "name": name, "exclusive": True, "username": one.user}
            for number, (name, one) in enumerate(device.candidates.items(), 1)
            if one.holder is not None
        ]
        names = [{"name": name, "type": "shared", "username": one.user} for name, one in device.candidates.items()]
        return json.dumps({"session": sessions, "candidate": names, "commit": device.commits})

    def enter(self, name):
        candidates = self.device.candidates
        if name in candidates and candidates[name].holder not in {None, self}:
            return f"Error: Candidate '{name}' is in use in exclusive mode"
        if len(candidates) >= 10 and name not in candidates:
            return "Error: Maximum number of candidates reached"
        mine = candidates[name] if name in candidates else Candidate(copied(self.device.running))
        candidates[name] = mine
        mine.holder, self.name = self, name
        return ""

    def discard_stay(self):
        if not self.name:
            return "Error: Not in candidate mode"
        self._mine.tree, self._mine.is_changed = copied(self.device.running), False
        return "All changes have been discarded. Starting new transaction."

    def discard_now(self):
        if not self.name:
            return "Error: Not in candidate mode"
        self.device.candidates.pop(self.name, None)
        self.name = ""
        return "All changes have been discarded. Leaving candidate mode."

    def validate(self):
        return "All changes have been validated" if self.name else "Error: Not in candidate mode"

    def commit(self, seconds):
        device = self.device
        if not self.name:
            return "Error: Not in candidate mode"
        if device.pending is not None:
            return "Error: There is a commit already in progress for this candidate"
        if seconds:
            device.pending = Pending(device.running, time.monotonic() + int(seconds), self.name)
        status = "unconfirmed" if seconds else "complete"
        record = {
            "id": len(device.commits) + 1,
            "type": "shared",
            "name": self.name,
            "status": status,
            "username": "intentc",
        }
        device.commits = [*device.commits, record]
        device.running = copied(self._mine.tree)
        self._mine.is_changed = False
        return f"Commit confirmed (will be reverted in {seconds} seconds)" if seconds else DONE

    def commit_stay(self):
        return self.commit(0)

    def accept(self):
        if self.device.pending is None:
            return "Error: No unconfirmed commit"
        self.device.pending = None
        self.device.commits[-1]["status"] = "complete"
        return ""

    def reject(self):
        if self.device.pending is None:
            return "Error: No unconfirmed commit"
        self.device.go_back()
        return ""

    def save(self):
        self.device.save()
        return "/system:\n    Saved current running configuration as initial (startup) configuration"


COMMANDS = {
    r"environment (?:cli-engine type basic|complete-on-space false)": SrlinuxCli.nothing,
    r"info from state / system information \| as json": SrlinuxCli.show_information,
    r"info from running / \| as json": SrlinuxCli.show_running,
    r"info from state / system configuration \| as json": SrlinuxCli.show_configuration,
    r"enter candidate exclusive name (\S+)": SrlinuxCli.enter,
    r"discard stay": SrlinuxCli.discard_stay,
    r"discard now": SrlinuxCli.discard_now,
    r"commit validate": SrlinuxCli.validate,
    r"commit confirmed timeout (\d+)": SrlinuxCli.commit,
    r"commit stay": SrlinuxCli.commit_stay,
    r"tools system configuration confirmed-accept": SrlinuxCli.accept,
    r"tools system configuration confirmed-reject": SrlinuxCli.reject,
    r"save startup": SrlinuxCli.save,
}
