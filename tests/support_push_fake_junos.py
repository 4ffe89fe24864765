"""A fake Junos at its command line: an exclusive candidate, `commit confirmed`, a history of commits. It forwards nothing and is no router.

What it answers follows what Juniper's guides and people who run such devices have published (see `intentc/push/cli_junos.py`):
- `configure exclusive` fails while somebody else is in the database; what was not committed is gone when the session ends
- a second `commit confirmed` with changes leads back to the first; without changes it delays the end
- any `commit` confirms what waits, whoever gives it
- `commit confirmed, rollback in …` stays with a commit in the history for good; only `<commit-confirmed>` says that it waits
- starting anew takes back what waits
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from support_cli_grammar import SyntaxProblemError
from support_netconf_tree import printed
from support_push_fake_typed import FakeTyped, Pending, copied

READY = "[Type ^D at a new line to end input]"
CONFIGURATION = "http://xml.juniper.net/xnm/1.1/xnm"


@dataclass
class Commit:
    tree: ET.Element
    user: str
    comment: str = ""
    minutes: int = 0  # of a confirmed commit


@dataclass
class FakeJunos(FakeTyped):
    """One device. `holder` is who is in the exclusive session; a minute lasts `minute_s`."""

    target: str = "junos"
    release: str = "24.4R1.9"
    minute_s: float = 60.0
    history: list[Commit] = field(default_factory=list)
    holder: object = None

    def __post_init__(self):
        super().__post_init__()
        self.history.append(Commit(copied(self.running), "root"))

    def login(self):
        return JunosCli(self)

    def run(self, tree):
        """What runs is what is saved, and the newest commit."""
        self.running, self.startup = tree, copied(tree)
        self.history.insert(0, Commit(copied(tree), "root"))

    def start_anew(self):
        self.holder = None
        if self.pending is not None:
            self.go_back()

    def change_owned(self):
        self.by_hand("set groups INTENTC firewall policer ITC-SOMEBODY then discard")

    def undo_owned(self):
        self.by_hand("delete groups INTENTC firewall policer ITC-SOMEBODY")

    def type(self, tree, line):
        word, *words = line.split()
        try:
            if word == "set":
                self.grammar.set(tree, words)
            elif word == "delete" and not self.grammar.delete(tree, words):
                return "warning: statement not found"
            elif word not in {"set", "delete"}:
                return "unknown command."
        except SyntaxProblemError as problem:
            return f"syntax error: {problem}"
        return ""

    def commit(self, tree, minutes, comment, user="intentc"):
        is_same = printed(tree) == printed(self.running)
        if minutes:
            backup = self.pending.backup if self.pending is not None and is_same else copied(self.running)
            self.pending = Pending(backup, time.monotonic() + minutes * self.minute_s, comment, user)
        else:
            self.pending = None
        self.running, self.startup = copied(tree), copied(tree)
        self.history.insert(0, Commit(copied(tree), user, comment, minutes))


class JunosCli:
    """One login."""

    def __init__(self, device):
        self.device = device
        self.is_open = True
        self.candidate = None
        self.pasted = None

    @property
    def prompt(self):
        if self.pasted is not None:
            return ""
        user = f"ops@{self.device.name}"
        return f"{user}> " if self.candidate is None else f"\n[edit]\n{user}# "

    def end(self):
        """The connection is gone, and with it the lock and what was not committed."""
        self.is_open = False
        with self.device.mutex:
            if self.device.holder is self:
                self.device.holder = None

    def run(self, line):
        line = line.strip(" ")
        if self.pasted is not None:
            if line != "\x04":
                self.pasted.append(line)
                return ""
            lines, self.pasted = [one for one in self.pasted if one], None
            return self.device.call("load set terminal", lambda: self.load(lines))
        if not line:
            return ""
        if line == "load set terminal" and self.candidate is not None:
            self.pasted = []
            return READY
        return self.device.call(line, lambda: self._do(line))

    def paste(self, command, lines):
        """The same without a terminal."""
        assert command == "load set terminal"
        if self.candidate is None:
            return "unknown command."
        return self.device.call(command, lambda: self.load(lines))

    def _do(self, line):
        inside = self.candidate is not None
        if inside and not line.startswith("run "):
            table = INSIDE
        else:
            table, line = OUTSIDE, line.removeprefix("run ")
        for form, deed in table.items():
            if (found := re.fullmatch(form, line)) is not None:
                return deed(self, *found.groups())
        return "unknown command."

    def load(self, lines):
        said, errors = [], 0
        for number, line in enumerate(lines, 1):
            refusal = self.device.type(self.candidate, line)
            if refusal:
                said.append(f"terminal:{number}:({len(line)}) {refusal}" if "warning" not in refusal else refusal)
                errors += "warning" not in refusal
        return "\n".join([*said, "load complete" + (f" ({errors} errors)" if errors else "")])

    def nothing(self, *_):
        return "Screen length set to 0"

    def show_version(self):
        device = self.device
        return (
            '<rpc-reply xmlns:junos="http://xml.juniper.net/junos/24.4R0/junos">\n  <software-information>\n'
            f"    <host-name>{device.name}</host-name>\n    <product-model>mx204</product-model>\n"
            f"    <junos-version>{device.release}</junos-version>\n  </software-information>\n"
            "  <cli>\n    <banner>{master}</banner>\n  </cli>\n</rpc-reply>"
        )

    def show_configuration(self):
        inner = "".join(ET.tostring(child, encoding="unicode") for child in self.device.running)
        return (
            '<rpc-reply xmlns:junos="http://xml.juniper.net/junos/24.4R0/junos">\n'
            f'<configuration xmlns="{CONFIGURATION}" junos:commit-seconds="1" junos:commit-user="ops">\n{inner}\n</configuration>\n'
            "<cli><banner>{master}</banner></cli></rpc-reply>"
        )

    def show_commits(self):
        return (
            "<rpc-reply>\n<commit-information>\n"
            + "".join(
                f"<commit-history><sequence-number>{number}</sequence-number><user>{one.user}</user><client>cli</client>"
                f'<date-time junos:seconds="1" xmlns:junos="j">2026-01-01</date-time>{self._words(number, one)}</commit-history>\n'
                for number, one in enumerate(self.device.history[:50])
            )
            + "</commit-information>\n</rpc-reply>"
        )

    def _words(self, number, commit):
        timed = f"<comment>commit confirmed, rollback in {commit.minutes}mins</comment>" if commit.minutes else ""
        waits = number == 0 and self.device.pending is not None
        log = f"<log>{commit.comment}</log>" if commit.comment else ""
        return timed + log + ("<commit-confirmed>rollback pending</commit-confirmed>" if waits else "")

    def configure(self):
        device = self.device
        if device.holder is not None:
            return "error: configuration database locked by:\n  eve terminal p0 (pid 4711) on since 2026-01-01\n      exclusive [edit]"
        device.holder, self.candidate = self, copied(device.running)
        return "warning: uncommitted changes will be discarded on exit\nEntering configuration mode"

    def rollback(self, number):
        history = self.device.history
        if int(number) >= len(history):
            return f"error: rollback {number} not found"
        self.candidate = copied(history[int(number)].tree if int(number) else self.device.running)
        return "load complete"

    def check(self):
        return "configuration check succeeds"

    def commit(self, minutes, comment):
        self.device.commit(self.candidate, int(minutes or 0), comment or "")
        said = (
            f"commit confirmed will be automatically rolled back in {minutes} minutes unless confirmed\n"
            if minutes
            else ""
        )
        return f"{said}commit complete" + (
            f"\n\n# commit confirmed will be rolled back in {minutes} minutes" if minutes else ""
        )

    def leave(self):
        self.device.holder, self.candidate = None, None
        return "Exiting configuration mode"


OUTSIDE = {
    r"set cli (?:screen-length|screen-width) \d+": JunosCli.nothing,
    r"set cli complete-on-space off": JunosCli.nothing,
    r"show version \| display xml \| no-more": JunosCli.show_version,
    r"show configuration \| display xml \| no-more": JunosCli.show_configuration,
    r"show system commit \| display xml \| no-more": JunosCli.show_commits,
    r"configure exclusive": JunosCli.configure,
}
INSIDE = {
    r"rollback (\d+)": JunosCli.rollback,
    r"commit check": JunosCli.check,
    r'commit(?: confirmed (\d+))?(?: comment "([^"]*)")?': JunosCli.commit,
    r"exit configuration-mode": JunosCli.leave,
}
