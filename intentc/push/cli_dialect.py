"""What one kind of command line with a candidate is told, and how its answers are read: all that differs between platforms, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from intentc.plan.promises import Guarantees
from intentc.push.ssh_terminal import Speech
from intentc.values import frozen


@frozen
class Waiting:
    """A commit that is still to be confirmed: its mark (`cli_words.prefix_of`; "" where the device shows none), and who made it."""

    mark: str
    who: str = ""


@frozen
class Told:
    """What a device says of itself: words by which its platform is known (`platforms`), release and hostname, "" where it does not."""

    words: tuple[str, ...]
    release: str = ""
    hostname: str = ""


@frozen
class Step:
    """A command and the words that its answer has when it was done; () where the device says nothing."""

    command: str
    done: tuple[str, ...] = ()


@frozen
class Dialect:
    """What one kind of command line is told, and how its answers are read. Functions are pure; they raise `ValueError`.

    - `login` is typed once; `version` is asked and read by `read_version`.
    - `enter` opens the exclusive session of a mark, `clear` empties the candidate, `leave` leaves it. A refusal of `enter` in which
      `locked` is found means that others are at work. `outside` is put before a command that is none of configuration while one is in it.
    - `load`, with `ready`: the command that takes all lines, and what it says first; None where lines are typed one by one. A line that
      begins with `delete ` may be refused in words in which `absent` is found: what it would take away is not there.
    - `commit` gives the step for seconds (None: for good) and a mark. `confirm`, `cancel` and `extend` (None: it cannot) end, take
      back and lengthen what waits; `is_inside`: they are typed in an exclusive session, else outside.
    - `waiting` is asked, and read by `read_waiting`: what waits, None for nothing. `find_holder` finds in the same answer who but a mark
      is at work, "" for nobody: where sessions exclude each other only by agreement. `is_left` finds there whether the candidate of a
      mark is still open: where it outlives its session.
    - `is_single`: the device takes no change while one waits: what waits of ours is confirmed before more is staged.
    - `save` makes it survive a reboot; None where a commit does.
    """

    speech: Speech
    guarantees: Guarantees
    version: str
    read_version: Callable[[str], Told]
    enter: Callable[[str], Step]
    locked: re.Pattern[str]
    clear: Step
    leave: Step
    check: Step
    commit: Callable[[int | None, str], Step]
    confirm: Callable[[str], Sequence[Step]]
    cancel: Callable[[str], Sequence[Step]]
    waiting: str
    read_waiting: Callable[[str], Waiting | None]
    is_inside: bool = True
    is_single: bool = False
    find_holder: Callable[[str, str], str] | None = None
    is_left: Callable[[str, str], bool] | None = None
    absent: re.Pattern[str] | None = None
    extend: Callable[[int, str], Step] | None = None
    load: Step | None = None
    ready: str = ""
    outside: str = ""
    save: Step | None = None
    login: tuple[str, ...] = ()
