"""What EOS says at its command line, understood; and the names of its configuration sessions. Pure: text in, values out.

Sources: Arista's user manual, "Configure Session" (https://www.arista.com/en/um-eos/eos-configure-session), and what people who
run such devices published: https://github.com/napalm-automation/napalm/issues/2166 (sessions in JSON, before and from 4.32 on).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.kit import CliNode, parse_cli
from intentc.values import frozen

PREFIX = "ITC-"
_MARK = 0  # the number of the session that is never committed: it is the lock
_TAG_CHARACTERS = 12
_LONGEST_NAME = 63
_UNFIT = re.compile(r"[^A-Za-z0-9.]+")
_REFUSED = re.compile(r"(?m)^% .*$")
_INDENT = 3


@frozen
class Sessions:
    """The configuration sessions of a device: who opened those that are neither committed nor aborted, and which one's timer runs."""

    open: Mapping[str, str]  # name -> user, "" where nobody says
    timed: str = ""

    def of(self, token: str) -> tuple[str, ...]:
        """Return the open sessions of `token`, its mark included."""
        return tuple(name for name in sorted(self.open) if name.startswith(prefix_of(token)))

    def held_by(self, token: str) -> str:
        """Return who else is at work, "" for nobody: another session of ours, or any timer, whose end would undo what is done now."""
        ours = [name for name in sorted(self.open) if name.startswith(PREFIX)]
        ours.sort(key=lambda name: not is_mark(name))  # the one that says who and why comes first
        for name in (*ours, self.timed):
            if name and not name.startswith(prefix_of(token)):
                user = self.open.get(name, "")
                return f"session `{name}`" + (f" of {user}" if user else "")
        return ""


def prefix_of(token: str) -> str:
    """Return what the names of all sessions of `token` begin with; the token cannot be told from it."""
    return f"{PREFIX}{hashlib.sha256(token.encode()).hexdigest()[:_TAG_CHARACTERS]}-"


def mark_name(token: str, words: str) -> str:
    """Return the name of the session that is the lock of `token`: who reads the list of sessions sees `words`."""
    return f"{prefix_of(token)}{_MARK}-{_UNFIT.sub('_', words)}"[:_LONGEST_NAME].rstrip("_-")


def is_mark(name: str) -> bool:
    """Return whether a session of ours is a lock."""
    return name.split("-")[2:3] == [str(_MARK)]


def next_name(token: str, used: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Return a name for a session of `token` that none of `used` has."""
    number = 1
    while f"{prefix_of(token)}{number}" in used:
        number += 1
    return f"{prefix_of(token)}{number}"


def check(command: str, answer: str, *, is_text: bool = False) -> str:
    """Return `answer` unless the device says no in it: a line that begins with `% `; of a text that it was asked for the first."""
    found = _REFUSED.match(answer.lstrip()) if is_text else _REFUSED.search(answer)
    if found is not None:
        raise SessionError(Trouble.REFUSED, f"it refused `{command}`: `{found[0].strip()}`")
    return answer


def is_denied(answer: str) -> bool:
    """Return whether the device says that the user may not give such a command."""
    return answer.startswith("% ") and "authorization denied" in answer.lower()


def read_document(answer: str) -> Mapping[str, Any]:
    """Return the JSON object in an answer; what else a device prints around it is left out."""
    try:
        document = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])
    except ValueError as error:
        raise SessionError(Trouble.MISMATCH, "its answer in JSON cannot be read") from error
    return document if isinstance(document, dict) else {}


def read_sessions(answer: str) -> tuple[Sessions, tuple[str, ...]]:
    """Return the sessions in JSON, and the names of all that are listed, ended ones too.

    A session whose timer runs has a state of its own up to 4.31; from 4.32 on the list names it apart.
    """
    document = read_document(answer)
    found: dict[str, str] = {}
    timed = str(document.get("commitTimerSessionName") or "")
    sessions = document.get("sessions", {})
    for name, session in sessions.items():
        state = session.get("state")
        if state == "pending":
            found[name] = _user(session)
        elif state == "pendingCommitTimer":
            timed = name
    return Sessions(found, timed), tuple(sessions)


def read_version(answer: str) -> tuple[tuple[str, ...], str]:
    """Return who made a device and what it is called, by `show version`, and its release; "" where it does not say."""
    document = read_document(answer)
    words = tuple(str(document[word]) for word in ("mfgName", "modelName") if word in document)
    return words, str(document.get("version", ""))


def read_facts(running: str) -> tuple[str, ...]:
    """Return the interfaces of a configuration, each with its MTU, and their addresses, sorted."""
    return tuple(sorted(fact for node in parse_cli(running) for fact in _facts(node)))


def typed(document: str) -> Iterator[str]:
    """Yield the commands that type `document`: its lines without indentation, and `exit` where one leads out of a mode.

    Without it a line could stand in the mode of the one before, which knows some of the same words.
    """
    depth = 0
    for line in document.splitlines():
        text = line.strip()
        if not text or text.startswith("!"):
            continue
        here = (len(line) - len(line.lstrip(" "))) // _INDENT
        yield from ["exit"] * (depth - here)
        yield text
        depth = here
    yield from ["exit"] * depth


def clock(seconds: int) -> str:
    """Return a duration as `hh:mm:ss`."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def body(configuration: str) -> tuple[str, ...]:
    """Return the lines of a configuration without comments: running and start-up configuration differ in them."""
    return tuple(line for line in configuration.splitlines() if line.strip() and not line.startswith("!"))


def _facts(node: CliNode) -> Iterator[str]:
    if not node.text.startswith("interface "):
        return
    name = node.text.removeprefix("interface ")
    below = [child.text for child in node.children]
    sizes = [text.removeprefix("mtu ") for text in below if text.startswith("mtu ")]
    yield f"interface={name},{sizes[0] if sizes else 'default'}"
    for text in below:
        family, _, address = text.partition(" address ")
        if family in {"ip", "ipv6"} and address:
            yield f"address={name},{address}"


def _user(session: Mapping[str, Any]) -> str:
    instances = session.get("instances") or {}
    users = [str(one.get("user", "")) for one in instances.values() if isinstance(one, dict)]
    return next((user for user in (*users, str(session.get("commitUser", ""))) if user), "")
