"""What goes to one fake device in a transaction, and the ways in which it is struck."""

from __future__ import annotations

import time
from dataclasses import dataclass

from support_push_wired import Killed

from intentc.push.trouble import SessionError, Trouble

AWAY_S = 0.06  # for so long a server that was killed is gone, and somebody else keeps a lock


@dataclass
class Strike:
    """What goes wrong at the `on`th message (from 1) that `node` is sent in `phase`; `seen` says that it did."""

    node: str
    phase: str
    fault: str
    on: int = 1
    seen: bool = False


@dataclass
class Wire:
    """All that goes to one device. Its own ways to be struck are methods by the name of the fault."""

    world: object
    node: str
    dead_until: float = 0.0
    thief_until: float = 0.0

    def send(self, word, deed, *, opens=False):
        """Return what `deed` does, or what goes wrong instead."""
        world = self.world
        if world.is_dead:
            raise Killed
        world.sent.append((self.node, world.phase, word))
        world.counts[self.node, world.phase] += 1
        strike = world.strike_at(self.node)
        if time.monotonic() < self.dead_until:
            raise SessionError(Trouble.UNREACHABLE if opens else Trouble.LOST, "no answer")
        if self.thief_until and time.monotonic() >= self.thief_until:
            self.thief_leaves()
        if strike is None:
            return deed()
        strike.seen = True
        return getattr(self, strike.fault.replace(" ", "_").replace(",", ""))(deed, opens=opens)

    def lose(self, trouble, *, opens):
        self.hang_up()
        raise SessionError(Trouble.UNREACHABLE if opens else trouble, "the answer did not come")

    def hang(self, _deed, *, opens):
        self.lose(Trouble.TIMEOUT, opens=opens)

    def connection_drop(self, _deed, *, opens):
        self.lose(Trouble.LOST, opens=opens)

    def lost_reply(self, deed, *, opens):
        deed()
        self.lose(Trouble.LOST, opens=opens)

    def kill_of_ours(self, _deed, *, opens):  # noqa: ARG002  (of the table of faults)
        self.world.is_dead = True
        raise Killed

    def kill_of_ours_after(self, deed, *, opens):
        deed()
        self.kill_of_ours(deed, opens=opens)

    def kill_of_the_server(self, _deed, *, opens):
        self.dead_until = time.monotonic() + AWAY_S
        self.dies()
        self.lose(Trouble.LOST, opens=opens)

    def reboot(self, _deed, *, opens):
        self.dead_until = time.monotonic() + AWAY_S
        self.starts_anew()
        self.lose(Trouble.LOST, opens=opens)

    def expired_timer(self, deed, *, opens):  # noqa: ARG002
        self.expire()
        return deed()

    def lock_held(self, deed, *, opens):  # noqa: ARG002
        self.thief_until = time.monotonic() + AWAY_S
        self.thief_comes()
        return deed()

    def changed_device(self, deed, *, opens):  # noqa: ARG002
        self.by_hand()
        return deed()

    def refusal(self, _deed, *, opens):
        if opens:
            raise SessionError(Trouble.AUTHENTICATION, "the login was refused")
        return self.refuse()

    def error_text_with_success(self, deed, *, opens):
        if opens:
            raise SessionError(Trouble.AGENT, "it answers, but as something else")
        return self.say_both(deed)

    def denied(self, _deed, *, opens):
        if opens:
            raise SessionError(Trouble.AUTHENTICATION, "the login was refused")
        return self.deny()

    @property
    def armed_s(self):
        """How long the device's own timer still runs; 0 where none does, or the fake does not tell."""
        return 0.0

    def hang_up(self):
        """The session that the message came over is over."""

    def dies(self):
        """The server's process is killed; what runs stays."""
