"""SR Linux at its command line: a named exclusive candidate, `commit confirmed`, and the state that says what waits.

Facts, and where they are published:
- a candidate has a name; `exclusive` keeps others out of it, not out of candidates of their own. So sessions of ours tell each other
  by the list of sessions, and a commit's record names its candidate: our mark is that name.
  A candidate outlives its session. Nokia's models, `srl_nokia-configuration` (25.3.1): lists `commit` (name, status, username),
  `session` (name, exclusive, username) and `candidate` (name); https://documentation.nokia.com/srlinux, "Configuration management"
- `commit confirmed timeout SECONDS` takes no comment; what nobody accepts is gone when the time is over, and its record says `failed`.
  While it waits its status is `unconfirmed`, every other commit is refused, and its candidate stays open:
  https://github.com/napalm-automation-community/napalm-srlinux (`commit_config`, `has_pending_commit`, `confirm_commit`)
- `tools system configuration confirmed-accept` and `confirmed-reject` end it, from any session (the same source)
- the prompt has two lines, the first of which says whether one is in a candidate; the basic engine draws nothing else:
  https://github.com/ktbyers/netmiko (`nokia_srl`), https://github.com/scrapli/scrapli_community (`nokia_srlinux`)
- `delete` of what is not there: nothing published says whether it is refused; both are taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from intentc.inventory.model import Device
from intentc.plan.promises import Guarantees
from intentc.push.cli_candidate import CliCandidateDriver, open_candidate
from intentc.push.cli_dialect import Dialect, Step, Told, Waiting
from intentc.push.cli_words import PREFIX
from intentc.push.platforms import Marks
from intentc.push.ssh_terminal import Speech
from intentc.push.team import Limits
from intentc.targetkit.kit import CommandLine

GUARANTEES = Guarantees(
    name="ssh, exclusive candidate with a confirmed commit that is accepted",
    is_staged=True,
    is_checked=True,
    has_timer=True,
    survives_session=True,
    is_stackable=False,
    has_lasting_lock=False,
)
SPEECH = Speech(
    first="environment cli-engine type basic",
    prompt=re.compile(
        r"(?:\A|(?<=\n))--\{(?: \[[\w ]+\])*[+*! ]+(?:running|(?P<mode>candidate[\w. -]*?)) *\}--\[[^\n]*\]-- *\n"
        r"(?P<base>[A-Da-d]:[^\s#]{1,80})# *\Z"
    ),
    refused=re.compile(
        r"(?m)^(?:(?:Parsing )?[Ee]rror\b.*|(?:MINOR|MAJOR|CRITICAL): .*|Unknown token.*|Access denied.*)$"
    ),
    rows=2,
)
_COMMITTED = ("All changes have been committed", "No changes")
_RELEASE = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)")


def open_srlinux(device: Device, limits: Limits, lines: CommandLine, marks: Marks) -> CliCandidateDriver:
    """Return a driver to `device`; raises `SessionError`. `marks` tell whose software answers."""
    return open_candidate(device, limits, DIALECT, lines, marks)


def read_version(answer: str) -> Told:
    """Return who answers: its description is its word."""
    texts = {name: str(value) for name, value in _leaves(_document(answer))}
    release = _RELEASE.match(texts.get("version", ""))
    words = (texts["description"],) if "description" in texts else ()
    return Told(words, release[1] if release else "", texts.get("host-name", ""))


def read_waiting(answer: str) -> Waiting | None:
    """Return the commit that waits to be accepted."""
    for commit in _entries(_document(answer), "commit"):
        if str(commit.get("status", "")).rpartition(":")[2] == "unconfirmed":
            name = str(commit.get("name", ""))
            return Waiting(name if name.startswith(PREFIX) else "", str(commit.get("username", "")))
    return None


def find_holder(answer: str, mark: str) -> str:
    """Return the exclusive session of somebody else, "" where there is none."""
    for session in _entries(_document(answer), "session"):
        name = str(session.get("name", ""))
        if str(session.get("exclusive", "")).lower() == "true" and name != mark:
            who = str(session.get("username", ""))
            return f"candidate `{name}`" + (f" of {who}" if who else "")
    return ""


def is_left(answer: str, mark: str) -> bool:
    """Return whether the candidate `mark` is still open."""
    return any(str(one.get("name", "")) == mark for one in _entries(_document(answer), "candidate"))


def _document(answer: str) -> Mapping[str, Any]:
    """Return the JSON object in an answer; an empty one where the device has nothing to say."""
    if not answer.strip():
        return {}
    found = json.loads(answer[max(answer.find("{"), 0) : answer.rfind("}") + 1])
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004  (a device's words, not a type of ours)
    return found


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, str(key).rpartition(":")[2])
    elif not isinstance(value, list):
        yield name, value


def _entries(value: object, name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of all lists of a name, wherever they stand."""
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if str(key).rpartition(":")[2] == name and isinstance(inner, list):
            yield from (one for one in inner if isinstance(one, dict))
        else:
            yield from _entries(inner, name)


def _commit(seconds: int | None, mark: str) -> Step:  # noqa: ARG001  (the candidate has it for a name)
    if seconds is None:
        return Step("commit stay", _COMMITTED)
    return Step(f"commit confirmed timeout {seconds}", ("ommit confirmed", *_COMMITTED))


def _tool(word: str) -> tuple[Step, ...]:
    return (Step(f"tools system configuration confirmed-{word}"),)


DIALECT = Dialect(
    speech=SPEECH,
    guarantees=GUARANTEES,
    login=("environment complete-on-space false",),
    version="info from state / system information | as json",
    read_version=read_version,
    enter=lambda mark: Step(f"enter candidate exclusive name {mark}"),
    locked=re.compile(r"(?i)exclusive|locked|in use|in progress"),
    clear=Step("discard stay"),
    leave=Step("discard now"),
    absent=re.compile(r"(?i)does not exist|not found|no such|nothing to delete"),
    check=Step("commit validate"),
    commit=_commit,
    confirm=lambda mark: _tool("accept"),  # noqa: ARG005
    cancel=lambda mark: _tool("reject"),  # noqa: ARG005
    is_inside=False,
    is_single=True,
    waiting="info from state / system configuration | as json",
    read_waiting=read_waiting,
    find_holder=find_holder,
    is_left=is_left,
    save=Step("save startup"),
)
