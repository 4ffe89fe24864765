"""A fake device in memory: real state, a real lock, a real confirm timer, and faults on demand. It is no router."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field, replace

from intentc.plan.facts import held
from intentc.plan.model import RunningState
from intentc.push.trouble import SessionError, Trouble

VERBS = (
    "open",
    "lock",
    "read",
    "neighbours",
    "validate",
    "commit",
    "extend",
    "confirm",
    "restore",
    "persist",
    "unlock",
)

REFUSAL = SessionError(Trouble.REFUSED, "it refused: `% Configuration failed`")


@dataclass
class Fault:
    """What goes wrong at the `on`th call of `verb` (from 1), and at `times` calls in all.

    `raises`: our own process ends there (with `kind` `…-after` once it was done). `kind`: refuse · lie (says yes, does nothing) · hang, drop (the outcome is unknown, nothing was done) · hang-after,
    drop-after (the same, but it was done) · die (drops, and cannot be reached for `seconds`) · expire (the timer ends
    just before) · change (somebody else changes an owned object just before) · fact (… an interface).
    """

    verb: str
    kind: str
    on: int = 1
    times: int = 1
    seconds: float = 0.15
    raises: object = None


@dataclass
class FakeDevice:
    """State of one device; `running` and `startup` are payloads or None."""

    node: str
    running: object = None
    startup: object = None
    faults: list[Fault] = field(default_factory=list)
    neighbours: tuple[str, ...] = ("isis eth1", "bfd eth1")
    calls: list[str] = field(default_factory=list)
    history: list[object] = field(default_factory=list)
    holder: str = ""
    foreign: tuple[str, ...] = ()
    is_mended: bool = False  # a commit writes over what somebody else changed
    facts: tuple[str, ...] = ("interface=eth1,1500", "interface=eth7,9000")
    staged: object = None
    saved: object = None
    pending: str = ""
    timer_ends: float = 0.0
    dead_until: float = 0.0
    confirmed: str = ""
    on_commit: object = None
    on_neighbours: object = None
    mutex: threading.RLock = field(default_factory=threading.RLock)

    def settle(self):
        """Let the timer do its work if its time has come."""
        if self.pending and time.monotonic() >= self.timer_ends:
            self.running, self.pending = self.saved, ""
            self.history.append(self.running)

    def digest(self):
        self.settle()
        texts = sorted(self.running.texts.items()) if self.running else []
        return hashlib.sha256(repr((texts, self.foreign)).encode()).hexdigest()

    def state(self):
        return RunningState(
            node=self.node,
            platform="frr",
            release="8.4.4",
            given=self.running,
            digest=self.digest(),
            drift=self.foreign,
            facts=self.facts,
            is_pending=bool(self.pending),
        )

    def fault(self, verb):
        self.calls.append(verb)
        number = self.calls.count(verb)
        return next((f for f in self.faults if f.verb == verb and f.on <= number < f.on + f.times), None)

    def act(self, verb, deed):
        """Run `deed` with whatever goes wrong at this call."""
        with self.mutex:
            self.settle()
            if time.monotonic() < self.dead_until:
                trouble = Trouble.UNREACHABLE if verb == "open" else Trouble.LOST
                raise SessionError(trouble, "no answer")
            found = self.fault(verb)
            if found is None:
                return deed()
            return self.go_wrong(found, deed)

    def go_wrong(self, found, deed):
        if found.raises is not None:
            result = deed() if found.kind.endswith("after") else None
            raise found.raises(result)
        if found.kind == "refuse":
            raise REFUSAL
        if found.kind == "lie":
            return self.state()
        UNREST.get(found.kind, lambda *_: None)(self, found)
        result = deed() if found.kind in DONE_ALL_THE_SAME else None
        if found.kind.startswith("hang"):
            raise SessionError(Trouble.TIMEOUT, "no answer within 1 s")
        if found.kind.startswith("drop") or found.kind == "die":
            raise SessionError(Trouble.LOST, "the connection was lost")
        return result

    def expire(self, _fault):
        self.timer_ends = 0.0
        self.settle()

    def change(self, _fault):
        self.foreign = ("-nft rule of mine", "+nft rule of somebody else")

    def lose_interface(self, _fault):
        self.facts = ("interface=eth1,1400",)

    def die(self, fault):
        self.dead_until = time.monotonic() + fault.seconds


DONE_ALL_THE_SAME = {"hang-after", "drop-after", "expire", "change", "fact"}
UNREST = {
    "expire": FakeDevice.expire,
    "change": FakeDevice.change,
    "fact": FakeDevice.lose_interface,
    "die": FakeDevice.die,
}


class FakeSession:
    """The session protocol over a `FakeDevice`."""

    def __init__(self, device):
        self.device = device
        self.node = device.node

    def lock(self, ticket, _owner, _reason):
        self.device.act("lock", lambda: self._lock(ticket))

    def read(self, wanted=None):
        found = self.device.act("read", self.device.state)
        return replace(found, held=held(self.device.facts, wanted.config)) if wanted is not None else found

    read_back = read

    def neighbours(self):
        found = self.device.act("neighbours", lambda: self.device.neighbours)
        if self.device.on_neighbours is not None:
            self.device.on_neighbours()
        return found

    def validate(self, ticket, payload):
        self.device.act("validate", lambda: self._stage(ticket, payload))

    def commit(self, ticket, seconds):
        self.device.act("commit", lambda: self._commit(ticket, seconds))

    def extend(self, ticket, seconds):
        self.device.act("extend", lambda: self._extend(ticket, seconds))

    def confirm(self, ticket):
        self.device.act("confirm", lambda: self._confirm(ticket))

    def restore(self, ticket):
        self.device.act("restore", lambda: self._restore(ticket))

    def persist(self, _ticket):
        self.device.act("persist", lambda: setattr(self.device, "startup", self.device.running))

    def unlock(self, ticket):
        self.device.act("unlock", lambda: self._unlock(ticket))

    def close(self):
        pass

    def _lock(self, ticket):
        if self.device.holder not in {"", ticket}:
            raise SessionError(Trouble.LOCKED, "its lock is held by ann on noc2")
        self.device.holder = ticket

    def _stage(self, ticket, payload):
        self._mine(ticket)
        self.device.staged = payload

    def _commit(self, ticket, seconds):
        device = self._mine(ticket)
        if not device.pending:
            device.saved = device.running
        device.running, device.pending = device.staged, ticket
        device.foreign = () if device.is_mended else device.foreign
        device.timer_ends = time.monotonic() + seconds
        device.history.append(device.running)
        if device.on_commit is not None:
            device.on_commit()

    def _extend(self, ticket, seconds):
        device = self._mine(ticket)
        if device.pending != ticket:
            raise SessionError(Trouble.EXPIRED, "it has gone back already")
        device.timer_ends = time.monotonic() + seconds

    def _confirm(self, ticket):
        device = self.device
        if device.pending == ticket:
            device.pending, device.confirmed = "", ticket
        elif device.confirmed != ticket:
            raise SessionError(Trouble.EXPIRED, "it has gone back already")

    def _restore(self, ticket):
        device = self.device
        if device.pending == ticket:
            device.running, device.pending, device.foreign = device.saved, "", ()
            device.history.append(device.running)

    def _unlock(self, ticket):
        if self.device.holder == ticket:
            self.device.holder, self.device.staged = "", None

    def _mine(self, ticket):
        if self.device.holder != ticket:
            raise SessionError(Trouble.REFUSED, "it refused: `not your lock`")
        return self.device
