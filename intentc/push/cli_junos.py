"""Junos at its command line: configuration that is loaded as `set` lines, `commit confirmed`, and its history of commits.

Facts, and where they are published (pages of https://www.juniper.net/documentation, by their titles):
- `configure exclusive` keeps others from editing and committing; it refuses a candidate that somebody has changed. It ends with the
  session, and what was not committed with it. CLI User Guide, "Entering and Exiting the Junos OS CLI Configuration Mode"
- `load set terminal` reads lines up to ^D and says how it ended. CLI User Guide, "Loading Configuration Files"
- `commit confirmed MINUTES` (1 to 65535) goes back to what was committed before unless a `commit` follows; given again before the time
  is over it delays that. CLI User Guide, "Commit the Configuration"; NETCONF XML Management Protocol Guide, "<commit>"
- `show system commit` lists commits, the newest first; one that waits has `<commit-confirmed>`, comments are in `<log>`. The words
  `commit confirmed, rollback in …` stay with a commit for good and tell nothing. CLI Explorer, "show system commit";
  https://github.com/napalm-automation/napalm (`has_pending_commit` of its driver for such devices, and its tests)
- a second `commit confirmed` leads back to the first, not to what ran before that, as far as anybody says: `is_stackable` is False.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

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
    name="ssh, exclusive candidate with a confirmed commit in minutes",
    is_staged=True,
    is_checked=True,
    has_timer=True,
    survives_session=True,
    is_stackable=False,
    has_lasting_lock=False,
    timer_step_s=60,
    has_paste=True,
)
SPEECH = Speech(
    first="set cli screen-length 0",
    prompt=re.compile(
        r"(?:\A|(?<=\n))(?:(?:\{[\w:.-]+\})?(?:\[edit[^\n]*\])?\n)?(?P<base>[\w.-]+@[\w.:-]+)(?:>|(?P<mode>#)) ?\Z"
    ),
    refused=re.compile(
        r"(?m)^(?:\s*error: .*|terminal:\d+:.*|(?:syntax error|unknown command|missing argument|invalid value|permission denied)\b.*)$"
    ),
    rows=2,
)
_COMMITTED = ("commit complete",)
_NAMESPACE = re.compile(r"https?://[^\s\"'<>]+")
_RELEASE = re.compile(r"\d+\.\d+")
_MOST_MINUTES = 65535


def open_junos(device: Device, limits: Limits, lines: CommandLine, marks: Marks) -> CliCandidateDriver:
    """Return a driver to `device`; raises `SessionError`. `marks` tell whose software answers."""
    return open_candidate(device, limits, DIALECT, lines, marks)


def minutes(seconds: int) -> int:
    """Return the whole minutes that `seconds` need: a timer is never shorter than what was asked for."""
    return min(max(-(-seconds // 60), 1), _MOST_MINUTES)


def read_version(answer: str) -> Told:
    """Return who answers `show version`: the names of its models are its words. Of the release what targets count in: `23.4`."""
    document = _document(answer)
    release = _RELEASE.match(document.findtext(".//{*}junos-version") or "")
    words = tuple(sorted(set(_NAMESPACE.findall(answer))))
    return Told(words, release[0] if release else "", document.findtext(".//{*}host-name") or "")


def read_waiting(answer: str) -> Waiting | None:
    """Return the newest commit of `show system commit` if it waits to be confirmed."""
    newest = _document(answer).find(".//{*}commit-history")
    if newest is None or newest.find("{*}commit-confirmed") is None:
        return None
    comment = (newest.findtext("{*}log") or "").strip().strip('"')
    return Waiting(comment if comment.startswith(PREFIX) else "", newest.findtext("{*}user") or "")


def _document(answer: str) -> ET.Element:
    try:
        return ET.fromstring(answer[answer.index("<") : answer.rindex(">") + 1])  # noqa: S314  (expat expands no external entities)
    except ET.ParseError as error:
        raise ValueError("it is no XML") from error


def _commit(seconds: int | None, mark: str) -> Step:
    timer = "" if seconds is None else f" confirmed {minutes(seconds)}"
    return Step(f'commit{timer} comment "{mark}"', _COMMITTED)


DIALECT = Dialect(
    speech=SPEECH,
    guarantees=GUARANTEES,
    login=("set cli screen-width 0", "set cli complete-on-space off"),
    version="show version | display xml | no-more",
    read_version=read_version,
    enter=lambda mark: Step("configure exclusive", ("Entering configuration mode",)),  # noqa: ARG005  (its comment has the mark)
    locked=re.compile(r"locked by|database modified|is changing|users? (?:currently )?editing"),
    clear=Step("rollback 0", ("load complete",)),
    leave=Step("exit configuration-mode"),
    load=Step("load set terminal", ("load complete",)),
    ready="[Type ^D at a new line to end input]",
    check=Step("commit check", ("configuration check succeeds",)),
    commit=_commit,
    confirm=lambda mark: (_commit(None, mark),),
    cancel=lambda mark: (Step("rollback 1", ("load complete",)), _commit(None, mark)),
    extend=_commit,
    waiting="show system commit | display xml | no-more",
    read_waiting=read_waiting,
    outside="run ",
)
