"""The devices of one transaction while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from intentc.inventory.model import Device
from intentc.plan.model import DevicePlan, Step, Wave
from intentc.push.fanout import Answers, ask_all
from intentc.push.interrupts import Interrupt
from intentc.push.session import Session
from intentc.push.shared import Shared
from intentc.push.trouble import SessionError
from intentc.values import frozen

Answer = TypeVar("Answer")


@frozen
class Event:
    """One step of progress: `done` of `total` devices are through `phase`; `node` is the latest."""

    phase: str
    node: str
    done: int
    total: int


Progress = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Show nothing."""


@frozen
class Limits:
    """Bounds in seconds and devices. `patience_s`: how long what must be done is tried again on a device that does not answer.

    `connect_s` and `verb_s`: for one question to one device. `whole_s`: for all up to the decision; whatever is under way then
    may end, nothing further is begun, and everything goes back. `neighbours_s`: how long sessions of the routing protocols may take to be as before. `pause_s`: between two tries. `connects`: connections that are
    set up at a time (sshd drops what exceeds its MaxStartups, which is 10).
    """

    connect_s: float = 10.0
    verb_s: float = 60.0
    patience_s: float = 30.0
    neighbours_s: float = 15.0
    pause_s: float = 0.5
    whole_s: float = 1800.0
    concurrency: int = 64
    connects: int = 10


Opener = Callable[[Device, Limits], Session]


@frozen
class Author:
    """Who does it, from which machine and which commit of the repository."""

    who: str
    host: str
    commit: str = ""

    @property
    def words(self) -> str:
        """Return who it is, for others to read."""
        return f"{self.who} on {self.host}"


@dataclass(frozen=True, slots=True)
class Options:
    """What a transaction needs beside plan and devices.

    `state` mirrors `shared` where there is one. `wait_s`: how long to wait for a lease or a lock that somebody else holds.
    """

    state: Path
    author: Author
    limits: Limits = field(default_factory=Limits)
    shared: Shared | None = None
    wait_s: float = 0.0


@dataclass(eq=False)
class Member:
    """One device in a transaction, times on the monotonic clock.

    `timer_ends` is when it has gone back by itself at the latest, `changed_at` when what it runs was last known to change.
    """

    plan: DevicePlan
    device: Device
    ticket: str
    session: Session | None = None
    neighbours: tuple[str, ...] = ()
    is_locked: bool = False
    is_touched: bool = False
    is_confirmed: bool = False
    timer_ends: float = 0.0
    changed_at: float = 0.0

    @property
    def node(self) -> str:
        """Return the device's name."""
        return self.plan.node

    @property
    def live(self) -> Session:
        """Return the open session."""
        if self.session is None:
            raise AssertionError(f"no session to {self.node}")
        return self.session

    def step(self, wave: Wave) -> Step | None:
        """Return what the device is given in `wave`."""
        return self.plan.step(wave)

    def drop(self) -> None:
        """Close the session, whatever state it is in."""
        if self.session is not None:
            self.session.close()
        self.session = None


@dataclass
class Team:
    """All devices of a transaction, in the one order in which locks are taken, and how to reach them.

    `owner` and `reason` are what others read who find a lock.
    """

    members: tuple[Member, ...]
    open: Opener
    limits: Limits
    progress: Progress
    interrupt: Interrupt
    owner: str
    reason: str
    doors: threading.BoundedSemaphore = field(init=False)
    pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        """Bound the connections that are set up at a time, whoever asks for them, and the questions under way."""
        self.doors = threading.BoundedSemaphore(self.limits.connects)
        self.pool = ThreadPoolExecutor(self.limits.concurrency, thread_name_prefix="device")

    def ask(
        self,
        phase: str,
        question: Callable[[Member], Answer],
        members: Iterable[Member] | None = None,
        *,
        can_stop: bool = True,
        before: int | None = None,
    ) -> Answers[Member, Answer]:
        """Put `question` to `members` (default: all) in parallel; a session that failed is closed, for it may be half dead.

        `before`: of all members so many have been asked already (None: `members` are all that will be).
        """
        asked: Sequence[Member] = tuple(self.members if members is None else members)
        total = len(asked) if before is None else len(self.members)
        answers = ask_all(
            asked,
            question,
            self.pool,
            interrupt=self.interrupt if can_stop else None,
            on_answer=lambda member, done: self.progress(Event(phase, member.node, done + (before or 0), total)),
        )
        for member, error in answers.failed:
            if error.is_transient:
                member.drop()
        return answers

    def dial(self, member: Member) -> Session:
        """Return a new session to the member's device."""
        with self.doors:
            return self.open(member.device, self.limits)

    def reopen(self, member: Member) -> Session:
        """Return the member's session, a new one if it has none."""
        if member.session is None:
            member.session = self.dial(member)
        return member.session

    def persevere(
        self, member: Member, deed: Callable[[Session], Answer], until: float, *, has_choice: bool = True
    ) -> Answer:
        """Return what `deed` returns, over new sessions if need be, until the monotonic time `until`.

        Where there `has_choice`, only a device that does not answer is asked again, not one that says no.
        """
        while True:
            try:
                return deed(self.reopen(member))
            except SessionError as error:
                if error.is_transient:
                    member.drop()
                if (has_choice and not error.is_transient) or self.now() >= until:
                    raise
                time.sleep(min(self.limits.pause_s, max(0.0, until - self.now())))

    @staticmethod
    def now() -> float:
        """Return the monotonic time in seconds."""
        return time.monotonic()

    def close(self) -> None:
        """Close all sessions and end all threads."""
        for member in self.members:
            member.drop()
        self.pool.shutdown()
