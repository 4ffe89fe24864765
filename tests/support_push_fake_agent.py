"""A fake of the on-device agent: its verbs and words, a real lock and timer, and faults on demand. It configures nothing.

The verbs are carried out by threads of the test process; on the "device" a few lines of shell hand them over.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socketserver
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

DONE, USAGE, LOCKED, NOT_OURS, UNACCEPTABLE = 0, 10, 11, 12, 13

SCRIPT = """if [ "$1" = look ]; then
  shift
  for verb; do
    sh "$0" "$verb"; e=$?
    echo "pending=$(cat /run/intentc/pending/token || echo none)"; echo "intentc-exit=$e"
    [ "$e" = 0 ] || exit "$e"
  done
  exit 0
fi
exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}
printf "%s\\n" "$FAKE_DEVICE" "$PPID" "$@" "" >&3
IFS= read -r status <&3 && IFS= read -r pending <&3 || exit 1
mkdir -p /run/intentc/pending; echo "$pending" >/run/intentc/pending/token
cat <&3
exit "$status"' agent "$@"
"""


def new_state():
    return dict.fromkeys(("running", "applied", "persisted", "saved", "pending", "lock"))


@dataclass
class FakeAgent:
    """The state of one device and the verbs on it; every verb returns (exit status, lines)."""

    hostname: str
    state: dict = field(default_factory=new_state)
    staged: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)  # (verb, kind, number of the call)
    calls: list = field(default_factory=list)
    client: int = 0
    on_call: object = None
    mutex: threading.RLock = field(default_factory=threading.RLock)

    def settle(self):
        if self.state["pending"] and time.time() >= self.state["pending"]["deadline"]:
            self.go_back()

    def go_back(self):
        self.state["running"] = self.state["applied"] = self.state["saved"]
        self.state["pending"] = None

    def digest(self, files):
        texts = {name: text for name, text in (files or {}).items() if name != "config.json"}
        return "sha256:" + hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()

    def holds(self, token):
        lock = self.state["lock"]
        return lock is not None and lock["token"] == token

    def identify(self):
        return DONE, ["agent=1", f"hostname={self.hostname}", "uid=0", "system=FRR", "release=8.4.4"]

    def facts(self):
        return DONE, ["interface=eth1,UP,1500", "address=eth1,10.0.0.1/31", "address=eth1,fe80::1/64"]

    def state_(self):
        lock, pending = self.state["lock"], self.state["pending"]
        lines = [f"lock={lock['token']}", *holder(lock)] if lock else ["lock=none"]
        lines.append(f"pending={pending['token']}" if pending else "pending=none")
        applied = self.state["applied"]
        lines.append(f"running={self.digest(self.state['running'])}")
        return DONE, [*lines, f"applied={self.digest(applied) if applied is not None else 'none'}", "persisted=none"]

    def lock(self, token, owner, reason):
        lock = self.state["lock"]
        if lock and lock["token"] != token:
            return LOCKED, [*holder(lock), "error=locked by another transaction"]
        self.state["lock"] = {"token": token, "owner": owner, "reason": reason, "since": "2026-11-20T10:00:00Z"}
        return DONE, [f"lock={token}"]

    def unlock(self, token):
        pending = self.state["pending"]
        if (pending and pending["token"] == token) or (self.state["lock"] and not self.holds(token)):
            return NOT_OURS, ["error=a restore is pending, or the lock is another's"]
        self.state["lock"], self.staged = None, {}
        return DONE, []

    def read(self):
        running = {name: text for name, text in (self.state["running"] or {}).items() if name != "config.json"}
        lines = sections(running)
        return DONE, [*lines, f"digest={self.digest(running)}"]

    def given(self, which="applied"):
        files = self.state[which]
        return DONE, [*sections(files or {}), f"digest={self.digest(files) if files is not None else 'none'}"]

    def neighbours(self):
        return DONE, ["neighbour=isis,eth1,0000.0000.0002", "bfd=10.0.0.0,eth1"]

    def stage(self, token, name, directory):
        return self.stage_files(
            token, name, {path.name: path.read_text() for path in sorted(Path(directory).iterdir())}
        )

    def stage_files(self, token, name, files):
        if not self.holds(token):
            return NOT_OURS, ["error=not your lock"]
        self.staged[name] = files
        return DONE, [f"file={name},sha256:{hashlib.sha256(text.encode()).hexdigest()}" for name, text in files.items()]

    def arm(self, token, seconds):
        if not self.holds(token):
            return NOT_OURS, ["error=not your lock"]
        if not self.state["pending"]:
            self.state["saved"] = self.state["running"]
        self.state["pending"] = {"token": token, "deadline": time.time() + int(seconds)}
        return DONE, [f"deadline={seconds}"]

    def apply(self, token, name):
        pending = self.state["pending"]
        if not pending or pending["token"] != token:
            return NOT_OURS, ["error=not armed"]
        self.state["running"] = self.state["applied"] = self.staged[name]
        return DONE, ["changed=edge.nft"]

    def confirm(self, token):
        pending = self.state["pending"]
        if not pending or pending["token"] != token:
            return NOT_OURS, ["error=nothing is pending"]
        self.state["pending"] = None
        return DONE, []

    def restore(self, token):
        pending = self.state["pending"]
        if not pending or pending["token"] != token:
            return NOT_OURS, ["error=nothing is pending"]
        self.go_back()
        return DONE, []

    def persist(self, token):
        if not self.holds(token) or self.state["pending"]:
            return NOT_OURS, ["error=not your lock, or pending"]
        self.state["persisted"] = self.state["applied"]
        return DONE, []

    def answer(self, session, verb, *arguments):
        """Return (exit status, lines) of one call, with whatever goes wrong at it; None: the call never answers."""
        if self.on_call is not None:
            self.on_call(verb)
        with self.mutex:
            self.settle()
            self.calls.append(verb)
            number = self.calls.count(verb)
            kind = next((kind for name, kind, on in self.faults if name == verb and on == number), "")
            if kind in SAID:
                return SAID[kind]
            result = getattr(self, {"state": "state_"}.get(verb, verb))(*arguments) if is_done(kind) else (DONE, [])
        if not kind:
            return result
        self.go_wrong(kind.removesuffix("-after"), session)
        return None

    def go_wrong(self, kind, session):
        if kind == "kill":
            os.kill(self.client, signal.SIGKILL)
        elif kind == "hang":
            time.sleep(10)
        elif kind == "drop":
            os.kill(sshd_above(session), signal.SIGKILL)


SAID = {
    "refuse": (
        UNACCEPTABLE,
        ["check=edge.nft: syntax error", "error=the staged files are not acceptable", "status=error"],
    ),
    "error-as-success": (DONE, ["error=% Configuration failed.", "status=ok"]),
    "cut-off": (DONE, ["lock="]),
}


def is_done(kind):
    return not kind or kind.endswith("-after")


def holder(lock):
    return [f"holder_{key}={lock[key]}" for key in ("token", "owner", "reason", "since")]


def sections(files):
    lines = []
    for name in sorted(files):
        lines += [f"begin={name}", *files[name].splitlines(), f"end={name}"]
    return lines


def sshd_above(process):
    """Return the nearest ancestor of `process` that is an sshd: killing it drops the connection."""
    while process > 1:
        stat = Path(f"/proc/{process}/stat").read_text()
        name, parent = stat[stat.index("(") + 1 : stat.rindex(")")], int(stat.rsplit(")", 1)[1].split()[1])
        if name.startswith("sshd"):
            return process
        process = parent
    raise AssertionError("no sshd above")


class Server(socketserver.ThreadingTCPServer):
    """Answers the shells of all devices."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Call)
        self.agents = {}

    @property
    def script(self):
        return SCRIPT.format(port=self.server_address[1])


class Call(socketserver.StreamRequestHandler):
    def handle(self):
        words = []
        while (word := self.rfile.readline().decode().rstrip("\n")) or not words:
            words.append(word)
        name, session, verb, *arguments = words
        found = self.server.agents[name].answer(int(session), verb, *arguments)
        if found is None:
            return
        status, lines = found
        if not any(line.startswith("status=") for line in lines) and lines != ["lock="]:
            lines = [*lines, "status=ok" if status == DONE else "status=error"]
        pending = self.server.agents[name].state["pending"]
        token = pending["token"] if pending else "none"
        self.wfile.write("\n".join([str(status), token, *lines, ""]).encode())
