"""IOS XE at its command line: lines take effect as they are typed, under a timer that puts the whole configuration back.

Facts that it rests on. Sources: Cisco's "Configuration Management Command Reference" (`configure terminal`, `configure revert`, `configure
confirm`, `configure replace`, `show archive config rollback timer`) and "System Management Configuration Guide" for 17.x ("Configuration Rollback
Confirmed Change", "Exclusive Configuration Change Access"), transcripts that people published, and what NAPALM's driver for `ios` and
NSO's for IOS look for.
- there is no candidate: what is typed runs. A line that is refused does not take back those before it
- `configure terminal revert timer MINUTES` (1 to 120) first writes what runs to a file of the archive, and says which; once the time is over the
  router replaces what runs by it. So it needs `archive` with a `path`, and refuses where there is none
- the timer is the router's: it outlives the session, and any session of the *same user* may confirm (`configure confirm`), go back
  (`configure revert now`) or start it anew (`configure revert timer MINUTES`)
- what is typed by a plain `configure terminal` while it runs goes back with the rest, to the first point of return
- going back replaces the whole configuration, changes of others included
- `show archive config rollback timer` says whether it runs, how long, and of which user; not for which change
- `configure terminal` excludes nobody, unless the router has `configuration mode exclusive auto`; who holds that lock, or NETCONF's, is told
- a minute before the end the router says so in the session that began, in the middle of whatever it shows
- `write memory` is what survives a reboot
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intentc.inventory.model import Device
from intentc.plan.promises import Guarantees
from intentc.push.cli_changing import ChangingDriver, read_answer
from intentc.push.cli_typing import Typist, open_typist
from intentc.push.cli_words import body
from intentc.push.platforms import NO_MARKS, Marks
from intentc.push.ssh_terminal import Speech
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.kit import ChangingLines

GUARANTEES = Guarantees(
    name="ssh, lines that run as they are typed, with a revert timer",
    is_staged=False,
    is_checked=False,
    has_timer=True,
    survives_session=True,
    is_stackable=True,
    has_lasting_lock=False,
    timer_step_s=60,
    is_by_line=True,
)
SPEECH = Speech(
    first="terminal length 0",
    prompt=re.compile(r"\A(?P<base>[^\n]{1,80}?)(?P<mode>\(config[^()\n]*\))?[>#] ?\Z"),
    refused=re.compile(
        r"(?m)^% ?(?!WARNING|Warning|Note).*$|^Command authorization failed.*$|^Configuration mode (?:is )?locked.*$"
    ),
    replies=((re.compile(r".*\[confirm\] ?"), "n"),),
    notices=re.compile(r"\n?Rollback Confirmed Change: Rollback will begin in one minute\.\n?Enter [^\n]*\n+"),
)
_LOGIN = ("terminal width 511",)
_LONGEST_MIN = 120
_OWN_MIN = 5  # for what is to stay: the timer is only there for a line that is refused, or a session that is lost
_TIMER = "show archive config rollback timer"
_NO_ARCHIVE = "Archive feature not enabled"
_NONE_RUNS = "No Rollback Confirmed Change pending"
_RUNS = re.compile(r"(?s)Timer value:\s*(?P<minutes>\d+)\s*min.*?User:\s*(?P<user>\S*)")
_POINT = re.compile(r"Backing up current running config to\s+(?P<file>\S+)")
_LOCKED = re.compile(r"Configuration mode (?:is )?locked(?:.*?user '(?P<user>[^']*)')?")
_HOSTNAME = re.compile(r"(?m)^(?P<name>\S+) uptime is ")
_DONE = "Rollback Done"
_SAVED = "[OK]"


class IosXeDriver(ChangingDriver):
    """The driver protocol over one terminal, which stands in configuration from the lock to the commit."""

    promises = GUARANTEES

    def __init__(self, typist: Typist, lines: ChangingLines, expected: str = "", marks: Marks = NO_MARKS) -> None:
        super().__init__(typist, lines, expected, marks)
        self._token = ""  # of the change that this session has under the timer
        self._point = ""  # the file that the router said it would go back to
        self._committed: tuple[str, ...] | None = None  # what ran right after the last commit of this session

    def lock(self, token: str, words: str) -> None:  # noqa: ARG002  (nobody sees words)
        """Stand in configuration, with an archive to go back to; the timer of somebody else is a lock, too."""
        self._typist.begin()
        if _NO_ARCHIVE in self._show("show archive"):
            raise SessionError(
                Trouble.REFUSED,
                "it has no archive, so it could not go back by itself",
                "configure `archive` with a `path` on it, such as `path bootflash:archive`, or reach it over NETCONF",
            )
        user = self._waiting()
        if user is not None and self._token != token:
            raise SessionError(Trouble.LOCKED, f"a change of `{user}` is still to be confirmed on it")
        if not self._typist.mode:
            self._enter("configure terminal")

    def unlock(self, token: str) -> None:
        """Leave configuration; evidence is that no timer of this session is left."""
        self._typist.begin()
        self._staged = None
        self._leave()
        if self._waiting() is not None and self._token == token:
            raise SessionError(Trouble.MISMATCH, "its timer still runs")

    def stage(self, token: str, documents: Sequence[str]) -> None:  # noqa: ARG002  (there is nothing to stage it in)
        """Find the lines; nothing is typed before the commit."""
        self._typist.begin()
        self._staged = None
        self._check_inside()
        self._staged = self._changes(documents)

    def commit(self, token: str, seconds: int | None, *, is_further: bool = False) -> None:  # noqa: ARG002  (the session knows)
        """Type what is staged under a timer; at a line that is refused the router goes back at once, to before the first stage."""
        lines = self._take_staged()
        self._typist.begin(len(lines))
        self._check_inside()
        self._leave()
        self._arm(token, _OWN_MIN if seconds is None else minutes(seconds))
        try:
            self._type_each(lines)
        except SessionError as error:
            if error.trouble is Trouble.REFUSED:
                self._leave()
                self._end("configure revert now")
            raise
        self._leave()
        self._committed = self._running()
        if seconds is None:
            self._end("configure confirm")
        else:  # typing took a while, and timers end in an order
            self._start_anew(minutes(seconds))

    def extend(self, token: str, seconds: int) -> bool:  # noqa: ARG002  (the router knows one timer)
        """Start the timer anew."""
        self._typist.begin()
        self._leave()
        self._check_waiting()
        self._start_anew(minutes(seconds))
        return True

    def confirm(self, token: str) -> None:  # noqa: ARG002
        """Stop the timer; evidence is that none runs any more."""
        self._typist.begin()
        self._leave()
        self._check_waiting()
        self._end("configure confirm")

    def cancel(self, token: str) -> None:
        """Go back now; but the router puts back its whole configuration, so not where others have changed it meanwhile."""
        self._typist.begin()
        self._leave()
        is_as_left = self._committed in {None, self._running()}
        if self._waiting() is None:
            if self._token != token or not self._point or self._committed is None or not is_as_left:
                self._check_waiting()
            self._replace()
        elif is_as_left:
            self._end("configure revert now")
        else:
            self._end("configure confirm")
            raise SessionError(
                Trouble.REFUSED, "somebody changed its configuration meanwhile, which going back as a whole would undo"
            )

    def is_pending(self, token: str) -> bool | None:  # noqa: ARG002  (the router tells of a timer, not for which change)
        """Return whether a timer runs."""
        self._typist.begin()
        return self._waiting() is not None

    def persist(self) -> None:
        """Save what runs; evidence is that the router would start with the same, as far as intentc looks at it."""
        self._typist.begin()
        self._leave()
        if _SAVED not in self._typist.do("write memory"):
            raise SessionError(Trouble.REFUSED, f"it did not say that it saved the configuration: no `{_SAVED}`")
        running, saved = (
            read_answer(self._lines.configuration, self._show(f"show {which}-config"))
            for which in ("running", "startup")
        )
        if running != saved:
            raise SessionError(
                Trouble.MISMATCH, "it says that it saved the configuration, but would start with another one"
            )

    def _hostname(self, version: str) -> str:
        """Return what the router says there: prompts in configuration show twenty characters of it."""
        found = _HOSTNAME.search(version)
        return found["name"] if found else ""

    def _arm(self, token: str, length: int) -> None:
        """Enter configuration under a timer: one that starts here, or that of an earlier stage, started anew."""
        if self._token == token and self._waiting() is not None:
            self._start_anew(length)
            self._enter("configure terminal")
            return
        self._token, self._point, self._committed = token, "", None
        answer = self._enter(f"configure terminal revert timer {length}")
        found = _POINT.search(answer)
        if found is None or self._waiting() is None:
            raise SessionError(
                Trouble.MISMATCH, "it is in configuration, but does not say that it would go back by itself"
            )
        self._point = found["file"]

    def _start_anew(self, length: int) -> None:
        self._typist.do(f"configure revert timer {length}")
        found = _RUNS.search(self._typist.ask(_TIMER))
        if found is None or int(found["minutes"]) != length:
            raise SessionError(
                Trouble.MISMATCH, f"it says that it would go back in {length} min, but its timer does not"
            )

    def _end(self, command: str) -> None:
        """End the timer, one way or the other."""
        self._typist.do(command)
        if self._waiting() is not None:
            raise SessionError(Trouble.MISMATCH, f"it says that it did `{command}`, but its timer still runs")
        self._token = ""

    def _replace(self) -> None:
        """Go back to the point of return of a timer that somebody stopped."""
        answer = self._typist.do(f"configure replace {self._point} force")
        if _DONE not in answer:
            raise SessionError(
                Trouble.REFUSED, f"it did not go back to {self._point}: `{' '.join(answer.split()[-40:])}`"
            )
        self._token = ""

    def _enter(self, command: str) -> str:
        answer = self._typist.ask(command)
        held = _LOCKED.search(answer)
        if held is not None:
            who = f" by `{held['user']}`" if held["user"] else ""
            raise SessionError(Trouble.LOCKED, f"its configuration is locked{who}")
        self._typist.check(command, answer)
        self._check_inside()
        return answer

    def _leave(self) -> None:
        if self._typist.mode:
            self._typist.do("end")
            if self._typist.mode:
                raise SessionError(Trouble.LOST, "it says that it left configuration, but is still in it")

    def _check_waiting(self) -> None:
        if self._waiting() is None:
            raise SessionError(Trouble.REFUSED, "no timer of this change runs on it")

    def _waiting(self) -> str | None:
        """Return whose timer runs, None where there is none."""
        command = self._outside(_TIMER)
        answer = self._typist.ask(command)
        if _NONE_RUNS in answer:
            return None
        found = _RUNS.search(self._typist.check(command, answer))
        if found is None:
            raise SessionError(Trouble.MISMATCH, f"its answer to `{command}` cannot be read")
        return found["user"]

    def _running(self) -> tuple[str, ...]:
        return body(self._show(self._lines.READ))


def minutes(seconds: int) -> int:
    """Return the whole minutes that `seconds` need: never shorter than asked for; raises `REFUSED` for more than the router counts."""
    found = max(-(-seconds // 60), 1)
    if found > _LONGEST_MIN:
        raise SessionError(
            Trouble.REFUSED,
            f"its timer takes {_LONGEST_MIN} min at most, and {found} were asked for",
            "write a shorter `confirm_timeout` under `[apply]` in intentc.toml",
        )
    return found


def open_iosxe(device: Device, limits: Limits, lines: ChangingLines, marks: Marks = NO_MARKS) -> IosXeDriver:
    """Return a driver to `device`, allowed to configure it; raises `SessionError`. `marks` tell whose software answers."""
    typist = open_typist(device, limits, SPEECH, _LOGIN)
    if not typist.is_privileged:
        typist.close()
        raise SessionError(
            Trouble.AUTHENTICATION,
            f"it does not let `{device.username}` into the privileged mode",
            f"give `{device.username}` privilege 15, without an enable password",
        )
    return IosXeDriver(typist, lines, device.platform, marks)
