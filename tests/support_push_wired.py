"""The agent transport without SSH: the product's own session and words, wired to fake agents in this process.

What the session would run over SSH is understood here and carried out by `FakeAgent`; faults strike at the border where
SSH would be: no answer, a lost connection, a server that is gone, or our own process that ends.
"""

from __future__ import annotations

import hashlib
import io
import shlex
import tarfile
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from support_push_fake_agent import DONE, FakeAgent
from support_push_network import differences
from support_push_worlds import KIT, NODES, PARTICULARS, payload

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.codec import dump_config
from intentc.plan.make import Goal, plan_for
from intentc.push.agent import AgentTarget, open_agent_over
from intentc.push.apply import apply
from intentc.push.recover import recover
from intentc.push.ssh import Completed
from intentc.push.team import Author, Limits, Options
from intentc.push.trouble import SessionError, Trouble

LIMITS = Limits(connect_s=1, verb_s=1, patience_s=0.25, neighbours_s=0.1, pause_s=0.01)
OTHER = {"token": "t-other", "owner": "ann on noc2", "reason": "apply 7", "since": "2026-11-20T10:00:00Z"}


class Killed(BaseException):
    """Stands for `kill -9` of this process: nobody catches it, and nothing is written or asked after it."""


@dataclass
class Strike:
    """What goes wrong at the `on`th call of `verb` (from 1); `kind` is a fault of the matrix."""

    verb: str
    kind: str
    on: int = 1


@dataclass
class WiredAgent(FakeAgent):
    """A fake agent that faults strike in this process; `timeline` says when it began to run what."""

    strikes: list = field(default_factory=list)
    dead_until: float = 0.0
    is_killed: object = None  # the world's: once our process is dead it asks nothing more
    timeline: list = field(default_factory=list)
    foreign: str = ""
    delay_s: float = 0.0  # of each question, as a network adds it

    def note(self):
        running = self.state["running"]
        if not self.timeline or self.timeline[-1][1] is not running:
            self.timeline.append((time.monotonic(), running))

    def go_back(self):
        super().go_back()
        self.foreign = ""
        self.note()

    def reboot(self):
        self.state.update(running=self.state["persisted"], applied=self.state["persisted"], pending=None, lock=None)
        self.staged = {}
        self.foreign = ""
        self.note()

    def expire(self):
        if self.state["pending"]:
            self.state["pending"]["deadline"] = 0.0
        self.settle()

    def read(self):
        if not self.foreign:
            return super().read()
        status, lines = super().read()
        return status, ["begin=foreign.nft", self.foreign, "end=foreign.nft", *lines[:-1], lines[-1] + "+foreign"]

    def apply(self, token, name):
        found = super().apply(token, name)
        if found[0] == DONE:
            self.foreign = ""
        self.note()
        return found

    def enter(self):
        """A new connection."""
        self.call("open", lambda: None)

    def call(self, verb, deed):
        """Run `deed` with whatever strikes at this call of `verb`."""
        time.sleep(self.delay_s)
        with self.mutex:
            if self.is_killed():
                raise Killed
            self.settle()
            if time.monotonic() < self.dead_until:
                raise SessionError(Trouble.UNREACHABLE if verb == "open" else Trouble.LOST, "no answer")
            self.calls.append(verb)
            number = self.calls.count(verb)
            strike = next((item for item in self.strikes if item.verb == verb and item.on == number), None)
            return deed() if strike is None else FAULTS[strike.kind](self, verb, deed)


def refuse(_agent, verb, _deed):
    if verb == "open":
        raise SessionError(Trouble.AUTHENTICATION, "the login was refused")
    return 13, ["check=edge.nft: syntax error", "error=not acceptable", "status=error"]


def lie(_agent, verb, _deed):
    if verb == "open":
        raise SessionError(Trouble.AGENT, "it answers, but as something else")
    return DONE, ["error=% Configuration failed.", "status=ok"]


def hang(_agent, verb, _deed):
    raise SessionError(Trouble.UNREACHABLE if verb == "open" else Trouble.TIMEOUT, "no answer within 1 s")


def drop(_agent, verb, _deed):
    raise SessionError(Trouble.UNREACHABLE if verb == "open" else Trouble.LOST, "the connection was lost")


def lose_reply(agent, verb, deed):
    deed()
    drop(agent, verb, deed)


def kill_us(agent, _verb, _deed):
    agent.is_killed.now()
    raise Killed


def kill_us_after(agent, verb, deed):
    deed()
    kill_us(agent, verb, deed)


def kill_server(agent, verb, deed):
    agent.dead_until = time.monotonic() + 0.08
    drop(agent, verb, deed)


def reboot(agent, verb, deed):
    agent.reboot()
    kill_server(agent, verb, deed)


def expire(agent, _verb, deed):
    agent.expire()
    return deed()


def steal_lock(agent, _verb, deed):
    agent.state["lock"] = dict(OTHER)
    return deed()


def change(agent, _verb, deed):
    agent.foreign = "rule of somebody else"
    return deed()


FAULTS = {
    "refusal": refuse,
    "error text with success": lie,
    "hang": hang,
    "connection drop": drop,
    "lost reply": lose_reply,
    "kill of ours": kill_us,
    "kill of ours, after": kill_us_after,
    "kill of the server": kill_server,
    "reboot": reboot,
    "expired timer": expire,
    "lock held": steal_lock,
    "changed device": change,
}


@dataclass
class Connection:
    """What `intentc.push.ssh.Connection` is to a session, answered by a fake agent."""

    agent: WiredAgent
    digest: str

    def run(self, command, stdin=b"", *, timeout_s):  # noqa: ARG002  (of the connection it stands for)
        text = shlex.split(command)[-1]
        if "sha256sum" in text:
            return Completed(DONE, self.digest, "")
        return Completed(DONE, "".join(self.lines(text, stdin)), "")

    def lines(self, text, stdin):
        for line in text.splitlines():
            if not line.startswith("sh "):
                continue
            words = shlex.split(line.partition(";")[0].partition(" ||")[0])[2:]
            for call in [[verb] for verb in words[1:]] if words[0] == "look" else [words]:
                status, said = self.agent.call(call[0], lambda call=call: self.answer(call, stdin))
                yield "\n".join([*said, f"pending={self.pending}", f"intentc-exit={status}", ""])
                if status != DONE:
                    return

    @property
    def pending(self):
        pending = self.agent.state["pending"]
        return pending["token"] if pending else "none"

    def answer(self, call, stdin):
        verb, *arguments = call
        if verb == "stage":
            status, lines = self.agent.stage_files(*arguments[:2], unpacked(stdin))
        else:
            status, lines = getattr(self.agent, {"state": "state_"}.get(verb, verb))(*arguments)
        return status, [*lines, "status=ok" if status == DONE else "status=error"]

    def close(self):
        pass


def unpacked(archive):
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        return {item.name: files.extractfile(item).read().decode() for item in files}


class Death:
    """Whether our process was killed."""

    def __init__(self):
        self.event = threading.Event()

    def __call__(self):
        return self.event.is_set()

    def now(self):
        self.event.set()


@dataclass
class Wired:
    """Devices with wired agents that run payload 1, and the plan that brings them to payload 2."""

    agents: dict
    target: AgentTarget
    options: Options
    death: Death
    plan: object = None

    @property
    def devices(self):
        return {node: device(node) for node in self.agents}

    def opener(self, found, limits):
        agent = self.agents[found.node]
        agent.enter()
        return open_agent_over(Connection(agent, self.digest), found, limits, self.target)

    @property
    def digest(self):
        return hashlib.sha256(self.target.script.read_bytes()).hexdigest()

    def apply(self, **changes):
        return apply(self.plan, self.devices, replace(self.options, **changes), opener=self.opener)

    def recover(self):
        self.death.event.clear()
        return recover(self.devices, self.options, opener=self.opener)

    def heal(self):
        """Time passes: whoever else was there has gone, servers are up again, timers have ended."""
        for agent in self.agents.values():
            agent.strikes, agent.dead_until, agent.foreign = [], 0.0, ""
            if agent.state["lock"] == OTHER:
                agent.state["lock"] = None

    def expire(self):
        for agent in self.agents.values():
            agent.expire()

    def runs(self, number):
        """Whether every device runs payload `number`."""
        return all(self.running(node) == payload(node, "card-fraud", number).texts for node in self.agents)

    def running(self, node):
        files = self.agents[node].state["running"] or {}
        return {name: text for name, text in files.items() if name != "config.json"}

    @property
    def leftovers(self):
        return [
            (node, key)
            for node, agent in self.agents.items()
            for key in ("lock", "pending")
            if agent.state[key] is not None
        ]

    @property
    def mixed_s(self):
        """How long the devices did not all run one and the same payload number."""
        moments = sorted(
            (at, node, number_of(files)) for node, agent in self.agents.items() for at, files in agent.timeline
        )
        now, mixed, since = dict.fromkeys(self.agents, (1,)), 0.0, None
        for at, node, number in moments:
            if since is not None:
                mixed += at - since
            now[node] = number
            since = at if len(set(now.values())) > 1 else None
        return mixed if since is None else mixed + time.monotonic() - since


def number_of(files):
    """Return `(1,)` for the old payload, `(2,)` for the new one, `(1, 2)` for a stage between them."""
    text = "".join(text for name, text in sorted((files or {}).items()) if name != "config.json")
    return tuple(sorted(number for number in (1, 2) if f"10.{number}.0.0/16" in text)) if text else ()


def device(node):
    return Device(node=node, host="127.0.0.1", port=22, username="root", key_file=None, known_hosts=None, host_key=None)


@cache
def files_of(node, number):
    given = payload(node, "card-fraud", number)
    return {**given.texts, "config.json": dump_config(given.config)}


def wired(root, nodes=NODES, *, limits=LIMITS, confirm_s=60, rests=""):
    """Return the world; the devices run payload 1. The device `rests` changes in all stages but the second."""
    made = empty_world(root, nodes, limits)
    made.plan = made_plan(nodes, confirm_s)
    if rests:
        made.plan = resting(made.plan, rests)
    return made


def empty_world(root, nodes, limits):
    """Return the devices, without a plan."""
    death = Death()
    root.mkdir(exist_ok=True, parents=True)
    script = root / "agent.sh"
    script.write_text("a fake\n")
    agents = {node: WiredAgent(node, is_killed=death) for node in nodes}
    for node, agent in agents.items():
        files = files_of(node, 1)
        agent.state.update(running=files, applied=files, persisted=files)
    target = AgentTarget("frr", "ssh", script, differences)
    return Wired(agents, target, Options(root / "state", Author("bob", "noc1", "c0ffee"), limits), death)


@cache
def made_plan(nodes, confirm_s):
    """Return the plan from payload 1 to payload 2 of `nodes`."""
    with tempfile.TemporaryDirectory() as root:
        return plan_of(empty_world(Path(root), nodes, LIMITS), confirm_s)


def plan_of(made, confirm_s):
    running = {}
    for node, found in made.devices.items():
        session = made.opener(found, made.options.limits)
        running[node] = session.read()
    goals = {node: Goal("frr", "ssh", payload(node, "card-fraud", 2)) for node in made.agents}
    findings = Findings()
    plan = plan_for(goals, running, KIT, replace(PARTICULARS, confirm_s=confirm_s), findings)
    assert not findings.items
    return plan


def resting(plan, node):
    """Return `plan` without the second step of `node`: its timer must be started anew while the others change."""
    steps = plan.device(node).steps
    shorter = replace(plan.device(node), steps=(steps[0], *steps[2:]))
    return replace(plan, devices=tuple(shorter if item.node == node else item for item in plan.devices))
