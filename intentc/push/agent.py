"""Devices that are configured by the on-device agent over SSH: the session protocol in the agent's verbs.

The only module that knows both sides; what the agent prints is understood in `agent_wire`.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from intentc.inventory.model import Device
from intentc.ir.codec import CodecError, dump_config, load_config
from intentc.ir.model import DeviceConfig
from intentc.plan.changes import empty_config
from intentc.plan.facts import held
from intentc.plan.model import Payload, RunningState
from intentc.push.agent_wire import LOCKED, NOT_OURS, Answer, answers, bundle, check, script
from intentc.push.ssh import Connection, connect
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble
from intentc.render.model import DeviceBundle, RenderedFile
from intentc.targetkit.kit import Difference
from intentc.values import frozen

CONFIG_FILE = "config.json"  # the IR, kept by the agent beside the files that were rendered from it
STAGE = "next"  # one stage is staged at a time
_DIGEST_CHARACTERS = 16
_FACTS = ("interface", "address", "bfd_foreign", "qdisc_foreign", "rule_foreign", "table_foreign", "mark_foreign")


@frozen
class AgentTarget:
    """What a target brings for its devices: the agent to install there, and how to compare what runs with what was given."""

    name: str
    transport: str
    script: Path
    differences: Callable[[DeviceBundle, str], Sequence[Difference]]


class AgentSession:
    """One connection; each verb is a command of its own, and several verbs that belong together are one round trip."""

    def __init__(self, device: Device, connection: Connection, agent: str, target: AgentTarget, limits: Limits) -> None:
        self._device = device
        self._connection = connection
        self._agent = agent
        self._target = target
        self._limits = limits

    @property
    def node(self) -> str:
        """Return the device's name in the topology."""
        return self._device.node

    def lock(self, ticket: str, owner: str, reason: str) -> None:
        """Take the lock."""
        self._do(["lock", ticket, owner, reason])

    def read(self, wanted: Payload | None = None) -> RunningState:
        """Return what runs, and the facts."""
        identity, facts, running, given = self._do(["identify"], ["facts"], ["read"], ["given"])
        known = _facts(identity, facts)
        return replace(
            self._state(running, given),
            platform=identity.one("system").lower(),
            release=identity.one("release"),
            facts=known,
            held=held(known, wanted.config) if wanted is not None else (),
        )

    def read_back(self) -> RunningState:
        """Return what runs."""
        return self._state(*self._do(["read"], ["given"]))

    def neighbours(self) -> tuple[str, ...]:
        """Return who is up."""
        (answer,) = self._do(["neighbours"])
        return tuple(sorted(f"{key} {value}" for key, value in answer.values if key in {"neighbour", "bfd"}))

    def validate(self, ticket: str, payload: Payload) -> None:
        """Copy the files over in one stream and let the agent check them; evidence is the digest of each file."""
        # Nothing of ours is really nothing: then not even the record of it stays on the device.
        files = {**payload.texts, CONFIG_FILE: dump_config(payload.config)} if payload.files else {}
        call = ["stage", ticket, STAGE]
        copy = 'd=$(mktemp -d) && tar -xf - -C "$d" || exit 1\n'
        stage = f'sh {shlex.quote(self._agent)} {shlex.join(call)} "$d"; e=$?; rm -rf "$d"; echo intentc-exit=$e'
        (answer,) = answers(self._run(copy + stage, bundle(files)), [call])
        check(answer)
        wanted = {f"{name},sha256:{_sha256(text)}" for name, text in files.items()}
        if wanted != set(answer.all("file")):
            raise SessionError(Trouble.MISMATCH, "the files arrived, but not as they were sent")

    def commit(self, ticket: str, seconds: int) -> None:
        """Start the timer, then apply."""
        self._do(["arm", ticket, str(seconds)], ["apply", ticket, STAGE])

    def extend(self, ticket: str, seconds: int) -> None:
        """Start the timer anew; an agent with nothing pending would arm, so that is looked at first."""
        (given,) = self._do(["given"])
        if given.one("pending") != ticket:
            raise SessionError(Trouble.EXPIRED, "it has gone back by itself already")
        self._do(["arm", ticket, str(seconds)])

    def confirm(self, ticket: str) -> None:
        """Stop the timer."""
        self._do(["confirm", ticket])

    def restore(self, ticket: str) -> None:
        """Go back now. That nothing is pending is fine: then the timer was first, or nothing was ever changed."""
        answer = self._ask(["restore", ticket])[0]
        if answer.exit in (NOT_OURS, LOCKED):
            (state,) = self._do(["state"])
            if state.one("pending") != ticket:
                return
        check(answer)

    def persist(self, ticket: str) -> None:
        """Make what runs survive a reboot; evidence are the files that a reboot would bring back."""
        _, given, persisted = self._do(["persist", ticket], ["given"], ["given", "persisted"])
        if given.sections != persisted.sections:
            raise SessionError(
                Trouble.MISMATCH, "it says that it saved the configuration, but would start with another one"
            )

    def unlock(self, ticket: str) -> None:
        """Free the lock. That somebody else holds it, or nobody, is fine: then it is not ours any more."""
        answer, *_ = self._ask(["unlock", ticket])
        if answer.is_done:
            return
        (state,) = self._do(["state"])
        if ticket in (state.one("lock"), state.one("pending")):
            check(answer)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _do(self, *calls: Sequence[str]) -> tuple[Answer, ...]:
        """Return the answers to all of `calls`; raise what the first that failed says."""
        return tuple(check(answer) for answer in self._ask(*calls))

    def _ask(self, *calls: Sequence[str]) -> tuple[Answer, ...]:
        return answers(self._run(script(self._agent, calls)), calls)

    def _run(self, text: str, stdin: bytes = b"") -> str:
        return run(self._connection, self._device, text, stdin, self._limits.verb_s)

    def _state(self, running: Answer, given: Answer) -> RunningState:
        text = "".join(f"# {name}\n{content}" for name, content in running.sections.items() if content)
        payload = self._payload(given)
        return RunningState(
            node=self.node,
            platform="",
            release="",
            given=payload,
            digest=running.one("digest"),
            text=text,
            drift=self._drift(payload, text),
            is_pending=given.one("pending") != "none",
        )

    def _drift(self, payload: Payload | None, text: str) -> tuple[str, ...]:
        """Return how what runs differs in meaning from what was given; the agent's own word for it is not asked."""
        given = payload or Payload(empty_config(self.node, "", ""), ())
        bundle = DeviceBundle(self.node, self._target.name, self._target.transport, given.config, given.files, ())
        return tuple(
            f"{sign}{found.artefact}: {words}"
            for found in self._target.differences(bundle, text)
            for sign, words in (("-", found.expected), ("+", found.running))
            if words
        )

    def _payload(self, given: Answer) -> Payload | None:
        texts = dict(given.sections)
        config = texts.pop(CONFIG_FILE, None)
        if config is None:
            return None
        files = tuple(RenderedFile(f"{self.node}/{name}", texts[name]) for name in sorted(texts))
        return Payload(self._config(config), files)

    def _config(self, text: str) -> DeviceConfig:
        try:
            return load_config(text)
        except CodecError as error:
            raise SessionError(
                Trouble.AGENT,
                "what it keeps of the last apply cannot be read by this version",
                "apply with the version that wrote it, or remove /run/intentc/applied/config.json on the device and apply anew",
            ) from error


def open_agent(device: Device, limits: Limits, target: AgentTarget) -> AgentSession:
    """Return a session to `device`, with the target's agent installed there (once: it is named by its digest)."""
    return open_agent_over(connect(device, timeout_s=limits.connect_s), device, limits, target)


def open_agent_over(connection: Connection, device: Device, limits: Limits, target: AgentTarget) -> AgentSession:
    """Return the session over a connection that stands; it is closed when no session comes of it."""
    try:
        agent = _install(connection, device, target.script.read_bytes(), limits)
        return AgentSession(device, connection, agent, target, limits)
    except SessionError:
        connection.close()
        raise


def run(connection: Connection, device: Device, text: str, stdin: bytes, timeout_s: float) -> str:
    """Return what the shell script `text` prints when it runs with root's rights."""
    command = f"sh -c {shlex.quote(text)}"
    if device.username != "root":
        command = f"sudo -n {command}"
    done = connection.run(command, stdin, timeout_s=timeout_s)
    if done.status != 0:
        words = " ".join((done.stderr.strip() or done.stdout.strip() or "no words").split())[:200]
        raise SessionError(Trouble.AGENT, f"its agent cannot be run (status {done.status}: `{words}`)")
    return done.stdout


def _install(connection: Connection, device: Device, content: bytes, limits: Limits) -> str:
    """Return the path of the agent on the device; it is copied only where it is not there, and never run unchecked."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"/run/intentc/push/agent-{digest[:_DIGEST_CHARACTERS]}.sh"
    quoted = shlex.quote(path)
    have = f"sha256sum < {quoted} 2>/dev/null | cut -d' ' -f1"
    if run(connection, device, have, b"", limits.verb_s).strip() == digest:
        return path
    copy = f"umask 077; mkdir -p /run/intentc/push && cat > {quoted}.$$ && mv {quoted}.$$ {quoted}; {have}"
    if run(connection, device, copy, content, limits.verb_s).strip() != digest:
        raise SessionError(Trouble.AGENT, "its agent cannot be installed below /run/intentc/push")
    return path


def _facts(identity: Answer, facts: Answer) -> tuple[str, ...]:
    """Who the device is and what a configuration may rely on; whether a link is up is not among it."""
    found = [f"hostname={identity.one('hostname')}", f"release={identity.one('release')}"]
    for key, value in facts.values:
        if key == "interface":
            name, *_, mtu = value.split(",")
            found.append(f"interface={name},{mtu}")
        elif key in _FACTS and not value.partition(",")[2].lower().startswith("fe80:"):
            found.append(f"{key}={value}")
    return tuple(sorted(found))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
