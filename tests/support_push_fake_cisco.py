"""What fake routers of Cisco share at their command lines: faults on demand, what somebody does by hand. They forward nothing."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar

from support_cisco_config import INVALID, Section
from support_push_fake_eos import Fault

__all__ = ["DONE_FIRST", "FakeCisco", "Fault"]

DONE_FIRST = ("error-after", "hang-after", "drop-after", "kill-after", "restart-after")


@dataclass
class FakeCisco:
    """One router; `running` is a tree of sections."""

    denied: ClassVar = "% This command is not authorized"
    entry: ClassVar = ("ip access-list extended", "10 permit ip any any")  # of a list that somebody makes by hand
    port: ClassVar = ""  # a port of somebody else

    name: str
    running: Section = None
    holder: object = None  # who has the exclusive lock
    commands: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refuses: str = ""  # an expression: a change with such a line is refused
    slowness_s: float = 0.0
    motd: str = ""
    client: object = None  # a file with the id of the process that `kill` ends
    restarts: int = 0
    drop_all: object = None
    before: object = None  # called with each command
    told: dict[str, str] = field(default_factory=dict)  # what it answers to commands that ask for its sessions
    mutex: threading.RLock = field(default_factory=threading.RLock)

    @property
    def text(self):
        with self.mutex:
            self.settle()
            return "\n".join(self.running.lines())

    def change_owned(self):
        """Somebody changes what is ours by hand."""
        words, entry = self.entry
        name = next(line for line in self.text.splitlines() if line.startswith(f"{words} ITC-"))
        self.by_hand(name, entry.replace("10", "5", 1))

    def add_owned(self):
        """Somebody adds an object with a name of ours."""
        self.by_hand(f"{self.entry[0]} ITC-SOMEBODY", self.entry[1])

    def add_foreign(self):
        self.by_hand(f"interface {self.port}", "description of-somebody")

    def take_owned(self):
        self.by_hand(f"no {self.entry[0]} ITC-SOMEBODY")

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
        time.sleep(self.slowness_s)
        unrest = {"expire": self.expire, "owned": self.add_owned, "foreign": self.add_foreign}
        with self.mutex:
            self.settle()
            self.commands.append(command)
            found = self.fault(command)
            kind = "" if found is None else found.kind
            if kind in {"refuse", "denied"}:
                return {"refuse": INVALID, "denied": self.denied}[kind]
            if kind in unrest:
                unrest[kind]()
            answer = deed() if not kind or kind in unrest or kind in DONE_FIRST else ""
        if kind.startswith("hang"):
            time.sleep(8)
            return None
        if kind.startswith(("drop", "kill", "restart")):
            {"drop": self.drop_all, "kill": self.kill, "restart": self.restart}[kind.partition("-")[0]]()
            return None
        return "% Internal error" if kind == "error-after" else answer

    def kill(self):
        os.kill(int(self.client.read_text()), signal.SIGKILL)
