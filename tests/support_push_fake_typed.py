"""What fake devices with a candidate and a command line share: faults on demand, a commit that waits, what somebody does by hand."""

from __future__ import annotations

import copy
import os
import re
import signal
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import support_netconf_foreign as foreign
from support_cli_dialects import grammar
from support_netconf_tree import local, parsed, printed
from support_push_fake_eos import DONE_FIRST, Fault

__all__ = ["FakeTyped", "Fault", "Pending", "copied", "foreign_tree"]


@dataclass
class Pending:
    """A commit that waits to be confirmed."""

    backup: ET.Element
    ends: float
    mark: str
    user: str = "intentc"


def copied(tree):
    return copy.deepcopy(tree)


def foreign_tree(target):
    """Return what others have, as the elements below one root."""
    found = parsed(foreign.TEXTS[target])
    return found[0] if len(found) == 1 and local(found[0]) == "configuration" else found


@dataclass
class FakeTyped(ABC):
    """One device; `running` is a tree of elements, `faults` as of the fake EOS."""

    name: str
    target: str
    running: ET.Element = None
    startup: ET.Element = None
    pending: Pending | None = None
    commands: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: str = "error: configuration check-out failed"
    denied: str = "error: permission denied"
    slowness_s: float = 0.0
    motd: str = ""
    client: object = None  # a file with the id of the process that `kill` ends
    restarts: int = 0
    drop_all: object = lambda: None
    before: object = None  # called with each command
    told: dict[str, str] = field(default_factory=dict)  # what it answers to commands that ask for its sessions
    mutex: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self):
        self.grammar = grammar(self.target)
        self.running = foreign_tree(self.target) if self.running is None else self.running
        self.startup = copied(self.running)

    @property
    def text(self):
        with self.mutex:
            self.settle()
            return printed(self.running)

    @property
    def startup_text(self):
        return printed(self.startup)

    def run(self, tree):
        """Let `tree` be what runs."""
        self.running = tree

    def save(self):
        """Let it start with what runs."""
        self.startup = copied(self.running)

    def settle(self):
        """Let the timer do its work if its time has come."""
        if self.pending is not None and time.monotonic() >= self.pending.ends:
            self.go_back()

    def go_back(self):
        backup, self.pending = self.pending.backup, None
        self.run(backup)

    def expire(self):
        if self.pending is not None:
            self.pending.ends = 0.0
            self.settle()

    def by_hand(self, *lines):
        """Somebody types lines of configuration and commits them, whatever waits."""
        with self.mutex:
            tree = copied(self.running)
            for line in lines:
                self.type(tree, line)
            self.run(tree)

    @abstractmethod
    def type(self, tree, line):
        """Carry one line of configuration out; return the refusal, "" for none."""

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
        asked = re.sub(r"^(?:do|run) ", "", command)
        if asked in self.told:
            deed = lambda: self.told[asked]  # noqa: E731
        if self.slowness_s:
            time.sleep(self.slowness_s)
        with self.mutex:
            self.settle()
            self.commands.append(command)
            found = self.fault(command)
            kind = "" if found is None else found.kind
            if kind in {"refuse", "denied"}:
                return self.refused if kind == "refuse" else self.denied
            if kind in {"expire", "owned"}:
                {"expire": self.expire, "owned": self.change_owned}[kind]()
                kind = ""
            answer = deed() if not kind or kind in DONE_FIRST else ""
        if kind.startswith("hang"):
            time.sleep(8)
            return None
        if kind.startswith(("drop", "kill", "restart")):
            {"drop": self.drop_all, "kill": self.kill, "restart": self.restart}[kind.partition("-")[0]]()
            return None
        return self.refused if kind == "error-after" else answer

    def kill(self):
        os.kill(int(self.client.read_text()), signal.SIGKILL)

    def restart(self):
        """Power off and on: sessions are gone, and what was saved runs."""
        with self.mutex:
            self.start_anew()
            self.restarts += 1
        self.drop_all()

    @abstractmethod
    def start_anew(self):
        """Run what was saved; what waited is gone."""

    @abstractmethod
    def change_owned(self):
        """Somebody changes something of ours."""
